/**
 * Whatever is done with a request is done the same way: the request is locked, the act runs once for its key, leaves a line of the
 * timeline and an audit row, moves the request on, and tells the process; all of it in one transaction.
 */
import type { Pool, PoolClient } from 'pg';
import { BusinessError, isErrorCode, type ErrorCode } from '../../domain/errors';
import type { RequestStep } from '../../domain/permissions/request-steps';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import { queueEvent } from '../outbox/queue-event';
import { queueSignal } from '../outbox/queue-message';
import { lockRequest, type PermissionRequest, type RequestKind, type RequestState } from './request-row';

export interface Act {
  readonly requestNo: string;
  /** Whose request it must be, where a client acts: that of another one is not there. */
  readonly clientNo?: string;
  /** Unique for ever: the same key is the same act. */
  readonly key: string;
  readonly by: string;
  /** By whose right, where that was delegated. */
  readonly onBehalfOf?: string | undefined;
  readonly role?: string;
  /** Through which the client acts: mobile, web. */
  readonly channel?: string;
  readonly requestId?: string;
}

/** What an act did. */
export interface Done<Answer> {
  readonly answer: Answer;
  readonly outcome?: 'done' | 'failed';
  /** Why, where something is amiss, and what was warned of. */
  readonly codes?: readonly string[];
  /** For the timeline; no personal data. */
  readonly detail?: Readonly<Record<string, unknown>>;
  /** There was nothing to do: no line is written, and the act may be done later under its key. */
  readonly idle?: true;
  /** Told once the act is kept: a refusal that counts. */
  readonly refusal?: BusinessError;
  readonly next?: { readonly step: RequestStep; readonly state?: RequestState; readonly cause?: string };
  /** What else is written in the transaction, with the line of the timeline that it belongs to. */
  readonly keep?: (sql: PoolClient, stepId: string) => Promise<void>;
}

const ENDED: readonly RequestState[] = ['done', 'withdrawn', 'lapsed', 'refused'];

export const isEnded = (state: RequestState): boolean => ENDED.includes(state);

/** Runs an act; one with the same key is answered as the first time. */
export async function actOnRequest<Answer>(
  pool: Pool,
  act: Act,
  name: string,
  work: (sql: PoolClient, request: PermissionRequest) => Promise<Done<Answer>>,
): Promise<Answer> {
  const kept = await inTransaction(pool, (sql) => actWithin(sql, act, name, work));
  if (kept.refusal !== undefined) throw kept.refusal;
  return kept.answer;
}

/** What clients ask for themselves, and act on. */
const OF_CLIENTS: readonly RequestKind[] = ['opening'];

/** Runs an act in the transaction of its reason. */
export async function actWithin<Answer>(
  sql: PoolClient,
  act: Act,
  name: string,
  work: (sql: PoolClient, request: PermissionRequest) => Promise<Done<Answer>>,
): Promise<Kept<Answer>> {
  const request = await lockRequest(sql, act.requestNo);
  const { clientNo } = act;
  if (clientNo !== undefined && (clientNo !== request.clientNo || !OF_CLIENTS.includes(request.kind))) {
    throw new BusinessError('NOT_FOUND', { what: '权限申请 request', key: act.requestNo });
  }
  requireChannel(act, request);
  const before = await keptAct<Answer>(sql, act.key);
  if (before !== undefined) return before;
  const done = await work(sql, request);
  if (done.idle === true) return { answer: done.answer, refusal: undefined };
  const stepId = await writeLine(sql, act, name, request, done);
  await done.keep?.(sql, stepId);
  await recordAudit(sql, {
    actor: act.by,
    onBehalfOf: act.onBehalfOf,
    role: act.role,
    action: name,
    outcome: done.outcome === 'failed' ? 'refused' : 'done',
    objectType: 'permission request',
    objectId: act.requestNo,
    ...(done.codes === undefined || done.codes.length === 0 ? {} : { reason: done.codes.join(', ') }),
    after: { step: request.step, ...done.detail, next: done.next },
    requestId: act.requestId,
    workflowId: request.workflowId,
  });
  if (done.next !== undefined) await moveOn(sql, request, done.next);
  return { answer: done.answer, refusal: done.refusal };
}

/** What clients do themselves they do through the channels that the permission is asked for by, from the first step to the last. */
function requireChannel({ channel, role }: Act, { kind, permission, terms: { channels } }: PermissionRequest): void {
  if (role !== 'client' || channel === undefined || !OF_CLIENTS.includes(kind) || channels.includes(channel)) return;
  throw new BusinessError('CHANNEL_NOT_TAKEN', {
    permission,
    channel,
    channels: channels.join(', '),
    field: 'channel',
  });
}

/** Refuses an act that is not that of the step which is open. */
export function requireStep(request: PermissionRequest, ...steps: readonly RequestStep[]): void {
  requireOpen(request);
  if (!steps.includes(request.step)) throw new BusinessError('STEP_NOT_OPEN', { step: request.step });
}

/** @throws BusinessError REQUEST_ENDED, REQUEST_LAPSED, PERMISSION_BEING_OPENED, PERMISSION_BEING_CLOSED */
export function requireOpen({ state, kind, requestNo, lapsesAt, now }: PermissionRequest): void {
  if (isEnded(state)) throw new BusinessError('REQUEST_ENDED', { request: requestNo, state });
  if (state === 'closing' || (state === 'filing' && kind === 'closing'))
    throw new BusinessError('PERMISSION_BEING_CLOSED', { request: requestNo });
  if (state !== 'under way') throw new BusinessError('PERMISSION_BEING_OPENED', { request: requestNo });
  if (now >= lapsesAt) throw new BusinessError('REQUEST_LAPSED', { request: requestNo, lapsesAt });
}

/** Whether the act of the key was done, and is answered as it was. */
export const wasDone = async (sql: PoolClient, key: string): Promise<boolean> =>
  (await keptAct(sql, key)) !== undefined;

interface Kept<Answer> {
  readonly answer: Answer;
  readonly refusal: BusinessError | undefined;
}

async function keptAct<Answer>(sql: PoolClient, key: string): Promise<Kept<Answer> | undefined> {
  const { rows } = await sql.query<{ kept: { answer: Answer; refusal?: { code: string; details: object } } }>(
    'select kept from permission_acts where act_key = $1',
    [key],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const { answer, refusal } = row.kept;
  return { answer, refusal: refusal === undefined ? undefined : refusalOf(refusal) };
}

function refusalOf({ code, details }: { readonly code: string; readonly details: object }): BusinessError {
  if (!isErrorCode(code)) throw new RangeError(`${code} is no code of a refusal`);
  return new BusinessError<ErrorCode>(code, details as never);
}

async function writeLine<Answer>(
  sql: PoolClient,
  act: Act,
  name: string,
  request: PermissionRequest,
  done: Done<Answer>,
): Promise<string> {
  const { rows } = await sql.query<{ step_id: string }>(
    `insert into permission_steps (request_no, step, act, outcome, codes, detail, by, role, channel, on_behalf_of)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning step_id::text`,
    [
      act.requestNo,
      request.step,
      name,
      done.outcome ?? 'done',
      done.codes ?? [],
      JSON.stringify(done.detail ?? {}),
      act.by,
      act.role ?? null,
      act.channel ?? null,
      act.onBehalfOf ?? null,
    ],
  );
  const stepId = rows[0]?.step_id;
  if (stepId === undefined) throw new RangeError('a line that was written has no number');
  const refusal =
    done.refusal === undefined ? {} : { refusal: { code: done.refusal.code, details: done.refusal.details } };
  await sql.query('insert into permission_acts (act_key, step_id, kept) values ($1, $2, $3)', [
    act.key,
    stepId,
    JSON.stringify({ answer: done.answer, ...refusal }),
  ]);
  return stepId;
}

/** What other systems are told: what was asked for is done once it is recorded, whatever is filed after that. */
const OUTCOMES: Readonly<Partial<Record<RequestState, string>>> = {
  filing: 'done',
  done: 'done',
  refused: 'refused',
  lapsed: 'lapsed',
  withdrawn: 'withdrawn',
};

/** The process is told of whatever changes step or state, also of a step that is open anew. */
async function moveOn(
  sql: PoolClient,
  request: PermissionRequest,
  { step, state = request.state, cause }: NonNullable<Done<unknown>['next']>,
): Promise<void> {
  const { requestNo } = request;
  // Whatever act forgot to look: what has ended is not moved again.
  if (isEnded(request.state)) throw new BusinessError('REQUEST_ENDED', { request: requestNo, state: request.state });
  const revision = request.revision + 1;
  await sql.query(
    `update permission_requests
        set step = $2, state = $3, revision = $4, cause = coalesce($5, cause),
            step_since = case when step = $2 and state = $3 then step_since else business_now() end,
            ended_at = case when $6 then business_now() end
      where request_no = $1`,
    [request.requestNo, step, state, revision, cause ?? null, isEnded(state)],
  );
  const outcome = OUTCOMES[state];
  if (outcome !== undefined && state !== request.state) {
    await queueEvent(sql, {
      key: `${request.workflowId}:outcome`,
      type: 'permission-request.outcome',
      caseKey: request.workflowId,
      side: 'client',
      branch: request.branch,
      facts: { request: request.requestNo, permission: request.permission, kind: request.kind, outcome },
    });
  }
  await queueSignal(sql, {
    key: `${request.workflowId}:${revision}`,
    workflowId: request.workflowId,
    signal: 'requestChanged',
    args: [revision],
  });
}
