import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import iconv from 'iconv-lite';
import type { Pool } from 'pg';
import { loadReference } from '../../../activities/books/load-reference';
import { openBook } from '../../../activities/books/open-book';
import { openDatabase, type TestDatabase } from '../../support/database';
import { DAYS_A } from '../../support/days-of-verbs';

const root = mkdtempSync(path.join(tmpdir(), 'open-book-'));
let book: TestDatabase;
beforeAll(async () => {
  book = await emptyBook();
});
afterAll(async () => {
  await book.close();
  rmSync(root, { recursive: true });
});

async function emptyBook(): Promise<TestDatabase> {
  const made = await openDatabase('open-book');
  await made.pool.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('x', 'test', 'manual', '2025-06-22T00:00:00Z')`,
  );
  await loadReference(made.pool);
  return made;
}

/** The published opening folder, changed. */
function folderWith(change: (folder: OpeningFolder) => void): string {
  const folder = mkdtempSync(path.join(root, 'static-'));
  cpSync(path.join(DAYS_A, 'static'), folder, { recursive: true });
  change(new OpeningFolder(folder));
  return folder;
}

class OpeningFolder {
  constructor(readonly path: string) {}
  private at = (name: string) => path.join(this.path, name);
  remove = (name: string) => rmSync(this.at(name));
  write = (name: string, bytes: string | Buffer) => writeFileSync(this.at(name), bytes);
  json = (change: (parameters: Record<string, unknown>) => void) => {
    const parameters = JSON.parse(readFileSync(this.at('params.json'), 'utf8')) as Record<string, unknown>;
    change(parameters);
    this.write('params.json', JSON.stringify(parameters));
  };
  /** One cell; line 1 is the heading. */
  cell = (name: string, line: number, column: string, value: string) => {
    const lines = iconv.decode(readFileSync(this.at(name)), 'gbk').split('\r\n');
    const cells = lines[line - 1]!.split(',');
    cells[lines[0]!.split(',').indexOf(column)] = value;
    lines[line - 1] = cells.join(',');
    this.write(name, iconv.encode(lines.join('\r\n'), 'gbk'));
  };
  lines = (name: string, change: (lines: string[]) => void) => {
    const lines = iconv
      .decode(readFileSync(this.at(name)), 'gbk')
      .trimEnd()
      .split('\r\n');
    change(lines);
    this.write(name, iconv.encode(`${lines.join('\r\n')}\r\n`, 'gbk'));
  };
}

const TABLES = [
  'broker_accounts',
  'clients',
  'client_names',
  'securities',
  'risk_rates',
  'settlement_ratios',
  'files',
  'batches',
  'entries',
];
async function rowsWritten(pool: Pool): Promise<bigint> {
  let sum = 0n;
  for (const table of TABLES) {
    const { rows } = await pool.query<{ count: bigint }>(`select count(*) from ${table}`);
    sum += rows[0]?.count ?? 0n;
  }
  const { rows } = await pool.query<{ count: bigint }>(
    `select count(*) from parameters where source = 'opening state of the book'`,
  );
  return sum + (rows[0]?.count ?? 0n);
}

type Case = readonly [why: string, change: (folder: OpeningFolder) => void, field: string, reason: string];
test.each<Case>([
  ['no parameters', (f) => f.remove('params.json'), 'params.json', 'a file of the opening folder'],
  ['parameters that are no JSON', (f) => f.write('params.json', '{'), 'params.json', 'JSON'],
  [
    'a rate as a number',
    (f) => f.json((p) => (p['penaltyPerDay'] = 0.001)),
    'params.json penaltyPerDay',
    'expected string',
  ],
  [
    'a rate in per cent',
    (f) => f.json((p) => (p['overdraftInterestPerYear'] = '18%')),
    'params.json overdraftInterestPerYear',
    'a fraction',
  ],
  [
    'a day that there is not',
    (f) => f.json((p) => (p['firstDay'] = '2025-02-30')),
    'params.json firstDay',
    'YYYY-MM-DD',
  ],
  [
    'an evening after the first day',
    (f) => f.json((p) => (p['previousTradingDay'] = '2025-06-23')),
    'params.json previousTradingDay',
    'a day before firstDay',
  ],
  [
    'a ratio with four decimals',
    (f) => f.json((p) => (p['previousSettlementRatio'] = { buy: '0.9232', sell: '0.92298' })),
    'params.json previousSettlementRatio.buy',
    'five decimals',
  ],
  [
    'one ratio field for both',
    (f) => f.json((p) => (p['ratioField'] = { B: 'BL1', S: 'BL1' })),
    'params.json ratioField',
    'the other field',
  ],
  [
    'funding in advance, which is not built',
    (f) => f.json((p) => (p['preFundingOnAddedDays'] = true)),
    'params.json preFundingOnAddedDays',
    'is not built',
  ],
  [
    'a negative cushion',
    (f) =>
      f.lines(
        'opening_accounts.csv',
        (l) => (l[l.findIndex((line) => line.includes('cushion'))] = 'CUSHION,cushion,C,-0.01'),
      ),
    'opening_accounts.csv line 8 balance',
    'a cushion that is not below zero',
  ],
  ['a missing table', (f) => f.remove('opening_cash.csv'), 'opening_cash.csv', 'a file of the opening folder'],
  [
    'a column less',
    (f) => f.lines('clients.csv', (l) => (l[0] = l[0]!.replace(',seat', ',seats'))),
    'clients.csv line 2 seat',
    'expected string',
  ],
  [
    'a cell too many',
    (f) => f.lines('opening_cash.csv', (l) => (l[4] += ',1.00')),
    'opening_cash.csv line 5',
    'as many cells as its heading',
  ],
  [
    'text that is not GBK',
    (f) =>
      f.write(
        'securities.csv',
        Buffer.from([...Buffer.from('code,name,lot,currency,previous_close\r\n08001,'), 0xff, 0xff]),
      ),
    'securities.csv line 2',
    'GBK text',
  ],
  ['no client at all', (f) => f.lines('clients.csv', (l) => l.splice(1)), 'clients.csv', 'at least one client'],
  [
    'a client twice',
    (f) => f.lines('clients.csv', (l) => l.push(l[1]!)),
    'clients.csv line 43 fund_account',
    'not twice',
  ],
  [
    'a securities account of another form',
    (f) => f.cell('clients.csv', 3, 'securities_account', 'A12'),
    'clients.csv line 3 securities_account',
    'a letter and nine digits',
  ],
  ['a side that there is not', (f) => f.cell('clients.csv', 3, 'side', 'X'), 'clients.csv line 3 side', '"C"|"P"'],
  [
    'a commission with one decimal',
    (f) => f.cell('clients.csv', 3, 'commission_min', '5.0'),
    'clients.csv line 3 commission_min',
    'two decimals',
  ],
  [
    'a negative commission',
    (f) => f.cell('clients.csv', 3, 'commission_rate', '-0.001'),
    'clients.csv line 3 commission_rate',
    'a fraction',
  ],
  [
    'cash of nobody',
    (f) => f.cell('opening_cash.csv', 2, 'fund_account', '6999999999'),
    'opening_cash.csv line 2 fund_account',
    'an account of clients.csv',
  ],
  [
    'cash without cents',
    (f) => f.cell('opening_cash.csv', 2, 'balance', '100'),
    'opening_cash.csv line 2 balance',
    'two decimals',
  ],
  [
    'shares of nobody',
    (f) => f.cell('opening_holdings.csv', 2, 'securities_account', 'A999999999'),
    'opening_holdings.csv line 2 securities_account',
    'an account of clients.csv',
  ],
  [
    'shares of an unknown security',
    (f) => f.cell('opening_holdings.csv', 2, 'code', '09999'),
    'opening_holdings.csv line 2 code',
    'a code of securities.csv',
  ],
  [
    'shares below zero',
    (f) => f.cell('opening_holdings.csv', 2, 'quantity', '-1'),
    'opening_holdings.csv line 2 quantity',
    'a whole number',
  ],
  [
    'half a share',
    (f) => f.cell('opening_holdings.csv', 2, 'quantity', '0.5'),
    'opening_holdings.csv line 2 quantity',
    'a whole number',
  ],
  ['a lot of nothing', (f) => f.cell('securities.csv', 2, 'lot', '0'), 'securities.csv line 2 lot', 'above zero'],
  [
    'no risk fund',
    (f) => f.lines('opening_accounts.csv', (l) => l.splice(3, 1)),
    'opening_accounts.csv',
    'one risk_fund account of side C, not 0',
  ],
  [
    'two reserve accounts of a side',
    (f) => f.lines('opening_accounts.csv', (l) => l.push('HKB0000002,reserve,C,0.00')),
    'opening_accounts.csv',
    'one reserve account of side C, not 2',
  ],
  [
    'an account of an unknown kind',
    (f) => f.cell('opening_accounts.csv', 2, 'kind', 'pocket'),
    'opening_accounts.csv line 2 kind',
    'reserve',
  ],
  [
    'a rate twice from one day',
    (f) => f.lines('risk_rates.csv', (l) => l.push(l[1]!)),
    'risk_rates.csv line 14 code+from',
    'not twice',
  ],
])('%s: refused by name, and nothing is written', async (_why, change, field, reason) => {
  const refused = openBook(book.pool, 'SH', folderWith(change));
  await expect(refused).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    details: { field, reason: expect.stringContaining(reason) as string },
  });
  expect(await rowsWritten(book.pool)).toBe(0n);
});

test('all defects are named at once', async () => {
  const folder = folderWith((f) => {
    f.json((p) => (p['penaltyPerDay'] = '0,001'));
    f.cell('clients.csv', 3, 'side', 'X');
    f.cell('securities.csv', 5, 'previous_close', '1.23456');
  });
  await expect(openBook(book.pool, 'SH', folder)).rejects.toMatchObject({
    details: {
      field: 'params.json penaltyPerDay',
      reason: expect.stringMatching(
        /a fraction.*; clients\.csv line 3 side: .*; securities\.csv line 5 previous_close: /,
      ) as string,
    },
  });
});

test('more than twenty defects are counted, and no value of a client is told', async () => {
  const folder = folderWith((f) =>
    f.lines('opening_cash.csv', (lines) =>
      lines.forEach((line, nth) => nth > 0 && (lines[nth] = line.replace('.', ':'))),
    ),
  );
  const refused = openBook(book.pool, 'SH', folder);
  await expect(refused).rejects.toThrow('; +21.');
  await expect(refused).rejects.toThrow(/^(?!.*60000000\d\d)[^]{1,3000}$/);
});

describe('a folder in order', () => {
  test('opens once: twice at once and again later change nothing', async () => {
    const made = await emptyBook();
    try {
      const folder = path.join(DAYS_A, 'static');
      const opened = { firstDay: '2025-06-23', openingEvening: '2025-06-20', clients: 41 };
      const [one, two] = await Promise.all([openBook(made.pool, 'SH', folder), openBook(made.pool, 'SH', folder)]);
      expect([one, two]).toEqual([opened, opened]);
      const written = await rowsWritten(made.pool);
      expect(await openBook(made.pool, 'SH', folder)).toEqual(opened);
      expect(await rowsWritten(made.pool)).toBe(written);
      const { rows } = await made.pool.query(
        `select asset, sum(amount)::bigint as sum from entries group by 1 having sum(amount) <> 0`,
      );
      expect(rows).toEqual([]);
    } finally {
      await made.close();
    }
  });

  test('a margin rate holds until the next one of its security begins', async () => {
    const made = await emptyBook();
    try {
      const folder = folderWith((f) => f.lines('risk_rates.csv', (l) => l.push('08001,P,0.04,2025-06-26')));
      await openBook(made.pool, 'SH', folder);
      const { rows } = await made.pool.query(
        `select rate, valid_from, valid_to from risk_rates where code = '08001' order by valid_from`,
      );
      expect(rows).toEqual([
        { rate: '0.03200000', valid_from: '2022-06-13', valid_to: '2025-06-26' },
        { rate: '0.04000000', valid_from: '2025-06-26', valid_to: null },
      ]);
    } finally {
      await made.close();
    }
  });
});
