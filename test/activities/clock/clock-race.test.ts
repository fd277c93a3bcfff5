/**
 * The lock between arming and moving, as a race of its own: tests of stories do not notice a missing lock, because the
 * next move heals what the last one lost. Ten rounds; in each ten arms are held open for 30 ms around their reading of
 * the clock while a move races them.
 */
import type { Pool, PoolClient } from 'pg';
import { armWait } from '../../../activities/clock/arm-wait';
import { setClock } from '../../../activities/intake/clock/move-clock';
import { openPool } from '../../../prisma/pool';
import { openDatabase, type TestDatabase } from '../../support/database';

const ROUNDS = 10;
const ARMS = 10;
const HELD_SECONDS = 0.03;
const START = Date.parse('2025-06-23T00:00:00.000Z');
const at = (second: number) => new Date(START + second * 1_000).toISOString();

let book: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  book = await openDatabase('clock race');
  pool = openPool(book.appUrl, ARMS + 4);
  await pool.query(`insert into business_clock (book_name, book_kind, mode, now) values ($1, 'test', 'manual', $2)`, [
    book.database,
    at(0),
  ]);
});
afterAll(async () => {
  await pool.end();
  await book.close();
});

test('of a hundred arms racing ten moves none is lost', async () => {
  let lost = 0;
  for (let round = 0; round < ROUNDS; round += 1) lost += await race(round);
  expect(lost).toBe(0);
});

test('an arm is not held up by other arms', async () => {
  mostAtOnce = 0;
  const slow = armWait({ pool: heldPool() });
  const arms = Array.from({ length: ARMS }, (_, wait) =>
    slow({ workflowId: 'beside', wait, at: at(90_000), summary: 'wait', over: [] }),
  );
  await Promise.all(arms);
  // One after the other there would never be more than one that has read the clock.
  expect(mostAtOnce).toBeGreaterThan(1);
});

/** Arms for the instant to which the clock is being moved: each must be told it is due, or leave a row for the delivery. */
async function race(round: number): Promise<number> {
  const due = at(round + 1);
  const arm = armWait({ pool: heldPool() });
  const workflowId = `round:${round}`;
  const arms = Array.from({ length: ARMS }, async (_, wait) => {
    await pause(wait * 6);
    return arm({ workflowId, wait, at: due, summary: 'wait', over: [] });
  });
  const move = pause(35).then(async () => {
    await setClock(pool, due);
    // What the delivery reads, in a snapshot after the move.
    const { rows } = await pool.query<{ wait: number }>(
      'select wait from clock_waits where workflow_id = $1 and at <= $2',
      [workflowId, due],
    );
    return new Set(rows.map(({ wait }) => wait));
  });
  const [told, ...armed] = await Promise.all([move, ...arms]);
  return armed.filter(({ now }, wait) => now < due && !told.has(wait)).length;
}

let heldNow = 0;
let mostAtOnce = 0;

/** The pool, but with the transaction held open between reading the clock and writing the wait. */
function heldPool(): Pool {
  const connect = async (): Promise<PoolClient> => {
    const sql = await pool.connect();
    const held = Object.create(sql) as PoolClient;
    held.query = (async (text: string, values?: unknown[]) => {
      const result = await sql.query(text, values);
      if (text.startsWith('select now')) {
        heldNow += 1;
        mostAtOnce = Math.max(mostAtOnce, heldNow);
        await sql.query('select pg_sleep($1)', [HELD_SECONDS]);
        heldNow -= 1;
      }
      return result;
    }) as PoolClient['query'];
    return held;
  };
  return Object.assign(Object.create(pool) as Pool, { connect });
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
