/**
 * What a client reads of a condition that is not met: found, required, cure; Chinese and English.
 *
 * Found and required are personal data: they are shown to the client and to those who serve him, never logged.
 */
import type { BilingualText } from '../errors';
import type { EligibilityCode, EligibilityFailure } from './eligibility';

/** The three texts of a failure. */
export interface EligibilityTexts {
  readonly found: BilingualText;
  readonly required: BilingualText;
  readonly cure: BilingualText;
}

/** `{found}`, `{required}`, `{curedFrom}` and `{over}` stand for the values of the failure. */
const TEXTS: Readonly<Record<EligibilityCode, EligibilityTexts>> = {
  ACCOUNT_NOT_OPEN: {
    found: { zh: '没有正常状态的上海A股证券账户', en: 'no open Shanghai A-share account' },
    required: { zh: '正常状态的上海A股证券账户', en: 'an open Shanghai A-share account' },
    cure: { zh: '请先开立上海A股证券账户', en: 'open a Shanghai A-share account first' },
  },
  ACCOUNT_NOT_QUALIFIED: {
    found: { zh: '账户不是合格账户', en: 'the account is not in qualified state' },
    required: { zh: '合格账户', en: 'an account in qualified state' },
    cure: {
      zh: '请携带身份证件到营业部办理账户规范或激活',
      en: 'bring the identity document to the branch and have the account standardised or reactivated',
    },
  },
  ACCOUNT_NOT_DESIGNATED_HERE: {
    found: { zh: '未指定交易在本公司', en: 'not designated to this broker' },
    required: { zh: '指定交易在本公司', en: 'designated to this broker' },
    cure: {
      zh: '请撤销原指定交易，并在本公司办理指定交易',
      en: 'withdraw the designation elsewhere and designate the account here',
    },
  },
  RISK_RESULT_MISSING: {
    found: { zh: '没有测评结果', en: 'no risk result' },
    required: { zh: '最新问卷的有效测评结果', en: 'a valid result of the newest questionnaire' },
    cure: { zh: '请完成风险承受能力测评', en: 'answer the risk questionnaire' },
  },
  RISK_QUESTIONNAIRE_NOT_NEWEST: {
    found: { zh: '旧版问卷的测评结果', en: 'a result of an older questionnaire' },
    required: { zh: '最新问卷的测评结果', en: 'a result of the newest questionnaire' },
    cure: { zh: '请按最新问卷重新测评', en: 'answer the newest questionnaire' },
  },
  RISK_RESULT_EXPIRED: {
    found: { zh: '测评结果有效期至 {found}', en: 'the result was valid through {found}' },
    required: { zh: '在 {required} 有效的测评结果', en: 'a result that is valid on {required}' },
    cure: {
      zh: '请重新测评，申请会等待新的结果',
      en: 'answer the questionnaire again; the application waits for the new result',
    },
  },
  ASSETS_BELOW_MINIMUM: {
    found: {
      zh: '证券、资金与信用账户净资产合计 {found} 元',
      en: 'securities, cash and margin net assets CNY {found}',
    },
    required: { zh: '不低于 {required} 元', en: 'at least CNY {required}' },
    cure: { zh: '请转入资产，达到要求后再次申请', en: 'bring in assets and apply again when they reach it' },
  },
  AVERAGE_ASSETS_BELOW_MINIMUM: {
    found: {
      zh: '近 {over} 个交易日证券、资金与信用账户净资产日均合计 {found} 元',
      en: 'securities, cash and margin net assets of CNY {found} on average of {over} trading days',
    },
    required: {
      zh: '{over} 个交易日日均不低于 {required} 元',
      en: 'at least CNY {required} on average of {over} trading days',
    },
    cure: {
      zh: '请转入资产，日均达到要求后再次申请',
      en: 'bring in assets and apply again when the average reaches it',
    },
  },
  EXPERIENCE_MISSING: {
    found: { zh: '没有证券交易', en: 'no trade in securities' },
    required: { zh: '自首笔交易起满 {over} 个月', en: '{over} months since the first trade' },
    cure: { zh: '可在交易满 {over} 个月后再次申请', en: 'apply again {over} months after the first trade' },
  },
  EXPERIENCE_TOO_SHORT: {
    found: { zh: '首笔交易在 {found}', en: 'the first trade was on {found}' },
    required: { zh: '自首笔交易起满 {over} 个月', en: '{over} months since the first trade' },
    cure: { zh: '可自 {curedFrom} 起再次申请', en: 'apply again from {curedFrom} on' },
  },
  SERIOUS_BAD_CREDIT_RECORD: {
    found: { zh: '存在严重不良诚信记录', en: 'a serious bad credit record' },
    required: { zh: '没有严重不良诚信记录', en: 'no serious bad credit record' },
    cure: {
      zh: '记录消除后再次申请；如有异议请向营业部核实',
      en: 'apply again when it is removed; the branch answers objections',
    },
  },
  EXCHANGE_WARNING_RECENT: {
    found: { zh: '{found} 因异常交易被交易所警示', en: 'the exchange warned of abnormal trading on {found}' },
    required: { zh: '{required} 及以后没有警示', en: 'no warning on or after {required}' },
    cure: { zh: '可自 {curedFrom} 起再次申请', en: 'apply again from {curedFrom} on' },
  },
  PERSON_RESTRICTED: {
    found: { zh: '在禁止或限制参与人员名单上', en: 'on the list of restricted persons' },
    required: { zh: '不在名单上', en: 'not on the list' },
    cure: {
      zh: '如有异议请通过营业部向合规部门核实',
      en: 'compliance answers objections, through the branch',
    },
  },
};

/** The texts of a failure, with its values filled in. */
export function eligibilityTexts(failure: EligibilityFailure): EligibilityTexts {
  const { found, required, cure } = TEXTS[failure.code];
  return { found: filled(found), required: filled(required), cure: filled(cure) };

  function filled({ zh, en }: BilingualText): BilingualText {
    const fill = (sentence: string) =>
      sentence
        .replace('{found}', failure.found)
        .replace('{required}', failure.required)
        .replace('{curedFrom}', failure.curedFrom ?? '')
        .replace('{over}', String(failure.over ?? ''));
    return { zh: fill(zh), en: fill(en) };
  }
}

/** What a conservative client reads, and what is recorded that he read (A2 §7). */
export const RISK_LEVEL_MISMATCH_TEXT: BilingualText = {
  zh: '您的风险承受能力为保守型，与港股通业务的风险不匹配。您仍可参与，但请充分考虑可能的损失。',
  en: 'Your risk level is conservative and does not match the risk of Southbound trading. You may take part, but consider the losses that may follow.',
};
