/**
 * Lines behind risk money (S15): every unsettled trade at the day's close, and the settled holdings that stand against sales. The
 * common tables are those of the verb that computes it. In yuan (or HKD), exact; what is rounded or cut at zero is a line of its own.
 */
import { duePlaces } from '../../prisma/figure-terms/settlement-details';
import { unsettledTrades } from '../../prisma/figure-terms/unsettled-trades';
import { allOf, entryOf, lines, quotedLines, type Section } from './explained-line';

/** A trade at the close: quantity, whether its account is a net buyer or a net seller of the security. */
const TRADES_AT_CLOSE = `
  ratio as (select bl1_e5 * 0.00001 as bl1 from settlement_ratios_in_force where channel = $1 and business_date = $2),
  netted as (
    select bool_or(p.value = 'true') as over_securities from (
      select p.value from parameters p where p.code = 'MARK_TO_MARKET_NETTED_OVER_SECURITIES' and p.channel in ($1, '') and p.valid_from <= $2
        and (p.valid_to is null or $2 < p.valid_to) order by p.channel desc limit 1) p),
  flat as (
    select rate * multiplier as rate from margin_models where model = 'flat22' and valid_from <= $2 order by valid_from desc limit 1),
  rated as (
    select distinct on (code) code, rate from (
      select r.code, r.rate, r.valid_from, 0 as late from risk_rates r where r.channel = $1 and r.valid_from <= $2 and (r.valid_to is null or $2 < r.valid_to)
      union all
      -- The temporary code of a split keeps the rate of the old one (S20).
      select s.new_code, r.rate, r.valid_from, 1 from splits_in_force s join risk_rates r on r.channel = $1 and r.code = s.old_code
      where s.channel = $1 and r.valid_from <= $2 and (r.valid_to is null or $2 < r.valid_to)) r order by code, late, valid_from desc),
  securities_of_side as (
    select n.side, n.code, sum(n.quantity) as net, p.price_e4 * 0.0001 as close, r.rate,
           sum(n.consideration) * 0.01 as consideration
    from nets n join priced p using (code) left join rated r using (code) group by n.side, n.code, p.price_e4, r.rate),
  traded as (
    select n.side, a.code, a.securities_account, a.file_id, a.row_no, a.quantity + coalesce(a.replaced_quantity, 0) as quantity,
           a.consideration * 0.01 as consideration, n.quantity as net_of_account
    from adjusted a join broker_accounts b on b.account = a.reserve_account
    join nets n on n.side = b.side and n.securities_account = a.securities_account and n.code = a.code),
  sellers as (select side, securities_account, code from nets where quantity < 0),
  shares as (
    select s.side, s.code, -e.amount as quantity, e.file_id, e.row_no, e.business_date, e.batch_id, e.line_no
    from sellers s join entry_lines e on e.ledger = 'client_shares' and e.owner = s.securities_account and e.asset = s.code and e.business_date <= $2)`;

/** Contributions to the exact sums, by side, figure and security; from a trade or from an entry of holdings. */
const CONTRIBUTIONS = `
  longer as (
    select v.side, v.long >= v.short as is_long from (
      select n.side, coalesce(sum(n.quantity * p.price_e4) filter (where n.quantity > 0), 0) as long,
             coalesce(-sum(n.quantity * p.price_e4) filter (where n.quantity < 0), 0) as short
      from nets n join priced p using (code) group by n.side) v),
  contributions as (
    select t.side, n.name, t.code, n.term, n.amount, t.file_id, t.row_no, null::date as business_date, null::bigint as batch_id, null::bigint as line_no
    from traded t join securities_of_side s using (side, code) join longer l using (side) cross join ratio cross join flat
    cross join lateral (values
      ('markToMarket', 'loss at the close', (t.consideration - t.quantity * s.close) * ratio.bl1),
      ('margin', 'unsettled trades at the close', case when s.net > 0 then t.quantity else -t.quantity end * s.close * s.rate * ratio.bl1),
      ('marginIfFlat22', 'unsettled trades at the close',
       case when l.is_long = (t.net_of_account > 0) and t.net_of_account <> 0 then abs(sign(t.net_of_account)) * sign(t.net_of_account) * t.quantity end
         * s.close * flat.rate * ratio.bl1),
      ('unsettledLongHKD', 'net purchases at the close', case when t.net_of_account > 0 then t.quantity * s.close end),
      ('unsettledShortHKD', 'net sales at the close', case when t.net_of_account < 0 then -t.quantity * s.close end)) as n(name, term, amount)
    where n.amount is not null
    union all
    select h.side, n.name, h.code, 'holdings of net sellers', n.amount, h.file_id, h.row_no, h.business_date, h.batch_id, h.line_no
    from shares h join securities_of_side s using (side, code) cross join ratio cross join flat
    cross join lateral (values
      ('margin', case when s.net <= 0 then -h.quantity * s.close * s.rate * ratio.bl1 end),
      ('marginIfFlat22', -h.quantity * s.close * flat.rate * ratio.bl1),
      ('collateralHKD', h.quantity * s.close)) as n(name, amount)
    where n.amount is not null),
  -- Exposure is cut at zero by security, mark-to-market and the flat margin as a whole; a loss by security where the parameter says so.
  cut_by_security as (
    select side, name, code, -sum(amount) as amount from contributions cross join netted
    where name = 'margin' or name = 'markToMarket' and not netted.over_securities
    group by side, name, code having sum(amount) < 0),
  cut as (
    select side, name, -sum(amount) as amount from (
      select side, name, amount from contributions union all select side, name, amount from cut_by_security) c
    where name in ('markToMarket', 'marginIfFlat22') group by side, name having sum(amount) < 0),
  rounded as (
    select side, name, round(sum(amount), 2) - sum(amount) as amount from (
      select side, name, amount from contributions union all select side, name, amount from cut_by_security union all select side, name, amount from cut) c
    group by side, name),
  shown as (
    select c.side, c.name, c.term, c.code, case when c.row_no is null then 'entry' else 'record' end as kind, c.amount, c.file_id, c.row_no,
           c.business_date, c.batch_id, c.line_no from contributions c
    union all select side, name, 'not below zero: ' || code, code, 'step', amount, null, null, null, null, null from cut_by_security
    union all select side, name, 'not below zero', null, 'step', amount, null, null, null, null, null from cut
    union all select side, name, 'rounding', null, 'step', amount, null, null, null, null, null from rounded where amount <> 0),
  -- Under the flat model the margin in force is the flat one.
  named as (
    select s.*, s.name as figure_name from shown s join risk_money r on r.channel = $1 and r.business_date = $2 and r.side = s.side
    where s.name <> 'margin' or r.margin_model = 'rpf'
    union all
    select s.*, 'margin' from shown s join risk_money r on r.channel = $1 and r.business_date = $2 and r.side = s.side and r.margin_model = 'flat22'
    where s.name = 'marginIfFlat22')`;

export const RISK_MONEY_SECTION: Section = {
  section: 'riskMoney',
  sql: `with ${unsettledTrades(duePlaces('$1', '$2').later)},${TRADES_AT_CLOSE},${CONTRIBUTIONS}
  select s.* from (
  ${allOf(
    lines(
      {
        figure: `'riskMoney.' || n.side || '.' || n.figure_name`,
        term: 'n.term',
        kindOfRow: 'n.kind',
        amount: 'n.amount',
        ...entryOf('n'),
      },
      'from named n',
    ),
    lines(
      {
        figure: `'riskMoney.' || n.side || '.payable'`,
        term: `n.figure_name || ': ' || n.term`,
        kindOfRow: 'n.kind',
        amount: 'n.amount',
        ...entryOf('n'),
      },
      `from named n where n.figure_name in ('markToMarket', 'margin')`,
    ),
    lines(
      {
        figure: `'riskMoney.' || r.side || '.payable'`,
        term: `'margin credit'`,
        kind: 'step',
        amount: '(r.payable_fen - r.mark_to_market_fen - r.margin_fen) * 0.01',
      },
      `from risk_money r where r.channel = $1 and r.business_date = $2 and r.payable_fen <> r.mark_to_market_fen + r.margin_fen`,
    ),
    quotedLines(
      { prefix: `'riskMoney.' || r.side || '.'`, kind: 'own', refers: `'margin_models'` },
      { words: { marginModel: 'r.margin_model', settles: 'r.settles' } },
      'from risk_money r',
      'r.channel = $1 and r.business_date = $2',
    ),
  )}) s`,
};
