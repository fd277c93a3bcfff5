/** What stands in the way of closing a permission, of revoking the designation or moving custody, in the order in which it is told (A2 §12, A4 §6). */
import type { ErrorEntry } from '../error-entry';

export const closingRefusals = [
  {
    code: 'TRADED_TODAY',
    status: 409,
    zh: '今日有港股通成交，最早 {firstDate} 可以办理。',
    en: 'There was a Southbound trade today: it is possible from {firstDate} on.',
  },
  {
    code: 'LIVE_ORDER_TODAY',
    status: 409,
    zh: '今日有未了结的港股通委托，最早 {firstDate} 可以办理。',
    en: 'There is a live Southbound order today: it is possible from {firstDate} on.',
  },
  {
    code: 'TRADE_NOT_DELIVERED',
    status: 409,
    zh: '有成交尚未完成交收，最早 {firstDate} 日终交收后可以办理。',
    en: 'A trade is not delivered yet: it is possible after the settlement of {firstDate}.',
  },
  {
    code: 'SALE_MONEY_NOT_SETTLED',
    status: 409,
    zh: '有卖出资金尚未交收，最早 {firstDate} 日终交收后可以办理。',
    en: 'Money of a sale is not settled yet: it is possible after the settlement of {firstDate}.',
  },
  {
    code: 'EARLIER_DAY_NOT_CLEARED',
    status: 409,
    zh: '此前交易日的清算文件尚未到齐，其成交未知；清算后方可办理，最早 {firstDate}。',
    en: 'The clearing of an earlier trading day is not there yet, and its trades are not known: it is possible once it is, from {firstDate} on.',
  },
  {
    code: 'HOLDINGS_NOT_CONFIRMED',
    status: 409,
    zh: '仍持有港股，关闭后不能卖出，请客户书面确认。',
    en: 'Hong Kong shares are still held and cannot be sold afterwards: have the client confirm this in writing.',
  },
  {
    code: 'ELECTION_NOT_ANSWERED_OR_WAIVED',
    status: 409,
    zh: '有待申报的公司行为，请客户逐项申报或书面放弃。',
    en: 'Elections are open: have the client answer each or waive it in writing.',
  },
  {
    code: 'ELECTION_UNDER_WAY',
    status: 409,
    zh: '有未了结的公司行为申报，事件结束后方可办理。',
    en: 'An election is under way: it is possible once the event has ended.',
  },
  {
    code: 'ENTITLEMENT_TO_COME',
    status: 409,
    zh: '有尚未到账的权益，到账后方可办理。',
    en: 'An entitlement is still to be credited: it is possible afterwards.',
  },
  {
    code: 'OVERDRAFT_OWED',
    status: 409,
    zh: '资金账户透支或有未归还的垫付资金，请客户补足。',
    en: 'The fund account is overdrawn or an advance is not repaid: have the client pay in.',
  },
] as const satisfies readonly ErrorEntry[];

export type ClosingBlockerCode = (typeof closingRefusals)[0 | 1 | 2 | 3 | 4]['code'];
export type ClosingConditionCode = (typeof closingRefusals)[5 | 6]['code'];
