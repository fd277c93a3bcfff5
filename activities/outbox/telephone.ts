/** What is read out on the telephone, and what came of the call. */
import type { Side } from '../../domain/channel';
import { BusinessError } from '../../domain/errors';
import type { Words } from '../../domain/messages/words';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { SHOWN_RECIPIENT } from '../intake/told-complainant';
import { textsOf, type OfTemplate } from '../intake/told-texts';

/** What the process knows of the message. Its text stays in its row: who telephones reads it there, and the reading is audited. */
export interface TelephoneScript {
  /** Reference, never a name or number: who telephones looks it up where personal columns stand. */
  readonly recipient: string;
  readonly subject: Words;
  readonly side: Side | null;
  readonly branch: string | null;
  /** Business time at which it was handed over to a person, UTC. */
  readonly handedOverAt: string;
  /** Working hours in which it is to be told; null: no time is promised. */
  readonly withinHours: number | null;
}

/** @throws BusinessError NOT_FOUND */
export const readTelephoneScript =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  async ({ messageId }: { readonly messageId: string }): Promise<TelephoneScript> => {
    const { rows } = await pool.query<Omit<TelephoneScript, 'subject'> & OfTemplate>(
      `select coalesce(${SHOWN_RECIPIENT}, 'role:' || concat_ws(' ', recipient_role, recipient_mark)) as recipient,
              template, template_version, facts, missing, side, branch, looked_at as "handedOverAt",
              (select task_hours from message_purposes p, (select (m.looked_at at time zone 'Asia/Shanghai')::date as day) handed_over
                where p.purpose = m.purpose and p.valid_from <= day and (p.valid_to is null or day < p.valid_to)) as "withinHours"
       from outbox m where message_id = $1 and kind = 'notice'`,
      [messageId],
    );
    const [row] = rows;
    if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '消息 message', key: messageId });
    const { recipient, side, branch, handedOverAt, withinHours } = row;
    const { subject } = (await textsOf(pool, [row]))(row);
    return { recipient, subject, side, branch, handedOverAt, withinHours };
  };

export interface Telephoned {
  readonly messageId: string;
  readonly outcome: 'reached' | 'not reached';
  readonly by: string;
  /** Business time, UTC. */
  readonly at: string;
}

/** The same message again changes nothing. */
export const recordTelephoned =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ messageId, outcome, by, at }: Telephoned): Promise<void> =>
    inTransaction(pool, async (sql) => {
      const { rowCount } = await sql.query(
        `insert into message_receipts (gateway, receipt, message_id, channel, outcome, at, person)
         values ('telephone', $1, $2, 'task', $3, $4, $5) on conflict (gateway, receipt) do nothing`,
        [messageId, messageId, outcome, at, by],
      );
      if (rowCount === 0) return;
      await sql.query('update outbox set state = $2 where message_id = $1', [
        messageId,
        outcome === 'reached' ? 'delivered' : 'not reached',
      ]);
      await recordAudit(sql, {
        actor: by,
        action: `telephoned: ${outcome}`,
        outcome: 'done',
        objectType: 'message',
        objectId: messageId,
      });
    });
