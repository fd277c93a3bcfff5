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
  // S21: fund accounts and suspense + cushion + commission not moved + cross-cover = bank + reserve + risk fund + on the way + what is between.
  'client money owed is not client money held at the close of a day': `
    select d.business_date || ' ' || sum(e.amount) as found
    from settlement_days d
    join entries e on e.business_date <= d.business_date and e.asset = 'CNY'
    left join clients c on c.fund_account = e.owner
    left join broker_accounts a on a.account = e.owner
    where d.closed_at is not null and (
      e.ledger = 'client_money' and c.side = 'client' or e.ledger = 'cushion'
      or e.ledger in ('commission_due', 'cross_cover', 'on_the_way', 'clearing', 'risk_in_settlement') and e.owner = 'client'
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
  // Lines as filed, due as notices move them; of closed days what was cleared stands once, no more and no less.
  'what a file says falls due is not cleared exactly once': `
    with recursive moved as (
      select distinct channel, settle_date as filed, settle_date as due from clearing_lines where business in ('H01', 'H60')
      union
      select m.channel, m.filed, p.postponed_to from moved m
      join settlement_postponements p on p.channel = m.channel and p.postponed_from = m.due and p.state = 'approved'),
    dues as (select channel, filed, max(due) as due from moved group by 1, 2),
    filed as (
      select l.file_id, l.business, sum(l.net_fen) as fen
      from clearing_lines l join file_verdicts v on v.file_id = l.file_id and v.state = 'accepted'
        and not exists (select from trade_cancellations x where x.channel = l.channel and x.trade_date = l.business_date
                        and x.trade_no = l.trade_no and x.state = 'approved' and l.business = 'H01')
      join dues d on d.channel = l.channel and d.filed = l.settle_date
      join settlement_days s on s.channel = l.channel and s.business_date = d.due and s.closed_at is not null
      where l.business in ('H01', 'H60') group by 1, 2),
    cleared as (
      select e.cause_file_id as file_id, case b.kind when 'clear-trades' then 'H01' else 'H60' end as business, sum(e.amount) as fen
      from batches b join entries e using (batch_id)
      join settlement_days s on s.channel = b.channel and s.business_date = b.business_date and s.closed_at is not null
      where (b.kind = 'clear-trades' or b.kind = 'clear-portfolio-fee' and e.cause = 'portfolio fee') and e.ledger = 'clearing' and b.reverses is null
        and not exists (select from batches r where r.reverses = b.batch_id) group by 1, 2)
    select business || ' of file ' || file_id || ': ' || coalesce(f.fen, 0) || ' due, ' || coalesce(c.fen, 0) || ' cleared' as found
    from filed f full join cleared c using (file_id, business) where coalesce(f.fen, 0) <> coalesce(c.fen, 0)`,
  'our books of an account are not what its keeper says at the close of a day': `
    with told as (
      select m.business_date, m.account, m.balance_fen as fen
      from money_balances m join file_verdicts v on v.file_id = m.file_id and v.state = 'accepted'
      union all
      (select distinct on (l.business_date, l.account) l.business_date, l.account, l.balance_fen
       from bank_lines l join file_verdicts v on v.file_id = l.file_id and v.state = 'accepted'
       order by l.business_date, l.account, l.row_no desc))
    select t.business_date || ' ' || t.account || ': ' || t.fen || ' told, ' || coalesce(sum(e.amount), 0) || ' booked' as found
    from told t join settlement_days s on s.business_date = t.business_date and s.closed_at is not null
    left join entries e on e.owner = t.account and e.ledger in ('reserve', 'risk_fund', 'bank') and e.business_date <= t.business_date
    group by t.business_date, t.account, t.fen having t.fen <> coalesce(sum(e.amount), 0)`,
  // What covers a default is ordered after the batch, for what is missing then.
  'more was ordered in for the morning than the plan in force asked for': `
    select o.business_key as found from orders o
    where o.kind = 'FUND' and o.state in ('approved', 'sent', 'executed')
      and o.made_at < all (select c.read_at from checkpoints c where (c.channel, c.business_date, c.side) = (o.channel, o.business_date, o.side)
                           and c.checkpoint = '10:30')
      and (select sum(n.amount_fen) from orders n where (n.channel, n.business_date, n.side, n.kind) = (o.channel, o.business_date, o.side, 'FUND')
           and n.state in ('approved', 'sent', 'executed') and n.order_id <= o.order_id)
        > (select greatest(-f.amount_fen, 0) from figures f
           where (f.channel, f.business_date, f.side, f.code) = (o.channel, o.business_date, o.side, 'FUNDING') and f.computed_at <= o.approved_at
           order by f.revision desc limit 1)`,
};

export async function independentCheck(pool: Pick<Pool, 'query'>): Promise<readonly string[]> {
  const violations: string[] = [];
  for (const [what, query] of Object.entries(CHECKS)) {
    const { rows } = await pool.query<{ found: string }>(query);
    violations.push(...rows.map(({ found }) => `${what}: ${found}`));
  }
  return violations;
}
