/** Start a day, find days, look at one. */
import type { Prisma } from '../../../generated/prisma/client';
import { startSettlementDay } from '../../../activities/intake/start-settlement-day';
import { BusinessError } from '../../../domain/errors';
import { settlementDayId } from '../../../workflows/messages/settlement-day';
import { asOf, readAsOf } from '../../as-of';
import { dateKey, keyOfCursor, wordKey, pageOf as page } from '../../cursors';
import { rolesOf, sidesReadBy } from '../../identity';
import { dateColumn, dateText, instantText } from '../../reads/columns';
import { dayLine, readSettlementDay, settlementDay, STARTING, type DayAsked } from '../../reads/settlement-day';
import { redSentences, redSentenceShape } from '../../reads/red-sentences';
import { route } from '../../route';
import { channel, dayPath, pageOf, pageQuery } from '../../schemas';
import { etagOf } from '../../etag';
import { z } from '../../zod';

const pathOf = ({ channel: code, businessDate }: DayAsked) => `/v1/settlement-days/${code}/${businessDate}`;

export const startDay = route({
  id: 'startSettlementDay',
  method: 'put',
  path: '/v1/settlement-days/{channel}/{date}',
  tag: 'days',
  summary: { zh: '启动交收日；再次启动得到同一日', en: 'Start a settlement day; a second start answers the same day' },
  params: dayPath,
  answer: dayLine,
  statuses: [200, 202],
  refusals: ['NOT_A_TRADING_DAY', 'DAY_IN_THE_FUTURE', 'CALENDAR_OUT_OF_RANGE', 'CHANNEL_UNKNOWN'],
  respond: async ({ params, caller, requestId }, { pool, prisma, dispatchSignals }) => {
    const asked = { channel: params.channel, businessDate: params.date };
    const workflowId = settlementDayId(asked);
    const { started } = await startSettlementDay({ pool })({
      ...asked,
      workflowId,
      actor: caller.person,
      role: rolesOf(caller).find((role) => role === 'operations') ?? 'operations',
      requestId,
    });
    // The day is in the outbox; when Temporal is away it starts as soon as Temporal is back.
    if (started) await dispatchSignals().catch(() => undefined);
    const day = await prisma.settlement_days.findUnique({ where: { workflow_id: workflowId } });
    return {
      status: started ? 202 : 200,
      location: pathOf(asked),
      body: {
        ...asked,
        workflowId,
        stage: day?.stage ?? STARTING,
        startedAt: instantText(day?.started_at ?? null),
        closedAt: instantText(day?.closed_at ?? null),
      },
    };
  },
});

export const listDays = route({
  id: 'listSettlementDays',
  method: 'get',
  path: '/v1/settlement-days',
  tag: 'days',
  summary: { zh: '交收日列表，最近的在前', en: 'Settlement days, the latest first' },
  query: z.strictObject({ channel: channel.optional(), ...pageQuery }),
  answer: pageOf(dayLine),
  respond: async ({ query }, { prisma }) => {
    const after = keyOfCursor(query.cursor, [dateKey, wordKey]);
    const where: Prisma.settlement_daysWhereInput = query.channel === undefined ? {} : { channel: query.channel };
    const [lastDate = '', lastChannel = ''] = after ?? [];
    const before: Prisma.settlement_daysWhereInput =
      after === undefined
        ? {}
        : {
            OR: [
              { business_date: { lt: dateColumn(lastDate) } },
              { business_date: dateColumn(lastDate), channel: { gt: lastChannel } },
            ],
          };
    const rows = await prisma.settlement_days.findMany({
      where: { AND: [where, before] },
      orderBy: [{ business_date: 'desc' }, { channel: 'asc' }],
      take: query.limit + 1,
    });
    const keyOf = (row: (typeof rows)[number]) => [dateText(row.business_date), row.channel];
    const body = page(rows, query.limit, keyOf, (row) => ({
      channel: row.channel,
      businessDate: dateText(row.business_date),
      workflowId: row.workflow_id,
      stage: row.stage,
      startedAt: instantText(row.started_at),
      closedAt: instantText(row.closed_at),
    }));
    return { status: 200, body };
  },
});

export const readDay = route({
  id: 'readSettlementDay',
  method: 'get',
  path: '/v1/settlement-days/{channel}/{date}',
  tag: 'days',
  summary: {
    zh: '一个交收日：阶段、两侧、头寸、指令、检查点、时限、谁在等谁',
    en: 'One settlement day: stage, both sides, funding, orders, checkpoints, ladder, who waits for whom',
  },
  params: dayPath,
  query: z.strictObject({ 'as-of': asOf }),
  answer: settlementDay
    .extend({
      red: z
        .array(redSentenceShape)
        .nullable()
        .openapi({ description: '何处告急及原因 what is red now and why; null as of an earlier instant' }),
    })
    .strict()
    .openapi('SettlementDayNow'),
  etag: true,
  refusals: ['NOT_FOUND', 'CHANNEL_UNKNOWN'],
  respond: async ({ params, query, caller }, services) => {
    const asked = { channel: params.channel, businessDate: params.date };
    const day = await readAsOf(services, query['as-of'], (tables) =>
      readSettlementDay(tables, asked, sidesReadBy(caller)),
    );
    if (day === undefined) throw dayNotFound(asked);
    const red =
      query['as-of'] === undefined ? await redSentences(services.pool, { ...asked, sides: sidesReadBy(caller) }) : null;
    // The time that is left runs on: it is no change of the day.
    return { status: 200, body: { ...day, red }, etag: etagOf(day) };
  },
});

export const dayNotFound = ({ channel: code, businessDate }: DayAsked): BusinessError<'NOT_FOUND'> =>
  new BusinessError('NOT_FOUND', { what: '交收日 settlement day', key: `${code} ${businessDate}` });
