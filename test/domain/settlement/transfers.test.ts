import { carriedOut } from '../../../domain/settlement/transfers';

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
