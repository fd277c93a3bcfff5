import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import readXlsxFile from 'read-excel-file/node';
import { figuresOfDay } from '../../../api/explanations/named-figures';
import { journalLines, journalOf } from '../../../api/report-files/journal';
import { corporateActionMoneyAsData } from '../../../api/report-files/corporate-action-money-sheets';
import { corporateActionMoney } from '../../../api/reports/corporate-action-money';
import { csvOf, neutral } from '../../../api/report-files/render-csv';
import { dataOf } from '../../../api/report-files/render-json';
import { pdfOf } from '../../../api/report-files/render-pdf';
import { xlsxOf } from '../../../api/report-files/render-xlsx';
import { reportSheets } from '../../../api/report-files/report-sheets';
import type { Sheet } from '../../../api/report-files/sheets';
import { compareClosedDay } from '../../../activities/intake/compare-closed-day';
import { tryRiskTerms } from '../../../activities/intake/try-risk-terms';
import type { TriedTerms } from '../../../domain/settlement/tried-terms';
import { SIDES, type Side } from '../../../domain/channel';
import { availableMoney } from '../../../api/reads/available-money';
import { withdrawalsAbove } from '../../../activities/settlement/withdrawals-above';
import { parseAmount } from '../../../domain/money';
import { scaledText } from '../../../domain/scaled';
import { dayReport } from '../../../api/reports/day-report';
import { explainedLines } from '../../../api/explanations/explained-lines';
import { figuresOfReport } from '../../../api/explanations/figures-of-report';
import { expectedOf } from '../../support/evenings';
import { countFigures, differencesOf } from '../../support/compare-figures';
import { independentCheck } from '../../../cli/rehearsal/courses/independent-check';
import { unexplainedEntries, unexplainedFigures } from '../../support/explained';
import { openDatabase, type TestDatabase } from '../../support/database';
import { FaultyDay } from '../../support/faulty-day';
import {
  arrive,
  datesIn,
  dayOf,
  DAYS_A,
  filesOf,
  openBookOf,
  runDay,
  verbsOf,
  workflowOf,
} from '../../support/days-of-verbs';
import { textOfPdf } from '../../support/text-of-pdf';

let book: TestDatabase;
beforeAll(async () => {
  book = await openDatabase('days-a');
  await openBookOf(book.pool, DAYS_A);
});
afterAll(() => book.close());

// One after the other, each on the books that the one before left: an overdraft of Wednesday is Thursday's advance.
test.each(datesIn(DAYS_A))('%s through the verbs gives every published figure, and the day closes', async (date) => {
  const { pool } = book;
  const day = dayOf(date);
  const { held, receipts } = await runDay(pool, day, filesOf(path.join(DAYS_A, date)));
  expect(held).toEqual({});
  expect([...receipts.values()].filter(({ state, findings }) => state !== 'accepted' || findings > 0)).toEqual([]);

  const report = await dayReport(pool, day.channel, day.businessDate);
  if (report === undefined) throw new Error('no report');
  const expected = expectedOf(date);
  const told = Object.fromEntries(Object.keys(expected).map((section) => [section, report[section]]));
  expect(differencesOf(expected, told)).toEqual([]);
  // An empty expectation would be met by anything.
  expect(countFigures(expected)).toBeGreaterThan(500);

  // Clients with less than nothing available are told to pay in, once each; the own account (8) is not written to.
  const { rows: asked } = await pool.query<{ account: string }>(
    `select split_part(recipient_ref, ':', 2) as account from outbox where message_key like 'pay-in:SH:' || $1 || ':%' order by 1`,
    [date],
  );
  expect(asked.map(({ account }) => account)).toEqual(
    expected.preClearingNegative
      .map(({ fundAccount }) => fundAccount)
      .filter((account) => account.startsWith('6'))
      .sort(),
  );

  await verbsOf(pool).closeDay({ ...day, workflowId: workflowOf(day) });
});

describe('a closed day run once more is a comparison', () => {
  const compare = (date: string, sides: readonly Side[] = SIDES, withinMs = 60_000) =>
    compareClosedDay(book.pool, { ...dayOf(date), sides, withinMs, by: 'ling', role: 'operations', requestId: 'r1' });
  const kept = async () => {
    const { rows } = await book.pool.query(
      `select (select count(*) from batches) as batches, (select count(*) from entries) as entries, (select count(*) from figures) as figures,
              (select count(*) from outbox) as messages, (select count(*) from findings) as findings, (select count(*) from file_states) as verdicts,
              (select count(*) from audit where action <> 'compare closed day') as audit`,
    );
    return rows[0] as unknown;
  };

  test('each of the seven days is as it was booked, and nothing is booked', async () => {
    const before = await kept();
    for (const date of datesIn(DAYS_A)) {
      const compared = await compare(date);
      expect(compared).toMatchObject({ filesSince: [], differences: [], truncated: false });
      expect(compared.entries).toBeGreaterThan(0);
    }
    expect(await kept()).toEqual(before);
    const { rowCount } = await book.pool.query(`select 1 from audit where action = 'compare closed day'`);
    expect(rowCount).toBe(7);
  });

  test('a file that is sent again for a closed day says what it would change, and changes nothing', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'southbound-resent-'));
    const faulty = await FaultyDay.read(path.join(DAYS_A, '2025-06-26'));
    const name = faulty.name('hk_zjbd20250626_1');
    const ofClients = faulty.rows(name).filter((row) => row['ZJZH'] === 'HKB0000001');
    const from = ofClients.findIndex((row) => row['YWLB'] === 'JY');
    ofClients[from]!['FSJE'] = (ofClients[from]!['FSJE'] as bigint) - 1n;
    for (const row of ofClients.slice(from)) row['YE'] = (row['YE'] as bigint) - 1n;
    const files = await faulty.write(folder);
    await arrive(book.pool, dayOf('2025-06-26'), [[name.replace('.dbf', '_v2.dbf'), files.get(name)!]]);
    const before = await kept();
    const { filesSince, differences } = await compare('2025-06-26');
    expect(filesSince).toEqual([{ name: 'hk_zjbd20250626_1_v2.dbf', state: 'accepted' }]);
    const otherwise = differences.map(({ again, booked, ...of }) => ({ ...of, more: again - booked }));
    expect(otherwise).toEqual([
      { kind: 'account-movements', ledger: 'clearing', owner: 'client', asset: 'CNY', more: 1n },
      { kind: 'account-movements', ledger: 'reserve', owner: 'HKB0000001', asset: 'CNY', more: -1n },
    ]);
    expect((await compare('2025-06-26', ['proprietary'])).differences).toEqual([]);
    expect(await kept()).toEqual(before);
    rmSync(folder, { recursive: true, force: true });
  });

  test('one is compared at a time, and for so long only: another, and one that would take longer, is refused by name and leaves nothing', async () => {
    const before = await kept();
    const first = await book.pool.connect();
    await first.query(`begin; select pg_advisory_xact_lock(hashtextextended('comparison of a closed day', 0))`);
    await expect(compare('2025-06-26')).rejects.toMatchObject({ code: 'COMPARISON_RUNNING' });
    await first.query('rollback');
    // Between two statements, and in the middle of one: somebody moves the due dates of the day, which clearing waits for.
    await expect(compare('2025-06-26', SIDES, 1)).rejects.toMatchObject({ code: 'COMPARISON_TOO_LONG' });
    await first.query(`begin; select pg_advisory_xact_lock(hashtextextended('due dates:SH:2025-06-26', 0))`);
    await expect(compare('2025-06-26', SIDES, 1_000)).rejects.toMatchObject({ code: 'COMPARISON_TOO_LONG' });
    await first.query('rollback');
    first.release();
    expect(await kept()).toEqual(before);
    expect((await compare('2025-06-27')).differences).toEqual([]);
  });

  test('a day that is open, or was never begun, has nothing to compare', async () => {
    await expect(compare('2025-07-03')).rejects.toThrow('DAY_NOT_STARTED');
    await book.pool.query(`update settlement_days set closed_at = null where business_date = '2025-07-02'`);
    await expect(compare('2025-07-02')).rejects.toThrow('DAY_NOT_CLOSED');
    await book.pool.query(`update settlement_days set closed_at = business_now() where business_date = '2025-07-02'`);
  });
});

describe('risk money and the funding of the next day with other terms', () => {
  const tried = (terms: TriedTerms, date = '2025-06-23', sides: readonly Side[] = SIDES) =>
    tryRiskTerms(book.pool, { ...dayOf(date), terms, sides, by: 'fang', role: 'finance', requestId: 'r2' });
  const kept = async () => {
    const { rows } = await book.pool.query(
      `select (select md5(string_agg(r::text, ';' order by r::text)) from risk_money r) as risk_money,
              (select md5(string_agg(f::text, ';' order by f::text)) from forecasts f) as forecasts,
              (select count(*) from figures) as figures, (select count(*) from figure_terms) as terms, (select count(*) from entries) as entries,
              (select count(*) from findings) as findings, (select count(*) from outbox) as messages,
              (select md5(string_agg(m::text, ';' order by m::text)) from margin_models m) as models,
              (select md5(string_agg(r::text, ';' order by r::text)) from risk_rates r) as rates`,
    );
    return rows[0] as unknown;
  };
  // 23 June as published (expected.json): marks and margin of the evening, amount of 24 June.
  const CLIENT = { markToMarketFen: 1_710_940n, marginFen: 248_106_242n, payableFen: 249_817_182n };
  const OWN = { markToMarketFen: 3_486_931n, marginFen: 50_348_111n, payableFen: 53_835_042n };
  const CLIENT_IN_FORCE = { ...CLIENT, marginModel: 'rpf', fundingFen: -249_826_321n, uncertain: false };
  const OWN_IN_FORCE = { ...OWN, marginModel: 'rpf', fundingFen: -53_836_051n, uncertain: false };

  test.each<[string, TriedTerms, Record<Side, readonly [margin: bigint, payable: bigint, funding: bigint]>]>([
    [
      // Client: long 14,346,170.00 and short 7,473,966.86 are both below the collateral of 19,475,921.95: no margin, the marks of 17,109.40 stay.
      // Own: (3,011,795.00 - 269,280.00) x 0.22 x 0.92418 = 557,607.05; + 34,869.31 = 592,476.36, which is 54,125.94 more than 538,350.42.
      'the flat model as it was last in force, 22 % x 1',
      { model: 'flat22' },
      { client: [0n, 1_710_940n, -249_826_321n + 248_106_242n], proprietary: [55_760_705n, 59_247_636n, -59_248_645n] },
    ],
    [
      // 2,742,515.00 x 0.22 x 1.2 x 0.92418 = 669,128.46; + 34,869.31 = 703,997.77.
      'the flat model with a multiplier of 1.2',
      { model: 'flat22', multiplier: '1.2' },
      { client: [0n, 1_710_940n, -1_720_079n], proprietary: [66_912_846n, 70_399_777n, -70_400_786n] },
    ],
    [
      // The own account is long 55,200 of 08003 at 42.85 and 9,500 of 08012 at 68.05:
      // (2,365,320.00 x 0.08 + 646,475.00 x 0.60) x 0.92418 = 174,878.5150 + 358,475.5593 = 533,354.07.
      // Clients are long 20,800: 1,415,440.00 x (0.60 - 0.55) x 0.92418 = 65,406.0670 more than 2,481,062.4231 (before rounding) = 2,546,468.49.
      'one rate of the parameter file, 0.60 for 0.55',
      { rates: [{ code: '08012', rate: '0.60' }] },
      { client: [254_646_849n, 256_357_789n, -256_366_928n], proprietary: [53_335_407n, 56_822_338n, -56_823_347n] },
    ],
    [
      // 2,481,062.42 - 1,000,000.00; of the own 503,481.11 nothing is left to ask for. The margin itself is as it was.
      'a margin credit of a million',
      { creditFen: 100_000_000n },
      { client: [248_106_242n, 149_817_182n, -149_826_321n], proprietary: [50_348_111n, 3_486_931n, -3_487_940n] },
    ],
  ])('%s', async (_, terms, expected) => {
    const before = await kept();
    const { fundedOn, sides } = await tried(terms);
    expect(fundedOn).toBe('2025-06-24');
    expect(sides).toEqual(
      SIDES.map((side) => {
        const inForce = side === 'client' ? CLIENT_IN_FORCE : OWN_IN_FORCE;
        const [marginFen, payableFen, fundingFen] = expected[side];
        const marginModel = terms.model ?? 'rpf';
        return { side, inForce, tried: { ...inForce, marginModel, marginFen, payableFen, fundingFen } };
      }),
    );
    expect(await kept()).toEqual(before);
  });

  test('what is told is of the sides that are read, and the audit trail says what was tried', async () => {
    const { sides } = await tried({ creditFen: 1n }, '2025-06-30', ['proprietary']);
    expect(sides.map(({ side }) => side)).toEqual(['proprietary']);
    const { rows } = await book.pool.query(
      `select actor, object_id, after from audit where action = 'try other risk terms' order by seq desc limit 1`,
    );
    expect(rows).toEqual([{ actor: 'fang', object_id: 'SH:2025-06-30', after: { creditFen: '1' } }]);
  });

  test('refused by name, and nothing kept', async () => {
    const before = await kept();
    await expect(tried({})).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await expect(tried({ rates: [{ code: '09999', rate: '0.1' }] })).rejects.toMatchObject({ code: 'TERM_UNKNOWN' });
    await expect(tried({ multiplier: '1.2' })).rejects.toMatchObject({ code: 'TERM_NOT_READ' });
    await expect(tried({ model: 'flat22' }, '2025-07-03')).rejects.toMatchObject({ code: 'DAY_NOT_STARTED' });
    expect(await kept()).toEqual(before);
  });
});

test('every batch of the seven days sums to zero in each asset, and every entry has its ledger', async () => {
  const { rows } = await book.pool.query(
    `select b.batch_key, e.asset, sum(e.amount) from batches b join entries e using (batch_id, business_date)
     group by 1, 2 having sum(e.amount) <> 0`,
  );
  expect(rows).toEqual([]);
});

test('balances at an earlier date follow from the entries up to then: Wednesday evening is told the same on the last day', async () => {
  const { pool } = book;
  const wednesday = dayOf('2025-06-25');
  const report = await dayReport(pool, wednesday.channel, wednesday.businessDate);
  const expected = expectedOf('2025-06-25');
  expect(differencesOf(expected['positions'], report?.['positions'])).toEqual([]);
  expect(differencesOf(expected.clientMoneyIdentity, report?.['clientMoneyIdentity'])).toEqual([]);
});

test('every figure of the seven days is the sum of its lines, or is quoted from one: 13,731 of them, as published', async () => {
  const wrong: unknown[] = [];
  let figures = 0;
  for (const date of datesIn(DAYS_A)) {
    const published = expectedOf(date);
    figures += figuresOfReport(published).length;
    for (const figure of await unexplainedFigures(book.pool, date, published)) wrong.push({ date, ...figure });
  }
  expect(wrong.slice(0, 20)).toEqual([]);
  expect(figures).toBe(13_731);
});

test('the lines are records of files in force, each told once; what is none is of our own books and says which', async () => {
  const kinds = new Map<string, number>();
  for (const date of datesIn(DAYS_A)) {
    const day = dayOf(date);
    const { text, values } = explainedLines(
      { channel: day.channel, date: day.businessDate },
      `, told as (
         select l.*, b.kind as batch_kind,
                count(*) over (partition by figure, l.kind, term, file_id, row_no, batch_id, line_no, refers, quoted) as times
           from lines l left join batches b using (batch_id))
       select t.kind || case when t.kind = 'entry' then ' ' || t.batch_kind else '' end as kind, count(*)::int as lines, max(times)::int as times,
              count(*) filter (where t.kind = 'record' and f.file_id is null)::int as without_file,
              count(*) filter (where t.kind in ('own', 'figure', 'order') and t.refers is null)::int as without_reference
         from told t left join files_in_force f on f.file_id = t.file_id group by 1`,
    );
    const { rows } = await book.pool.query<{ kind: string; lines: number; times: number }>(text, values);
    for (const { kind, lines, ...faults } of rows) {
      expect([date, kind, faults]).toEqual([date, kind, { times: 1, without_file: 0, without_reference: 0 }]);
      kinds.set(kind, (kinds.get(kind) ?? 0) + lines);
    }
  }
  // Balances that the book was opened with, and what our own rules decided in the morning and in the evening.
  const entries = [...kinds.keys()].filter((kind) => kind.startsWith('entry ')).sort();
  expect(entries).toEqual([
    'entry advance-overdrafts',
    'entry move-commission',
    'entry opening',
    'entry repay-advances',
  ]);
  expect(kinds.get('record')).toBeGreaterThan(20_000);
});

test('what must hold in any books holds in these, asked independently', async () => {
  expect(await independentCheck(book.pool)).toEqual([]);
});

test('the lines of every entry sum to it', async () => {
  expect(await unexplainedEntries(book.pool)).toEqual([]);
});

/** Numbers with a point, as often as they stand there. */
const countedAmounts = (cells: Iterable<string>): ReadonlyMap<string, number> => {
  const counted = new Map<string, number>();
  for (const cell of cells) if (/^-?\d+\.\d+$/.test(cell)) counted.set(cell, (counted.get(cell) ?? 0) + 1);
  return new Map([...counted].sort(([a], [b]) => (a < b ? -1 : 1)));
};

test('from the start of T+2 sale money buys A-shares: of every client as the published figures say, down to the lines of the files', async () => {
  // Trades of Monday settle on Wednesday: on Tuesday evening balance less frozen, and what Monday's sales bring.
  const { preClearing } = expectedOf('2025-06-23');
  const sold = new Map(preClearing.map(({ fundAccount, receivable }) => [fundAccount, parseAmount(receivable)]));
  const day = dayOf('2025-06-24');
  let sellers = 0;
  for (const { fundAccount, balance, frozenTrades, frozenPortfolioFee } of expectedOf('2025-06-24').cash) {
    const free = parseAmount(balance) - parseAmount(frozenTrades) - parseAmount(frozenPortfolioFee);
    const settling = sold.get(fundAccount) ?? 0n;
    const told = await availableMoney(book.pool, day.channel, day.businessDate, fundAccount);
    const above = (fen: bigint) => (fen > 0n ? fen : 0n);
    expect(told).toMatchObject({
      nextTradingDay: '2025-06-25',
      aSharesFen: above(free + settling),
      withdrawableFen: above(free),
    });
    expect(told!.sales.reduce((sum, { amountFen }) => sum + amountFen, 0n)).toBe(settling);
    expect(told!.sales.filter(({ file }) => file !== 'hk_jsmx20250623.dbf')).toEqual([]);
    if (settling > 0n) sellers += 1;
  }
  expect(sellers).toBeGreaterThan(5);
  expect(await availableMoney(book.pool, day.channel, day.businessDate, 'nobody')).toBeUndefined();
});

test('a withdrawal is at most what was withdrawable when the counter let it go; a cent more is a break', async () => {
  const day = dayOf('2025-06-26');
  // Somebody who bought on the day out of money that was there, and moved none.
  const { rows } = await book.pool.query<{ account: string; bought: bigint; file: bigint }>(
    `select f.fund_account as account, t.bought, (select min(file_id) from counter_cash_in_force where business_date = '2025-06-26') as file
     from client_figures f join (
       select fund_account, sum(frozen_fen)::bigint as bought from counter_trades_in_force
       where business_date = '2025-06-26' and buy_sell = 'B' group by 1) t using (fund_account)
     where f.business_date = '2025-06-25' and f.balance_fen - f.frozen_trades_fen - f.frozen_fee_fen - t.bought > 100000
       and not exists (select from counter_cash_in_force m where m.business_date = '2025-06-26' and m.fund_account = f.fund_account)
     order by 1 limit 1`,
  );
  const { account, bought, file } = rows[0]!;
  const [published] = expectedOf('2025-06-25').cash.filter(({ fundAccount }) => fundAccount === account);
  const free =
    parseAmount(published!.balance) - parseAmount(published!.frozenTrades) - parseAmount(published!.frozenPortfolioFee);
  const sql = await book.pool.connect();
  const moved = (row: number, time: string, fen: bigint) =>
    sql.query(`insert into counter_cash values ('2025-06-26', $1, $2, 'SH', $3, $4, $5)`, [
      file,
      row,
      account,
      time,
      fen,
    ]);
  try {
    await sql.query('begin');
    // 50.00 come before the market opens; after it all that is neither spent nor frozen goes.
    await moved(9001, '090000', 5_000n);
    await moved(9002, '170000', bought - free - 5_000n);
    expect(await withdrawalsAbove(sql, day)).toEqual([]);
    await moved(9003, '090001', -1n);
    expect(await withdrawalsAbove(sql, day)).toMatchObject([
      { class: 'WITHDRAWAL_ABOVE_LIMIT', key: [account, '9002'], amountFen: 1n },
    ]);
  } finally {
    await sql.query('rollback');
    sql.release();
  }
});

describe('the report of 26 June as files', () => {
  let sheets: readonly Sheet[];
  let amounts: ReadonlyMap<string, number>;
  beforeAll(async () => {
    const { channel, businessDate } = dayOf('2025-06-26');
    const figures = await figuresOfDay(book.pool, channel, businessDate);
    sheets = await reportSheets(book.pool, { channel, date: businessDate, sides: SIDES }, figures!);
    const ofFinance = sheets.slice(-3);
    expect(ofFinance.map(({ key }) => key)).toEqual(['corporateActionMoney', 'corporateActionMoney events', 'journal']);
    amounts = countedAmounts([
      ...figuresOfReport(expectedOf('2025-06-26')).map(({ value }) => value),
      ...ofFinance.flatMap(({ rows }) => rows.flat()),
    ]);
    expect(amounts.size).toBeGreaterThan(500);
  });

  test('each sheet is called by words, in both languages, each by its own', () => {
    const called = sheets.map(({ title: { zh, en } }) => `${zh} ${en}`);
    expect(called).toEqual(
      expect.arrayContaining([
        '公司行为：红利 Corporate actions: dividends',
        '公司行为：红利分派明细 Corporate actions: allocations of dividends',
        '公司行为资金：逐项 Money of corporate actions: event by event',
      ]),
    );
    expect(new Set(called).size).toBe(sheets.length);
    expect(sheets.filter(({ key, title: { zh, en } }) => /^[\x20-\x7e]+$/.test(zh) || en === key)).toEqual([]);
  });

  test('CSV: every published amount, each as often as it stands in the data', () => {
    const rows: readonly string[][] = parse(csvOf(sheets), { bom: true });
    expect(rows[0]).toEqual(['sheet', 'subject', 'name', 'value']);
    expect(countedAmounts(rows.map(([, , , value = '']) => value))).toEqual(amounts);
  });

  test('JSON: likewise, by name', () => {
    const { sheets: data } = dataOf(sheets);
    const values = data.flatMap(({ rows }) =>
      rows.flatMap(({ subject, values: cells }) => [subject, ...Object.values(cells)]),
    );
    expect(countedAmounts(values)).toEqual(amounts);
    const cash = data.find(({ key }) => key === 'cash')?.rows[0];
    expect(Object.keys(cash?.values ?? {})).toEqual(expect.arrayContaining(['available', 'withdrawable']));
  });

  test('XLSX: likewise, amounts as numbers', async () => {
    const read = await readXlsxFile(await xlsxOf(sheets));
    // Of a number cell the digits are kept, not how many of them: those of the sheet say how many there must be.
    const cells = read.flatMap(({ sheet, data }) => {
      const written = sheets.find(({ key }) => key.slice(0, 31) === sheet)!;
      return data.slice(1).flatMap((row, at) =>
        row.map((cell, place) => {
          const shown = written.rows[at]![place] ?? '';
          return typeof cell === 'number' ? cell.toFixed(shown.split('.')[1]?.length ?? 0) : String(cell ?? '');
        }),
      );
    });
    expect(read.flatMap(({ data }) => data.flat()).filter((cell) => typeof cell === 'number').length).toBeGreaterThan(
      500,
    );
    expect(countedAmounts(cells)).toEqual(amounts);
  });

  test('PDF: likewise, with the Chinese font in it, no more of it than is shown', async () => {
    const pdf = await pdfOf(
      { title: { zh: '港股通日终报告', en: 'Southbound day report' }, lines: ['SH 2025-06-26'] },
      sheets,
    );
    const text = textOfPdf(pdf);
    expect(countedAmounts(text.split(/\s+/))).toEqual(amounts);
    expect(text).toContain('港股通日终报告');
    expect(text).toContain('客户资金平衡');
    // The font alone has 8 MB.
    expect(pdf.length).toBeLessThan(1_000_000);
  });

  test.each([
    ['=1+1', "'=1+1", 'a formula'],
    ['@SUM(A1)', "'@SUM(A1)", 'a formula of another kind'],
    ['+49', "'+49", 'a sign before digits that no amount has'],
    ['-1+2', "'-1+2", 'computed from a number'],
    ['\t=1', "'\t=1", 'behind a blank'],
    ['\n=1', "'\n=1", 'on the next line'],
    ['＝1+1', "'＝1+1", 'in full width'],
    ['-19004649.79', '-19004649.79', 'an amount below zero is none'],
    ['A900000001', 'A900000001', 'an account'],
  ])('a cell %j is written as %j: %s', (cell, written) => {
    expect(neutral(cell)).toBe(written);
  });

  test('of a workbook too', async () => {
    const title = { zh: '项', en: 'item' };
    const [read] = await readXlsxFile(
      await xlsxOf([{ key: 'items', title, columns: [title], rows: [['=1+1'], ['＝1+1']] }]),
    );
    expect(read?.data.slice(1)).toEqual([["'=1+1"], ["'＝1+1"]]);
  });
});

describe('money of corporate actions', () => {
  const told = async (date: string, sides: readonly Side[] = SIDES) => {
    const { channel, businessDate } = dayOf(date);
    return corporateActionMoneyAsData(await corporateActionMoney(book.pool, channel, businessDate, sides));
  };

  test('on the way is what the ledger says, by plain SQL, and what is published', async () => {
    let whole = 0;
    for (const date of datesIn(DAYS_A)) {
      const { rows } = await book.pool.query<Record<string, string>>(
        `select e.owner as side,
                (select coalesce(sum(amount), 0) from entries where ledger = 'on_the_way' and owner = e.owner and business_date < $1) as before,
                (select coalesce(sum(amount), 0) from entries where ledger = 'on_the_way' and owner = e.owner and business_date = $1
                   and cause like 'event %') as cleared,
                (select coalesce(sum(amount), 0) from entries where ledger = 'on_the_way' and owner = e.owner and business_date = $1
                   and cause = 'GX') as moved,
                (select coalesce(sum(amount), 0) from entries where ledger = 'on_the_way' and owner = e.owner and business_date <= $1) as after
           from (values ('client'), ('proprietary')) as e(owner)`,
        [date],
      );
      const { onTheWay } = await told(date);
      for (const plain of rows) {
        const side = onTheWay.find((one) => one.side === plain['side'])!;
        const fen = Object.fromEntries(
          Object.entries(side).flatMap(([name, of]) =>
            typeof of === 'string' ? [] : [[name, parseAmount(of.amount)]],
          ),
        );
        expect({ date, ...fen }).toEqual({
          date,
          before: BigInt(plain['before']!),
          cleared: BigInt(plain['cleared']!),
          subscribed: 0n,
          moved: BigInt(plain['moved']!),
          otherwise: 0n,
          after: BigInt(plain['after']!),
        });
        whole += 1;
      }
      const published = expectedOf(date);
      expect(onTheWay[0]!.after.amount).toBe(published.clientMoneyIdentity.onTheWay);
      for (const { side, moved } of onTheWay) {
        expect(parseAmount(moved.amount)).toBe(-parseAmount(published.settlement[side].at1030.corporateActionMoney));
      }
    }
    expect(whole).toBe(14);
  });

  test('each event with its gross, the tax held back and what came, on the day it is cleared and the day it moves', async () => {
    // HKD 0.50 a share, 0.40 for natural persons: 73,998 shares of theirs cost HKD 7,399.80 of tax, 21,700 of institutions none.
    const [{ allocations } = { allocations: [] }] = expectedOf('2025-06-26').corporateActions.dividends;
    const sharesOf = (isOf: (account: string) => boolean) =>
      allocations
        .filter(({ securitiesAccount }) => isOf(securitiesAccount))
        .reduce((sum, one) => sum + one.quantity, 0);
    const [natural, all] = [sharesOf((account) => account.startsWith('A')), sharesOf(() => true)];
    const net = allocations.reduce((sum, { amount }) => sum + parseAmount(amount), 0n);
    expect([natural, all]).toEqual([73_998, 95_698]);
    expect(net).toBe(BigInt(all * 50 - natural * 10));
    const dividend = {
      side: 'client',
      event: 'DIVD00000001',
      business: 'H54',
      security: '08002',
      holders: 26,
      quantity: String(all),
      currency: 'HKD',
      gross: scaledText(BigInt(all * 50), 2),
      tax: scaledText(BigInt(natural * 10), 2),
      fees: '0.00',
      net: scaledText(net, 2),
      ratio: '0.91873',
      cny: { currency: 'CNY', amount: '37161.89' },
      clearedOn: '2025-06-26',
      settlesOn: '2025-06-27',
    };
    // 5,500 + 8,000 + 6,000 shares at HKD 5.85.
    const takeover = {
      side: 'client',
      event: 'TKOV00000001',
      business: 'H63',
      security: '08005',
      holders: 3,
      quantity: '19500',
      currency: 'HKD',
      gross: '114075.00',
      tax: '0.00',
      fees: '0.00',
      net: '114075.00',
      ratio: '0.91655',
      cny: { currency: 'CNY', amount: '104555.44' },
      clearedOn: '2025-06-27',
      settlesOn: '2025-06-30',
    };
    expect((await told('2025-06-26')).events).toEqual([{ stage: 'cleared', ...dividend }]);
    expect((await told('2025-06-27')).events).toEqual([
      { stage: 'cleared', ...takeover },
      { stage: 'settles', ...dividend },
    ]);
    expect((await told('2025-06-30')).events).toEqual([{ stage: 'settles', ...takeover }]);
    expect((await told('2025-06-25')).events).toEqual([]);
    const own = await told('2025-06-26', ['proprietary']);
    expect([own.events, own.onTheWay.map(({ side }) => side)]).toEqual([[], ['proprietary']]);
  });
});

test('the journal of every day is balanced on each side, and its entries are all of the day', async () => {
  for (const date of datesIn(DAYS_A)) {
    const { channel, businessDate } = dayOf(date);
    const lines = await journalLines(book.pool, channel, businessDate, SIDES);
    const { totals } = journalOf(lines, SIDES);
    expect(totals.map(({ side, difference }) => [date, side, difference.amount])).toEqual([
      [date, 'client', '0.00'],
      [date, 'proprietary', '0.00'],
    ]);
    const { rows } = await book.pool.query<{ debit: string }>(
      `select coalesce(sum(amount) filter (where amount > 0), 0)::text as debit from entries where asset = 'CNY' and business_date = $1`,
      [date],
    );
    expect([date, String(lines.reduce((sum, { debit }) => sum + debit, 0n))]).toEqual([date, rows[0]?.debit]);
  }
});
