/** What people wish about messages: their own, and those of a client as operations enters them. */
import {
  readMessageWishes,
  setMessageWishes,
  wishesTag,
  type MessageWishes,
} from '../../../activities/intake/message-wishes';
import { BusinessError } from '../../../domain/errors';
import type { Pool } from 'pg';
import { isOwnClient } from '../../reads/own-client';
import { messageChannel } from '../../reads/messages';
import { rolesOf, type Caller } from '../../identity';
import { accessTo, type RouteId } from '../../policy';
import { route } from '../../route';
import { bilingual, reason } from '../../schemas';
import { z } from '../../zod';

const time = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
  .openapi({ example: '22:00', description: '上海时间 Shanghai' });

const quietHours = z.strictObject({ from: time, until: time }).nullable().openapi({
  description:
    '本人的免打扰时段，仅适用于发给本人的、可等待的消息；null：按公司时段 of what is addressed to the recipient and can wait; null: the hours of the house',
});

const wishes = z
  .strictObject({
    recipient: z.string(),
    revision: z.int(),
    quietHours,
    purposes: z.array(
      z.strictObject({
        purpose: z.string(),
        name: bilingual,
        maySwitchOff: z.boolean(),
        obeysQuietHours: z
          .boolean()
          .openapi({ description: '期限警报不受免打扰时段限制 alarms of deadlines do not wait' }),
        channels: z.array(z.strictObject({ channel: messageChannel, wanted: z.boolean() })),
      }),
    ),
  })
  .openapi('MessageWishes');

const wished = {
  switchedOff: z
    .array(z.strictObject({ purpose: z.string().min(1).max(40), channel: messageChannel }))
    .max(50)
    .openapi({ description: '不接收的渠道，其余均接收 channels that are not wanted; all others are' }),
  quietHours,
};

const answerOf = (found: MessageWishes) => ({
  status: 200 as const,
  etag: wishesTag(found),
  body: {
    ...found,
    purposes: found.purposes.map((one) => ({ ...one, channels: [...one.channels] })),
  } satisfies z.input<typeof wishes>,
});

const roleFor = (caller: Caller, id: RouteId) =>
  rolesOf(caller).find((role) => (accessTo(id) as readonly string[]).includes(role));

export const readOwnMessageWishes = route({
  id: 'readOwnMessageWishes',
  method: 'get',
  path: '/v1/me/message-wishes',
  tag: 'messages',
  summary: { zh: '本人的消息偏好与免打扰时段', en: 'Wishes and quiet hours of the caller' },
  answer: wishes,
  etag: true,
  respond: async ({ caller }, { pool }) => answerOf(await readMessageWishes(pool, `person:${caller.person}`)),
});

export const setOwnMessageWishes = route({
  id: 'setOwnMessageWishes',
  method: 'put',
  path: '/v1/me/message-wishes',
  tag: 'messages',
  summary: { zh: '设置本人的消息偏好与免打扰时段', en: 'Set wishes and quiet hours of the caller' },
  body: z.strictObject(wished),
  answer: wishes,
  ifMatch: true,
  refusals: ['REVISION_STALE', 'MESSAGE_WISH_REFUSED'],
  respond: async ({ body, caller, requestId, ifMatch }, services) =>
    answerOf(
      await setMessageWishes(services)({
        ...body,
        recipient: `person:${caller.person}`,
        ifMatch,
        person: caller.person,
        role: roleFor(caller, 'setOwnMessageWishes'),
        requestId,
      }),
    ),
});

const clientPath = z.strictObject({ fundAccount: z.string().min(1).max(40) });

export const readClientMessageWishes = route({
  id: 'readClientMessageWishes',
  method: 'get',
  path: '/v1/clients/{fundAccount}/message-wishes',
  tag: 'messages',
  summary: { zh: '客户的消息偏好与免打扰时段', en: 'Wishes and quiet hours of a client' },
  params: clientPath,
  answer: wishes,
  etag: true,
  refusals: ['NOT_FOUND'],
  respond: async ({ params, caller }, { pool }) =>
    answerOf(
      await readMessageWishes(pool, await recipientOf(pool, caller, 'readClientMessageWishes', params.fundAccount)),
    ),
});

export const setClientMessageWishes = route({
  id: 'setClientMessageWishes',
  method: 'put',
  path: '/v1/clients/{fundAccount}/message-wishes',
  tag: 'messages',
  summary: {
    zh: '运营按客户要求设置其消息偏好，须写明理由；法定通知不得关闭',
    en: 'Operations enters what a client wishes, with the reason; notices of the law are not switched off',
  },
  params: clientPath,
  body: z.strictObject({ ...wished, reason }),
  answer: wishes,
  ifMatch: true,
  refusals: ['NOT_FOUND', 'REVISION_STALE', 'MESSAGE_WISH_REFUSED'],
  respond: async ({ params, body, caller, requestId, ifMatch }, services) =>
    answerOf(
      await setMessageWishes(services)({
        ...body,
        recipient: await recipientOf(services.pool, caller, 'setClientMessageWishes', params.fundAccount),
        ifMatch,
        person: caller.person,
        role: roleFor(caller, 'setClientMessageWishes'),
        requestId,
      }),
    ),
});

/** @throws BusinessError NOT_FOUND: whoever may not see a client does not learn that there is one */
async function recipientOf(pool: Pool, caller: Caller, id: RouteId, fundAccount: string): Promise<string> {
  const { rows } = await pool.query<{ side: 'client' | 'proprietary'; branch: string }>(
    `select side, branch from clients where fund_account = $1
     union all select 'client', r.branch from client_fund_accounts f join registered_clients r using (client_no) where f.fund_account = $1
     limit 1`,
    [fundAccount],
  );
  const [found] = rows;
  if (found === undefined || !isOwnClient(caller, id, found))
    throw new BusinessError('NOT_FOUND', { what: '资金账户 fund account', key: fundAccount });
  return `fund-account:${fundAccount}`;
}
