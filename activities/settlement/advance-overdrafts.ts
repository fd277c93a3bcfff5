/**
 * Business morning: the cushion advances every overdraft of the evening before in full, so that the fund account stands at
 * zero and the client owes the advance (A4 §28, §36; S18).
 */
import type { Dependencies } from '../dependencies';
import { inTransaction } from '../database/transaction';
import { openBatch } from '../ledger/open-batch';
import type { DayKey, Posted } from './day-key';
import { requireCushion } from './judge-cushion';

/**
 * All of them or none: where the cushion does not suffice nothing is advanced, and the next morning tries again. An alarm is given
 * before that, when what is lent reaches a part of the cushion.
 * @throws BusinessError CUSHION_TOO_SMALL
 */
export const advanceOverdrafts =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (day: DayKey): Promise<Posted & { readonly advancedFen: string }> =>
    inTransaction(pool, async (sql) => {
      const batch = await openBatch(sql, {
        ...day,
        key: `settle:${day.channel}:${day.businessDate}:advance-overdrafts`,
        kind: 'advance-overdrafts',
        restsOn: [],
        cause: `overdrafts advanced from the cushion on the morning of ${day.businessDate}`,
      });
      if (batch !== undefined) {
        await requireCushion(sql, day);
        await sql.query(ADVANCE, [day.channel, day.businessDate, batch]);
      }
      const { rows } = await sql.query<{ entries: bigint; advanced: bigint }>(
        `select count(*) as entries, coalesce(sum(amount) filter (where ledger = 'advance'), 0)::bigint as advanced
         from entries e join batches b using (batch_id, business_date)
         where e.business_date = $2 and b.channel = $1 and b.kind = 'advance-overdrafts'`,
        [day.channel, day.businessDate],
      );
      return { entries: Number(rows[0]?.entries ?? 0n), advancedFen: String(rows[0]?.advanced ?? 0n) };
    });

/** Balances before the day's own bookings: the evening before and everything earlier. */
const ADVANCE = `
  with overdrawn as (
    select e.owner as fund_account, sum(e.amount)::bigint as short_fen
    from entries e join clients c on c.fund_account = e.owner
    where e.ledger = 'client_money' and e.business_date < $2 and c.side = 'client'
    group by e.owner having sum(e.amount) > 0),
  legs as (
    select 'client_money' as ledger, fund_account as owner, -short_fen as amount from overdrawn
    union all select 'advance', fund_account, short_fen from overdrawn
    union all select 'cushion', 'CUSHION', sum(short_fen)::bigint from overdrawn having count(*) > 0
    union all select 'advance_contra', 'CUSHION', -sum(short_fen)::bigint from overdrawn having count(*) > 0)
  insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause)
  select $2::date, $3, row_number() over (order by ledger, owner), ledger, owner, 'CNY', amount, $2::date,
         'overdraft advanced, channel ' || $1
  from legs`;
