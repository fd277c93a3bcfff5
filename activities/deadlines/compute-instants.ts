/** The instants of promises, from what was promised, the calendars of the book, and when their clocks stood. */
import type { PoolClient } from 'pg';
import { businessDateOf, dateOfDue } from '../../domain/calendar/business-date';
import type { Channel } from '../../domain/channel';
import { deadline } from '../../domain/deadlines/deadline';
import { deskHours } from '../../domain/deadlines/desk-hours';
import { countedBy, type Limit, type LimitKind } from '../../domain/deadlines/limit';
import type { Stop } from '../../domain/deadlines/running-time';
import { loadCountedDays, type LoadedDays } from '../calendar/load-counted-days';
import { rungInstant, rungTermsOn, type RungTerm } from '../ladders/rung-terms';
import { loadParameters, type Parameters } from '../terms/load-terms';
import { limitOf, type DeadlineRow, type RungInstant } from './deadline-row';

export interface ComputedDeadline {
  readonly dueAt: string;
  readonly rungs: readonly RungInstant[];
}

/** What the terms of a day say of a promise received on it. */
export interface TermsOfDay {
  readonly ladder: readonly RungTerm[];
  readonly parameter: Parameters;
}

/**
 * Due and the instant of each rung. A rung at a clock time rings on the day on which the promise is due.
 * @throws BusinessError CALENDAR_OUT_OF_RANGE
 * @throws RangeError for a ladder that does not end when the promise is due: reference data of ours
 */
export function computeInstants(
  promised: { readonly limit: Limit; readonly receivedAt: string; readonly stops: readonly Stop[] },
  { days }: Pick<LoadedDays, 'days'>,
  { ladder, parameter }: TermsOfDay,
): ComputedDeadline {
  const { dueAt, at: shareAt } = deadline({ ...promised, desk: deskHours(parameter) }, days);
  const date = dateOfDue(dueAt);
  const rungs = ladder.map((term) => ({ rung: term.rung, dueAt: rungInstant(term, { date, parameter, shareAt }) }));
  const last = rungs.reduce((latest, { dueAt: at }) => (at > latest ? at : latest), '');
  if (last !== dueAt) throw new RangeError(`the ladder ends at ${last}, the promise is due at ${dueAt}`);
  return { dueAt, rungs };
}

/** Terms and calendars, each read once however many promises ask for it. */
export function loadersOf(sql: PoolClient) {
  const days = remembered((kind: LimitKind, channel: Channel) => loadCountedDays(sql, countedBy(kind), channel));
  const terms = remembered(async (ladder: string, channel: Channel, receivedAt: string): Promise<TermsOfDay> => {
    const date = businessDateOf(receivedAt);
    return { ladder: await rungTermsOn(sql, ladder, date), parameter: await loadParameters(sql, channel, date) };
  });
  return {
    days: (kind: LimitKind, channel: Channel) => days(`${countedBy(kind)} ${channel}`, kind, channel),
    terms: (ladder: string, channel: Channel, receivedAt: string) =>
      terms(`${ladder} ${channel} ${businessDateOf(receivedAt)}`, ladder, channel, receivedAt),
  };
}

/** Computes any of these promises as it stands now, with the version of the calendar. */
export async function instantsOf(
  sql: PoolClient,
  rows: readonly DeadlineRow[],
): Promise<(row: DeadlineRow) => Promise<ComputedDeadline & Pick<DeadlineRow, 'version'>>> {
  const loaders = loadersOf(sql);
  const { rows: stopped } = await sql.query<Stop & { readonly id: string }>(
    'select deadline_id::text as id, from_at as "from", to_at as "to" from deadline_stops where deadline_id = any($1)',
    [rows.map(({ deadlineId }) => deadlineId)],
  );
  const stopsOf = new Map<string, Stop[]>();
  for (const { id, ...stop } of stopped) stopsOf.set(id, [...(stopsOf.get(id) ?? []), stop]);
  return async (row) => {
    const loaded = await loaders.days(row.limitKind, row.channel);
    const terms = await loaders.terms(row.ladder, row.channel, row.receivedAt);
    const { receivedAt } = row;
    const stops = stopsOf.get(row.deadlineId) ?? [];
    return { ...computeInstants({ limit: limitOf(row), receivedAt, stops }, loaded, terms), version: loaded.version };
  };
}

function remembered<Asked extends readonly unknown[], Found>(load: (...asked: Asked) => Promise<Found>) {
  const found = new Map<string, Promise<Found>>();
  return (key: string, ...asked: Asked): Promise<Found> => {
    const known = found.get(key) ?? load(...asked);
    found.set(key, known);
    return known;
  };
}
