/** Lines behind what the day as a whole says: calendar, rates, trades and fees, corporate actions, accounts, client money, breaks. */
import { listedTerms } from '../../prisma/figure-terms/line-term';
import { TRADE_TERMS } from '../../prisma/figure-terms/settlement-details';
import { about, allOf, entryOf, lines, quotedLines, recordOf, type Section } from './explained-line';

const OF_DAY = 'from settlement_days d';
const THIS_DAY = 'd.channel = $1 and d.business_date = $2';

const calendar: Section = {
  section: 'calendar',
  sql: quotedLines(
    { prefix: `''`, kind: 'own', refers: `'calendar version ' || d.calendar_version` },
    {
      words: {
        date: 'd.business_date',
        dayKind: 'd.day_kind',
        'calendar.previousTradingDay': 'd.previous_trading_day',
        'calendar.tradesSettle': 'd.trades_settle',
        'calendar.feeAndCorporateActionMoneySettle': 'd.fee_settles',
        'calendar.riskMoneySettles': 'd.risk_settles',
        'calendar.settlementDay': 'd.settlement_day',
      },
    },
    OF_DAY,
    THIS_DAY,
  ),
};

const rates: Section = {
  section: 'rates',
  sql: allOf(
    quotedLines(
      { prefix: `'rates.reference.'`, kind: 'record', ...recordOf('r') },
      { numbers: { buy: 'r.buy_e5 * 0.00001', sell: 'r.sell_e5 * 0.00001' } },
      'from reference_rates_in_force r',
      'r.channel = $1 and r.business_date = $2',
    ),
    quotedLines(
      { prefix: `'rates.settlement.'`, kind: 'record', ...recordOf('n') },
      { numbers: { buy: 'r.buy_e5 * 0.00001', sell: 'r.sell_e5 * 0.00001' } },
      `from settlement_ratios_in_force r
       join (select * from notices_in_force where channel = $1 and kind = 'H05' and date_1 = $2 order by business_date desc, row_no desc limit 1) n
         on true`,
      'r.channel = $1 and r.business_date = $2',
    ),
  ),
};

const TRADE_NAMES = `(values ('count', 'count', 1), ('payable', 'payable', 0.01), ('receivable', 'receivable', 0.01), ('net', 'net', 0.01),
    ('netHKD', 'net_hkd', 0.01))`;
const TRADE_LINES = `from clearing_lines_in_force l join broker_accounts a on a.account = l.reserve_account ${listedTerms(TRADE_TERMS)}`;
const TRADES_OF_DAY = `l.channel = $1 and l.business_date = $2 and t.adds is not null`;

const trades: Section = {
  section: 'trades',
  sql: lines(
    { figure: `'trades.' || a.side || '.' || n.name`, term: 'n.term', amount: 't.adds * n.unit', ...recordOf('l') },
    `${TRADE_LINES} join ${TRADE_NAMES} as n(name, term, unit) using (term) where ${TRADES_OF_DAY}`,
  ),
};

/** Both sides together. */
const feesHkd: Section = {
  section: 'feesHKD',
  sql: lines(
    { figure: `'feesHKD.' || upper(t.term)`, term: 't.term', amount: 't.adds * 0.01', ...recordOf('l') },
    `${TRADE_LINES} where ${TRADES_OF_DAY} and t.term in ('yhs', 'jyzf', 'jyf', 'syf', 'jsf', 'qtje')`,
  ),
};

/** Further events of a side and security on one day are told apart by their number. */
const NTH = `case when e.nth > 1 then '~' || e.nth else '' end`;

const corporateActions: Section = {
  section: 'corporateActions',
  sql: `with events as (
    select l.*, a.side, c.fund_account, case when l.business = 'H63' then 'takeover' else 'dividends' end as kind,
           dense_rank() over (partition by l.business = 'H63', a.side, l.code order by l.business, l.order_no) as nth,
           row_number() over (partition by l.business = 'H63', a.side, l.code, l.order_no order by l.securities_account) as of_event
    from clearing_lines_in_force l join broker_accounts a on a.account = l.reserve_account left join clients c using (securities_account)
    where l.channel = $1 and l.business_date = $2 and l.business = any($4)),
  named as (select e.*, 'corporateActions.' || e.kind || '.' || e.side || '.' || e.code || ${NTH} || '.' as prefix from events e)
  ${allOf(
    lines(
      { figure: `e.prefix || 'receiptCny'`, term: `'allocation'`, amount: 'e.net_fen * 0.01', ...recordOf('e') },
      'from named e',
    ),
    quotedLines(
      { prefix: 'e.prefix', kind: 'record', ...recordOf('e') },
      {
        words: { side: 'e.side', security: 'e.code', settles: 'e.settle_date' },
        numbers: { ratio: 'e.ratio_e5 * 0.00001' },
      },
      'from named e',
      'e.of_event = 1',
    ),
    quotedLines(
      {
        prefix: `e.prefix || 'allocations.' || coalesce(e.fund_account, e.securities_account) || '.'`,
        kind: 'record',
        ...recordOf('e'),
      },
      {
        words: { fundAccount: 'e.fund_account', securitiesAccount: 'e.securities_account' },
        numbers: { quantity: 'e.quantity', amount: 'e.net_cents * 0.01', cny: 'e.net_fen * 0.01' },
      },
      'from named e',
    ),
    quotedLines(
      {
        prefix: `'corporateActions.bonus.' || m.securities_account || '.' || m.code || '.'`,
        kind: 'record',
        ...recordOf('m'),
      },
      {
        words: { securitiesAccount: 'm.securities_account', security: 'm.code', tradableFrom: 'm.sellable_from' },
        numbers: { credited: 'm.quantity' },
      },
      'from security_movements_in_force m',
      `m.channel = $1 and m.business_date = $2 and m.business = 'H58'`,
    ),
    lines(
      {
        figure: `'corporateActions.bonus.' || m.securities_account || '.' || m.code || '.recordQuantity'`,
        term: 'e.cause',
        amount: '-e.amount',
        ...entryOf('e'),
      },
      `from security_movements_in_force m join entry_lines e on e.ledger = 'client_shares' and e.owner = m.securities_account and e.asset = m.code
         and e.business_date <= m.trade_date
       where m.channel = $1 and m.business_date = $2 and m.business = 'H58'`,
    ),
    // Several splits of a day are a list, one stands by itself.
    quotedLines(
      {
        prefix: `'corporateActions.split.' || case when s.of_day > 1 then s.code || '.' else '' end`,
        kind: 'record',
        ...recordOf('s'),
      },
      { words: { old: 's.code', new: 's.event_code' }, numbers: { ratio: 's.quantity_1 / s.quantity_2' } },
      `from (select newest.*, count(*) over () as of_day
             from (select distinct on (code, reserved) * from notices_known where channel = $1 and kind = 'H10'
                   order by code, reserved, business_date desc, row_no desc) newest where mark_2 <> 'DEL' and date_1 = $2) s`,
    ),
  )}`,
};

const accounts: Section = {
  section: 'accounts',
  sql: allOf(
    lines(
      {
        figure: `'accounts.' || case a.kind when 'risk_fund' then 'riskFund' else a.kind end || '.' || a.side`,
        term: `'balance told by the clearing house'`,
        amount: 'm.balance_fen * 0.01',
        ...recordOf('m'),
      },
      `from money_balances_in_force m join broker_accounts a on a.account = m.account
       where m.channel = $1 and m.business_date = $2 and a.kind in ('reserve', 'risk_fund')`,
    ),
    lines(
      {
        figure: `'accounts.bank.' || a.side`,
        term: `'balance told by the bank'`,
        amount: 'b.balance_fen * 0.01',
        ...recordOf('b'),
      },
      `from (select distinct on (account) * from bank_lines_in_force where channel = $1 and business_date = $2 order by account, row_no desc) b
       join broker_accounts a on a.account = b.account and a.kind = 'bank'`,
    ),
  ),
};

/** What is owed to clients and what is held for them (S21), by figure: the ledger and the sign in it. */
const IDENTITY_ENTRIES = `(values ('clientFundAccounts', 'client_money', -0.01), ('cushion', 'cushion', -0.01),
    ('commissionNotYetMoved', 'commission_due', -0.01), ('crossCoverOwed', 'cross_cover', -0.01), ('onTheWay', 'on_the_way', 0.01))`;

const clientMoneyIdentity: Section = {
  section: 'clientMoneyIdentity',
  sql: `with owed as (
    select n.name, e.cause as term, e.amount * n.unit as amount, e.file_id, e.row_no, e.business_date, e.batch_id, e.line_no
    from entry_lines e join ${IDENTITY_ENTRIES} as n(name, ledger, unit) on n.ledger = e.ledger
    left join clients c on c.fund_account = e.owner
    where e.asset = 'CNY' and e.business_date <= $2
      and case e.ledger when 'client_money' then c.side = 'client' when 'cushion' then true else e.owner = 'client' end),
  held as (
    select case a.kind when 'reserve' then 'clientReserve' else 'clientRiskFund' end as name, 'balance told by the clearing house' as term,
           m.balance_fen * 0.01 as amount, m.file_id, m.row_no
    from money_balances_in_force m join broker_accounts a on a.account = m.account
    where m.channel = $1 and m.business_date = $2 and a.side = 'client' and a.kind in ('reserve', 'risk_fund')
    union all
    select 'clientDepositAccount', 'balance told by the bank', b.balance_fen * 0.01, b.file_id, b.row_no
    from (select distinct on (account) * from bank_lines_in_force where channel = $1 and business_date = $2 order by account, row_no desc) b
    join broker_accounts a on a.account = b.account and a.kind = 'bank' and a.side = 'client'),
  every as (select * from owed union all select name, term, amount, file_id, row_no, null, null, null from held)
  ${allOf(
    lines(
      { figure: `'clientMoneyIdentity.' || e.name`, term: 'e.term', amount: 'e.amount', ...entryOf('e') },
      'from every e',
    ),
    lines(
      {
        figure: `'clientMoneyIdentity.difference'`,
        term: 'e.name',
        // Owed less held.
        amount: `case when e.name in ('clientFundAccounts', 'cushion', 'commissionNotYetMoved') then e.amount else -e.amount end`,
        ...entryOf('e'),
      },
      'from every e',
    ),
  )}`,
};

const reconciliation: Section = {
  section: 'reconciliation',
  sql: `with breaks as (
    select f.*, row_number() over (order by f.finding_id) - 1 as nth from findings_in_force f
    where f.channel = $1 and f.business_date = $2 and f.outcome = 'break')
  ${quotedLines(
    {
      prefix: `'reconciliation.breaks.' || b.nth || '.'`,
      kind: 'own',
      file: 'b.file_id',
      row: 'b.row_no',
      refers: `'findings ' || b.finding_id`,
    },
    { words: { class: 'b.class', file: 'b.file_name', field: 'b.field' }, numbers: { row: 'b.row_no' } },
    'from breaks b',
    about('b.nth::text', 3),
  )}`,
};

export const DAY_SECTIONS: readonly Section[] = [
  calendar,
  rates,
  trades,
  feesHkd,
  corporateActions,
  accounts,
  clientMoneyIdentity,
  reconciliation,
];
