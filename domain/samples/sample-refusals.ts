/** Refusals around samples, inspections, appraisals and surveys; their place is in `domain/errors.ts`. */
import type { ErrorEntry } from '../error-entry';

export const sampleRefusals = [
  {
    code: 'SAMPLE_NOT_ASKED_BY_YOU',
    status: 403,
    zh: '{kind} 抽样不由您的角色发起，应为：{roles}。',
    en: 'Samples of {kind} are not asked for by your role, but by: {roles}.',
  },
  {
    code: 'SAMPLE_PERIOD_NOT_OVER',
    status: 422,
    zh: '{period} 尚未结束，结束后再抽样。',
    en: '{period} is not over: draw when it is.',
  },
  {
    code: 'SAMPLE_ASKED_ALREADY',
    status: 409,
    zh: '抽样 {sample} 已用另一种子或条件发起。',
    en: 'The sample {sample} was asked for with another seed or other terms.',
  },
  {
    code: 'CAMPAIGN_TERMS_MISPLACED',
    status: 422,
    zh: '营业部与占比只用于活动回访；其他抽样按参数。',
    en: 'Branch and share are of campaigns only: other samples go by their parameters.',
  },
  {
    code: 'FINDING_MISSING',
    status: 422,
    zh: '检查项 {items} 不合格，须各有整改。',
    en: 'What was found wrong needs a corrective action each: {items}.',
  },
  {
    code: 'FINDING_WITHOUT_FAULT',
    status: 422,
    zh: '检查项 {items} 未判不合格，不得有整改。',
    en: 'What was not found wrong is not corrected: {items}.',
  },
  {
    code: 'INSPECTED_BY_OWN_HANDS',
    status: 403,
    zh: '{person} 曾办理或拨打 {subject}，须由他人检查。',
    en: '{person} handled {subject} or called about it: somebody else inspects it.',
  },
  {
    code: 'SURVEY_OF_ANOTHER_CLIENT',
    status: 409,
    zh: '{subject} 是另一客户的服务，请核对编号。',
    en: '{subject} was a service for another client: check the number.',
  },
  {
    code: 'SURVEY_ANSWERED_ALREADY',
    status: 409,
    zh: '{subject} 的满意度已有答复，一次服务只记一次。',
    en: 'Whether {subject} satisfied was answered already: one answer an occasion of service.',
  },
  {
    code: 'APPRAISAL_PERIOD_NOT_OVER',
    status: 422,
    zh: '{lastDay} 尚未结束，期满后再考核。',
    en: '{lastDay} is not over: appraise when the period is.',
  },
] as const satisfies readonly ErrorEntry[];
