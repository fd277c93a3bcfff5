/** The events that other systems are told of, as webhooks of the API document. */
import type { OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import { EVENT_TYPES, events } from '../domain/messages/events';
import { instant } from './schemas';
import { z } from './zod';

const headers = z.object({
  'webhook-id': z
    .string()
    .openapi({ description: '事件编号，重复发送时不变 the same when it is sent again: take an id once' }),
  'webhook-timestamp': z.string().openapi({ description: '发送时刻，秒 seconds since 1970 of this sending' }),
  'webhook-signature': z.string().openapi({
    description:
      'v1, 与 id.timestamp.body 的 HMAC-SHA256（base64）；换发密钥期间有两个，以空格分隔 two, parted by a space, while a key is replaced',
    example: 'v1,3q2+7w==',
  }),
});

export function registerEvents(registry: OpenAPIRegistry): void {
  for (const type of EVENT_TYPES) {
    const { zh, en, facts } = events[type];
    const told = Object.entries(facts).map(([name, words]) => [
      name,
      z.string().openapi({ description: `${words.zh} ${words.en}` }),
    ]);
    registry.registerWebhook({
      method: 'post',
      path: type,
      tags: ['messages'],
      summary: `${zh} ${en}`,
      request: {
        headers,
        body: {
          required: true,
          content: {
            'application/json': {
              schema: z.strictObject({
                id: z.string(),
                type: z.literal(type),
                caseKey: z.string().openapi({ description: '同一事项按序送达 events of one case come in their order' }),
                at: instant,
                facts: z.strictObject(Object.fromEntries(told) as Record<string, z.ZodString>),
              }),
            },
          },
        },
      },
      responses: {
        204: { description: '已接收；其他答复或无答复则重发 taken; any other answer, or none, and it is sent again' },
      },
    });
  }
}
