/**
 * Balance, frozen, in transit, available and withdrawable of every client on the evening of the day (A4 §34, S17), each
 * from ledger entries and settlement details in force.
 */
import { clientFigures } from '../../domain/settlement/client-figures';
import { summedTerms } from '../../prisma/figure-terms/line-term';
import { clientMoneyLines, clientMoneyTerms } from '../../prisma/figure-terms/settlement-details';
import { beat } from '../bulk/beat';
import { copyWhileReading } from '../bulk/copy-while-reading';
import type { Dependencies } from '../dependencies';
import type { DayKey } from './day-key';
import { dueLinesOf } from './due-lines';
import { ENTITLEMENT_MONEY, PAID_AT_SETTLEMENT } from '../../domain/settlement/line-kinds';

interface ClientMoneyRow {
  readonly fund_account: string;
  readonly balance: bigint;
  readonly frozen_trades: bigint;
  readonly frozen_fee: bigint;
  readonly in_transit: bigint;
  readonly credited: bigint;
  readonly sales_booked: bigint;
}

export const recordClientFigures =
  ({ pool }: Dependencies) =>
  async (day: DayKey): Promise<{ readonly clients: number }> => {
    const due = await dueLinesOf(pool, day);
    const clients = await copyWhileReading(pool, {
      query: CLIENT_MONEY,
      parameters: [day.channel, day.businessDate, ENTITLEMENT_MONEY, PAID_AT_SETTLEMENT, due.on, due.after],
      rule: (row: ClientMoneyRow) => ({ row, ...figuresOf(row) }),
      table: 'client_figures',
      columns: [
        { name: 'channel', type: 'text', of: () => day.channel },
        { name: 'business_date', type: 'date', of: () => day.businessDate },
        { name: 'fund_account', type: 'text', of: ({ row }) => row.fund_account },
        { name: 'balance_fen', type: 'int8', of: ({ row }) => row.balance },
        { name: 'frozen_trades_fen', type: 'int8', of: ({ row }) => row.frozen_trades },
        { name: 'frozen_fee_fen', type: 'int8', of: ({ row }) => row.frozen_fee },
        { name: 'in_transit_fen', type: 'int8', of: ({ row }) => row.in_transit },
        { name: 'credited_today_fen', type: 'int8', of: ({ row }) => row.credited },
        { name: 'sales_booked_today_fen', type: 'int8', of: ({ row }) => row.sales_booked },
        { name: 'available_fen', type: 'int8', of: ({ availableFen }) => availableFen },
        { name: 'withdrawable_fen', type: 'int8', of: ({ withdrawableFen }) => withdrawableFen },
      ],
      before: (sql) =>
        sql.query('delete from client_figures where channel = $1 and business_date = $2', [
          day.channel,
          day.businessDate,
        ]),
      progress: (rows) => beat(rows),
    });
    return { clients };
  };

const figuresOf = (row: ClientMoneyRow) =>
  clientFigures({
    balanceFen: row.balance,
    frozenTradesFen: row.frozen_trades,
    frozenPortfolioFeeFen: row.frozen_fee,
    inTransitFen: row.in_transit,
    creditedTodayFen: row.credited,
    saleMoneyBookedTodayFen: row.sales_booked,
  });

const PLACES = { day: '$2', entitlements: '$3', paid: '$4', due: '$5::date[]', later: '$6::date[]' } as const;

const CLIENT_MONEY = `
  with balances as (
    select owner as fund_account, -sum(amount)::bigint as balance from entries
    where ledger = 'client_money' and business_date <= $2 group by owner),
  lines as (
    select l.securities_account,
           ${summedTerms(clientMoneyTerms(PLACES))}
    from counted_clearing_lines l
    where l.channel = $1 and ${clientMoneyLines(PLACES)}
    group by l.securities_account)
  select c.fund_account, coalesce(b.balance, 0)::bigint as balance, coalesce(l.frozen_trades, 0)::bigint as frozen_trades,
         coalesce(l.frozen_fee, 0)::bigint as frozen_fee, coalesce(l.in_transit, 0)::bigint as in_transit,
         coalesce(l.credited, 0)::bigint as credited, coalesce(l.sales_booked, 0)::bigint as sales_booked
  from clients c left join balances b using (fund_account) left join lines l using (securities_account)`;
