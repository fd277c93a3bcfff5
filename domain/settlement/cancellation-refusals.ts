/** Why a trade is not cancelled. In the order in which it is told. */
import type { ErrorEntry } from '../error-entry';

export const cancellationRefusals = [
  {
    code: 'TRADE_NOT_CLEARED',
    status: 422,
    zh: '{date} 的结算明细中没有成交 {trade}；请核对日期与成交编号，文件未到的待其到达后再登记。',
    en: 'No trade {trade} stands in the settlement details of {date}: check date and number, or wait for the file.',
  },
  {
    code: 'TRADE_SETTLEMENT_CLOSED',
    status: 409,
    zh: '成交 {trade} 的交收日 {due} 已关闭，不再撤销；请由中国结算在未关闭日以更正办理，或列为差异。',
    en: 'The settlement day {due} of trade {trade} is closed: it is not cancelled any more. Have the clearing house correct it on an open day, or treat it as a break.',
  },
  {
    code: 'TRADE_CANCELLED_ALREADY',
    status: 409,
    zh: '成交 {trade} 已撤销（{cancellation}）。',
    en: 'Trade {trade} is cancelled already ({cancellation}).',
  },
  {
    code: 'TRADE_CANCELLATION_PENDING',
    status: 409,
    zh: '成交 {trade} 的撤销已登记（{cancellation}），请等待复核。',
    en: 'The cancellation of trade {trade} is entered already ({cancellation}): wait for its approval.',
  },
] as const satisfies readonly ErrorEntry[];
