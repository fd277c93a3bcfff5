/** The comparison of a day with its expected figures: each kind of difference planted in a published day is found, alone. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { compareFigures } from '../../cli/rehearsal/compare-figures';

type Node = Record<string, unknown>;

const DAY = path.join(__dirname, '../../samples/days-a/2025-06-26/expected.json');
const day = (): Node => JSON.parse(readFileSync(DAY, 'utf8')) as Node;
/** The object, or the list, at a place of the day. */
const part = (found: Node, ...path: readonly string[]): Node =>
  path.reduce<Node>((node, name) => node[name] as Node, found);
const list = (found: Node, name: string) => found[name] as unknown[];
/** Leaves of the file, an empty list or object counting as one. */
const FIGURES = 2286;

test('a day equals itself, figure by figure', () => {
  expect(compareFigures(day(), day())).toEqual({ compared: FIGURES, differences: [] });
});

const planted: readonly {
  readonly why: string;
  readonly change: (found: Node) => void;
  readonly differences: readonly (readonly [path: string, expected: string | undefined, found: string | undefined])[];
}[] = [
  {
    why: 'a cent more',
    change: (found) => (part(found, 'trades', 'client')['net'] = '-9493683.27'),
    differences: [['trades.client.net', '-9493683.26', '-9493683.27']],
  },
  {
    why: 'another sign',
    change: (found) => (part(found, 'funding', 'proprietary')['amount'] = '6265502.56'),
    differences: [['funding.proprietary.amount', '-6265502.56', '6265502.56']],
  },
  {
    why: 'the same number, but not as text',
    change: (found) => (part(found, 'feesHKD')['SYF'] = 0),
    differences: [['feesHKD.SYF', '0.00', '(0)']],
  },
  {
    why: 'a figure is not there',
    change: (found) => delete part(found, 'rates', 'settlement')['sell'],
    differences: [['rates.settlement.sell', '0.96140', undefined]],
  },
  {
    why: 'a figure is null',
    change: (found) => (part(found, 'rates', 'settlement')['sell'] = null),
    differences: [['rates.settlement.sell', '0.96140', '(null)']],
  },
  {
    why: 'a figure nobody expects',
    change: (found) => (part(found, 'funding', 'client')['bonus'] = '1.00'),
    differences: [['funding.client.bonus', undefined, '1.00']],
  },
  {
    why: 'a section is not there, though it is empty',
    change: (found) => delete found['defaults'],
    differences: [['defaults', 'none', undefined]],
  },
  {
    why: 'a default where there was none',
    change: (found) => list(found, 'defaults').push({ side: 'client', intraday: '1.00' }),
    differences: [
      ['defaults[client].side', undefined, 'client'],
      ['defaults[client].intraday', undefined, '1.00'],
    ],
  },
  {
    why: 'an entry too few is that entry, not all that follow it',
    change: (found) => list(found, 'overdrafts').shift(),
    differences: [
      ['overdrafts[6000000002].fundAccount', '6000000002', undefined],
      ['overdrafts[6000000002].amount', '2172.72', undefined],
      ['overdrafts[6000000002].cause', 'fx', undefined],
      ['overdrafts[6000000002].parts.fx', '3973.13', undefined],
      ['overdrafts[6000000002].parts.portfolioFee', '0.34', undefined],
    ],
  },
  {
    why: 'a position of one share more',
    change: (found) => ((list(found, 'positions')[0] as [string, string, number])[2] += 1),
    differences: [['positions[A900000001 08001][2]', '(19)', '(20)']],
  },
  {
    why: 'two transfers of one side: the second is told apart',
    change: (found) => list(found, 'transfers').push({ ...(list(found, 'transfers')[0] as Node), amount: '5.00' }),
    differences: [
      ['transfers[client bankToReserve #2].side', undefined, 'client'],
      ['transfers[client bankToReserve #2].time', undefined, '10:18'],
      ['transfers[client bankToReserve #2].direction', undefined, 'bankToReserve'],
      ['transfers[client bankToReserve #2].amount', undefined, '5.00'],
    ],
  },
  { why: 'the order of clients is no figure', change: (found) => list(found, 'cash').reverse(), differences: [] },
  {
    why: 'process and held sections are no figures',
    change: (found) => Object.assign(found, { workflowId: 'settlement-day:SH:2025-06-26', held: {} }),
    differences: [],
  },
];

test.each(planted)('$why', ({ change, differences }) => {
  const found = day();
  change(found);
  const told = compareFigures(day(), found).differences.map((one) => [one.path, one.expected, one.found]);
  expect(told).toEqual(differences);
});

test('the first position of the published day is what the table above says', () => {
  expect(list(day(), 'positions')[0]).toEqual(['A900000001', '08001', 19]);
});

test('sections that are held are not compared, parts of sections by their dot', () => {
  const found = day();
  delete found['trades'];
  delete part(found, 'rates')['settlement'];
  part(found, 'rates', 'reference')['buy'] = '0';
  const { compared, differences } = compareFigures(day(), found, ['trades', 'rates.settlement']);
  // Trades: two sides of five figures; the settlement ratios: two.
  expect(compared).toBe(FIGURES - 10 - 2);
  expect(differences.map(({ path: at }) => at)).toEqual(['rates.reference.buy']);
});
