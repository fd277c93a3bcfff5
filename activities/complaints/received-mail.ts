/** A mail that no complaint could be made of by itself: what its process reads, and what somebody found it to be. */
import type { Pool } from 'pg';
import { businessDateOf } from '../../domain/calendar/business-date';
import { ENDED_STATES, type ComplaintState, type MailSender } from '../../domain/complaints/complaint-words';
import { BusinessError } from '../../domain/errors';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { supplementComplaint } from '../intake/complaints/act-of-people';
import { digestOfContact, isTaken, MAIL_ROLE } from '../intake/complaints/mail-becomes';
import type { FormCheck } from '../tasks/form-check';
import { loadParameters } from '../terms/load-terms';
import { actOnComplaint, type ComplaintAct, type StepActor } from './act-on-complaint';
import { requireOpen } from './complaint-row';
import type { OfComplaint } from './follow-complaint';
import { enterComplaintDocument } from './keep-attachment';
import { tellOfMore } from './tell-of-more';

type Pooled = Pick<Dependencies, 'pool'>;

export interface OfMail {
  readonly mailId: string;
}

export interface FollowedMail extends OfMail {
  readonly receivedAt: string;
  readonly faults: readonly string[];
  /** Working days within which somebody looks. */
  readonly withinDays: number;
}

export const readReceivedMail =
  ({ pool }: Pooled) =>
  ({ mailId }: OfMail): Promise<FollowedMail> =>
    inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<Pick<FollowedMail, 'receivedAt' | 'faults'>>(
        'select received_at as "receivedAt", faults from received_mails where mail_id = $1',
        [mailId],
      );
      const [mail] = rows;
      if (mail === undefined) throw new BusinessError('NOT_FOUND', { what: '邮件 mail', key: mailId });
      const parameter = await loadParameters(sql, 'SH', businessDateOf(mail.receivedAt));
      return { mailId, ...mail, withinDays: Number.parseInt(parameter('COMPLAINT_MAIL_LOOK_DAYS'), 10) };
    });

export interface MailLookedAt extends OfMail {
  readonly complaintNo?: string;
  /** Said where it does not come from the contact of the complainant. */
  readonly sender?: MailSender;
  readonly by: StepActor;
}

/** The complaint that was registered of it, or none. Once. One that was there before the mail came hears that more was said. */
export const recordMailLookedAt =
  ({ pool }: Pooled) =>
  async ({ mailId, complaintNo, sender, by }: MailLookedAt): Promise<null> => {
    if (complaintNo !== undefined) await addToComplaint(pool, { mailId, complaintNo, sender, by });
    return inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<{ sha256: string; workflow_id: string }>(
        `update received_mails set state = 'looked at', complaint_no = $2, looked_at_by = $3, sender_said = $4, looked_at = business_now()
          where mail_id = $1 and state = 'to be looked at' returning sha256, workflow_id`,
        [mailId, complaintNo ?? null, by.person, sender ?? null],
      );
      const [mail] = rows;
      if (mail === undefined) return null;
      if (complaintNo !== undefined)
        await enterComplaintDocument(sql, { complaintNo, kind: 'mail', sha256: mail.sha256, by: by.person });
      await recordAudit(sql, {
        actor: by.person,
        role: by.role,
        action: 'look at mail',
        outcome: 'done',
        objectType: 'mail',
        objectId: mailId,
        after: { complaintNo: complaintNo ?? null, sender: sender ?? null },
        workflowId: mail.workflow_id,
      });
      return null;
    });
  };

const IN_THE_FILE = '原文见卷内邮件 the words stand in the mail, which lies in the file';

/**
 * As more of what the complainant says, who hears that it came. What another person wrote lies in the file and is told to those who work at
 * it: it lets no clock run, disagrees with no answer, and nothing is said to whoever complained or to whoever wrote.
 */
async function addToComplaint(
  pool: Pool,
  {
    mailId,
    complaintNo,
    sender,
    by,
  }: OfComplaint & Pick<MailLookedAt, 'mailId' | 'by'> & { readonly sender: MailSender | undefined },
): Promise<void> {
  const { rows } = await pool.query<{ at: string; isMore: boolean }>(
    `select m.received_at as at, c.registered_at < m.received_at as "isMore" from received_mails m, complaints c where mail_id = $1 and c.complaint_no = $2`,
    [mailId, complaintNo],
  );
  const [mail] = rows;
  if (mail?.isMore !== true) return;
  const act = { complaintNo, key: `mail-looked-at:${mailId}`, by: SYSTEM_ACTOR, role: MAIL_ROLE };
  // One that has ended since keeps the mail in its file.
  if (sender !== 'another person') await isTaken(supplementComplaint(pool, { ...act, text: IN_THE_FILE, at: mail.at }));
  else await isTaken(fileMailOfAnother(pool, { ...act, by: by.person, role: by.role }));
}

const fileMailOfAnother = (pool: Pool, act: ComplaintAct): Promise<null> =>
  actOnComplaint(pool, act, 'file mail of another', async (sql, complaint) => {
    requireOpen(complaint);
    await tellOfMore(sql, complaint, { by: act.by, nth: act.key });
    return { answer: null };
  });

/**
 * The complaint that is named must be there for whoever looks and be open, and was not received after the mail: what is owed runs from the
 * receipt. Where the sender is not known to be the complainant, whoever looks says whose the mail is; one that names no sender is judged by
 * what it says.
 */
export const mailForm: FormCheck = async (sql, task, form, { person, onBehalfOf }) => {
  if (form['decision'] !== 'complaint registered') return [];
  const [complaint, field] = [String(form['complaintNo']), 'form.complaintNo'];
  const { rows } = await sql.query<{
    state: ComplaintState;
    isLater: boolean;
    mailAt: string;
    sender: string | null;
    contact: string | null;
  }>(
    `select c.state, c.received_at > m.received_at as "isLater", m.received_at as "mailAt", m.sender_sha256 as sender, w.contact
       from complaints c join complainants w using (complaint_no), received_mails m
      where c.complaint_no = $1 and m.workflow_id = $2 and not is_kept_out(c.workflow_id, $3)`,
    [complaint, task.workflow_id, [person, ...(onBehalfOf === undefined ? [] : [onBehalfOf])]],
  );
  const [found] = rows;
  if (found === undefined) return [new BusinessError('NOT_FOUND', { what: '投诉 complaint', key: complaint, field })];
  const { state, isLater, mailAt, sender, contact } = found;
  if (ENDED_STATES.includes(state)) return [new BusinessError('COMPLAINT_ENDED', { complaint, state, field })];
  const isOfAnother = sender !== null && sender !== digestOfContact(contact);
  return [
    ...(isLater ? [new BusinessError('RECEIVED_AFTER_ITS_MAIL', { complaint, mailAt, field })] : []),
    ...(isOfAnother && form['sender'] === undefined
      ? [new BusinessError('MAIL_OF_ANOTHER_SENDER', { complaint, field: 'form.sender' })]
      : []),
  ];
};
