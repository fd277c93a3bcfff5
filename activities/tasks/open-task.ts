/** Opens a task: the row that people see. The same key again is the same task. */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import { checkersOf, type Checker } from '../../domain/people/approval-terms';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit, type AuditSink } from '../audit/record-audit';
import { keptFacts } from '../database/kept-facts';
import { keptKey, numberOf } from '../database/kept-key';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { businessDateNow } from '../people/standing';
import { loadApprovalTerms } from '../terms/load-terms';
import { contentSha256 } from './approval-subject';
import { auditAct, recordAct, type TaskAct } from './record-act';
import { holdCase, roleAsked } from './role-asked';
import type { ApprovalSubject } from './subject-kind';
import { toldOutcome, type TaskEnd } from './task-row';

export interface OpenTask {
  readonly workflowId: string;
  /** Unique for ever: the same key is the same task, also in a later run. */
  readonly businessKey: string;
  readonly kind: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly role: string;
  readonly mark?: 'deputy' | 'head';
  readonly side?: string;
  readonly branch?: string;
  readonly dueAt?: string;
  /** JSON Schema of the filled form. */
  readonly form: Readonly<Record<string, unknown>>;
  readonly formVersion: number;
  /** What to decide on. Amounts are text; no personal data. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly revision: number;
  /** Person who made what is decided here, and may not decide it. */
  readonly madeBy?: string;
  /** Principal for whom the maker acted. */
  readonly madeFor?: string;
  /** Set where the task is an approval: how many check, and who, is decided here from the terms in force. */
  readonly approval?: Approval;
  /** Who holds it from the beginning: the maker to whom work was sent back. Holding gives no right. */
  readonly holder?: string;
  /** False where each needs a look of its own, and is not completed in bulk. */
  readonly bulk?: boolean;
}

export interface Approval {
  /** The row that is decided about; its state changes in the transaction of the decision. */
  readonly subject?: ApprovalSubject;
  readonly amountFen?: string;
  /** Class of risk, by which the terms may ask for other checkers. */
  readonly risk?: string;
  /** Of the second checker: the task of the first. */
  readonly firstTask?: string;
}

/** Whom a task asks. */
export interface Whom {
  readonly role: string;
  readonly mark?: 'deputy' | 'head';
}

export interface OpenedTask {
  readonly taskId: string;
  /** Whom the task asks, where it is not the role that the process named. */
  readonly asks?: Whom;
  /** Set on the first task where a second checker must follow. */
  readonly second?: Whom;
  /** Set where the task had been completed or recalled before, by an earlier run. */
  readonly outcome?: TaskEnd;
}

/**
 * A task that was completed, recalled or sent back under this key is answered as it ended. One that is open takes the new content
 * (a later run knows newer facts), one that the process had withdrawn is opened again. A key is known among processes of one number
 * (`case_number`): it names the case that it is of.
 * @throws BusinessError NO_PARAMETER_FOR_DATE where no terms say who checks
 */
export const openTask =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (input: OpenTask): Promise<OpenedTask> =>
    inTransaction(pool, (sql) => askTask(sql, input));

/** The same within the transaction of what else is opened. @param audit takes what is said of the opening */
export async function askTask(sql: PoolClient, input: OpenTask, audit: AuditSink = recordAudit): Promise<OpenedTask> {
  const asked = await askedOf(sql, input);
  const inserted = await insertTask(sql, asked);
  if (inserted !== undefined) {
    await auditAct(sql, openingOf(inserted, asked), audit);
    return { taskId: inserted, ...asked.told };
  }
  const { rows } = await sql.query<{
    task_id: string;
    outcome: TaskEnd | null;
    content_sha256: string | null;
    revision: number;
    form: unknown;
    is_same: boolean;
  }>(
    `select role = $2 and mark is not distinct from $3 and side::text is not distinct from $4 and branch is not distinct from $5 as is_same, task_id::text, outcome, content_sha256, revision, (select form from task_forms f where f.form_id = t.form_id) as form from tasks t
      where case_number(workflow_id) = case_number($6) and hashtextextended(business_key, 0) = hashtextextended($1, 0) and business_key = $1 for update`,
    [asked.businessKey, asked.role, asked.mark ?? null, asked.side ?? null, asked.branch ?? null, asked.workflowId],
  );
  const [known] = rows;
  if (known === undefined) throw new Error(`task ${input.businessKey} was there and is not`);
  if (known.outcome !== null && known.outcome.result !== 'withdrawn') {
    const outcome = await toldOutcome(sql, known, known.outcome);
    return { taskId: known.task_id, outcome, ...asked.told };
  }
  // What somebody may be looking at is not changed under its revision.
  if (
    known.content_sha256 !== asked.contentSha256 &&
    known.content_sha256 !== null &&
    known.revision === input.revision
  )
    throw new RangeError(`approval ${input.businessKey} is asked with other content under the same revision`);
  // Whoever holds what is asked of others by now could neither do it nor give it back.
  const isHandedOn = known.outcome !== null || !known.is_same;
  await renewTask(sql, known.task_id, asked, isHandedOn);
  if (isHandedOn) await recordAct(sql, openingOf(known.task_id, asked));
  return { taskId: known.task_id, ...asked.told };
}

/** The task with what the terms and the subject say of it. */
interface Asked extends OpenTask {
  readonly checkers: number;
  readonly contentSha256: string | null;
  readonly told: Pick<OpenedTask, 'asks' | 'second'>;
}

async function askedOf(sql: PoolClient, input: OpenTask): Promise<Asked> {
  const { approval } = input;
  if (approval === undefined) return { ...(await ofOthers(sql, input)), checkers: 1, contentSha256: null };
  if (approval.firstTask !== undefined) return asSecond(sql, input, approval.firstTask);
  const [first, second] = checkersOf(await loadApprovalTerms(sql), {
    kind: input.kind,
    risk: approval.risk ?? '',
    amountFen: BigInt(approval.amountFen ?? 0),
    date: await businessDateNow(sql),
  });
  // Whoever asks for an approval that nobody need give has not looked at the terms.
  if (first === undefined)
    throw new BusinessError('NO_PARAMETER_FOR_DATE', { code: `approval ${input.kind}`, date: '' });
  const whom = asksOf(first, input);
  const { mark: _, ...rest } = input;
  return {
    ...rest,
    ...whom,
    checkers: second === undefined ? 1 : 2,
    contentSha256: await contentSha256(sql, approval.subject, { facts: input.facts, revision: input.revision }),
    told: {
      ...(whom.role === input.role && whom.mark === input.mark ? {} : { asks: whom }),
      ...(second === undefined ? {} : { second: asksOf(second, input) }),
    },
  };
}

/** What is asked of a role of which nobody is left in the case is done by whoever does its part. */
async function ofOthers(sql: PoolClient, input: OpenTask): Promise<OpenTask & Pick<Asked, 'told'>> {
  await holdCase(sql, input);
  const role = await roleAsked(sql, input);
  if (role === input.role) return { ...input, told: {} };
  const { mark: _, ...rest } = input;
  return { ...rest, role, told: { asks: { role } } };
}

/** The second checker sees what the first one saw, whatever has become of the draft since. */
async function asSecond(sql: PoolClient, input: OpenTask, firstTask: string): Promise<Asked> {
  const { rows } = await sql.query<{ content_sha256: string; facts: Readonly<Record<string, unknown>> }>(
    'select content_sha256, facts from tasks where task_id = $1',
    [firstTask],
  );
  const [first] = rows;
  if (first === undefined) throw new BusinessError('NOT_FOUND', { what: '任务 task', key: firstTask });
  return { ...input, facts: first.facts, checkers: 2, contentSha256: first.content_sha256, told: {} };
}

/** A mark goes with the role that the terms name; without a role it is asked of the one that the process names. */
const asksOf = (checker: Checker, input: OpenTask): Whom => {
  const mark = checker.mark ?? (checker.role === null ? input.mark : undefined);
  return { role: checker.role ?? input.role, ...(mark === undefined ? {} : { mark }) };
};

const COLUMNS = `workflow_id, kind, title_id, role, mark, side, branch, due_at, form_id, form_version, revision, made_by, made_for,
  first_task, checkers, amount_fen, subject_kind, subject_id, content_sha256, bulk_allowed, other_key, key_tail`;
const FACTS = 'names_its_case, facts_told';

const valuesOf = (input: Asked) => [
  input.workflowId,
  input.kind,
  input.titleZh,
  input.titleEn,
  input.role,
  input.mark ?? null,
  input.side ?? null,
  input.branch ?? null,
  input.dueAt ?? null,
  JSON.stringify(input.form),
  input.formVersion,
  input.revision,
  input.madeBy ?? null,
  input.madeFor ?? null,
  input.approval?.firstTask ?? null,
  input.checkers,
  input.approval?.amountFen ?? null,
  input.approval?.subject?.kind ?? null,
  input.approval?.subject?.id ?? null,
  input.contentSha256,
  input.bulk ?? true,
  ...keptKey(input.businessKey, keyOfKind(input)),
  ...factsOf(input),
];

const factsOf = ({ workflowId, facts }: OpenTask): readonly [namesItsCase: boolean, told: string | null] => {
  const { namesItsCase, factsTold } = keptFacts(workflowId, facts);
  return [namesItsCase, factsTold === null ? null : JSON.stringify(factsTold)];
};

/** What the key of business of a task often begins with, as `business_key` has it: its kind, the verb after the thing, and the number of its process. */
const keyOfKind = ({ kind, workflowId }: OpenTask): string => {
  const [verb = kind] = kind.split('-', 1);
  return `${kind.slice(kind.indexOf('-') + 1)}-${verb}:${numberOf(workflowId)}`;
};

/** Title and form are given as they read, and kept as their numbers. */
const PLACES = `$1, $2, task_title($3, $4), $5, $6, $7, $8, $9, task_form($10), $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23`;
const FACTS_PLACES = '$24::boolean, $25::text';

async function insertTask(sql: PoolClient, input: Asked): Promise<string | undefined> {
  const { rows } = await sql.query<{ task_id: string }>(
    `insert into tasks (${COLUMNS}, ${FACTS}, claimed_by, state)
     values (${PLACES}, ${FACTS_PLACES}, $26, case when $26::text is null then 'open' else 'claimed' end)
     on conflict do nothing returning task_id::text`,
    [...valuesOf(input), input.holder ?? null],
  );
  return rows[0]?.task_id;
}

/**
 * What stands with the same content stays as it is: whoever gave it back since does not get it again. Facts that say the same are the same,
 * in whatever order, and whether their row keeps them whole or not.
 */
async function renewTask(sql: PoolClient, taskId: string, input: Asked, isHandedOn: boolean): Promise<void> {
  await sql.query(
    `update tasks set (${COLUMNS}, ${FACTS}) = row (${PLACES}, ${FACTS_PLACES}),
                      claimed_by = case when $28 then $26 else claimed_by end, assigned_by = case when $28 then null else assigned_by end,
                      state = case when not $28 then state when $26::text is null then 'open' else 'claimed' end, done_at = null, outcome = null
     where task_id = $27 and (state not in ('open', 'claimed') or row (${COLUMNS}, facts) is distinct from row (${PLACES}, $29::jsonb))`,
    [...valuesOf(input), input.holder ?? null, taskId, isHandedOn, JSON.stringify(input.facts)],
  );
}

/** Opened for the first time the row itself says so; opened again it is a line of its timeline. */
function openingOf(taskId: string, input: OpenTask): TaskAct {
  const { workflowId, businessKey, kind, role, revision, holder } = input;
  return {
    kind: 'opened',
    task: { task_id: taskId, workflow_id: workflowId, kind, revision },
    actor: SYSTEM_ACTOR,
    givenTo: holder,
    after: { businessKey, kind, role, revision },
  };
}
