/** Dividends and takeover money with every allocation, bonus shares and splits of a day. */
import type { Pool } from 'pg';
import type { Side } from '../../domain/channel';
import type { ReportedDay } from './reported-day';
import { cny, hkd, ratio } from './money-text';

interface Allocated {
  readonly business: string;
  readonly side: Side;
  readonly code: string;
  readonly order_no: string;
  readonly ratio_e5: bigint;
  readonly settle_date: string;
  readonly fund_account: string | null;
  readonly securities_account: string;
  readonly quantity: bigint;
  readonly net_cents: bigint;
  readonly net_fen: bigint;
}

export async function corporateActionsSection(pool: Pool, day: ReportedDay) {
  const { rows } = await pool.query<Allocated>(
    `select l.business, a.side, l.code, l.order_no, l.ratio_e5, l.settle_date, c.fund_account, l.securities_account, l.quantity, l.net_cents, l.net_fen
     from clearing_lines_in_force l join broker_accounts a on a.account = l.reserve_account
     left join clients c on c.securities_account = l.securities_account
     where l.channel = $1 and l.business_date = $2 and l.business in ('H54', 'H55', 'H67', 'H63')
     order by l.business, a.side, l.order_no, l.securities_account`,
    [day.channel, day.business_date],
  );
  return {
    dividends: events(rows.filter((row) => row.business !== 'H63')),
    takeover: events(rows.filter((row) => row.business === 'H63')),
    bonus: await bonusShares(pool, day),
    split: await splits(pool, day),
  };
}

/** One sum exchanged per event and side (S16). */
function events(rows: readonly Allocated[]) {
  const groups = new Map<string, Allocated[]>();
  for (const row of rows) {
    const key = `${row.side} ${row.order_no} ${row.code}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].flatMap((lines) => {
    const [first] = lines;
    if (first === undefined) return [];
    return [
      {
        side: first.side,
        security: first.code,
        ratio: ratio(first.ratio_e5),
        receiptCny: cny(lines.reduce((sum, line) => sum + line.net_fen, 0n)),
        settles: first.settle_date,
        allocations: lines.map((line) => ({
          fundAccount: line.fund_account,
          securitiesAccount: line.securities_account,
          quantity: Number(line.quantity),
          amount: hkd(line.net_cents),
          cny: cny(line.net_fen),
        })),
      },
    ];
  });
}

async function bonusShares(pool: Pool, day: ReportedDay) {
  const { rows } = await pool.query<{
    securities_account: string;
    code: string;
    record_quantity: bigint;
    quantity: bigint;
    sellable_from: string;
  }>(
    `select m.securities_account, m.code, m.quantity, m.sellable_from,
            coalesce((select -sum(e.amount) from entries e where e.ledger = 'client_shares' and e.owner = m.securities_account and e.asset = m.code
                      and e.business_date <= m.trade_date), 0)::bigint as record_quantity
     from security_movements_in_force m where m.channel = $1 and m.business_date = $2 and m.business = 'H58' order by m.securities_account, m.code`,
    [day.channel, day.business_date],
  );
  return rows.map((row) => ({
    securitiesAccount: row.securities_account,
    security: row.code,
    recordQuantity: Number(row.record_quantity),
    credited: Number(row.quantity),
    tradableFrom: row.sellable_from,
  }));
}

/** A split takes effect with the code conversions of the day; more than one is rare and listed. */
async function splits(pool: Pool, day: ReportedDay) {
  const { rows } = await pool.query<{ old_code: string; new_code: string; new_shares: string; old_shares: string }>(
    'select old_code, new_code, new_shares, old_shares from splits_in_force where channel = $1 and effective_on = $2 order by old_code',
    [day.channel, day.business_date],
  );
  const told = rows.map((row) => ({
    old: row.old_code,
    new: row.new_code,
    ratio: Number(row.new_shares) / Number(row.old_shares),
  }));
  if (told.length === 0) return null;
  return told.length === 1 ? told[0] : told;
}
