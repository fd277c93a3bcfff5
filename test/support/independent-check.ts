/**
 * What must hold in the books of any course of days, asked in SQL of its own: nothing of the product's rules or queries is used.
 * Answers one line for each thing that does not hold.
 */
import type { Pool } from 'pg';

const CHECKS: Readonly<Record<string, string>> = {
  'a batch does not sum to zero': `
    select batch_id || ' ' || asset as found from entries group by batch_id, asset having sum(amount) <> 0`,
  'two standing batches of one key': `
    select split_part(batch_key, '#', 1) as found from batches b
    where reverses is null and not exists (select from batches r where r.reverses = b.batch_id)
    group by 1 having count(*) > 1`,
  'a reversal leaves something of its batch': `
    select r.reverses || ' ' || e.ledger || ' ' || e.owner as found
    from batches r join entries e on e.batch_id in (r.batch_id, r.reverses) where r.reverses is not null
    group by r.reverses, e.ledger, e.owner, e.asset having sum(e.amount) <> 0`,
  // S21: fund accounts and suspense + cushion + commission not moved = bank + reserve + risk fund + on the way + what is between.
  'client money owed is not client money held at the close of a day': `
    select d.business_date || ' ' || sum(e.amount) as found
    from settlement_days d
    join entries e on e.business_date <= d.business_date and e.asset = 'CNY'
    left join clients c on c.fund_account = e.owner
    left join broker_accounts a on a.account = e.owner
    where d.closed_at is not null and (
      e.ledger = 'client_money' and c.side = 'client' or e.ledger = 'cushion'
      or e.ledger in ('commission_due', 'on_the_way', 'clearing', 'risk_in_settlement') and e.owner = 'client'
      or e.ledger in ('bank', 'reserve', 'risk_fund', 'suspense') and a.side = 'client')
    group by d.business_date having sum(e.amount) <> 0`,
  'a promise is over and neither met, withdrawn nor escalated': `
    select business_key as found from deadlines where due_at < business_now() and state = 'running'`,
  'an order moved without a second person': `
    select business_key as found from orders
    where state in ('sent', 'executed') and (approved_by is null or approved_by = made_by)`,
  'more came into a reserve account than was approved': `
    with came as (
      select m.business_date, a.side, sum(m.amount_fen) as fen
      from money_movements m join file_verdicts v on v.file_id = m.file_id and v.state = 'accepted'
      join broker_accounts a on a.account = m.account and a.kind = 'reserve'
      where m.business = 'ZR' group by 1, 2),
    approved as (
      select business_date, side, sum(amount_fen) as fen from orders
      where kind = 'FUND' and state in ('approved', 'sent', 'executed') group by 1, 2)
    select c.business_date || ' ' || c.side as found from came c left join approved p using (business_date, side)
    where c.fen > coalesce(p.fen, 0)`,
};

export async function independentCheck(pool: Pool): Promise<readonly string[]> {
  const violations: string[] = [];
  for (const [what, query] of Object.entries(CHECKS)) {
    const { rows } = await pool.query<{ found: string }>(query);
    violations.push(...rows.map(({ found }) => `${what}: ${found}`));
  }
  return violations;
}
