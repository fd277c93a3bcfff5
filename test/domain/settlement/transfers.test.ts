import {
  arrivedFen,
  carriedOut,
  lessUnderWayFen,
  orderedTransfers,
  stillToSendFen,
  transfersIn,
} from '../../../domain/settlement/transfers';

test.each<[why: string, orders: readonly number[], transfers: readonly (readonly [number, string])[], done: object]>([
  ['in one sum', [100], [[100, '09:30']], { 1: '09:30' }],
  ['not in', [100], [], {}],
  [
    'in two parts: at the second',
    [100],
    [
      [60, '09:30'],
      [40, '09:50'],
    ],
    { 1: '09:50' },
  ],
  [
    'a fen short of two parts',
    [100],
    [
      [60, '09:30'],
      [39, '09:50'],
    ],
    {},
  ],
  ['one sum is of one of two alike', [100, 100], [[100, '09:30']], { 1: '09:30' }],
  [
    'two sums are of both',
    [100, 100],
    [
      [100, '09:30'],
      [100, '10:52'],
    ],
    { 1: '09:30', 2: '10:52' },
  ],
  [
    'the second in one sum, the first in parts',
    [100, 30],
    [
      [60, '09:30'],
      [30, '09:40'],
      [40, '09:50'],
    ],
    { 1: '09:50', 2: '09:40' },
  ],
  ['what is left of one part goes to the next', [100, 30], [[130, '09:30']], { 1: '09:30', 2: '09:30' }],
  ['no order, nothing is carried out', [], [[100, '09:30']], {}],
])('%s', (_why, orders, transfers, done) => {
  const ordered = orders.map((fen, index) => ({ orderKey: String(index + 1), amountFen: BigInt(fen) }));
  const moved = transfers.map(([fen, at]) => ({ amountFen: BigInt(fen), at }));
  expect(Object.fromEntries(carriedOut(ordered, moved))).toEqual(done);
});

/** Needed 100: what is left to send is 100 less what came less the orders that nothing carried out. */
test.each<[why: string, orders: readonly number[], moved: readonly number[], rest: number, uncovered: number]>([
  ['nothing ordered, nothing in', [], [], 100, 100],
  ['ordered and not in: on its way', [60], [], 40, 40],
  ['in, and of the order', [60], [60], 40, 100],
  ['one of two is in', [60, 30], [30], 10, 40],
  ['in by hand beside an order', [60], [40], 0, 40],
  ['a part of an order is in: all of it still counts as on its way', [60], [20], 20, 40],
  ['twice what was ordered', [60], [60, 60], -20, 100],
  ['a smaller plan than what is on its way', [60, 60], [], -20, -20],
])('%s', (_why, orders, moved, rest, uncovered) => {
  const ordered = orderedTransfers(
    orders.map((fen, index) => ({ orderKey: String(index + 1), amountFen: String(fen) })),
  );
  const transfers = transfersIn(moved.map((fen) => ({ business: 'ZR', amountFen: String(fen), at: '09:30' })));
  expect(stillToSendFen(-100n, ordered, transfers)).toBe(BigInt(rest));
  expect(lessUnderWayFen(100n, ordered, transfers)).toBe(BigInt(uncovered));
});

test('only what was sent in has arrived', () => {
  const at = '09:30';
  const movements = [
    { business: 'ZR', amountFen: '70', at },
    { business: 'ZC', amountFen: '-50', at },
    { business: 'JS', amountFen: '-10', at },
    { business: 'ZR', amountFen: '5', at },
  ];
  expect(transfersIn(movements)).toEqual([
    { amountFen: 70n, at },
    { amountFen: 5n, at },
  ]);
  expect(arrivedFen(transfersIn(movements))).toBe(75n);
});
