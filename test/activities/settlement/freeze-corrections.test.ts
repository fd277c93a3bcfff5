/** What the counter is told of frozen money over an evening in which files are replaced, at the counter of the rehearsals. */
import type { Pool } from 'pg';
import type { Dependencies } from '../../../activities/dependencies';
import { preClearTrades } from '../../../activities/settlement/pre-clear-trades';
import { sendFreezeCorrections } from '../../../activities/settlement/send-freeze-corrections';
import { httpCounter } from '../../../adapters/counter/http-counter';
import { dayOf, DAYS_A, openBookOf } from '../../support/days-of-verbs';
import { openDatabase, type TestDatabase } from '../../support/database';
import { onStage, type OnStage } from '../../simulators/stage';
import { undone } from '../../support/undone';

const day = dayOf('2025-06-25');
const [FIRST, SECOND, THIRD] = ['6000000001', '6000000002', '6000000003'] as const;
const TRADED = [FIRST, SECOND, THIRD];
/** Each bought for 50.00, commission included. */
const PAYABLE_FEN = 5_000;

let book: TestDatabase;
let counterSystem: OnStage;
let deps: Pick<Dependencies, 'pool' | 'counter'>;
let sent: string[] = [];
let versions = 0;

beforeAll(async () => {
  book = await openDatabase('freeze corrections');
  await openBookOf(book.pool, DAYS_A);
  await book.pool.query('select open_business_date($1)', [day.businessDate]);
});
afterAll(() => book.close());

/** Of the test: of a book in which three clients have bought, with a counter of its own. */
let pool: Pool;
const tradedBook = (work: () => Promise<void>) => () =>
  undone(book.pool, async (within) => {
    pool = within;
    await bought();
    return work();
  });

async function bought(): Promise<void> {
  counterSystem = await onStage('counter', { from: day.businessDate });
  const counter = httpCounter(counterSystem.url());
  deps = {
    pool,
    counter: {
      ...counter,
      sendFreezeCorrections: (batch) => (sent.push(batch.batchKey), counter.sendFreezeCorrections(batch)),
    },
  };
  sent = [];
  versions = 0;
  const lines = await newFile('hk_jsmx');
  for (const [index, account] of TRADED.entries())
    await pool.query(
      `insert into clearing_lines select '2025-06-25', $1, $2, 'SH', 'H01', 'H01', 'HKB0000001', '2025-06-25', '2025-06-27', '21000', securities_account, '08001', 'B',
         'o', $3, 1, 1, 'HKD', 1, 1, 0, 0, 0, 0, 0, 0, 0, $4, 0 from clients where fund_account = $5`,
      [lines, index + 1, `t${index}`, -PAYABLE_FEN, account],
    );
}

async function newFile(kind: string): Promise<bigint> {
  versions += 1;
  const { rows } = await pool.query<{ file_id: bigint }>(
    `insert into files (channel, business_date, kind, version, name, path, sha256, byte_count, arrived_at)
     values ('SH', $1, $2, $3::int, $2 || $3::text, 'x', $3::text, 1, business_now()) returning file_id`,
    [day.businessDate, kind, versions],
  );
  await pool.query(`insert into file_states (file_id, state_no, state, cause) values ($1, 1, 'accepted', 'x')`, [
    rows[0]!.file_id,
  ]);
  return rows[0]!.file_id;
}

let counterFile: bigint | undefined;
/** The counter's trades in a new version, with what was frozen for each client, fen. */
async function frozen(...amounts: readonly number[]): Promise<void> {
  if (versions > 1)
    await pool.query(`insert into file_states (file_id, state_no, state, cause) values ($1, 2, 'superseded', 'x')`, [
      counterFile,
    ]);
  counterFile = await newFile('counter_trades');
  for (const [index, fen] of amounts.entries())
    await pool.query(
      `insert into counter_trades select '2025-06-25', $1, $2, 'SH', fund_account, securities_account, '08001', 'B', 1, 1, 'o', $3, '100000', $4
       from clients where fund_account = $5`,
      [counterFile, index + 1, `t${index}`, fen, TRADED[index]],
    );
  await preClearTrades(deps as Dependencies)(day);
}

/** All that the counter was told, client by client, fen: it adds up. */
async function told(): Promise<Readonly<Record<string, number>>> {
  const { body } = await counterSystem.get(`/freeze-corrections?businessDate=${day.businessDate}`);
  const sums: Record<string, number> = {};
  for (const { batchKey } of body['batches'] as { batchKey: string }[]) {
    const { lines } = (await counterSystem.get(`/freeze-corrections/${batchKey}`)).body;
    for (const { fundAccount, amount } of lines as { fundAccount: string; amount: string }[])
      sums[fundAccount] = (sums[fundAccount] ?? 0) + Math.round(Number(amount) * 100);
  }
  return sums;
}

const send = () => sendFreezeCorrections(deps)(day);

test(
  'a corrected file of counter trades is told as the difference, and nothing where nothing changed',
  tradedBook(async () => {
    await frozen(4_000, 5_500, 5_000);
    expect(await send()).toEqual({ clients: 2 });
    expect(await told()).toEqual({ [FIRST]: 1_000, [SECOND]: -500 });
    // First: 5,000 - 4,600 = 400, 600 less than told. Second: exact now, so +500. Third: 5,000 - 4,999 = 1.
    await frozen(4_600, 5_000, 4_999);
    expect(await send()).toEqual({ clients: 3 });
    expect(await told()).toEqual({ [FIRST]: 400, [SECOND]: 0, [THIRD]: 1 });
    await frozen(4_600, 5_000, 4_999);
    expect(await send()).toEqual({ clients: 0 });
    expect(sent).toEqual(['freeze:SH:2025-06-25:1', 'freeze:SH:2025-06-25:2']);
  }),
);

test(
  'a client without trades in the corrected files gets back what was told of it',
  tradedBook(async () => {
    await frozen(4_000, 5_000, 5_000);
    await send();
    await pool.query(
      `insert into file_states (file_id, state_no, state, cause) select file_id, 2, 'superseded', 'x' from files where kind = 'hk_jsmx'`,
    );
    await frozen(4_000);
    expect(await send()).toEqual({ clients: 1 });
    expect(await told()).toEqual({ [FIRST]: 0 });
  }),
);

test(
  'a repetition goes on at the message that was not taken, with the same key and lines',
  tradedBook(async () => {
    await frozen(4_000, 5_000, 5_000);
    await frozen(4_000, 4_000, 5_000);
    await counterSystem.post('/faults', { kind: 'refuse', only: '2025-06-25:2', status: 503 });
    await expect(send()).rejects.toThrow('status 503');
    await counterSystem.post('/faults', { kind: 'none' });
    expect(await send()).toEqual({ clients: 1 });
    expect(await send()).toEqual({ clients: 0 });
    expect(sent).toEqual(['freeze:SH:2025-06-25:1', 'freeze:SH:2025-06-25:2', 'freeze:SH:2025-06-25:2']);
    expect(await told()).toEqual({ [FIRST]: 1_000, [SECOND]: 1_000 });
  }),
);

test(
  'an answer that was lost is asked for under the same key: told once',
  tradedBook(async () => {
    await frozen(4_000, 5_000, 5_000);
    await counterSystem.post('/faults', { kind: 'twice' });
    await expect(send()).rejects.toThrow('counter');
    await send();
    expect(await told()).toEqual({ [FIRST]: 1_000 });
  }),
);

test(
  'a refused message was not told: the next pre-clearing makes another of what is then due',
  tradedBook(async () => {
    await frozen(4_000, 5_000, 5_000);
    await counterSystem.post('/faults', { kind: 'refuse' });
    await expect(send()).rejects.toMatchObject({ code: 'OUTSIDE_REFUSED' });
    await counterSystem.post('/faults', { kind: 'none' });
    await frozen(4_700, 5_000, 5_000);
    await send();
    expect(await told()).toEqual({ [FIRST]: 300 });
  }),
);
