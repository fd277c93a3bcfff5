/**
 * Until when is elected: client cut < broker cut < clearing house cut < HKSCC cut, from the notice and the terms of the house.
 *
 * Source    corporate-actions page, step 4; facts 4.2. The clearing house's cut is a clock time (parameter) on the deadline of the
 *           notice, the broker's lies a margin before it and never after it, that of holders who elect by themselves a margin before
 *           the broker's; HKSCC's is so many working days of the mainland exchange after the clearing house's, by kind of event, and where
 *           Hong Kong is closed then, the next day on which both trade (assumed).
 * Units     UTC instants with milliseconds; margins in whole minutes.
 */
import { shanghaiInstant, type BusinessDate } from '../calendar/business-date';
import { minutesAfter } from '../calendar/instants';
import type { MarketCalendar } from '../calendar/market-calendar';
import type { EventTerms } from './event-notice';
import type { EventKind } from './served-kinds';

export interface ElectionCuts {
  readonly opensAt: string;
  readonly clientCutAt: string;
  readonly brokerCutAt: string;
  readonly clearingCutAt: string;
  readonly hksccCutAt: string;
}

/** Terms of the house. */
export interface CutTerms {
  /** Shanghai times HH:MM. */
  readonly opensTime: string;
  readonly clearingTime: string;
  readonly brokerMarginMinutes: number;
  readonly clientMarginMinutes: number;
  /** Working days of the mainland exchange from the clearing house's deadline to HKSCC's. */
  readonly hksccDays: number;
}

/** Kinds in which a holder chooses; a compulsory takeover leaves no choice. */
export function isElectiveKind(kind: EventKind, terms: EventTerms): boolean {
  switch (kind) {
    case 'TAKEOVER':
      return !isCompulsory(terms);
    case 'SCRIP_DIVIDEND':
    case 'RIGHTS_ISSUE':
    case 'OPEN_OFFER':
    case 'VOTING':
      return true;
    default:
      return false;
  }
}

/** What is held is taken, and nobody is asked (LX1 = 3). */
export const isCompulsory = (terms: EventTerms): boolean => terms['condition'] === '3';

/** Undefined where the notice has no deadline yet: a later version brings it. */
export function electionCuts(
  terms: EventTerms,
  noticedOn: BusinessDate,
  house: CutTerms,
  calendar: Pick<MarketCalendar, 'isTradingDay' | 'nextTradingDay' | 'nextMainlandDay'>,
): ElectionCuts | undefined {
  const deadlineOn = terms['deadlineOn'] as BusinessDate | undefined;
  if (deadlineOn === undefined) return undefined;
  const opensOn = later(terms['startsOn'] as BusinessDate | undefined, calendar.nextTradingDay(noticedOn));
  const clearingCutAt = shanghaiInstant(deadlineOn, house.clearingTime);
  const brokerCutAt = minutesAfter(clearingCutAt, -requireMargin(house.brokerMarginMinutes));
  let hksccOn = deadlineOn;
  for (let day = 0; day < house.hksccDays; day += 1) hksccOn = calendar.nextMainlandDay(hksccOn);
  if (!calendar.isTradingDay(hksccOn)) hksccOn = calendar.nextTradingDay(hksccOn);
  return {
    opensAt: shanghaiInstant(opensOn, house.opensTime),
    clientCutAt: minutesAfter(brokerCutAt, -requireMargin(house.clientMarginMinutes)),
    brokerCutAt,
    clearingCutAt,
    hksccCutAt: shanghaiInstant(hksccOn, house.clearingTime),
  };
}

/**
 * The holder's cut that goes with a broker's cut that people asked for: the margin of the house before it.
 * @returns undefined where the broker's cut is not before the clearing house's
 */
export const clientCutFor = (brokerCutAt: string, clearingCutAt: string, marginMinutes: number): string | undefined =>
  brokerCutAt < clearingCutAt ? minutesAfter(brokerCutAt, -requireMargin(marginMinutes)) : undefined;

const later = (date: BusinessDate | undefined, other: BusinessDate): BusinessDate =>
  date !== undefined && date > other ? date : other;

function requireMargin(minutes: number): number {
  if (!Number.isInteger(minutes) || minutes < 1) throw new RangeError(`a margin of ${minutes} minutes`);
  return minutes;
}

/**
 * When the silent are reminded: at 50 % and 80 % of the time from opening to the holders' cut, a day and three hours before it. What
 * lies before the opening or falls on the same instant is left away.
 */
export function reminderInstants(
  opensAt: string,
  cutAt: string,
): readonly { readonly at: string; readonly rung: string }[] {
  const [from, to] = [Date.parse(opensAt), Date.parse(cutAt)];
  const share = (percent: number) => from + ((to - from) * percent - (((to - from) * percent) % 100)) / 100;
  const rungs = [
    { rung: '50 %', ms: share(50) },
    { rung: '80 %', ms: share(80) },
    { rung: '1 day', ms: to - 86_400_000 },
    { rung: '3 hours', ms: to - 3 * 3_600_000 },
  ];
  const after = rungs.filter(({ ms }) => ms > from && ms < to).sort((a, b) => a.ms - b.ms);
  return after
    .filter(({ ms }, place) => after[place - 1]?.ms !== ms)
    .map(({ rung, ms }) => ({ rung, at: new Date(ms).toISOString() }));
}

const HOUR_MS = 3_600_000;

/**
 * Whether a rung still rings: before the holders' cut, not where the next one is due as well, and not within an hour of the instant at which
 * holders were told of the version or of the deadline.
 */
export function isReminderDue(
  { opensAt, cutAt, toldAt }: { readonly opensAt: string; readonly cutAt: string; readonly toldAt: string | undefined },
  rung: string,
  now: string,
): boolean {
  const rungs = reminderInstants(opensAt, cutAt);
  const place = rungs.findIndex((one) => one.rung === rung);
  const [own, next] = [rungs[place], rungs[place + 1]];
  if (own === undefined || now >= cutAt || (next !== undefined && next.at <= now)) return false;
  return toldAt === undefined || Date.parse(own.at) >= Date.parse(toldAt) + HOUR_MS;
}

/** A rights issue whose rights are a security of their own. */
const hasRights = (terms: EventTerms): boolean => terms['form'] === 'H14' && terms['securityReceived'] !== undefined;

/**
 * The day whose settled holding counts: the record date, or the mainland trading day before it where the mainland does not trade on
 * it (facts 1.8); without a record date, and of a rights issue, the deadline of the event, of a vote that of HKSCC (facts 4.2).
 */
export function relevantDay(
  terms: EventTerms,
  noticedOn: BusinessDate,
  calendar: Pick<MarketCalendar, 'isTradingDay' | 'previousMainlandDay'>,
  /** Day of HKSCC's deadline, of a vote. */
  votedUntil?: BusinessDate,
): BusinessDate {
  // Rights may be sold until the deadline: who has some left is known then (facts 4.2).
  const recordOn = hasRights(terms) ? undefined : terms['recordOn'];
  const day = (recordOn ?? terms['effectiveOn'] ?? votedUntil ?? terms['deadlineOn'] ?? noticedOn) as BusinessDate;
  return calendar.isTradingDay(day) ? day : calendar.previousMainlandDay(day);
}
