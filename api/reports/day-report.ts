/**
 * The report of a settlement day as data: every figure of the day, read from its books. Sections that the day holds back,
 * because a file is missing or refused, are named in `held` with the cause and left out.
 */
import type { Pool } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { SIDES, type Side } from '../../domain/channel';
import { clientMoneyDifferenceFen } from '../../domain/settlement/client-money-identity';
import { summedTerms } from '../../prisma/figure-terms/line-term';
import { TRADE_TERMS } from '../../prisma/figure-terms/settlement-details';
import { corporateActionsSection } from './corporate-actions-section';
import { CLIENT_PARTS } from './client-sections';
import { cny, hkd, ratio } from './money-text';
import type { ReportedDay } from './reported-day';
import { settlementSections } from './settlement-sections';

export interface DayReport {
  readonly date: BusinessDate;
  readonly workflowId: string;
  readonly held: Readonly<Record<string, string>>;
  readonly [section: string]: unknown;
}

/**
 * Undefined where the day was never started.
 * @param only a section, where no other is wanted
 */
export async function dayReport(
  pool: Pool,
  channel: string,
  date: BusinessDate,
  only?: string,
): Promise<DayReport | undefined> {
  const { rows } = await pool.query<ReportedDay>(
    'select * from settlement_days where channel = $1 and business_date = $2',
    [channel, date],
  );
  const [day] = rows;
  if (day === undefined) return undefined;
  const held = await heldSections(pool, day);
  const sections: Record<string, unknown> = {};
  for (const { names, read } of PARTS) {
    if (only === undefined || names.includes(only)) Object.assign(sections, await read(pool, day));
  }
  for (const section of Object.keys(held)) leaveOut(sections, section.split('.'));
  if (only === undefined) return { date, workflowId: day.workflow_id, held, ...sections };
  return { date, workflowId: day.workflow_id, held, ...(only in sections && { [only]: sections[only] }) };
}

type Sections = Readonly<Record<string, unknown>>;

/** The report in the order in which it is told, each part with the sections that one reading of the books gives. */
const PARTS: readonly {
  readonly names: readonly string[];
  readonly read: (pool: Pool, day: ReportedDay) => Promise<Sections> | Sections;
}[] = [
  { names: ['dayKind', 'calendar'], read: (_, day) => calendarSections(day) },
  { names: ['rates'], read: ratesSection },
  { names: ['funding', 'settlement', 'defaults', 'transfers'], read: settlementSections },
  { names: ['trades', 'feesHKD', 'riskMoney'], read: tradeSections },
  {
    names: ['corporateActions'],
    read: async (pool, day) => ({ corporateActions: await corporateActionsSection(pool, day) }),
  },
  ...CLIENT_PARTS,
  { names: ['accounts', 'clientMoneyIdentity'], read: accountSections },
  { names: ['forecastNext'], read: forecastSection },
  { names: ['reconciliation'], read: reconciliationSection },
];

const calendarSections = (day: ReportedDay): Sections => ({
  dayKind: day.day_kind,
  calendar: {
    previousTradingDay: day.previous_trading_day,
    tradesSettle: day.trades_settle,
    feeAndCorporateActionMoneySettle: day.fee_settles,
    riskMoneySettles: day.risk_settles,
    settlementDay: day.settlement_day,
  },
});

/** Takes a section out; a dot names a part of it. */
function leaveOut(sections: Record<string, unknown>, [name = '', ...parts]: readonly string[]): void {
  if (parts.length === 0) delete sections[name];
  else if (typeof sections[name] === 'object' && sections[name] !== null)
    leaveOut(sections[name] as Record<string, unknown>, parts);
}

async function heldSections(pool: Pool, day: ReportedDay): Promise<Record<string, string>> {
  const { rows } = await pool.query<{ section: string; cause: string }>(
    `select s.section, string_agg(d.cause, '; ' order by d.step) as cause
     from day_steps d cross join lateral unnest(d.sections) as s(section)
     where d.channel = $1 and d.business_date = $2 and d.state = 'held' group by s.section order by s.section`,
    [day.channel, day.business_date],
  );
  return Object.fromEntries(rows.map(({ section, cause }) => [section, cause]));
}

async function ratesSection(pool: Pool, day: ReportedDay) {
  const { rows: reference } = await pool.query<{ buy_e5: bigint; sell_e5: bigint }>(
    'select buy_e5, sell_e5 from reference_rates_in_force where channel = $1 and business_date = $2',
    [day.channel, day.business_date],
  );
  const { rows: settlement } = await pool.query<{ buy_e5: bigint; sell_e5: bigint }>(
    'select buy_e5, sell_e5 from settlement_ratios_in_force where channel = $1 and business_date = $2',
    [day.channel, day.business_date],
  );
  const both = (rows: readonly { buy_e5: bigint; sell_e5: bigint }[]) =>
    rows[0] === undefined ? null : { buy: ratio(rows[0].buy_e5), sell: ratio(rows[0].sell_e5) };
  return { rates: { reference: both(reference), settlement: both(settlement) } };
}

async function tradeSections(pool: Pool, day: ReportedDay) {
  const { rows } = await pool.query<Record<string, bigint> & { side: Side }>(
    `select a.side, ${summedTerms(TRADE_TERMS)}
     from clearing_lines_in_force l join broker_accounts a on a.account = l.reserve_account
     where l.channel = $1 and l.business_date = $2 and l.business = 'H01' group by a.side`,
    [day.channel, day.business_date],
  );
  const of = (side: Side, name: string) => rows.find((row) => row.side === side)?.[name] ?? 0n;
  const fee = (name: string) => hkd(of('client', name) + of('proprietary', name));
  return {
    trades: Object.fromEntries(
      SIDES.map((side) => [
        side,
        {
          count: Number(of(side, 'count')),
          payable: cny(of(side, 'payable')),
          receivable: cny(of(side, 'receivable')),
          net: cny(of(side, 'net')),
          netHKD: hkd(of(side, 'net_hkd')),
        },
      ]),
    ),
    feesHKD: {
      YHS: fee('yhs'),
      JYZF: fee('jyzf'),
      JYF: fee('jyf'),
      SYF: fee('syf'),
      JSF: fee('jsf'),
      QTJE: fee('qtje'),
    },
    riskMoney: await riskMoney(pool, day),
  };
}

async function riskMoney(pool: Pool, day: ReportedDay) {
  const { rows } = await pool.query<Record<string, bigint> & { side: Side; margin_model: string; settles: string }>(
    'select * from risk_money where channel = $1 and business_date = $2',
    [day.channel, day.business_date],
  );
  return Object.fromEntries(
    rows.map((row) => [
      row.side,
      {
        markToMarket: cny(row['mark_to_market_fen'] ?? 0n),
        margin: cny(row['margin_fen'] ?? 0n),
        marginModel: row.margin_model,
        marginIfFlat22: cny(row['margin_flat22_fen'] ?? 0n),
        payable: cny(row['payable_fen'] ?? 0n),
        settles: row.settles,
        unsettledLongHKD: hkd(row['long_cents'] ?? 0n),
        unsettledShortHKD: hkd(row['short_cents'] ?? 0n),
        collateralHKD: hkd(row['collateral_cents'] ?? 0n),
      },
    ]),
  );
}

/** Reserve and risk fund as the clearing house reports them, bank accounts as their statements close, and S21. */
async function accountSections(pool: Pool, day: ReportedDay) {
  const { rows } = await pool.query<{ kind: string; side: Side; balance: bigint | null }>(
    `select a.kind, a.side, case when a.kind = 'bank' then
              (select b.balance_fen from bank_lines_in_force b where b.account = a.account and b.business_date = $2 order by b.row_no desc limit 1)
            else (select m.balance_fen from money_balances_in_force m where m.account = a.account and m.business_date = $2) end as balance
     from broker_accounts a where a.channel = $1 and a.kind in ('reserve', 'risk_fund', 'bank')`,
    [day.channel, day.business_date],
  );
  const balance = (kind: string, side: Side) =>
    rows.find((row) => row.kind === kind && row.side === side)?.balance ?? null;
  const bothSides = (kind: string) => Object.fromEntries(SIDES.map((side) => [side, textOrNull(balance(kind, side))]));
  return {
    accounts: { reserve: bothSides('reserve'), riskFund: bothSides('risk_fund'), bank: bothSides('bank') },
    clientMoneyIdentity: await identity(pool, day, {
      clientDepositAccountFen: balance('bank', 'client') ?? 0n,
      clientReserveFen: balance('reserve', 'client') ?? 0n,
      clientRiskFundFen: balance('risk_fund', 'client') ?? 0n,
    }),
  };
}

const textOrNull = (fen: bigint | null) => (fen === null ? null : cny(fen));

async function identity(
  pool: Pool,
  day: ReportedDay,
  held: {
    readonly clientDepositAccountFen: bigint;
    readonly clientReserveFen: bigint;
    readonly clientRiskFundFen: bigint;
  },
) {
  const { rows } = await pool.query<
    Record<'clients' | 'cushion' | 'commission' | 'cross_cover' | 'on_the_way', bigint>
  >(
    `select coalesce(-sum(e.amount) filter (where e.ledger = 'client_money' and c.side = 'client'), 0)::bigint as clients,
            coalesce(-sum(e.amount) filter (where e.ledger = 'cushion'), 0)::bigint as cushion,
            coalesce(-sum(e.amount) filter (where e.ledger = 'commission_due' and e.owner = 'client'), 0)::bigint as commission,
            coalesce(-sum(e.amount) filter (where e.ledger = 'cross_cover' and e.owner = 'client'), 0)::bigint as cross_cover,
            coalesce(sum(e.amount) filter (where e.ledger = 'on_the_way' and e.owner = 'client'), 0)::bigint as on_the_way
     from entries e left join clients c on c.fund_account = e.owner
     where e.asset = 'CNY' and e.business_date <= $1 and e.ledger in ('client_money', 'cushion', 'commission_due', 'cross_cover', 'on_the_way')`,
    [day.business_date],
  );
  const books = rows[0] ?? { clients: 0n, cushion: 0n, commission: 0n, cross_cover: 0n, on_the_way: 0n };
  const totals = {
    clientFundAccountsFen: books.clients,
    cushionNotLentFen: books.cushion,
    commissionNotYetMovedFen: books.commission,
    crossCoverOwedFen: books.cross_cover,
    ...held,
    onTheWayFen: books.on_the_way,
  };
  return {
    clientFundAccounts: cny(totals.clientFundAccountsFen),
    cushion: cny(totals.cushionNotLentFen),
    commissionNotYetMoved: cny(totals.commissionNotYetMovedFen),
    // Left away where there is none.
    ...(totals.crossCoverOwedFen === 0n ? {} : { crossCoverOwed: cny(totals.crossCoverOwedFen) }),
    clientDepositAccount: cny(totals.clientDepositAccountFen),
    clientReserve: cny(totals.clientReserveFen),
    clientRiskFund: cny(totals.clientRiskFundFen),
    onTheWay: cny(totals.onTheWayFen),
    difference: cny(clientMoneyDifferenceFen(totals)),
  };
}

async function forecastSection(pool: Pool, day: ReportedDay) {
  const { rows } = await pool.query<{ side: Side; forecast_date: string; amount_fen: bigint }>(
    'select side, forecast_date, amount_fen from forecasts where channel = $1 and business_date = $2 and forecast_date = $3',
    [day.channel, day.business_date, day.next_trading_day],
  );
  return {
    forecastNext: Object.fromEntries(
      rows.map((row) => [row.side, { date: row.forecast_date, amount: cny(row.amount_fen) }]),
    ),
  };
}

async function reconciliationSection(pool: Pool, day: ReportedDay) {
  const { rows } = await pool.query<{ class: string; file_name: string; row_no: bigint | null; field: string | null }>(
    `select class, file_name, row_no, field from findings_in_force
     where channel = $1 and business_date = $2 and outcome = 'break' order by finding_id`,
    [day.channel, day.business_date],
  );
  return {
    reconciliation: {
      breaks: rows.map((row) => ({
        class: row.class,
        file: row.file_name,
        ...(row.row_no === null ? {} : { row: Number(row.row_no) }),
        ...(row.field === null ? {} : { field: row.field }),
      })),
    },
  };
}
