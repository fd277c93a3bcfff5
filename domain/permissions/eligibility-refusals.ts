/** The conditions of eligibility that are not met, in the order in which they are told (A2 §7-8). */
import type { ErrorEntry } from '../error-entry';

export const eligibilityRefusals = [
  {
    code: 'ACCOUNT_NOT_OPEN',
    status: 422,
    zh: '没有状态正常的上海A股证券账户，请先开户。',
    en: 'There is no open Shanghai A-share account: open one first.',
  },
  {
    code: 'ACCOUNT_NOT_QUALIFIED',
    status: 422,
    zh: '证券账户不是合格账户，请先到营业部办理账户规范。',
    en: 'The securities account is not in qualified state: have it standardised at the branch first.',
  },
  {
    code: 'ACCOUNT_NOT_DESIGNATED_HERE',
    status: 422,
    zh: '证券账户未指定交易在本公司，请先办理指定交易。',
    en: 'The securities account is not designated to this broker: designate it first.',
  },
  {
    code: 'RISK_RESULT_MISSING',
    status: 422,
    zh: '尚无风险承受能力测评结果，请先完成测评。',
    en: 'There is no risk result: answer the risk questionnaire first.',
  },
  {
    code: 'RISK_QUESTIONNAIRE_NOT_NEWEST',
    status: 422,
    zh: '测评结果来自旧版问卷，请按最新问卷重新测评。',
    en: 'The risk result belongs to an older questionnaire: answer the newest one.',
  },
  {
    code: 'RISK_RESULT_EXPIRED',
    status: 422,
    zh: '风险测评结果已过有效期，请重新测评。',
    en: 'The risk result has expired: answer the questionnaire again.',
  },
  {
    code: 'ASSETS_BELOW_MINIMUM',
    status: 422,
    zh: '申请时的自有资产未达到最低要求，达到后可再次申请。',
    en: 'Own assets at the application are below the minimum: apply again when they reach it.',
  },
  {
    code: 'AVERAGE_ASSETS_BELOW_MINIMUM',
    status: 422,
    zh: '申请前的日均自有资产未达到最低要求，达到后可再次申请。',
    en: 'The daily average of own assets before the application is below the minimum: apply again when it reaches it.',
  },
  {
    code: 'EXPERIENCE_MISSING',
    status: 422,
    zh: '尚无证券交易经验，可在交易满规定期限后再次申请。',
    en: 'There is no trading experience: apply again when it is long enough.',
  },
  {
    code: 'EXPERIENCE_TOO_SHORT',
    status: 422,
    zh: '证券交易经验未满规定期限，期满后可再次申请。',
    en: 'Trading experience is too short: apply again when it is long enough.',
  },
  {
    code: 'SERIOUS_BAD_CREDIT_RECORD',
    status: 422,
    zh: '存在严重不良诚信记录，记录消除后可再次申请。',
    en: 'There is a serious bad credit record: apply again when it has been removed.',
  },
  {
    code: 'EXCHANGE_WARNING_RECENT',
    status: 422,
    zh: '近期因异常交易被交易所警示，期满后可再次申请。',
    en: 'The exchange warned of abnormal trading recently: apply again when the period is over.',
  },
  {
    code: 'PERSON_RESTRICTED',
    status: 422,
    zh: '法律法规禁止或限制参与，如有异议请向合规部门核实。',
    en: 'Law or regulation forbids or limits taking part: compliance answers objections.',
  },
] as const satisfies readonly ErrorEntry[];

export type EligibilityRefusal = (typeof eligibilityRefusals)[number]['code'];
