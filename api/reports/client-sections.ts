/** Lists are in the order of securities accounts. Figures per client: portfolio fee, money, pre-clearing, overdrafts, advances, positions. */
import type { Pool } from 'pg';
import type { Channel } from '../../domain/channel';
import { parameterOn, type ParameterRow } from '../../domain/parameters';
import { parseRate } from '../../domain/scaled';
import { penaltyInterestFen } from '../../domain/settlement/overdraft';
import type { ReportedDay } from './reported-day';
import { cny, hkd, ratio } from './money-text';

type Row = Readonly<Record<string, bigint>> & { readonly fund_account: string };

/** The parts of the report that are lists of clients, in their order. */
export const CLIENT_PARTS = [
  part('portfolioFee', portfolioFees),
  part('cash', async (pool, day) => (await cashRows(pool, day)).map(({ preClearingNegative: _, ...shown }) => shown)),
  part('preClearing', preClearing),
  part('preClearingNegative', async (pool, day) =>
    (await cashRows(pool, day))
      .filter(({ preClearingNegative }) => preClearingNegative)
      .map(({ fundAccount, available }) => ({ fundAccount, available })),
  ),
  part('overdrafts', overdrafts),
  part('advances', advances),
  part('positions', positions),
];

function part(name: string, list: (pool: Pool, day: ReportedDay) => Promise<readonly unknown[]>) {
  return { names: [name], read: async (pool: Pool, day: ReportedDay) => ({ [name]: await list(pool, day) }) };
}

async function portfolioFees(pool: Pool, day: ReportedDay) {
  const { rows } = await pool.query<Row & { securities_account: string; settle_date: string }>(
    `select c.fund_account, l.securities_account, l.consideration_cents, l.quantity, l.net_cents, l.ratio_e5, l.net_fen, l.settle_date
     from clearing_lines_in_force l left join clients c on c.securities_account = l.securities_account
     where l.channel = $1 and l.business_date = $2 and l.business = 'H60' order by l.securities_account`,
    [day.channel, day.business_date],
  );
  return rows.map((row) => ({
    fundAccount: row.fund_account,
    securitiesAccount: row.securities_account,
    marketValueHKD: hkd(row['consideration_cents'] ?? 0n),
    calendarDays: Number(row['quantity']),
    hkd: hkd(-(row['net_cents'] ?? 0n)),
    ratio: ratio(row['ratio_e5'] ?? 0n),
    cny: cny(-(row['net_fen'] ?? 0n)),
    settles: row.settle_date,
  }));
}

async function cashRows(pool: Pool, day: ReportedDay) {
  const { rows } = await pool.query<Row & { side: string }>(
    `select f.*, c.side from client_figures f join clients c using (fund_account) where channel = $1 and business_date = $2 order by c.securities_account`,
    [day.channel, day.business_date],
  );
  return rows.map((row) => ({
    fundAccount: row.fund_account,
    balance: cny(row['balance_fen'] ?? 0n),
    frozenTrades: cny(row['frozen_trades_fen'] ?? 0n),
    frozenPortfolioFee: cny(row['frozen_fee_fen'] ?? 0n),
    inTransit: cny(row['in_transit_fen'] ?? 0n),
    creditedToday: cny(row['credited_today_fen'] ?? 0n),
    available: cny(row['available_fen'] ?? 0n),
    withdrawable: cny(row['withdrawable_fen'] ?? 0n),
    preClearingNegative: (row['available_fen'] ?? 0n) < 0n,
  }));
}

async function preClearing(pool: Pool, day: ReportedDay) {
  const { rows } = await pool.query<Row>(
    'select p.* from pre_clearings p join clients c using (fund_account) where channel = $1 and business_date = $2 order by c.securities_account',
    [day.channel, day.business_date],
  );
  return rows.map((row) => ({
    fundAccount: row.fund_account,
    trades: Number(row['trades']),
    payable: cny(row['payable_fen'] ?? 0n),
    receivable: cny(row['receivable_fen'] ?? 0n),
    commission: cny(row['commission_fen'] ?? 0n),
    frozenIntraday: cny(row['frozen_fen'] ?? 0n),
    correction: cny(row['correction_fen'] ?? 0n),
    settles: day.trades_settle,
  }));
}

async function overdrafts(pool: Pool, day: ReportedDay) {
  const { rows } = await pool.query<Row & { cause: string }>(
    'select o.* from overdrafts o join clients c using (fund_account) where channel = $1 and business_date = $2 order by c.securities_account',
    [day.channel, day.business_date],
  );
  return rows.map((row) => ({
    fundAccount: row.fund_account,
    amount: cny(row['amount_fen'] ?? 0n),
    cause: row.cause,
    parts: {
      ...(row['fx_fen'] !== 0n && { fx: cny(row['fx_fen'] ?? 0n) }),
      ...(row['fee_fen'] !== 0n && { portfolioFee: cny(row['fee_fen'] ?? 0n) }),
      ...(row['delayed_fen'] !== 0n && { delayedSettlement: cny(row['delayed_fen'] ?? 0n) }),
    },
  }));
}

export async function advances(pool: Pool, day: ReportedDay) {
  const { rows } = await pool.query<Row & { interest_numerator: string }>(
    'select a.* from advances a join clients c using (fund_account) where channel = $1 and business_date = $2 order by c.securities_account',
    [day.channel, day.business_date],
  );
  if (rows.length === 0) return [];
  const dayBase = await interestDayBase(pool, day);
  const perE12 = parseRate('0.000000000001');
  return rows.map((row) => ({
    fundAccount: row.fund_account,
    advancedThisMorning: cny(row['advanced_fen'] ?? 0n),
    repaidToday: cny(row['repaid_fen'] ?? 0n),
    outstanding: cny(row['outstanding_fen'] ?? 0n),
    penaltyInterestAccrued: cny(penaltyInterestFen(BigInt(row.interest_numerator), perE12, dayBase)),
  }));
}

/** The base in force on the day, of the channel where it has one of its own: as interest was computed with. */
async function interestDayBase(pool: Pool, day: ReportedDay): Promise<bigint> {
  const { rows } = await pool.query<ParameterRow>(
    `select code, channel, value, unit, valid_from as "validFrom", valid_to as "validTo" from parameters where code = 'INTEREST_DAY_BASE'`,
  );
  return BigInt(parameterOn(rows, 'INTEREST_DAY_BASE', day.business_date, day.channel as Channel));
}

async function positions(pool: Pool, day: ReportedDay) {
  const { rows } = await pool.query<{ owner: string; asset: string; quantity: bigint }>(
    `select owner, asset, -sum(amount)::bigint as quantity from entries
     where ledger = 'client_shares' and business_date <= $1 group by owner, asset having sum(amount) <> 0 order by owner, asset`,
    [day.business_date],
  );
  return rows.map(({ owner, asset, quantity }) => [owner, asset, Number(quantity)]);
}
