/** Where a message goes by e-mail or as an event, read at the moment of sending and kept nowhere else. */
import type { Pool } from 'pg';
import type { DueMessage } from './due-messages';

export async function addressesOf(
  pool: Pool,
  { recipient_role: role, recipient_mark: mark, recipient_ref: ref }: DueMessage,
  channel: 'email' | 'webhook',
): Promise<readonly string[]> {
  const today = `(business_now() at time zone 'Asia/Shanghai')::date`;
  const inForce = `valid_from <= ${today} and (valid_to is null or ${today} < valid_to)`;
  if (channel === 'webhook') {
    const { rows } = await pool.query<{ url: string }>(
      `select url from webhook_receivers where receiver = $1 and ${inForce}`,
      [ref],
    );
    return rows.map(({ url }) => url);
  }
  const { rows } = await pool.query<{ address: string }>(
    `select distinct address from contact_addresses a
     where kind = 'email' and (recipient_ref = $1 or recipient_ref in (
       select 'person:' || person from grants
       where role = $2 and ($3::text is null or $3 = 'approver' or mark = $3) and ${inForce}))
     order by address`,
    [ref, role, mark],
  );
  return rows.map(({ address }) => address);
}
