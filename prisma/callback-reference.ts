/** The reference data of callbacks: purposes, scripts and what follows from answers, read from prisma/reference as `reference.ts` does. */
import type { Inspected } from '../domain/samples/checklists';
import { join } from 'node:path';
import type { Dated } from '../domain/dated';
import { REFERENCE_FOLDER } from './reference';
import { linesOf, type Line } from './reference-lines';

interface Sourced extends Dated {
  readonly source: string;
}

export interface FollowUpReference extends Sourced {
  readonly followUp: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly role: string;
  /** A task of the role, or a request to suspend buying. */
  readonly act: 'task' | 'suspension' | 'complaint';
  /** Working days in which a task is done. */
  readonly days: number | null;
}

export interface CallbackPurposeReference extends Sourced {
  readonly purpose: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly script: string | null;
  readonly days: number | null;
  readonly ownerRole: string;
  readonly ladder: string;
  readonly askedBy: readonly string[];
}

/** How a callback ended, or what was heard in it besides the answers. */
const CAUSES = ['doubtful', 'doubt', 'refused', 'unreachable', 'wrong number'] as const;

export interface ConsequenceReference extends Sourced {
  readonly purpose: string;
  readonly cause: (typeof CAUSES)[number];
  readonly followUp: string;
}

export interface ScriptReference extends Sourced {
  readonly script: string;
  readonly version: number;
  readonly titleZh: string;
  readonly titleEn: string;
}

/** A line an answer that is offered. */
export interface CallbackQuestionReference {
  readonly script: string;
  readonly version: number;
  readonly question: string;
  readonly questionZh: string;
  readonly questionEn: string;
  readonly answer: string;
  readonly answerZh: string;
  readonly answerEn: string;
  readonly followUp: string | null;
}

/** What an inspector answers about a closed complaint or a recorded call. */
export interface ChecklistReference extends Sourced {
  readonly checked: Inspected;
  readonly item: string;
  readonly place: number;
  readonly nameZh: string;
  readonly nameEn: string;
}

export interface CallbackReference {
  readonly followUps: readonly FollowUpReference[];
  readonly purposes: readonly CallbackPurposeReference[];
  readonly consequences: readonly ConsequenceReference[];
  readonly scripts: readonly ScriptReference[];
  readonly questions: readonly CallbackQuestionReference[];
  readonly checklists: readonly ChecklistReference[];
}

export function readCallbackReference(folder: string = REFERENCE_FOLDER): CallbackReference {
  const read = <T>(file: string, row: (line: Line) => T): T[] => linesOf(join(folder, file), file).map(row);
  return {
    followUps: read('callback_follow_ups.csv', followUp),
    purposes: read('callback_purposes.csv', purpose),
    consequences: read('callback_consequences.csv', consequence),
    scripts: read('callback_scripts.csv', script),
    questions: read('callback_questions.csv', question),
    checklists: read('checklists.csv', checklistItem),
  };
}

const followUp = (line: Line): FollowUpReference => ({
  followUp: line.text('follow_up'),
  titleZh: line.text('title_zh'),
  titleEn: line.text('title_en'),
  role: line.text('role'),
  act: line.oneOf('act', ['task', 'suspension', 'complaint']),
  days: line.optionalCount('days'),
  ...line.dated(),
});

const checklistItem = (line: Line): ChecklistReference => ({
  checked: line.oneOf('checked', ['complaints', 'calls', 'requests']),
  item: line.text('item'),
  place: line.optionalCount('place') ?? 0,
  nameZh: line.text('name_zh'),
  nameEn: line.text('name_en'),
  ...line.dated(),
});

const purpose = (line: Line): CallbackPurposeReference => ({
  purpose: line.text('purpose'),
  nameZh: line.text('name_zh'),
  nameEn: line.text('name_en'),
  script: line.optional('script'),
  days: line.optionalCount('days'),
  ownerRole: line.text('owner_role'),
  ladder: line.text('ladder'),
  askedBy: line.optional('asked_by')?.split(';') ?? [],
  ...line.dated(),
});

const consequence = (line: Line): ConsequenceReference => ({
  purpose: line.text('purpose'),
  cause: line.oneOf('cause', CAUSES),
  followUp: line.text('follow_up'),
  ...line.dated(),
});

const script = (line: Line): ScriptReference => ({
  script: line.text('script'),
  version: line.count('version'),
  titleZh: line.text('title_zh'),
  titleEn: line.text('title_en'),
  ...line.dated(),
});

const question = (line: Line): CallbackQuestionReference => ({
  script: line.text('script'),
  version: line.count('version'),
  question: line.text('question'),
  questionZh: line.text('question_zh'),
  questionEn: line.text('question_en'),
  answer: line.text('answer'),
  answerZh: line.text('answer_zh'),
  answerEn: line.text('answer_en'),
  followUp: line.optional('follow_up'),
});
