/** A notice or alarm for people, left in the outbox in the transaction of the change it tells of. */
import type { ClientBase } from 'pg';

export type RecipientMark = 'approver' | 'deputy' | 'head';

export interface Notice {
  /** Unique for ever: the same key is the same notice and is sent once. */
  readonly key: string;
  readonly workflowId?: string;
  /** Day that it is about, where no process says so: people find it with the others of the day. */
  readonly day?: { readonly channel: string; readonly businessDate: string };
  readonly severity: 'info' | 'warning' | 'critical';
  /** Role that is told; the messages system knows who holds it. */
  readonly recipientRole?: string;
  /** Those among the role who are told: its deputy, its head, or whoever approves. All of the role where left away. */
  readonly recipientMark?: RecipientMark;
  /** Reference that the messages system resolves, e.g. a client by fund account. Exactly one of the two. */
  readonly recipientRef?: string;
  readonly subject: { readonly zh: string; readonly en: string };
  readonly text: { readonly zh: string; readonly en: string };
}

/** Queues the notice; true unless the key was queued before. */
export async function queueNotice(sql: Pick<ClientBase, 'query'>, notice: Notice): Promise<boolean> {
  if ((notice.recipientRole === undefined) === (notice.recipientRef === undefined)) {
    throw new RangeError(`notice ${notice.key} needs a role or a reference to go to, and not both`);
  }
  const { rowCount } = await sql.query(
    `insert into outbox (message_key, workflow_id, kind, severity, recipient_role, recipient_mark, recipient_ref,
                         channel, business_date, subject_zh, subject_en, text_zh, text_en)
     values ($1, $2, 'notice', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (message_key) do nothing`,
    [
      notice.key,
      notice.workflowId ?? null,
      notice.severity,
      notice.recipientRole ?? null,
      notice.recipientMark ?? null,
      notice.recipientRef ?? null,
      notice.day?.channel ?? null,
      notice.day?.businessDate ?? null,
      notice.subject.zh,
      notice.subject.en,
      notice.text.zh,
      notice.text.en,
    ],
  );
  return rowCount === 1;
}
