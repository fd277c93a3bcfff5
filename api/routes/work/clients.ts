/** Who is behind a fund account: the one place where the name of a client is shown, with the reason of whoever looks. */
import { recordReading } from '../../../activities/intake/record-reading';
import { BusinessError } from '../../../domain/errors';
import { rolesOf } from '../../identity';
import { accessTo } from '../../policy';
import { isOwnClient } from '../../reads/own-client';
import { route } from '../../route';
import { saidWhy, side } from '../../schemas';
import { z } from '../../zod';

const client = z
  .strictObject({
    fundAccount: z.string(),
    securitiesAccount: z.string(),
    name: z.string().nullable(),
    kind: z.enum(['natural', 'institution']),
    side,
    branch: z.string(),
  })
  .openapi('Client');

interface Row {
  readonly fund_account: string;
  readonly securities_account: string;
  readonly name: string | null;
  readonly kind: 'natural' | 'institution';
  readonly side: 'client' | 'proprietary';
  readonly branch: string;
}

export const readClient = route({
  id: 'readClient',
  method: 'post',
  path: '/v1/clients/{fundAccount}',
  tag: 'people',
  summary: { zh: '资金账户的客户', en: 'The client of a fund account' },
  description: {
    zh: '资金账户的客户：姓名属个人信息，须在正文中说明查看理由，查看即留痕',
    en: 'The client of a fund account: the name is personal, so say why in the body; who looked and why is audited before the answer',
  },
  params: z.strictObject({ fundAccount: z.string().min(1).max(40) }),
  body: saidWhy,
  writes: false,
  answer: client,
  refusals: ['NOT_FOUND'],
  respond: async ({ params, body: said, caller, requestId }, { pool }) => {
    const { rows } = await pool.query<Row>(
      `select c.fund_account, c.securities_account, n.name, c.kind, c.side, c.branch
       from clients c left join client_names n using (fund_account) where c.fund_account = $1`,
      [params.fundAccount],
    );
    const [found] = rows;
    // Whoever may not see a client does not learn that there is one.
    if (found === undefined || !isOwnClient(caller, 'readClient', found)) {
      throw new BusinessError('NOT_FOUND', { what: '资金账户 fund account', key: params.fundAccount });
    }
    await recordReading(pool, {
      actor: caller.person,
      role: rolesOf(caller).find((role) => (accessTo('readClient') as readonly string[]).includes(role)),
      action: 'read personal data',
      objectType: 'client',
      objectId: found.fund_account,
      reason: said.reason,
      shown: { columns: ['name', 'securities_account'] },
      requestId,
    });
    return {
      status: 200,
      body: {
        fundAccount: found.fund_account,
        securitiesAccount: found.securities_account,
        name: found.name,
        kind: found.kind,
        side: found.side,
        branch: found.branch,
      },
    };
  },
});
