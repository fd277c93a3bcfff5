/** Lines behind the figures of clients: money, pre-clearing, portfolio fee, overdrafts, advances, holdings. */
import { AVAILABLE, WITHDRAWABLE, type ClientMoney, type Signs } from '../../domain/settlement/client-figures';
import { listedTerms } from '../../prisma/figure-terms/line-term';
import {
  clientMoneyLines,
  clientMoneyTerms,
  duePlaces,
  OVERDRAFT_TERMS,
  PRE_CLEARING_TERMS,
} from '../../prisma/figure-terms/settlement-details';
import { about, allOf, entryOf, lines, quotedLines, recordOf, type Section } from './explained-line';

/** The terms of the rule by their names in the queries. */
const TERM: Readonly<Record<keyof ClientMoney, string>> = {
  balanceFen: 'balance',
  frozenTradesFen: 'frozen_trades',
  frozenPortfolioFeeFen: 'frozen_fee',
  inTransitFen: 'in_transit',
  creditedTodayFen: 'credited',
  saleMoneyBookedTodayFen: 'sales_booked',
};

const MONEY: Readonly<Record<string, Signs<ClientMoney>>> = {
  balance: { balanceFen: 1 },
  frozenTrades: { frozenTradesFen: 1 },
  frozenPortfolioFee: { frozenPortfolioFeeFen: 1 },
  inTransit: { inTransitFen: 1 },
  creditedToday: { creditedTodayFen: 1 },
  available: AVAILABLE,
  withdrawable: WITHDRAWABLE,
};

const signsOf = (names: Readonly<Record<string, Signs<ClientMoney>>>): string =>
  Object.entries(names)
    .flatMap(([name, signs]) =>
      Object.entries(signs).map(([term, sign]) => `('${name}', '${TERM[term as keyof ClientMoney]}', ${sign})`),
    )
    .join(', ');

const DUE = duePlaces('$1', '$2');
const TERMS = clientMoneyTerms({ day: '$2', entitlements: '$4', paid: '$5', ...DUE });

/** Each line of a client's money with its term, in yuan. */
const MONEY_LINES = `
  money as (
    select c.fund_account, t.term, t.adds * 0.01 as amount, l.file_id, l.row_no, null::date as business_date, null::bigint as batch_id,
           null::bigint as line_no
    from counted_clearing_lines l join clients c using (securities_account) ${listedTerms(TERMS)}
    where l.channel = $1 and ${clientMoneyLines({ day: '$2', ...DUE })} and t.adds is not null and ${about('c.fund_account')}
    union all
    select e.owner, 'balance', e.amount * -0.01, e.file_id, e.row_no, e.business_date, e.batch_id, e.line_no
    from entry_lines e where e.ledger = 'client_money' and e.business_date <= $2 and ${about('e.owner')})`;

const cash: Section = {
  section: 'cash',
  sql: `with ${MONEY_LINES},
  named as (select m.*, n.name, m.amount * n.sign as signed from money m join (values ${signsOf(MONEY)}) as n(name, term, sign) using (term))
  ${allOf(
    lines(
      { figure: `'cash.' || m.fund_account || '.' || m.name`, term: 'm.term', amount: 'm.signed', ...entryOf('m') },
      'from named m',
    ),
    lines(
      {
        figure: `'cash.' || m.fund_account || '.withdrawable'`,
        term: `'not below zero'`,
        kind: 'step',
        amount: '-sum(m.signed)',
      },
      `from named m where m.name = 'withdrawable' group by m.fund_account having sum(m.signed) < 0`,
    ),
    quotedLines(
      { prefix: `'cash.' || c.fund_account || '.'`, kind: 'own', refers: `'clients'` },
      { words: { fundAccount: 'c.fund_account' } },
      'from clients c',
      about('c.fund_account'),
    ),
  )}`,
};

const preClearingNegative: Section = {
  section: 'preClearingNegative',
  sql: `with ${MONEY_LINES},
  negative as (select fund_account from client_figures where channel = $1 and business_date = $2 and available_fen < 0)
  ${allOf(
    lines(
      {
        figure: `'preClearingNegative.' || m.fund_account || '.available'`,
        term: 'm.term',
        amount: 'm.amount * n.sign',
        ...entryOf('m'),
      },
      `from money m join (values ${signsOf({ available: AVAILABLE })}) as n(name, term, sign) using (term) join negative using (fund_account)`,
    ),
    quotedLines(
      { prefix: `'preClearingNegative.' || c.fund_account || '.'`, kind: 'own', refers: `'clients'` },
      { words: { fundAccount: 'c.fund_account' } },
      'from negative c',
    ),
  )}`,
};

const PRE_CLEARING_NAMES = `(values ('trades', 'trades', 1), ('payable', 'payable_fen', 0.01), ('receivable', 'receivable_fen', 0.01),
    ('commission', 'commission_fen', 0.01), ('correction', 'payable_fen', 0.01))`;

const preClearing: Section = {
  section: 'preClearing',
  sql: allOf(
    lines(
      {
        figure: `'preClearing.' || c.fund_account || '.' || n.name`,
        term: 'n.term',
        amount: 't.adds * n.unit',
        ...recordOf('l'),
      },
      `from counted_clearing_lines l join clients c using (securities_account) ${listedTerms(PRE_CLEARING_TERMS)}
       join ${PRE_CLEARING_NAMES} as n(name, term, unit) using (term)
       where l.channel = $1 and l.business_date = $2 and t.adds is not null and ${about('c.fund_account')}`,
    ),
    lines(
      {
        figure: `'preClearing.' || f.fund_account || '.' || n.name`,
        term: `'frozen in the day'`,
        amount: 'f.frozen_fen * n.unit',
        ...recordOf('f'),
      },
      `from counter_trades_in_force f join pre_clearings p on p.channel = $1 and p.business_date = $2 and p.fund_account = f.fund_account
       cross join (values ('frozenIntraday', 0.01), ('correction', -0.01)) as n(name, unit)
       where f.channel = $1 and f.business_date = $2 and ${about('f.fund_account')}`,
    ),
    quotedLines(
      { prefix: `'preClearing.' || p.fund_account || '.'`, kind: 'own', refers: `'settlement_days'` },
      { words: { fundAccount: 'p.fund_account', settles: 'd.trades_settle' } },
      'from pre_clearings p join settlement_days d using (channel, business_date)',
      `p.channel = $1 and p.business_date = $2 and ${about('p.fund_account')}`,
    ),
  ),
};

/** What the file charges: one record an account. */
const portfolioFee: Section = {
  section: 'portfolioFee',
  sql: quotedLines(
    {
      prefix: `'portfolioFee.' || coalesce(c.fund_account, l.securities_account) || '.'`,
      kind: 'record',
      ...recordOf('l'),
    },
    {
      words: {
        fundAccount: 'c.fund_account',
        securitiesAccount: 'l.securities_account',
        settles: 'l.settle_date',
      },
      numbers: {
        marketValueHKD: 'l.consideration_cents * 0.01',
        calendarDays: 'l.quantity',
        hkd: 'l.net_cents * -0.01',
        ratio: 'l.ratio_e5 * 0.00001',
        cny: 'l.net_fen * -0.01',
      },
    },
    'from clearing_lines_in_force l left join clients c using (securities_account)',
    `l.channel = $1 and l.business_date = $2 and l.business = 'H60' and ${about('coalesce(c.fund_account, l.securities_account)')}`,
  ),
};

/** The balance below zero, and what explains it (S19). */
const overdrafts: Section = {
  section: 'overdrafts',
  sql: `with listed as (select * from overdrafts where channel = $1 and business_date = $2 and ${about('fund_account')}),
  parts as (
    select o.fund_account, n.name, t.term, t.adds * n.unit as amount, l.file_id, l.row_no,
           -- What the counter has frozen stands in its own file.
           case when t.term = 'frozen_for_them' then f.file_id end as frozen_file, case when t.term = 'frozen_for_them' then f.row_no end as frozen_row
    from listed o join clients c using (fund_account)
    join counted_clearing_lines l on l.securities_account = c.securities_account and l.channel = $1 and l.settle_date = any((select due_on($1, $2))::date[])
    left join counter_trades_in_force f on f.channel = $1 and f.business_date = l.trade_date and f.trade_no = l.trade_no
    ${listedTerms(OVERDRAFT_TERMS)}
    join (values ('fx', 'payables_booked', 0.01), ('fx', 'frozen_for_them', -0.01), ('portfolioFee', 'fee_booked', 0.01)) as n(name, term, unit)
      using (term)
    where t.adds is not null and (n.name = 'fx' and o.fx_fen <> 0 or n.name = 'portfolioFee' and o.fee_fen <> 0)
    union all
    -- Receipts that were due today and are postponed.
    select o.fund_account, 'delayedSettlement', 'postponed', (l.net_fen - l.commission_fen) * 0.01, l.file_id, l.row_no, null, null
    from listed o join clients c using (fund_account)
    join counted_clearing_lines l on l.securities_account = c.securities_account and l.channel = $1
      and l.settle_date = any((select due_unless_postponed($1, $2))::date[])
    where o.delayed_fen <> 0 and l.business = 'H01' and l.buy_sell = 'S' and $2 = any((select due_after($1, $2))::date[]))
  ${allOf(
    lines(
      {
        figure: `'overdrafts.' || o.fund_account || '.amount'`,
        term: `'balance'`,
        amount: 'e.amount * 0.01',
        ...entryOf('e'),
      },
      `from listed o join entry_lines e on e.ledger = 'client_money' and e.owner = o.fund_account and e.business_date <= $2`,
    ),
    lines(
      {
        figure: `'overdrafts.' || p.fund_account || '.parts.' || p.name`,
        term: 'p.term',
        kind: 'record',
        amount: 'p.amount',
        file: 'coalesce(p.frozen_file, p.file_id)',
        row: 'coalesce(p.frozen_row, p.row_no)',
      },
      'from parts p',
    ),
    quotedLines(
      { prefix: `'overdrafts.' || o.fund_account || '.'`, kind: 'own', refers: `'overdrafts'` },
      {
        words: { fundAccount: 'o.fund_account', cause: 'o.cause' },
      },
      'from listed o',
    ),
  )}`,
};

/** Advances by their entries; penalty interest day by day, each day as far as it is shown (S18). */
const advances: Section = {
  section: 'advances',
  sql: `with owing as (select * from advances where channel = $1 and business_date = $2 and ${about('fund_account')}),
  base as (
    select p.value::numeric as days from parameters p where p.code = 'INTEREST_DAY_BASE' and p.channel in ($1, '')
      and p.valid_from <= $2 and (p.valid_to is null or $2 < p.valid_to) order by p.channel desc limit 1),
  accrued as (
    select a.fund_account, a.business_date,
           div(2 * a.interest_numerator + 1000000000000 * b.days, 2 * 1000000000000 * b.days) as shown_fen
    from owing o join advances a on a.channel = $1 and a.fund_account = o.fund_account and a.business_date <= $2 cross join base b)
  ${allOf(
    lines(
      {
        figure: `'advances.' || o.fund_account || '.' || n.name`,
        term: 'e.cause',
        amount: 'e.amount * n.unit',
        ...entryOf('e'),
      },
      `from owing o join entry_lines e on e.ledger = 'advance' and e.owner = o.fund_account and e.business_date <= $2
       join (values ('outstanding', 0.01), ('advancedThisMorning', 0.01), ('repaidToday', -0.01)) as n(name, unit)
         on n.name = 'outstanding'
         or n.name = 'advancedThisMorning' and e.business_date = $2 and e.amount > 0 and e.cause like 'overdraft advanced%'
         or n.name = 'repaidToday' and e.business_date = $2 and e.cause like 'advance repaid%'`,
    ),
    lines(
      {
        figure: `'advances.' || a.fund_account || '.penaltyInterestAccrued'`,
        term: `'penalty interest until the next trading day after ' || a.business_date`,
        kind: 'own',
        amount:
          '(a.shown_fen - lag(a.shown_fen, 1, 0::numeric) over (partition by a.fund_account order by a.business_date)) * 0.01',
        refers: `'advances ' || a.business_date`,
      },
      'from accrued a',
    ),
    quotedLines(
      { prefix: `'advances.' || o.fund_account || '.'`, kind: 'own', refers: `'clients'` },
      { words: { fundAccount: 'o.fund_account' } },
      'from owing o',
    ),
  )}`,
};

const positions: Section = {
  section: 'positions',
  sql: `with held as (
    select e.* from entry_lines e
    where e.ledger = 'client_shares' and e.business_date <= $2 and ${about('e.owner')} and ${about('e.asset', 3)})
  ${allOf(
    lines(
      {
        figure: `'positions.' || e.owner || '.' || e.asset || '.quantity'`,
        term: 'e.cause',
        amount: '-e.amount',
        ...entryOf('e'),
      },
      'from held e',
    ),
    quotedLines(
      { prefix: `'positions.' || e.owner || '.' || e.asset || '.'`, kind: 'own', refers: `'entries'` },
      { words: { account: 'e.owner', code: 'e.asset' } },
      'from (select owner, asset from held group by owner, asset having sum(amount) <> 0) e',
    ),
  )}`,
};

export const CLIENT_SECTIONS: readonly Section[] = [
  portfolioFee,
  cash,
  preClearing,
  preClearingNegative,
  overdrafts,
  advances,
  positions,
];
