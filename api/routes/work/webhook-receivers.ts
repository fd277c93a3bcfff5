/** Systems that are told of events: registered, given a new key, switched off. A key is shown once and stands nowhere. */
import {
  registerWebhookReceiver,
  rotateWebhookKey,
  switchWebhookReceiverOff,
  type ShownKey,
} from '../../../activities/intake/webhook-receivers';
import { EVENT_TYPES } from '../../../domain/messages/events';
import { keyOfCursor, pageOf as page, wordKey } from '../../cursors';
import { route } from '../../route';
import { instant, pageOf, pageQuery, reason } from '../../schemas';
import { z } from '../../zod';

const receiver = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,39}$/)
  .openapi({ example: 'crm', description: '一经使用即永久归该系统 of one system for ever' });
const eventType = z.enum(EVENT_TYPES);
const path = z.strictObject({ receiver });

const receiverLine = z
  .strictObject({
    receiver,
    url: z.string(),
    events: z.array(z.string()),
    registeredBy: z.string().nullable(),
    registeredAt: instant,
    switchedOffAt: instant.nullable(),
    keyNos: z.array(z.int()).openapi({ description: '现用密钥编号，新者在前 numbers of the keys that sign now' }),
    waiting: z.int().openapi({ description: '尚未接收的事件 events that it has not taken yet' }),
  })
  .openapi('WebhookReceiver');

const issuedKey = z
  .strictObject({
    receiver,
    keyNo: z.int(),
    key: z.string().nullable().openapi({
      description: '签名密钥，仅显示一次；重复请求时为 null shown once; null when the request is repeated',
      example: 'whsec_…',
    }),
  })
  .openapi('IssuedWebhookKey');

const shownOnce = (name: string, { keyNo, key }: ShownKey) => ({
  body: { receiver: name, keyNo, key },
  again: { receiver: name, keyNo, key: null },
});

export const listWebhookReceivers = route({
  id: 'listWebhookReceivers',
  method: 'get',
  path: '/v1/webhook-receivers',
  tag: 'messages',
  summary: { zh: '接收业务事件的系统', en: 'Systems that are told of events' },
  query: z.strictObject(pageQuery),
  answer: pageOf(receiverLine),
  respond: async ({ query }, { pool }) => {
    const [after = ''] = keyOfCursor(query.cursor, [wordKey]) ?? [];
    const { rows } = await pool.query<z.input<typeof receiverLine>>(
      `select receiver, url, events, registered_by as "registeredBy", registered_at as "registeredAt", switched_off_at as "switchedOffAt",
              array(select key_no from webhook_keys k where k.receiver = r.receiver and (ends_at is null or business_now() < ends_at)
                     order by key_no desc) as "keyNos",
              (select count(*)::int from outbox m where m.kind = 'notice' and m.purpose = 'case-event' and m.recipient_ref = r.receiver
                  and m.sent_at is null and m.due_at is not null) as waiting
         from webhook_receivers r where receiver > $1 order by receiver limit $2`,
      [after, query.limit + 1],
    );
    return {
      status: 200,
      body: page(
        rows,
        query.limit,
        (row) => [row.receiver],
        (row) => row,
      ),
    };
  },
});

export const registerReceiver = route({
  id: 'registerWebhookReceiver',
  method: 'post',
  path: '/v1/webhook-receivers',
  tag: 'messages',
  summary: {
    zh: '登记接收系统；生产环境只接受外部 https 地址；密钥仅显示一次',
    en: 'Register a system; in production an https address outside only; its key is shown once',
  },
  body: z.strictObject({ receiver, url: z.string().min(1).max(500), events: z.array(eventType).min(1).max(20) }),
  answer: issuedKey,
  statuses: [201],
  refusals: ['WEBHOOKS_NOT_SET_UP', 'WEBHOOK_TARGET_REFUSED', 'WEBHOOK_RECEIVER_KNOWN'],
  respond: async ({ body, caller: { person }, requestId }, services) => {
    const asked = { ...body, events: [...new Set(body.events)], person, role: 'admin', requestId };
    const issued = await registerWebhookReceiver(services, asked);
    return { status: 201, location: '/v1/webhook-receivers', ...shownOnce(body.receiver, issued) };
  },
});

export const rotateReceiverKey = route({
  id: 'rotateWebhookKey',
  method: 'post',
  path: '/v1/webhook-receivers/{receiver}/key',
  tag: 'messages',
  summary: {
    zh: '换发密钥，仅显示一次；原密钥再并行签名 24 小时',
    en: 'A new key, shown once; the one before signs beside it for 24 hours',
  },
  params: path,
  answer: issuedKey,
  refusals: ['WEBHOOKS_NOT_SET_UP', 'NOT_FOUND', 'WEBHOOK_RECEIVER_OFF'],
  respond: async ({ params, caller: { person }, requestId }, services) => {
    const issued = await rotateWebhookKey(services, { ...params, person, role: 'admin', requestId });
    return { status: 200, ...shownOnce(params.receiver, issued) };
  },
});

export const switchReceiverOff = route({
  id: 'switchWebhookReceiverOff',
  method: 'post',
  path: '/v1/webhook-receivers/{receiver}/end',
  tag: 'messages',
  summary: {
    zh: '停用接收系统，未接收的事件不再发送',
    en: 'Switch a system off; what it has not taken is sent no more',
  },
  params: path,
  body: z.strictObject({ reason }),
  answer: z.strictObject({ receiver, untold: z.int() }).openapi('EndedWebhookReceiver'),
  refusals: ['NOT_FOUND', 'WEBHOOK_RECEIVER_OFF'],
  respond: async ({ params, body, caller: { person }, requestId }, services) => {
    const asked = { ...params, ...body, person, role: 'admin', requestId };
    return { status: 200, body: { ...params, untold: await switchWebhookReceiverOff(services, asked) } };
  },
});
