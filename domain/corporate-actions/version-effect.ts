/**
 * What a newer version of an event does to its state and its deadlines.
 *
 * Source    corporate-actions page, steps 1 and 4; facts 4.2 "withdrawn / changed events".
 * Deadlines They move where the notice names another date, and only then: what a second person has approved stands otherwise. Of an event
 *           that is closed they move where the new ones lie ahead: elections are collected again. Elections never open later than they were
 *           to open before. A cancellation that fell leaves everything as it stood.
 * Time      UTC instants with milliseconds.
 */
import type { ElectionCuts } from './election-cuts';
import type { EventChange } from './event-notice';

export type EventState = 'announced' | 'collecting' | 'closing' | 'closed' | 'ended' | 'cancelled';

/** The event before the version. */
export interface EventStanding {
  readonly state: EventState;
  readonly isElective: boolean;
  readonly cuts: ElectionCuts | undefined;
  readonly isClosed: boolean;
  /** The broker's deadline in force is one that a second person approved. */
  readonly isCutApproved: boolean;
}

export interface ToldVersion {
  readonly change: EventChange;
  /** Whether holders choose in an event of these terms. */
  readonly chooses: boolean;
  /** By the notice and the terms of the house; undefined where the notice names no deadline or a date lies outside the calendar. */
  readonly cuts: ElectionCuts | undefined;
  readonly isDateUnknown: boolean;
  /** The date of the deadline is another one than before. */
  readonly isDeadlineMoved: boolean;
  readonly touchesElections: boolean;
  /** The cancellation of the event has fallen, and its terms are those of before. */
  readonly isCancellationFallen: boolean;
}

export interface VersionEffect {
  readonly state: EventState;
  readonly isElective: boolean;
  readonly cuts: ElectionCuts | undefined;
  /** Elections are collected anew: what the close wrote for the silent does not stand any more. */
  readonly beginsRound: boolean;
  /** The options stand as they were, because nobody knows better. */
  readonly keepsOptions: boolean;
  /** What people have to look at. */
  readonly asks: readonly string[];
}

/** What a person reads about a version, Chinese first. */
export const ASKS = {
  dateUnknown: '日期超出日历范围，原截止时间仍有效 a date lies outside the calendar: the deadlines before it stand',
  dateOpen:
    '日期超出日历范围，日历更新后再计算 a date lies outside the calendar: it is computed once the calendar knows it',
  noDeadline: '公告没有截止日 the notice names no deadline: elections open when a later one does',
  noTime: '截止时间已到或先于开始 there is no time to elect: ask the clearing house, and the holders by telephone',
  approvedFell:
    '公告改了截止日，已批准的截止时间失效 the notice moved the deadline: the one that was approved fell, ask anew',
  afterClose: '截止后条款有变 the terms changed after the close: elections are not opened again',
} as const;

/** An event that nobody knew. */
export const UNKNOWN_EVENT: EventStanding = {
  state: 'announced',
  isElective: false,
  cuts: undefined,
  isClosed: false,
  isCutApproved: false,
};

export function versionEffect(event: EventStanding, told: ToldVersion, now: string): VersionEffect {
  const { state, isElective, cuts } = event;
  const stands = { state: goesOn(event), isElective, cuts, beginsRound: false, keepsOptions: false, asks: [] };
  if (told.change === 'DEL') return { ...stands, state: 'cancelled' };
  if (told.isCancellationFallen) return asBefore(event, stands, now);
  const isRevived = state === 'cancelled';
  const isCertain = told.cuts !== undefined || !told.chooses;
  if (!isCertain && !isRevived && isElective)
    return { ...stands, keepsOptions: true, asks: [told.isDateUnknown ? ASKS.dateUnknown : ASKS.noDeadline] };
  const isAnew = isRevived || event.isClosed;
  const withoutElections = { ...stands, state: 'announced', isElective: false, cuts: undefined } as const;
  if (told.isDateUnknown) return { ...withoutElections, beginsRound: isAnew, asks: [ASKS.dateOpen] };
  if (!told.chooses) return { ...withoutElections, beginsRound: isAnew };
  if (told.cuts === undefined) return { ...withoutElections, beginsRound: isAnew, asks: [ASKS.noDeadline] };
  if (event.isClosed && !isRevived) return afterTheClose(stands, told, told.cuts, now);
  return open(event, stands, told, told.cuts, now);
}

function asBefore({ isClosed, isElective, cuts }: EventStanding, stands: VersionEffect, now: string): VersionEffect {
  const isLate = isElective && !isClosed && cuts !== undefined && cuts.clientCutAt <= now;
  return { ...stands, state: isClosed ? 'closed' : 'announced', asks: isLate ? [ASKS.noTime] : [] };
}

/** An event that had ended is followed again. */
function goesOn({ state, isClosed }: EventStanding): EventState {
  if (state === 'ended') return isClosed ? 'closed' : 'announced';
  return state === 'cancelled' ? 'announced' : state;
}

function afterTheClose(stands: VersionEffect, told: ToldVersion, cuts: ElectionCuts, now: string): VersionEffect {
  const isReopened = told.isDeadlineMoved && cuts.clientCutAt > now;
  if (!isReopened) return { ...stands, asks: told.touchesElections ? [ASKS.afterClose] : [] };
  return { ...stands, state: 'announced', isElective: true, cuts: openedBefore(stands.cuts, cuts), beginsRound: true };
}

function open(
  { state, cuts: before, isCutApproved }: EventStanding,
  stands: VersionEffect,
  told: ToldVersion,
  cuts: ElectionCuts,
  now: string,
): VersionEffect {
  const isRevived = state === 'cancelled';
  const beginsRound = isRevived;
  if (before !== undefined && !isRevived && !told.isDeadlineMoved)
    return { ...stands, isElective: true, cuts: { ...before, opensAt: openedBefore(before, cuts).opensAt } };
  const opened = isRevived ? cuts : openedBefore(before, cuts);
  const fell = isCutApproved && !isRevived ? [ASKS.approvedFell] : [];
  if (opened.opensAt >= opened.clientCutAt)
    return {
      ...stands,
      state: 'announced',
      isElective: false,
      cuts: undefined,
      beginsRound,
      asks: [...fell, ASKS.noTime],
    };
  const isLate = opened.clientCutAt <= now;
  return {
    ...stands,
    isElective: true,
    cuts: opened,
    beginsRound,
    asks: [...fell, ...(isLate ? [ASKS.noTime] : [])],
  };
}

/** A later notice does not shut what has been opened, or was to be opened, by an earlier one. */
const openedBefore = (before: ElectionCuts | undefined, cuts: ElectionCuts): ElectionCuts =>
  before !== undefined && before.opensAt < cuts.opensAt ? { ...cuts, opensAt: before.opensAt } : cuts;
