/** Mails to the mailbox of complaints: what became of each, and the mail itself for whoever looks at it. */
import { recordReading } from '../../../activities/intake/record-reading';
import { BusinessError } from '../../../domain/errors';
import { keyOfCursor, pageOf as page } from '../../cursors';
import { rolesOf } from '../../identity';
import { requireSight } from '../../reads/complaint-particulars';
import { complaintNo } from '../../reads/complaints';
import { bytesOfDocument } from '../../reads/documents';
import { processesKeptFrom } from '../../reads/kept-from';
import { route } from '../../route';
import { instant, pageOf, pageQuery, rowId } from '../../schemas';
import { z } from '../../zod';
import { ofProcess } from '../../../activities/database/of-process';

const state = z.enum(['complaint', 'supplement', 'repeated', 'delivery report', 'to be looked at', 'looked at']);

const mailLine = z
  .strictObject({
    mailId: rowId,
    receivedAt: instant,
    state,
    complaintNo: complaintNo.nullable(),
    reportedMessage: rowId.nullable().openapi({
      description: '退信所报告的消息 message of ours of which a mail server tells that it did not come, or comes later',
    }),
    faults: z.array(z.string()).openapi({ description: '无法自动登记的原因 why it could not be entered by itself' }),
    sha256: z.string().openapi({ description: '邮件原件摘要 digest of the mail as it came' }),
  })
  .openapi('ReceivedMail');

export const listReceivedMails = route({
  id: 'listReceivedMails',
  method: 'get',
  path: '/v1/received-mails',
  tag: 'complaints',
  summary: { zh: '投诉邮箱收到的邮件及其处理', en: 'Mails to the mailbox of complaints, and what became of each' },
  query: z.strictObject({ state: state.optional(), ...pageQuery }),
  answer: pageOf(mailLine),
  respond: async ({ query, caller }, { pool }) => {
    const [after = null] = keyOfCursor(query.cursor, [(text) => /^[1-9]\d{0,17}$/.test(text)]) ?? [];
    const { rows } = await pool.query<z.input<typeof mailLine>>(
      `select mail_id::text as "mailId", received_at as "receivedAt", state, complaint_no as "complaintNo",
              reported_message::text as "reportedMessage", faults, sha256 from received_mails
        where ($1::text is null or state = $1) and ($2::bigint is null or mail_id > $2)
          and coalesce('complaint:' || complaint_no <> all ($4::text[]), true) order by received_mails.mail_id limit $3`,
      [query.state ?? null, after, query.limit + 1, await processesKeptFrom(pool, caller)],
    );
    return {
      status: 200,
      body: page(
        rows,
        query.limit,
        (row) => [row.mailId],
        (row) => row,
      ),
    };
  },
});

export const readReceivedMail = route({
  id: 'readReceivedMailContent',
  method: 'get',
  path: '/v1/received-mails/{mailId}/content',
  tag: 'complaints',
  summary: {
    zh: '邮件原件：供查看任务的领取人或投诉的办理人员，每次查阅留痕',
    en: 'A mail as it came: for whoever holds the task to look at it or handles its complaint, each look audited',
  },
  params: z.strictObject({ mailId: rowId }),
  answer: z
    .strictObject({
      mailId: rowId,
      sha256: z.string(),
      content: z.string().openapi({ description: 'Base64, message/rfc822' }),
    })
    .openapi('ReceivedMailContent'),
  refusals: ['NOT_FOUND', 'PARTICULARS_CONFIDENTIAL', 'DOCUMENT_DAMAGED'],
  respond: async ({ params, caller, requestId }, { pool, documents }) => {
    const { mailId } = params;
    const { rows } = await pool.query<{ sha256: string; complaint: string | null; holds: boolean }>(
      `select m.sha256, m.complaint_no as complaint,
              exists (select from tasks t where ${ofProcess('t.workflow_id', 'm.workflow_id')} and t.claimed_by = $2 and t.state = 'claimed') as holds
         from received_mails m where mail_id = $1`,
      [mailId, caller.person],
    );
    const [mail] = rows;
    if (mail === undefined) throw new BusinessError('NOT_FOUND', { what: '邮件 mail', key: mailId });
    const shown = { mail: mailId };
    if (mail.holds)
      await recordReading(pool, {
        actor: caller.person,
        role: rolesOf(caller)[0],
        action: 'read personal data',
        objectType: 'mail',
        objectId: mailId,
        shown,
        requestId,
      });
    else if (mail.complaint !== null) await requireSight(pool, caller, { no: mail.complaint, requestId, shown });
    else throw new BusinessError('PARTICULARS_CONFIDENTIAL', { complaint: mailId });
    const content = await bytesOfDocument(documents, mail.sha256);
    return { status: 200, body: { mailId, sha256: mail.sha256, content: content.toString('base64') } };
  },
});
