/** Why a settlement is not postponed, or a postponement not withdrawn. In the order in which it is told. */
import type { ErrorEntry } from '../error-entry';

export const postponementRefusals = [
  {
    code: 'POSTPONEMENT_BACKWARDS',
    status: 422,
    zh: '交收日只能推迟：{to} 不晚于 {from}。',
    en: 'Settlement is only postponed: {to} is not later than {from}.',
  },
  {
    code: 'POSTPONED_TO_NO_SETTLEMENT_DAY',
    status: 422,
    zh: '{to} 不是港股通交收日，最近的为 {next}。',
    en: '{to} is no Southbound settlement day; the next one is {next}.',
  },
  {
    code: 'POSTPONEMENT_TOO_LATE',
    status: 409,
    zh: '{from} 的交收已过或已入账，不能推迟，也不能撤销推迟；请按更正办理。',
    en: 'The settlement of {from} is over or posted: it is neither postponed nor moved back. Have it corrected.',
  },
  {
    code: 'POSTPONEMENT_AFTER_BATCH',
    status: 409,
    zh: '{from} 的批次已交收成交、证券组合费或公司行为资金，不能再推迟当日交收；已交收部分不动，其余请按更正办理。',
    en: 'A batch of {from} has settled trades, portfolio fee or corporate-action money: the day is not postponed any more. What is settled stays; have the rest corrected.',
  },
  {
    code: 'POSTPONEMENT_OVERLAPS',
    status: 409,
    zh: '与推迟 {other}（{from} 至 {to}）重叠，请先撤销或改期。',
    en: 'It overlaps postponement {other} ({from} to {to}): withdraw that one first, or choose other days.',
  },
  {
    code: 'POSTPONEMENT_NOT_IN_FORCE',
    status: 409,
    zh: '推迟 {postponement} 的状态为 {state}，无可撤销。',
    en: 'Postponement {postponement} is {state}: there is nothing to withdraw.',
  },
  {
    code: 'POSTPONEMENT_WITHDRAWAL_PENDING',
    status: 409,
    zh: '推迟 {postponement} 的撤销已申请，请等待复核。',
    en: 'The withdrawal of postponement {postponement} is asked for already: wait for its approval.',
  },
  {
    code: 'NOTICE_ENTERED_OTHERWISE',
    status: 409,
    zh: '公告 {notice} 已登记为推迟 {postponement}（{from} 至 {to}）；内容有变的，请先撤销，再由新编号的公告登记。',
    en: 'Notice {notice} was entered as postponement {postponement} ({from} to {to}). Where it has changed, take that one back and enter a notice of a new number.',
  },
] as const satisfies readonly ErrorEntry[];
