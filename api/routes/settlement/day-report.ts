/** The report of a day as data: every figure of the closed day, read from its books, and the money of corporate actions that its files show too. */
import { sidesReadBy } from '../../identity';
import { corporateActionMoneyAsData, corporateActionMoneyPage } from '../../report-files/corporate-action-money-sheets';
import { corporateActionMoney } from '../../reports/corporate-action-money';
import { dayReport } from '../../reports/day-report';
import { route } from '../../route';
import { dayPath } from '../../schemas';
import { z } from '../../zod';
import { dayNotFound } from './settlement-days';

export const readDayReport = route({
  id: 'readDayReport',
  method: 'get',
  path: '/v1/settlement-days/{channel}/{date}/report',
  tag: 'days',
  summary: { zh: '日终报告（两侧）', en: 'The report of the day, both sides' },
  params: dayPath,
  // Its sections are the report's own; amounts in it are text.
  answer: z
    .looseObject({
      date: z.string().openapi({ format: 'date' }),
      workflowId: z.string(),
      held: z.record(z.string(), z.string()),
      corporateActionMoney: corporateActionMoneyPage,
    })
    .openapi('DayReport'),
  refusals: ['NOT_FOUND', 'CHANNEL_UNKNOWN'],
  respond: async ({ params: { channel, date }, caller }, { pool }) => {
    const report = await dayReport(pool, channel, date);
    if (report === undefined) throw dayNotFound({ channel, businessDate: date });
    const money = await corporateActionMoney(pool, channel, date, sidesReadBy(caller));
    return { status: 200, body: { ...report, corporateActionMoney: corporateActionMoneyAsData(money) } };
  },
});
