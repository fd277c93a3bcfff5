/**
 * Every refusal that a person can meet, in one ordered list.
 *
 * The place in the list is fixed: where several refusals apply at once they are reported in this order. Each code
 * states a situation, has one HTTP status and one sentence in Chinese and in English; `{name}` stands for a detail.
 * Details carry no personal data, because they travel into logs and workflow histories.
 */
import { identityRefusals } from './accounts/identity-refusals';
import { retentionRefusals } from './archive/retention-refusals';
import { callRefusals } from './callbacks/call-refusals';
import { callbackRefusals } from './callbacks/callback-refusals';
import { sampleRefusals } from './samples/sample-refusals';
import { complaintRefusals } from './complaints/complaint-refusals';
import { mailRefusals } from './complaints/mail-refusals';
import { electionRefusals } from './corporate-actions/election-refusals';
import { requestRefusals } from './request-refusals';
import { clockRefusals } from './calendar/clock-refusals';
import { referenceRefusals } from './calendar/reference-refusals';
import { deadlineRefusals } from './deadlines/deadline-refusals';
import { fourEyesRefusals } from './people/four-eyes-refusals';
import { roleRefusals } from './people/role-refusals';
import { termRefusals } from './terms/term-refusals';
import { clientFileRefusals } from './accounts/client-file-refusals';
import { messageRefusals } from './messages/message-refusals';
import type { ErrorEntry } from './error-entry';
import { changeRefusals } from './permissions/change-refusals';
import { closingRefusals } from './permissions/closing-refusals';
import { counterRefusals } from './permissions/counter-refusals';
import { disclosureRefusals } from './permissions/disclosure-refusals';
import { eligibilityRefusals } from './permissions/eligibility-refusals';
import { knowledgeTestRefusals } from './permissions/knowledge-test-refusals';
import { openingRefusals } from './permissions/opening-refusals';
import { restrictedListRefusals } from './permissions/restricted-list-refusals';
import { questionnaireRefusals } from './rating/questionnaire-refusals';
import { breakRefusals } from './settlement/break-refusals';
import { dayRefusals } from './settlement/day-refusals';
import { cancellationRefusals } from './settlement/cancellation-refusals';
import { postponementRefusals } from './settlement/postponement-refusals';
import { orderRefusals } from './settlement/order-refusals';
import { overdraftRefusals } from './settlement/overdraft-refusals';
import { taskRefusals } from './tasks/task-refusals';
import { shownDetail, type Language } from './texts/shown-detail';

/** The list. A new code goes where it belongs in the order; an existing one keeps its status. */
export const errorList = [
  ...requestRefusals,

  ...referenceRefusals,

  // The day and its orders
  {
    code: 'DAY_ALREADY_STARTED',
    status: 409,
    zh: '{date} 的交收日流程 {workflowId} 已经启动。',
    en: 'The settlement day {date} was started already as {workflowId}.',
  },
  {
    code: 'DAY_NOT_STARTED',
    status: 409,
    zh: '{date} 的交收日流程尚未启动。',
    en: 'The settlement day {date} was not started.',
  },
  {
    code: 'DAY_CLOSED',
    status: 409,
    zh: '{date} 已关闭，不再更正、不再入账：请先比对（POST …/comparisons），差额在未关闭的交收日处理。',
    en: '{date} is closed: nothing of it is corrected or booked again. Compare it (POST …/comparisons), and have the difference put right on a day that is open.',
  },
  ...dayRefusals,
  {
    code: 'DAY_HAS_OPEN_BREAKS',
    status: 409,
    zh: '{date} 还有 {count} 个未解释的差异，不能关闭。',
    en: '{date} has {count} unexplained breaks and cannot be closed.',
  },
  ...orderRefusals,
  {
    code: 'TASK_NOT_OPEN',
    status: 409,
    zh: '任务 {task} 已结束或不存在，不能再办理。',
    en: 'Task {task} is no longer open.',
  },
  {
    code: 'TASK_RECALLED',
    status: 409,
    zh: '任务 {task} 已由经办人撤回。',
    en: 'Task {task} was recalled by its maker.',
  },
  {
    code: 'TASK_WITHDRAWN',
    status: 409,
    zh: '任务 {task} 已撤下，无须再办。',
    en: 'Task {task} was withdrawn: there is nothing left to do.',
  },
  {
    code: 'TASK_CLAIMED_BY_ANOTHER',
    status: 409,
    zh: '任务 {task} 由 {person} 持有；请其放回，或由负责人改派。',
    en: 'Task {task} is held by {person}: ask for its release, or the head to assign it anew.',
  },
  ...taskRefusals,
  {
    code: 'ONLY_MAKER_RECALLS',
    status: 403,
    zh: '任务 {task} 只有经办人可以撤回。',
    en: 'Only the maker can recall task {task}.',
  },

  ...overdraftRefusals,
  ...postponementRefusals,
  ...cancellationRefusals,

  ...deadlineRefusals,

  ...fourEyesRefusals,

  ...roleRefusals,

  ...termRefusals,

  // Breaks and files
  {
    code: 'EXCEPTION_NEEDS_SUPERVISOR',
    status: 403,
    zh: '差异的例外处理须由主管签署。',
    en: 'An exception for a break needs the signature of a supervisor.',
  },
  { code: 'BREAK_ALREADY_DECIDED', status: 409, zh: '差异 {id} 已有决定。', en: 'Break {id} was decided already.' },
  ...breakRefusals,
  { code: 'FILE_REFUSED', status: 422, zh: '文件 {file} 被整体拒收。', en: 'File {file} was refused as a whole.' },
  {
    code: 'ALLOCATION_WITHOUT_HOLDER',
    status: 422,
    zh: '有款项到账，但没有可分配的持有人。',
    en: 'Money was received, but no holder can be given it.',
  },
  {
    code: 'CASE_TABLE_MALFORMED',
    status: 422,
    zh: '案例表 {table} 第 {line} 行无法读取：{reason}。',
    en: 'Case table {table} cannot be read at line {line}: {reason}.',
  },

  // Clients and their permissions (A2 §7-8, §12), callbacks and elections: each list in a file of its own
  ...identityRefusals,
  ...questionnaireRefusals,
  ...openingRefusals,
  ...eligibilityRefusals,
  ...restrictedListRefusals,
  ...disclosureRefusals,
  ...knowledgeTestRefusals,
  ...counterRefusals,
  ...closingRefusals,
  ...changeRefusals,
  ...callRefusals,
  ...callbackRefusals,

  // Complaints
  ...complaintRefusals,
  ...mailRefusals,
  ...sampleRefusals,
  ...electionRefusals,
  ...clientFileRefusals,
  ...retentionRefusals,

  ...messageRefusals,

  // Rehearsal
  ...clockRefusals,

  // What we stand on
  {
    code: 'TEMPORAL_UNAVAILABLE',
    status: 503,
    zh: '流程引擎暂不可用，或该流程尚未开始，请稍后再试。',
    en: 'The process engine cannot be reached, or the process has not begun yet; try again later.',
  },
  {
    code: 'DATABASE_UNAVAILABLE',
    status: 503,
    zh: '数据库暂不可用，请稍后再试。',
    en: 'The database cannot be reached; try again later.',
  },
  {
    code: 'OUTSIDE_REFUSED',
    status: 422,
    zh: '外部系统 {system} 拒绝：{code}。',
    en: 'The outside system {system} refused: {code}.',
  },
  {
    code: 'OUTSIDE_SYSTEM_UNAVAILABLE',
    status: 503,
    zh: '外部系统 {system} 暂不可用。',
    en: 'The outside system {system} cannot be reached.',
  },
  {
    code: 'INTERNAL_ERROR',
    status: 500,
    zh: '系统内部错误，已记录。',
    en: 'Something broke on our side; it was recorded.',
  },
] as const satisfies readonly ErrorEntry[];

/** A code of the list. */
export type ErrorCode = (typeof errorList)[number]['code'];

type Detail = string | number | boolean | null | readonly string[];
type PlaceholdersIn<Sentence extends string> = Sentence extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PlaceholdersIn<Rest>
  : never;
type SentenceOf<Code extends ErrorCode> = Extract<(typeof errorList)[number], { readonly code: Code }>['en'];

/** Details of a refusal: those that its sentences name, and any others that help. */
export type ErrorDetails<Code extends ErrorCode = ErrorCode> = {
  readonly [Name in PlaceholdersIn<SentenceOf<Code>>]: string | number;
} & Readonly<Record<string, Detail>>;

/** A sentence in both languages. */
export interface BilingualText {
  readonly zh: string;
  readonly en: string;
}

const places = new Map<string, number>(errorList.map((entry, place) => [entry.code, place]));

/** Whether a text is a code of the list. */
export const isErrorCode = (text: string): text is ErrorCode => places.has(text);

/** The HTTP status of a code. */
export const statusOf = (code: ErrorCode): ErrorEntry['status'] => entryOf(code).status;

/** Compares two codes by their fixed place in the list. */
export const byPlace = (a: ErrorCode, b: ErrorCode): number => placeOf(a) - placeOf(b);

/** The sentences of a code with its details filled in, as people read them. */
export function textOf(code: ErrorCode, details: Readonly<Record<string, Detail>>): BilingualText {
  const { zh, en } = entryOf(code);
  const filled = (sentence: string, language: Language) =>
    sentence.replace(/\{(\w+)\}/g, (_, name: string) => shownDetail(name, details[name] ?? '?', language));
  return { zh: filled(zh, 'zh'), en: filled(en, 'en') };
}

/** A business situation that refuses a step: a code, its sentence in both languages, and the details. */
export class BusinessError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'BusinessError';
  readonly status: ErrorEntry['status'];
  readonly text: BilingualText;
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, Detail>>;

  constructor(
    code: Code,
    // A code without placeholders may leave the details away.
    ...[details]: [PlaceholdersIn<SentenceOf<Code>>] extends [never]
      ? [details?: Readonly<Record<string, Detail>>]
      : [details: ErrorDetails<Code>]
  ) {
    const text = textOf(code, details ?? {});
    super(`${code}: ${text.en}`);
    this.code = code;
    this.status = statusOf(code);
    this.text = text;
    this.details = details ?? {};
  }
}

/** Several refusals of one step, all of them to be told; it fails with the first in the order of the list. */
export class SeveralRefusals extends BusinessError {
  readonly all: readonly BusinessError[];

  constructor(refusals: readonly [BusinessError, ...BusinessError[]]) {
    const all = [...refusals].sort((a, b) => byPlace(a.code, b.code));
    const [first = refusals[0]] = all;
    super(first.code, { ...first.details, codes: all.map(({ code }) => code) } as never);
    this.all = all;
  }
}

function placeOf(code: ErrorCode): number {
  const place = places.get(code);
  if (place === undefined) throw new RangeError(`${code} is not in the list of errors`);
  return place;
}

function entryOf(code: ErrorCode): ErrorEntry {
  const entry: ErrorEntry | undefined = errorList[placeOf(code)];
  if (entry === undefined) throw new RangeError(`${code} is not in the list of errors`);
  return entry;
}
