/** A notice or alarm for people, left in the outbox in the transaction of the change it tells of. */
import type { ClientBase } from 'pg';

export interface Notice {
  /** Unique for ever: the same key is the same notice and is sent once. */
  readonly key: string;
  readonly workflowId?: string;
  readonly severity: 'info' | 'warning' | 'critical';
  /** Role that is told; the messages system knows who holds it. */
  readonly recipientRole?: string;
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
    `insert into outbox (message_key, workflow_id, kind, severity, recipient_role, recipient_ref,
                         subject_zh, subject_en, text_zh, text_en)
     values ($1, $2, 'notice', $3, $4, $5, $6, $7, $8, $9) on conflict (message_key) do nothing`,
    [
      notice.key,
      notice.workflowId ?? null,
      notice.severity,
      notice.recipientRole ?? null,
      notice.recipientRef ?? null,
      notice.subject.zh,
      notice.subject.en,
      notice.text.zh,
      notice.text.en,
    ],
  );
  return rowCount === 1;
}
