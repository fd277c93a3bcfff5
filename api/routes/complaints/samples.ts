/** Samples: asked for, drawn by a seed out of a population that is kept. */
import { askSample } from '../../../activities/intake/quality/ask-sample';
import { BusinessError } from '../../../domain/errors';
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { holdsAnyOf, rolesOf } from '../../identity';
import { processesKeptFrom } from '../../reads/kept-from';
import { CALLBACK_READERS } from '../../role-groups';
import { route } from '../../route';
import { instant, pageOf, pageQuery } from '../../schemas';
import type { Services } from '../../services';
import { z } from '../../zod';

const kind = z.enum(['callbacks', 'campaign', 'calls', 'complaints', 'requests']).openapi({
  description:
    '月度回访、活动回访、回访质检、投诉检查、柜台业务检查 callbacks of the month, a campaign, calls listened to, complaints inspected, requests at the counter examined',
});
export const sampleNo = z
  .string()
  .regex(/^(callbacks|campaign|calls|complaints|requests):[\w.-]{1,40}$/)
  .openapi({ example: 'complaints:2025-05' });
const isSampleNo = (text: string) => sampleNo.safeParse(text).success;
const seed = z.string().regex(/^[\w.-]{1,64}$/);

const sampleView = z
  .strictObject({
    sampleNo,
    kind,
    period: z.string(),
    seed,
    askedBy: z.string(),
    askedAt: instant,
    population: z.number().int().nullable().openapi({ description: 'null: 尚未抽取 not drawn yet' }),
    size: z.number().int().nullable(),
    drawnAt: instant.nullable(),
    begunAt: instant.nullable(),
    strata: z.array(z.strictObject({ branch: z.string(), population: z.number().int(), size: z.number().int() })),
    workflowId: z.string(),
  })
  .openapi('Sample');

const VIEW = `select s.sample_no as "sampleNo", s.kind, s.period, s.seed, s.asked_by as "askedBy", s.asked_at as "askedAt", s.population, s.size,
    s.drawn_at as "drawnAt", s.begun_at as "begunAt", s.workflow_id as "workflowId",
    coalesce((select jsonb_agg(jsonb_build_object('branch', t.stratum, 'population', t.population, 'size', t.size) order by t.stratum)
                from sample_strata t where t.sample_no = s.sample_no), '[]') as strata
  from samples s`;

async function viewOf({ pool }: Services, no: string): Promise<z.input<typeof sampleView>> {
  const { rows } = await pool.query<z.input<typeof sampleView>>(`${VIEW} where s.sample_no = $1`, [no]);
  const [row] = rows;
  if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '抽样 sample', key: no });
  return row;
}

export const askSampleRoute = route({
  id: 'askSample',
  method: 'post',
  path: '/v1/samples',
  tag: 'callbacks',
  summary: { zh: '发起抽样', en: 'Ask for a sample' },
  description: {
    zh: '发起抽样：按营业部分层，种子与总体留存，可重现；月度抽样由日程发起，亦可由此补发',
    en: 'Ask for a sample: stratified by branch, seed and population kept, so that it can be drawn again; the schedule asks for those of a month',
  },
  body: z.strictObject({
    kind,
    period: z
      .string()
      .regex(/^[\w.-]{1,40}$/)
      .openapi({ example: '2025-05', description: '月份；活动为其名称 month, or the name of a campaign' }),
    seed: seed.optional().openapi({ description: '不填则随机生成并留存 by chance where left away, and kept' }),
    branch: z.string().max(20).optional().openapi({ description: '活动限于营业部 of a campaign' }),
    percent: z
      .string()
      .regex(/^(?!0+(\.0+)?$)\d{1,2}(\.\d{1,2})?$|^100$/)
      .optional()
      .openapi({ example: '10', description: '活动占比，大于零 share of a campaign, %, above zero' }),
  }),
  answer: sampleView,
  statuses: [200, 201],
  refusals: [
    'SAMPLE_NOT_ASKED_BY_YOU',
    'SAMPLE_PERIOD_NOT_OVER',
    'CAMPAIGN_TERMS_MISPLACED',
    'BRANCH_UNKNOWN',
    'SAMPLE_ASKED_ALREADY',
  ],
  respond: async ({ body, caller, requestId }, services) => {
    const { branch, percent, ...asked } = body;
    const terms = { ...(branch === undefined ? {} : { branch }), ...(percent === undefined ? {} : { percent }) };
    const { sample, isNew } = await askSample(services.pool, {
      ...asked,
      terms,
      by: caller.person,
      roles: rolesOf(caller),
      requestId,
    });
    await services.dispatchSignals().catch(() => undefined);
    const location = `/v1/samples/${sample.sampleNo}`;
    return { status: isNew ? 201 : 200, body: await viewOf(services, sample.sampleNo), location };
  },
});

export const listSamples = route({
  id: 'listSamples',
  method: 'get',
  path: '/v1/samples',
  tag: 'callbacks',
  summary: { zh: '抽样', en: 'Samples' },
  query: z.strictObject({ kind: kind.optional(), ...pageQuery }),
  answer: pageOf(sampleView),
  respond: async ({ query }, { pool }) => {
    const [after = null] = keyOfCursor(query.cursor, [isSampleNo]) ?? [];
    const { rows } = await pool.query<z.input<typeof sampleView>>(
      `${VIEW} where ($1::text is null or s.kind = $1) and ($2::text is null or s.sample_no > $2) order by s.sample_no limit $3`,
      [query.kind ?? null, after, query.limit + 1],
    );
    return {
      status: 200,
      body: page(
        rows,
        query.limit,
        (row) => [row.sampleNo],
        (row) => row,
      ),
    };
  },
});

export const readSample = route({
  id: 'readSample',
  method: 'get',
  path: '/v1/samples/{sampleNo}',
  tag: 'callbacks',
  summary: { zh: '一次抽样', en: 'One sample' },
  params: z.strictObject({ sampleNo }),
  answer: sampleView,
  refusals: ['NOT_FOUND'],
  respond: async ({ params }, services) => ({ status: 200, body: await viewOf(services, params.sampleNo) }),
});

const member = z
  .strictObject({
    member: z.string().nullable().openapi({
      description:
        'null: 回访抽样的成员是客户号，只读报告者不见 of samples of callbacks it is a client, whom those who read reports only are not told',
    }),
    branch: z.string(),
    isDrawn: z.boolean(),
  })
  .openapi('SampleMember');

/** Samples whose members are clients. */
const OF_CLIENTS: readonly string[] = ['callbacks', 'campaign'];

export const listSampleMembers = route({
  id: 'listSampleMembers',
  method: 'get',
  path: '/v1/samples/{sampleNo}/members',
  tag: 'callbacks',
  summary: { zh: '抽样的总体与抽中者', en: 'The population of a sample and who was drawn' },
  description: {
    zh: '抽样的总体与抽中者：按“种子:成员”的 SHA-256 各层取前若干；须回避的投诉不见，只读报告者不见客户',
    en: 'The population and who was drawn: of each branch the first by the SHA-256 of "seed:member"; no complaint that the caller is kept out of, and no client for those who read reports only',
  },
  params: z.strictObject({ sampleNo }),
  query: z.strictObject({ drawn: z.enum(['true', 'false']).optional(), ...pageQuery }),
  answer: pageOf(member),
  refusals: ['NOT_FOUND'],
  respond: async ({ params, query, caller }, services) => {
    const sample = await viewOf(services, params.sampleNo);
    const isTold = !OF_CLIENTS.includes(sample.kind) || holdsAnyOf(caller, CALLBACK_READERS);
    // The place in the list says nothing of a client, as the key of the last row would.
    const isKey = isTold ? (text: string) => /^[\w.:-]{1,80}$/.test(text) : idKey;
    const [after = null] = keyOfCursor(query.cursor, [isKey]) ?? [];
    const { rows } = await services.pool.query<z.input<typeof member> & { readonly place: string }>(
      `select case when $6 then member end as member, stratum as branch, is_drawn as "isDrawn",
              case when $6 then member else (row_number() over (order by member))::text end as place from sample_members
        where sample_no = $1 and ($2::boolean is null or is_drawn = $2) and ($3::text is null or member > $3)
          and (cardinality($5::text[]) = 0 or 'complaint:' || member <> all ($5)) order by sample_members.member limit $4 offset $7`,
      [
        ...[params.sampleNo, query.drawn === undefined ? null : query.drawn === 'true', isTold ? after : null],
        ...[query.limit + 1, await processesKeptFrom(services.pool, caller), isTold, isTold ? 0 : (after ?? 0)],
      ],
    );
    return {
      status: 200,
      body: page(
        rows,
        query.limit,
        ({ place }) => [place],
        ({ place: _, ...row }) => row,
      ),
    };
  },
});
