/** What may differ on a variant's books: only what rests on the faulty row, and held sections only where files are held. */
import path from 'node:path';
import { compareBooks, restsOn } from '../../cli/rehearsal/compare-books';
import { expectedFigures, readDaysFolder, readOverlay } from '../../cli/rehearsal/days-folder';
import { concernedBy, recordWords } from '../../cli/rehearsal/faulty-rows';

type Node = Record<string, unknown>;

const SAMPLES = path.join(__dirname, '../../samples');
const folder = readDaysFolder(path.join(SAMPLES, 'days-a'));
const variant = (kind: string) => readOverlay(path.join(SAMPLES, 'faults-a', kind), folder);
const cleanDay = (): Node & { readonly held: Record<string, string> } => ({
  ...(expectedFigures(folder, variant('one_cent_row').day) as Node),
  held: {},
});

describe('whom a faulty row concerns', () => {
  test('the record is found by its number, in the faulty and in the clean file', () => {
    const file = path.join(SAMPLES, 'faults-a/one_cent_row/hk_jsmx20250626.dbf');
    expect(recordWords(file, 72)).toEqual(expect.arrayContaining(['H01', 'A900000022', '08009', '-64312.04']));
    expect(recordWords(file, 73)).not.toContain('-64312.04');
  });

  test('a line of a text file likewise, the first after the head being 1', () => {
    expect(recordWords(path.join(SAMPLES, 'days-a/static/clients.csv'), 1)[0]).toBe('6000000001');
  });

  test('an account that is not ours concerns also the client of the clean row', () => {
    const { accounts, securities, sides } = concernedBy(folder, variant('unknown_account'));
    expect([...accounts]).toEqual(expect.arrayContaining(['A999999999', 'A900000038', '6000000038']));
    expect(securities.has('08006')).toBe(true);
    expect([...sides]).toEqual(['client']);
  });

  test('a file that is missing has no row', () => {
    expect(concernedBy(folder, variant('missing_file'))).toEqual({
      accounts: new Set(),
      securities: new Set(),
      sides: new Set(),
    });
  });
});

// The row of one_cent_row: client account A900000022 = 6000000022, security 08009.
const reach: readonly { readonly why: string; readonly section: string; about: readonly string[]; rests: boolean }[] = [
  { why: 'money of its client', section: 'cash', about: ['6000000022', 'available'], rests: true },
  { why: 'money of another client', section: 'cash', about: ['6000000023', 'available'], rests: false },
  { why: 'its position', section: 'positions', about: ['A900000022', '08009'], rests: true },
  { why: 'another security of its client', section: 'positions', about: ['A900000022', '08001'], rests: false },
  { why: 'its security with another client', section: 'positions', about: ['A900000023', '08009'], rests: false },
  { why: 'trades of its side', section: 'trades', about: ['client', 'net'], rests: true },
  { why: 'trades of the other side', section: 'trades', about: ['proprietary', 'net'], rests: false },
  { why: 'risk money of its side', section: 'riskMoney', about: ['client', 'margin'], rests: true },
  { why: 'the forecast of the other side', section: 'forecastNext', about: ['proprietary', 'amount'], rests: false },
  { why: 'fees of the day', section: 'feesHKD', about: ['YHS'], rests: true },
  { why: 'the list of breaks', section: 'reconciliation', about: ['breaks'], rests: true },
  { why: 'the morning was over before the file came', section: 'funding', about: ['client', 'amount'], rests: false },
  {
    why: 'the clearing house reports accounts itself',
    section: 'accounts',
    about: ['reserve', 'client'],
    rests: false,
  },
  { why: 'ratios come from another file', section: 'rates', about: ['settlement', 'buy'], rests: false },
];

test.each(reach)('lineage: $why', ({ section, about, rests }) => {
  const concerned = concernedBy(folder, variant('one_cent_row'));
  expect(restsOn({ path: '', section, about, expected: '1', found: '2' }, concerned)).toBe(rests);
});

describe('the books of a variant', () => {
  const expected = cleanDay();
  const concerned = concernedBy(folder, variant('one_cent_row'));

  test('as the clean day: equal', () => {
    expect(compareBooks('as_base', expected, cleanDay(), concerned)).toMatchObject({ differences: [], faults: [] });
  });

  test('as the clean day, but something is held', () => {
    const found = { ...cleanDay(), held: { trades: 'refused hk_jsmx20250626.dbf' } };
    expect(compareBooks('as_base', expected, found, concerned).faults).toEqual(['sections are held']);
  });

  test('held: what is held is not compared, everything else is', () => {
    const found = { ...cleanDay(), held: { trades: 'refused hk_jsmx20250626.dbf' } };
    delete (found as Node)['trades'];
    Object.assign((found as Node)['feesHKD'] as Node, { YHS: '0.00' });
    const { differences, faults, held } = compareBooks('held', expected, found, concerned);
    expect(differences.map(({ path: at }) => at)).toEqual(['feesHKD.YHS']);
    expect(faults).toEqual([]);
    expect(held).toEqual({ trades: 'refused hk_jsmx20250626.dbf' });
  });

  test('held, but nothing is', () => {
    expect(compareBooks('held', expected, cleanDay(), concerned).faults).toEqual(['nothing is held']);
  });

  test('differs: what rests on the row is allowed, what does not is not', () => {
    const found = cleanDay();
    const trades = found['trades'] as Record<'client' | 'proprietary', Node>;
    trades.client['net'] = '-9493683.27';
    trades.proprietary['net'] = '0.00';
    const { differences, allowed, faults } = compareBooks('differs', expected, found, concerned);
    expect(allowed.map(({ path: at }) => at)).toEqual(['trades.client.net']);
    expect(differences.map(({ path: at }) => at)).toEqual(['trades.proprietary.net']);
    expect(faults).toEqual([]);
  });

  test('differs, but nothing does', () => {
    expect(compareBooks('differs', expected, cleanDay(), concerned).faults).toEqual(['no figure differs']);
  });
});
