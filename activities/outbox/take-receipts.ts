/** What gateways tell later of the messages they accepted, taken once however often it is told. */
import type { Pool, PoolClient } from 'pg';
import { MESSAGES_GATEWAY, type Receipt, type ReceiptsPort } from '../../adapters/messages/messages-port';
import type { MessageChannel } from '../../domain/messages/delivery';
import { inTransaction } from '../database/transaction';
import { keyOfMessage } from './deliver-message';
import { ACCEPTED_BY } from './due-messages';
import { ofKey } from './of-key';
import { DELIVERED, proveDelivered } from './prove-delivered';
import { NO_OTHER_TRY } from './record-delivery';

/** Reads all new receipts. A gateway that gives no answer is asked again by the next round. */
export async function takeReceipts(pool: Pool, ports: readonly ReceiptsPort[]): Promise<number> {
  let taken = 0;
  for (const port of ports) {
    for (;;) {
      const read = await takePage(pool, port).catch(() => 0);
      taken += read;
      if (read === 0) break;
    }
  }
  return taken;
}

async function takePage(pool: Pool, port: ReceiptsPort): Promise<number> {
  const { gateway } = port;
  const { rows } = await pool.query<{ after: string }>('select after from receipt_cursors where gateway = $1', [
    gateway,
  ]);
  const after = rows[0]?.after ?? '';
  const page = await port.readAfter(after);
  if (page.receipts.length === 0) return 0;
  await inTransaction(pool, async (sql) => {
    for (const receipt of page.receipts) await takeReceipt(sql, gateway, receipt);
    await sql.query(
      `insert into receipt_cursors (gateway, after) values ($1, $2) on conflict (gateway) do update set after = excluded.after`,
      [gateway, page.next],
    );
  });
  return page.receipts.length;
}

/**
 * Delivered ends the way of a message, also when a later channel is under way already. Not delivered leaves the channel at
 * once, where it is still the one that the message is on.
 */
async function takeReceipt(sql: PoolClient, gateway: string, told: Receipt): Promise<void> {
  if (await provesFirstTry(sql, gateway, told)) return;
  const { rows } = await sql.query<{ message_id: string }>(
    `insert into message_receipts (gateway, receipt, message_id, channel, outcome, at, code)
     select $1, $2, message_id, $4, $5, $6, $7 from outbox m where ${ofKey('m', '$3')} and proof is distinct from $2
     on conflict (gateway, receipt) do nothing returning message_id::text`,
    [gateway, told.receipt, keyOfMessage(told.key), told.channel, told.outcome, told.at, told.code ?? null],
  );
  const [row] = rows;
  if (row === undefined) return;
  if (told.outcome === 'delivered') {
    await proveDelivered(sql, row.message_id, told.at);
    return;
  }
  await leaveChannel(sql, row.message_id, told.channel);
}

/** Delivered on the channel that accepted it at the first try, and on its way no more than that: the message itself says so (decision 0080). */
async function provesFirstTry(sql: PoolClient, gateway: string, told: Receipt): Promise<boolean> {
  if (gateway !== MESSAGES_GATEWAY || told.outcome !== 'delivered' || told.code !== undefined) return false;
  const { rowCount } = await sql.query(
    `update outbox m set ${DELIVERED}, proof = $1, proved_at = $4
      where ${ofKey('m', '$2')} and accepted_on = $3 and state = 'sent' and proof is null and ${NO_OTHER_TRY}
        and not exists (select from message_receipts r where r.message_id = m.message_id)`,
    [told.receipt, keyOfMessage(told.key), told.channel, told.at],
  );
  return rowCount === 1;
}

/** Delivery looks at it at once and goes on, where the message is still on that channel. */
export async function leaveChannel(sql: PoolClient, messageId: string, channel: MessageChannel): Promise<boolean> {
  const { rowCount } = await sql.query(
    `update outbox m set due_at = business_now(), looked_at = null
     where message_id = $1 and state = 'sent' and (due_at is not null or $2 = 'email') and ${ACCEPTED_BY} = $2`,
    [messageId, channel],
  );
  return rowCount === 1;
}
