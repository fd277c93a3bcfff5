/** Why something is red, sentence by sentence: cause, money, time left, next act, owner; both sides of the end of the time. */
import { redSentence, type RedFacts } from '../../../domain/settlement/red-sentence';

const NOW = '2025-06-26T02:31:00.000Z'; // 10:31 in Shanghai
const nameOfRole = (role: string) => ({ zh: role === 'operations' ? '运营' : role, en: role });
const FUNDING = {
  kind: 'FUNDING_SHORT',
  side: 'client',
  missingFen: 1_900_464_979n,
  dueAt: '2025-06-26T10:00:00.000Z',
} as const;
const TASK = { kind: 'TASK_OVERDUE', title: { zh: '复核指令', en: 'approve the order' }, role: 'operations' } as const;

test.each<[why: string, facts: RedFacts, zh: string, en: string]>([
  [
    'a transfer that did not arrive is asked about, never sent twice',
    { ...FUNDING, cause: 'transfer not arrived' },
    '客户侧交收违约：划款未到账；金额 19,004,649.79 元；剩余 7 小时 29 分；下一步：致电银行查询，必要时启用应急划款通道；负责：运营。',
    'client side in default: the transfer has not arrived; amount CNY 19,004,649.79; 7 h 29 min left; next: call the bank; use the emergency channel where it stays silent; owner: operations.',
  ],
  [
    'the proprietary side is the work of finance; a wrong amount is ordered anew',
    { ...FUNDING, side: 'proprietary', missingFen: 100n, cause: 'amount computed wrongly' },
    '自营侧交收违约：头寸计算有误；金额 1.00 元；剩余 7 小时 29 分；下一步：按最新数据补划差额；负责：finance。',
    'proprietary side in default: the amount was computed wrongly; amount CNY 1.00; 7 h 29 min left; next: order the difference by the newest data; owner: finance.',
  ],
  [
    'between 10:00 and 10:30 it is late and no default',
    { kind: 'FUNDING_LATE', side: 'client', missingFen: 100_000n, dueAt: '2025-06-26T02:32:00.000Z' },
    '客户侧资金未在时限前到账；金额 1,000.00 元；剩余 1 分；下一步：致电银行查询，必要时启用应急划款通道；负责：运营。',
    'client side: the money was not in before the deadline; amount CNY 1,000.00; 1 min left; next: call the bank; use the emergency channel where it stays silent; owner: operations.',
  ],
  [
    'a missing file after its hour: the time is over',
    { kind: 'MISSING_FILE', file: 'hk_jsmx20250626.dbf', heldSteps: 9, dueAt: '2025-06-26T00:31:00.000Z' },
    '文件 hk_jsmx20250626.dbf 未到，9 个步骤等待；已超时 2 小时；下一步：向中国结算索取文件；负责：运营。',
    'file hk_jsmx20250626.dbf is not there, 9 steps wait for it; over by 2 h; next: ask the clearing house for the file; owner: operations.',
  ],
  [
    'a claim of the own funds on the client side is repaid first',
    { kind: 'CROSS_COVER', owedFen: 100_000n, dueAt: '2025-06-27T00:31:00.000Z' },
    '中国结算以自营备付金补足客户缺口（关联交收）；金额 1,000.00 元；剩余 22 小时；下一步：从客户资金账户划入并优先归还自有资金；负责：运营。',
    'the clearing house covered a client shortfall from the proprietary reserve account; amount CNY 1,000.00; 22 h left; next: send it in from the client deposit account; the own funds are repaid first; owner: operations.',
  ],
  [
    'breaks have no hour; without an amount none is told',
    {
      kind: 'BREAK_OPEN',
      name: 'UNKNOWN_ACCOUNT',
      reason: { zh: '账户不明。', en: 'Unknown account.' },
      count: 2,
      amountFen: null,
      assignedTo: null,
    },
    '2 项差异未处理（UNKNOWN_ACCOUNT）：账户不明；下一步：查明原因或由主管签署例外，否则不得关账；负责：supervisor。',
    '2 open breaks (UNKNOWN_ACCOUNT): Unknown account; next: explain them or have an exception signed; the day does not close before; owner: supervisor.',
  ],
  [
    'clients are counted, not named',
    { kind: 'OVERDRAFT', cause: 'fx', clients: 1, amountFen: 217_272n, dueAt: '2025-06-27T00:31:00.000Z' },
    '1 名客户透支：汇率变动；金额 2,172.72 元；剩余 22 小时；下一步：通知客户补足，次日由安全气垫垫付并计罚息；负责：运营。',
    '1 clients overdrawn: exchange rate; amount CNY 2,172.72; 22 h left; next: tell the clients to pay in; the cushion advances it the next morning at penalty interest; owner: operations.',
  ],
  [
    'due this very minute: nothing is left, and it is not over yet',
    { ...TASK, dueAt: NOW },
    '待办逾期：复核指令；剩余 0 分；下一步：立即办理，或由负责人改派；负责：运营。',
    'task overdue: approve the order; 0 min left; next: do it now, or have the head give it to somebody else; owner: operations.',
  ],
  [
    'a second later a begun minute is over',
    { ...TASK, dueAt: '2025-06-26T02:30:59.000Z' },
    '待办逾期：复核指令；已超时 1 分；下一步：立即办理，或由负责人改派；负责：运营。',
    'task overdue: approve the order; over by 1 min; next: do it now, or have the head give it to somebody else; owner: operations.',
  ],
  [
    'a break that somebody has is that person’s',
    {
      ...{ kind: 'BREAK_OPEN', name: 'FEE_MISMATCH', reason: { zh: '费用不符。', en: 'Another fee.' } },
      ...{ count: 1, amountFen: 100n, assignedTo: 'fin-prop-1' },
    } as const,
    '1 项差异未处理（FEE_MISMATCH）：费用不符；金额 1.00 元；下一步：查明原因或由主管签署例外，否则不得关账；负责：fin-prop-1。',
    '1 open breaks (FEE_MISMATCH): Another fee; amount CNY 1.00; next: explain them or have an exception signed; the day does not close before; owner: fin-prop-1.',
  ],
  [
    'a refused file is not a missing one: the sender is told why',
    { kind: 'FILE_REFUSED', file: 'hk_zjhz20250626.dbf', heldSteps: 1, dueAt: '2025-06-26T12:00:00.000Z' },
    '文件 hk_zjhz20250626.dbf 被拒收，1 个步骤等待；剩余 9 小时 29 分；下一步：将错误清单发送方并索取更正文件；负责：运营。',
    'file hk_zjhz20250626.dbf was refused, 1 steps wait for it; 9 h 29 min left; next: send the list of faults and ask for a corrected file; owner: operations.',
  ],
  [
    'what the books refuse has no hour: it goes on when its cause is gone',
    { kind: 'STEP_HELD', steps: ['overdrafts'], reason: 'no parameter for the date.' },
    '账务拒绝步骤 overdrafts：no parameter for the date；下一步：消除原因后步骤继续；负责：运营。',
    'the books refuse the steps overdrafts: no parameter for the date; next: remove the cause; the step goes on; owner: operations.',
  ],
  [
    'a refused order is made anew by the side whose money it is',
    {
      ...{
        kind: 'ORDER_REFUSED',
        side: 'proprietary',
        order: 'fund:SH:2025-06-26:proprietary:1',
        amountFen: 626_550_256n,
      },
      dueAt: '2025-06-26T10:00:00.000Z',
    } as const,
    '自营侧指令 fund:SH:2025-06-26:proprietary:1 被对方拒绝；金额 6,265,502.56 元；剩余 7 小时 29 分；下一步：查明拒绝原因并重新经办；负责：finance。',
    'proprietary side: the other side refused the order fund:SH:2025-06-26:proprietary:1; amount CNY 6,265,502.56; 7 h 29 min left; next: find out why and make it anew; owner: finance.',
  ],
  [
    'a cushion that is too small is the work of finance',
    { kind: 'CUSHION', amountFen: 217_272n, dueAt: '2025-06-26T12:00:00.000Z' },
    '安全气垫不足以垫付客户透支；金额 2,172.72 元；剩余 9 小时 29 分；下一步：增加安全气垫；负责：finance。',
    'the cushion does not suffice for the overdrafts; amount CNY 2,172.72; 9 h 29 min left; next: raise the cushion; owner: finance.',
  ],
])('%s', (_why, facts, zh, en) => {
  expect(redSentence(facts, NOW, nameOfRole).sentence).toEqual({ zh, en });
});
