/** Reports of complaints, as page and as files; each number names the list of its cases, and counts none that whoever reads it is kept out of. */
import type { Pool } from 'pg';
import { classCalled } from '../../../domain/complaints/classified-words';
import {
  complaintReport,
  DIMENSIONS,
  MEASURES,
  type AskedReport,
  type Dimension,
  type Measure,
  type ReportLine,
} from '../../../activities/intake/complaints/complaint-report';
import type { Caller } from '../../identity';
import type { RouteId } from '../../policy';
import { refuseBackwards } from '../../problems';
import { processesKeptFrom } from '../../reads/kept-from';
import { rateView } from '../../reads/rates';
import { complaintSheet } from '../../report-files/complaint-sheets';
import { FORMATS, type Format } from '../../report-files/formats';
import { route, type Route } from '../../route';
import { bilingual, businessDate, money } from '../../schemas';
import { z } from '../../zod';

const dimension = z.enum(DIMENSIONS);
const params = z.strictObject({ dimension });
const query = z.strictObject({ from: businessDate, to: businessDate });
const count = z.number().int();
const minutes = count
  .nullable()
  .openapi({ description: '自收到至首次答复的整分钟 whole minutes from receipt to the first answer' });

const line = z.strictObject({
  key: z.string().nullable().openapi({ description: 'null: 合计 all together; `-`: 无 none' }),
  name: bilingual,
  received: count,
  open: count,
  answered: count,
  overdue: count,
  asked: count.openapi({ description: '回访中表态的 who said in the callback whether they are satisfied' }),
  satisfied: count,
  compensationApproved: count,
  compensationPaid: count.openapi({ description: '赔付已出账的 those of which something was paid, by the ledger' }),
  medianMinutes: minutes,
  p90Minutes: minutes,
  satisfaction: rateView.nullable(),
  approved: money.openapi({ description: '批准的赔付 compensation approved' }),
  paid: money.openapi({ description: '已付的赔付，以账簿为准 compensation paid, by the ledger' }),
  cases: z
    .record(z.string(), z.string())
    .openapi({ description: '每个数对应的投诉清单 the list of complaints behind each number' }),
});

function casesOf(of: Dimension, { key }: ReportLine, { from, to }: z.output<typeof query>): Record<string, string> {
  const list = (measure: Measure) => {
    const asked = new URLSearchParams({
      receivedFrom: from,
      receivedTo: to,
      ...(key === null ? {} : { [of]: key }),
      measure,
    });
    return `/v1/complaints?${asked.toString()}`;
  };
  return Object.fromEntries(Object.keys(MEASURES).map((measure) => [measure, list(measure as Measure)]));
}

async function reportFor(pool: Pool, caller: Caller, asked: Omit<AskedReport, 'keptFrom'>) {
  refuseBackwards(asked);
  return complaintReport(pool, { ...asked, keptFrom: await processesKeptFrom(pool, caller) });
}

export const readComplaintReport = route({
  id: 'readComplaintReport',
  method: 'get',
  path: '/v1/complaint-reports/{dimension}',
  tag: 'complaints',
  summary: { zh: '投诉报表', en: 'Report of complaints' },
  description: {
    zh: '投诉报表：按产品、类别、根本原因、营业部、渠道、诉求合理性、问责或转办件类别；每个数可打开其投诉清单',
    en: 'Complaints by product, category, cause, branch, channel, reasonableness, accountability or kind of transfer; each number opens its cases',
  },
  params,
  query,
  answer: z
    .strictObject({ dimension, from: z.string(), to: z.string(), lines: z.array(line) })
    .openapi('ComplaintReport'),
  respond: async ({ params: { dimension: of }, query: days, caller }, { pool }) => {
    const rows = await reportFor(pool, caller, { dimension: of, ...days });
    const lines = rows.map((row) => ({ ...row, name: classCalled(of, row.key), cases: casesOf(of, row, days) }));
    return { status: 200, body: { dimension: of, ...days, lines } };
  },
});

const reportFile = (id: RouteId, format: Format): Route =>
  route({
    id,
    method: 'get',
    path: `/v1/complaint-reports/{dimension}/${format}`,
    tag: 'complaints',
    summary: { zh: `投诉报表 ${format.toUpperCase()}`, en: `The report of complaints as ${format.toUpperCase()}` },
    params,
    query,
    answer: z.unknown().openapi({ type: 'string', format: 'binary' }),
    mediaType: FORMATS[format].mediaType,
    respond: async ({ params: { dimension: of }, query: days, caller }, { pool }) => {
      const sheet = complaintSheet(of, await reportFor(pool, caller, { dimension: of, ...days }));
      const title = { zh: '投诉报表', en: 'Report of complaints' };
      return { status: 200, body: await FORMATS[format].of([sheet], title, [`${days.from} – ${days.to}`]) };
    },
  });

export const readComplaintReportCsv = reportFile('readComplaintReportCsv', 'csv');
export const readComplaintReportXlsx = reportFile('readComplaintReportXlsx', 'xlsx');
export const readComplaintReportPdf = reportFile('readComplaintReportPdf', 'pdf');
