/**
 * What an event brings, computed by ourselves and compared with what was credited (corporate-actions page, steps 6 to 8; S16, S20). Nothing
 * is booked here: money and shares are booked by the evening of the settlement day from the clearing house's files; what differs is a
 * break. Looked at each time a day is closed; what was computed stays.
 */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { uncomputableTerms } from '../../domain/corporate-actions/computable-terms';
import { SUBSCRIPTION_KINDS } from '../../domain/corporate-actions/delivered-kinds';
import { isCompulsory } from '../../domain/corporate-actions/election-cuts';
import type { EventKind } from '../../domain/corporate-actions/served-kinds';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { isAwaited } from './awaited';
import { compareCredits } from './compare-credits';
import { accountsOfMovedResults, computeEntitlements } from './compute-entitlements';
import { lockEvent, recordStep, type EventKey, type EventRow } from './event-row';
import { settleLaterConversions } from './later-conversions';
import { askAboutOverdue, creditOwed, type OwedByEvent } from './owed-by-event';
import { askAboutSellableDays } from './sellable-days';
import { takeResults } from './take-results';

export interface SettledEntitlements {
  readonly computed: number;
  readonly credited: number;
  readonly differing: number;
  /** Nothing more is to come. */
  readonly isOver: boolean;
  /** What is expected and has not come; none in histories of before it was promised. */
  readonly owed?: OwedByEvent | null;
  /** Filings that came to nothing while their holders can still elect: to be taken back. Left away where there is none. */
  readonly comeBack?: number;
}

export const settleEntitlements =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (key: EventKey): Promise<SettledEntitlements> =>
    inTransaction(pool, async (sql) => {
      const event = await lockEvent(sql, key);
      const closedDay = await newestClosedDay(sql, key.channel);
      if (closedDay === null || event.endedAt !== null)
        return { computed: 0, credited: 0, differing: 0, isOver: false, owed: null };
      const { missing, comeBack } = await takeResults(sql, event, closedDay);
      if (isToBeComputed(event, closedDay)) {
        if (!restsOnResults(event, closedDay) || missing === 0) await compute(sql, event, closedDay);
      } else if (event.entitledOn !== null && restsOnResults(event, closedDay)) {
        const moved = await accountsOfMovedResults(sql, event, closedDay);
        if (moved.length > 0) await compute(sql, event, closedDay, moved);
      }
      await compareCredits(sql, event, closedDay);
      const { isKnown } = await askAboutSellableDays(sql, event);
      const later = await settleLaterConversions(sql, event, closedDay);
      const owed = await creditOwed(sql, event, closedDay);
      await askAboutOverdue(sql, event, owed);
      const found = await standing(sql, event, closedDay);
      return {
        ...found,
        differing: found.differing + later.differing,
        isOver: found.isOver && later.isOver && missing === 0 && isKnown,
        owed,
        ...(comeBack === 0 ? {} : { comeBack }),
      };
    });

/** @param moved accounts whose results came late or were corrected; all where left away */
async function compute(
  sql: PoolClient,
  { eventId, version, ...event }: EventRow,
  closedDay: BusinessDate,
  moved?: readonly string[],
): Promise<void> {
  const before = await sumsOf(sql, eventId);
  const holders = await computeEntitlements(sql, { ...event, eventId, version }, closedDay, moved);
  await sql.query('update corporate_actions set entitled_on = $2 where event_id = $1', [eventId, closedDay]);
  await recordStep(sql, {
    eventId,
    act: 'compute entitlements',
    key: `entitled ${version} ${closedDay}${moved === undefined ? '' : ' by other results'}`,
    detail: { closedDay, holders, ...(before === undefined ? {} : { before }) },
    by: SYSTEM_ACTOR,
  });
}

interface Sums {
  readonly holders: number;
  /** In 1/100 of the currency and in shares, as text. */
  readonly grossCents: string | null;
  readonly outShares: string | null;
  readonly inShares: string | null;
}

/** What was computed by the terms before: kept in the timeline. Undefined where nothing was. */
async function sumsOf(sql: PoolClient, eventId: string): Promise<Sums | undefined> {
  const { rows } = await sql.query<Sums>(
    `select count(*)::int as holders, sum(gross_cents)::text as "grossCents", sum(out_shares)::text as "outShares", sum(in_shares)::text as "inShares"
       from corporate_action_entitlements where event_id = $1 and record_quantity > 0`,
    [eventId],
  );
  const [sums] = rows;
  return sums === undefined || sums.holders === 0 ? undefined : sums;
}

/** Rights stand with the record date and what is exercised of them with the results: they are computed twice. */
function isToBeComputed(event: EventRow, closedDay: BusinessDate): boolean {
  // People were asked about such terms when they were told.
  if (uncomputableTerms(event.kind, event.terms) !== undefined) return false;
  if (event.entitledOn === null) return isEntitled(event, closedDay);
  return event.kind === 'RIGHTS_ISSUE' && !isFinal(event, event.entitledOn) && isFinal(event, closedDay);
}

/** What was accepted is known with the results of the deadline. */
const isFinal = ({ terms }: Pick<EventRow, 'terms'>, day: BusinessDate): boolean =>
  day >= (terms['deadlineOn'] ?? '9999');

const restsOnResults = (event: EventRow, closedDay: BusinessDate): boolean =>
  RESTING_ON_RESULTS.includes(event.kind) &&
  !isCompulsory(event.terms) &&
  (event.kind !== 'RIGHTS_ISSUE' || isFinal(event, closedDay));

const RESTING_ON_RESULTS: readonly EventKind[] = ['TAKEOVER', 'SCRIP_DIVIDEND', ...SUBSCRIPTION_KINDS];

/**
 * The holding of a record date stands when its day is closed, or the mainland trading day before it (facts 1.8); what was accepted, when the
 * deadline's is; a split works on the day before.
 */
function isEntitled({ kind, terms, recordOn, relevantOn }: EventRow, closedDay: BusinessDate): boolean {
  if (kind === 'TAKEOVER' && !isCompulsory(terms)) return isFinal({ terms }, closedDay);
  // A day that the calendar does not know is not over.
  if (relevantOn === null) return false;
  if (kind === 'TAKEOVER') return closedDay >= relevantOn;
  if (recordOn === null) return false;
  if (kind === 'RIGHTS_ISSUE') return closedDay >= recordOn;
  if (kind === 'SCRIP_DIVIDEND' || kind === 'OPEN_OFFER')
    return closedDay >= relevantOn && isFinal({ terms }, closedDay);
  return closedDay >= (kind === 'SPLIT_OR_CONSOLIDATION' ? recordOn : relevantOn);
}

async function standing(sql: PoolClient, event: EventRow, closedDay: BusinessDate): Promise<SettledEntitlements> {
  const { rows } = await sql.query<{
    computed: number;
    credited: number;
    differing: number;
    awaited: number;
    isEntitled: boolean;
  }>(
    `select count(*)::int as computed, count(*) filter (where credited_on is not null)::int as credited,
            count(*) filter (where state = 'differs')::int as differing,
            count(*) filter (where state <> 'left' and ${isAwaited(event.kind)})::int as awaited,
            (select entitled_on is not null and (kind <> 'RIGHTS_ISSUE' or entitled_on >= $2::date) from corporate_actions where event_id = $1) as "isEntitled"
       from corporate_action_entitlements where event_id = $1`,
    [event.eventId, event.terms['deadlineOn'] ?? null],
  );
  const found = rows[0] ?? { computed: 0, credited: 0, differing: 0, awaited: 0, isEntitled: false };
  const { awaited, isEntitled: entitled, ...counts } = found;
  return {
    ...counts,
    isOver:
      awaited === 0 &&
      counts.differing === 0 &&
      isAnswered(event, closedDay) &&
      (entitled || bringsNothing(event, closedDay) || (await isLeftUncomputed(sql, event, closedDay))),
  };
}

/** Results come on the evening of the deadline, not before. */
const isAnswered = ({ isElective, terms }: EventRow, closedDay: BusinessDate): boolean =>
  !isElective || closedDay >= (terms['deadlineOn'] ?? '');

/** A meeting, or a kind that is not served, is over with its last day; rights come and can be sold all the same. */
function bringsNothing({ kind, isServed, terms, relevantOn }: EventRow, closedDay: BusinessDate): boolean {
  if (kind === 'RIGHTS_ISSUE' || (isServed && kind !== 'VOTING')) return false;
  const last = (terms['deadlineOn'] as BusinessDate | undefined) ?? relevantOn;
  return last !== null && closedDay >= last;
}

/** Two people left terms that cannot be computed as they stand, and its last day is over: what it brings is compared with nothing. */
async function isLeftUncomputed(sql: PoolClient, event: EventRow, closedDay: BusinessDate): Promise<boolean> {
  const { eventId, kind, terms, version, relevantOn, payOn } = event;
  if (uncomputableTerms(kind, terms) === undefined) return false;
  if (relevantOn === null) return false;
  if ([relevantOn, payOn, terms['deadlineOn'] ?? null].some((day) => day !== null && closedDay < day)) return false;
  const { rowCount } = await sql.query(
    `select from corporate_action_breaks where event_id = $1 and kind = 'contradiction' and break_key = $2 and cleared_at is not null`,
    [eventId, `version ${version}`],
  );
  return rowCount !== 0;
}

async function newestClosedDay(sql: PoolClient, channel: string): Promise<BusinessDate | null> {
  const { rows } = await sql.query<{ day: BusinessDate | null }>(
    'select max(business_date) as day from settlement_days where channel = $1 and closed_at is not null',
    [channel],
  );
  return rows[0]?.day ?? null;
}
