/** The lines behind the terms of the funding formula (A4 §27; S12), read from the books for one side and date. */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { Side } from '../../domain/channel';
import type { FundingTerms } from '../../domain/settlement/funding';
import { summedTerms } from '../../prisma/figure-terms/line-term';
import { fundingLines } from '../../prisma/figure-terms/settlement-details';
import { CORPORATE_ACTION_MONEY } from '../../domain/settlement/line-kinds';
import { dueLinesOf } from './due-lines';

/** One term with where its lines stand, and whether something of it is not yet known. */
export interface SourcedTerm {
  readonly fen: bigint;
  readonly uncertain: boolean;
  readonly source: object;
}
export type SourcedTerms = { readonly [Term in keyof FundingTerms]: SourcedTerm };

/**
 * @param date the day that is funded
 * @param known the last evening that is known (the previous trading day of `date`, or an earlier one for a forecast)
 */
export async function fundingTermsOf(
  sql: PoolClient,
  given: { readonly channel: string; readonly side: Side; readonly date: BusinessDate; readonly known: BusinessDate },
): Promise<SourcedTerms> {
  const lines = await dueLines(sql, given);
  const reserve = await accountBalance(sql, given, 'reserve');
  const riskFund = await accountBalance(sql, given, 'risk_fund');
  const risk = await riskPayable(sql, given);
  const ofLines = (fen: bigint, businesses: readonly string[]): SourcedTerm => ({
    fen,
    uncertain: lines.uncertain,
    source: { lines: 'clearing_lines', settleDate: given.date, side: given.side, businesses },
  });
  return {
    reserveBalancePreviousFen: reserve,
    tradeNetFen: ofLines(lines.trades, ['H01']),
    riskMoneyPayableFen: risk,
    riskMoneyReturnedFen: riskFund,
    portfolioFeePayableFen: ofLines(-lines.fee, ['H60']),
    nonTradePayableFen: ofLines(-lines.nonTrade, ['H70']),
    crossCoverOwedFen: await crossCoverOwed(sql, given),
    corporateActionReceivableFen: ofLines(lines.corporate, CORPORATE_ACTION_MONEY),
  };
}

const DUE = {
  trades: fundingLines(`'H01'`),
  fee: fundingLines(`'H60'`),
  non_trade: fundingLines(`'H70'`),
  corporate: fundingLines('any($5)'),
};

async function dueLines(
  sql: PoolClient,
  given: { channel: string; side: Side; date: BusinessDate; known: BusinessDate },
) {
  const due = await dueLinesOf(sql, { channel: given.channel, businessDate: given.date });
  const { rows } = await sql.query<{
    trades: bigint;
    fee: bigint;
    non_trade: bigint;
    corporate: bigint;
    details: bigint;
  }>(
    `select ${summedTerms(DUE)},
            (select count(*) from files_in_force where channel = $1 and business_date = $4 and kind = 'hk_jsmx') as details
     from counted_clearing_lines l join broker_accounts a on a.account = l.reserve_account
     where l.channel = $1 and l.settle_date = any($2::date[]) and a.side = $3 and (l.business_date <= $4 or l.times < 0)`,
    [given.channel, due.on, given.side, given.known, CORPORATE_ACTION_MONEY],
  );
  const found = rows[0] ?? { trades: 0n, fee: 0n, non_trade: 0n, corporate: 0n, details: 0n };
  return {
    trades: found.trades,
    fee: found.fee,
    nonTrade: found.non_trade,
    corporate: found.corporate,
    uncertain: found.details === 0n && (await wasRun(sql, given)),
  };
}

/** The clearing house's balance of the evening; the newest earlier one, marked uncertain, when that file is not in. */
async function accountBalance(
  sql: PoolClient,
  given: { channel: string; side: Side; known: BusinessDate },
  kind: 'reserve' | 'risk_fund',
): Promise<SourcedTerm> {
  const { rows } = await sql.query<{
    balance: bigint;
    on_date: BusinessDate;
    file_id: bigint;
    row_no: bigint;
    account: string;
  }>(
    `select m.balance_fen as balance, m.business_date as on_date, m.file_id, m.row_no, a.account
     from broker_accounts a join money_balances_in_force m on m.account = a.account and m.channel = a.channel
     where a.channel = $1 and a.side = $2 and a.kind = $3 and m.business_date <= $4
     order by m.business_date desc limit 1`,
    [given.channel, given.side, kind, given.known],
  );
  const [found] = rows;
  if (found !== undefined) {
    return {
      fen: found.balance,
      uncertain: found.on_date !== given.known,
      source: {
        lines: 'money_balances',
        account: found.account,
        date: found.on_date,
        file: String(found.file_id),
        row: String(found.row_no),
      },
    };
  }
  // Before the first evening file the opening entries are all there is.
  const { rows: opening } = await sql.query<{ balance: bigint | null; account: string }>(
    `select a.account, (select sum(amount)::bigint from entries where ledger = a.kind and owner = a.account and business_date <= $4) as balance
     from broker_accounts a where a.channel = $1 and a.side = $2 and a.kind = $3`,
    [given.channel, given.side, kind, given.known],
  );
  return {
    fen: opening[0]?.balance ?? 0n,
    uncertain: false,
    source: { lines: 'entries', account: opening[0]?.account ?? '', until: given.known },
  };
}

/** What the clearing house took for the client side up to the known evening, less what it gave back; nothing on the own side. */
async function crossCoverOwed(
  sql: PoolClient,
  given: { channel: string; side: Side; known: BusinessDate },
): Promise<SourcedTerm> {
  const { rows } = await sql.query<{ fen: bigint; account: string | null }>(
    `select coalesce(sum(m.amount_fen), 0)::bigint as fen, min(m.account) as account
     from broker_accounts a join money_movements_in_force m on m.channel = a.channel and m.account = a.account
     where a.channel = $1 and a.side = 'client' and $2 = 'client' and a.kind = 'reserve' and m.business = 'GL' and m.business_date <= $3`,
    [given.channel, given.side, given.known],
  );
  const { fen = 0n, account = null } = rows[0] ?? {};
  return { fen, uncertain: false, source: { lines: 'money_movements', account, until: given.known } };
}

async function riskPayable(
  sql: PoolClient,
  given: { channel: string; side: Side; date: BusinessDate; known: BusinessDate },
): Promise<SourcedTerm> {
  const { rows } = await sql.query<{ payable_fen: bigint; business_date: BusinessDate }>(
    `select payable_fen, business_date from risk_money
     where channel = $1 and side = $2 and business_date <= $3 order by business_date desc limit 1`,
    [given.channel, given.side, given.known],
  );
  const [newest] = rows;
  return {
    fen: newest?.payable_fen ?? 0n,
    uncertain: newest === undefined ? await wasRun(sql, given) : newest.business_date !== given.known,
    source: { lines: 'risk_money', date: newest?.business_date ?? null, side: given.side },
  };
}

/** Whether the evening belongs to a day that this book runs; before the first one nothing is missing. */
async function wasRun(sql: PoolClient, given: { channel: string; known: BusinessDate }): Promise<boolean> {
  const { rowCount } = await sql.query('select 1 from settlement_days where channel = $1 and business_date = $2', [
    given.channel,
    given.known,
  ]);
  return (rowCount ?? 0) > 0;
}
