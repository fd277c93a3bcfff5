import fc from 'fast-check';
import { parseBusinessDate as d } from '../../../domain/calendar/business-date';
import {
  questionnaireOn,
  questionnaireResult,
  RISK_CLASSES,
  RISK_LEVELS,
  type QuestionnaireResult,
} from '../../../domain/rating/questionnaire';
import { readReference } from '../../../prisma/reference';
import { codeOf } from '../refusals';

// The published case table runs in verify-cases.test.ts; here stands what it leaves open.
const { answerScores, riskBands } = readReference();
const questionnaire = questionnaireOn(answerScores, d('2026-06-15'));
const questions = [...questionnaire.questions.keys()];
const result = (answers: ReadonlyMap<string, string>) => questionnaireResult(questionnaire, answers, riskBands);
const scored = (found: QuestionnaireResult) => {
  if (!('score' in found)) throw new Error('not scored');
  return { ...found, rank: [RISK_CLASSES.indexOf(found.class), RISK_LEVELS.indexOf(found.level)] as const };
};
const optionsOf = (question: string) => [...(questionnaire.questions.get(question)?.keys() ?? [])];
const someAnswers = fc
  .tuple(...questions.map((question) => fc.constantFrom(...optionsOf(question))))
  .map((options) => new Map(options.map((option, i) => [questions[i] ?? '', option])));

it('asks twelve questions, the third of seven products', () => {
  expect(questions).toHaveLength(18);
  expect(new Set(questions.map((question) => question.split('_')[0])).size).toBe(12);
  // Source: the two fourth options and the fifth ones that the garbled table leaves room for.
  expect(questions.map((question) => optionsOf(question).length)).toEqual([
    5, 5, 4, 4, 4, 4, 4, 4, 4, 3, 4, 3, 5, 3, 4, 5, 5, 5,
  ]);
});

it('lists every faulty answer, in the order of the questions', () => {
  const everyWrong = new Map(questions.map((question, i) => [question, i % 2 === 0 ? '' : 'F']));
  expect(result(everyWrong).faults.map(({ question }) => question)).toEqual(questions);
  expect(result(new Map()).faults.every(({ code }) => code === 'ANSWER_MISSING')).toBe(true);
  expect(result(new Map([['q1', 'a']])).faults[0]).toEqual({ code: 'ANSWER_NOT_OFFERED', question: 'q1' });
});

it.each([
  ['2014-11-16', 'NOT_FOUND', 'before the first version'],
  ['2014-11-17', undefined, 'its first day'],
])('on %s: %s (%s)', (date, code, _why) => {
  expect(codeOf(() => questionnaireOn(answerScores, d(date)))).toBe(code);
});

it('changes the version on the day and not before', () => {
  const rows = [
    ...answerScores.map((row) => ({ ...row, validTo: '2026-07-01' })),
    ...answerScores.map((row) => ({ ...row, version: '2', score: 9 - row.score, validFrom: '2026-07-01' })),
  ];
  expect(questionnaireOn(rows, d('2026-06-30')).version).toBe('1');
  expect(questionnaireOn(rows, d('2026-07-01')).version).toBe('2');
});

it('refuses rows of two versions, an option twice, and scores without a band', () => {
  const [first] = answerScores;
  if (first === undefined) throw new Error('no scores');
  expect(() => questionnaireOn([first, { ...first, version: '2', option: 'B' }], d('2026-06-15'))).toThrow(RangeError);
  expect(() => questionnaireOn([first, first], d('2026-06-15'))).toThrow(RangeError);
  const best = new Map(questions.map((question) => [question, optionsOf(question)[0] ?? '']));
  const bands = (change: (band: (typeof riskBands)[number]) => (typeof riskBands)[number][]) =>
    riskBands.flatMap(change);
  expect(() => questionnaireResult(questionnaire, best, [])).toThrow(RangeError);
  expect(() =>
    questionnaireResult(
      questionnaire,
      best,
      bands((band) => [band, band]),
    ),
  ).toThrow(RangeError);
});

describe('laws', () => {
  it('scores lie within 9 and 100, and every score has a class and a level', () => {
    fc.assert(
      fc.property(someAnswers, (answers) => {
        const { score } = scored(result(answers));
        expect(score).toBeGreaterThanOrEqual(9);
        expect(score).toBeLessThanOrEqual(100);
      }),
    );
  });

  it('a higher score has no lower class and no lower level', () => {
    fc.assert(
      fc.property(someAnswers, someAnswers, (some, others) => {
        const [lower, higher] = [scored(result(some)), scored(result(others))].sort((a, b) => a.score - b.score);
        expect(lower?.rank[0]).toBeLessThanOrEqual(higher?.rank[0] ?? -1);
        expect(lower?.rank[1]).toBeLessThanOrEqual(higher?.rank[1] ?? -1);
      }),
    );
  });

  it('one answer changed changes the score by the difference of the two options', () => {
    fc.assert(
      fc.property(someAnswers, fc.constantFrom(...questions), fc.nat(4), (answers, question, choice) => {
        const options = optionsOf(question);
        const option = options[choice % options.length] ?? '';
        const scores = questionnaire.questions.get(question);
        const gain = (scores?.get(option) ?? 0) - (scores?.get(answers.get(question) ?? '') ?? 0);
        const changed = new Map(answers).set(question, option);
        expect(scored(result(changed)).score).toBe(scored(result(answers)).score + gain);
      }),
    );
  });
});
