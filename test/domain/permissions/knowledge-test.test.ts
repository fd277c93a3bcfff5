import fc from 'fast-check';
import {
  drawQuestions,
  nextAttemptAt,
  testResult,
  type NextAttempt,
  type BankQuestion,
} from '../../../domain/permissions/knowledge-test';

const OPTIONS = ['A', 'B', 'C', 'D'];
const bank: readonly BankQuestion[] = Array.from({ length: 100 }, (_, nth) => ({
  questionNo: nth + 1,
  options: OPTIONS,
  rightOption: OPTIONS[nth % 4] ?? 'A',
}));
const draw = (seed: number, seen: readonly number[] = [], from = bank) =>
  drawQuestions({ bank: from, count: 10, seed, seen: new Set(seen) });
const numbers = (drawn: readonly { questionNo: number }[]) => drawn.map(({ questionNo }) => questionNo);

describe('drawing', () => {
  test('law: ten different ones of the bank, options all there, the same for the same seed whatever the order of the bank', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (seed) => {
        const drawn = draw(seed);
        expect(new Set(numbers(drawn)).size).toBe(10);
        for (const { questionNo, options } of drawn) {
          expect(bank[questionNo - 1]?.questionNo).toBe(questionNo);
          expect([...options].sort()).toEqual(OPTIONS);
        }
        expect(draw(seed, [], [...bank].reverse())).toEqual(drawn);
      }),
    );
  });

  test('every question and every order of options comes up', () => {
    const drawn = Array.from({ length: 500 }, (_, seed) => draw(seed)).flat();
    expect(new Set(numbers(drawn)).size).toBe(100);
    expect(new Set(drawn.map(({ options }) => options.join(''))).size).toBe(24);
    // 500 times 10 of 100: each 50 times on average; none is left out or preferred by far.
    const counts = numbers(drawn).reduce((sum, no) => sum.set(no, (sum.get(no) ?? 0) + 1), new Map<number, number>());
    expect(Math.min(...counts.values())).toBeGreaterThan(20);
    expect(Math.max(...counts.values())).toBeLessThan(90);
  });

  test('other questions after a failed attempt, seen ones only when no others are left', () => {
    const first = draw(7);
    expect(numbers(draw(8, numbers(first))).filter((no) => numbers(first).includes(no))).toEqual([]);
    const seen = Array.from({ length: 95 }, (_, nth) => nth + 1);
    expect(
      numbers(draw(9, seen))
        .filter((no) => no > 95)
        .sort(),
    ).toEqual([100, 96, 97, 98, 99]);
  });

  test('a bank that is too small is a mistake of ours', () => {
    expect(() => draw(1, [], bank.slice(0, 9))).toThrow(RangeError);
    expect(draw(1, [], bank.slice(0, 10))).toHaveLength(10);
  });
});

describe('judging', () => {
  const drawn = draw(1);
  const right = new Map(drawn.map(({ questionNo }) => [questionNo, bank[questionNo - 1]?.rightOption ?? '']));
  const [first = 0, second = 0] = numbers(drawn);
  const wrong = (no: number) => OPTIONS.find((option) => option !== right.get(no)) ?? '';
  const judge = (answers: ReadonlyMap<number, string>) => testResult({ drawn, bank, answers });

  test('all right passes, one wrong does not', () => {
    expect(judge(right)).toEqual({ faults: [], isPassed: true, right: 10 });
    expect(judge(new Map([...right, [first, wrong(first)]]))).toEqual({ faults: [], isPassed: false, right: 9 });
  });

  test('what cannot be judged is told together, and nothing is judged', () => {
    const notAsked = bank.find(({ questionNo }) => !right.has(questionNo))?.questionNo ?? 0;
    const answers = new Map([...right, [first, 'E'], [notAsked, 'A']]);
    answers.delete(second);
    expect(judge(answers)).toEqual({
      faults: [
        { code: 'QUESTION_NOT_ASKED', question: notAsked },
        { code: 'TEST_ANSWER_NOT_OFFERED', question: first },
        { code: 'TEST_ANSWER_MISSING', question: second },
      ],
    });
  });
});

test.each<[why: string, failedAt: string[], next: NextAttempt]>([
  ['none failed', [], { on: 'this day' }],
  ['ten minutes after the last', ['2025-06-23T02:00:00.000Z'], { on: 'this day', from: '2025-06-23T02:10:00.000Z' }],
  [
    'whatever the order',
    ['2025-06-23T03:00:00.000Z', '2025-06-23T02:00:00.000Z'],
    { on: 'this day', from: '2025-06-23T03:10:00.000Z' },
  ],
  [
    'the fourth of five',
    Array.from({ length: 4 }, () => '2025-06-23T02:00:00.000Z'),
    { on: 'this day', from: '2025-06-23T02:10:00.000Z' },
  ],
  ['the fifth of five', Array.from({ length: 5 }, () => '2025-06-23T02:00:00.000Z'), { on: 'another day' }],
])('the next attempt, %s', (_why, failedAt, next) => {
  expect(nextAttemptAt({ failedAt, pauseMinutes: 10, attemptsPerDay: 5 })).toEqual(next);
});
