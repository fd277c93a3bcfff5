/** The report of callbacks, as page and as files: attempts, talks and outcomes; its numbers name the lists of their callbacks. */
import type { ClientBase } from 'pg';
import { CALLED_BRANCH } from '../../../activities/intake/callbacks/show-callback';
import type { Words } from '../../../domain/messages/words';
import { wilson, type Rate } from '../../../domain/quality/wilson';
import type { Caller } from '../../identity';
import type { RouteId } from '../../policy';
import { refuseBackwards } from '../../problems';
import { CALLBACK_MEASURES, callsOf, type CallbackMeasure } from '../../reads/callback-cases';
import { processesKeptFrom } from '../../reads/kept-from';
import { rateView } from '../../reads/rates';
import { FORMATS, type Format } from '../../report-files/formats';
import type { Sheet } from '../../report-files/sheets';
import { route, type Route } from '../../route';
import { bilingual, businessDate } from '../../schemas';
import { z } from '../../zod';

const query = z.strictObject({ from: businessDate, to: businessDate });
const count = z.number().int();

const ALL: Words = { zh: '合计', en: 'all' };

/** How a callback ended; with those that are open they are all that were asked for. */
const OUTCOMES = ['confirmed', 'doubtful', 'refused', 'unreachable', 'withdrawn'] as const;

const line = z.strictObject({
  purpose: z.string().nullable().openapi({ description: 'null: 合计 all together' }),
  name: bilingual.openapi({ description: '用途名称 what the purpose is called' }),
  branch: z.string().nullable().openapi({ description: 'null: 合计 all together; `-`: 无 none' }),
  asked: count.openapi({ description: '在办与各结果之和 the open ones and those of each outcome' }),
  open: count,
  attempts: count,
  reached: count,
  confirmed: count,
  doubtful: count,
  refused: count,
  unreachable: count,
  withdrawn: count.openapi({ description: '所涉事项已结束而撤销 what it was about was over' }),
  late: count.openapi({ description: '逾期完成或仍逾期 done late, or due and not done' }),
  reachedRate: rateView.nullable().openapi({ description: '接通率 talks of all attempts' }),
  cases: z.record(z.string(), z.string()).openapi({
    description:
      '每个数对应的回访清单；拨打与接通为清单各行之和 the list of callbacks behind each number; attempts and talks are the sum over its lines',
  }),
});

interface Line extends Record<'asked' | 'open' | 'attempts' | 'reached' | 'late' | (typeof OUTCOMES)[number], number> {
  readonly purpose: string | null;
  readonly name: Words;
  readonly branch: string | null;
  readonly reachedRate: Rate | null;
}

/**
 * By purpose and branch, and the line of all at the end; of callbacks that were asked for on days of Shanghai, both included, without those that the
 * caller is kept out of: a number must not tell of a callback that its list hides.
 */
async function linesFor(
  sql: Pick<ClientBase, 'query'>,
  caller: Caller,
  { from, to }: z.output<typeof query>,
): Promise<readonly Line[]> {
  refuseBackwards({ from, to });
  const { rows } = await sql.query<Omit<Line, 'reachedRate' | 'name'> & { readonly name: Words | null }>(
    `with asked as (
       select k.purpose, coalesce(${CALLED_BRANCH}, '-') as branch, k.outcome, calls.attempts, calls.reached,
              ${CALLBACK_MEASURES.open} as is_open, ${CALLBACK_MEASURES.late} as is_late
         from callbacks k left join registered_clients c using (client_no) cross join ${callsOf()}
        where k.asked_at >= $1::date::timestamp at time zone 'Asia/Shanghai' and k.asked_at < ($2::date + 1)::timestamp at time zone 'Asia/Shanghai'
          and k.workflow_id <> all ($3::text[]))
     select purpose, branch,
            (select jsonb_build_object('zh', p.name_zh, 'en', p.name_en) from callback_purposes p where p.purpose = asked.purpose
              order by p.valid_from desc limit 1) as name, count(*)::int as asked, count(*) filter (where is_open)::int as open,
            coalesce(sum(attempts), 0)::int as attempts, coalesce(sum(reached), 0)::int as reached,
            ${OUTCOMES.map((outcome) => `count(*) filter (where outcome = '${outcome}')::int as ${outcome}`).join(', ')},
            count(*) filter (where is_late)::int as late
       from asked group by grouping sets ((purpose, branch), ()) order by grouping(purpose), 1, 2`,
    [from, to, await processesKeptFrom(sql, caller)],
  );
  return rows.map((row) => ({ ...row, name: row.name ?? ALL, reachedRate: wilson(row.reached, row.attempts) }));
}

function casesOf({ purpose, branch }: Line, { from, to }: z.output<typeof query>): Record<string, string> {
  const list = (more: object) => {
    const of = { ...(purpose === null ? {} : { purpose }), ...(branch === null ? {} : { branch }) };
    return `/v1/callbacks?${String(new URLSearchParams({ ...of, askedFrom: from, askedTo: to, ...more }))}`;
  };
  const measured = (measure: CallbackMeasure) => list({ measure });
  return {
    asked: list({}),
    open: measured('open'),
    attempts: measured('attempted'),
    reached: measured('reached'),
    late: measured('late'),
    ...Object.fromEntries(OUTCOMES.map((outcome) => [outcome, list({ outcome })])),
  };
}

const COLUMNS = [
  { zh: '用途', en: 'purpose', of: ({ purpose }: Line) => purpose ?? `${ALL.zh} ${ALL.en}` },
  { zh: '营业部', en: 'branch', of: ({ branch }: Line) => branch ?? '' },
  { zh: '用途名称', en: 'name', of: ({ purpose, name }: Line) => (purpose === null ? '' : `${name.zh} ${name.en}`) },
  { zh: '应回访', en: 'asked', of: ({ asked }: Line) => String(asked) },
  { zh: '在办', en: 'open', of: ({ open }: Line) => String(open) },
  { zh: '拨打', en: 'attempts', of: ({ attempts }: Line) => String(attempts) },
  { zh: '接通', en: 'reached', of: ({ reached }: Line) => String(reached) },
  { zh: '接通率', en: 'reached rate', of: ({ reachedRate }: Line) => reachedRate?.rate ?? '' },
  { zh: '确认', en: 'confirmed', of: ({ confirmed }: Line) => String(confirmed) },
  { zh: '存疑', en: 'doubtful', of: ({ doubtful }: Line) => String(doubtful) },
  { zh: '拒访', en: 'refused', of: ({ refused }: Line) => String(refused) },
  { zh: '未联系上', en: 'unreachable', of: ({ unreachable }: Line) => String(unreachable) },
  { zh: '撤销', en: 'withdrawn', of: ({ withdrawn }: Line) => String(withdrawn) },
  { zh: '逾期', en: 'late', of: ({ late }: Line) => String(late) },
] as const;

const sheetOf = (lines: readonly Line[]): Sheet => ({
  key: 'callbacks',
  title: { zh: '回访（按用途与营业部）', en: 'callbacks by purpose and branch' },
  columns: COLUMNS.map(({ zh, en }) => ({ zh, en })),
  about: 2,
  rows: lines.map((one) => COLUMNS.map((column) => column.of(one))),
});

export const readCallbackReport = route({
  id: 'readCallbackReport',
  method: 'get',
  path: '/v1/callback-report',
  tag: 'callbacks',
  summary: {
    zh: '回访报表：按用途与营业部的拨打、接通与结果，末行合计',
    en: 'Callbacks by purpose and branch: attempts, talks and outcomes; the last line is of all',
  },
  query,
  answer: z.strictObject({ from: z.string(), to: z.string(), lines: z.array(line) }).openapi('CallbackReport'),
  respond: async ({ query: days, caller }, { pool }) => {
    const lines = (await linesFor(pool, caller, days)).map((one) => ({ ...one, cases: casesOf(one, days) }));
    return { status: 200, body: { ...days, lines } };
  },
});

const reportFile = (id: RouteId, format: Format): Route =>
  route({
    id,
    method: 'get',
    path: `/v1/callback-report/${format}`,
    tag: 'callbacks',
    summary: { zh: `回访报表 ${format.toUpperCase()}`, en: `The report of callbacks as ${format.toUpperCase()}` },
    query,
    answer: z.unknown().openapi({ type: 'string', format: 'binary' }),
    mediaType: FORMATS[format].mediaType,
    respond: async ({ query: days, caller }, { pool }) => {
      const title = { zh: '回访报表', en: 'Report of callbacks' };
      const sheet = sheetOf(await linesFor(pool, caller, days));
      return { status: 200, body: await FORMATS[format].of([sheet], title, [`${days.from} – ${days.to}`]) };
    },
  });

export const readCallbackReportCsv = reportFile('readCallbackReportCsv', 'csv');
export const readCallbackReportXlsx = reportFile('readCallbackReportXlsx', 'xlsx');
export const readCallbackReportPdf = reportFile('readCallbackReportPdf', 'pdf');
