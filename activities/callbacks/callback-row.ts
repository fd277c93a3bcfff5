/** A callback as its row says, with its script, and what the rules of attempts need. */
import type { ClientBase } from 'pg';
import type { CallbackOutcome, ScriptQuestion } from '../../domain/callbacks/call-result';
import { callbackTerms, callbackWindow, type CallbackWindow } from '../../domain/callbacks/callback-windows';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import type { Words } from '../../domain/messages/words';
import { parameterOn, type ParameterRow } from '../../domain/parameters';
import { loadPublicHolidays } from '../calendar/load-counted-days';

type Sql = Pick<ClientBase, 'query'>;

export type CallbackState = 'open' | 'escalated' | 'ended';

export interface CallbackRow {
  readonly callbackNo: string;
  readonly purpose: string;
  readonly purposeName: Words;
  readonly ownerRole: string;
  readonly ladder: string;
  readonly subject: string;
  /** Null: who complained and is no client. */
  readonly clientNo: string | null;
  /** Of the client, or of the complaint of whoever is none. */
  readonly branch: string | null;
  readonly script: string;
  readonly scriptVersion: number;
  readonly days: number;
  readonly filedWith: string | null;
  readonly state: CallbackState;
  readonly rounds: number;
  readonly outcome: CallbackOutcome | null;
  /** What was decided about a client who was not reached. */
  readonly givenUp: 'suspend' | 'leave' | null;
  readonly revision: number;
  readonly workflowId: string;
  /** UTC. */
  readonly askedAt: string;
  readonly endedAt: string | null;
  readonly endedBy: string | null;
  /** Of the transaction, UTC. */
  readonly now: string;
  readonly today: BusinessDate;
}

/** Of whoever is called. */
export const BRANCH = `case when k.client_no is null then (select x.branch from complaints x where x.complaint_no = k.subject) else c.branch end`;

/** Columns of `CALLBACKS`. */
export const CALLBACK_COLUMNS = `k.callback_no as "callbackNo", k.purpose, jsonb_build_object('zh', p.name_zh, 'en', p.name_en) as "purposeName",
  p.owner_role as "ownerRole", p.ladder, k.subject, k.client_no as "clientNo",
  ${BRANCH} as branch, k.script, k.script_version as "scriptVersion",
  k.days, k.filed_with as "filedWith", k.state, k.rounds, k.outcome, k.given_up as "givenUp", k.revision, k.workflow_id as "workflowId", k.asked_at as "askedAt",
  k.ended_at as "endedAt", k.ended_by as "endedBy"`;
export const CALLBACKS = `callbacks k left join registered_clients c using (client_no)
  join callback_purposes p on p.purpose = k.purpose and p.valid_from = k.purpose_from`;

/**
 * The callback, locked until the transaction ends: of two callers at once one comes after the other.
 * @throws BusinessError NOT_FOUND
 */
export const lockCallback = (sql: Sql, callbackNo: string): Promise<CallbackRow> =>
  rowIn(sql, callbackNo, 'for update of k');

/** The callback as it is, for whoever only looks. @throws BusinessError NOT_FOUND */
export const callbackIn = (sql: Sql, callbackNo: string): Promise<CallbackRow> => rowIn(sql, callbackNo, '');

async function rowIn(sql: Sql, callbackNo: string, lock: 'for update of k' | ''): Promise<CallbackRow> {
  const { rows } = await sql.query<CallbackRow>(
    `select ${CALLBACK_COLUMNS}, business_now() as now, (business_now() at time zone 'Asia/Shanghai')::date as today
       from ${CALLBACKS} where k.callback_no = $1 ${lock}`,
    [callbackNo],
  );
  const [row] = rows;
  if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '回访 callback', key: callbackNo });
  return row;
}

/** An attempt, and what came of it. */
export interface AttemptRow {
  readonly attemptId: string;
  readonly nth: number;
  readonly begunBy: string;
  readonly begunAt: string;
  /** Null while the result is not recorded. */
  readonly result: string | null;
  readonly answers: Readonly<Record<string, string>> | null;
  readonly doubt: string | null;
  readonly recording: string | null;
  readonly recordingSha256: string | null;
}

export async function attemptsOf(sql: Sql, callbackNo: string): Promise<readonly AttemptRow[]> {
  const { rows } = await sql.query<AttemptRow>(
    `select a.attempt_id::text as "attemptId", a.nth, a.begun_by as "begunBy", a.begun_at as "begunAt", r.result, r.answers, r.doubt, r.recording,
            r.recording_sha256 as "recordingSha256"
       from callback_attempts a left join callback_results r using (attempt_id) where a.callback_no = $1 order by a.nth`,
    [callbackNo],
  );
  return rows;
}

export async function scriptOf(
  sql: Sql,
  { script, scriptVersion }: Pick<CallbackRow, 'script' | 'scriptVersion'>,
): Promise<readonly ScriptQuestion[]> {
  const { rows } = await sql.query<ScriptQuestion>(
    `select question, question_zh as zh, question_en as en,
            jsonb_agg(jsonb_build_object('answer', answer, 'zh', answer_zh, 'en', answer_en, 'followUp', follow_up) order by place) as answers
       from callback_questions where script = $1 and version = $2
      group by question, question_zh, question_en order by min(place)`,
    [script, scriptVersion],
  );
  return rows;
}

/** When a call is allowed: the attempts of all rounds count for day and time of day, those of a round for how many. */
export async function windowOf(
  sql: Sql,
  { now, today, rounds }: Pick<CallbackRow, 'now' | 'today' | 'rounds'>,
  attempts: readonly Pick<AttemptRow, 'begunAt'>[],
): Promise<CallbackWindow> {
  const { rows } = await sql.query<ParameterRow>(
    `select code, channel, value, unit, valid_from as "validFrom", valid_to as "validTo" from parameters where code like 'CALLBACK%'`,
  );
  const terms = callbackTerms((code) => parameterOn(rows, code, today, 'SH'));
  return callbackWindow(
    now,
    attempts.map(({ begunAt }) => begunAt),
    await loadPublicHolidays(sql),
    { ...terms, attempts: terms.attempts * rounds },
  );
}
