import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verificationLines, verifyCases } from '../../cli/verify-cases';
import { BusinessError } from '../../domain/errors';

const CASES = join(__dirname, '../../samples/cases');
const folderWith = (files: Record<string, string | Uint8Array>) => {
  const folder = mkdtempSync(join(tmpdir(), 'cases-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
};
const table = (name: string) => readFileSync(join(CASES, `${name}.csv`), 'utf8');

it('agrees with every published case that we have the rule for', async () => {
  const results = await verifyCases(CASES);
  expect(results.flatMap(({ differences }) => differences)).toEqual([]);
  const counted = results.filter(({ hasRule }) => hasRule).map(({ table: name, rows }) => [name, rows]);
  expect(counted).toEqual([
    ['allocation', 36],
    ['business-deadlines', 27],
    ['callback-windows', 19],
    ['closing-blockers', 18],
    ['concentration', 21],
    ['default-charges', 17],
    ['election-accept', 21],
    ['eligibility', 33],
    ['four-eyes', 27],
    ['funding', 17],
    ['grade', 27],
    ['identity-numbers', 29],
    ['portfolio-fee', 21],
    ['questionnaire', 18],
    ['settlement-dates', 30],
    ['trade-fees', 33],
  ]);
  expect(verificationLines(results).at(-1)).toBe('394 rows, 0 differ');
});

it.each([
  ['trade-fees', ',13.27,-10013.27', ',13.28,-10013.27', '02', 'total_fees_hkd', '13.28', '13.27'],
  ['trade-fees', 'NO_RATE_FOR_DATE', 'OK', '01', 'outcome', 'OK', 'NO_RATE_FOR_DATE'],
  ['settlement-dates', 'N,2024-01-04', 'N,2024-01-05', '01', 'trade_settles', '2024-01-05', '2024-01-04'],
  ['settlement-dates', 'NOT_A_TRADING_DAY', 'OK', '05', 'outcome', 'OK', 'NOT_A_TRADING_DAY'],
  ['funding', 'FUND,3028765.43', 'FUND,3028765.44', '01', 'transfer_cny', '3028765.44', '3028765.43'],
  ['default-charges', '1,1000.00,3.89', '2,1000.00,3.89', '01', 'days', '2', '1'],
  ['portfolio-fee', 'Y,0.22,0.20', 'Y,0.22,0.21', '01', 'fee_cny', '0.21', '0.20'],
  ['portfolio-fee', '0,N,,', '0,Y,,', '05', 'row', 'Y', 'N'],
  ['allocation', '1,33.34', '1,33.33', '01', 'amount_cny', '33.33', '33.34'],
  [
    'business-deadlines',
    '09:30:00,2026-03-19T10:54:00',
    '09:30:01,2026-03-19T10:54:00',
    '01',
    'at_50',
    '2026-03-18T09:30:01',
    '2026-03-18T09:30:00',
  ],
  ['business-deadlines', ',CALENDAR_OUT_OF_RANGE,', ',OK,', '27', 'outcome', 'OK', 'CALENDAR_OUT_OF_RANGE'],
  [
    'eligibility',
    'N,ASSETS_BELOW_MINIMUM',
    'N,PERSON_RESTRICTED',
    '02',
    'failures',
    'PERSON_RESTRICTED',
    'ASSETS_BELOW_MINIMUM',
  ],
  [
    'closing-blockers',
    '2026-06-17,bought today',
    '2026-06-18,bought today',
    '02',
    'first_date',
    '2026-06-18',
    '2026-06-17',
  ],
  [
    'callback-windows',
    ',Y,,2026-06-15T10:00:00,',
    ',Y,,2026-06-15T10:00:01,',
    '01',
    'window_from',
    '2026-06-15T10:00:01',
    '2026-06-15T10:00:00',
  ],
  [
    'identity-numbers',
    '2026-06-15,CHECK_DIGIT_WRONG',
    '2026-06-15,VALID',
    '04',
    'result',
    'VALID',
    'CHECK_DIGIT_WRONG',
  ],
  ['election-accept', 'ACCEPTED,,ACCEPT:1000', 'ACCEPTED,,ACCEPT:999', '01', 'held_after', 'ACCEPT:999', 'ACCEPT:1000'],
  [
    'grade',
    'Y,APPLY,VIP,VIP,2026-01-12',
    'Y,APPLY,VIP,VIP,2026-01-13',
    '01',
    'granted_after',
    '2026-01-13',
    '2026-01-12',
  ],
  ['concentration', '20000,ALLOWED,GROUP', '20200,ALLOWED,GROUP', '01', 'max_quantity', '20200', '20000'],
  ['questionnaire', 'OK,10,', 'OK,11,', '01', 'score', '11', '10'],
  ['four-eyes', 'REFUSED,SAME_PERSON', 'REFUSED,SAME_PRINCIPAL', '02', 'codes', 'SAME_PRINCIPAL', 'SAME_PERSON'],
])('%s: a wrong "%s" is found', async (name, right, wrong, number, column, expected, computed) => {
  const folder = folderWith({ [`${name}.csv`]: table(name).replace(right, wrong) });
  const [result] = await verifyCases(folder);
  expect(result?.differences).toEqual([expect.objectContaining({ case: number, column, expected, computed })]);
  expect(result?.differ).toBe(1);
  const lines = verificationLines(result === undefined ? [] : [result]);
  expect(lines[1]).toBe(`  case ${number} ${column}: expected "${expected}", computed "${computed}"`);
  expect(lines.at(-1)).toBe(`${result?.rows} rows, 1 differ`);
});

it('answers dates beyond the calendar with its error', async () => {
  const header = table('settlement-dates').split('\n')[0];
  const rows = ['1,2026-12-29,CALENDAR_OUT_OF_RANGE,,,,,,', '2,2023-12-29,CALENDAR_OUT_OF_RANGE,,,,,,'];
  const [result] = await verifyCases(folderWith({ 'settlement-dates.csv': [header, ...rows].join('\r\n') }));
  expect(result).toMatchObject({ rows: 2, differ: 0 });
});

it('names a table without a rule and does not count it', async () => {
  const results = await verifyCases(
    folderWith({ 'horoscope.csv': 'case,sign\n1,leo\n', 'funding.csv': table('funding') }),
  );
  expect(verificationLines(results)).toEqual([
    'funding: 17 rows, 0 differ',
    'horoscope: no rule yet, not counted',
    '17 rows, 0 differ',
  ]);
});

describe('a table that cannot be read', () => {
  const header =
    'case,side,reserve_previous_cny,trade_net_cny,risk_payable_today_cny,risk_payable_previous_cny,portfolio_fee_payable_cny,corporate_receivable_cny,withdrawable_cny,trade_payable_cny,amount_cny,action,transfer_cny,transfer_from,transfer_to';
  const row = '1,CLIENT,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,NOTHING,0.00,,';

  it.each([
    ['', 1, 'no header line', 'an empty file'],
    ['case,side\n1,CLIENT\n', 1, 'missing columns: reserve_previous_cny', 'columns missing'],
    [`${header},side\n${row},CLIENT\n`, 1, 'a column stands twice', 'a column twice'],
    [`${header}\n${row}\n${row},\n`, 3, 'Invalid Record Length', 'a field too many'],
    [`${header}\n${row}\n${row}\n`, 3, 'case 1 stands twice', 'a case twice'],
    [`${header}\n${row.replace('0.00', '0')}\n`, 2, 'reserve_previous_cny "0"', 'money without decimals'],
    [`${header}\n${row.replace('0.00', ' 0.00')}\n`, 2, 'reserve_previous_cny " 0.00"', 'blanks are data'],
    [
      `${header}\n${row.replace('CLIENT', 'BOTH')}\n`,
      2,
      'side "BOTH" is none of CLIENT, PROPRIETARY',
      'an unknown word',
    ],
    [Buffer.from([0x63, 0xff, 0x0a]), 1, 'not UTF-8', 'no UTF-8'],
  ])('%#', async (content, line, reason, _why) => {
    const error: unknown = await verifyCases(folderWith({ 'funding.csv': content })).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BusinessError);
    const { code, details } = error as BusinessError;
    expect([code, details.table, details.line]).toEqual(['CASE_TABLE_MALFORMED', 'funding', line]);
    expect(details.reason).toContain(reason);
  });

  it('refuses what a rule may not be asked', async () => {
    const wrong = table('default-charges').replace('2025-06-26,2025-06-27', '2025-06-26,2025-06-25');
    const verification = verifyCases(folderWith({ 'default-charges.csv': wrong }));
    await expect(verification).rejects.toMatchObject({ code: 'CASE_TABLE_MALFORMED', details: { line: 2 } });
  });
});

it('says so when there is nothing to verify', async () => {
  await expect(verifyCases(join(CASES, 'nowhere'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(verifyCases(folderWith({ 'notes.txt': '' }))).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('reads a byte order mark away', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cases-'));
  cpSync(join(CASES, 'funding.csv'), join(folder, 'funding.csv'));
  writeFileSync(join(folder, 'funding.csv'), `\uFEFF${table('funding')}`);
  expect(verificationLines(await verifyCases(folder)).at(-1)).toBe('17 rows, 0 differ');
});
