/**
 * Rights issue, open offer and scrip dividend from what may be elected to the shares and the money, each figure with its arithmetic. The files of
 * the clearing house are entered as rows; what its settlement details debit goes through the ledger as `other-payments.test.ts` shows.
 */
import { loadReference } from '../../../activities/books/load-reference';
import { readEvent } from '../../../activities/corporate-actions/event-row';
import { takeElection } from '../../../activities/corporate-actions/take-election';
import { tellEvents } from '../../../activities/corporate-actions/tell-events';
import { inTransaction } from '../../../activities/database/transaction';
import { eventPageOf } from '../../../api/reads/corporate-actions/event-page';
import { dayOf, verbsOf } from '../../support/days-of-verbs';
import { openDatabase, type TestDatabase } from '../../support/database';
import { toldMessages } from '../../support/told';
import { holding, noticed, type NoticeOfTest } from '../../support/events';

let book: TestDatabase;
const RATE_E5 = 93_000;

beforeAll(async () => {
  book = await openDatabase('subscribed events');
  const { pool } = book;
  await pool.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('subscribed', 'test', 'manual', '2025-06-20T12:00:00Z')`,
  );
  await loadReference(pool);
  await pool.query(
    `insert into clients select '610000000' || n, 'A10000000' || n, '1001', '21000', 'client', 'natural', 0.0003, 500 from generate_series(1, 4) n
     union all select '8000000005', 'B100000005', '0001', '21000', 'proprietary', 'institution', 0, 0`,
  );
  await holding(pool, '2025-06-20', '08006', [
    { account: 'A100000001', shares: 1005 },
    { account: 'A100000002', shares: 400 },
    { account: 'A100000003', shares: 5 },
  ]);
  await holding(pool, '2025-06-20', '08007', [{ account: 'A100000001', shares: 101 }]);
  await holding(pool, '2025-06-20', '08009', [
    { account: 'A100000001', shares: 10_000 },
    { account: 'A100000002', shares: 3_000 },
    { account: 'B100000005', shares: 500 },
  ]);
  const rates = await fileOf('2025-06-20', 'hk_ckhl');
  await pool.query(`insert into reference_rates values ('2025-06-20', $1, 1, 'SH', 'HKD', $2, 91000)`, [
    rates,
    RATE_E5,
  ]);
  await pool.query(
    `insert into client_figures select 'SH', '2025-06-20', '610000000' || n, $1, 0, 0, 0, 0, 0, $1, $1 from generate_series(1, 2) n`,
    [100_000],
  );
  await noticed(pool, '2025-06-20', [RIGHTS, OFFER, SCRIP]);
  for (const eventNo of ['RGHT1', 'OPEN1', 'SCRP1']) await verbsOf(pool).determineHolders(keyOf(eventNo));
  await at('2025-06-23T02:00:00Z');
  for (const eventNo of ['RGHT1', 'OPEN1', 'SCRP1'])
    await verbsOf(pool).moveCorporateAction({ ...keyOf(eventNo), to: 'collecting' });
});
afterAll(() => book.close());

const DATES = { mark2: 'ADD', date1: '2025-06-20', date3: '2025-06-26' };
/** Three rights for ten shares; each, with 4.20 HKD, a new share. */
const RIGHTS: NoticeOfTest = {
  ...DATES,
  kind: 'H14',
  code: '08006',
  eventCode: 'RGHT1',
  secondCode: '02999',
  price1: '4.20',
  ratio1: '10',
  ratio2: '3',
};
/** One share for two, at 2.50 HKD. */
const OFFER: NoticeOfTest = {
  ...RIGHTS,
  kind: 'H13',
  code: '08007',
  eventCode: 'OPEN1',
  secondCode: '',
  price1: '2.50',
  ratio1: '2',
  ratio2: '1',
};
/** 0.50 HKD a share, 0.40 after tax; or shares at 7.30 HKD. */
const SCRIP: NoticeOfTest = {
  ...DATES,
  kind: 'H01',
  code: '08009',
  eventCode: 'SCRP1',
  entitlementClass: 'HL',
  mark2: 'Y',
  date2: '2025-06-27',
  price1: '0.50',
  price2: '0.40',
  ratio1: '7.30',
};

const OPERATIONS = {
  person: 'operations-1',
  grants: [{ role: 'operations' as const, side: null, branch: null, mark: null }],
};
const keyOf = (eventNo: string) => ({ channel: 'SH', eventNo });
const at = (instant: string) => book.pool.query('update business_clock set now = $1', [instant]);
const lines = async (text: string, ...values: unknown[]): Promise<readonly string[]> =>
  (await book.pool.query<{ line: string }>(text, values)).rows.map(({ line }) => line);

/** A file in force. */
async function fileOf(day: string, kind: string): Promise<string> {
  await book.pool.query('select open_business_date($1)', [day]);
  const { rows } = await book.pool.query<{ id: string }>(
    `with file as (
       insert into files (channel, business_date, kind, version, name, path, sha256, byte_count, arrived_at)
       values ('SH', $1, $2, 1, $2, '-', $3, 1, business_now()) returning file_id)
     select file_id::text as id from file`,
    [day, kind, `${day} ${kind}`],
  );
  const id = rows[0]?.id ?? '';
  await book.pool.query(
    `insert into file_states (file_id, state_no, state, cause) values ($1, 1, 'accepted', 'test')`,
    [id],
  );
  return id;
}

async function closed(day: string): Promise<void> {
  await book.pool.query(
    `insert into settlement_days (channel, business_date, workflow_id, day_kind, settlement_day, previous_trading_day, next_trading_day, trades_settle,
                                  fee_settles, risk_settles, calendar_version, stage, closed_at)
     values ('SH', $1::date, 'settlement-day:SH:' || $1, 'full', true, $1::date - 1, $1::date + 1, $1, $1, $1, 1, 'closed', business_now())`,
    [day],
  );
}

let acts = 0;
const elect = (eventNo: string, account: string, option: string, quantity: string) =>
  inTransaction(book.pool, (sql) =>
    takeElection(sql, {
      ...keyOf(eventNo),
      securitiesAccount: account,
      ballot: '',
      option,
      quantity,
      versionShown: 1,
      electedBy: 'holder',
      key: `act ${(acts += 1)}`,
      by: 'client-1',
      role: 'client',
    }),
  );
const electable = (eventNo: string) =>
  lines(
    `select concat_ws(' ', right(securities_account, 1), record_holding, electable) as line from corporate_action_holders
       join corporate_actions using (event_id) where event_no = $1 order by 1`,
    eventNo,
  );
const filed = (eventNo: string) =>
  lines(
    `select concat_ws(' ', right(securities_account, 1), quantity, frozen_fen) as line from election_filings
       join corporate_actions using (event_id) where event_no = $1 order by filing_seq`,
    eventNo,
  );

interface Lines {
  readonly business: string;
  readonly event: string;
  readonly code: string;
  /** Account, quantity, foreign cents and fen, both signed. */
  readonly of: readonly (readonly [string, number, number, number])[];
}

async function cleared(day: string, all: readonly Lines[], ratioE5: number): Promise<void> {
  const file = await fileOf(day, 'hk_jsmx');
  let row = 0;
  for (const { business, event, code, of } of all)
    for (const [account, quantity, cents, fen] of of)
      await book.pool.query(
        `insert into clearing_lines (business_date, file_id, row_no, channel, business, clearing_mark, reserve_account, trade_date, settle_date, seat,
           securities_account, code, buy_sell, order_no, trade_no, quantity, price_e4, currency, consideration_cents, ratio_e5, stamp_duty_cents,
           sfc_levy_cents, trading_fee_cents, system_fee_cents, settlement_fee_cents, other_cents, net_cents, net_fen, commission_fen)
         values ($1, $2, $3, 'SH', $4, $4, 'R', $1, $1::date + 3, '21000', $5, $6, case when $4 = 'H01' then 'S' else '' end, $7, 'N', $8, 0, 'HKD', 0, $9, 0, 0, 0, 0, 0, 0, $10, $11, 0)`,
        [day, file, `${(row += 1)}`, business, account, code, event, quantity, ratioE5, cents, fen],
      );
}

let moved = 0;
const movements = async (
  day: string,
  file: string,
  business: string,
  event: string,
  of: readonly (readonly [string, string, number])[],
) => {
  for (const [account, code, quantity] of of)
    await book.pool.query(
      `insert into security_movements values ($1, $2, $3, 'SH', '003', $4, $5, $6, 'PT', '0', 'P', '2025-06-20', $7, '2025-06-30', $8)`,
      [day, file, (moved += 1), business, account, code, quantity, event],
    );
};

/** The clearing house acknowledges all that waits, and its results of the deadline say how much of it is taken. */
async function results(taken: (quantity: bigint, eventNo: string) => bigint, day = '2025-06-26'): Promise<void> {
  await book.pool.query(
    `update election_filings set state = 'confirmed', confirmed = quantity, answered_at = business_now() where state = 'waiting'`,
  );
  const file = await fileOf(day, 'HK_YWHB');
  const { rows } = await book.pool.query<{ filing_no: string; quantity: bigint; event_no: string }>(
    'select filing_no, quantity, event_no from election_filings join corporate_actions using (event_id) order by filing_seq',
  );
  for (const [row, { filing_no: no, quantity, event_no: eventNo }] of rows.entries())
    await book.pool.query(
      `insert into filing_replies select $5, $1, $2, 'SH', filing_no, business, 'HSB', securities_account, corporate_actions.code, event_no, quantity, $4, 'S', '3', '0000'
         from election_filings join corporate_actions using (event_id) where filing_no = $3`,
      [file, row + 1, no, taken(quantity, eventNo), day],
    );
}
const settle = (eventNo: string) => verbsOf(book.pool).settleEntitlements(keyOf(eventNo));
const entitled = (eventNo: string) =>
  lines(
    `select concat_ws(' ', right(securities_account, 1), record_quantity, 'rights ' || rights_shares, 'gross ' || gross_cents, 'in ' || in_shares,
                      'expected ' || expected_fen, e.state) as line from corporate_action_entitlements e
       join corporate_actions using (event_id) where event_no = $1 order by 1`,
    eventNo,
  );

test('rights are subscribed for by ratio and by what is left of them, with the money there; nothing can be applied for beyond', async () => {
  // 1,005 x 3 / 10 = 301.5, 400 x 3 / 10 = 120, 5 x 3 / 10 = 1.5, each down to the whole right.
  expect(await electable('RGHT1')).toEqual(['1 1005 301', '2 400 120', '3 5 1']);
  await expect(elect('RGHT1', 'A100000001', 'EXERCISE', '302')).rejects.toThrow(/EXCEEDS_ELECTABLE/);
  // 200 x 4.20 = 840.00 HKD, x 0.93 = 781.20 CNY of the 1,000.00 that are there.
  await elect('RGHT1', 'A100000001', 'EXERCISE', '200');
  // 301 x 4.20 x 0.93 = 1,175.71.
  await expect(elect('RGHT1', 'A100000001', 'EXERCISE', '301')).rejects.toThrow(/SUBSCRIPTION_MONEY_SHORT/);
  // 220 x 4.20 x 0.93 = 859.32, 78.12 more; 210 x 4.20 x 0.93 = 820.26, 39.06 less.
  await elect('RGHT1', 'A100000001', 'EXERCISE', '220');
  await elect('RGHT1', 'A100000001', 'EXERCISE', '210');
  expect(await filed('RGHT1')).toEqual(['1 200 78120', '1 20 7812', '1 -10 -3906']);
  // Whoever has no figures of an evening has no money that is known of.
  await expect(elect('RGHT1', 'A100000003', 'EXERCISE', '1')).rejects.toThrow(/SUBSCRIPTION_MONEY_SHORT/);
  // 1,000.00 - 820.26 = 179.74 are left for another event: 50 x 2.50 x 0.93 = 116.25 are there.
  await elect('OPEN1', 'A100000001', 'SUBSCRIBE', '50');

  // Rights are awaited from the record date on, ten trading days.
  await closed('2025-06-20');
  expect((await settle('RGHT1')).owed).toEqual({
    nth: 1,
    from: '2025-06-20',
    receivedAt: '2025-06-19T16:00:00.000Z',
    limit: { kind: 'TRADING_DAYS', n: 10 },
  });
  // They come, and one holder is forgotten; 50 of the second holder's 120 are sold and not settled yet.
  const came = await fileOf('2025-06-23', 'hk_zqbd');
  await movements('2025-06-23', came, 'H58', 'RGHT1', [
    ['A100000001', '02999', 301],
    ['A100000002', '02999', 120],
  ]);
  await holding(book.pool, '2025-06-23', '02999', [
    { account: 'A100000001', shares: 301 },
    { account: 'A100000002', shares: 120 },
  ]);
  await cleared(
    '2025-06-23',
    [{ business: 'H01', event: 'X', code: '02999', of: [['A100000002', 50, 100, 93]] }],
    93_000,
  );
  await closed('2025-06-23');
  const determine = () => verbsOf(book.pool).determineHolders(keyOf('RGHT1'));
  await determine();
  // Whoever is forgotten keeps what the ratio gives, and is asked about, until somebody leaves it as it stands.
  expect(await electable('RGHT1')).toEqual(['1 1005 301', '2 400 70', '3 5 1']);
  expect(await settle('RGHT1')).toMatchObject({ computed: 3, credited: 2, differing: 1 });
  const asked = `select facts ->> 'accounts' as line from corporate_action_breaks join corporate_actions using (event_id)
                  where event_no = 'RGHT1' and cleared_at is null`;
  expect(await lines(asked)).toEqual(['["A100000003"]']);
  await verbsOf(book.pool).clearBreaks({ ...keyOf('RGHT1'), by: 'ops-1', reason: 'looked at' });
  await determine();
  expect(await electable('RGHT1')).toEqual(['1 1005 301', '2 400 70', '3 5 0']);
  // The sale is cancelled by notice (the lines of this book have one number, 'N').
  const cancelled = await book.pool.query(
    `insert into trade_cancellations (channel, trade_date, trade_no, settle_date, notice, workflow_id, request_key, made_by, state, approved_by, approved_at,
                                      effective_on, after_batch)
     values ('SH', '2025-06-23', 'N', '2025-06-26', 'a notice', 'w', 'r', 'ops-1', 'approved', 'sup-1', business_now(), '2025-06-23', 0) returning *`,
  );
  await determine();
  expect([cancelled.rowCount, await electable('RGHT1')]).toEqual([1, ['1 1005 301', '2 400 120', '3 5 0']]);
  // It comes a day later.
  await movements('2025-06-24', await fileOf('2025-06-24', 'hk_zqbd'), 'H58', 'RGHT1', [['A100000003', '02999', 1]]);
  await holding(book.pool, '2025-06-24', '02999', [{ account: 'A100000003', shares: 1 }]);
  await closed('2025-06-24');
  await determine();
  expect(await electable('RGHT1')).toEqual(['1 1005 301', '2 400 120', '3 5 1']);
  await elect('RGHT1', 'A100000002', 'EXERCISE', '70');
  // Rights are computed and compared as soon as they come, whatever becomes of them.
  expect(await settle('RGHT1')).toEqual({ computed: 3, credited: 3, differing: 0, isOver: false, owed: null });
  expect(await entitled('RGHT1')).toEqual([
    '1 1005 rights 301 agreed',
    '2 400 rights 120 agreed',
    '3 5 rights 1 agreed',
  ]);
});

test('an open offer is limited to the proportion; a scrip dividend is elected for with the shares held', async () => {
  // 101 / 2 = 50.5 down to 50.
  expect(await electable('OPEN1')).toEqual(['1 101 50']);
  await expect(elect('OPEN1', 'A100000001', 'SUBSCRIBE', '51')).rejects.toThrow(/EXCEEDS_ELECTABLE/);
  expect(await filed('OPEN1')).toEqual(['1 50 11625']);
  await elect('SCRP1', 'A100000001', 'SHARES', '6000');
  await elect('SCRP1', 'B100000005', 'SHARES', '500');
  expect(await filed('SCRP1')).toEqual(['1 6000', '5 500']);
});

test('what was taken comes in shares and is paid for, or is paid out in cash; a cent too much and a share too little are breaks', async () => {
  // Of the open offer three fifths are taken, 50 -> 30; the next day says four, 50 -> 40.
  await results((quantity, eventNo) => (eventNo === 'OPEN1' ? (quantity * 3n) / 5n : quantity));
  await closed('2025-06-26');
  // Shares are awaited from the deadline on; what HKSCC pays a day later, from then on.
  for (const eventNo of ['RGHT1', 'OPEN1'])
    expect(await settle(eventNo)).toMatchObject({ differing: 0, isOver: false, owed: { from: '2025-06-26' } });
  expect(await settle('SCRP1')).toMatchObject({ differing: 0, isOver: false, owed: null });
  // 210 x 4.20 = 882.00 HKD, 70 x 4.20 = 294.00. 40 x 2.50 = 100.00.
  expect(await entitled('RGHT1')).toEqual([
    '1 1005 rights 301 gross 88200 in 210 computed',
    '2 400 rights 120 gross 29400 in 70 computed',
    '3 5 rights 1 agreed',
  ]);
  expect(await entitled('OPEN1')).toEqual(['1 101 gross 7500 in 30 computed']);
  await results((quantity, eventNo) => (eventNo === 'OPEN1' ? (quantity * 4n) / 5n : quantity), '2025-06-27');
  // Cash for 10,000 - 6,000 at 0.40 = 1,600.00 and for 3,000 = 1,200.00, natural persons after tax; nothing for the firm's 500.
  // Shares: 6,000 x 0.40 / 7.30 = 328.77 -> 328; an institution before tax 500 x 0.50 / 7.30 = 34.25 -> 34.
  expect(await entitled('SCRP1')).toEqual([
    '1 10000 gross 160000 in 328 computed',
    '2 3000 gross 120000 computed',
    '5 500 gross 0 in 34 computed',
  ]);
  // Paid account by account at 0.93120: 882.00 -> 821.3184 -> 821.32; 294.00 -> 273.7728 -> 273.77 (the file takes a cent more); 100.00 -> 93.12.
  // Cash of the scrip dividend in one sum: 2,800.00 x 0.9312 = 2,607.36 = 1,489.92 + 1,117.44.
  await cleared(
    '2025-06-27',
    [
      {
        business: 'H65',
        event: 'RGHT1',
        code: '08006',
        of: [
          ['A100000001', 210, -88_200, -82_132],
          ['A100000002', 70, -29_400, -27_378],
        ],
      },
      { business: 'H64', event: 'OPEN1', code: '08007', of: [['A100000001', 40, -10_000, -9_312]] },
      {
        business: 'H67',
        event: 'SCRP1',
        code: '08009',
        of: [
          ['A100000001', 4_000, 160_000, 148_992],
          ['A100000002', 3_000, 120_000, 111_744],
        ],
      },
    ],
    93_120,
  );
  const shares = await fileOf('2025-06-27', 'hk_zqbd');
  await movements('2025-06-27', shares, 'H65', 'RGHT1', [
    ['A100000001', '08006', 210],
    ['A100000002', '08006', 70],
    // Exercised and lapsed rights go.
    ['A100000001', '02999', -301],
  ]);
  await movements('2025-06-27', shares, 'H64', 'OPEN1', [['A100000001', '08007', 40]]);
  await movements('2025-06-27', shares, 'H66', 'SCRP1', [
    ['A100000001', '08009', 327],
    ['B100000005', '08009', 34],
  ]);
  await closed('2025-06-27');
  expect(await settle('RGHT1')).toMatchObject({ computed: 3, credited: 3, differing: 1, isOver: false });
  expect(await entitled('RGHT1')).toEqual([
    '1 1005 rights 301 gross 88200 in 210 expected -82132 agreed',
    '2 400 rights 120 gross 29400 in 70 expected -27377 differs',
    '3 5 rights 1 agreed',
  ]);
  expect(await settle('OPEN1')).toMatchObject({ computed: 1, credited: 1, differing: 0, isOver: true });
  expect(await settle('SCRP1')).toMatchObject({ computed: 3, credited: 3, differing: 1, isOver: false });
  expect(await entitled('SCRP1')).toEqual([
    '1 10000 gross 160000 in 328 expected 148992 differs',
    '2 3000 gross 120000 expected 111744 agreed',
    '5 500 gross 0 in 34 agreed',
  ]);
  // What is paid is frozen no more.
  expect(await lines(`select subscription_frozen_fen('6100000001')::text as line`)).toEqual(['0']);
});

test('what is sold and settles by the record date cannot be elected for; an excess is told, and listed at the close', async () => {
  await holding(book.pool, '2025-06-20', '08010', [{ account: 'A100000001', shares: 1000 }]);
  const record = { ...SCRIP, code: '08010', eventCode: 'SCRP2', date1: '2025-07-02', date3: '2025-07-04' };
  await at('2025-06-26T12:00:00Z');
  await noticed(book.pool, '2025-06-26', [record]);
  const determine = () => verbsOf(book.pool).determineHolders(keyOf('SCRP2'));
  const held = () =>
    lines(
      `select concat_ws(' ', settled, unsettled_sales, electable, excess) as line from corporate_action_holders
         join corporate_actions using (event_id) where event_no = 'SCRP2'`,
    );
  await determine();
  await at('2025-06-27T02:00:00Z');
  await verbsOf(book.pool).moveCorporateAction({ ...keyOf('SCRP2'), to: 'collecting' });
  await elect('SCRP2', 'A100000001', 'SHARES', '1000');
  // 400 are sold, settle before the record date and are still in the books of the newest evening.
  await cleared(
    '2025-06-26',
    [{ business: 'H01', event: 'X', code: '08010', of: [['A100000001', 400, 100, 93]] }],
    93_000,
  );
  await determine();
  await determine();
  expect(await held()).toEqual(['1000 400 600 400']);
  const told = (await toldMessages(book.pool, `template = 'ELECTION_EXCESS'`)).map(
    ({ recipient_ref: to, text }) => `${to} ${text.en}`,
  );
  expect(told).toEqual([
    'fund-account:6100000001 Of SCRP2 you have elected 1000 shares; 600 can be elected now. Elect less before 2025-07-04 12:30 (Beijing time): the clearing house may cut or refuse what is too much.',
  ]);
  await at('2025-07-04T05:00:00Z');
  await verbsOf(book.pool).closeElections(keyOf('SCRP2'));
  await results((quantity) => quantity, '2025-07-04');
  expect(await verbsOf(book.pool).reconcileElections({ ...keyOf('SCRP2'), nth: 1 })).toMatchObject({ breaks: 1 });
  const asked = `select concat_ws(' ', break_key, facts ->> 'excess', cleared_at is null) as line from corporate_action_breaks
                   join corporate_actions using (event_id) where event_no = 'SCRP2'`;
  expect(await lines(asked)).toEqual(['excess 400 t']);
});

test('what was sold under the old code of a split, and settles under the one that it became, cannot be elected for', async () => {
  await at('2025-06-27T12:00:00Z');
  const split = { kind: 'H10', code: '08011', eventCode: '02980', secondCode: '02981', mark2: 'ADD' };
  await noticed(book.pool, '2025-06-26', [{ ...split, date1: '2025-06-27', quantity1: '2', quantity2: '1' }]);
  await book.pool.query(
    `insert into file_states (file_id, state_no, state, cause) select max(file_id), 1, 'accepted', 'test' from files where kind = 'hk_tzxx'`,
  );
  // A thousand shares became two thousand; a hundred of them had been sold on 25 June.
  await holding(book.pool, '2025-06-27', '02980', [{ account: 'A100000001', shares: 2000 }]);
  await cleared(
    '2025-06-25',
    [{ business: 'H01', event: 'X', code: '08011', of: [['A100000001', 100, 100, 93]] }],
    93_000,
  );
  const offer = { kind: 'H07', code: '02980', eventCode: 'TKOV7', mark1: '1', price1: '4.00' };
  await noticed(book.pool, '2025-06-27', [{ ...OFFER, ...offer, date1: '2025-06-27', date3: '2025-07-04' }]);
  await verbsOf(book.pool).determineHolders(keyOf('TKOV7'));
  const held = `select concat_ws(' ', settled, unsettled_sales, electable) as line from corporate_action_holders
                  join corporate_actions using (event_id) where event_no = 'TKOV7'`;
  expect(await lines(held)).toEqual(['2000 200 1800']);
});

test('shares that are sold after the relevant day are not there to be handed over', async () => {
  await at('2025-06-30T02:00:00Z');
  await verbsOf(book.pool).moveCorporateAction({ ...keyOf('TKOV7'), to: 'collecting' });
  await elect('TKOV7', 'A100000001', 'ACCEPT', '1800');
  // The hundred under the old code have left, and a thousand are sold.
  await holding(book.pool, '2025-06-30', '02980', [{ account: 'A100000001', shares: -200 }]);
  await cleared(
    '2025-06-30',
    [{ business: 'H01', event: 'X', code: '02980', of: [['A100000001', 1000, 100, 93]] }],
    93_000,
  );
  await closed('2025-06-30');
  expect((await verbsOf(book.pool).readCorporateAction(keyOf('TKOV7'))).holdersAsOf).toBe('2025-06-30');
  await verbsOf(book.pool).determineHolders(keyOf('TKOV7'));
  const held = `select concat_ws(' ', settled, unsettled_sales, electable, excess) as line from corporate_action_holders
                  join corporate_actions using (event_id) where event_no = 'TKOV7'`;
  // Of 2,000 on the relevant day 1,800 are left, less 1,000.
  expect(await lines(held)).toEqual(['1800 1000 800 1000']);
  // What was bought since is none of the relevant day.
  await holding(book.pool, '2025-07-01', '02980', [{ account: 'A100000001', shares: 5000 }]);
  await closed('2025-07-01');
  await verbsOf(book.pool).determineHolders(keyOf('TKOV7'));
  expect(await lines(held)).toEqual(['2000 1000 2000 0']);
});

test('ratios with decimals are computed exactly, terms that cannot be are asked about, and a compulsory takeover takes what is held', async () => {
  await at('2025-06-20T12:00:00Z');
  const bonus = { ...SCRIP, entitlementClass: 'S', mark2: 'N', ratio1: '1', ratio2: '0.5' };
  await noticed(book.pool, '2025-06-20', [
    { ...bonus, eventCode: 'BONU5' },
    { ...bonus, eventCode: 'BONU6', ratio2: '0.00' },
    { ...SCRIP, mark2: 'N', eventCode: 'DIVD6', currency: 'EUR' },
    { ...RIGHTS, eventCode: 'RGHT6', ratio2: '0' },
    { ...OFFER, kind: 'H07', code: '08009', eventCode: 'TKOV6', mark1: '3', price1: '4.00', date3: '2025-07-02' },
  ]);
  const asked = `select concat_ws(' ', event_no, substring(facts ->> 'contradiction' from '[a-z].*')) as line from corporate_action_breaks
                   join corporate_actions using (event_id) where event_no like '%6' or event_no = 'BONU5' order by 1`;
  expect(await lines(asked)).toEqual([
    'BONU6 the ratio is missing or zero: what holders get cannot be computed',
    'DIVD6 nothing is paid in EUR: what holders get cannot be computed',
    'RGHT6 the ratio is missing or zero: what holders get cannot be computed',
  ]);
  for (const eventNo of ['BONU6', 'DIVD6', 'RGHT6'])
    expect(await settle(eventNo)).toMatchObject({ computed: 0, isOver: false });
  // Over only once people have left it as it stands, and never by one person for both.
  const leftBy = (approvedBy: string) =>
    verbsOf(book.pool).clearBreaks({ ...keyOf('DIVD6'), by: 'ops-1', approvedBy, reason: 'looked at' });
  await expect(leftBy('ops-1')).rejects.toThrow(/two_people_leave_it/);
  expect(await leftBy('fin-1')).toMatchObject({ cleared: 1, open: 0 });
  expect(await settle('DIVD6')).toMatchObject({ computed: 0, isOver: true });
  // A newer notice that can be computed needs nobody's word about the one before.
  await noticed(book.pool, '2025-06-23', [{ ...bonus, eventCode: 'BONU6', ratio2: '0.5' }]);
  expect(
    await lines(
      `select concat_ws(' ', event_no, cleared_by, reason) as line from corporate_action_breaks join corporate_actions using (event_id)
        where event_no in ('BONU6', 'RGHT6') order by 1`,
    ),
  ).toEqual(['BONU6 southbound superseded', 'RGHT6']);
  expect(await settle('BONU6')).toMatchObject({ computed: 3 });
  // 10,000, 3,000 and 500 shares, half a share for each.
  await settle('BONU5');
  expect(await entitled('BONU5')).toEqual([
    '1 10000 in 5000 computed',
    '2 3000 in 1500 computed',
    '5 500 in 250 computed',
  ]);
  // Nobody has elected, and 4.00 HKD come for each share that was held: the event waits for them.
  expect(await settle('TKOV6')).toMatchObject({ computed: 3, isOver: false });
  expect(await entitled('TKOV6')).toEqual([
    '1 10000 gross 4000000 computed',
    '2 3000 gross 1200000 computed',
    '5 500 gross 200000 computed',
  ]);
  // The money of all comes at 0.93120, 52,000.00 HKD and 2,000.00; what it was paid for is still there.
  await cleared(
    '2025-07-02',
    [
      {
        business: 'H63',
        event: 'TKOV6',
        code: '08009',
        of: [
          ['A100000001', 10_000, 4_000_000, 3_724_800],
          ['A100000002', 3_000, 1_200_000, 1_117_440],
          ['B100000005', 500, 200_000, 186_240],
        ],
      },
    ],
    93_120,
  );
  await closed('2025-07-02');
  expect(await settle('TKOV6')).toMatchObject({ computed: 3, credited: 3, differing: 0, isOver: false });
  // The next day one leaves and another client's stay; of the firm's one share less leaves.
  await movements('2025-07-03', await fileOf('2025-07-03', 'hk_zqbd'), 'H63', 'TKOV6', [
    ['A100000001', '08009', -10_000],
    ['B100000005', '08009', -499],
  ]);
  await closed('2025-07-03');
  expect(await settle('TKOV6')).toMatchObject({ computed: 3, credited: 3, differing: 2, isOver: false });
  const others = `select facts ->> 'accounts' as line from corporate_action_breaks join corporate_actions using (event_id)
                   where event_no = 'TKOV6' and cleared_at is null`;
  expect(await lines(others)).toEqual(['["A100000002", "B100000005"]']);
  // What leaves when the event is over is asked about too.
  await book.pool.query(
    `update corporate_actions set state = 'ended', ended_at = business_now() where event_no = 'TKOV6'`,
  );
  await inTransaction(book.pool, (sql) => tellEvents(sql, dayOf('2025-07-03')));
  expect((await lines(`${others} and break_key like 'ended%'`)).length).toBe(1);
});

test('what is changed without choice lets go of the money with the filing', async () => {
  const { version } = await inTransaction(book.pool, (sql) => readEvent(sql, keyOf('OPEN1')));
  expect(version).toBe(1);
  await at('2025-06-20T12:00:00Z');
  await noticed(book.pool, '2025-06-20', [{ ...OFFER, eventCode: 'OPEN2', date3: '2025-07-04' }]);
  await verbsOf(book.pool).determineHolders(keyOf('OPEN2'));
  await at('2025-06-27T02:00:00Z');
  await verbsOf(book.pool).moveCorporateAction({ ...keyOf('OPEN2'), to: 'collecting' });
  await elect('OPEN2', 'A100000001', 'SUBSCRIBE', '40');
  // The page says what the counter was told: of what is taken in part its part, 10 x 2.50 x 0.93, and nothing of an event that is over.
  const frozen = async () => [
    (await eventPageOf(book.pool, OPERATIONS, keyOf('OPEN2'))).money?.frozenCny,
    ...(await lines(`select subscription_frozen_fen('6100000001')::text as line`)),
  ];
  const turn = async (state: string, confirmed: number, event: string) => {
    await book.pool.query(
      `update election_filings f set state = $1, confirmed = $2, answered_at = business_now() from corporate_actions a where a.event_id = f.event_id and a.event_no = 'OPEN2'`,
      [state, confirmed],
    );
    await book.pool.query(
      `update corporate_actions set state = $1, ended_at = case when $1 = 'ended' then business_now() end where event_no = 'OPEN2'`,
      [event],
    );
  };
  expect(await frozen()).toEqual(['93.00', '9300']);
  await turn('partly', 10, 'collecting');
  expect(await frozen()).toEqual(['23.25', '2325']);
  await turn('partly', 10, 'ended');
  expect(await frozen()).toEqual(['0.00', '0']);
  await turn('confirmed', 40, 'collecting');
  await noticed(book.pool, '2025-06-27', [{ ...OFFER, eventCode: 'OPEN2', mark2: 'DEL' }]);
  // 40 x 2.50 x 0.93.
  expect(await filed('OPEN2')).toEqual(['1 40 9300']);
  expect(await lines(`select subscription_frozen_fen('6100000001')::text as line`)).toEqual(['0']);
});
