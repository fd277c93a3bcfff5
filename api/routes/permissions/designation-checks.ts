/** Whether a client may revoke the designation or move its custody (A4 §6). */
import { checkDesignation } from '../../../activities/intake/check-designation';
import { scopeOf } from '../../reads/permission-requests';
import { route } from '../../route';
import { channel } from '../../schemas';
import { z } from '../../zod';

const act = z
  .enum(['revoke designation', 'move custody'])
  .openapi({ description: '撤销指定交易、转托管 revoking the designation, moving custody' });

export const checkDesignationRoute = route({
  id: 'checkDesignation',
  method: 'post',
  path: '/v1/designation-checks',
  tag: 'permissions',
  summary: {
    zh: '撤销指定交易或转托管前核对；未了结事项一并告知',
    en: 'Before the designation is revoked or custody moved: everything that stands in the way is told at once',
  },
  body: z.strictObject({ clientNo: z.string().regex(/^C\d{8}$/), channel, act }),
  answer: z
    .strictObject({ clientNo: z.string(), act, clear: z.literal(true) })
    .openapi('DesignationCheck', { description: '无未了结事项 nothing stands in the way' }),
  refusals: [
    'NOT_FOUND',
    'TRADED_TODAY',
    'TRADE_NOT_DELIVERED',
    'SALE_MONEY_NOT_SETTLED',
    'EARLIER_DAY_NOT_CLEARED',
    'ELECTION_UNDER_WAY',
    'ENTITLEMENT_TO_COME',
    'OVERDRAFT_OWED',
  ],
  respond: async ({ body, caller, requestId }, { pool }) => {
    const [, branches] = await scopeOf(pool, caller, 'checkDesignation');
    await checkDesignation(pool, { ...body, branches, by: caller.person, role: 'branch', requestId });
    return { status: 200, body: { clientNo: body.clientNo, act: body.act, clear: true as const } };
  },
});
