/** Refusals around changes of dated terms (A1 §27); their place is in `domain/errors.ts`. */
import type { ErrorEntry } from '../error-entry';

export const termRefusals = [
  {
    code: 'TERM_UNKNOWN',
    status: 404,
    zh: '{date} 没有有效的参数或费率 {code}。',
    en: 'No parameter or rate {code} is in force on {date}.',
  },
  {
    code: 'TERM_NOT_READ',
    status: 422,
    zh: '没有规则读取 {code}（或其值已固化在规则中），变更不会产生作用。',
    en: 'No rule reads {code}, or its value is built into one: a change would change nothing.',
  },
  {
    code: 'EFFECTIVE_DATE_PASSED',
    status: 422,
    zh: '生效日 {date} 早于当前业务日期 {today}，请改为今日或以后。',
    en: 'The effective date {date} is before the business date {today}: choose today or a later day.',
  },
  {
    code: 'TERM_BEGINS_THEN',
    status: 409,
    zh: '{code} 已有自 {date} 起生效的值，请另择生效日。',
    en: 'A value of {code} begins on {date} already: choose another effective date.',
  },
  {
    code: 'TERM_CHANGES_LATER',
    status: 409,
    zh: '{code} 已批准自 {date} 起的另一值，新变更须在其之后生效。',
    en: 'Another value of {code} is approved from {date}: this change must take effect after it.',
  },
  {
    code: 'VALUE_UNCHANGED',
    status: 422,
    zh: '{code} 的值与现行值相同，无须变更。',
    en: 'This is the value of {code} that is in force: there is nothing to change.',
  },
  {
    code: 'CHANGE_PENDING',
    status: 409,
    zh: '{code} 已有变更 {change} 待复核或尚未生效，请先办结或撤回。',
    en: 'Change {change} of {code} awaits its approval or its day: see it through or recall it first.',
  },
  {
    code: 'CHANGE_NOT_OPEN',
    status: 409,
    zh: '变更 {change} 的状态为 {state}，不能再操作。',
    en: 'Change {change} is {state} and no longer open.',
  },
] as const satisfies readonly ErrorEntry[];
