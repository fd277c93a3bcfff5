/**
 * Why something of a settlement day is red, as one sentence in both languages: cause, money, time left, next act, owner.
 *
 * Source    A4 §11, §27, §28, §41; S13, S14, S18.
 * Units     Fen; instants are UTC; minutes left are whole, rounded down, below zero once the time is over.
 * Texts     Carry no personal data: clients are counted, not named.
 */
import type { Words } from '../messages/words';
import { yuan } from '../money';
import type { Side } from '../channel';
import type { DefaultCause } from './default-cause';
import type { OverdraftCause } from './overdraft';

/** What is red, with the facts behind it. */
export type RedFacts =
  | { readonly kind: 'FUNDING_LATE'; readonly side: Side; readonly missingFen: bigint; readonly dueAt: string }
  | {
      readonly kind: 'FUNDING_SHORT';
      readonly side: Side;
      readonly missingFen: bigint;
      readonly cause: DefaultCause | 'not yet found';
      /** The batch of 18:00; after it the default is one of the end of the day. */
      readonly dueAt: string;
    }
  /** Taken by the clearing house from the own funds for clients, and not given back. */
  | { readonly kind: 'CROSS_COVER'; readonly owedFen: bigint; readonly dueAt: string }
  | { readonly kind: 'MISSING_FILE'; readonly file: string; readonly heldSteps: number; readonly dueAt: string }
  | {
      readonly kind: 'BREAK_OPEN';
      readonly name: string;
      readonly reason: Words;
      readonly count: number;
      readonly amountFen: bigint | null;
      /** Who looks into them, where they are all given to one person. */
      readonly assignedTo: string | null;
    }
  | {
      readonly kind: 'FILE_REFUSED';
      readonly file: string;
      readonly heldSteps: number;
      readonly dueAt: string;
    }
  /** What the books refused; a step that waits for a file is told with the file. */
  | { readonly kind: 'STEP_HELD'; readonly steps: readonly string[]; readonly reason: string }
  | {
      readonly kind: 'ORDER_REFUSED';
      readonly side: Side;
      readonly order: string;
      readonly amountFen: bigint;
      /** The batch after which it has no purpose any more. */
      readonly dueAt: string;
    }
  | { readonly kind: 'CUSHION'; readonly amountFen: bigint; readonly dueAt: string }
  | {
      readonly kind: 'OVERDRAFT';
      readonly cause: OverdraftCause;
      readonly clients: number;
      readonly amountFen: bigint;
      /** The morning on which the cushion advances it. */
      readonly dueAt: string;
    }
  | { readonly kind: 'TASK_OVERDUE'; readonly title: Words; readonly role: string; readonly dueAt: string };

export interface RedSentence {
  readonly kind: RedFacts['kind'];
  readonly cause: Words;
  readonly amountFen: bigint | null;
  readonly dueAt: string | null;
  readonly minutesLeft: number | null;
  readonly nextAct: Words;
  /** Role that must act. */
  readonly owner: string;
  readonly sentence: Words;
}

/** A side's money is the work of one department (A4 §27). */
const OWNER_OF_SIDE: Readonly<Record<Side, string>> = { client: 'operations', proprietary: 'finance' };
const SIDE: Readonly<Record<Side, Words>> = {
  client: { zh: '客户侧', en: 'client side' },
  proprietary: { zh: '自营侧', en: 'proprietary side' },
};

const CAUSE_OF_DEFAULT: Readonly<Record<DefaultCause | 'not yet found', Words>> = {
  'not yet found': { zh: '原因待查', en: 'cause not yet found' },
  'transfer not arrived': { zh: '划款未到账', en: 'the transfer has not arrived' },
  'not ordered': { zh: '未足额下达指令', en: 'less was ordered than planned' },
  'amount computed wrongly': { zh: '头寸计算有误', en: 'the amount was computed wrongly' },
  'settled otherwise': { zh: '中国结算记账与预告不同', en: 'the clearing house booked other amounts than announced' },
};

/** A transfer that did not arrive is never sent twice: the bank is asked, or the emergency channel used. */
const ACT_OF_DEFAULT: Readonly<Record<DefaultCause | 'not yet found', Words>> = {
  'not yet found': { zh: '重算头寸并询问银行', en: 'compute the amount again and ask the bank' },
  'transfer not arrived': {
    zh: '致电银行查询，必要时启用应急划款通道',
    en: 'call the bank; use the emergency channel where it stays silent',
  },
  'not ordered': { zh: '复核并发出划款指令', en: 'approve and send the order' },
  'amount computed wrongly': { zh: '按最新数据补划差额', en: 'order the difference by the newest data' },
  'settled otherwise': { zh: '与中国结算核对并补划', en: 'compare with the clearing house and order what is missing' },
};

const CAUSE_OF_OVERDRAFT: Readonly<Record<OverdraftCause, Words>> = {
  fx: { zh: '汇率变动', en: 'exchange rate' },
  portfolioFee: { zh: '证券组合费', en: 'portfolio fee' },
  delayedSettlement: { zh: '交收顺延', en: 'delayed settlement' },
  other: { zh: '其他', en: 'other' },
};

interface Told {
  readonly cause: Words;
  readonly amountFen: bigint | null;
  readonly dueAt: string | null;
  readonly nextAct: Words;
  readonly owner: string;
}

/** @param nameOfRole the owner as people know the role */
export function redSentence(facts: RedFacts, now: string, nameOfRole: (role: string) => Words): RedSentence {
  const told = toldOf(facts);
  const minutesLeft = told.dueAt === null ? null : Math.floor((Date.parse(told.dueAt) - Date.parse(now)) / 60_000);
  return {
    kind: facts.kind,
    ...told,
    minutesLeft,
    sentence: {
      zh: [
        told.cause.zh,
        ...(told.amountFen === null ? [] : [`金额 ${grouped(told.amountFen)} 元`]),
        ...(minutesLeft === null ? [] : [timeLeft(minutesLeft).zh]),
        `下一步：${told.nextAct.zh}`,
        `负责：${nameOfRole(told.owner).zh}。`,
      ].join('；'),
      en: [
        told.cause.en,
        ...(told.amountFen === null ? [] : [`amount CNY ${grouped(told.amountFen)}`]),
        ...(minutesLeft === null ? [] : [timeLeft(minutesLeft).en]),
        `next: ${told.nextAct.en}`,
        `owner: ${told.owner}.`,
      ].join('; '),
    },
  };
}

function toldOf(facts: RedFacts): Told {
  switch (facts.kind) {
    case 'FUNDING_LATE':
    case 'FUNDING_SHORT':
      return fundingTold(facts);
    case 'CROSS_COVER':
      return {
        cause: {
          zh: '中国结算以自营备付金补足客户缺口（关联交收）',
          en: 'the clearing house covered a client shortfall from the proprietary reserve account',
        },
        amountFen: facts.owedFen,
        dueAt: facts.dueAt,
        nextAct: {
          zh: '从客户资金账户划入并优先归还自有资金',
          en: 'send it in from the client deposit account; the own funds are repaid first',
        },
        owner: 'operations',
      };
    case 'MISSING_FILE':
      return {
        cause: {
          zh: `文件 ${facts.file} 未到，${facts.heldSteps} 个步骤等待`,
          en: `file ${facts.file} is not there, ${facts.heldSteps} steps wait for it`,
        },
        amountFen: null,
        dueAt: facts.dueAt,
        nextAct: { zh: '向中国结算索取文件', en: 'ask the clearing house for the file' },
        owner: 'operations',
      };
    case 'BREAK_OPEN':
      return {
        cause: {
          zh: `${facts.count} 项差异未处理（${facts.name}）：${withoutStop(facts.reason.zh)}`,
          en: `${facts.count} open breaks (${facts.name}): ${withoutStop(facts.reason.en)}`,
        },
        amountFen: facts.amountFen,
        dueAt: null,
        nextAct: {
          zh: '查明原因或由主管签署例外，否则不得关账',
          en: 'explain them or have an exception signed; the day does not close before',
        },
        owner: facts.assignedTo ?? 'supervisor',
      };
    case 'FILE_REFUSED':
    case 'STEP_HELD':
      return heldTold(facts);
    case 'ORDER_REFUSED':
      return {
        cause: {
          zh: `${SIDE[facts.side].zh}指令 ${facts.order} 被对方拒绝`,
          en: `${SIDE[facts.side].en}: the other side refused the order ${facts.order}`,
        },
        amountFen: facts.amountFen,
        dueAt: facts.dueAt,
        nextAct: { zh: '查明拒绝原因并重新经办', en: 'find out why and make it anew' },
        owner: OWNER_OF_SIDE[facts.side],
      };
    case 'CUSHION':
      return {
        cause: { zh: '安全气垫不足以垫付客户透支', en: 'the cushion does not suffice for the overdrafts' },
        amountFen: facts.amountFen,
        dueAt: facts.dueAt,
        nextAct: { zh: '增加安全气垫', en: 'raise the cushion' },
        owner: 'finance',
      };
    case 'OVERDRAFT': {
      const cause = CAUSE_OF_OVERDRAFT[facts.cause];
      return {
        cause: {
          zh: `${facts.clients} 名客户透支：${cause.zh}`,
          en: `${facts.clients} clients overdrawn: ${cause.en}`,
        },
        amountFen: facts.amountFen,
        dueAt: facts.dueAt,
        nextAct: {
          zh: '通知客户补足，次日由安全气垫垫付并计罚息',
          en: 'tell the clients to pay in; the cushion advances it the next morning at penalty interest',
        },
        owner: 'operations',
      };
    }
    case 'TASK_OVERDUE':
      return {
        cause: { zh: `待办逾期：${facts.title.zh}`, en: `task overdue: ${facts.title.en}` },
        amountFen: null,
        dueAt: facts.dueAt,
        nextAct: { zh: '立即办理，或由负责人改派', en: 'do it now, or have the head give it to somebody else' },
        owner: facts.role,
      };
  }
}

function heldTold(facts: Extract<RedFacts, { kind: 'FILE_REFUSED' | 'STEP_HELD' }>): Told {
  if (facts.kind === 'FILE_REFUSED') {
    return {
      cause: {
        zh: `文件 ${facts.file} 被拒收，${facts.heldSteps} 个步骤等待`,
        en: `file ${facts.file} was refused, ${facts.heldSteps} steps wait for it`,
      },
      amountFen: null,
      dueAt: facts.dueAt,
      nextAct: { zh: '将错误清单发送方并索取更正文件', en: 'send the list of faults and ask for a corrected file' },
      owner: 'operations',
    };
  }
  return {
    cause: {
      zh: `账务拒绝步骤 ${facts.steps.join('、')}：${withoutStop(facts.reason)}`,
      en: `the books refuse the steps ${facts.steps.join(', ')}: ${withoutStop(facts.reason)}`,
    },
    amountFen: null,
    dueAt: null,
    nextAct: { zh: '消除原因后步骤继续', en: 'remove the cause; the step goes on' },
    owner: 'operations',
  };
}

function fundingTold(facts: Extract<RedFacts, { kind: 'FUNDING_LATE' | 'FUNDING_SHORT' }>): Told {
  const side = SIDE[facts.side];
  const cause = facts.kind === 'FUNDING_LATE' ? 'transfer not arrived' : facts.cause;
  const why = CAUSE_OF_DEFAULT[cause];
  return {
    cause:
      facts.kind === 'FUNDING_LATE'
        ? { zh: `${side.zh}资金未在时限前到账`, en: `${side.en}: the money was not in before the deadline` }
        : { zh: `${side.zh}交收违约：${why.zh}`, en: `${side.en} in default: ${why.en}` },
    amountFen: facts.missingFen,
    dueAt: facts.dueAt,
    nextAct: ACT_OF_DEFAULT[cause],
    owner: OWNER_OF_SIDE[facts.side],
  };
}

function timeLeft(minutes: number): Words {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const zh = `${hours === 0 ? '' : `${hours} 小时${rest === 0 ? '' : ' '}`}${hours === 0 || rest !== 0 ? `${rest} 分` : ''}`;
  const en = `${hours === 0 ? '' : `${hours} h `}${hours === 0 || rest !== 0 ? `${rest} min` : ''}`.trim();
  return minutes < 0 ? { zh: `已超时 ${zh}`, en: `over by ${en}` } : { zh: `剩余 ${zh}`, en: `${en} left` };
}

/** Yuan with thousands apart, e.g. 19,004,649.79. */
const grouped = (fen: bigint): string => yuan(fen).amount.replace(/\B(?=(\d{3})+(?=\.))/g, ',');

const withoutStop = (text: string): string => text.replace(/[。.]$/, '');
