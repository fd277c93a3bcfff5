/** A mail that no complaint could be made of by itself: what its process reads, and what somebody found it to be. */
import { businessDateOf } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import type { FormCheck } from '../tasks/form-check';
import { loadParameters } from '../terms/load-terms';
import type { StepActor } from './act-on-complaint';
import { enterComplaintDocument } from './keep-attachment';

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

/** The complaint that was registered of it, or none. Once. */
export const recordMailLookedAt =
  ({ pool }: Pooled) =>
  ({ mailId, complaintNo, by }: OfMail & { readonly complaintNo?: string; readonly by: StepActor }): Promise<null> =>
    inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<{ sha256: string; workflow_id: string }>(
        `update received_mails set state = 'looked at', complaint_no = $2, looked_at_by = $3, looked_at = business_now()
          where mail_id = $1 and state = 'to be looked at' returning sha256, workflow_id`,
        [mailId, complaintNo ?? null, by.person],
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
        after: { complaintNo: complaintNo ?? null },
        workflowId: mail.workflow_id,
      });
      return null;
    });

/** The complaint that is named must be there. */
export const mailForm: FormCheck = async (sql, _, form) => {
  if (form['decision'] !== 'complaint registered') return [];
  const complaintNo = String(form['complaintNo']);
  const { rowCount } = await sql.query('select from complaints where complaint_no = $1', [complaintNo]);
  return rowCount === 0
    ? [new BusinessError('NOT_FOUND', { what: '投诉 complaint', key: complaintNo, field: 'form.complaintNo' })]
    : [];
};
