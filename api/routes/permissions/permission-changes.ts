/** Open permissions and what becomes of them: buying suspended and resumed, another commission. Each is decided by a second person. */
import { askPermissionChange } from '../../../activities/intake/permissions/change-permission';
import { keyOfCursor, pageOf as page } from '../../cursors';
import {
  permissionCode,
  requestNo,
  requestView,
  scopeOf,
  viewOf,
  visibleRequest,
} from '../../reads/permission-requests';
import { route, type Asked } from '../../route';
import { bilingual, businessDate, instant, pageOf, pageQuery, reason } from '../../schemas';
import type { Services } from '../../services';
import { z } from '../../zod';

const clientNo = z
  .string()
  .regex(/^C\d{8}$/)
  .openapi({ example: 'C00000001' });
const rate = z
  .string()
  .regex(/^0\.\d{1,8}$/)
  .openapi({ example: '0.00025', description: '净佣金率 net commission rate, a fraction as text' });

const permissionView = z
  .strictObject({
    requestNo: requestNo.openapi({ description: '开通申请 the request that opened it' }),
    clientNo,
    branch: z.string(),
    permission: permissionCode,
    permissionName: bilingual,
    state: z.enum(['open', 'buying suspended', 'closed']),
    openedAt: instant,
    closedAt: instant.nullable(),
    suspendedAt: instant.nullable(),
    suspendedBy: requestNo.nullable().openapi({ description: '暂停所依据的申请 request by which buying is suspended' }),
    commissions: z.array(
      z.strictObject({ rate: z.string(), from: instant, until: instant.nullable(), requestNo, source: z.string() }),
    ),
  })
  .openapi('Permission');

export const listPermissions = route({
  id: 'listPermissions',
  method: 'get',
  path: '/v1/permissions',
  tag: 'permissions',
  summary: {
    zh: '已开通的权限：状态、是否暂停买入、佣金率及其生效时间',
    en: 'Permissions: open, buying suspended or closed, with their commission rates and since when',
  },
  query: z.strictObject({
    client: clientNo.optional(),
    permission: permissionCode.optional(),
    state: z.enum(['open', 'buying suspended', 'closed']).optional(),
    ...pageQuery,
  }),
  answer: pageOf(permissionView),
  respond: async ({ query, caller }, { pool }) => {
    const [after = null] = keyOfCursor(query.cursor, [(text) => /^P\d{8}-\d{6}$/.test(text)]) ?? [];
    const { rows } = await pool.query<z.input<typeof permissionView>>(
      `select * from (
         select p.request_no as "requestNo", p.client_no as "clientNo", c.branch, p.permission,
                jsonb_build_object('zh', t.name_zh, 'en', t.name_en) as "permissionName",
                case when p.closed_at is not null then 'closed' when s.request_no is not null then 'buying suspended' else 'open' end as state,
                p.opened_at as "openedAt", p.closed_at as "closedAt", s.suspended_at as "suspendedAt", s.request_no as "suspendedBy",
                coalesce((select jsonb_agg(jsonb_build_object('rate', m.rate::text,
                                   'from', to_char(m.valid_from at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                                   'until', to_char(m.valid_to at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                                   'requestNo', m.request_no, 'source', m.source) order by m.valid_from)
                            from permission_commissions m where m.client_no = p.client_no and m.permission = p.permission), '[]') as commissions
           from permissions p join registered_clients c using (client_no)
           join permission_requests r using (request_no)
           join permission_types t on t.permission = p.permission and t.valid_from = r.terms_from
           left join (permission_suspensions s join permissions q on q.request_no = s.opened_by)
             on q.client_no = p.client_no and q.permission = p.permission and s.lifted_at is null
            and (p.closed_at is null or s.opened_by = p.request_no)) shown
        where ($1::text is null or "clientNo" = $1) and ($2::text is null or permission = $2) and ($3::text is null or state = $3)
          and ($4::text is null or "requestNo" > $4) and ($5::text is null or "clientNo" = $5) and ($6::text[] is null or branch = any($6))
        order by "requestNo" limit $7`,
      [
        query.client ?? null,
        query.permission ?? null,
        query.state ?? null,
        after,
        ...(await scopeOf(pool, caller, 'listPermissions')),
        query.limit + 1,
      ],
    );
    return {
      status: 200,
      body: page(
        rows,
        query.limit,
        (row) => [row.requestNo],
        (row) => row,
      ),
    };
  },
});

const CHANGED = ['NOT_FOUND', 'PERMISSION_NOT_OPEN'] as const;
const asked = z.strictObject({ clientNo, permission: permissionCode, reason });

type OfChange = Asked<undefined, undefined, z.output<typeof asked>>;

/** Whoever asks for what was asked for already gets the first request. */
async function answerOf(
  { body, caller, requestId, idempotencyKey }: OfChange,
  { pool, sendStart }: Services,
  change: Pick<Parameters<typeof askPermissionChange>[1], 'kind' | 'role' | 'branches' | 'commission'>,
) {
  const {
    requestNo: no,
    isNew,
    start,
  } = await askPermissionChange(pool, {
    clientNo: body.clientNo,
    permission: body.permission,
    reason: body.reason,
    ...change,
    key: `${caller.person}:${idempotencyKey}`,
    by: caller.person,
    requestId,
  });
  await sendStart(start);
  const view = await viewOf(pool, caller, await visibleRequest(pool, caller, no, 'readPermissionRequest'));
  return { status: isNew ? 201 : 200, body: view, location: `/v1/permission-requests/${no}` } as const;
}

export const suspendBuying = route({
  id: 'suspendBuying',
  method: 'post',
  path: '/v1/permission-suspensions',
  tag: 'permissions',
  summary: {
    zh: '提请暂停买入，卖出不受影响；由另一人审批',
    en: 'Ask for buying to be suspended; selling stays possible; a second person decides',
  },
  body: asked,
  answer: requestView,
  statuses: [200, 201],
  refusals: [...CHANGED, 'BUYING_SUSPENDED_ALREADY'],
  respond: (it, services) => answerOf(it, services, { kind: 'suspension', role: 'operations' }),
});

export const resumeBuying = route({
  id: 'resumeBuying',
  method: 'post',
  path: '/v1/permission-liftings',
  tag: 'permissions',
  summary: { zh: '提请恢复买入；由另一人审批', en: 'Ask for a suspension to be lifted; a second person decides' },
  body: asked,
  answer: requestView,
  statuses: [200, 201],
  refusals: [...CHANGED, 'BUYING_NOT_SUSPENDED'],
  respond: (it, services) => answerOf(it, services, { kind: 'lifting', role: 'operations' }),
});

export const changeCommission = route({
  id: 'changeCommission',
  method: 'post',
  path: '/v1/commission-changes',
  tag: 'permissions',
  summary: { zh: '申请变更净佣金率', en: 'Ask for another net commission rate' },
  description: {
    zh: '申请变更净佣金率，自生效日的成交起计收；由经纪业务总部审批',
    en: 'Ask for another net commission rate, charged on trades from the effective date on; the brokerage department decides',
  },
  body: asked.extend({ rate, effectiveOn: businessDate }),
  answer: requestView,
  statuses: [201],
  refusals: [
    ...CHANGED,
    'WRONG_BRANCH',
    'COMMISSION_CHANGE_PENDING',
    'COMMISSION_UNCHANGED',
    'COMMISSION_TOO_EARLY',
    'COMMISSION_CHANGES_LATER',
  ],
  respond: (it, services) => {
    const branches = it.caller.grants.flatMap((grant) =>
      grant.role === 'branch' && grant.branch !== null ? [grant.branch] : [],
    );
    const commission = { rate: it.body.rate, effectiveOn: it.body.effectiveOn };
    return answerOf(it, services, { kind: 'commission change', role: 'branch', branches, commission });
  },
});
