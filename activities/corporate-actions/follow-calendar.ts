/**
 * A calendar grew or was corrected: what rests on it of events that are not over is computed anew (design, section 4), in the transaction of the
 * calendar. Where elections can open now that could not be dated before, that is a version of the house, and the holders are told. Deadlines
 * of clients and of the broker stand as they were told: they follow the notice, and not the calendar.
 */
import type { PoolClient } from 'pg';
import type { Channel } from '../../domain/channel';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { termDifferences, type TermDifference } from '../../domain/corporate-actions/event-changes';
import { ASKS, versionEffect, type VersionEffect } from '../../domain/corporate-actions/version-effect';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { loadMarketCalendar } from '../calendar/load-market-calendar';
import { businessNow } from '../clock/business-now';
import { auditNotice, tellEventProcess } from './event-process';
import { lockEvent, recordStep, shutDoor, type EventKey, type EventRow } from './event-row';
import { clearBreak } from './find-break';
import { cutsOf, faceOf, isDateUnknown, servedKinds, type Face, type Told } from './read-notices';
import { standingOf } from './version-standing';
import { nextVersion, writeOptions, writeVersion } from './write-version';

/** @param calendar of which a newer version is in force: `SSE`, `SZSE` or `SEHK` */
export async function followCalendar(sql: PoolClient, calendar: string): Promise<void> {
  const { rows } = await sql.query<EventKey & { readonly eventId: string }>(
    `select event_id::text as "eventId", channel, event_no as "eventNo" from corporate_actions
      where ended_at is null and ', ' || calendar_version like '%, ' || $1 || ' %' order by event_id`,
    [calendar],
  );
  for (const key of rows) {
    await shutDoor(sql, key.eventId);
    const event = await lockEvent(sql, key);
    if (event.endedAt === null) await computeAnew(sql, event);
  }
}

async function computeAnew(sql: PoolClient, event: EventRow): Promise<void> {
  const told = await toldBefore(sql, event);
  const face = await faceOf(sql, event.kind, event.terms, told);
  const effect = versionEffect(
    await standingOf(sql, event),
    {
      ...face,
      change: 'UPD',
      isDateUnknown: isDateUnknown(face),
      isDeadlineMoved: false,
      touchesElections: false,
      isCancellationFallen: false,
    },
    await businessNow(sql),
  );
  const opens = !event.isElective && event.closedAt === null && effect.isElective;
  const dates = datesOf(event, face, opens ? effect.cuts : undefined);
  const differences = termDifferences(datesOf(event), dates);
  // Before it moves on: what the calendar knows now is asked about no more.
  if (!isDateUnknown(face))
    await clearBreak(sql, {
      eventId: event.eventId,
      kind: 'contradiction',
      key: `version ${event.version}`,
      facts: { contradiction: ASKS.dateOpen },
      reason: 'superseded',
    });
  const version = opens ? await nextVersion(sql, event.eventId) : event.version;
  if (opens) await openByHouse(sql, event, { version, told, effect, differences });
  await writeDates(sql, event, {
    version,
    dates,
    effect: opens ? effect : undefined,
    calendarVersion: told.calendarVersion,
  });
  if (differences.length === 0) return;
  if (!opens)
    await recordStep(sql, {
      eventId: event.eventId,
      act: 'dates by the calendar',
      key: `calendar ${told.calendarVersion}`,
      detail: { differences },
      by: SYSTEM_ACTOR,
    });
  await tellEventProcess(sql, event, version);
}

/** The event as its newest notice told it, to be read by the calendar of now. */
async function toldBefore(sql: PoolClient, { eventId, eventNo, channel, kind, code, terms }: EventRow): Promise<Told> {
  const { rows } = await sql.query<{ noticedOn: BusinessDate }>(
    `select business_date as "noticedOn" from corporate_action_versions where event_id = $1 and is_taken order by version desc limit 1`,
    [eventId],
  );
  const { calendar, versions } = await loadMarketCalendar(sql, channel as Channel);
  const [newest] = rows;
  if (newest === undefined) throw new RangeError('an event without a version');
  return {
    file: { channel, businessDate: newest.noticedOn, fileId: null },
    notice: { eventNo, kind, code, change: 'UPD', terms, rowNos: [] },
    calendar,
    calendarVersion: versions,
    served: await servedKinds(sql),
  };
}

type Dates = Readonly<Partial<Record<'relevantOn' | 'opensAt' | 'clientCutAt' | 'brokerCutAt' | 'hksccCutAt', string>>>;

/** What was known stays known; elections open no later than they were told to. */
function datesOf(event: EventRow, face?: Face, opened?: VersionEffect['cuts']): Dates {
  const cuts = face?.cuts;
  const before = {
    relevantOn: event.relevantOn,
    opensAt: event.opensAt,
    clientCutAt: event.clientCutAt,
    brokerCutAt: event.brokerCutAt,
    hksccCutAt: event.hksccCutAt,
  };
  const isEarlier = event.opensAt !== null && cuts !== undefined && cuts.opensAt < event.opensAt;
  const after = {
    ...before,
    relevantOn: face?.relevantOn ?? event.relevantOn,
    ...(event.hksccCutAt !== null && cuts !== undefined ? { hksccCutAt: cuts.hksccCutAt } : {}),
    ...(isEarlier ? { opensAt: cuts.opensAt } : {}),
    ...opened,
  };
  const { relevantOn, opensAt, clientCutAt, brokerCutAt, hksccCutAt } = after;
  const known = Object.entries({ relevantOn, opensAt, clientCutAt, brokerCutAt, hksccCutAt });
  return Object.fromEntries(known.filter((date): date is [string, string] => date[1] !== null));
}

async function openByHouse(
  sql: PoolClient,
  { eventId, channel, eventNo, kind, terms }: EventRow,
  {
    version,
    told,
    effect,
    differences,
  }: {
    readonly version: number;
    readonly told: Told;
    readonly effect: VersionEffect;
    readonly differences: readonly TermDifference[];
  },
): Promise<void> {
  await writeVersion(sql, {
    eventId,
    version,
    change: 'UPD',
    terms,
    differences,
    touches: false,
    isTaken: true,
    contradictions: effect.asks,
    told,
  });
  await writeOptions(sql, { eventId, version, kind, terms, isElective: true });
  await auditNotice(sql, { channel, eventNo }, 'date corporate action by the calendar', { version });
}

async function writeDates(
  sql: PoolClient,
  event: EventRow,
  {
    version,
    dates,
    effect,
    calendarVersion,
  }: {
    readonly version: number;
    readonly dates: Dates;
    /** Where elections open. */
    readonly effect: VersionEffect | undefined;
    readonly calendarVersion: string;
  },
): Promise<void> {
  const { opensAt, clientCutAt, brokerCutAt, clearingCutAt } = event;
  const kept = { opensAt, clientCutAt, brokerCutAt, clearingCutAt, ...dates } as NonNullable<VersionEffect['cuts']>;
  await sql.query(
    `update corporate_actions
        set version = $2, is_elective = is_elective or $3, calendar_version = $4, relevant_on = $5, opens_at = $6, client_cut_at = $7, broker_cut_at = $8,
            clearing_cut_at = $9, hkscc_cut_at = $10, entitled_on = case when relevant_on is distinct from $5::date then null else entitled_on end
      where event_id = $1`,
    [
      event.eventId,
      version,
      effect !== undefined,
      calendarVersion,
      dates.relevantOn ?? null,
      ...cutsOf(effect?.cuts ?? (event.hksccCutAt === null ? undefined : kept)),
    ],
  );
}
