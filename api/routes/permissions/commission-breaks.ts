/** Where CRM or counter have another commission than the one in force: found after each closed day, until it is gone or left (permissions page). */
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { permissionCode, requestNo } from '../../reads/permission-requests';
import { route } from '../../route';
import { businessDate, instant, pageOf, pageQuery, rowId } from '../../schemas';
import { z } from '../../zod';

const breakState = z.enum(['open', 'gone', 'left']).openapi({
  description: '未决、已消失、经决定保留 undecided, found no more, left by decision',
});

const line = z
  .strictObject({
    breakId: rowId,
    permission: permissionCode,
    businessDate,
    openedBy: requestNo.openapi({ description: '开通申请 the request that opened the permission' }),
    fundAccount: z.string(),
    code: z.enum(['CRM_MISSING', 'CRM_DIFFERENT', 'COUNTER_MISSING', 'COUNTER_DIFFERENT']),
    ours: z.string().openapi({ description: '净佣金率 net commission rate, a fraction as text' }),
    theirs: z.string().nullable(),
    state: breakState,
    foundAt: instant,
    goneAt: instant.nullable(),
    leftBy: z.string().nullable(),
    leftReason: z.string().nullable(),
  })
  .openapi('CommissionBreak');

export const listCommissionBreaks = route({
  id: 'listCommissionBreaks',
  method: 'get',
  path: '/v1/commission-breaks',
  tag: 'permissions',
  summary: {
    zh: '佣金率差异：客户管理系统或柜台与生效费率不一致',
    en: 'Commission breaks: CRM or counter with another rate than the one in force',
  },
  query: z.strictObject({
    permission: permissionCode.optional(),
    date: businessDate.optional(),
    state: breakState.optional(),
    ...pageQuery,
  }),
  answer: pageOf(line),
  respond: async ({ query, caller: _ }, { pool }) => {
    const [after = '0'] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const { rows } = await pool.query<z.input<typeof line>>(
      `select * from (
         select break_id::text as "breakId", permission, business_date as "businessDate", opened_by as "openedBy", fund_account as "fundAccount",
                code, ours::text, theirs::text, case when gone_at is not null then 'gone' when left_by is not null then 'left' else 'open' end as state,
                found_at as "foundAt", gone_at as "goneAt", left_by as "leftBy", left_reason as "leftReason", break_id
           from commission_breaks) shown
        where break_id > $1::bigint and ($2::text is null or permission = $2) and ($3::date is null or "businessDate" = $3)
          and ($4::text is null or state = $4)
        order by break_id limit $5`,
      [after, query.permission ?? null, query.date ?? null, query.state ?? null, query.limit + 1],
    );
    return {
      status: 200,
      body: page(
        rows,
        query.limit,
        ({ breakId }) => [breakId],
        ({ breakId, ...row }) =>
          line.parse({ breakId, ...Object.fromEntries(Object.entries(row).filter(([key]) => key !== 'break_id')) }),
      ),
    };
  },
});
