/**
 * Asks for another value of a dated term, or changes what was asked for until it is decided. The draft stands in the database with
 * the message to its process before anybody is told so; Temporal may be away for the moment.
 */
import type { Pool, PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { changeRefusals, type ChangeRefusal, type TermKind, type TermValues } from '../../domain/terms/change-of-terms';
import { recordAudit } from '../audit/record-audit';
import { knownDays } from '../calendar/calendar-versions';
import { restrictedListRefusals } from '../clients/restricted-lists';
import { inTransaction } from '../database/transaction';
import { queueSignal, queueStart } from '../outbox/queue-message';
import { businessDateNow } from '../people/standing';
import { previewOfCalendar } from './read-parameter-change';
import { rowBeforeGap, rowOn, termRows, type TermKey } from '../terms/term-tables';
import { refusalsOfActor, type ActingFor } from './judge-actor';
import { keptRequest, knownRequest, type KeptRequest } from './keyed-request';

export interface AskParameterChange {
  readonly kind: TermKind;
  readonly code: string;
  readonly part: string;
  readonly values: TermValues;
  readonly effectiveOn: BusinessDate;
  readonly reason: string;
  readonly actor: ActingFor;
  /** The caller's key of the request: the same is the same change, or the same revision of one. */
  readonly requestKey: string;
  readonly requestId: string;
}

/** The number of the change, or every reason why it was not taken. */
export type AskedParameterChange =
  | { readonly changeId: string }
  | { readonly refusals: readonly (ChangeRefusal | Pick<BusinessError, 'code' | 'details'>)[] };

/** Name under which the worker knows the process, and the kind of work that a delegation may name. */
const PROCESS = 'parameterChange';
const ASKING = 'ask-parameter-change';

export const workflowIdOf = (changeId: string): string => `parameter-change:${changeId}`;

export const askParameterChange =
  ({ pool }: { readonly pool: Pool }) =>
  (asked: AskParameterChange): Promise<AskedParameterChange> =>
    inTransaction(pool, (sql) => askParameterChangeIn(sql, pool, asked));

/** The asking within the transaction of what is asked for, e.g. of a file. */
export async function askParameterChangeIn(
  sql: PoolClient,
  pool: Pool,
  asked: AskParameterChange,
): Promise<AskedParameterChange> {
  const request = requestOf(asked);
  await lockTerm(sql, asked);
  const known = await knownRequest(sql, 'parameter_change_requests', request);
  if (known !== undefined) return { changeId: known };
  const judged = await judge(sql, pool, asked, undefined);
  if ('refusals' in judged) return judged;
  const { values, before, risk, role } = judged;
  const { rows } = await sql.query<{ change_id: string }>(
    `insert into parameter_changes (kind, code, part, old_values, new_values, effective_on, reason, risk, made_by, made_for, made_role, state)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'awaiting approval') returning change_id::text`,
    [
      asked.kind,
      asked.code,
      asked.part,
      JSON.stringify(before),
      JSON.stringify(values),
      asked.effectiveOn,
      asked.reason,
      risk,
      asked.actor.person,
      asked.actor.onBehalfOf ?? null,
      role,
    ],
  );
  const changeId = rows[0]?.change_id ?? '';
  await keepRequest(sql, request, { changeId, revision: 1 });
  await queueStart(sql, {
    key: `start:${workflowIdOf(changeId)}`,
    workflowId: workflowIdOf(changeId),
    type: PROCESS,
    args: [{ changeId }],
    summary: `参数变更 ${asked.code} change of a parameter, from ${asked.effectiveOn}`,
    attributes: { ProcessType: PROCESS, BusinessKey: `${asked.code}:${changeId}`, BusinessDate: asked.effectiveOn },
  });
  await audit(sql, asked, { changeId, role, action: 'ask for a parameter change', before, values });
  return { changeId };
}

/** Another value, day or reason, by whoever asked: the approval that is under way becomes stale, and a new one is asked for. */
export const reviseParameterChange =
  ({ pool }: { readonly pool: Pool }) =>
  (
    asked: Omit<AskParameterChange, 'kind' | 'code' | 'part'> & { readonly changeId: string },
  ): Promise<AskedParameterChange> =>
    inTransaction(pool, async (sql) => {
      const { changeId, actor } = asked;
      const { rows } = await sql.query<TermKey & { made_by: string; state: string; revision: number }>(
        'select kind, code, part, made_by, state, revision from parameter_changes where change_id = $1 for update',
        [changeId],
      );
      const [draft] = rows;
      if (draft === undefined)
        throw new BusinessError('NOT_FOUND', { what: '参数变更 parameter change', key: changeId });
      const request = requestOf(asked);
      if ((await knownRequest(sql, 'parameter_change_requests', request)) !== undefined) return { changeId };
      if (draft.made_by !== actor.person)
        throw new BusinessError('ONLY_MAKER_RECALLS', { task: workflowIdOf(changeId) });
      if (draft.state !== 'awaiting approval')
        throw new BusinessError('CHANGE_NOT_OPEN', { change: changeId, state: draft.state });
      await lockTerm(sql, draft);
      const judged = await judge(
        sql,
        pool,
        { ...asked, kind: draft.kind, code: draft.code, part: draft.part },
        changeId,
      );
      if ('refusals' in judged) return judged;
      const { values, before, risk, role } = judged;
      const revision = draft.revision + 1;
      await sql.query(
        `update parameter_changes set old_values = $2, new_values = $3, effective_on = $4, reason = $5, risk = $6, revision = $7
          where change_id = $1`,
        [changeId, JSON.stringify(before), JSON.stringify(values), asked.effectiveOn, asked.reason, risk, revision],
      );
      await keepRequest(sql, request, { changeId, revision });
      await queueSignal(sql, {
        key: `revised:${workflowIdOf(changeId)}:${revision}`,
        workflowId: workflowIdOf(changeId),
        signal: 'draftRevised',
        args: [revision],
      });
      await audit(sql, asked, { changeId, role, action: 'revise a parameter change', before, values });
      return { changeId };
    });

interface Judged {
  readonly values: TermValues;
  readonly before: TermValues;
  readonly risk: string;
  readonly role: string;
}

type Wanted = Omit<AskParameterChange, 'requestId' | 'requestKey'>;

const requestOf = ({ actor, requestKey, requestId: _, ...content }: Partial<AskParameterChange> & Keyed): KeptRequest =>
  keptRequest({ person: actor.person, requestKey, content: { ...content, onBehalfOf: actor.onBehalfOf } });
type Keyed = Pick<AskParameterChange, 'actor' | 'requestKey'>;

/** By which request a revision of a change was asked for, the first one included. */
async function keepRequest(
  sql: PoolClient,
  { key, sha256 }: KeptRequest,
  { changeId, revision }: { readonly changeId: string; readonly revision: number },
): Promise<void> {
  await sql.query(
    'insert into parameter_change_requests (request_key, change_id, revision, request_sha256) values ($1, $2, $3, $4)',
    [key, changeId, revision, sha256],
  );
}

/** Keeps two changes of one term from being asked for at once. */
export async function lockTerm(sql: PoolClient, { kind, code, part }: TermKey): Promise<void> {
  await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`term:${kind}:${code}:${part}`]);
}

/**
 * May the person ask, and may it be asked for?
 * @throws BusinessError CALENDAR_OUT_OF_RANGE where an open promise would have no answer in the calendar any more
 */
async function judge(
  sql: PoolClient,
  pool: Pool,
  asked: Wanted,
  ownChange: string | undefined,
): Promise<Judged | Extract<AskedParameterChange, { refusals: unknown }>> {
  const { kind, code, part, values, effectiveOn, actor } = asked;
  const today = await businessDateNow(sql);
  const rows = await termRows(sql, { kind, code, part }, Object.keys(values));
  const inForce = rowOn(rows, effectiveOn);
  const ended = rowBeforeGap(kind, rows, effectiveOn);
  const use = await useOf(sql, kind, code, today);
  const pending = await sql.query<{ change_id: string }>(
    `select change_id::text from parameter_changes
      where kind = $1 and code = $2 and part = $3 and state in ('awaiting approval', 'approved')
        and change_id::text is distinct from $4`,
    [kind, code, part, ownChange ?? null],
  );
  const known = await knownDays(sql);
  const by = await roleOfAsking(sql, actor, use?.asked_by ?? []);
  const laterFrom = rows.find(({ validFrom }) => validFrom > effectiveOn)?.validFrom;
  const refusals = [
    ...by.refusals,
    ...changeRefusals(
      { kind, code, values, effectiveOn },
      { today, known, inForce, ended, isRead: use !== undefined, laterFrom, pending: pending.rows[0]?.change_id },
    ),
    ...(kind === 'restricted_list' ? await restrictedListRefusals(sql, values, inForce?.values, ownChange) : []),
  ];
  const before = inForce ?? ended;
  if (refusals.length > 0 || before === undefined || use === undefined) return { refusals };
  if (kind === 'calendar') await previewOfCalendar(pool, { code, values, reason: asked.reason });
  return { values: { ...before.values, ...values }, before: inForce?.values ?? {}, risk: use.risk, role: by.role };
}

/** The role in which the person asks, of those that may; why in none. Nobody is asked about a term that no rule reads. */
async function roleOfAsking(
  sql: PoolClient,
  actor: ActingFor,
  askedBy: readonly string[],
): Promise<{ readonly role: string; readonly refusals: readonly BusinessError[] }> {
  const judged: (readonly BusinessError[])[] = [];
  for (const role of askedBy) {
    const refused = await refusalsOfActor(sql, actor, {
      task_id: role,
      workflow_id: null,
      kind: ASKING,
      role,
      mark: null,
      side: null,
      branch: null,
      made_by: null,
      made_for: null,
      first_task: null,
      amount_fen: null,
    });
    if (refused.length === 0) return { role, refusals: [] };
    judged.push(refused);
  }
  const missing = new BusinessError('ROLE_MISSING', { role: askedBy.join(' | ') });
  const refusals = judged[0]?.map((one) => (one.code === 'ROLE_MISSING' ? missing : one)) ?? [];
  return { role: '', refusals };
}

async function audit(
  sql: PoolClient,
  { actor, reason, requestId }: Pick<AskParameterChange, 'actor' | 'reason' | 'requestId'>,
  did: {
    readonly changeId: string;
    readonly role: string;
    readonly action: string;
    readonly before: TermValues;
    readonly values: TermValues;
  },
): Promise<void> {
  await recordAudit(sql, {
    actor: actor.person,
    onBehalfOf: actor.onBehalfOf,
    role: did.role,
    action: did.action,
    outcome: 'done',
    objectType: 'parameter change',
    objectId: did.changeId,
    workflowId: workflowIdOf(did.changeId),
    reason,
    before: did.before,
    after: did.values,
    requestId,
  });
}

interface Use {
  readonly asked_by: readonly string[];
  readonly risk: string;
}

async function useOf(sql: PoolClient, kind: TermKind, code: string, today: BusinessDate): Promise<Use | undefined> {
  const { rows } = await sql.query<Use>(
    `select asked_by, risk from changeable_terms
      where kind = $1 and code = $2 and valid_from <= $3 and (valid_to is null or $3 < valid_to)`,
    [kind, code, today],
  );
  return rows[0];
}
