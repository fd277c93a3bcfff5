/** What complaints are classified by, and how each class is called: in files that people read the names stand beside the codes. */
import type { Words } from '../messages/words';
import type {
  ACCOUNTABILITY,
  COMPLAINT_CATEGORIES,
  COMPLAINT_CHANNELS,
  COMPLAINT_PRODUCTS,
  REASONABLENESS,
  ROOT_CAUSES,
  TRANSFER_KINDS,
} from './complaint-words';

type Named<Codes extends readonly string[]> = Readonly<Record<Codes[number], Words>>;

const PRODUCT_WORDS: Named<typeof COMPLAINT_PRODUCTS> = {
  southbound: { zh: '港股通', en: 'Southbound' },
  'a-shares': { zh: 'A 股交易', en: 'A shares' },
  margin: { zh: '融资融券', en: 'margin trading' },
  funds: { zh: '基金', en: 'funds' },
  wealth: { zh: '理财产品', en: 'wealth products' },
  account: { zh: '账户业务', en: 'accounts' },
  other: { zh: '其他', en: 'other' },
};

const CATEGORY_WORDS: Named<typeof COMPLAINT_CATEGORIES> = {
  service: { zh: '服务', en: 'service' },
  fee: { zh: '收费', en: 'fees' },
  system: { zh: '系统', en: 'systems' },
  trading: { zh: '交易', en: 'trading' },
  settlement: { zh: '清算交收', en: 'clearing and settlement' },
  suitability: { zh: '适当性', en: 'suitability' },
  disclosure: { zh: '信息披露与风险揭示', en: 'disclosure' },
  conduct: { zh: '从业人员行为', en: 'conduct of staff' },
  privacy: { zh: '个人信息保护', en: 'personal data' },
  other: { zh: '其他', en: 'other' },
};

const CHANNEL_WORDS: Named<typeof COMPLAINT_CHANNELS> = {
  telephone: { zh: '电话', en: 'telephone' },
  email: { zh: '电子邮件', en: 'e-mail' },
  web: { zh: '网站', en: 'web' },
  app: { zh: '手机应用', en: 'app' },
  branch: { zh: '营业部现场', en: 'at a branch' },
  letter: { zh: '来信', en: 'letter' },
  regulator: { zh: '监管转办（12386）', en: 'passed on by the regulator (12386)' },
  exchange: { zh: '交易所转办', en: 'passed on by an exchange' },
};

const CAUSE_WORDS: Named<typeof ROOT_CAUSES> = {
  rule: { zh: '制度流程', en: 'rules and procedures' },
  system: { zh: '系统', en: 'systems' },
  person: { zh: '人员履职', en: 'what somebody did' },
  training: { zh: '培训不足', en: 'training' },
  outside: { zh: '外部原因', en: 'outside causes' },
  misunderstanding: { zh: '误解', en: 'misunderstanding' },
  none: { zh: '无', en: 'none' },
};

const REASONABLENESS_WORDS: Named<typeof REASONABLENESS> = {
  reasonable: { zh: '合理', en: 'reasonable' },
  'partly reasonable': { zh: '部分合理', en: 'partly reasonable' },
  unreasonable: { zh: '不合理', en: 'unreasonable' },
};

const ACCOUNTABILITY_WORDS: Named<typeof ACCOUNTABILITY> = {
  none: { zh: '不问责', en: 'nobody' },
  department: { zh: '部门', en: 'department' },
  person: { zh: '个人', en: 'person' },
  'department and person': { zh: '部门及个人', en: 'department and person' },
};

const TRANSFER_KIND_WORDS: Named<typeof TRANSFER_KINDS> = {
  complaint: { zh: '投诉', en: 'complaint' },
  'tip-off': { zh: '举报', en: 'tip-off' },
  enquiry: { zh: '咨询', en: 'enquiry' },
  suggestion: { zh: '建议', en: 'suggestion' },
};

/** By what complaints are counted; a branch is called by its number. */
export const CLASSIFIED_BY = {
  product: { called: { zh: '产品', en: 'product' }, classes: PRODUCT_WORDS },
  category: { called: { zh: '类别', en: 'category' }, classes: CATEGORY_WORDS },
  cause: { called: { zh: '根本原因', en: 'cause' }, classes: CAUSE_WORDS },
  branch: { called: { zh: '营业部', en: 'branch' }, classes: {} },
  channel: { called: { zh: '渠道', en: 'channel' }, classes: CHANNEL_WORDS },
  reasonableness: { called: { zh: '诉求合理性', en: 'reasonableness' }, classes: REASONABLENESS_WORDS },
  accountability: { called: { zh: '问责', en: 'accountability' }, classes: ACCOUNTABILITY_WORDS },
  transferKind: { called: { zh: '转办件类别', en: 'kind of transfer' }, classes: TRANSFER_KIND_WORDS },
} as const satisfies Readonly<
  Record<string, { readonly called: Words; readonly classes: Readonly<Record<string, Words>> }>
>;
export type Classification = keyof typeof CLASSIFIED_BY;

const ALL: Words = { zh: '合计', en: 'all' };
const NONE: Words = { zh: '无', en: 'none' };

/**
 * How a line of a report is called.
 * @param code class; null: all together; `-`: none, or none yet. What is no class of ours, a number of a branch, is called as it is
 */
export function classCalled(by: Classification, code: string | null): Words {
  if (code === null) return ALL;
  if (code === '-') return NONE;
  const classes: Readonly<Record<string, Words>> = CLASSIFIED_BY[by].classes;
  return classes[code] ?? { zh: code, en: code };
}
