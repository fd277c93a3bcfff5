/** Answers of a risk questionnaire that cannot be scored. */
import type { ErrorEntry } from '../error-entry';

export const questionnaireRefusals = [
  {
    code: 'QUESTIONNAIRE_REVISED',
    status: 409,
    zh: '问卷已由版本 {shown} 更新为 {current}，请按新版作答。',
    en: 'The questionnaire was revised from version {shown} to {current}: answer the new one.',
  },
  {
    code: 'ANSWER_MISSING',
    status: 422,
    zh: '问题 {question} 未作答，请补答。',
    en: 'Question {question} is not answered: answer it.',
  },
  {
    code: 'ANSWER_NOT_OFFERED',
    status: 422,
    zh: '问题 {question} 没有所答选项，请从所列选项中选择。',
    en: 'Question {question} does not offer this answer: choose one of those shown.',
  },
] as const satisfies readonly ErrorEntry[];
