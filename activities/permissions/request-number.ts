/** Numbers of requests, the same series for every kind. */
import type { PoolClient } from 'pg';

/** `P20250623-000001`: numbers of a day run without holes. */
export async function nextRequestNo(sql: PoolClient, today: string): Promise<string> {
  const { rows } = await sql.query<{ last_no: number }>(
    `insert into permission_request_numbers (business_date, last_no) values ($1, 1)
     on conflict (business_date) do update set last_no = permission_request_numbers.last_no + 1 returning last_no`,
    [today],
  );
  return `P${today.replaceAll('-', '')}-${String(rows[0]?.last_no).padStart(6, '0')}`;
}
