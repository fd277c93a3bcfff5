import { hkJsmx, hkTzxx, hkZjbd, hkZjhz } from '../../../adapters/clearing-files/layouts/shanghai';
import { DbfBytes, findingsIn, temporaryFolder } from './dbf-bytes';

const folder = temporaryFolder();
const clean = () => DbfBytes.sample('days-a/2025-06-26/hk_jsmx20250626.dbf');
const notices = () => DbfBytes.sample('days-a/2025-06-24/hk_tzxx20250624.dbf');

/** First, middle and last of the 267 records. */
const rows = [1, 134, 267];
const found = (file: DbfBytes) => findingsIn(folder, file.bytes, hkJsmx);
const bad = (row: number, field: string, value: string) => ({ class: 'BAD_VALUE', row, field, value });
const badBytes = (row: number, field: string, value: string) => ({ class: 'BAD_ENCODING', row, field, value });

describe.each(rows)('BAD_ENCODING in record %i', (row) => {
  it.each<[string, number[], string]>([
    ['0xFF, which some decoders take', [0xff, 0xfe], '\\xFF\\xFE'],
    ['0x80, which some decoders take as the euro', [0x80], '\\x80'],
    ['a first byte before a blank', [0xd6, 0x20, 0x41], '\\xD6 A'],
    ['a second byte out of range', [0x81, 0x7f], '\\x81\\x7F'],
    ['user-defined area', [0xaa, 0xa1], '\\xAA\\xA1'],
    ['no character at this place', [0xa2, 0xab], '\\xA2\\xAB'],
    ['good text around it', [0xd6, 0xd0, 0xff, 0xce, 0xc4], '中\\xFF文'],
    ['four bytes of GB18030', [0x81, 0x30, 0x81, 0x30], '\\x810\\x810'],
    ['UTF-8', [0xe4, 0xb8, 0xad, 0x20], '涓\\xAD'],
  ])('%s', async (_why, bytes, shown) => {
    expect(await found(clean().put(row, 'FJSM', bytes))).toEqual([badBytes(row, 'FJSM', shown)]);
  });

  it('a character that crosses the end of its field', async () => {
    const file = clean().put(row, 'FJSM', '');
    expect(await found(file.putAtEnd(row, 'FJSM', [0xd6]))).toEqual([badBytes(row, 'FJSM', `${' '.repeat(39)}\\xD6`)]);
  });

  it('a code that is no text is BAD_ENCODING only', async () => {
    expect(await found(clean().put(row, 'SCDM', [0xff, 0x20]))).toEqual([badBytes(row, 'SCDM', '\\xFF')]);
  });
});

it('a character cut in two by the end of its field spoils both fields', async () => {
  const file = retold(notices())
    .put(1, 'FJSM1', [...Buffer.alloc(79, 'x'), 0xb8])
    .put(1, 'FJSM2', [0xdb]);
  expect(await findingsIn(folder, file.bytes, hkTzxx)).toEqual([
    badBytes(1, 'FJSM1', `${'x'.repeat(79)}\\xB8`),
    badBytes(1, 'FJSM2', '\\xDB'),
  ]);
});

it('characters of names that GB18030 added to GBK are text', async () => {
  expect(await found(clean().put(5, 'FJSM', [0xfe, 0x9f, 0xa8, 0xbf]))).toEqual([]);
});

/** The notices of 24 June as a file of 26 June, the date of these tests. */
function retold(file: DbfBytes): DbfBytes {
  for (let row = 1; row <= file.recordCount; row++) file.put(row, 'TZRQ', '20250626');
  return file.put(file.rowWith({ TZLB: 'H05' }), 'RQ1', '20250626');
}

describe.each(rows)('BAD_VALUE: numbers in record %i', (row) => {
  it.each<[string, string, string]>([
    ['empty', 'YSFJE', ''],
    ['a word', 'YSFJE', 'ABC'],
    ['stars, as dBase writes what does not fit', 'YHS', '************'],
    ['one decimal', 'YSFJE', '1.5'],
    ['three decimals', 'YSFJE', '1.500'],
    ['no decimals', 'YSFJE', '100'],
    ['no point', 'YSFJE', '10050'],
    ['a decimal comma', 'YSFJE', '1,50'],
    ['thousands', 'YSFJE', '1,000.00'],
    ['two points', 'YSFJE', '1.0.00'],
    ['a plus sign', 'YSFJE', '+1.50'],
    ['a minus behind', 'YSFJE', '1.50-'],
    ['two minuses', 'YSFJE', '--1.50'],
    ['a minus alone', 'YSFJE', '-'],
    ['a minus and no number', 'YSFJE', '-.00'],
    ['a minus, a blank and a number', 'YSFJE', '- 1.50'],
    ['a blank within', 'YSFJE', '1 1.50'],
    ['nothing before the point', 'YSFJE', '.50'],
    ['nothing behind the point', 'YSFJE', '150.'],
    ['an exponent', 'YSFJE', '1E5.00'],
    ['decimals in a whole number', 'SL', '100.00'],
    ['a point in a whole number', 'SL', '100.'],
    ['a price with two decimals', 'JG1', '109.30'],
  ])('%s', async (_why, field, value) => {
    expect(await found(clean().putNumber(row, field, value))).toEqual([bad(row, field, value)]);
  });

  it('left-aligned', async () => {
    expect(await found(clean().put(row, 'YSFJE', '1.50'))).toEqual([bad(row, 'YSFJE', '1.50')]);
  });

  it('full-width digits', async () => {
    const file = clean().putNumber(row, 'YSFJE', '').putAtEnd(row, 'YSFJE', [0xa3, 0xb1, 0x2e, 0x35, 0x30]);
    expect(await found(file)).toEqual([bad(row, 'YSFJE', '１.50')]);
  });

  it('no bytes of a text at all', async () => {
    const file = clean().putNumber(row, 'SL', '').putAtEnd(row, 'SL', [0xff]);
    expect(await found(file)).toEqual([bad(row, 'SL', '\\xFF')]);
  });
});

it('numbers that are good: a minus before zero, leading zeros, the largest of the range', async () => {
  const fee = clean().rowWith({ YWLX: 'H60' });
  const file = clean()
    .putNumber(1, 'SYF', '-0.00')
    .putNumber(2, 'SYF', '000000000.00')
    .putNumber(fee, 'WBJE', '9999999999999.99');
  expect(await found(file)).toEqual([]);
});

it.each<[string, string, string]>([
  ['an amount of 10^13', 'WBJE', '10000000000000.00'],
  ['an amount as wide as its field', 'YSFJE', '999999999999999.99'],
  ['an amount below -10^13', 'WBYSF', '-10000000000000.00'],
  ['10^11 shares', 'CJSL', '100000000000'],
  ['a price of 100,000 HKD', 'JG1', '100000.0000'],
  ['a price below zero', 'JG1', '-0.0001'],
])('outside the range of the field: %s', async (_why, field, value) => {
  expect(await found(clean().putNumber(77, field, value))).toEqual([bad(77, field, value)]);
});

it('rows that are each in range, and together more than anything could sum', async () => {
  const file = clean();
  const fees = Array.from({ length: file.recordCount }, (_, index) => index + 1).filter(
    (row) => file.get(row, 'YWLX') === 'H60',
  );
  // Each almost 10^15 cents: the hundred and first would pass 10^17; 41 rows of H60 do not, 267 rows do.
  for (const row of fees) file.putNumber(row, 'WBJE', '9999999999999.99');
  expect(await found(file)).toEqual([]);
  for (let row = 1; row <= file.recordCount; row++) file.putNumber(row, 'WBJE', '9999999999999.99');
  expect(await found(file)).toEqual([bad(101, 'WBJE', '9999999999999.99')]);
});

describe('the row that no file of notices is without', () => {
  it('no settlement ratio at all', async () => {
    const file = retold(notices());
    file.mark(file.rowWith({ TZLB: 'H05' }), 0x2a);
    expect(await findingsIn(folder, file.bytes, hkTzxx)).toEqual([
      { class: 'BAD_VALUE', field: 'TZLB', fileValue: '', computed: 'H05' },
    ]);
  });

  it('a settlement ratio of another day only', async () => {
    const file = retold(notices());
    const row = file.rowWith({ TZLB: 'H05' });
    expect(await findingsIn(folder, file.put(row, 'RQ1', '20250625').bytes, hkTzxx)).toEqual([
      { class: 'DATE_MISMATCH', row, field: 'RQ1', value: '20250625' },
    ]);
  });
});

describe.each(rows)('BAD_VALUE: texts in record %i', (row) => {
  it.each<[string, string, string]>([
    ['account empty', 'ZQZH', ''],
    ['participant empty', 'JSBH', ''],
    ['ratio empty', 'WBHL', ''],
    ['trade number empty', 'CJBH', ''],
    ['date empty', 'JSRQ', ''],
    ['market code not 05', 'SCDM', '06'],
    ['business type not in the list', 'YWLX', 'H99'],
    ['business type with a blank before it', 'YWLX', ' H1'],
    ['clearing mark not in the list', 'QSBZ', 'X01'],
    ['movement type not in the list', 'BDLX', '009'],
    ['side not in the list', 'MMBZ', 'X'],
    ['currency not in the list', 'BZ', 'JPY'],
    ['31 June', 'JSRQ', '20250631'],
    ['month 13', 'JYRQ', '20251301'],
    ['29 February of a common year', 'JYRQ', '20250229'],
    ['a short date', 'JSRQ', '2025063'],
    ['a date with letters', 'JSRQ', '2025063O'],
    ['25 hours', 'CJSJ', '250000'],
    ['60 minutes', 'CJSJ', '096000'],
    ['a time of 25:61:99', 'CJSJ', '256199'],
    ['30 February', 'JYRQ', '20250230'],
    ['noughts for a date', 'JSRQ', '00000000'],
    ['a date of another century', 'JYRQ', '19990630'],
    ['a date that never comes', 'JSRQ', '99991231'],
    ['a ratio of nothing', 'WBHL', '0.00000'],
    ['a ratio of 100', 'WBHL', '100.00000'],
    ['a short time', 'CJSJ', '93000'],
    ['ratio with 4 decimals', 'WBHL', '0.9614'],
    ['ratio with 6 decimals', 'WBHL', '0.961400'],
    ['ratio below zero', 'WBHL', '-0.96140'],
    ['ratio not at the left', 'WBHL', ' 0.96140'],
    ['a word for the ratio', 'WBHL', 'N/A'],
  ])('%s', async (_why, field, value) => {
    expect(await found(clean().put(row, field, value))).toEqual([bad(row, field, value)]);
  });

  it.each([0x00, 0x09, 0x0a, 0x1f, 0x7f])('control character %i', async (byte) => {
    const shown = `a\\x${byte.toString(16).toUpperCase().padStart(2, '0')}b`;
    expect(await found(clean().put(row, 'FJSM', [0x61, byte, 0x62]))).toEqual([bad(row, 'FJSM', shown)]);
  });

  it.each([
    [0x58, 'X'],
    [0x00, '\\x00'],
    [0xff, '\\xFF'],
  ])('first byte %i is neither blank nor star', async (byte, shown) => {
    expect(await found(clean().mark(row, byte))).toEqual([{ class: 'BAD_VALUE', row, value: shown }]);
  });
});

describe('required for some business types', () => {
  it.each<[string, Record<string, string>, string, boolean]>([
    ['a trade has a code', { YWLX: 'H01' }, 'ZQDM1', true],
    ['a dividend has a code', { YWLX: 'H54' }, 'ZQDM1', true],
    ['a trade has a side', { YWLX: 'H01' }, 'MMBZ', true],
    ['a dividend has an event', { YWLX: 'H54' }, 'SQBH', true],
    ['a portfolio fee has no code', { YWLX: 'H60' }, 'ZQDM1', false],
    ['a dividend has no side', { YWLX: 'H54' }, 'MMBZ', false],
    ['a portfolio fee has no event', { YWLX: 'H60' }, 'SQBH', false],
    ['nobody needs a second code', { YWLX: 'H01' }, 'ZQDM2', false],
  ])('%s', async (_why, kind, field, isRequired) => {
    const file = clean();
    const row = file.rowWith(kind);
    expect(await found(file.put(row, field, ''))).toEqual(isRequired ? [bad(row, field, '')] : []);
  });

  it.each<[string, string, string, string]>([
    ['H05', 'BL1', '', 'settlement ratio for buys'],
    ['H05', 'BL2', '0.9614', 'a settlement ratio has 5 decimals'],
    ['H05', 'RQ1', '', 'the date that the ratio is for'],
    ['H10', 'SL1', '', 'a split has its new shares'],
    ['H05', 'BL1', '0.00000', 'a ratio of nothing converts nothing'],
    ['H05', 'BL2', '100.00000', 'a ratio is below 100'],
    ['H05', 'BL1', '00.96168', 'no leading zeros'],
    ['H05', 'RQ1', '20130626', 'before the link there was no ratio'],
    ['H10', 'RQ2', '21000101', 'nobody converts shares in 2100'],
    ['H10', 'SL2', '-1', 'no sign'],
    ['H10', 'SL2', '0', 'shares are not divided by nothing'],
    ['H10', 'SL1', '0', 'nobody loses all shares by a split'],
    ['H10', 'SL1', '100001', 'a split is below 100,000'],
    ['H10', 'SL2', '1.123456789', 'eight decimals are kept'],
    ['H07', 'JG1', '99999999999999', 'a price of fourteen digits'],
    ['H10', 'FZDM1', '', 'a split has a temporary code'],
    ['H10', 'LX2', 'NEW', 'ADD, UPD or DEL'],
    ['H10', 'LX2', 'Y', 'Y and N are for H01'],
    ['H07', 'JG1', '5,60', 'a price is a number'],
    ['H07', 'LX1', '4', '1 conditional, 2 unconditional, 3 compulsory'],
    ['H07', 'ZQDM', '', 'a takeover has a code'],
    ['H06', 'LX2', '', 'a meeting is new, changed or withdrawn'],
    ['H12', 'TZLB', 'H11', 'no notice of that kind'],
  ])('notice %s: %s = "%s", %s', async (kind, field, value) => {
    const file = retold(notices());
    expect(await findingsIn(folder, file.bytes, hkTzxx)).toEqual([]);
    const row = file.rowWith({ TZLB: kind });
    expect(await findingsIn(folder, file.put(row, field, value).bytes, hkTzxx)).toEqual([bad(row, field, value)]);
  });

  it.each<[string, Record<string, string>, string, string]>([
    ['margin is cleared, not settled under that name', { HZLB: 'J', YWLB: 'FK' }, 'YWLB', 'FKAJ'],
    ['risk money comes back in J rows only', { HZLB: 'Q', YWLB: 'GX' }, 'YWLB', 'FKTH'],
    ['the batch of cleared trades is open', { HZLB: 'Q', YWLB: 'JY' }, 'PCH', '1'],
    ['the batch of what settles is known', { HZLB: 'J', YWLB: 'FK' }, 'PCH', '0'],
    ['neither cleared nor settling', { HZLB: 'Q', YWLB: 'GX' }, 'HZLB', 'X'],
  ])('summary: %s', async (_why, kind, field, value) => {
    const file = DbfBytes.sample('days-a/2025-06-26/hk_zjhz20250626.dbf');
    const row = file.rowWith(kind);
    expect(await findingsIn(folder, file.put(row, field, value).bytes, hkZjhz)).toEqual([bad(row, field, value)]);
  });

  it('a row of the second part in the first part of the day', async () => {
    const file = DbfBytes.sample('days-a/2025-06-26/hk_zjbd20250626_1.dbf').put(4, 'PCH', '2');
    expect(await findingsIn(folder, file.bytes, hkZjbd, '1')).toEqual([bad(4, 'PCH', '2')]);
  });
});

describe('a file with a refused value', () => {
  it('lists every bad value of every row, in order, and goes no further', async () => {
    const file = clean()
      .put(3, 'SCDM', '06')
      .putNumber(3, 'SL', 'x')
      .put(100, 'FJSM', [0xff])
      .putNumber(267, 'YHS', '')
      // What later checks would find:
      .put(10, 'QSRQ', '20250627')
      .putNumber(20, 'SL', '-100')
      .put(30, 'CJBH', '2025062600000001')
      .mark(40, 0x2a);
    expect(await found(file)).toEqual([
      bad(3, 'SL', 'x'),
      bad(3, 'SCDM', '06'),
      badBytes(100, 'FJSM', '\\xFF'),
      bad(267, 'YHS', ''),
    ]);
  });
});
