/** What a break most likely comes from: by its class, and by the other break that speaks of the same money or trade. */
import { findingClasses } from '../../../domain/clearing-files/finding-classes';
import { likelyCauses, type ComparedBreak } from '../../../domain/settlement/break-causes';

const found = (
  breakId: string,
  name: string,
  amountFen: bigint | null,
  trade: string | null = null,
  isCancelled = false,
): ComparedBreak => ({
  breakId,
  class: name,
  amountFen,
  trade,
  isCancelled,
});
const told = (...breaks: readonly ComparedBreak[]) =>
  likelyCauses(breaks).map(({ cause, matches }) => [cause, matches]);

it.each<[string, readonly ComparedBreak[], readonly (readonly [string, string | null])[]]>([
  [
    'one transfer, recorded at two times',
    [found('1', 'BANK_MISSING', 500n), found('2', 'BANK_EXTRA', -500n)],
    [
      ['transfer at another time', '2'],
      ['transfer at another time', '1'],
    ],
  ],
  [
    'a cent apart: two matters',
    [found('1', 'BANK_MISSING', 500n), found('2', 'BANK_EXTRA', -501n)],
    [
      ['transfer on the way', null],
      ['transfer of somebody else', null],
    ],
  ],
  [
    'the same trade at the counter and at the clearing house',
    [found('1', 'COUNTER_MISSING', null, 'T1'), found('2', 'CLEARING_MISSING', null, 'T1')],
    [
      ['trade under another number', '2'],
      ['trade under another number', '1'],
    ],
  ],
  [
    'no trade is named: not matched',
    [found('1', 'COUNTER_MISSING', null), found('2', 'CLEARING_MISSING', null)],
    [
      ['counter record lost', null],
      ['trade cancelled or reported late', null],
    ],
  ],
  [
    'the counter alone has it, and it is cancelled',
    [found('1', 'CLEARING_MISSING', null, 'T1', true), found('2', 'CLEARING_MISSING', null, 'T2')],
    [
      ['trade cancelled', null],
      ['trade cancelled or reported late', null],
    ],
  ],
  [
    'two of one class are no pair',
    [found('1', 'BANK_EXTRA', 5n), found('2', 'BANK_EXTRA', 5n)],
    [
      ['transfer of somebody else', null],
      ['transfer of somebody else', null],
    ],
  ],
  [
    'each is one side of one matter: two missing transfers are not one extra one',
    [found('1', 'BANK_MISSING', 500n), found('2', 'BANK_EXTRA', 500n), found('3', 'BANK_MISSING', 500n)],
    [
      ['transfer at another time', '2'],
      ['transfer at another time', '1'],
      ['transfer on the way', null],
    ],
  ],
  ['by its class alone', [found('1', 'FEE_MISMATCH', 7n)], [['rate in force', null]]],
  ['a class that nobody knows', [found('1', 'SOMETHING', 7n)], [['unknown', null]]],
])('%s', (_, breaks, causes) => {
  expect(told(...breaks)).toEqual(causes);
});

it('knows a cause for every class that can be a break, in both languages', () => {
  const classes = findingClasses.filter(({ outcome }) => outcome === 'break').map(({ class: name }) => name);
  expect(classes.length).toBeGreaterThan(10);
  const causes = likelyCauses(classes.map((name) => found(name, name, null)));
  expect(causes.filter(({ cause }) => cause === 'unknown').map((_, at) => classes[at])).toEqual([]);
  expect(causes.every(({ words }) => /[\u4e00-\u9fff]/.test(words.zh) && /^[a-z]/.test(words.en))).toBe(true);
});
