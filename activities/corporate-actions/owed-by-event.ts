/** What an event owes by a time beside the proof of its elections: that what does not agree is cleared, that what it brings has come. */
import type { PoolClient } from 'pg';
import {
  businessDateOf,
  daysBetween,
  shanghaiInstant,
  shanghaiTimeOf,
  type BusinessDate,
} from '../../domain/calendar/business-date';
import { expectedFrom, isDividend } from '../../domain/corporate-actions/expected-credit';
import { laterConversions } from '../../domain/corporate-actions/split-codes';
import type { Limit } from '../../domain/deadlines/limit';
import { loadParameters } from '../terms/load-terms';
import { awaitedRights, awaitedRest } from './awaited';
import type { EventRow } from './event-row';
import { clearBreak, findBreak } from './find-break';
import { owedByProcess } from '../database/promises-found';

/** Step of the promise, by which its row is found. */
export type OwedStep = 'clear breaks' | 'credit the entitlement';

/** A promise as it is given, and what its time follows from: where that changes, something else is owed. */
interface OwedTerms {
  readonly from: string;
  readonly receivedAt: string;
  readonly limit: Limit;
}

export interface OwedByEvent extends OwedTerms {
  /** Number among the promises of this step of the event. */
  readonly nth: number;
  /** One of that number that stands, from an earlier run. */
  readonly standing?: OwedTerms;
}

/**
 * What is open is cleared before the clearing house's deadline, from the oldest on; what is found after it, or of an event without one, within
 * days of the house. Null where nothing is open.
 */
export async function breaksOwed(sql: PoolClient, event: EventRow): Promise<OwedByEvent | null> {
  const { eventId, channel, clearingCutAt } = event;
  const { rows } = await sql.query<{ since: string | null }>(
    'select min(found_at) as since from corporate_action_breaks where event_id = $1 and cleared_at is null',
    [eventId],
  );
  const receivedAt = rows[0]?.since ?? null;
  if (receivedAt === null) return null;
  const numbered = await numberOf(sql, event, 'clear breaks');
  if (clearingCutAt !== null && receivedAt < clearingCutAt) {
    const n = daysBetween(businessDateOf(receivedAt), businessDateOf(clearingCutAt));
    const limit: Limit = { kind: 'CLOCK_TIME', n, time: shanghaiTimeOf(clearingCutAt) };
    return { ...numbered, from: clearingCutAt, receivedAt, limit };
  }
  const parameter = await loadParameters(sql, channel, businessDateOf(receivedAt));
  const n = Number.parseInt(parameter('EVENT_BREAK_WITHIN_DAYS'), 10);
  return { ...numbered, from: AFTER_THE_DEADLINE, receivedAt, limit: { kind: 'BUSINESS_DAYS', n } };
}

const AFTER_THE_DEADLINE = 'found';

/** An entitlement that is awaited. Null where nothing is expected yet, or all has come or was left as it stands. */
export async function creditOwed(
  sql: PoolClient,
  event: EventRow,
  closedDay: BusinessDate,
): Promise<OwedByEvent | null> {
  const { eventId, kind, terms, channel } = event;
  const { rows } = await sql.query<{ rights: boolean; rest: boolean }>(
    `select coalesce(bool_or(${awaitedRights}), false) as rights, coalesce(bool_or(${awaitedRest(kind)}), false) as rest
       from corporate_action_entitlements where event_id = $1 and state = 'computed'`,
    [eventId],
  );
  const { rights, rest } = rows[0] ?? { rights: false, rest: false };
  const parts = [...(rights ? (['rights'] as const) : []), ...(rest ? (['rest'] as const) : [])];
  const [from] = [...parts.map((part) => expectedFrom(kind, terms, part)), ...(await awaitedConversions(sql, event))]
    .filter((day) => day !== undefined && day <= closedDay)
    .sort();
  if (from === undefined) return null;
  const parameter = await loadParameters(sql, channel, from);
  const days = parameter(isDividend(kind) ? 'DIVIDEND_CLEARING_DAYS' : 'EVENT_CREDIT_WITHIN_DAYS');
  return {
    ...(await numberOf(sql, event, 'credit the entitlement')),
    from,
    receivedAt: shanghaiInstant(from, '00:00'),
    limit: { kind: 'TRADING_DAYS', n: Number.parseInt(days, 10) },
  };
}

/** Days of the later conversions of a split that nobody has been converted on. */
async function awaitedConversions(
  sql: PoolClient,
  { eventId, terms }: EventRow,
): Promise<readonly (BusinessDate | undefined)[]> {
  const conversions = laterConversions(terms);
  if (conversions.length === 0) return [];
  const { rows } = await sql.query<{ leg: number }>(
    `select distinct leg from split_conversions where event_id = $1 and state = 'computed' and out_shares > 0`,
    [eventId],
  );
  return rows.map(({ leg }) => conversions.find((one) => one.leg === leg)?.on);
}

/** What has not come by its time is asked about; the promise has told upwards by then. */
export async function askAboutOverdue(sql: PoolClient, event: EventRow, owed: OwedByEvent | null): Promise<void> {
  const found = { eventId: event.eventId, kind: 'entitlement', key: OVERDUE } as const;
  if (owed === null) return clearBreak(sql, { ...found, reason: 'came' });
  const { rows } = await sql.query<{ isOverdue: boolean }>(
    `select exists (select from deadlines d where ${owedByProcess('d', '$1')} and step = 'credit the entitlement' and ended_at is null
                       and due_at <= business_now()) as "isOverdue"`,
    [event.workflowId],
  );
  if (rows[0]?.isOverdue !== true) return;
  const { rows: awaited } = await sql.query<{ holders: number; accounts: readonly string[] }>(
    `select count(*)::int as holders, coalesce((array_agg(securities_account order by securities_account))[1:20], '{}') as accounts
       from (select securities_account from corporate_action_entitlements
              where event_id = $1 and state = 'computed' and (${awaitedRights} or ${awaitedRest(event.kind)})
             union select securities_account from split_conversions where event_id = $1 and state = 'computed' and out_shares > 0) awaited`,
    [event.eventId],
  );
  const cause = '预计权益未到账 expected and not credited';
  await findBreak(sql, { ...found, facts: { cause, expectedFrom: owed.from, ...awaited[0] } });
}

/** Key of the break about what has not come. */
export const OVERDUE = 'overdue';

interface Standing {
  readonly ended: number;
  readonly receivedAt: string | null;
  readonly kind: Limit['kind'];
  readonly n: number;
  readonly time: string;
  readonly dueAt: string;
}

/** One that has not ended, or was abandoned with an earlier run, keeps its number and stands as it was given. */
async function numberOf(
  sql: PoolClient,
  { workflowId }: EventRow,
  step: OwedStep,
): Promise<Pick<OwedByEvent, 'nth' | 'standing'>> {
  const { rows } = await sql.query<Standing>(
    `select (select count(*)::int from deadlines d where ${owedByProcess('d', '$1')} and step = $2 and state in ('met', 'met late', 'withdrawn')) as ended,
            d.received_at as "receivedAt", d.limit_kind as kind, d.limit_n as n, d.limit_time as time, d.due_at as "dueAt"
       from (values (1)) one left join lateral (
         select * from deadlines d where ${owedByProcess('d', '$1')} and step = $2 and state not in ('met', 'met late', 'withdrawn')
          order by deadline_id desc limit 1) d on true`,
    [workflowId, step],
  );
  const { ended = 0, receivedAt = null, kind = 'CLOCK_TIME', n = 0, time = '', dueAt = '' } = rows[0] ?? {};
  const nth = ended + 1;
  if (receivedAt === null) return { nth };
  const [limit, from]: [Limit, string] =
    kind === 'CLOCK_TIME'
      ? [{ kind, n, time }, dueAt]
      : [{ kind, n }, step === 'clear breaks' ? AFTER_THE_DEADLINE : businessDateOf(receivedAt)];
  return { nth, standing: { from, receivedAt, limit } };
}
