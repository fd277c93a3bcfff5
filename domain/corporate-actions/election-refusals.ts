/** Why an election is refused, in the order in which it is told. Quantities of a holder stand in no sentence. */
import type { ErrorEntry } from '../error-entry';

export const electionRefusals = [
  {
    code: 'EVENT_KIND_NOT_SERVED',
    status: 422,
    zh: '该类公司行为不提供申报服务，请参阅事件说明。',
    en: 'No elections are taken for events of this kind: the notice says what follows for holders.',
  },
  {
    code: 'EVENT_CANCELLED',
    status: 409,
    zh: '该公司行为已取消，无须申报。',
    en: 'The event is cancelled: there is nothing to elect.',
  },
  {
    code: 'ELECTIONS_NOT_OFFERED',
    status: 409,
    zh: '该事件目前没有可申报的选项，请阅读事件说明或联系营业部。',
    en: 'Nothing can be elected in this event at present: read its notice, or ask your branch.',
  },
  {
    code: 'EVENT_VERSION_OUTDATED',
    status: 409,
    zh: '您看到的是事件第 {shown} 版，当前为第 {newest} 版，请查看新内容后再申报。',
    en: 'You were shown version {shown} of the event, the newest is {newest}: read it and elect again.',
  },
  {
    code: 'ELECTION_NOT_OPEN',
    status: 409,
    zh: '申报自 {opensAt} 开始，请届时申报。',
    en: 'Elections open at {opensAt}: elect from then on.',
  },
  {
    code: 'AFTER_DEADLINE',
    status: 409,
    zh: '申报已于 {deadline} 截止，在此不能再申报、更改或撤回；如仍需要，请立即联系营业部。',
    en: 'Elections closed here at {deadline}: they can no longer be given, changed or withdrawn. Where you still need to, ask your branch at once.',
  },
  {
    code: 'OPTION_UNKNOWN',
    status: 422,
    zh: '该事件没有选项 {option}，请从所列选项中选择。',
    en: 'The event has no option {option}: choose one of those shown.',
  },
  {
    code: 'QUANTITY_NOT_WHOLE',
    status: 422,
    zh: '申报数量须为整数股。',
    en: 'The quantity must be a whole number of shares.',
  },
  {
    code: 'QUANTITY_NEGATIVE',
    status: 422,
    zh: '申报数量不能为负，撤回请申报 0。',
    en: 'The quantity cannot be negative: 0 withdraws.',
  },
  {
    code: 'NOTHING_TO_WITHDRAW',
    status: 409,
    zh: '该选项没有可撤回的申报。',
    en: 'Nothing is elected on this option that could be withdrawn.',
  },
  {
    code: 'NOTHING_ELECTABLE',
    status: 422,
    zh: '在登记日没有可申报的股份，无须申报。',
    en: 'No shares can be elected on the relevant date: there is nothing to elect.',
  },
  {
    code: 'EXCEEDS_ELECTABLE',
    status: 422,
    zh: '各选项申报数量合计超过可申报数量，请减少数量，或先减少其他选项。',
    en: 'All options together exceed what can be elected: reduce the quantity, or another option first.',
  },
  {
    code: 'SUBSCRIPTION_NOT_PRICED',
    status: 409,
    zh: '认购价格或 {currency} 的参考汇率尚未公布，无法计算认购资金，请在其公布后再申报。',
    en: 'The price, or the reference rate of {currency}, is not known yet, so the money cannot be computed: subscribe once it is.',
  },
  {
    code: 'SUBSCRIPTION_MONEY_SHORT',
    status: 422,
    zh: '可用资金不足以支付该认购，请先转入资金，或减少认购数量。',
    en: 'The money available does not cover this subscription: pay in first, or subscribe for less.',
  },
  {
    code: 'NOT_A_HOLDER',
    status: 404,
    zh: '该账户在该事件中没有持仓，如有疑问请联系营业部。',
    en: 'This account holds nothing in this event: ask your branch where it should.',
  },
  {
    code: 'ACCOUNT_TO_BE_NAMED',
    status: 422,
    zh: '您有多个可申报的证券账户，请指明其一：{accounts}。',
    en: 'Several of your accounts can elect: name one of {accounts}.',
  },
  {
    code: 'ELECTION_DRAFT_DECIDED',
    status: 409,
    zh: '该事项 {draft} 已是 {state}，不能再复核。',
    en: 'The draft {draft} is {state} already and cannot be decided any more.',
  },
  {
    code: 'CUT_CHANGE_TOO_LATE',
    status: 409,
    zh: '事件 {event} 的截止时间已过、已截止或内容已更新，不能再变更截止时间。',
    en: 'The deadline of {event} has passed, or the event was closed or changed meanwhile: it can no longer be moved.',
  },
  {
    code: 'CUT_CHANGE_ASKED_ALREADY',
    status: 409,
    zh: '该事件已有待复核的截止时间变更，请等待其结果。',
    en: 'A change of this deadline waits for approval already: wait for its outcome.',
  },
  {
    code: 'CUT_OUT_OF_ORDER',
    status: 422,
    zh: '截止时间须在申报开始之后、现在之后，并早于中国结算截止时间 {clearingHouse}。',
    en: 'The deadline must lie after the opening and after now, and before that of the clearing house, {clearingHouse}.',
  },
  {
    code: 'RECORDING_USED',
    status: 409,
    zh: '录音编号 {recording} 已用于另一笔申报。',
    en: 'The recording {recording} belongs to another election.',
  },
] as const satisfies readonly ErrorEntry[];

export type ElectionRefusal = (typeof electionRefusals)[number]['code'];
