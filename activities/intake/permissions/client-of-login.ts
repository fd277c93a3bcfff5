/** Which client a login of a channel acts for. */
import type { Pool } from 'pg';
import { BusinessError } from '../../../domain/errors';

/** @throws BusinessError NOT_YOUR_CLIENT for a login that is bound to none */
export async function clientOfLogin(pool: Pool, person: string): Promise<string> {
  const { rows } = await pool.query<{ client_no: string }>('select client_no from client_logins where person = $1', [
    person,
  ]);
  const [login] = rows;
  if (login === undefined) throw new BusinessError('NOT_YOUR_CLIENT');
  return login.client_no;
}
