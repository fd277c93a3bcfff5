/** Funding, both checkpoints, defaults and transfers of a day, per side. */
import type { Pool } from 'pg';
import { SIDES, type Side } from '../../domain/channel';
import { shanghaiTimeOf } from '../../domain/calendar/business-date';
import type { ReportedDay } from './reported-day';
import { cny } from './money-text';

export async function settlementSections(pool: Pool, day: ReportedDay) {
  return {
    funding: await funding(pool, day),
    settlement: await checkpoints(pool, day),
    defaults: await defaults(pool, day),
    transfers: await transfers(pool, day),
  };
}

/** The newest revision of each side; payables are shown unsigned. */
async function funding(pool: Pool, day: ReportedDay) {
  const { rows } = await pool.query<{
    side: Side;
    amount_fen: bigint;
    term: string;
    term_fen: bigint;
    fund: bigint;
    draw_back: bigint;
  }>(
    `select f.side, f.amount_fen, t.term, t.amount_fen as term_fen,
            coalesce((select sum(o.amount_fen) from orders o where o.channel = f.channel and o.business_date = f.business_date and o.side = f.side
                      and o.kind = 'FUND' and o.state in ('awaiting approval', 'approved', 'sent', 'executed')
                      -- What covers a default is ordered after the batch.
                      and o.made_at < all (select c.read_at from checkpoints c where c.channel = o.channel and c.business_date = o.business_date
                                           and c.side = o.side and c.checkpoint = '10:30')), 0)::bigint as fund,
            coalesce((select sum(o.amount_fen) from orders o where o.channel = f.channel and o.business_date = f.business_date and o.side = f.side
                      and o.kind = 'DRAW_BACK' and o.state in ('awaiting approval', 'approved', 'sent', 'executed')), 0)::bigint as draw_back
     from figures f join figure_terms t using (figure_id)
     where f.channel = $1 and f.business_date = $2 and f.code = 'FUNDING'
       and f.revision = (select max(n.revision) from figures n where n.channel = f.channel and n.business_date = f.business_date and n.side = f.side and n.code = f.code)`,
    [day.channel, day.business_date],
  );
  const term = (side: Side, name: string) => rows.find((row) => row.side === side && row.term === name)?.term_fen ?? 0n;
  const first = (side: Side) => rows.find((row) => row.side === side);
  return Object.fromEntries(
    SIDES.filter((side) => first(side) !== undefined).map((side) => [
      side,
      {
        reserveBalancePrevious: cny(term(side, 'reserveBalancePreviousFen')),
        tradePayable: cny(-term(side, 'tradeNetFen')),
        riskMoneyPayable: cny(-term(side, 'riskMoneyPayableFen')),
        riskMoneyReturned: cny(term(side, 'riskMoneyReturnedFen')),
        portfolioFeePayable: cny(-term(side, 'portfolioFeePayableFen')),
        // Left away where there is none: few days have non-trade transfers.
        ...(term(side, 'crossCoverOwedFen') === 0n ? {} : { crossCoverOwed: cny(-term(side, 'crossCoverOwedFen')) }),
        ...(term(side, 'nonTradePayableFen') === 0n ? {} : { nonTradePayable: cny(-term(side, 'nonTradePayableFen')) }),
        corporateActionReceivable: cny(term(side, 'corporateActionReceivableFen')),
        amount: cny(first(side)?.amount_fen ?? 0n),
        fundBefore1000: cny(first(side)?.fund ?? 0n),
        drawBackAfter1030: cny(first(side)?.draw_back ?? 0n),
      },
    ]),
  );
}

type Checkpoint = Readonly<Record<string, bigint>> & { readonly side: Side; readonly checkpoint: string };

async function checkpoints(pool: Pool, day: ReportedDay) {
  const { rows } = await pool.query<Checkpoint>('select * from checkpoints where channel = $1 and business_date = $2', [
    day.channel,
    day.business_date,
  ]);
  const fen = (side: Side, checkpoint: string, column: string) =>
    rows.find((row) => row.side === side && row.checkpoint === checkpoint)?.[column] ?? 0n;
  const reached = (checkpoint: string) => rows.some((row) => row.checkpoint === checkpoint);
  return Object.fromEntries(
    SIDES.map((side) => [
      side,
      {
        ...(reached('10:30') && {
          at1030: {
            trades: cny(fen(side, '10:30', 'trades_fen')),
            riskMoney: cny(fen(side, '10:30', 'risk_payable_fen')),
            riskMoneyReturned: cny(fen(side, '10:30', 'risk_returned_fen')),
            corporateActionMoney: cny(fen(side, '10:30', 'corporate_fen')),
            ...crossCover(fen(side, '10:30', 'cross_cover_fen')),
            total: cny(fen(side, '10:30', 'total_fen')),
            balanceAfter: cny(fen(side, '10:30', 'balance_fen')),
          },
        }),
        ...(reached('18:00') && {
          at1800: {
            portfolioFee: cny(fen(side, '18:00', 'fee_fen')),
            trades: cny(fen(side, '18:00', 'trades_fen')),
            ...crossCover(fen(side, '18:00', 'cross_cover_fen')),
            total: cny(fen(side, '18:00', 'total_fen')),
            balanceAfter: cny(fen(side, '18:00', 'balance_fen')),
          },
        }),
        missingAt1000: cny(fen(side, '10:00', 'missing_fen')),
      },
    ]),
  );
}

/** Left away where the clearing house covered nothing and gave nothing back. */
const crossCover = (fen: bigint) => (fen === 0n ? {} : { crossCover: cny(fen) });

async function defaults(pool: Pool, day: ReportedDay) {
  const { rows } = await pool.query<{
    side: Side;
    intraday_fen: bigint;
    end_of_day_fen: bigint;
    days: number | null;
    penalty_fen: bigint | null;
    interest_fen: bigint | null;
  }>('select * from settlement_defaults where channel = $1 and business_date = $2 order by side', [
    day.channel,
    day.business_date,
  ]);
  return rows.map((row) => ({
    side: row.side,
    intraday: cny(row.intraday_fen),
    endOfDay: cny(row.end_of_day_fen),
    days: row.days,
    penalty: row.penalty_fen === null ? null : cny(row.penalty_fen),
    interest: row.interest_fen === null ? null : cny(row.interest_fen),
  }));
}

/** Transfers between bank and reserve account that were executed, by side and time. */
async function transfers(pool: Pool, day: ReportedDay) {
  const { rows } = await pool.query<{ side: Side; kind: string; amount_fen: bigint; executed_at: string }>(
    `select side, kind, amount_fen, executed_at from orders
     where channel = $1 and business_date = $2 and kind in ('FUND', 'DRAW_BACK') and state = 'executed' order by side, executed_at, order_id`,
    [day.channel, day.business_date],
  );
  return rows.map((row) => ({
    side: row.side,
    time: shanghaiTimeOf(row.executed_at).slice(0, 5),
    direction: row.kind === 'FUND' ? 'bankToReserve' : 'reserveToBank',
    amount: cny(row.amount_fen),
  }));
}
