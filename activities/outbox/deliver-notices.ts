/**
 * Sends what the outbox holds to the messages system, oldest first, each row under its own key: a row sent twice is
 * kept once there. A row that cannot be sent stays, with the reason, and is tried again by the next caller; the
 * activity itself does not fail, so messages that are down hold up no process.
 */
import type { Pool } from 'pg';
import type { MessagesPort, OutgoingMessage } from '../../adapters/messages/messages-port';
import type { Dependencies } from '../dependencies';

const PAGE = 200;
/** So many unreached in a row, and the system is taken to be down. */
const DOWN_AFTER = 3;

interface NoticeRow {
  readonly message_id: string;
  readonly message_key: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly recipient_role: string | null;
  readonly recipient_mark: string | null;
  readonly recipient_ref: string | null;
  readonly subject_zh: string;
  readonly subject_en: string;
  readonly text_zh: string;
  readonly text_en: string;
}

export interface Delivery {
  readonly sent: number;
  readonly unsent: number;
}

export const deliverNotices =
  (deps: Pick<Dependencies, 'pool' | 'messages'>) =>
  (_: Readonly<Record<string, never>>): Promise<Delivery> =>
    deliverUnsentNotices(deps);

/** As the activity, for the dispatcher and the mover: one page a call, those never tried before the others. */
export async function deliverUnsentNotices({
  pool,
  messages,
}: Pick<Dependencies, 'pool' | 'messages'>): Promise<Delivery> {
  const rows = await unsentNotices(pool);
  let [sent, unreached] = [0, 0];
  for (const [place, row] of rows.entries()) {
    const failure = await send(messages, row);
    await remember(pool, [row], failure);
    if (failure === undefined) sent += 1;
    unreached = failure?.down === true ? unreached + 1 : 0;
    // One that cannot be sent must not stop the others; three in a row are the system, and time-outs would add up.
    if (failure !== undefined && unreached === DOWN_AFTER) {
      await remember(pool, rows.slice(place + 1), failure);
      break;
    }
  }
  return { sent, unsent: rows.length - sent };
}

async function unsentNotices(pool: Pool): Promise<readonly NoticeRow[]> {
  const { rows } = await pool.query<NoticeRow>(
    `select message_id::text, message_key, severity, recipient_role, recipient_mark, recipient_ref,
            subject_zh, subject_en, text_zh, text_en
     from outbox where sent_at is null and kind = 'notice' order by attempts, outbox.message_id limit ${PAGE}`,
  );
  return rows;
}

interface Failure {
  readonly text: string;
  /** The system could not be reached, as against a refusal of this one message. */
  readonly down: boolean;
}

async function send(messages: MessagesPort, row: NoticeRow): Promise<Failure | undefined> {
  const content = {
    key: row.message_key,
    severity: row.severity,
    subject: { zh: row.subject_zh, en: row.subject_en },
    text: { zh: row.text_zh, en: row.text_en },
  };
  // Staff read alarms in the application; what is for a reference (a client) goes by SMS (A4 §36).
  const message: OutgoingMessage =
    row.recipient_role === null
      ? { ...content, channel: 'sms', recipientRef: row.recipient_ref ?? '' }
      : {
          ...content,
          channel: 'app',
          recipientRole: row.recipient_role,
          ...(row.recipient_mark === null ? {} : { recipientMark: row.recipient_mark }),
        };
  try {
    const answer = await messages.sendMessage(message);
    return answer.outcome === 'accepted' ? undefined : { text: `${answer.code} ${answer.message.en}`, down: false };
  } catch (error) {
    return { text: error instanceof Error ? error.message : String(error), down: true };
  }
}

async function remember(pool: Pool, rows: readonly NoticeRow[], failure: Failure | undefined): Promise<void> {
  const ids = rows.map((row) => row.message_id);
  await (failure === undefined
    ? pool.query(
        `update outbox set sent_at = business_now(), attempts = attempts + 1, last_error = null
         where message_id = any($1) and sent_at is null`,
        [ids],
      )
    : pool.query('update outbox set attempts = attempts + 1, last_error = $2 where message_id = any($1)', [
        ids,
        failure.text.slice(0, 500),
      ]));
}
