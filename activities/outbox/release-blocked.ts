/** Messages that lacked a fact go out once the template in force asks only for what they have; no message is written anew. */
import type { Pool } from 'pg';
import type { Facts } from '../../domain/messages/template';
import { inTransaction } from '../database/transaction';
import { keptPurpose } from './kept-message';
import { renderMessage } from './render-message';

const PAGE = 200;

export async function releaseBlocked(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ message_id: string; template: string; facts: Facts }>(
    `select message_id::text, o.template, facts from outbox o join message_templates t using (template),
            (select (business_now() at time zone 'Asia/Shanghai')::date as today) clock
     where o.state = 'blocked' and t.version is distinct from o.template_version
       and t.approved_on <= today and t.valid_from <= today and (t.valid_to is null or today < t.valid_to)
     order by message_id limit ${PAGE}`,
  );
  let released = 0;
  for (const { message_id: id, ...told } of rows) {
    await inTransaction(pool, async (sql) => {
      const { rendered, purpose, version } = await renderMessage(sql, told);
      if (rendered.missing !== undefined) {
        await sql.query('update outbox set template_version = $2, missing_facts = $3 where message_id = $1', [
          id,
          version ?? null,
          rendered.missing,
        ]);
        return;
      }
      const { otherPurpose, isClientNotice } = keptPurpose(purpose);
      await sql.query(
        `update outbox set template_version = $2, other_purpose = $3, is_client_notice = $4, missing_facts = null, state = 'queued',
                due_at = business_now()
         where message_id = $1 and state = 'blocked'`,
        [id, version, otherPurpose, isClientNotice],
      );
      released += 1;
    });
  }
  return released;
}
