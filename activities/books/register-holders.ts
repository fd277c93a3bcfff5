/**
 * Holders of the opening state whom the rehearsal's directory has a login for: registered as clients of their branch, so that they elect and
 * vote by themselves as any client does. Their numbers begin with C9, where sample clients never come. Safe to repeat.
 */
import type { Pool } from 'pg';
import { inTransaction } from '../database/transaction';

/** Logins of the rehearsal, by fund account. */
const LOGINS: Readonly<Record<string, string>> = {
  '6000000003': 'holder-3',
  '6000000005': 'holder-5',
  '6000000006': 'holder-6',
  '6000000009': 'holder-9',
};

/** Accounts that the opening state does not have are passed over. */
export const registerHolders = (pool: Pool): Promise<void> =>
  inTransaction(pool, async (sql) => {
    const known = [Object.keys(LOGINS), Object.values(LOGINS)];
    const named = `select c.fund_account, l.person, 'C9' || right(c.fund_account, 7) as client_no, c.kind, c.branch
                     from unnest($1::text[], $2::text[]) as l (fund_account, person) join clients c using (fund_account) join people p using (person)`;
    const today = `(business_now() at time zone 'Asia/Shanghai')::date`;
    await sql.query(
      `insert into archives (client_no, opened_on) select client_no, ${today} from (${named}) n on conflict do nothing`,
      known,
    );
    await sql.query(
      `insert into registered_clients (client_no, kind, branch, account_manager, registered_on)
       select client_no, kind, branch, 'brokerage-1', ${today} from (${named}) n on conflict do nothing`,
      known,
    );
    await sql.query(
      `insert into client_fund_accounts (fund_account, client_no) select fund_account, client_no from (${named}) n on conflict do nothing`,
      known,
    );
    await sql.query(
      `insert into client_logins (person, client_no) select person, client_no from (${named}) n on conflict do nothing`,
      known,
    );
  });
