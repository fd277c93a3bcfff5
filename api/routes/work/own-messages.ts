/** What a person finds in our own application, and that it was read: the reading is the proof of notice. */
import { readOwnMessage } from '../../../activities/intake/read-own-message';
import { ownInApp } from '../../../activities/intake/own-messages';
import { textsOf, type OfTemplate, type ToldTexts } from '../../../activities/intake/told-texts';
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { route } from '../../route';
import { bilingual, instant, pageOf, pageQuery, rowId } from '../../schemas';
import { z } from '../../zod';

const ownMessage = z
  .strictObject({
    messageId: rowId,
    severity: z.enum(['info', 'warning', 'critical']),
    subject: bilingual,
    text: bilingual,
    caseKey: z.string().nullable(),
    shownAt: instant,
    readAt: instant.nullable().openapi({ description: '本人首次阅读 when the caller read it first' }),
  })
  .openapi('OwnMessage');

export const listOwnMessages = route({
  id: 'listOwnMessages',
  method: 'get',
  path: '/v1/me/messages',
  tag: 'messages',
  summary: { zh: '本人的站内消息，最近的在前', en: 'Messages to the caller within this application, the latest first' },
  query: z.strictObject({
    unread: z.enum(['true']).optional().openapi({ description: '仅未读 those only that the caller has not read' }),
    ...pageQuery,
  }),
  answer: pageOf(ownMessage),
  respond: async ({ query, caller }, { pool }) => {
    const [before = null] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const { rows } = await pool.query<Omit<z.input<typeof ownMessage>, keyof ToldTexts> & OfTemplate>(
      `select m.message_id::text as "messageId", m.severity, m.template, m.template_version, m.facts, m.missing, m.case_key as "caseKey",
              (select min(a.at) from message_tries a where a.message_id = m.message_id and a.channel = 'in-app') as "shownAt",
              r.at as "readAt"
         from outbox m left join message_receipts r on r.gateway = 'in-app' and r.receipt = m.message_id || ':' || $1
        where ${ownInApp('$1')} and ($2::bigint is null or m.message_id < $2) and ($3 or r.at is null)
        order by m.message_id desc limit $4`,
      [caller.person, before, query.unread === undefined, query.limit + 1],
    );
    const told = await textsOf(pool, rows);
    return {
      status: 200,
      body: page(
        rows,
        query.limit,
        ({ messageId }) => [messageId],
        (row) => ({
          ...told(row),
          messageId: row.messageId,
          severity: row.severity,
          caseKey: row.caseKey,
          shownAt: row.shownAt,
          readAt: row.readAt,
        }),
      ),
    };
  },
});

export const readOwnMessageRoute = route({
  id: 'readOwnMessage',
  method: 'post',
  path: '/v1/me/messages/{messageId}/reading',
  tag: 'messages',
  summary: {
    zh: '标记已读：即送达凭证，不再转下一渠道；再次标记不变',
    en: 'Mark as read: the proof of notice, no further channel is taken; again changes nothing',
  },
  params: z.strictObject({ messageId: rowId }),
  answer: z.strictObject({ messageId: rowId, readAt: instant }).openapi('ReadMessage'),
  refusals: ['NOT_FOUND'],
  respond: async ({ params: { messageId }, caller: { person }, requestId }, { pool }) => ({
    status: 200,
    body: { messageId, readAt: await readOwnMessage({ pool })({ messageId, person, requestId }) },
  }),
});
