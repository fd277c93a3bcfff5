/** What changed between two states: a table of cases. */
import { differenceOf, type Change } from '../../../domain/audit/difference';

const cases: readonly {
  readonly why: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly changes: readonly Change[];
}[] = [
  { why: 'nothing before and nothing after', before: null, after: null, changes: [] },
  { why: 'the same fields in another order', before: { a: 1, b: [1] }, after: { b: [1], a: 1 }, changes: [] },
  {
    why: 'made: every field is added',
    before: null,
    after: { state: 'made', amount: '1.00' },
    changes: [
      { path: '/amount', kind: 'added', after: '1.00' },
      { path: '/state', kind: 'added', after: 'made' },
    ],
  },
  {
    why: 'removed: every field is removed',
    before: { state: 'made' },
    after: null,
    changes: [{ path: '/state', kind: 'removed', before: 'made' }],
  },
  {
    why: 'a value changed, one added, one removed, one the same',
    before: { kept: 1, gone: true, state: 'made' },
    after: { kept: 1, state: 'approved', by: 'x' },
    changes: [
      { path: '/by', kind: 'added', after: 'x' },
      { path: '/gone', kind: 'removed', before: true },
      { path: '/state', kind: 'changed', before: 'made', after: 'approved' },
    ],
  },
  {
    why: 'a nested field only, not the whole around it',
    before: { terms: { rate: '0.0027', source: 'a' } },
    after: { terms: { rate: '0.0028', source: 'a' } },
    changes: [{ path: '/terms/rate', kind: 'changed', before: '0.0027', after: '0.0028' }],
  },
  {
    why: 'lists by place: the second changed, the third added',
    before: { lines: [{ n: 1 }, { n: 2 }] },
    after: { lines: [{ n: 1 }, { n: 3 }, { n: 4 }] },
    changes: [
      { path: '/lines/1/n', kind: 'changed', before: 2, after: 3 },
      { path: '/lines/2', kind: 'added', after: { n: 4 } },
    ],
  },
  {
    why: 'a list made shorter, places past nine in their order',
    before: Array.from({ length: 12 }, (_, n) => n),
    after: Array.from({ length: 9 }, (_, n) => n),
    changes: [9, 10, 11].map((n) => ({ path: `/${n}`, kind: 'removed' as const, before: n })),
  },
  {
    why: 'another kind of value: an object where a list was',
    before: { of: [1] },
    after: { of: { 0: 1 } },
    changes: [{ path: '/of', kind: 'changed', before: [1], after: { 0: 1 } }],
  },
  {
    why: 'null is a value of a field, and not the same as no field',
    before: { due: null, done: '10:00' },
    after: { done: null },
    changes: [
      { path: '/done', kind: 'changed', before: '10:00', after: null },
      { path: '/due', kind: 'removed', before: null },
    ],
  },
  {
    why: 'text and number are not the same',
    before: { n: '1' },
    after: { n: 1 },
    changes: [{ path: '/n', kind: 'changed', before: '1', after: 1 }],
  },
  {
    why: 'names that a pointer has to write differently',
    before: { 'a/b': 1, 'c~d': 1 },
    after: { 'a/b': 2, 'c~d': 2 },
    changes: [
      { path: '/a~1b', kind: 'changed', before: 1, after: 2 },
      { path: '/c~0d', kind: 'changed', before: 1, after: 2 },
    ],
  },
  {
    why: 'a state that is no object',
    before: 'open',
    after: 'closed',
    changes: [{ path: '', kind: 'changed', before: 'open', after: 'closed' }],
  },
];

it.each(cases)('$why', ({ before, after, changes }) => {
  expect(differenceOf(before, after)).toEqual(changes);
});
