/** The report of a day, statements of clients and the journal of finance, as files: the numbers of the day report, in every format the same. */
import { BusinessError } from '../../../domain/errors';
import type { BusinessDate } from '../../../domain/calendar/business-date';
import { figuresOfDay, isReadableBy, type FigureOfSide } from '../../explanations/named-figures';
import { sidesReadBy, type Caller } from '../../identity';
import { corporateActionMoney } from '../../reports/corporate-action-money';
import { corporateActionMoneyAsData, corporateActionMoneyPage } from '../../report-files/corporate-action-money-sheets';
import { FORMATS, type Format } from '../../report-files/formats';
import { journal, journalLines, journalOf } from '../../report-files/journal';
import { dataOf, sheetData } from '../../report-files/render-json';
import { reportSheets } from '../../report-files/report-sheets';
import { sheetsOf } from '../../report-files/sheets';
import { route, type Route } from '../../route';
import { dayPath } from '../../schemas';
import type { Services } from '../../services';
import type { RouteId } from '../../policy';
import { z } from '../../zod';
import { dayNotFound } from './settlement-days';

const file = z.unknown().openapi({ type: 'string', format: 'binary' });

async function readableFigures(
  { pool }: Services,
  caller: Caller,
  { channel, date }: { readonly channel: string; readonly date: BusinessDate },
): Promise<FigureOfSide[]> {
  const figures = await figuresOfDay(pool, channel, date);
  if (figures === undefined) throw dayNotFound({ channel, businessDate: date });
  const sides = sidesReadBy(caller);
  return figures.filter((figure) => isReadableBy(sides, figure));
}

const reportFile = (id: RouteId, format: Format): Route =>
  route({
    id,
    method: 'get',
    path: `/v1/settlement-days/{channel}/{date}/report/${format}`,
    tag: 'days',
    summary: {
      zh: `日终报告 ${format.toUpperCase()}，含公司行为资金与日记账`,
      en: `The report of the day as ${format.toUpperCase()}, with the money of corporate actions and the journal`,
    },
    params: dayPath,
    answer: file,
    mediaType: FORMATS[format].mediaType,
    refusals: ['NOT_FOUND', 'CHANNEL_UNKNOWN'],
    respond: async ({ params, caller }, services) => {
      const { channel, date } = params;
      const figures = await readableFigures(services, caller, params);
      const sheets = await reportSheets(services.pool, { channel, date, sides: sidesReadBy(caller) }, figures);
      const title = { zh: '港股通日终报告', en: 'Southbound day report' };
      return { status: 200, body: await FORMATS[format].of(sheets, title, [`${channel} ${date}`]) };
    },
  });

const statementPath = dayPath.extend({ fundAccount: z.string().regex(/^\d{10}$/) }).strict();

/** The figures of a day that are about one client. */
async function figuresOfClient(
  services: Services,
  caller: Caller,
  asked: { readonly channel: string; readonly date: BusinessDate; readonly fundAccount: string },
): Promise<FigureOfSide[]> {
  const { fundAccount } = asked;
  const { rows } = await services.pool.query<{ securities_account: string; side: 'client' | 'proprietary' }>(
    'select securities_account, side from clients where fund_account = $1',
    [fundAccount],
  );
  const [client] = rows;
  if (client === undefined) throw new BusinessError('NOT_FOUND', { what: '客户 client', key: fundAccount });
  if (!sidesReadBy(caller).includes(client.side)) throw new BusinessError('WRONG_SIDE', { side: client.side });
  const own = [fundAccount, client.securities_account];
  return (await readableFigures(services, caller, asked)).filter(({ subject }) =>
    subject.split('.').some((part) => own.includes(part)),
  );
}

const statementFile = (id: RouteId, format: Format): Route =>
  route({
    id,
    method: 'get',
    path: `/v1/settlement-days/{channel}/{date}/statements/{fundAccount}/${format}`,
    tag: 'days',
    summary: { zh: `客户对账单 ${format.toUpperCase()}`, en: `Statement of a client as ${format.toUpperCase()}` },
    params: statementPath,
    answer: file,
    mediaType: FORMATS[format].mediaType,
    refusals: ['NOT_FOUND', 'WRONG_SIDE', 'CHANNEL_UNKNOWN'],
    respond: async ({ params, caller }, services) => {
      const { channel, date, fundAccount } = params;
      const figures = await figuresOfClient(services, caller, params);
      const title = { zh: '港股通客户对账单', en: 'Southbound client statement' };
      return {
        status: 200,
        body: await FORMATS[format].of(sheetsOf(figures), title, [`${channel} ${date}`, fundAccount]),
      };
    },
  });

export const readStatement = route({
  id: 'readStatement',
  method: 'get',
  path: '/v1/settlement-days/{channel}/{date}/statements/{fundAccount}',
  tag: 'days',
  summary: { zh: '客户对账单数据', en: 'Statement of a client as data' },
  params: statementPath,
  answer: sheetData,
  refusals: ['NOT_FOUND', 'WRONG_SIDE', 'CHANNEL_UNKNOWN'],
  respond: async ({ params, caller }, services) => ({
    status: 200,
    body: dataOf(sheetsOf(await figuresOfClient(services, caller, params))),
  }),
});

export const readReportCsv = reportFile('readReportCsv', 'csv');
export const readReportXlsx = reportFile('readReportXlsx', 'xlsx');
export const readReportPdf = reportFile('readReportPdf', 'pdf');
export const readStatementCsv = statementFile('readStatementCsv', 'csv');
export const readStatementXlsx = statementFile('readStatementXlsx', 'xlsx');
export const readStatementPdf = statementFile('readStatementPdf', 'pdf');

export const readJournal = route({
  id: 'readJournal',
  method: 'get',
  path: '/v1/settlement-days/{channel}/{date}/journal',
  tag: 'days',
  summary: { zh: '总账日记账，分侧平衡', en: 'The journal of the day for the general ledger, balanced on each side' },
  params: dayPath,
  answer: journal,
  refusals: ['CHANNEL_UNKNOWN'],
  respond: async ({ params, caller }, { pool }) => {
    const sides = sidesReadBy(caller);
    return { status: 200, body: journalOf(await journalLines(pool, params.channel, params.date, sides), sides) };
  },
});

export const readCorporateActionMoney = route({
  id: 'readCorporateActionMoney',
  method: 'get',
  path: '/v1/settlement-days/{channel}/{date}/corporate-action-money',
  tag: 'days',
  summary: {
    zh: '公司行为资金：在途与各事件的总额、税、费用',
    en: 'Money of corporate actions: on the way, and each event with gross, tax and fees',
  },
  params: dayPath,
  answer: corporateActionMoneyPage,
  refusals: ['CHANNEL_UNKNOWN'],
  respond: async ({ params, caller }, { pool }) => {
    const told = await corporateActionMoney(pool, params.channel, params.date, sidesReadBy(caller));
    return { status: 200, body: corporateActionMoneyAsData(told) };
  },
});
