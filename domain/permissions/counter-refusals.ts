/** What stands in the way of a request at the counter of a branch, in the order in which it is told (A2 §8-12). */
import type { ErrorEntry } from '../error-entry';

export const counterRefusals = [
  {
    code: 'ONLY_INSTITUTIONS',
    status: 422,
    zh: '个人客户请通过手机或网上办理。',
    en: 'Natural persons open permissions by mobile or web.',
  },
  {
    code: 'PERMISSION_BEING_CLOSED',
    status: 409,
    zh: '申请 {request} 正在柜台关闭，不能再更改。',
    en: 'Request {request} is being closed at the counter: it is no longer changed.',
  },
  {
    code: 'NOT_AT_THE_COUNTER',
    status: 409,
    zh: '申请 {request} 不在柜台办理，由客户自行完成。',
    en: 'Request {request} is not one of the counter: the client goes through it.',
  },
  {
    code: 'ONLY_ENTERER_FILES',
    status: 403,
    zh: '申请 {request} 由 {person} 录入，请由其提交材料。',
    en: 'Request {request} was entered by {person}, who files its documents.',
  },
  {
    code: 'DOCUMENT_NOT_ASKED',
    status: 422,
    zh: '该申请不需要“{kind}”，需要：{kinds}。',
    en: 'The document "{kind}" is not part of this request: it takes {kinds}.',
  },
  {
    code: 'PAPER_NUMBER_MISSING',
    status: 422,
    zh: '“{kind}”为扫描件，请填写纸质材料编号。',
    en: '"{kind}" is a scan: give the number of the paper that was scanned.',
  },
  {
    code: 'PAPER_NOT_FILED',
    status: 409,
    zh: '申请 {request} 没有待移交的纸质材料。',
    en: 'There is no paper of request {request} to be handed over.',
  },
] as const satisfies readonly ErrorEntry[];
