/** One promise as its row holds it, and what its process needs to know to climb the ladder. */
import type { PoolClient } from 'pg';
import { businessDateOf } from '../../domain/calendar/business-date';
import type { Channel, Side } from '../../domain/channel';
import type { Limit, LimitKind } from '../../domain/deadlines/limit';
import { BusinessError } from '../../domain/errors';
import { shareCalendars } from '../calendar/calendar-lock';
import { rungTermsOn, type LoadedRung, type RungTerm } from '../ladders/rung-terms';
import { withKey } from '../database/promises-found';

export type DeadlineState = 'running' | 'breached' | 'met' | 'met late' | 'withdrawn' | 'abandoned';

/** When a rung rings, as it was computed. */
export interface RungInstant {
  readonly rung: number;
  readonly dueAt: string;
}

/** What must not change once a promise was given, and decides its instants. */
export interface DeadlineRow {
  readonly deadlineId: string;
  readonly businessKey: string;
  readonly workflowId: string;
  readonly subject: string;
  readonly ownerRole: string;
  readonly side: Side | null;
  readonly branch: string | null;
  readonly ladder: string;
  readonly limitKind: LimitKind;
  readonly limitN: number;
  readonly limitTime: string | null;
  readonly receivedAt: string;
  readonly channel: Channel;
  readonly version: string;
  readonly stoppedDaysAtMost: number;
  readonly dueAt: string;
  readonly rungs: readonly RungInstant[];
  readonly revision: number;
  readonly state: DeadlineState;
  readonly endedAt: string | null;
}

/** Columns of a row in the shape of `DeadlineRow`. */
export const DEADLINE_COLUMNS = `d.deadline_id::text as "deadlineId", d.business_key as "businessKey", d.workflow_id as "workflowId",
  d.subject, d.owner_role as "ownerRole", d.side, d.branch, d.ladder, d.limit_kind as "limitKind", d.limit_n as "limitN", d.limit_time as "limitTime",
  d.received_at as "receivedAt", d.channel, d.calendar_version as version, d.stopped_days_at_most as "stoppedDaysAtMost",
  d.due_at as "dueAt", rungs_of(d.rungs, d.due_at) as rungs, d.revision, d.state, d.ended_at as "endedAt"`;

/** The row, locked: whoever changes a promise, rings or ends it does so one after the other. */
export async function lockDeadline(sql: PoolClient, businessKey: string): Promise<DeadlineRow> {
  const { rows } = await sql.query<DeadlineRow>(
    `select ${DEADLINE_COLUMNS} from deadlines d where ${withKey('d', '$1')} for update`,
    [businessKey],
  );
  const [row] = rows;
  if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '期限 deadline', key: businessKey });
  return row;
}

/** The row of a promise that is to be computed or judged by the calendars, locked after them as everywhere. */
export async function lockToCompute(sql: PoolClient, businessKey: string): Promise<DeadlineRow> {
  await shareCalendars(sql);
  return lockDeadline(sql, businessKey);
}

export function limitOf({
  limitKind,
  limitN,
  limitTime,
}: Pick<DeadlineRow, 'limitKind' | 'limitN' | 'limitTime'>): Limit {
  if (limitKind !== 'CLOCK_TIME') return { kind: limitKind, n: limitN };
  if (limitTime === null) throw new RangeError('a limit of the clock without its time');
  return { kind: limitKind, n: limitN, time: limitTime };
}

/** A promise as its process climbs it. */
export interface Climbed {
  readonly state: DeadlineState;
  readonly dueAt: string;
  /** Of the computation; a rung that rings says which one it was climbed with. */
  readonly revision: number;
  /** Rungs that are still to ring, with their texts. */
  readonly rungs: readonly LoadedRung[];
  /** The clock stands until then at the latest. */
  readonly stoppedUntil?: string;
}

/**
 * What is left to climb. A rung that has rung for an instant which a new computation moved into the future rings again: by the
 * calendar or the length that now holds it had rung too early.
 */
export async function climbedOf(sql: PoolClient, row: DeadlineRow): Promise<Climbed> {
  const { state, dueAt, revision } = row;
  if (row.endedAt !== null) return { state, dueAt, revision, rungs: [] };
  const { rows: rung } = await sql.query<{ rung: number; open: boolean }>(
    `select r.rung, r.due_at < (i.value ->> 'dueAt')::timestamptz and (i.value ->> 'dueAt')::timestamptz > business_now() as open
       from (select distinct on (rung) rung, due_at from ladder_rungs
              where workflow_id = $1 and ladder = $2 and subject = $3 order by rung, round desc) r
       join jsonb_array_elements($4::jsonb) i on (i.value ->> 'rung')::int = r.rung`,
    [row.workflowId, row.ladder, row.businessKey, JSON.stringify(row.rungs)],
  );
  const past = new Set(rung.filter(({ open }) => !open).map(({ rung: number }) => number));
  const terms = await rungTermsOn(sql, row.ladder, businessDateOf(row.receivedAt));
  const rungs = row.rungs
    .filter(({ rung: number }) => !past.has(number))
    .map(({ rung: number, dueAt: at }) => toldRung(terms, number, at, row.ownerRole));
  const stoppedUntil = await standsUntil(sql, row);
  return { state, dueAt, revision, rungs, ...(stoppedUntil === undefined ? {} : { stoppedUntil }) };
}

async function standsUntil(sql: PoolClient, { deadlineId, revision }: DeadlineRow): Promise<string | undefined> {
  // A promise that was never computed anew never stood.
  if (revision === 1) return undefined;
  const { rows } = await sql.query<{ until: string | null }>(
    'select max(to_at) as until from deadline_stops where deadline_id = $1 and to_at > business_now()',
    [deadlineId],
  );
  return rows[0]?.until ?? undefined;
}

/** A rung with its texts; OWNER among those who are told is the role that owes the promise. */
export function toldRung(terms: readonly RungTerm[], rung: number, dueAt: string, ownerRole: string): LoadedRung {
  const term = terms.find((candidate) => candidate.rung === rung);
  if (term === undefined) throw new RangeError(`rung ${rung} is no longer in the terms of its day`);
  const { atTime: _, ...told } = term;
  return { ...told, dueAt, audience: told.audience.replaceAll('OWNER', ownerRole) };
}
