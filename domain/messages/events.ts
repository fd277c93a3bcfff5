/** Events of cases that other systems are told of: what each is called, and which facts it carries. References only (peers S21). */
import type { Words } from './words';

export const EVENT_TYPES = [
  'settlement-day.stage',
  'settlement-day.closed',
  'permission-request.outcome',
  'deadline.breached',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

interface EventEntry extends Words {
  /** Facts by name, as text. */
  readonly facts: Readonly<Record<string, Words>>;
}

/** What each event tells; the API document and the page on events are made of it. */
export const events: Readonly<Record<EventType, EventEntry>> = {
  'settlement-day.stage': {
    zh: '交收日进入某一阶段',
    en: 'A settlement day has come to a stage',
    facts: {
      channel: { zh: '通道', en: 'channel' },
      date: { zh: '业务日期', en: 'business date' },
      stage: { zh: '阶段', en: 'the stage, as people read it' },
    },
  },
  'settlement-day.closed': {
    zh: '交收日已关闭',
    en: 'A settlement day is closed',
    facts: {
      channel: { zh: '通道', en: 'channel' },
      date: { zh: '业务日期', en: 'business date' },
    },
  },
  'permission-request.outcome': {
    zh: '权限申请有了结果',
    en: 'A request for a permission has its outcome',
    facts: {
      request: { zh: '申请编号', en: 'number of the request' },
      permission: { zh: '权限种类', en: 'kind of permission' },
      kind: { zh: '申请事项', en: 'what is asked for: opening, suspension, ...' },
      outcome: {
        zh: 'done 已办成、refused 未办、lapsed 失效、withdrawn 撤回',
        en: 'done, refused, lapsed or withdrawn',
      },
    },
  },
  'deadline.breached': {
    zh: '期限届满未完成',
    en: 'What was promised was not done by its time',
    facts: {
      deadline: { zh: '期限的业务编号', en: 'business key of the promise' },
      process: { zh: '流程种类', en: 'kind of process' },
      step: { zh: '步骤', en: 'step that owes it' },
      role: { zh: '责任角色', en: 'role that owes it' },
      dueAt: { zh: '期限', en: 'when it was due, UTC' },
    },
  },
};
