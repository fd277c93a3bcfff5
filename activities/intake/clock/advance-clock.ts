/**
 * Advancing the clock of a manual book from wake-up to wake-up, never in one jump: each process sees each of its
 * instants, and what happens at one instant is done before the next begins. At each: the outside first, then what has
 * arrived, then those whose wait is due, then until all is at rest.
 */
import type { PoolClient } from 'pg';
import { addDays, businessDateOf, weekday, type BusinessDate } from '../../../domain/calendar/business-date';
import type { Channel } from '../../../domain/channel';
import { BusinessError } from '../../../domain/errors';
import { dayStartOf } from '../../../domain/settlement/day-start';
import { queueStart } from '../../outbox/queue-message';
import { whileAlone } from '../../database/alone';
import { askYearlyReports } from '../../complaints/ask-yearly-reports';
import { inTransaction } from '../../database/transaction';
import type { IntakeDependencies } from '../dependencies';
import { dispatchSignals } from '../dispatch-signals';
import { deliverDueWaits, setClock, type RecordMove } from './move-clock';
import { noteMails } from '../complaints/note-mails';
import { noteArrivals } from '../note-arrivals';
import { untilAtRest, type Patience } from './until-at-rest';

export interface Advanced {
  /** Where the clock stands, UTC. */
  readonly now: string;
  /** When something happens next, as far as is known; undefined: nothing does until somebody acts. */
  readonly next?: string;
  /** How many instants were stopped at. */
  readonly instants: number;
}

/**
 * Advances to an instant; to the one at which the clock stands waits until all is at rest and moves nothing.
 * @param to UTC
 * @param record writes who moves it, once for each instant that is reached, in the transaction of that move
 * @throws BusinessError NOT_A_REHEARSAL, CLOCK_MOVES_FORWARD_ONLY, CLOCK_MOVE_UNDER_WAY, BOOK_NOT_SETTLED
 */
export async function advanceClock(
  deps: IntakeDependencies,
  to: string,
  patience?: Patience,
  record?: RecordMove,
): Promise<Advanced> {
  const target = new Date(to).toISOString();
  return asOnlyMover(deps, async () => {
    let now = await manualNow(deps);
    if (target < now) throw new BusinessError('CLOCK_MOVES_FORWARD_ONLY', { now, asked: target });
    // First what is owed at this instant: an earlier mover may have died half-way, people may have acted since.
    await reach(deps, now, patience);
    let instants = 1;
    let next = await nextInstant(deps, now);
    while (now < target) {
      now = next !== undefined && next < target ? next : target;
      await reach(deps, now, patience, record);
      instants += 1;
      next = await nextInstant(deps, now);
    }
    return { now, instants, ...(next === undefined ? {} : { next }) };
  });
}

/** One instant, from the outside's part to rest. */
async function reach(
  deps: IntakeDependencies,
  at: string,
  patience: Patience | undefined,
  record?: RecordMove,
): Promise<void> {
  await Promise.all(deps.outsideClocks.map((clock) => clock.moveTo(at)));
  await setClock(deps.pool, at, record);
  await startTicks(deps, at);
  await noteArrivals(deps);
  await noteMails(deps);
  await dispatchSignals(deps);
  await deliverDueWaits(deps);
  await untilAtRest(deps, patience);
}

async function nextInstant(deps: IntakeDependencies, now: string): Promise<string | undefined> {
  const [waits, ...outside] = await Promise.all([
    deps.pool.query<{ at: string | null }>(
      `select min(at) as at from (
         select at from clock_waits
         union all select due_at from outbox where kind = 'notice' and due_at > $1
         union all select falls_over_at from outbox where kind = 'notice' and due_at is not null and falls_over_at > $1) known`,
      [now],
    ),
    ...deps.outsideClocks.map((clock) => clock.next()),
  ]);
  const known = [waits.rows[0]?.at ?? undefined, ...outside, ...(deps.ticks.length > 0 ? [tickAfter(now)] : [])];
  // What the outside still has planned for an instant that has passed is held up there; it is no next instant.
  return known.filter((at) => at !== undefined && at > now).sort()[0];
}

/** The first tick after an instant. */
function tickAfter(now: string): string {
  let date = businessDateOf(now);
  while (weekday(date) > 5 || dayStartOf(date) <= now) date = addDays(date, 1);
  return dayStartOf(date);
}

/** In a manual book schedules are paused, and the mover starts the ticks, each with its date. */
async function startTicks({ pool, ticks }: IntakeDependencies, at: string): Promise<void> {
  const date = businessDateOf(at);
  if (ticks.length === 0 || weekday(date) > 5 || dayStartOf(date) !== at) return;
  await inTransaction(pool, async (sql) => {
    for (const channel of ticks) await queueTick(sql, channel, date);
  });
  if (isFirstOfYear(date)) await askYearlyReports({ pool })({ year: String(Number.parseInt(date, 10) - 1) });
}

/** The first day of a year that begins with a tick: the year before is to be reported. */
const isFirstOfYear = (date: BusinessDate): boolean =>
  addDays(date, weekday(date) === 1 ? -3 : -1).slice(0, 4) < date.slice(0, 4);

async function queueTick(sql: PoolClient, channel: Channel, businessDate: BusinessDate): Promise<void> {
  const workflowId = `settlement-day-tick:${channel}:${businessDate}`;
  await queueStart(sql, {
    key: `start:${workflowId}`,
    workflowId,
    type: 'settlementDayTick',
    args: [{ channel, businessDate }],
    summary: `启动结算日 ${businessDate} start the settlement day`,
    attributes: {
      ProcessType: 'settlementDayTick',
      BusinessKey: `${channel}:${businessDate}`,
      BusinessDate: businessDate,
    },
  });
}

async function manualNow({ pool }: IntakeDependencies): Promise<string> {
  const { rows } = await pool.query<{ mode: string; now: string }>(
    'select mode, business_now() as now from business_clock',
  );
  const [clock] = rows;
  if (clock?.mode !== 'manual') throw new BusinessError('NOT_A_REHEARSAL');
  return clock.now;
}

/** One mover at a time in a book: a second one is refused, it would move the clock under the first one's feet. */
const asOnlyMover = <Result>({ pool }: IntakeDependencies, work: () => Promise<Result>): Promise<Result> =>
  whileAlone(pool, 'mover of the business clock', work, () => {
    throw new BusinessError('CLOCK_MOVE_UNDER_WAY');
  });
