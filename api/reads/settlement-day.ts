/** One settlement day as operations look at it: where it stands, both sides, who waits for whom, what is held. */
import type { Tables } from '../as-of';
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { Side } from '../../domain/channel';
import { sideOfSubject } from '../../domain/deadlines/side-of-subject';
import { yuan } from '../../domain/money';
import { settlementDayId } from '../../workflows/messages/settlement-day';
import { bilingual, instant, money, rowId, side } from '../schemas';
import { z } from '../zod';
import { dateColumn, dateText, instantText } from './columns';
import { figure, figureOf } from './day-figure';
import { settlementDefault, settlementDefaultOf } from './settlement-default';
import { ofItsTasks, taskLine, taskLineOf } from './tasks';

const date = z.string().openapi({ format: 'date' });

const order = z
  .strictObject({
    orderId: rowId,
    kind: z.enum(['FUND', 'DRAW_BACK', 'COMMISSION', 'COMPENSATION', 'CUSHION']),
    revision: z.number().int(),
    figureId: rowId.nullable(),
    value: money,
    fromAccount: z.string(),
    toAccount: z.string(),
    state: z.string(),
    madeBy: z.string(),
    madeAt: instant,
    approvedBy: z.string().nullable(),
    approvedAt: instant.nullable(),
    sentAt: instant.nullable(),
    executedAt: instant.nullable(),
    outsideReference: z.string().nullable(),
    sentThrough: z
      .enum(['bank', 'emergency bank'])
      .openapi({ description: '经哪家银行划款 the bank that it goes through' }),
  })
  .openapi('Order');

const checkpoint = z
  .strictObject({
    checkpoint: z.enum(['10:00', '10:30', '18:00']),
    trades: money,
    riskPayable: money,
    riskReturned: money,
    corporate: money,
    fee: money,
    crossCover: money.openapi({
      description: '关联交收：正数为自有资金垫入，负数为归还 taken from the own funds, below zero given back',
    }),
    total: money,
    balance: money,
    missing: money,
    readAt: instant,
  })
  .openapi('Checkpoint');

const sideOfDay = z
  .strictObject({
    side,
    funding: figure.nullable().openapi({ description: '最新头寸 the newest funding figure' }),
    figures: z.array(figure).openapi({ description: '各指标最新版 the newest revision of each figure' }),
    orders: z.array(order),
    checkpoints: z.array(checkpoint),
    default: settlementDefault.nullable(),
  })
  .openapi('SideOfDay');

export const ladderRung = z
  .strictObject({
    ladder: z.string(),
    rung: z.number().int(),
    subject: z.string(),
    dueAt: instant,
    audience: z.string(),
    action: bilingual,
    state: z.enum(['met', 'acted', 'escalated']),
    doneAt: instant,
    doneBy: z.string(),
  })
  .openapi('LadderRung');

const calendarOfDay = z
  .strictObject({
    dayKind: z.enum(['full', 'half']),
    settlementDay: z.boolean(),
    previousTradingDay: date,
    nextTradingDay: date,
    tradesSettle: date,
    feeSettles: date,
    riskSettles: date,
    calendarVersion: z.number().int(),
  })
  .openapi('CalendarOfDay');

export const dayLine = z
  .strictObject({
    channel: z.string(),
    businessDate: date,
    workflowId: z.string(),
    stage: z.string(),
    startedAt: instant.nullable(),
    closedAt: instant.nullable(),
  })
  .openapi('SettlementDayLine');

export const settlementDay = dayLine
  .extend({
    calendar: calendarOfDay.nullable().openapi({ description: '流程尚未开始时为空 null until the process has begun' }),
    steps: z.array(
      z.strictObject({ step: z.string(), state: z.enum(['held', 'done']), cause: z.string(), at: instant }),
    ),
    waiting: z.array(taskLine).openapi({ description: '谁在等谁 who waits for whom' }),
    ladder: z
      .array(ladderRung)
      .openapi({ description: '各级期限，另一侧的除外 without the rungs of a side that the caller may not see' }),
    sides: z.array(sideOfDay).openapi({ description: '只含本人可见的一侧 only the sides the caller may see' }),
  })
  .strict()
  .openapi('SettlementDay');

/** Stage of a day that was asked for and whose process has not written yet. */
export const STARTING = 'starting';

export interface DayAsked {
  readonly channel: string;
  readonly businessDate: BusinessDate;
}

/** The day with the sides given; nothing when it was never asked for. */
export async function readSettlementDay(
  prisma: Tables,
  asked: DayAsked,
  sides: readonly Side[],
): Promise<z.input<typeof settlementDay> | undefined> {
  const workflowId = settlementDayId(asked);
  const ofDay = { channel: asked.channel, business_date: dateColumn(asked.businessDate) };
  const day = await prisma.settlement_days.findUnique({ where: { channel_business_date: ofDay } });
  if (day === null && (await prisma.processes.count({ where: { workflow_id: workflowId } })) === 0) return undefined;

  const [steps, tasks, rungs, ...sidesOfDay] = await Promise.all([
    prisma.day_steps.findMany({ where: ofDay, orderBy: [{ at: 'asc' }, { step: 'asc' }] }),
    prisma.tasks.findMany({
      where: {
        ...(await ofItsTasks(prisma, workflowId)),
        state: { in: ['open', 'claimed'] },
        OR: [{ side: null }, { side: { in: [...sides] } }],
      },
      orderBy: [{ due_at: 'asc' }, { task_id: 'asc' }],
      include: { task_titles: true },
    }),
    prisma.ladder_rungs.findMany({
      where: { workflow_id: workflowId },
      orderBy: [{ due_at: 'asc' }, { ladder: 'asc' }, { rung: 'asc' }, { subject: 'asc' }],
    }),
    ...sides.map((asSide) => readSide(prisma, ofDay, asSide)),
  ]);
  return {
    ...asked,
    workflowId,
    stage: day?.stage ?? STARTING,
    startedAt: instantText(day?.started_at ?? null),
    closedAt: instantText(day?.closed_at ?? null),
    calendar: day === null ? null : calendarOf(day),
    steps: steps.map(({ step, state, cause, at }) => ({ step, state: state as 'held', cause, at: at.toISOString() })),
    waiting: tasks.map(taskLineOf),
    ladder: rungs.filter(({ subject }) => isOf(sides, subject)).map(rungOf),
    sides: sidesOfDay,
  };
}

type RungRow = Awaited<ReturnType<Tables['ladder_rungs']['findMany']>>[number];

export const rungOf = (row: RungRow): z.input<typeof ladderRung> => ({
  ladder: row.ladder,
  rung: row.rung,
  subject: row.subject,
  dueAt: row.due_at.toISOString(),
  audience: row.audience,
  action: { zh: row.action_zh, en: row.action_en },
  state: row.state as 'met',
  doneAt: row.done_at.toISOString(),
  doneBy: row.done_by,
});

const isOf = (sides: readonly Side[], subject: string): boolean => {
  const side = sideOfSubject(subject);
  return side === undefined || sides.includes(side);
};

type DayRow = NonNullable<Awaited<ReturnType<Tables['settlement_days']['findUnique']>>>;

const calendarOf = (day: DayRow): z.input<typeof calendarOfDay> => ({
  dayKind: day.day_kind as 'full',
  settlementDay: day.settlement_day,
  previousTradingDay: dateText(day.previous_trading_day),
  nextTradingDay: dateText(day.next_trading_day),
  tradesSettle: dateText(day.trades_settle),
  feeSettles: dateText(day.fee_settles),
  riskSettles: dateText(day.risk_settles),
  calendarVersion: day.calendar_version,
});

interface DayKey {
  readonly channel: string;
  readonly business_date: Date;
}

const FUNDING = 'FUNDING';

async function readSide(prisma: Tables, ofDay: DayKey, asSide: Side): Promise<z.input<typeof sideOfDay>> {
  const where = { ...ofDay, side: asSide };
  const [figures, orders, checkpoints, failed] = await Promise.all([
    readFigures(prisma, where),
    prisma.orders.findMany({ where, orderBy: { order_id: 'asc' } }),
    prisma.checkpoints.findMany({ where, orderBy: { checkpoint: 'asc' } }),
    prisma.settlement_defaults.findUnique({ where: { channel_business_date_side: where } }),
  ]);
  return {
    side: asSide,
    funding: figures.find(({ code }) => code === FUNDING) ?? null,
    figures,
    orders: orders.map((row) => ({
      orderId: String(row.order_id),
      kind: row.kind as 'FUND',
      revision: row.revision,
      figureId: row.figure_id === null ? null : String(row.figure_id),
      value: yuan(row.amount_fen),
      fromAccount: row.from_account,
      toAccount: row.to_account,
      state: row.state,
      madeBy: row.made_by,
      madeAt: row.made_at.toISOString(),
      approvedBy: row.approved_by,
      approvedAt: instantText(row.approved_at),
      sentAt: instantText(row.sent_at),
      executedAt: instantText(row.executed_at),
      outsideReference: row.outside_reference,
      sentThrough: row.sent_through as 'bank',
    })),
    checkpoints: checkpoints.map((row) => ({
      checkpoint: row.checkpoint as '10:00',
      trades: yuan(row.trades_fen),
      riskPayable: yuan(row.risk_payable_fen),
      riskReturned: yuan(row.risk_returned_fen),
      corporate: yuan(row.corporate_fen),
      fee: yuan(row.fee_fen),
      crossCover: yuan(row.cross_cover_fen),
      total: yuan(row.total_fen),
      balance: yuan(row.balance_fen),
      missing: yuan(row.missing_fen),
      readAt: row.read_at.toISOString(),
    })),
    default: failed === null ? null : settlementDefaultOf(failed),
  };
}

/** The newest revision of each figure of a side, with its terms. */
async function readFigures(prisma: Tables, where: DayKey & { side: Side }): Promise<z.input<typeof figure>[]> {
  const rows = await prisma.figures.findMany({
    where,
    distinct: ['code'],
    orderBy: [{ code: 'asc' }, { revision: 'desc' }],
    include: { figure_terms: { orderBy: { term_no: 'asc' } } },
  });
  return rows.map(figureOf);
}
