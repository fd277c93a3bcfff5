/** The rows of a notice file that tell of events, and the terms by which an event is taken. */
import type { PoolClient } from 'pg';
import { businessDateOf, type BusinessDate } from '../../domain/calendar/business-date';
import type { MarketCalendar } from '../../domain/calendar/market-calendar';
import {
  electionCuts,
  isElectiveKind,
  relevantDay,
  type ElectionCuts,
} from '../../domain/corporate-actions/election-cuts';
import type { EventNotice, EventTerms, NoticeRow } from '../../domain/corporate-actions/event-notice';
import { isServedOn, type EventKind, type ServedKindRow } from '../../domain/corporate-actions/served-kinds';
import { BusinessError } from '../../domain/errors';
import { loadCutTerms } from './cut-terms';

export interface NoticeFile {
  readonly channel: string;
  readonly businessDate: BusinessDate;
  /** Null where the house tells it, by a calendar that grew. */
  readonly fileId: bigint | null;
  /** It takes the place of an earlier file of the day: what that one told and this one does not falls. */
  readonly isResend?: boolean;
}

/** A notice of an event with what it is read by. */
export interface Told {
  readonly file: NoticeFile;
  readonly notice: EventNotice;
  readonly calendar: MarketCalendar;
  readonly calendarVersion: string;
  readonly served: readonly ServedKindRow[];
}

export async function noticeRows(sql: PoolClient, { businessDate, fileId }: NoticeFile): Promise<readonly NoticeRow[]> {
  const { rows } = await sql.query<NoticeRow>(
    `select row_no as "rowNo", kind, code, entitlement_class as "entitlementClass", date_1 as "date1", date_2 as "date2", date_3 as "date3",
            price_1::text as "price1", price_2::text as "price2", ratio_1::text as "ratio1", ratio_2::text as "ratio2",
            quantity_1::text as "quantity1", quantity_2::text as "quantity2", mark_1 as "mark1", mark_2 as "mark2",
            event_code as "eventCode", second_code as "secondCode", reserved, currency, fields::jsonb ->> 'ZT' as standing
       from notices where business_date = $1 and file_id = $2 and kind <> 'H05' order by row_no`,
    [businessDate, fileId],
  );
  return rows;
}

export async function servedKinds(sql: PoolClient): Promise<readonly ServedKindRow[]> {
  const { rows } = await sql.query<ServedKindRow>(
    `select kind, is_served as "isServed", valid_from as "validFrom", valid_to as "validTo" from served_event_kinds`,
  );
  return rows;
}

export interface Face {
  readonly isServed: boolean;
  /** Whether holders choose in an event of these terms. */
  readonly chooses: boolean;
  readonly cuts: ElectionCuts | undefined;
  /** A date of the deadlines lies outside the calendar. */
  readonly isCutUnknown: boolean;
  readonly recordOn: string | null;
  /** Undefined where it lies outside the calendar. */
  readonly relevantOn: BusinessDate | undefined;
  readonly payOn: string | null;
}

/** What the terms come to by calendar and terms of the house. A date that the calendar does not know is left open, not guessed. */
export async function faceOf(sql: PoolClient, kind: EventKind, terms: EventTerms, told: Told): Promise<Face> {
  const { file, calendar, served } = told;
  const isServed = isServedOn(served, kind, file.businessDate);
  const face = {
    isServed,
    chooses: isServed && isElectiveKind(kind, terms),
    recordOn: terms['recordOn'] ?? terms['effectiveOn'] ?? null,
    payOn: terms['payOn'] ?? null,
  };
  const house = await loadCutTerms(sql, file.channel, kind, file.businessDate);
  const cuts = ifKnown(() => (face.chooses ? electionCuts(terms, file.businessDate, house, calendar) : undefined));
  // Of a vote without a record date the day of HKSCC's deadline counts: where that is not known, neither is the day.
  const isVotedUntil = kind === 'VOTING' && terms['recordOn'] === undefined;
  const votedUntil = isVotedUntil && cuts.found !== undefined ? businessDateOf(cuts.found.hksccCutAt) : undefined;
  const relevantOn =
    isVotedUntil && !cuts.isKnown
      ? undefined
      : ifKnown(() => relevantDay(terms, file.businessDate, calendar, votedUntil)).found;
  return { ...face, cuts: cuts.found, isCutUnknown: !cuts.isKnown, relevantOn };
}

export const isDateUnknown = ({ relevantOn, isCutUnknown }: Face): boolean => isCutUnknown || relevantOn === undefined;

/** What is found by the calendar, or that it does not know. */
export function ifKnown<Found>(find: () => Found): { readonly isKnown: boolean; readonly found: Found | undefined } {
  try {
    return { isKnown: true, found: find() };
  } catch (error) {
    if (error instanceof BusinessError && error.code === 'CALENDAR_OUT_OF_RANGE')
      return { isKnown: false, found: undefined };
    throw error;
  }
}

export const cutsOf = (cuts: ElectionCuts | undefined): readonly (string | null)[] => [
  cuts?.opensAt ?? null,
  cuts?.clientCutAt ?? null,
  cuts?.brokerCutAt ?? null,
  cuts?.clearingCutAt ?? null,
  cuts?.hksccCutAt ?? null,
];
