/** Why an open permission is not changed: suspended, resumed, charged at another rate. In the order in which it is told. */
import type { ErrorEntry } from '../error-entry';

export const changeRefusals = [
  {
    code: 'PERMISSION_NOT_OPEN',
    status: 409,
    zh: '客户 {client} 的权限 {permission} 未开通，请核对客户与权限种类。',
    en: 'Client {client} has no open permission {permission}: check client and kind of permission.',
  },
  {
    code: 'BUYING_SUSPENDED_ALREADY',
    status: 409,
    zh: '买入已按申请 {request} 暂停。',
    en: 'Buying is suspended already, by request {request}.',
  },
  {
    code: 'BUYING_NOT_SUSPENDED',
    status: 409,
    zh: '买入没有暂停，无须恢复。',
    en: 'Buying is not suspended: there is nothing to lift.',
  },
  {
    code: 'COMMISSION_CHANGE_PENDING',
    status: 409,
    zh: '佣金变更申请 {request} 尚未办结，请先办结或撤回。',
    en: 'The commission change {request} is not done: see it through or recall it first.',
  },
  {
    code: 'COMMISSION_UNCHANGED',
    status: 422,
    zh: '净佣金率已为 {rate}，无须变更。',
    en: 'The net commission rate is {rate} already: there is nothing to change.',
  },
  {
    code: 'COMMISSION_TOO_EARLY',
    status: 422,
    zh: '生效日 {date} 须晚于当前业务日期 {today}：当日成交已按原费率冻结。',
    en: 'The effective date {date} must be after the business date {today}: trades of today are frozen at the rate in force.',
  },
  {
    code: 'COMMISSION_CHANGES_LATER',
    status: 409,
    zh: '已批准自 {date} 起的另一费率，新费率须在其之后生效。',
    en: 'Another rate is approved from {date}: the new one must take effect after it.',
  },
] as const satisfies readonly ErrorEntry[];
