/**
 * A course of faults: what goes wrong on which days, and what must come of it, written down before (samples/courses/README.md). One
 * JSON file a course; money is text with two decimals, moments are Shanghai time.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { changeForm, dateForm, momentForm } from '../../../simulators/courses/changes';

const text = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });

/** A disorder of one of the outside's systems, on from a moment; kind `none` ends it (simulators/README.md). */
const faultForm = z.strictObject({
  at: momentForm,
  who: z.enum(['clearingHouse', 'bank', 'emergencyBank', 'counter', 'messages']),
  fault: z.looseObject({ kind: z.string() }),
});

const postponementForm = z.strictObject({
  at: momentForm,
  from: dateForm,
  to: dateForm,
  cause: z.enum(['typhoon', 'one-sided holiday', 'half day', 'closure']),
  notice: z.string().min(1),
  /** The clearing house takes its notice back. */
  takenBackAt: momentForm.optional(),
});

/** One thing that must happen: when, on which side, what the journal says of it, the amount and how it is computed. */
const expectedEvent = z.strictObject({
  at: momentForm,
  side: z.enum(['client', 'proprietary']).optional(),
  says: z.string().min(1),
  amount: z.string().optional(),
  arithmetic: z.string().optional(),
});

const courseForm = z.strictObject({
  title: text,
  source: z.string().min(1),
  /** Last day that is run, from the first of the folder on. */
  to: dateForm,
  changes: z.array(changeForm).default([]),
  faults: z.array(faultForm).default([]),
  postponements: z.array(postponementForm).default([]),
  /** When a supervisor approves what waits: kinds of tasks that notices read from a file open. */
  approvals: z.array(z.strictObject({ at: momentForm, kind: z.enum(['approve-postponement']) })).default([]),
  /** Verbs in the middle of which the worker is killed once. */
  kills: z.array(z.strictObject({ date: dateForm, verb: z.string().min(1) })).default([]),
  /** Kinds of tasks that somebody does and nobody does on an ordinary day. */
  takes: z.array(z.enum(['emergency-channel', 'call-bank'])).default([]),
  expected: z.strictObject({
    events: z.array(expectedEvent).min(1),
    /** Messages that must have been queued at a moment, by template, and how many where that is known. */
    told: z
      .array(z.strictObject({ at: momentForm, template: z.string().min(1), count: z.int().min(1).optional() }))
      .default([]),
    /** How many of the verbs the worker must have been caught at; all unless told: some are over in a moment. */
    killed: z.int().min(1).optional(),
    /** Words that nothing of what happens may say. */
    never: z.array(z.string().min(1)).default([]),
    /** Figures that differ from the published ones, each with its value. All others are as published. */
    figures: z
      .array(z.strictObject({ date: dateForm, path: z.string(), value: z.string(), arithmetic: z.string().optional() }))
      .default([]),
    /** Parts of a day in which what follows from the above differs too. */
    follows: z.array(z.strictObject({ date: dateForm, part: z.string(), because: z.string() })).default([]),
  }),
});

export interface Course extends z.infer<typeof courseForm> {
  /** Of its file, without ending. */
  readonly name: string;
  /** Folder of the file: paths in it start from there. */
  readonly folder: string;
}

/** The course of a file, or those of a folder in the order of their names. @throws Error in one sentence */
export function readCourses(given: string): readonly Course[] {
  const at = path.resolve(given);
  const found = statSync(at, { throwIfNoEntry: false });
  if (found === undefined) throw new Error(`没有 ${at}，请检查 --faults。There is no ${at}: check --faults.`);
  const files = found.isDirectory()
    ? readdirSync(at)
        .filter((name) => name.endsWith('.json'))
        .sort()
        .map((name) => path.join(at, name))
    : [at];
  if (files.length === 0) throw new Error(`${at} 中没有过程文件。${at} holds no course of faults (*.json).`);
  return files.map(readCourse);
}

function readCourse(file: string): Course {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} 不是有效的 JSON。${file} is not valid JSON.`, { cause: error });
  }
  const read = courseForm.safeParse(content);
  if (!read.success) {
    const at = read.error.issues.map((issue) => `${issue.path.join('.') || '.'} (${issue.message})`).join(', ');
    throw new Error(`${file} 的内容不符合格式：${at}。${file} is not in the form of a course of faults: ${at}.`);
  }
  return { ...read.data, name: path.basename(file, '.json'), folder: path.dirname(file) };
}
