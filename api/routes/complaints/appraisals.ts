/** How complaints were handled by a department or a person: computed, explained line by line, ending in an approved reward or sanction. */
import { askAppraisal } from '../../../activities/intake/quality/ask-appraisal';
import { recordReading } from '../../../activities/intake/record-reading';
import { BusinessError } from '../../../domain/errors';
import { APPRAISAL_CODES, APPRAISAL_MEANINGS } from '../../../domain/quality/appraisal-figures';
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { rolesOf, type Caller } from '../../identity';
import { complaintNo } from '../../reads/complaints';
import { processesKeptFrom } from '../../reads/kept-from';
import { route } from '../../route';
import { bilingual, businessDate, pageOf, pageQuery, rowId } from '../../schemas';
import type { Services } from '../../services';
import { z } from '../../zod';

const shownCases = z.array(complaintNo);

const appraisalView = z
  .strictObject({
    appraisalId: rowId,
    firstDay: z.string(),
    lastDay: z.string(),
    subjectKind: z.enum(['department', 'person']),
    subject: z.string(),
    state: z.enum(['computing', 'open', 'awaiting approval', 'approved', 'refused', 'recalled', 'withdrawn']),
    outcome: z.enum(['reward', 'none', 'sanction']).nullable(),
    madeBy: z.string().nullable(),
    approvedBy: z.string().nullable(),
    lines: z.array(
      z.strictObject({
        code: z.enum(APPRAISAL_CODES),
        meaning: bilingual.openapi({ description: '该项如何计算 how the figure is counted' }),
        numerator: z.number().int(),
        denominator: z.number().int(),
        ratio: z
          .string()
          .nullable()
          .openapi({ example: '0.9500', description: '四位小数 four decimals; null of nothing' }),
        counted: shownCases.openapi({
          description:
            '计入分子的投诉，须回避的不列 complaints that count, without those that the caller is kept out of',
        }),
        among: shownCases.openapi({
          description:
            '计入分母的投诉，须回避的不列 complaints among which is counted, without those that the caller is kept out of',
        }),
      }),
    ),
    workflowId: z.string(),
  })
  .openapi('Appraisal');

/** SQL: the person, or the department with its branch, whom the appraisal `a` is about. Parameters: an account; roles and branches of its grants, side by side. */
const isAboutSelf = (person: string, roles: string, branches: string): string =>
  `case when a.subject_kind = 'person' then natural_person(a.subject) = natural_person(${person})
        else exists (select from unnest(${roles}::text[], ${branches}::text[]) held (role, branch)
                      where a.subject in (held.role, held.role || ':' || held.branch)) end`;

/** SQL: whoever is appraised learns of it when it is decided, by whatever role, and not while others decide. */
const isTold = (keptFrom: string): string => `(a.state = 'approved' or a.workflow_id <> all (${keptFrom}::text[]))`;

/** SQL: numbers of complaints, without those that the caller is kept out of. */
const shown = (numbers: string, keptFrom: string): string =>
  `array(select no from unnest(${numbers}) with ordinality one (no, place) where 'complaint:' || no <> all (${keptFrom}::text[]) order by place)`;

/** @param keptFrom parameter: processes that the caller is kept out of. The figures stay those that were computed and approved. */
const view = (
  keptFrom: string,
): string => `select a.appraisal_id::text as "appraisalId", a.first_day::text as "firstDay", a.last_day::text as "lastDay",
    a.subject_kind as "subjectKind", a.subject, a.state, a.outcome, a.made_by as "madeBy", a.approved_by as "approvedBy", a.workflow_id as "workflowId",
    coalesce((select jsonb_agg(jsonb_build_object('code', l.code, 'meaning', '${JSON.stringify(APPRAISAL_MEANINGS)}'::jsonb -> l.code, 'numerator', l.numerator, 'denominator', l.denominator,
                'ratio', to_char(l.ratio_e4 / 10000.0, 'FM0.0000'), 'counted', ${shown('l.counted', keptFrom)}, 'among', ${shown('l.among', keptFrom)})
                order by array_position(array['timeliness', 'reopened', 'satisfaction', 'findings'], l.code))
                from appraisal_lines l where l.appraisal_id = a.appraisal_id), '[]') as lines
  from appraisals a`;

async function viewOf({ pool }: Services, caller: Caller, id: string): Promise<z.input<typeof appraisalView>> {
  const { rows } = await pool.query<z.input<typeof appraisalView>>(
    `${view('$2')} where a.appraisal_id = $1 and ${isTold('$2')}`,
    [id, await processesKeptFrom(pool, caller)],
  );
  const [row] = rows;
  if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '考核 appraisal', key: id });
  return row;
}

export const askAppraisalRoute = route({
  id: 'askAppraisal',
  method: 'post',
  path: '/v1/appraisals',
  tag: 'complaints',
  summary: { zh: '考核部门或个人的投诉处理', en: 'Appraise how a department or a person handled complaints' },
  description: {
    zh: '考核部门或个人的投诉处理：时效、重办率、满意度、检查问题均由系统计算，逐项可查',
    en: 'Appraise how a department or a person handled complaints: timeliness, reopened, satisfaction and findings are computed, each line explained',
  },
  body: z.strictObject({
    firstDay: businessDate,
    lastDay: businessDate,
    subjectKind: z.enum(['department', 'person']),
    subject: z
      .string()
      .min(1)
      .max(100)
      .openapi({ example: 'branch:1001', description: '部门（可加营业部）或人员 department or person' }),
  }),
  answer: appraisalView,
  statuses: [200, 201],
  refusals: [
    'APPRAISAL_PERIOD_NOT_OVER',
    'NOT_FOUND',
    'KEPT_OUT_OF_CASE',
    'BRANCH_UNKNOWN',
    'BRANCH_MISSING',
    'NO_PARAMETER_FOR_DATE',
  ],
  respond: async ({ body, caller, requestId }, services) => {
    const role = rolesOf(caller)[0] ?? '';
    const { appraisal, isNew } = await askAppraisal(services.pool, { ...body, by: caller.person, role, requestId });
    await services.dispatchSignals().catch(() => undefined);
    const location = `/v1/appraisals/${appraisal.appraisalId}`;
    return { status: isNew ? 201 : 200, body: await viewOf(services, caller, appraisal.appraisalId), location };
  },
});

export const readAppraisal = route({
  id: 'readAppraisal',
  method: 'get',
  path: '/v1/appraisals/{appraisalId}',
  tag: 'complaints',
  summary: { zh: '一次投诉处理考核', en: 'One appraisal of how complaints were handled' },
  params: z.strictObject({ appraisalId: rowId }),
  answer: appraisalView,
  refusals: ['NOT_FOUND'],
  respond: async ({ params, caller }, services) => ({
    status: 200,
    body: await viewOf(services, caller, params.appraisalId),
  }),
});

export const listAppraisals = route({
  id: 'listAppraisals',
  method: 'get',
  path: '/v1/appraisals',
  tag: 'complaints',
  summary: {
    zh: '投诉处理考核；被考核者在批准前不见',
    en: 'Appraisals of how complaints were handled; whoever is appraised sees none before it is approved',
  },
  query: z.strictObject({ subject: z.string().max(100).optional(), ...pageQuery }),
  answer: pageOf(appraisalView),
  respond: async ({ query, caller }, { pool }) => {
    const [after = null] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const { rows } = await pool.query<z.input<typeof appraisalView>>(
      `${view('$4')} where ($1::text is null or a.subject = $1) and ($2::bigint is null or a.appraisal_id > $2) and ${isTold('$4')}
        order by a.appraisal_id limit $3`,
      [query.subject ?? null, after, query.limit + 1, await processesKeptFrom(pool, caller)],
    );
    return {
      status: 200,
      body: page(
        rows,
        query.limit,
        (row) => [row.appraisalId],
        (row) => row,
      ),
    };
  },
});

export const listOwnAppraisals = route({
  id: 'listOwnAppraisals',
  method: 'get',
  path: '/v1/me/appraisals',
  tag: 'complaints',
  summary: {
    zh: '本人及本部门已批准的投诉处理考核，最近的在前',
    en: 'Approved appraisals of the caller and of the department of the caller, the latest first',
  },
  description: {
    zh: '各项指标及其投诉编号；批准前不可见；每次查看留痕',
    en: 'Each figure with the numbers of its complaints; none before it is approved; each look is audited',
  },
  query: z.strictObject(pageQuery),
  answer: pageOf(appraisalView),
  respond: async ({ query, caller, requestId }, { pool }) => {
    const [before = null] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const { person, grants } = caller;
    const { rows } = await pool.query<z.input<typeof appraisalView>>(
      `${view('$1')} where a.state = 'approved' and ${isAboutSelf('$2', '$3', '$4')} and ($5::bigint is null or a.appraisal_id < $5)
        order by a.appraisal_id desc limit $6`,
      [
        ...[await processesKeptFrom(pool, caller), person],
        ...[grants.map(({ role }) => role), grants.map(({ branch }) => branch), before, query.limit + 1],
      ],
    );
    for (const { appraisalId, lines } of rows.slice(0, query.limit))
      await recordReading(pool, {
        actor: person,
        role: rolesOf(caller)[0],
        action: 'read personal data',
        objectType: 'appraisal',
        objectId: appraisalId,
        shown: { lines: lines.map(({ code }) => code) },
        requestId,
      });
    return {
      status: 200,
      body: page(
        rows,
        query.limit,
        (row) => [row.appraisalId],
        (row) => row,
      ),
    };
  },
});
