/** Somebody read a message in our own application: the reading is the proof of notice, and no further channel is taken. */
import type { Pool } from 'pg';
import { BusinessError } from '../../domain/errors';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import { ownInApp } from './own-messages';
import { proveDelivered } from '../outbox/prove-delivered';

/**
 * Of several people of a role each reads for himself; the first reading is the proof. Read again, it stays as it was.
 * @returns when this person read it first
 * @throws BusinessError NOT_FOUND for a message that is not this person's, or that did not come to be read here
 */
export const readOwnMessage =
  ({ pool }: { readonly pool: Pool }) =>
  (reading: { readonly messageId: string; readonly person: string; readonly requestId: string }): Promise<string> =>
    inTransaction(pool, async (sql) => {
      const { messageId, person, requestId } = reading;
      const { rowCount: own } = await sql.query(
        `select from outbox m where message_id = $1 and ${ownInApp('$2')} for update`,
        [messageId, person],
      );
      if (own === 0) throw new BusinessError('NOT_FOUND', { what: '消息 message', key: messageId });
      const receipt = `${messageId}:${person}`;
      const { rowCount: isFirst } = await sql.query(
        `insert into message_receipts (gateway, receipt, message_id, channel, outcome, at, person)
         values ('in-app', $1, $2, 'in-app', 'read', business_now(), $3) on conflict (gateway, receipt) do nothing`,
        [receipt, messageId, person],
      );
      const { rows } = await sql.query<{ at: string }>(
        `select at from message_receipts where gateway = 'in-app' and receipt = $1`,
        [receipt],
      );
      const at = rows[0]?.at ?? '';
      if (isFirst === 1) {
        await proveDelivered(sql, messageId, at);
        const entry = { actor: person, action: 'read message', outcome: 'done', objectType: 'message' } as const;
        await recordAudit(sql, { ...entry, objectId: messageId, requestId });
      }
      return at;
    });
