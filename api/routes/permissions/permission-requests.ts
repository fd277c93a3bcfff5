/** Requests for permissions: ask for one, see where it stands, find those that are stuck, take one back. */
import { clientOfLogin } from '../../../activities/intake/permissions/client-of-login';
import { openPermissionRequest } from '../../../activities/intake/permissions/open-request';
import { withdrawRequest } from '../../../activities/intake/permissions/withdraw-request';
import { REQUEST_STEP_WORDS } from '../../../domain/permissions/request-steps';
import { asOf, queryAsOf } from '../../as-of';
import { keyOfCursor, pageOf as page } from '../../cursors';
import {
  LINE_COLUMNS,
  lineOf,
  permissionCode,
  requestKind,
  requestLine,
  requestNo,
  REQUESTS,
  requestState,
  requestStep,
  requestView,
  scopeOf,
  SHOWN_TO_CLIENTS,
  timelineLine,
  viewOf,
  visibleRequest,
  type LineRow,
} from '../../reads/permission-requests';
import { route } from '../../route';
import { bilingual, instant, pageOf, pageQuery, reason } from '../../schemas';
import { z } from '../../zod';

export const requestPath = z.strictObject({ requestNo });
const pathOf = (no: string): string => `/v1/permission-requests/${no}`;

/** Through which the client acts; which channels a permission is opened through is a term of it. */
export const clientChannel = z
  .enum(['mobile', 'web', 'branch'])
  .openapi({ description: '手机 mobile, 网上 web, 柜台 branch' });

export const askPermission = route({
  id: 'askPermission',
  method: 'post',
  path: '/v1/permission-requests',
  tag: 'permissions',
  summary: {
    zh: '申请开通权限；同一客户同一权限只有一个在办申请，重复申请得到同一编号',
    en: 'Ask for a permission; whoever asks twice gets the request that is open',
  },
  body: z.strictObject({ permission: permissionCode, channel: clientChannel }),
  answer: requestView,
  statuses: [200, 201],
  refusals: [
    'NOT_YOUR_CLIENT',
    'PERMISSION_UNKNOWN',
    'CHANNEL_NOT_TAKEN',
    'ONLY_NATURAL_PERSONS',
    'PERMISSION_OPEN_ALREADY',
  ],
  respond: async ({ body, caller, requestId, idempotencyKey }, { pool, sendStart }) => {
    const clientNo = await clientOfLogin(pool, caller.person);
    const {
      requestNo: no,
      isNew,
      start,
    } = await openPermissionRequest(pool, {
      ...body,
      key: `${caller.person}:${idempotencyKey}`,
      clientNo,
      by: caller.person,
      role: 'client',
      requestId,
    });
    await sendStart(start);
    const view = await viewOf(pool, caller, await visibleRequest(pool, caller, no, 'askPermission'));
    return { status: isNew ? 201 : 200, body: view, location: pathOf(no) };
  },
});

export const readPermissionRequest = route({
  id: 'readPermissionRequest',
  method: 'get',
  path: '/v1/permission-requests/{requestNo}',
  tag: 'permissions',
  summary: {
    zh: '一个申请：当前步骤、未通过的原因与解决办法、期限',
    en: 'One request: which step is open, why it failed and what cures that, until when',
  },
  params: requestPath,
  query: z.strictObject({ 'as-of': asOf }),
  answer: requestView,
  refusals: ['NOT_FOUND'],
  respond: async ({ params, query, caller }, services) => ({
    status: 200,
    body: await queryAsOf(services, query['as-of'], async (sql) =>
      viewOf(sql, caller, await visibleRequest(sql, caller, params.requestNo, 'readPermissionRequest')),
    ),
  }),
});

const numberKey = (text: string): boolean => /^P\d{8}-\d{6}$/.test(text);

export const listPermissionRequests = route({
  id: 'listPermissionRequests',
  method: 'get',
  path: '/v1/permission-requests',
  tag: 'permissions',
  summary: { zh: '权限申请，按编号', en: 'Requests for permissions by number' },
  query: z.strictObject({
    client: z
      .string()
      .regex(/^C\d{8}$/)
      .optional(),
    permission: permissionCode.optional(),
    kind: requestKind.optional(),
    state: requestState.optional(),
    step: requestStep.optional(),
    branch: z.string().max(20).optional(),
    stuckDays: z.coerce
      .number()
      .int()
      .min(0)
      .max(10_000)
      .optional()
      .openapi({ type: 'integer', description: '当前步骤已停留至少几天 days at least that it has stood at its step' }),
    ...pageQuery,
  }),
  answer: pageOf(requestLine),
  respond: async ({ query, caller }, { pool }) => {
    const [after = null] = keyOfCursor(query.cursor, [numberKey]) ?? [];
    const { rows } = await pool.query<LineRow>(
      `select ${LINE_COLUMNS} from ${REQUESTS}
        where ($1::text is null or r.client_no = $1) and ($2::text is null or r.permission = $2)
          and ($3::text is null or r.state = $3) and ($4::text is null or r.step = $4) and ($5::text is null or c.branch = $5)
          and ($6::integer is null or r.step_since <= (select business_now()) - make_interval(days => $6))
          and ($7::text is null or r.request_no > $7)
          and ($8::text is null or (r.client_no = $8 and ${SHOWN_TO_CLIENTS})) and ($9::text[] is null or c.branch = any($9))
          and ($10::text is null or r.kind = $10)
        order by r.request_no limit $11`,
      [
        query.client ?? null,
        query.permission ?? null,
        query.state ?? null,
        query.step ?? null,
        query.branch ?? null,
        query.stuckDays ?? null,
        after,
        ...(await scopeOf(pool, caller, 'listPermissionRequests')),
        query.kind ?? null,
        query.limit + 1,
      ],
    );
    return { status: 200, body: page(rows, query.limit, (row) => [row.requestNo], lineOf) };
  },
});

export const listPermissionSteps = route({
  id: 'listPermissionSteps',
  method: 'get',
  path: '/v1/permission-requests/{requestNo}/timeline',
  tag: 'permissions',
  summary: {
    zh: '申请的时间线：步骤、何人、何时、结果与原因',
    en: 'The timeline of a request: steps, who, when, with what result and why',
  },
  params: requestPath,
  answer: z.strictObject({ items: z.array(timelineLine) }).openapi('PermissionTimeline'),
  refusals: ['NOT_FOUND'],
  respond: async ({ params, caller }, { pool }) => {
    await visibleRequest(pool, caller, params.requestNo, 'listPermissionSteps');
    const { rows } = await pool.query<Omit<z.input<typeof timelineLine>, 'stepName'>>(
      `select step, act, outcome, codes, detail, by, on_behalf_of as "onBehalfOf", role, channel, at
         from permission_steps where request_no = $1 order by step_id`,
      [params.requestNo],
    );
    return { status: 200, body: { items: rows.map((row) => ({ ...row, stepName: REQUEST_STEP_WORDS[row.step] })) } };
  },
});

export const readPermissionFunnel = route({
  id: 'readPermissionFunnel',
  method: 'get',
  path: '/v1/permission-funnel',
  tag: 'permissions',
  summary: { zh: '漏斗：各步骤停留多少申请、最早自何时', en: 'The funnel: how many stand where, and since when' },
  query: z.strictObject({ permission: permissionCode.optional(), branch: z.string().max(20).optional() }),
  answer: z
    .strictObject({
      groups: z.array(
        z.strictObject({
          permission: permissionCode,
          kind: requestKind,
          state: requestState,
          step: requestStep,
          stepName: bilingual,
          count: z.number().int(),
          since: instant.openapi({ description: '其中最早者自何时 since when the one that has stood longest' }),
        }),
      ),
    })
    .openapi('PermissionFunnel'),
  respond: async ({ query, caller }, { pool }) => {
    const { rows } = await pool.query<
      Pick<LineRow, 'permission' | 'kind' | 'state' | 'step'> & { count: number; since: string }
    >(
      `select r.permission, r.kind, r.state, r.step, count(*)::int as count, min(r.step_since) as since from ${REQUESTS}
        where ($1::text is null or r.permission = $1) and ($2::text is null or c.branch = $2)
          and ($3::text is null or r.client_no = $3) and ($4::text[] is null or c.branch = any($4))
        group by r.permission, r.kind, r.state, r.step order by r.permission, r.kind, r.state, r.step`,
      [query.permission ?? null, query.branch ?? null, ...(await scopeOf(pool, caller, 'readPermissionFunnel'))],
    );
    return { status: 200, body: { groups: rows.map((row) => ({ ...row, stepName: REQUEST_STEP_WORDS[row.step] })) } };
  },
});

export const withdrawPermissionRequest = route({
  id: 'withdrawPermissionRequest',
  method: 'post',
  path: '/v1/permission-requests/{requestNo}/withdrawal',
  tag: 'permissions',
  summary: { zh: '撤回申请，开通前随时可以', en: 'Take a request back, at any time before the permission is opened' },
  params: requestPath,
  body: z.strictObject({ reason, channel: clientChannel }),
  answer: requestView,
  refusals: ['NOT_YOUR_CLIENT', 'NOT_FOUND', 'REQUEST_ENDED', 'REQUEST_LAPSED', 'PERMISSION_BEING_OPENED'],
  respond: async ({ params, body, caller, requestId, idempotencyKey }, { pool, dispatchSignals }) => {
    await withdrawRequest(pool, {
      ...body,
      requestNo: params.requestNo,
      clientNo: await clientOfLogin(pool, caller.person),
      key: `${caller.person}:${idempotencyKey}`,
      by: caller.person,
      role: 'client',
      requestId,
    });
    await dispatchSignals().catch(() => undefined);
    return {
      status: 200,
      body: await viewOf(
        pool,
        caller,
        await visibleRequest(pool, caller, params.requestNo, 'withdrawPermissionRequest'),
      ),
    };
  },
});
