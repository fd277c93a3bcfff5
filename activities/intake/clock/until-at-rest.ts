/** Going on without sleeping: waits until everything that is under way at this instant has been done. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BusinessError } from '../../../domain/errors';
import { deliverUnsentNotices } from '../../outbox/deliver-notices';
import type { IntakeDependencies } from '../dependencies';
import { dispatchSignals } from '../dispatch-signals';
import { deliverDueWaits } from './move-clock';
import { lookAround, type Look } from './quiet';
import { workBulks } from '../work-bulks';

export interface Patience {
  /** How long a book may be busy without any sign of progress, in seconds of real time. */
  readonly seconds: number;
}

const PATIENCE: Patience = { seconds: 120 };
const SHORTEST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 25;
/** Of so many looks at least one is at the whole book. */
const LOOKS_AT_SOME = 10;
/** How many busy things a refusal names. */
const NAMED = 8;

type Deps = Pick<IntakeDependencies, 'pool' | 'temporal' | 'messages'>;

/**
 * Waits until the book is at rest: no wait due, nothing unsent, every open process waiting for something that is still
 * to come; seen twice running with the same picture. In between it looks at those alone that were busy: a book holds many that wait. What is down (database, Temporal) counts as busy until it is back.
 * Notices that the messages system does not take are tried once more and then hold up nothing.
 * @throws BusinessError BOOK_NOT_SETTLED naming what was busy
 */
export async function untilAtRest(deps: Deps, patience: Patience = PATIENCE): Promise<void> {
  const { pool, messages } = deps;
  let [before, pause]: [string | undefined, number] = [undefined, SHORTEST_PAUSE_MS];
  // What is seen of some says nothing of the whole: each is compared with its own kind.
  const lastSigns = { whole: '', some: '' };
  let since = performance.now();
  let retried = false;
  let some: readonly string[] | undefined;
  for (let nth = 1; ; nth += 1) {
    const look = await lookOrFailure(deps, some);
    const isQuiet = some === undefined && look.busy.length === 0 && Object.values(look.owed).every((isOwed) => !isOwed);
    if (isQuiet && look.picture === before) {
      if (retried || !(await hasHeldNotices(deps))) return;
      // Messages may be back by now; if not, the notices stay where they are.
      await deliverUnsentNotices({ pool, messages });
      retried = true;
    }
    before = isQuiet ? look.picture : undefined;
    if (isQuiet) continue;

    const at = some === undefined ? 'whole' : 'some';
    const sign = `${look.picture}\n${look.busy.length}`;
    if (sign !== lastSigns[at]) {
      lastSigns[at] = sign;
      [since, pause] = [performance.now(), SHORTEST_PAUSE_MS];
    }
    if (performance.now() - since > patience.seconds * 1_000) throw await notSettled(deps, patience, look);
    await payWhatIsOwed(deps, look);
    const isAtRest = look.busyProcesses.length === 0;
    const comesToRest = some !== undefined && isAtRest;
    some = isAtRest || nth % LOOKS_AT_SOME === 0 ? undefined : look.busyProcesses;
    if (comesToRest) continue;
    await sleep(pause);
    pause = Math.min(LONGEST_PAUSE_MS, pause * 1.5);
  }
}

async function payWhatIsOwed(deps: Deps, { owed }: Look): Promise<void> {
  try {
    if (owed.messages) await dispatchSignals(deps);
    if (owed.dueWaits) await deliverDueWaits(deps);
    if (owed.notices) await deliverUnsentNotices(deps);
    if (owed.bulks) await workBulks(deps);
  } catch {
    // Told by the next look: what is owed is still owed.
  }
}

const NOTHING: Look['owed'] = { dueWaits: false, messages: false, notices: false, bulks: false, filings: false };

async function lookOrFailure(deps: Deps, some: readonly string[] | undefined): Promise<Look> {
  try {
    return await lookAround(deps, some);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { busy: [text], busyProcesses: [], picture: '', owed: NOTHING };
  }
}

async function hasHeldNotices({ pool }: Deps): Promise<boolean> {
  const { rowCount } = await pool.query(
    `select 1 from outbox where kind = 'notice' and due_at is not null and (due_at <= business_now() or state <> 'held') limit 1`,
  );
  return rowCount === 1;
}

async function notSettled({ pool }: Deps, { seconds }: Patience, { busy, owed }: Look): Promise<BusinessError> {
  const { rows } = await pool.query<{ now: string }>('select business_now() as now from business_clock');
  const all = [
    ...busy,
    ...(owed.dueWaits ? ['waits that are due and cannot be told'] : []),
    ...(owed.messages ? ['messages to processes in the outbox'] : []),
    ...(owed.notices ? ['notices in the outbox'] : []),
    ...(owed.filings ? ['filings that the clearing house has not been sent'] : []),
    ...(owed.bulks ? ['tasks of a bulk that have no result yet'] : []),
  ];
  const named = all.slice(0, NAMED).join('; ') + (all.length > NAMED ? `; and ${all.length - NAMED} more` : '');
  return new BusinessError('BOOK_NOT_SETTLED', { now: rows[0]?.now ?? '?', waited: seconds, busy: named });
}
