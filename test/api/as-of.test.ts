/** What a process looked like: at every audit row of a lived day, the view as of then is what was answered then. */
import path from 'node:path';
import type { Pool, PoolClient } from 'pg';
import { claimTask, releaseTask } from '../../activities/intake/claim-task';
import { readAsOf } from '../../api/as-of';
import { readSettlementDay } from '../../api/reads/settlement-day';
import type { PrismaClient } from '../../generated/prisma/client';
import { openPrisma } from '../../prisma/client';
import { openPool } from '../../prisma/pool';
import { openDatabase, type TestDatabase } from '../support/database';
import { dayOf, DAYS_A, filesOf, openBookOf, runDay, verbsOf, workflowOf } from '../support/days-of-verbs';

const DATE = '2025-06-23';
const day = dayOf(DATE);

interface Seen {
  readonly at: string;
  readonly day: unknown;
}

let book: TestDatabase;
let owners: Pool;
let prisma: PrismaClient;
let prismaAsOf: PrismaClient;
const seen: Seen[] = [];
const look = (instant?: string) =>
  readAsOf({ prisma, prismaAsOf, pool: book.pool }, instant, (tables) =>
    readSettlementDay(tables, day, ['client', 'proprietary']),
  );

/** Every transaction gets an instant of its own on the clock of the book, and is looked at when it is through. */
function watched(pool: Pool): Pool {
  let version = 0n;
  const afterwards = async () => {
    const { rows } = await owners.query<{ version: bigint; now: string }>(
      `select (select last_value from history.version) + (select coalesce(max(seq), 0) from audit) as version, business_now() as now`,
    );
    const [state] = rows;
    if (state === undefined || state.version === version) return;
    version = state.version;
    seen.push({ at: state.now, day: await look() });
    await pool.query(`update business_clock set now = now + interval '1 millisecond'`);
  };
  const client = (real: PoolClient): PoolClient =>
    new Proxy(real, {
      get: (target, name) => {
        const member = Reflect.get(target, name) as unknown;
        if (typeof member !== 'function') return member;
        const call = member.bind(target) as (...values: unknown[]) => unknown;
        if (name !== 'query') return call;
        return (...values: unknown[]) =>
          values[0] === 'commit' ? (call(...values) as Promise<unknown>).then(afterwards) : call(...values);
      },
    });
  return new Proxy(pool, {
    get: (target, name) => {
      if (name === 'connect') return async () => client(await target.connect());
      if (name === 'query') {
        return async (text: string, values?: unknown[]) => {
          // The clock of the lived day only goes forward.
          const said =
            text === 'update business_clock set now = $1' ? 'update business_clock set now = greatest(now, $1)' : text;
          const answer = await target.query(said, values);
          await afterwards();
          return answer;
        };
      }
      const member = Reflect.get(target, name) as unknown;
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}

beforeAll(async () => {
  book = await openDatabase('as of');
  owners = openPool(book.ownerUrl, 1);
  prisma = openPrisma(book.pool);
  prismaAsOf = openPrisma(book.pool, 'as_of');
  await openBookOf(book.pool, DAYS_A);
  const pool = watched(book.pool);
  await pool.query(`insert into processes (workflow_id) values ($1)`, [workflowOf(day)]);
  await runDay(pool, day, filesOf(path.join(DAYS_A, DATE)));
  const verbs = verbsOf(pool);
  await verbs.recordStage({ ...day, stage: 'reconciled' });
  const { taskId } = await verbs.openTask({
    ...{ workflowId: workflowOf(day), businessKey: 'look', kind: 'call-bank', titleZh: '致电', titleEn: 'call' },
    ...{ role: 'operations', side: 'client', form: {}, formVersion: 1, facts: {}, revision: 1 },
  });
  const claim = { taskId, person: 'operations-maker', role: 'operations', requestId: 'r' };
  await claimTask({ pool })(claim);
  await releaseTask({ pool })(claim);
  await verbs.withdrawTask({ taskId, cause: 'done otherwise' });
  await verbs.closeDay({ ...day, workflowId: workflowOf(day) });
});
afterAll(async () => {
  await prisma.$disconnect();
  await prismaAsOf.$disconnect();
  await owners.end();
  await book.close();
});

it('looks at enough of a day', () => {
  const different = new Set(seen.map((one) => JSON.stringify(one.day)));
  expect(different.size).toBeGreaterThan(20);
});

it('was looked at after every transaction with an audit row', async () => {
  const { rows } = await book.pool.query<{ at: string }>('select distinct at from audit order by at');
  const instants = new Set(seen.map(({ at }) => at));
  expect(rows.map(({ at }) => at).filter((at) => !instants.has(at))).toEqual([]);
  expect(rows.length).toBeGreaterThan(15);
});

it('is as it was answered, at every instant at which anything was written', async () => {
  for (const { at, day: answered } of seen) expect([at, await look(at)]).toEqual([at, answered]);
});

it('is nothing before it was asked for, and as it is now ever after', async () => {
  expect(await look('2014-11-16T00:00:00Z')).toBeUndefined();
  const { rows } = await book.pool.query<{ now: string }>('select business_now() as now');
  expect(await look(rows[0]?.now)).toEqual(await look());
});

it('is refused for an instant that has not come', async () => {
  await expect(look('2999-01-01T00:00:00Z')).rejects.toThrow();
});

it('keeps all columns that the tables have', async () => {
  const columnsIn = (schema: string) =>
    `(select array_agg(column_name::text order by column_name) from information_schema.columns
      where table_schema = '${schema}' and columns.table_name = k.table_name)`;
  const { rows } = await owners.query<{ table: string; columns: string[]; kept: string[] }>(
    `select table_name as table, ${columnsIn('public')} as columns, ${columnsIn('as_of')} as kept from history.kept_tables k`,
  );
  expect(rows.length).toBeGreaterThan(5);
  for (const { table, columns, kept } of rows) expect([table, kept]).toEqual([table, columns]);
});

it('is kept from the application', async () => {
  await expect(book.pool.query(`update history.tasks set role = 'admin'`)).rejects.toThrow(/permission denied/);
  await expect(book.pool.query('delete from history.orders')).rejects.toThrow(/permission denied/);
});
