/** Lines behind the funding of a side and its forecast: each term of the formula with the lines that its source names. */
import { about, allOf, entryOf, lines, quotedLines, type Section } from './explained-line';

/** Terms of the formula as the report names them; a payable is shown unsigned. */
const FUNDING_NAMES = `(values ('reserveBalancePrevious', 'reserveBalancePreviousFen', 1), ('tradePayable', 'tradeNetFen', -1),
    ('riskMoneyPayable', 'riskMoneyPayableFen', -1), ('riskMoneyReturned', 'riskMoneyReturnedFen', 1),
    ('portfolioFeePayable', 'portfolioFeePayableFen', -1), ('nonTradePayable', 'nonTradePayableFen', -1), ('crossCoverOwed', 'crossCoverOwedFen', -1),
    ('corporateActionReceivable', 'corporateActionReceivableFen', 1))`;

/** The newest plan and the forecast of the next day, each term with the lines that its source names. Terms carry their sign. */
const FUNDING_LINES = `
  planned as (
    select distinct on (f.side) f.figure_id, f.side, 'funding.' || f.side as figure, $2::date as known_before
    from figures f where f.channel = $1 and f.business_date = $2 and f.code = 'FUNDING' order by f.side, f.revision desc),
  forecast as (
    select c.figure_id, c.side, 'forecastNext.' || c.side as figure, $2::date + 1 as known_before
    from forecasts c join settlement_days d on d.channel = c.channel and d.business_date = c.business_date and d.next_trading_day = c.forecast_date
    where c.channel = $1 and c.business_date = $2),
  terms as (
    select p.figure, p.side, p.known_before, t.term, t.amount_fen, t.source
    from (select * from planned union all select * from forecast) p join figure_terms t using (figure_id) where ${about('p.side::text')}),
  behind as (
    select t.figure, t.term, l.net_fen as fen, l.file_id, l.row_no, null::date as business_date, null::bigint as batch_id, null::bigint as line_no
    from terms t
    join counted_clearing_lines l on l.channel = $1 and l.settle_date = any(due_on($1, (t.source ->> 'settleDate')::date)) and (l.business_date < t.known_before or l.times < 0)
      and t.source -> 'businesses' ? l.business
    join broker_accounts a on a.account = l.reserve_account and a.side = t.side
    where t.source ->> 'lines' = 'clearing_lines'
    union all
    select t.figure, t.term, m.balance_fen, m.file_id, m.row_no, null, null, null
    from terms t join money_balances m on m.channel = $1 and m.business_date = (t.source ->> 'date')::date
      and m.file_id = (t.source ->> 'file')::bigint and m.row_no = (t.source ->> 'row')::bigint
    where t.source ->> 'lines' = 'money_balances'
    union all
    select t.figure, t.term, -m.amount_fen, m.file_id, m.row_no, null, null, null
    from terms t join money_movements_in_force m on m.channel = $1 and m.account = t.source ->> 'account' and m.business = 'GL'
      and m.business_date <= (t.source ->> 'until')::date
    where t.source ->> 'lines' = 'money_movements'
    union all
    select t.figure, t.term, e.amount, e.file_id, e.row_no, e.business_date, e.batch_id, e.line_no
    from terms t join broker_accounts a on a.account = t.source ->> 'account'
    join entry_lines e on e.ledger = a.kind and e.owner = a.account and e.business_date <= (t.source ->> 'until')::date
    where t.source ->> 'lines' = 'entries'),
  risk as (
    select t.figure, t.term, -r.payable_fen as fen, r.business_date || ' riskMoney.' || r.side || '.payable' as refers
    from terms t join risk_money r on r.channel = $1 and r.side = t.side and r.business_date = (t.source ->> 'date')::date
    where t.source ->> 'lines' = 'risk_money'),
  -- A trade net that is receivable is no payable; on a half day only risk money moves.
  steps as (
    select t.figure, t.term, case when t.term = 'tradeNetFen' and t.amount_fen <= 0 and s.fen > 0 then 'not below zero' else 'half day' end as step,
           -s.fen as fen
    from terms t join (select figure, term, sum(fen) as fen from behind group by figure, term) s using (figure, term)
    where t.amount_fen = 0 and s.fen <> 0 and t.source ->> 'lines' = 'clearing_lines')`;

/** The lines of each term, and those of the amount, which is the sum of all of them. */
const ofFunding = (source: string): string => `
    from ${source} b
    join (select name, term, unit * 0.01 as unit from ${FUNDING_NAMES} as shown(name, term, unit)
          union all select 'amount', term, 0.01 from (select distinct term from terms) every) n using (term)
    where b.figure like 'funding.%' or n.name = 'amount'`;

export const FUNDING_SECTION: Section = {
  section: 'funding',
  sql: `with ${FUNDING_LINES}
  ${allOf(
    lines(
      { figure: `b.figure || '.' || n.name`, term: 'b.term', amount: 'b.fen * n.unit', ...entryOf('b') },
      ofFunding('behind'),
    ),
    lines(
      {
        figure: `b.figure || '.' || n.name`,
        term: 'b.term',
        kind: 'figure',
        amount: 'b.fen * n.unit',
        refers: 'b.refers',
      },
      ofFunding('risk'),
    ),
    lines(
      { figure: `b.figure || '.' || n.name`, term: 'b.step', kind: 'step', amount: 'b.fen * n.unit' },
      ofFunding('steps'),
    ),
    lines(
      {
        figure: `'funding.' || o.side || case o.kind when 'FUND' then '.fundBefore1000' else '.drawBackAfter1030' end`,
        term: `'order'`,
        kind: 'order',
        amount: 'o.amount_fen * 0.01',
        refers: 'o.business_key',
      },
      `from orders o where o.channel = $1 and o.business_date = $2 and o.kind in ('FUND', 'DRAW_BACK')
         and (o.kind <> 'FUND' or o.made_at < all (select c.read_at from checkpoints c where c.channel = o.channel and c.business_date = o.business_date
                                                   and c.side = o.side and c.checkpoint = '10:30'))
         and o.state in ('awaiting approval', 'approved', 'sent', 'executed') and ${about('o.side::text')}`,
    ),
    quotedLines(
      { prefix: `'forecastNext.' || c.side || '.'`, kind: 'own', refers: `'settlement_days'` },
      { words: { date: 'c.forecast_date' } },
      `from forecasts c join settlement_days d on d.channel = c.channel and d.business_date = c.business_date and d.next_trading_day = c.forecast_date`,
      'c.channel = $1 and c.business_date = $2',
    ),
  )}`,
};
