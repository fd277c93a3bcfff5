/**
 * What risk a client can carry: the score of the questionnaire, its class and its level.
 *
 * Source    RATING §5 (a garbled table; the reading is ours), A2 §7 for the five levels. Scores and bands are dated
 *           rows, so that a correction is an entry.
 * Units     Whole points. Question 3 is a grid, years of experience by product: each product is a question of its own
 *           (`q3_bonds`), and all scores add up.
 * Bands     Both ends included; the bands of a scale meet, so that every score from the lowest to the highest has one.
 */
import type { BusinessDate } from '../calendar/business-date';
import { isInForce, type Dated } from '../dated';
import { BusinessError, type ErrorCode } from '../errors';

/** Classes of the rating rules: 保守型, 稳健型, 进取型. */
export const RISK_CLASSES = ['CONSERVATIVE', 'STEADY', 'AGGRESSIVE'] as const;
export type RiskClass = (typeof RISK_CLASSES)[number];

/** Levels of the permission rules: 保守型, 相对保守型, 稳健型, 相对积极型, 积极型. */
export const RISK_LEVELS = [
  'CONSERVATIVE',
  'RATHER_CONSERVATIVE',
  'STEADY',
  'RATHER_AGGRESSIVE',
  'AGGRESSIVE',
] as const;
export type RiskLevel = (typeof RISK_LEVELS)[number];

/** The score of one option of one question, in one version of the questionnaire. */
export interface AnswerScoreRow extends Dated {
  readonly version: string;
  readonly question: string;
  readonly option: string;
  readonly score: number;
}

/** A band of scores, both ends included. */
export interface RiskBandRow extends Dated {
  readonly scale: 'CLASS' | 'LEVEL';
  readonly code: RiskClass | RiskLevel;
  readonly fromScore: number;
  readonly toScore: number;
}

/** A version of the questionnaire: its questions in their order, each with the scores of its options. */
export interface Questionnaire {
  readonly version: string;
  readonly questions: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

export type AnswerFaultCode = Extract<ErrorCode, 'ANSWER_MISSING' | 'ANSWER_NOT_OFFERED'>;

/** An answer that cannot be scored. */
export interface AnswerFault {
  readonly code: AnswerFaultCode;
  readonly question: string;
}

/** The score with its bands, or every faulty answer in the order of the questions. */
export type QuestionnaireResult =
  | { readonly faults: readonly [AnswerFault, ...AnswerFault[]] }
  | { readonly faults: readonly []; readonly score: number; readonly class: RiskClass; readonly level: RiskLevel };

/**
 * The questionnaire in force on a date.
 * @throws BusinessError NOT_FOUND where none is
 * @throws RangeError where rows of two versions are, or an option stands twice: reference data of ours
 */
export function questionnaireOn(rows: readonly AnswerScoreRow[], date: BusinessDate): Questionnaire {
  const inForce = rows.filter((row) => isInForce(row, date));
  const version = inForce[0]?.version;
  if (version === undefined) throw new BusinessError('NOT_FOUND', { what: 'questionnaire', key: date });
  const questions = new Map<string, Map<string, number>>();
  for (const row of inForce) {
    if (row.version !== version) throw new RangeError(`questionnaires ${version} and ${row.version} on ${date}`);
    const options = questions.get(row.question) ?? new Map<string, number>();
    if (options.has(row.option)) throw new RangeError(`${row.question} has the option ${row.option} twice on ${date}`);
    questions.set(row.question, options.set(row.option, row.score));
  }
  return { version, questions };
}

/**
 * Scores the answers (`A`..`E` by question; empty is not answered).
 * @param bands those in force on the day of the answers
 * @throws RangeError where a score has not exactly one band of each scale: reference data of ours
 */
export function questionnaireResult(
  questionnaire: Questionnaire,
  answers: ReadonlyMap<string, string>,
  bands: readonly RiskBandRow[],
): QuestionnaireResult {
  const faults: AnswerFault[] = [];
  let score = 0;
  for (const [question, scores] of questionnaire.questions) {
    const answer = answers.get(question) ?? '';
    const points = scores.get(answer);
    if (points !== undefined) score += points;
    else faults.push({ code: answer === '' ? 'ANSWER_MISSING' : 'ANSWER_NOT_OFFERED', question });
  }
  const [fault, ...others] = faults;
  if (fault !== undefined) return { faults: [fault, ...others] };
  return {
    faults: [],
    score,
    class: bandOf(score, 'CLASS', RISK_CLASSES, bands),
    level: bandOf(score, 'LEVEL', RISK_LEVELS, bands),
  };
}

function bandOf<Code extends string>(
  score: number,
  scale: RiskBandRow['scale'],
  codes: readonly Code[],
  bands: readonly RiskBandRow[],
): Code {
  const [band, another] = bands.filter((row) => row.scale === scale && row.fromScore <= score && score <= row.toScore);
  const code = codes.find((candidate) => candidate === band?.code);
  if (code === undefined || another !== undefined) throw new RangeError(`score ${score} has not one ${scale} band`);
  return code;
}
