/** The way of messages in a book of stories, where all go to the app and nowhere else: one purpose as in the product. */
import type { Pool } from 'pg';
import { loadMessages } from '../../activities/books/load-messages';
import { inTransaction } from '../../activities/database/transaction';
import { readReference } from '../../prisma/reference';

/** From a day on messages of a purpose go by all channels of the product's plan, to the telephone at the end. */
export async function wayOfProduct(pool: Pool, purpose: string, from: string): Promise<void> {
  const { messagePurposes, deliverySteps } = readReference();
  await inTransaction(pool, async (sql) => {
    for (const table of ['message_purposes', 'delivery_steps'])
      await sql.query(`update ${table} set valid_to = $2 where purpose = $1 and valid_to is null`, [purpose, from]);
    const ofPurpose = <Row extends { readonly purpose: string }>(rows: readonly Row[]) =>
      rows.filter((row) => row.purpose === purpose).map((row) => ({ ...row, validFrom: from }));
    await loadMessages(sql, {
      messagePurposes: ofPurpose(messagePurposes),
      deliverySteps: ofPurpose(deliverySteps),
      messageTemplates: [],
    });
  });
}
