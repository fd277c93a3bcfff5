/** A promise is given: its instants are computed once and recorded with the version of the calendar. */
import type { PoolClient } from 'pg';
import { businessDateOf, daysBetween, type BusinessDate } from '../../domain/calendar/business-date';
import type { Channel, Side } from '../../domain/channel';
import type { Limit } from '../../domain/deadlines/limit';
import { BusinessError } from '../../domain/errors';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit, type AuditSink } from '../audit/record-audit';
import { keptKey } from '../database/kept-key';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { handlerOwing } from '../complaints/handlers';
import { changeDeadline } from './change-deadline';
import { clockTimeOf } from '../ladders/rung-terms';
import { computeInstants, loadersOf, type TermsOfDay } from './compute-instants';
import { climbedOf, lockDeadline, type Climbed, type DeadlineRow } from './deadline-row';

/** Until the last clock time of the ladder on a date, which is the day of receipt or a later one. */
export interface LadderLimit {
  readonly kind: 'LADDER';
  readonly on: BusinessDate;
}

export interface PromiseGiven {
  /** Unique for ever: the same key is the same promise, also in a later run. */
  readonly businessKey: string;
  readonly workflowId: string;
  /** Type of the process, and the step of it that owes the promise. */
  readonly process: string;
  readonly step: string;
  /** Business key of what is promised; never personal. */
  readonly subject: string;
  readonly side?: Side;
  readonly branch?: string;
  readonly owner: { readonly role: string; readonly team?: string; readonly person?: string };
  /** Terms of the ladder to climb. */
  readonly ladder: string;
  readonly limit: Limit | LadderLimit;
  /** Receipt, UTC: the clock runs from here, not from registration. */
  readonly receivedAt: string;
  /** Whose trading and settlement days count, and whose parameters hold; Shanghai where it does not matter. */
  readonly channel?: Channel;
  /** Business time of the act that gives it, where that is one instant with all else that it writes; otherwise now. */
  readonly openedAt?: string;
}

/**
 * Safe to repeat: a promise that stands is answered as it stands; one that an earlier run abandoned is taken up again.
 * @throws BusinessError CALENDAR_OUT_OF_RANGE, NO_PARAMETER_FOR_DATE; DEADLINE_CONTENT_DIFFERS where the key stands for another
 *         promise
 */
export const openDeadline =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (given: PromiseGiven): Promise<Climbed> =>
    inTransaction(pool, async (sql) => givePromise(sql, { ...given, ...(await handlerOwing(sql, given)) }));

/** The promise within the transaction of its reason. @param audit takes what is said of a new one */
export async function givePromise(
  sql: PoolClient,
  given: PromiseGiven,
  audit: AuditSink = recordAudit,
): Promise<Climbed> {
  const { channel = 'SH', receivedAt } = given;
  const load = loadersOf(sql);
  const terms = await load.terms(given.ladder, channel, receivedAt);
  const limit = limitOfGiven(given, terms);
  const loaded = await load.days(limit.kind, channel);
  const { dueAt, rungs } = computeInstants({ limit, receivedAt, stops: [] }, loaded, terms);
  const { rowCount } = await sql.query(
    `insert into deadlines (other_key, key_tail, other_workflow, other_process, step, subject, side, branch, owner_role, owner_team, owner_person,
                            other_ladder, other_limit_kind, limit_n, limit_time, received_at, other_channel, civil_version, other_calendars,
                            other_stop_days, due_at, rungs, opened_later_at)
     values ($1, nullif($2, ''), $3, nullif($4, 'complaint'), $5, $6, $7, $8, $9, $10, $11, nullif($12, 'PROMISE'), nullif($13, 'BUSINESS_DAYS'), $14,
             $15, $16, nullif($17, 'SH'), civil_version_of($18), case when civil_version_of($18) is null then $18 end, nullif($19::integer, 30), $20,
             rungs_kept($21, $20), nullif(coalesce($22, business_now()), $16))
     on conflict do nothing`,
    [
      ...keptKeyOf(given),
      given.workflowId === `${given.process}:${given.subject}` ? null : given.workflowId,
      given.process,
      given.step,
      given.subject,
      given.side ?? null,
      given.branch ?? null,
      given.owner.role,
      given.owner.team ?? null,
      given.owner.person ?? null,
      given.ladder,
      limit.kind,
      limit.n,
      limit.kind === 'CLOCK_TIME' ? limit.time : null,
      receivedAt,
      channel,
      loaded.version,
      Number.parseInt(terms.parameter('DEADLINE_STOPPED_DAYS_AT_MOST'), 10),
      dueAt,
      JSON.stringify(rungs),
      given.openedAt ?? null,
    ],
  );
  const row = await lockDeadline(sql, given.businessKey);
  if (rowCount === 1) await audit(sql, openedOf(row));
  else requireSame(row, given, limit);
  return row.state === 'abandoned' ? takeUpAgain(sql, row) : climbedOf(sql, row);
}

/** What of the key does not follow from the promise: all of it, or what it has after process, step and subject. */
function keptKeyOf({ businessKey, process, step, subject }: PromiseGiven): readonly [string | null, string | null] {
  return keptKey(businessKey, `${process}-${step}:${subject}`);
}

/** @throws RangeError for a ladder without a clock time, which ends on no date by itself: reference data of ours */
function limitOfGiven({ limit, receivedAt }: PromiseGiven, { ladder, parameter }: TermsOfDay): Limit {
  if (limit.kind !== 'LADDER') return limit;
  const times = ladder.map((term) => clockTimeOf(term, parameter)).sort();
  const time = times.at(-1);
  if (time === undefined) throw new RangeError('a ladder without rungs');
  return { kind: 'CLOCK_TIME', n: daysBetween(businessDateOf(receivedAt), limit.on), time };
}

/** A run before this one ended without the promise; calendars may have been corrected since. */
async function takeUpAgain(sql: PoolClient, row: DeadlineRow): Promise<Climbed> {
  await sql.query('update deadlines set ended_as = null, ended_at = null, ended_by = null where deadline_id = $1', [
    row.deadlineId,
  ]);
  await recordAudit(sql, {
    actor: SYSTEM_ACTOR,
    action: 'take deadline up again',
    outcome: 'done',
    objectType: 'deadline',
    objectId: row.businessKey,
    before: { state: row.state },
    after: { dueAt: row.dueAt },
  });
  const open = await lockDeadline(sql, row.businessKey);
  return changeDeadline(sql, open, { cause: 'calendar corrected', by: SYSTEM_ACTOR });
}

const openedOf = ({ businessKey, dueAt, ownerRole, version }: DeadlineRow) =>
  ({
    actor: SYSTEM_ACTOR,
    action: 'open deadline',
    outcome: 'done',
    objectType: 'deadline',
    objectId: businessKey,
    after: { dueAt, ownerRole, version },
  }) as const;

/** What was promised stands; how long it is may have grown since by extensions. */
function requireSame(row: DeadlineRow, given: PromiseGiven, limit: Limit): void {
  const same =
    row.workflowId === given.workflowId &&
    row.subject === given.subject &&
    row.ladder === given.ladder &&
    row.limitKind === limit.kind &&
    row.limitN >= limit.n &&
    row.receivedAt === given.receivedAt;
  if (!same) throw new BusinessError('DEADLINE_CONTENT_DIFFERS', { deadline: given.businessKey });
}
