/**
 * A detail of a refusal as it stands in a sentence for people: states, steps, roles and channels by their Chinese names in the Chinese
 * sentence, instants as Shanghai wall time in both. What travels as `details` stays the key and the UTC instant.
 */
import { shanghaiWallClock } from '../calendar/instants';
import { REQUEST_STEP_WORDS, type RequestStep } from '../permissions/request-steps';

export type Language = 'zh' | 'en';

/** Names of states, outcomes and results, whatever has them. */
const STATES: Readonly<Record<string, string>> = {
  abandoned: '已放弃',
  accepted: '已受理',
  approved: '已批准',
  answered: '已答复',
  assigned: '已指派承办',
  'awaiting approval': '等待审批',
  blocked: '已锁定',
  breached: '已逾期',
  cancelled: '已取消',
  claimed: '已领取',
  closed: '已关闭',
  closing: '正在关闭',
  computed: '已计算',
  computing: '计算中',
  confirmed: '已确认',
  covered: '已弥补',
  decided: '已作出决定',
  disputed: '有异议',
  done: '已办结',
  doubtful: '存疑',
  duplicate: '重复',
  ended: '已结束',
  escalated: '已上报',
  executed: '已执行',
  failed: '未成功',
  filing: '资料归档中',
  given: '已授予',
  granted: '已授予',
  held: '已暂缓',
  'in force': '已生效',
  incomplete: '待补充材料',
  lapsed: '已失效',
  met: '已按期办结',
  'met late': '已逾期办结',
  'no answer': '无人接听',
  'not reached': '未送达',
  open: '未办',
  opening: '正在开通',
  reached: '已接通',
  received: '已收到',
  recalled: '已撤回',
  refused: '已拒绝',
  registered: '已登记',
  rejected: '未通过',
  'rejected outside': '已被外部拒绝',
  reopened: '重新办理',
  requested: '已提请',
  returned: '已退回',
  revoked: '已撤销',
  running: '进行中',
  sent: '已发送',
  superseded: '已被替代',
  'under way': '在办',
  unreachable: '未能联系',
  waiting: '等待中',
  withdrawn: '已撤回',
  'written off': '已核销',
  'wrong number': '号码有误',
};

const ROLES: Readonly<Record<string, string>> = {
  client: '投资者',
  branch: '营业部',
  branch_risk: '营业部风控岗',
  region: '分公司',
  brokerage: '经纪业务总部',
  prop: '证券投资部',
  service: '理财服务中心',
  operations: '运营中心',
  finance: '计划财务部',
  compliance: '合规与风险管理部',
  audit: '稽查部',
  general_manager: '总经理',
  supervisor: '主管',
  admin: '信息技术部',
};

const CHANNELS: Readonly<Record<string, string>> = { mobile: '手机', web: '网上', branch: '柜台' };

const STEPS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(REQUEST_STEP_WORDS).map(([step, { zh }]) => [step, zh]),
);

/** Which words a detail takes, by its name. */
const WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  state: STATES,
  outcome: STATES,
  result: STATES,
  step: { ...STATES, ...STEPS },
  role: ROLES,
  roles: ROLES,
  side: { client: '客户', proprietary: '自营' },
  channel: CHANNELS,
  channels: CHANNELS,
};

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z$/;
/** `客户 client`: both languages in one detail. */
const BOTH = /^(\p{Script=Han}+) ([\x20-\x7e]+)$/u;
/** Details that say it in both. */
const IN_BOTH: readonly string[] = ['what', 'windowFrom'];

/** @param name of the detail in the sentence */
export function shownDetail(name: string, detail: unknown, language: Language): string {
  const text = Array.isArray(detail) ? detail.join(', ') : String(detail);
  if (INSTANT.test(text)) return wallTime(text);
  const both = BOTH.exec(text);
  if (IN_BOTH.includes(name) && both !== null) return (language === 'zh' ? both[1] : both[2]) ?? text;
  const words = WORDS[name];
  if (language === 'zh' && words !== undefined) return inChinese(text, words);
  if (name === 'step') return REQUEST_STEP_WORDS[text as RequestStep]?.en ?? text;
  return text;
}

const inChinese = (text: string, words: Readonly<Record<string, string>>): string =>
  text
    .split(', ')
    .map((one) => words[one] ?? one)
    .join('、');

/** `2025-07-22 17:30`, with seconds where there are any. */
function wallTime(instant: string): string {
  const wall = shanghaiWallClock(instant);
  return wall.endsWith(':00') ? wall.slice(0, 16) : wall;
}
