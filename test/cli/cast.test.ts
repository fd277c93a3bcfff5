/** What the people of a rehearsal decide to do with what the API shows them. */
import type { Break, TaskLine } from '../../cli/rehearsal/api-answers';
import { intentionFor, intentionForBreak, madeForm } from '../../cli/rehearsal/cast';

const OPENED = '2025-06-26T00:31:10.000Z';
const FIVE_MINUTES_LATER = '2025-06-26T00:36:10.000Z';

const task = (kind: string, side: TaskLine['side'], mark: TaskLine['mark'] = null): TaskLine => ({
  taskId: '7',
  kind,
  title: { zh: '', en: '' },
  role: 'operations',
  mark,
  side,
  revision: 2,
  openedAt: OPENED,
});

const decisions: readonly {
  readonly why: string;
  readonly person: string;
  readonly kind: string;
  readonly side: TaskLine['side'];
  readonly mark?: TaskLine['mark'];
  readonly act: 'make' | 'approve' | undefined;
}[] = [
  {
    why: 'the maker of client money makes',
    person: 'ops-client-1',
    kind: 'make-funding-order',
    side: 'client',
    act: 'make',
  },
  {
    why: 'the other one of the desk does not',
    person: 'ops-client-2',
    kind: 'make-funding-order',
    side: 'client',
    act: undefined,
  },
  { why: 'but approves', person: 'ops-client-2', kind: 'approve-order', side: 'client', act: 'approve' },
  {
    why: 'not in place of the head',
    person: 'ops-client-2',
    kind: 'approve-order',
    side: 'client',
    mark: 'head',
    act: undefined,
  },
  {
    why: 'the head checks second',
    person: 'ops-client-head',
    kind: 'approve-order',
    side: 'client',
    mark: 'head',
    act: 'approve',
  },
  { why: 'the maker never approves', person: 'ops-client-1', kind: 'approve-order', side: 'client', act: undefined },
  {
    why: 'commission is client money',
    person: 'ops-client-1',
    kind: 'make-commission-order',
    side: 'client',
    act: 'make',
  },
  {
    why: 'finance makes for the own side',
    person: 'fin-prop-1',
    kind: 'make-draw-back-order',
    side: 'proprietary',
    act: 'make',
  },
  {
    why: 'and its second person approves',
    person: 'fin-prop-2',
    kind: 'approve-order',
    side: 'proprietary',
    act: 'approve',
  },
  {
    why: 'operations leave the own side alone',
    person: 'ops-client-2',
    kind: 'approve-order',
    side: 'proprietary',
    act: undefined,
  },
  {
    why: 'nobody takes the emergency channel',
    person: 'ops-client-1',
    kind: 'emergency-channel',
    side: 'client',
    act: undefined,
  },
  { why: 'nobody calls the bank', person: 'fin-prop-1', kind: 'call-bank', side: 'proprietary', act: undefined },
  {
    why: 'work of no side is not theirs',
    person: 'ops-client-1',
    kind: 'make-funding-order',
    side: null,
    act: undefined,
  },
];

test.each(decisions)('$why', ({ person, kind, side, mark, act }) => {
  const intention = intentionFor(person, task(kind, side, mark));
  if (act === undefined) expect(intention).toBeUndefined();
  else expect(intention).toEqual({ key: `${act}:7:2`, person, at: FIVE_MINUTES_LATER, act, subject: '7' });
});

test('the maker fills in the amount of the facts, to the cent, and guesses none', () => {
  expect(madeForm({ taskId: '7', facts: { amount: '19004649.79' } })).toEqual({ amount: '19004649.79' });
  expect(() => madeForm({ taskId: '7', facts: {} })).toThrow('task 7 shows no amount');
  expect(() => madeForm({ taskId: '7', facts: { amount: 19004649.79 } })).toThrow('task 7 shows no amount');
});

describe('the supervisor', () => {
  const found = (foundAt: string, decision: Break['decision']): Break => ({
    breakId: '3',
    class: 'AMOUNT_TOLERANCE',
    fileName: 'hk_jsmx20250626.dbf',
    row: '72',
    difference: null,
    reason: { zh: '', en: '' },
    foundAt,
    decision,
  });
  const POSTED = '2025-06-26T12:00:00.000Z';

  test('signs for a break of the afternoon some minutes after posting', () => {
    expect(intentionForBreak(found('2025-06-26T10:42:31.000Z', null), POSTED)?.at).toBe('2025-06-26T12:05:00.000Z');
  });

  test('signs for a break that posting found some minutes after it was found', () => {
    expect(intentionForBreak(found('2025-06-26T12:10:00.000Z', null), POSTED)?.at).toBe('2025-06-26T12:15:00.000Z');
  });

  test('signs once', () => {
    const decided = { signedBy: 'supervisor-1', at: POSTED, reason: 'asked' };
    expect(intentionForBreak(found(POSTED, decided), POSTED)).toBeUndefined();
  });
});
