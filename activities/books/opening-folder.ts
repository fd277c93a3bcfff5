/**
 * What the opening folder of a book holds: masters, rates and the balances of an evening, as the broker's systems export them.
 * Read strictly and as a whole: every defect is named with file, line and column before anything is written.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import iconv from 'iconv-lite';
import { z } from 'zod';
import { isCalendarDate } from '../../adapters/clearing-files/value-forms';
import { BusinessError } from '../../domain/errors';
import { parseScaled } from '../../domain/scaled';

const date = z.string().refine(isCalendarDate, 'YYYY-MM-DD');
const rate = z.string().regex(/^\d+(\.\d{1,12})?$/, 'a fraction such as 0.18');
const ratio = z.string().regex(/^\d+\.\d{5}$/, 'a ratio with five decimals');
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/, 'a time HH:MM');
const filled = z.string().min(1, 'not empty');
const money = z.string().regex(/^-?\d{1,15}\.\d{2}$/, 'an amount with two decimals');
const whole = z.string().regex(/^\d{1,15}$/, 'a whole number');
const side = z.enum(['C', 'P']);

const parametersSchema = z.object({
  firstDay: date,
  previousTradingDay: date,
  previousSettlementRatio: z.object({ buy: ratio, sell: ratio }),
  overdraftInterestPerYear: rate,
  reserveInterestPerYear: rate,
  penaltyPerDay: rate,
  interestDayBase: z.number().int().positive(),
  ratioField: z
    .object({ B: z.enum(['BL1', 'BL2']), S: z.enum(['BL1', 'BL2']) })
    .refine(({ B, S }) => B !== S, 'sales have the other field than purchases'),
  portfolioFeeMinimumCny: z.string().regex(/^\d+\.\d{2}$/, 'an amount with two decimals'),
  preFundingOnAddedDays: z.literal(false, 'false: funding in advance on added days is not built'),
  fundingLateFrom: time,
  files: z.object({ alarm: z.tuple([time, time]) }),
});
export type OpeningParameters = z.infer<typeof parametersSchema>;

const accountSchema = z
  .object({
    account: filled,
    kind: z.enum(['reserve', 'risk_fund', 'bank', 'cushion']),
    side,
    balance: money,
  })
  .refine(({ kind, balance }) => kind !== 'cushion' || !balance.startsWith('-'), {
    path: ['balance'],
    message: 'a cushion that is not below zero',
  });
const clientSchema = z.object({
  fund_account: filled,
  securities_account: z.string().regex(/^[A-Z]\d{9}$/, 'a letter and nine digits'),
  name: z.string(),
  branch: filled,
  seat: filled,
  side,
  kind: z.enum(['N', 'I']),
  commission_rate: rate,
  commission_min: z.string().regex(/^\d+\.\d{2}$/, 'an amount with two decimals'),
});
const cashSchema = z.object({ fund_account: filled, balance: money });
const holdingSchema = z.object({ securities_account: filled, code: filled, quantity: whole });
const securitySchema = z.object({
  code: z.string().regex(/^\d{5}$/, 'five digits'),
  name: filled,
  lot: z.string().regex(/^[1-9]\d{0,8}$/, 'a whole number above zero'),
  currency: filled,
  previous_close: z.string().regex(/^\d{1,10}(\.\d{1,4})?$/, 'a price with at most four decimals'),
});
const riskRateSchema = z.object({ code: filled, tier: filled, rate, from: date });

type Account = z.infer<typeof accountSchema>;
type Cash = z.infer<typeof cashSchema>;
type Holding = z.infer<typeof holdingSchema>;
type Security = z.infer<typeof securitySchema>;
type RiskRate = z.infer<typeof riskRateSchema>;

export interface OpeningClient {
  readonly fundAccount: string;
  readonly securitiesAccount: string;
  readonly name: string;
  readonly branch: string;
  readonly seat: string;
  readonly side: 'client' | 'proprietary';
  readonly kind: 'natural' | 'institution';
  readonly commissionRate: string;
  readonly commissionMinimumFen: bigint;
}

/** The folder's content; texts are as in the files and have the forms that the schemas say. */
export interface Opening {
  readonly parameters: OpeningParameters;
  readonly accounts: readonly Account[];
  readonly clients: readonly OpeningClient[];
  readonly cash: readonly Cash[];
  readonly holdings: readonly Holding[];
  readonly securities: readonly Security[];
  readonly riskRates: readonly RiskRate[];
  /** The list of securities as a file: it brings the closing prices of the opening evening. */
  readonly securitiesFile: { readonly path: string; readonly sha256: string; readonly bytes: number };
}

interface Defect {
  readonly place: string;
  readonly reason: string;
}

/** Most defects that one refusal names. */
const NAMED_DEFECTS = 20;

/** @throws BusinessError INPUT_INVALID that names every defect of the folder, up to twenty */
export function readOpening(folder: string): Opening {
  const defects: Defect[] = [];
  const parameters = readParameters(folder, defects);
  const accounts = readTable(folder, 'opening_accounts.csv', accountSchema, defects);
  const clients = readTable(folder, 'clients.csv', clientSchema, defects);
  const cash = readTable(folder, 'opening_cash.csv', cashSchema, defects);
  const holdings = readTable(folder, 'opening_holdings.csv', holdingSchema, defects);
  const securities = readTable(folder, 'securities.csv', securitySchema, defects);
  const riskRates = readTable(folder, 'risk_rates.csv', riskRateSchema, defects);
  if (defects.length === 0) {
    if (parameters !== undefined && parameters.previousTradingDay >= parameters.firstDay)
      defects.push({ place: 'params.json previousTradingDay', reason: 'a day before firstDay' });
    requireEverySideHas(accounts, defects);
    if (clients.length === 0) defects.push({ place: 'clients.csv', reason: 'at least one client' });
    const fundAccounts = once('clients.csv', clients, ['fund_account'], defects);
    const holders = once('clients.csv', clients, ['securities_account'], defects);
    const codes = once('securities.csv', securities, ['code'], defects);
    once('opening_accounts.csv', accounts, ['account'], defects);
    once('opening_cash.csv', cash, ['fund_account'], defects);
    once('opening_holdings.csv', holdings, ['securities_account', 'code'], defects);
    once('risk_rates.csv', riskRates, ['code', 'from'], defects);
    known('opening_cash.csv', cash, 'fund_account', fundAccounts, 'an account of clients.csv', defects);
    known('opening_holdings.csv', holdings, 'securities_account', holders, 'an account of clients.csv', defects);
    known('opening_holdings.csv', holdings, 'code', codes, 'a code of securities.csv', defects);
  }
  if (parameters === undefined || defects.length > 0) throw refusal(defects);
  return {
    parameters,
    accounts,
    clients: clients.map(clientOf),
    cash,
    holdings,
    securities,
    riskRates,
    securitiesFile: fingerprint(join(folder, 'securities.csv')),
  };
}

function refusal(defects: readonly Defect[]): BusinessError {
  const [first, ...others] = defects;
  const named = others.slice(0, NAMED_DEFECTS - 1).map(({ place, reason }) => `${place}: ${reason}`);
  const rest = others.length - named.length;
  const further = [...named, ...(rest > 0 ? [`+${rest}`] : [])];
  return new BusinessError('INPUT_INVALID', {
    field: first?.place ?? 'params.json',
    reason: [first?.reason ?? 'readable', ...further].join('; '),
  });
}

function readParameters(folder: string, defects: Defect[]): OpeningParameters | undefined {
  const name = 'params.json';
  try {
    const read = parametersSchema.safeParse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
    if (read.success) return read.data;
    for (const { path, message } of read.error.issues)
      defects.push({ place: [name, path.join('.')].join(' ').trim(), reason: message });
  } catch (error) {
    defects.push({ place: name, reason: error instanceof SyntaxError ? 'JSON' : 'a file of the opening folder' });
  }
  return undefined;
}

function readTable<Row>(folder: string, name: string, schema: z.ZodType<Row>, defects: Defect[]): Row[] {
  const lines = readLines(folder, name, defects);
  return lines.flatMap((line, index) => {
    const read = schema.safeParse(line);
    if (read.success) return [read.data];
    // The heading is line 1.
    for (const { path, message } of read.error.issues)
      defects.push({ place: `${name} line ${index + 2} ${path.join('.')}`, reason: message });
    return [];
  });
}

function readLines(folder: string, name: string, defects: Defect[]): readonly unknown[] {
  try {
    const text = iconv.decode(readFileSync(join(folder, name)), 'gbk');
    if (text.includes('\ufffd')) {
      const line = text.slice(0, text.indexOf('\ufffd')).split('\n').length;
      defects.push({ place: `${name} line ${line}`, reason: 'GBK text' });
      return [];
    }
    return parse(text, { columns: true, skip_empty_lines: true });
  } catch (error) {
    if (error instanceof CsvError) {
      const { lines } = error as { readonly lines?: unknown };
      const where = typeof lines === 'number' ? ` line ${lines}` : '';
      defects.push({ place: `${name}${where}`, reason: 'as many cells as its heading' });
    } else defects.push({ place: name, reason: 'a file of the opening folder' });
    return [];
  }
}

/** Reserve, risk-fund and bank account of each side, one each, and the cushion of the clients' side. */
function requireEverySideHas(accounts: readonly Account[], defects: Defect[]): void {
  for (const letter of ['C', 'P'] as const) {
    for (const kind of ['reserve', 'risk_fund', 'bank', ...(letter === 'C' ? ['cushion'] : [])]) {
      const count = accounts.filter((account) => account.kind === kind && account.side === letter).length;
      if (count !== 1)
        defects.push({ place: 'opening_accounts.csv', reason: `one ${kind} account of side ${letter}, not ${count}` });
    }
  }
}

/** Every value of a key stands once; answers the values. */
function once<Row>(name: string, rows: readonly Row[], columns: readonly (keyof Row & string)[], defects: Defect[]) {
  const seen = new Set<string>();
  for (const [index, row] of rows.entries()) {
    const key = columns.map((column) => String(row[column])).join(' ');
    if (seen.has(key)) defects.push({ place: `${name} line ${index + 2} ${columns.join('+')}`, reason: 'not twice' });
    seen.add(key);
  }
  return seen;
}

function known<Row>(
  name: string,
  rows: readonly Row[],
  column: keyof Row & string,
  values: ReadonlySet<string>,
  reason: string,
  defects: Defect[],
): void {
  for (const [index, row] of rows.entries())
    if (!values.has(String(row[column]))) defects.push({ place: `${name} line ${index + 2} ${column}`, reason });
}

const clientOf = (client: z.infer<typeof clientSchema>): OpeningClient => ({
  fundAccount: client.fund_account,
  securitiesAccount: client.securities_account,
  name: client.name,
  branch: client.branch,
  seat: client.seat,
  side: client.side === 'P' ? 'proprietary' : 'client',
  kind: client.kind === 'I' ? 'institution' : 'natural',
  commissionRate: client.commission_rate,
  commissionMinimumFen: parseScaled(client.commission_min, 2),
});

function fingerprint(path: string): Opening['securitiesFile'] {
  const bytes = readFileSync(path);
  return { path, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
}
