/** Answers of a knowledge test that cannot be judged. */
import type { ErrorEntry } from '../error-entry';

export const knowledgeTestRefusals = [
  {
    code: 'QUESTION_NOT_ASKED',
    status: 422,
    zh: '第 {question} 题不在本次试卷内，请只作答所出的题目。',
    en: 'Question {question} was not asked in this attempt: answer those that were.',
  },
  {
    code: 'TEST_ANSWER_MISSING',
    status: 422,
    zh: '第 {question} 题未作答，请补答。',
    en: 'Question {question} is not answered: answer it.',
  },
  {
    code: 'TEST_ANSWER_NOT_OFFERED',
    status: 422,
    zh: '第 {question} 题没有所答选项，请从所列选项中选择。',
    en: 'Question {question} does not offer this answer: choose one of those shown.',
  },
] as const satisfies readonly ErrorEntry[];

export type KnowledgeTestRefusal = (typeof knowledgeTestRefusals)[number]['code'];
