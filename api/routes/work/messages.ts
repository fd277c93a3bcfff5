/** Messages: who was told what, on which way, and what proves it. Texts and addresses are personal: shown singly, with the reader's reason. */
import { recordReading } from '../../../activities/intake/record-reading';
import { TO_COMPLAINANT } from '../../../activities/intake/told-complainant';
import { textsOf, type OfTemplate } from '../../../activities/intake/told-texts';
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { rolesOf } from '../../identity';
import { accessTo } from '../../policy';
import {
  listedMessages,
  messageChannel,
  messageLine,
  messageNotFound,
  messageProof,
  messageState,
  proofOfMessage,
  refuseConfidential,
} from '../../reads/messages';
import { route } from '../../route';
import { bilingual, pageOf, pageQuery, rowId, saidWhy } from '../../schemas';
import { z } from '../../zod';

const word = z.string().min(1).max(200);
const path = z.strictObject({ messageId: rowId });

export const listMessages = route({
  id: 'listMessages',
  method: 'get',
  path: '/v1/messages',
  tag: 'messages',
  summary: {
    zh: '消息，最近的在前；不含正文与地址',
    en: 'Messages, the latest first; without texts and addresses',
  },
  query: z.strictObject({
    process: word.optional().openapi({ example: 'settlement-day:SH:2025-06-23' }),
    businessKey: word.optional(),
    recipientRole: word.optional(),
    recipientRef: word.optional().openapi({ example: 'fund-account:6000000001' }),
    channel: messageChannel.optional().openapi({ description: '曾用渠道 a channel that was tried' }),
    state: messageState.optional(),
    purpose: word.optional().openapi({ example: 'client-notice' }),
    from: z.iso.datetime({ offset: true }).optional().openapi({ description: '起（含） from, on the business clock' }),
    to: z.iso.datetime({ offset: true }).optional().openapi({ description: '止（不含） until, not included' }),
    ...pageQuery,
  }),
  answer: pageOf(messageLine),
  respond: async ({ query, caller }, { pool }) => {
    const [before] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const { cursor: _, limit, ...filter } = query;
    const lines = await listedMessages(pool, caller, { filter, before, limit: limit + 1 });
    return {
      status: 200,
      body: page(
        lines,
        limit,
        ({ messageId }) => [messageId],
        (line) => line,
      ),
    };
  },
});

export const readMessage = route({
  id: 'readMessage',
  method: 'get',
  path: '/v1/messages/{messageId}',
  tag: 'messages',
  summary: {
    zh: '送达凭证：一条消息的全部尝试、转渠道、回执、模板版本与摘要',
    en: 'Proof of notice: all attempts, fall-overs and receipts of one message, version and digest of its text',
  },
  params: path,
  answer: messageProof,
  refusals: ['NOT_FOUND'],
  respond: async ({ params, caller }, { pool }) => ({
    status: 200,
    body: await proofOfMessage(pool, caller, params.messageId),
  }),
});

const content = z
  .strictObject({
    messageId: rowId,
    subject: bilingual,
    text: bilingual,
    addresses: z.array(z.strictObject({ kind: z.enum(['email', 'phone', 'as given']), address: z.string() })).openapi({
      description:
        '收件人现行联系方式；投诉人为随投诉所留，及其后补充的电话 where the recipient is reached now; of a complainant as it was given with the complaint, and the telephone that was filled in later',
    }),
  })
  .openapi('MessageContent');

/** A one-time code is known to its telephone only, also before it was sent: whoever could read it here could be the client. */
const FACTS_WITHOUT_CODE = `case when m.template = 'ONE_TIME_CODE' then m.facts || '{"code": "******"}' else m.facts end as facts`;

export const readMessageContent = route({
  id: 'readMessageContent',
  method: 'post',
  path: '/v1/messages/{messageId}/content',
  tag: 'messages',
  summary: { zh: '消息正文与收件人联系方式', en: 'Text of a message and addresses of its recipient' },
  description: {
    zh: '消息正文与收件人联系方式：属个人信息，须在正文中说明理由，查看即留痕',
    en: 'Text of a message and addresses of its recipient: personal, so say why in the body; who looked and why is audited before the answer',
  },
  params: path,
  body: saidWhy,
  writes: false,
  answer: content,
  refusals: ['NOT_FOUND', 'PARTICULARS_CONFIDENTIAL'],
  respond: async ({ params, body: said, caller, requestId }, { pool }) => {
    const { messageId } = await proofOfMessage(pool, caller, params.messageId);
    await refuseConfidential(pool, caller, { messageId, requestId });
    const { rows } = await pool.query<Pick<z.input<typeof content>, 'addresses'> & OfTemplate>(
      `select m.template, m.template_version, m.missing, ${FACTS_WITHOUT_CODE},
              coalesce((select jsonb_agg(jsonb_build_object('kind', kind, 'address', address) order by kind)
                          from (select kind, address from contact_addresses a where a.recipient_ref = m.recipient_ref
                                union all
                                select given.kind, given.address
                                  from complainants w, lateral (values ('as given', w.contact), ('phone', w.telephone)) given (kind, address)
                                 where ${TO_COMPLAINANT} and w.complaint_no = substr(m.case_key, length('complaint:') + 1) and given.address is not null) a), '[]') as addresses
         from outbox m where m.message_id = $1`,
      [messageId],
    );
    await recordReading(pool, {
      actor: caller.person,
      role: rolesOf(caller).find((role) => (accessTo('readMessageContent') as readonly string[]).includes(role)),
      action: 'read personal data',
      objectType: 'message',
      objectId: messageId,
      reason: said.reason,
      shown: { columns: ['subject', 'text', 'address'] },
      requestId,
    });
    const told = await textsOf(pool, rows);
    const [body] = rows.map((row) => ({ messageId, ...told(row), addresses: row.addresses }));
    if (body === undefined) throw messageNotFound(messageId);
    return { status: 200, body };
  },
});
