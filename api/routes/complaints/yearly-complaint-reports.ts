/**
 * What the firm and each branch reported to their regulators of the complaints of a year, with the document that was submitted. A branch, which
 * prepares its own and has it checked by its risk post, reads its own.
 */
import { BusinessError } from '../../../domain/errors';
import type { Caller } from '../../identity';
import type { RouteId } from '../../policy';
import { bytesOfDocument } from '../../reads/documents';
import { scopeOf } from '../../reads/permission-requests';
import { YEARLY_FILES, type KeptDocument } from '../../report-files/yearly-complaint-sheets';
import { route, type Route } from '../../route';
import { instant } from '../../schemas';
import type { Services } from '../../services';
import { z } from '../../zod';
import { withKey } from '../../../activities/database/promises-found';

const year = z.string().regex(/^20\d\d$/);
const unit = z
  .string()
  .regex(/^(-|\d{4})$/)
  .openapi({ description: '营业部；- 为公司 branch; - for the firm' });

const report = z
  .strictObject({
    year,
    branch: unit,
    state: z.enum(['open', 'prepared', 'submitted']),
    dueAt: instant.nullable().openapi({ description: 'null: 日历尚未覆盖 no calendar says so yet' }),
    promise: z.string().nullable().openapi({ description: '时限状态 state of the promise' }),
    preparedBy: z.string().nullable(),
    submittedBy: z.string().nullable(),
    submittedOn: z.string().nullable(),
    reference: z.string().nullable().openapi({ description: '报送文号或回执 number or receipt' }),
    sha256: z.string().nullable(),
    workflowId: z.string(),
  })
  .openapi('YearlyComplaintReport');

export const listYearlyComplaintReports = route({
  id: 'listYearlyComplaintReports',
  method: 'get',
  path: '/v1/yearly-complaint-reports/{year}',
  tag: 'complaints',
  summary: { zh: '年度投诉报告', en: 'Yearly reports of complaints' },
  description: {
    zh: '公司与各营业部的编制、报送与期限；营业部只见本营业部的',
    en: 'Of the firm and of each branch: prepared, submitted, due; a branch sees its own',
  },
  params: z.strictObject({ year }),
  answer: z.strictObject({ items: z.array(report) }).openapi('YearlyComplaintReports'),
  respond: async ({ params, caller }, { pool }) => {
    const [, branches] = await scopeOf(pool, caller, 'listYearlyComplaintReports');
    const { rows } = await pool.query<z.input<typeof report>>(
      `select r.year::text, r.branch, r.state, d.due_at as "dueAt", d.state as promise, r.prepared_by as "preparedBy", r.submitted_by as "submittedBy",
              r.submitted_on::text as "submittedOn", r.reference, r.sha256, r.workflow_id as "workflowId"
         from yearly_complaint_reports r left join deadlines d on ${withKey('d', 'r.workflow_id')}
        where r.year = $1 and ($2::text[] is null or r.branch = any($2)) order by r.branch`,
      [params.year, branches],
    );
    return { status: 200, body: { items: rows } };
  },
});

export const readYearlyComplaintReport = route({
  id: 'readYearlyComplaintReport',
  method: 'get',
  path: '/v1/yearly-complaint-reports/{year}/{branch}',
  tag: 'complaints',
  summary: { zh: '年度投诉报告原文', en: 'A yearly report of complaints as it was prepared' },
  description: {
    zh: '编制时各维度的数与说明；营业部只见本营业部的',
    en: 'Its figures by each dimension, and its words; a branch sees its own',
  },
  params: z.strictObject({ year, branch: unit }),
  answer: z
    .strictObject({ sha256: z.string(), mediaType: z.string(), content: z.string().openapi({ description: 'Base64' }) })
    .openapi('YearlyComplaintReportContent'),
  refusals: ['NOT_FOUND', 'DOCUMENT_DAMAGED'],
  respond: async ({ params, caller }, services) => {
    const { bytes, ...kept } = await keptReport(services, caller, params);
    return { status: 200, body: { ...kept, content: bytes.toString('base64') } };
  },
});

/** As it was prepared last, compared with its digest; of a branch for those of that branch. */
async function keptReport(
  { pool, documents }: Services,
  caller: Caller,
  of: { readonly year: string; readonly branch: string },
): Promise<KeptDocument & { readonly mediaType: string }> {
  const [, branches] = await scopeOf(pool, caller, 'readYearlyComplaintReport');
  const { rows } = await pool.query<{ sha256: string; mediaType: string }>(
    `select sha256, media_type as "mediaType" from yearly_complaint_reports r join documents using (sha256)
      where r.year = $1 and r.branch = $2 and ($3::text[] is null or r.branch = any($3))`,
    [of.year, of.branch, branches],
  );
  const [found] = rows;
  if (found === undefined)
    throw new BusinessError('NOT_FOUND', {
      what: '年度投诉报告 yearly report of complaints',
      key: `${of.year} ${of.branch}`,
    });
  return { ...found, bytes: await bytesOfDocument(documents, found.sha256) };
}

const yearlyFile = (id: RouteId, format: keyof typeof YEARLY_FILES): Route =>
  route({
    id,
    method: 'get',
    path: `/v1/yearly-complaint-reports/{year}/{branch}/${format}`,
    tag: 'complaints',
    summary: {
      zh: `年度投诉报告 ${format.toUpperCase()}`,
      en: `A yearly report of complaints as ${format.toUpperCase()}`,
    },
    description: {
      zh: '供复核与报送：由归档原件生成，载明其摘要',
      en: 'For whoever checks and submits it: made of the document that is kept, whose digest it bears',
    },
    params: z.strictObject({ year, branch: unit }),
    answer: z.unknown().openapi({ type: 'string', format: 'binary' }),
    mediaType: YEARLY_FILES[format].mediaType,
    refusals: ['NOT_FOUND', 'DOCUMENT_DAMAGED'],
    respond: async ({ params, caller }, services) => ({
      status: 200,
      body: await YEARLY_FILES[format].of(await keptReport(services, caller, params)),
    }),
  });

export const readYearlyComplaintReportPdf = yearlyFile('readYearlyComplaintReportPdf', 'pdf');
export const readYearlyComplaintReportXlsx = yearlyFile('readYearlyComplaintReportXlsx', 'xlsx');
