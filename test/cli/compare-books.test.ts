/** What may differ on a variant's books: only what rests on its changes, and held sections only where files are held. */
import path from 'node:path';
import type { BatchLine } from '../../cli/rehearsal/api-answers';
import { changedRows } from '../../cli/rehearsal/changed-rows';
import { compareBooks } from '../../cli/rehearsal/compare-books';
import { expectedFigures, readDaysFolder, readOverlay, type Overlay } from '../../cli/rehearsal/days-folder';
import { lineageOf } from '../../cli/rehearsal/lineage';

type Node = Record<string, unknown>;

const SAMPLES = path.join(__dirname, '../../samples');
const folder = readDaysFolder(path.join(SAMPLES, 'days-a'));
// Its row is a trade of client 6000000022 in 08009.
const variant = readOverlay(path.join(SAMPLES, 'faults-a/one_cent_row'), folder);
const lineage = lineageOf(folder, changedRows(folder, variant));
const cleanDay = (): Node & { readonly held: Record<string, string> } => ({
  ...(expectedFigures(folder, variant.day) as Node),
  held: {},
});
const compared = (
  books: Overlay['books'],
  found: Parameters<typeof compareBooks>[2]['found'],
  batches: readonly BatchLine[] = [],
) => compareBooks({ ...variant, books }, cleanDay(), { found, batches }, lineage);
const pathsOf = (figures: readonly { readonly path: string }[]) => figures.map(({ path: figure }) => figure);
const HELD = { trades: 'refused hk_jsmx20250626.dbf' };

test('as the clean day: equal', () => {
  expect(compared('as_base', cleanDay())).toMatchObject({ differences: [], allowed: [], faults: [] });
});

test('as the clean day, but something is held', () => {
  expect(compared('as_base', { ...cleanDay(), held: HELD }).faults).toEqual(['sections are held']);
});

test('as the clean day: what rests on a changed row may not differ either', () => {
  const found = cleanDay();
  (found['feesHKD'] as Node)['YHS'] = '0.00';
  expect(pathsOf(compared('as_base', found).differences)).toEqual(['feesHKD.YHS']);
});

test('held: what is held is not compared, everything else is', () => {
  const found = { ...cleanDay(), held: HELD } as ReturnType<typeof cleanDay>;
  delete (found as Node)['trades'];
  (found['rates'] as { reference: Node }).reference['buy'] = '0.00000';
  const { differences, faults, held } = compared('held', found);
  expect(pathsOf(differences)).toEqual(['rates.reference.buy']);
  expect(faults).toEqual([]);
  expect(held).toEqual(HELD);
});

test('held, and another file of the variant has a row that counts elsewhere', () => {
  const found = { ...cleanDay(), held: { reconciliation: 'missing hk_zqye20250626.dbf' } };
  (found as unknown as { feesHKD: Node }).feesHKD['YHS'] = '0.00';
  const { differences, allowed } = compared('held', found);
  expect(differences).toEqual([]);
  expect(pathsOf(allowed)).toEqual(['feesHKD.YHS']);
});

test('held, but nothing is', () => {
  expect(compared('held', cleanDay()).faults).toEqual(['nothing is held']);
});

test('differs: what rests on the row is allowed, what does not is not', () => {
  const found = cleanDay();
  const trades = found['trades'] as Record<'client' | 'proprietary', Node>;
  trades.client['net'] = '-9493683.27';
  trades.proprietary['net'] = '0.00';
  const { differences, allowed, faults } = compared('differs', found);
  expect(pathsOf(allowed)).toEqual(['trades.client.net']);
  expect(pathsOf(differences)).toEqual(['trades.proprietary.net']);
  expect(faults).toEqual([]);
});

test('differs, but nothing does', () => {
  expect(compared('differs', cleanDay()).faults).toEqual(['no figure differs']);
});

describe('the list of breaks', () => {
  const listed = (row: number) => ({
    ...cleanDay(),
    reconciliation: {
      breaks: [{ class: 'AMOUNT_TOLERANCE', file: 'hk_jsmx20250626.dbf', row, field: 'YSFJE' }],
    },
  });

  test.each(['as_base', 'differs'] as const)('%s: a break that the variant names stands in it', (books) => {
    expect(compared(books, listed(72)).differences).toEqual([]);
  });

  test('one that it does not name is a difference', () => {
    expect(pathsOf(compared('differs', listed(73)).differences)).toContain(
      'reconciliation.breaks[AMOUNT_TOLERANCE hk_jsmx20250626.dbf 73 YSFJE].class',
    );
  });
});

describe('what was posted', () => {
  const batch = (over: Partial<BatchLine>): BatchLine => ({
    batchId: '1',
    kind: 'share-movements',
    reverses: null,
    reversedBy: null,
    restsOn: [{ name: 'hk_zqbd20250626.dbf', state: 'refused' }],
    ...over,
  });

  test.each(['as_base', 'held', 'differs'] as const)(
    '%s: nothing that stands rests on a file not in force',
    (books) => {
      expect(compared(books, cleanDay(), [batch({})]).faults).toContain(
        'the batch share-movements rests on hk_zqbd20250626.dbf, which is refused',
      );
    },
  );

  test.each([
    { why: 'its files are in force', over: { restsOn: [{ name: 'hk_zqbd20250626.dbf', state: 'accepted' }] } as const },
    { why: 'it rests on our own books', over: { restsOn: [] } },
    { why: 'it was taken back', over: { reversedBy: '2' } },
    { why: 'it takes one back', over: { reverses: '1' } },
  ])('a batch is in order: $why', ({ over }) => {
    expect(compared('as_base', cleanDay(), [batch(over)]).faults).toEqual([]);
  });
});
