/** The checker of elections under kills, on rows that the product wrote: it finds nothing there, and each violation that is planted. */
import type { Pool } from 'pg';
import { closeElections } from '../../activities/corporate-actions/close-elections';
import { takeElection } from '../../activities/corporate-actions/take-election';
import { inTransaction } from '../../activities/database/transaction';
import { check, type Acknowledged, type Checked, type TakenFiling } from '../../bench/elections/check';
import { accountOf, enterEvent, KEY } from '../../bench/elections/event';
import { openPool } from '../../prisma/pool';
import { openDatabase, type TestDatabase } from '../support/database';

const NOTHING: Checked = { missing: 0, late: 0, incomplete: 0, tallied: 0, unfiled: 0, differing: 0 };
let book: TestDatabase;
let owner: Pool;
let noted: Acknowledged[];
/** What the clearing house would have noted: each filing once. 300 - 50; 1,000; 500; 1; 700 - 700. */
let journal: readonly TakenFiling[];
let cut: string;

beforeAll(async () => {
  book = await openDatabase('elections check');
  owner = openPool(book.ownerUrl, 2);
  const { pool } = book;
  await pool.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('check', 'test', 'manual', '2025-06-25T01:00:00Z')`,
  );
  await enterEvent(owner, 10);
  await owner.query(
    `update corporate_actions set version = version + 1, terms = terms || '{"deadlineOn": "2025-06-25"}', opens_at = '2025-06-25T00:00:00Z', client_cut_at = '2025-06-25T02:00:00Z',
            broker_cut_at = '2025-06-25T02:30:00Z', clearing_cut_at = '2025-06-25T07:00:00Z', hkscc_cut_at = '2025-06-27T07:00:00Z'`,
  );
  cut = '2025-06-25T02:00:00.000Z';
  noted = [];
  // 0 to 4 elect; 0 changes, 4 withdraws; 5 to 9 stay silent.
  for (const [nth, [holder, quantity]] of [
    [0, 300],
    [1, 1000],
    [2, 500],
    [3, 1],
    [4, 700],
    [0, 250],
    [4, 0],
  ].entries()) {
    const taken = await inTransaction(pool, (sql) =>
      takeElection(sql, {
        ...KEY,
        securitiesAccount: accountOf(holder!),
        ballot: '',
        option: 'ACCEPT',
        quantity: `${quantity}`,
        versionShown: 2,
        electedBy: 'holder',
        key: `election ${nth}`,
        by: 'client-1',
        role: 'client',
      }),
    );
    noted.push({
      account: accountOf(holder!),
      nth,
      quantity: taken.quantity,
      askedAt: taken.electedAt,
      electedAt: taken.electedAt,
    });
  }
  journal = [
    [0, '300'],
    [1, '1000'],
    [2, '500'],
    [3, '1'],
    [4, '700'],
    [0, '-50'],
    [4, '-700'],
  ].map(([holder, quantity]) => ({ account: accountOf(Number(holder)), quantity: String(quantity) }));
  await pool.query(
    `update election_filings set state = 'confirmed', confirmed = quantity, answered_at = business_now()`,
  );
  await owner.query(`update business_clock set now = '2025-06-25T02:30:00Z'`);
  await closeElections({ pool })(KEY);
});
afterAll(async () => {
  await owner.end();
  await book.close();
});

/** What is found of a book in which this was done, which is undone afterwards. */
async function foundAfter(violation: string): Promise<Checked> {
  const sql = await owner.connect();
  try {
    await sql.query('begin');
    await sql.query(violation);
    return await check(sql as never, noted, 'ACCEPT', journal);
  } finally {
    await sql.query('rollback');
    sql.release();
  }
}

test('nothing is found where nothing is wrong', async () => {
  expect(await check(book.pool, noted, 'ACCEPT', journal)).toEqual(NOTHING);
});

test.each<[string, string, Partial<Checked>]>([
  [
    'an acknowledged election that is gone',
    `delete from elections where securities_account = 'A000000001'`,
    { missing: 1, incomplete: 1 },
  ],
  [
    'an older election that came back',
    `update elections set quantity = 300 where securities_account = 'A000000000' and option = 'ACCEPT'`,
    { missing: 1, incomplete: 1 },
  ],
  [
    'an election of somebody who gave none',
    `update elections set option = 'ACCEPT' where securities_account = 'A000000007'`,
    { missing: 1 },
  ],
  [
    'a silent holder without default',
    `delete from elections where securities_account = 'A000000009'`,
    { incomplete: 1 },
  ],
  [
    'a tally of the close that is another one',
    `update corporate_action_steps set detail = jsonb_set(detail, '{tally,0,quantity}', '"1750"') where act = 'close elections'`,
    { tallied: 1 },
  ],
  [
    'a filing that waits',
    `update election_filings set state = 'waiting', answered_at = null where securities_account = 'A000000002'`,
    { unfiled: 1, differing: 1 },
  ],
  [
    'one that was taken for another quantity',
    `update election_filings set confirmed = 499 where securities_account = 'A000000002'`,
    { differing: 1 },
  ],
  [
    'one that was filed twice',
    `insert into election_filings (filing_no, event_id, securities_account, option, act_key, business, quantity, state, confirmed, answered_at)
    select 'F999999999999', event_id, securities_account, option, 'again', business, quantity, state, confirmed, answered_at from election_filings where securities_account = 'A000000003'`,
    { differing: 1 },
  ],
])('%s is found', async (_what, violation, expected) => {
  expect(await foundAfter(violation)).toEqual({ ...NOTHING, ...expected });
});

test.each<[string, (taken: readonly TakenFiling[]) => readonly TakenFiling[]]>([
  ['acknowledged here and never sent', ([_, ...others]) => others],
  ['that the clearing house took twice', ([first, ...others]) => [first!, first!, ...others]],
])('a filing %s is found in its own journal', async (_what, changed) => {
  expect(await check(book.pool, noted, 'ACCEPT', changed(journal))).toEqual({ ...NOTHING, differing: 1 });
});

test.each([
  ['asked before the deadline and elected at it', '2025-06-25T01:59:59.999Z', '2025-06-25T02:00:00.000Z', 1],
  ['asked at the deadline', '2025-06-25T02:00:00.000Z', '2025-06-25T01:59:59.999Z', 1],
  ['the millisecond before', '2025-06-25T01:59:59.999Z', '2025-06-25T01:59:59.999Z', 0],
])('an acknowledgement of what was %s', async (_what, askedAt, electedAt, late) => {
  expect(cut).toBe('2025-06-25T02:00:00.000Z');
  const [first, ...others] = noted;
  expect((await check(book.pool, [{ ...first!, askedAt, electedAt }, ...others], 'ACCEPT', journal)).late).toBe(late);
});
