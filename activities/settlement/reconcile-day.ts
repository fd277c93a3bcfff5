/**
 * Reconciles our books with the clearing house, the bank and in themselves, per client and in total, money and securities
 * (A4 §11; S21). Differences become breaks with their amount; the day is not closed over an undecided one.
 */
import type { PoolClient } from 'pg';
import { amountText } from '../../domain/money';
import { clientMoneyDifferenceFen } from '../../domain/settlement/client-money-identity';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { listFindings, withdrawUnfound, type ListedFinding } from '../files/list-findings';
import { queueNotice } from '../outbox/queue-notice';
import type { DayKey } from './day-key';
import { explainedFen } from './explained-differences';
import { withdrawalsAbove, WITHDRAWAL_ABOVE_LIMIT } from './withdrawals-above';

export const reconcileDay =
  ({ pool }: Dependencies) =>
  (day: DayKey & { readonly workflowId: string }): Promise<{ readonly openBreaks: number }> =>
    inTransaction(pool, async (sql) => {
      const found = [
        ...(await accountDifferences(sql, day)),
        ...(await shareDifferences(sql, day)),
        ...(await unclearedTotals(sql, day)),
        ...(await identityDifference(sql, day)),
        ...(await withdrawalsAbove(sql, day)),
      ];
      const listed = await listFindings(sql, day, { fileId: null, name: 'reconciliation' }, found);
      await withdrawUnfound(sql, day, { classes: RECONCILIATION, found: listed });
      const open = await openBreaks(sql, day);
      if (open > 0) {
        await queueNotice(sql, {
          key: `breaks:${day.channel}:${day.businessDate}:${open}`,
          workflowId: day.workflowId,
          severity: 'warning',
          recipientRole: 'supervisor',
          template: 'BREAKS_WAIT',
          facts: { date: day.businessDate, count: String(open) },
        });
      }
      return { openBreaks: open };
    });

/** Breaks of the day that nobody has decided: no exception runs, and they are not written off. */
export async function openBreaks(sql: PoolClient, day: DayKey): Promise<number> {
  const { rows } = await sql.query<{ open: bigint }>(
    `select count(*) as open from findings_in_force f
     join break_verdicts v using (finding_id)
     where f.channel = $1 and f.business_date = $2 and v.verdict in ('open', 'expired')`,
    [day.channel, day.businessDate],
  );
  return Number(rows[0]?.open ?? 0n);
}

const RECONCILIATION = [
  'ACCOUNT_DIFFERENT',
  'SHARES_DIFFERENT',
  'CLEARING_NOT_EVEN',
  'CLIENT_MONEY_NOT_EVEN',
  WITHDRAWAL_ABOVE_LIMIT,
];

const inBooks = (
  name: string,
  key: readonly string[],
  books: bigint,
  outside: bigint,
  zh: string,
  en: string,
  asText = amountText,
): ListedFinding => ({
  class: name,
  outcome: 'break',
  key,
  fileValue: asText(outside),
  computed: asText(books),
  amountFen: outside - books,
  reason: { zh, en },
});

/**
 * Reserve and risk fund against hk_zjye, bank accounts against the closing balance of their statements. A difference that
 * listed breaks explain to the cent is theirs.
 */
async function accountDifferences(sql: PoolClient, day: DayKey): Promise<ListedFinding[]> {
  const explained = await explainedFen(sql, day);
  const { rows } = await sql.query<{ kind: string; account: string; books: bigint; outside: bigint }>(
    `with books as (
       select a.kind, a.account, coalesce((select sum(e.amount) from entries e where e.ledger = a.kind and e.owner = a.account and e.business_date <= $2), 0)::bigint as books
       from broker_accounts a where a.channel = $1 and a.kind in ('reserve', 'risk_fund', 'bank')),
     outside as (
       select account, balance_fen as outside from money_balances_in_force where channel = $1 and business_date = $2
       union all
       select l.account, l.balance_fen from bank_lines_in_force l
       where l.channel = $1 and l.business_date = $2
         and l.row_no = (select max(n.row_no) from bank_lines_in_force n where n.business_date = $2 and n.account = l.account))
     -- A statement without lines says nothing about its account: that is a difference too.
     select kind, account, books, coalesce(outside, 0)::bigint as outside from books left join outside using (account)
     where outside is null or books <> outside order by account`,
    [day.channel, day.businessDate],
  );
  const unexplained = rows.filter(({ account, books, outside }) => outside - books !== explained.ofAccount(account));
  return unexplained.map((row) =>
    inBooks(
      'ACCOUNT_DIFFERENT',
      [row.kind, row.account],
      row.books,
      row.outside,
      '账簿余额与对方余额不符。',
      'The balance in our books differs from the balance outside.',
    ),
  );
}

/** Positions per client and security against hk_zqye. */
async function shareDifferences(sql: PoolClient, day: DayKey): Promise<ListedFinding[]> {
  const { rows } = await sql.query<{ owner: string; code: string; books: bigint; outside: bigint }>(
    `with held as (
       select owner, asset as code, -amount as books, 0::bigint as outside from entries
       where ledger in ('client_shares', 'share_suspense') and business_date <= $2
       union all
       select securities_account, code, 0, quantity from security_balances_in_force where channel = $1 and business_date = $2)
     select owner, code, sum(books)::bigint as books, sum(outside)::bigint as outside
     from held group by owner, code having sum(books) <> sum(outside) order by owner, code`,
    [day.channel, day.businessDate],
  );
  return rows.map((row) =>
    inBooks(
      'SHARES_DIFFERENT',
      [row.owner, row.code],
      row.books,
      row.outside,
      '持仓与中国结算余额不符。',
      'A holding differs from the balance at the clearing house.',
      String,
    ),
  );
}

/** What was settled at the clearing house and what was cleared to clients must meet in the evening. */
async function unclearedTotals(sql: PoolClient, day: DayKey): Promise<ListedFinding[]> {
  const explained = await explainedFen(sql, day);
  const { rows } = await sql.query<{ ledger: string; owner: string; fen: bigint }>(
    `select ledger, owner, sum(amount)::bigint as fen from entries
     where ledger in ('clearing', 'risk_in_settlement') and business_date <= $1 group by 1, 2 having sum(amount) <> 0 order by 1, 2`,
    [day.businessDate],
  );
  const unexplained = rows.filter(({ ledger, owner, fen }) => -fen !== explained.ofClearing(ledger, owner));
  return unexplained.map((row) =>
    inBooks(
      'CLEARING_NOT_EVEN',
      [row.ledger, row.owner],
      row.fen,
      0n,
      '清算往来未结平。',
      'Settlement at the clearing house and clearing to clients do not meet.',
    ),
  );
}

/** Client money owed = client money held (S21), but for what hangs between settlement and clearing and is listed as that. */
async function identityDifference(sql: PoolClient, day: DayKey): Promise<ListedFinding[]> {
  const { rows } = await sql.query<
    Record<
      | 'clients'
      | 'cushion'
      | 'commission'
      | 'cross_cover'
      | 'bank'
      | 'reserve'
      | 'risk'
      | 'on_the_way'
      | 'suspense'
      | 'between',
      bigint
    >
  >(
    `select coalesce(-sum(e.amount) filter (where e.ledger = 'client_money' and c.side = 'client'), 0)::bigint as clients,
            coalesce(-sum(e.amount) filter (where e.ledger = 'cushion'), 0)::bigint as cushion,
            coalesce(-sum(e.amount) filter (where e.ledger = 'commission_due' and e.owner = 'client'), 0)::bigint as commission,
            coalesce(-sum(e.amount) filter (where e.ledger = 'cross_cover' and e.owner = 'client'), 0)::bigint as cross_cover,
            coalesce(sum(e.amount) filter (where e.ledger = 'bank' and a.side = 'client'), 0)::bigint as bank,
            coalesce(sum(e.amount) filter (where e.ledger = 'reserve' and a.side = 'client'), 0)::bigint as reserve,
            coalesce(sum(e.amount) filter (where e.ledger = 'risk_fund' and a.side = 'client'), 0)::bigint as risk,
            coalesce(sum(e.amount) filter (where e.ledger = 'on_the_way' and e.owner = 'client'), 0)::bigint as on_the_way,
            coalesce(sum(e.amount) filter (where e.ledger in ('clearing', 'risk_in_settlement') and e.owner = 'client'), 0)::bigint as between,
            coalesce(-sum(e.amount) filter (where e.ledger = 'suspense' and a.side = 'client'), 0)::bigint as suspense
     from entries e left join clients c on c.fund_account = e.owner left join broker_accounts a on a.account = e.owner and a.channel = $1
     where e.asset = 'CNY' and e.business_date <= $2`,
    [day.channel, day.businessDate],
  );
  const [sums] = rows;
  if (sums === undefined) return [];
  const difference = clientMoneyDifferenceFen({
    clientFundAccountsFen: sums.clients + sums.suspense,
    cushionNotLentFen: sums.cushion,
    commissionNotYetMovedFen: sums.commission,
    crossCoverOwedFen: sums.cross_cover,
    clientDepositAccountFen: sums.bank,
    clientReserveFen: sums.reserve,
    clientRiskFundFen: sums.risk,
    onTheWayFen: sums.on_the_way + sums.between,
  });
  if (difference === 0n) return [];
  return [
    inBooks(
      'CLIENT_MONEY_NOT_EVEN',
      ['client'],
      difference,
      0n,
      '客户资金总额与存放总额不符。',
      'Client money owed and client money held differ.',
    ),
  ];
}
