/** Lines behind the money of a side as it moved: what the clearing house settled, defaults, transfers; funding with them. */
import { about, allOf, entryOf, lines, quotedLines, recordOf, type Section } from './explained-line';
import { FUNDING_SECTION } from './funding-lines';

/** Movements of a reserve account by the batch that they belong to; transfers with the bank belong to none (S14). */
const BATCHES = `
  ends as (
    select rpad(replace(p.value, ':', ''), 6, '0') as second_batch from parameters p
    where p.code = 'CHECKPOINT_END_OF_DAY' and p.channel in ($1, '') and p.valid_from <= $2 and (p.valid_to is null or $2 < p.valid_to)
    order by p.channel desc limit 1),
  moved as (
    select m.*, a.side, case when m.business in ('ZR', 'ZC') then null when m.at_time < e.second_batch then '10:30' else '18:00' end as checkpoint
    from money_movements_in_force m join broker_accounts a on a.account = m.account and a.kind = 'reserve' cross join ends e
    where m.channel = $1 and m.business_date = $2),
  -- The balance after a batch is that after its last movement; of a batch without any, the one at its time.
  last as (
    select c.side, c.checkpoint, coalesce(max(m.running_no) filter (where m.checkpoint = c.checkpoint),
             max(m.running_no) filter (where m.at_time <= rpad(replace(c.checkpoint, ':', ''), 6, '0'))) as running_no
    from checkpoints c left join moved m on m.side = c.side
    where c.channel = $1 and c.business_date = $2 and c.checkpoint <> '10:00' group by c.side, c.checkpoint),
  before as (
    select a.side, m.balance_fen as fen, m.file_id, m.row_no, null::date as business_date, null::bigint as batch_id, null::bigint as line_no
    from broker_accounts a join lateral (
      select * from money_balances_in_force b where b.account = a.account and b.business_date < $2 order by b.business_date desc limit 1) m on true
    where a.channel = $1 and a.kind = 'reserve'
    union all
    select a.side, e.amount, e.file_id, e.row_no, e.business_date, e.batch_id, e.line_no
    from broker_accounts a join entry_lines e on e.ledger = 'reserve' and e.owner = a.account and e.business_date < $2
    where a.channel = $1 and a.kind = 'reserve'
      and not exists (select 1 from money_balances_in_force b where b.account = a.account and b.business_date < $2)),
  placed as (select l.side, l.running_no, l.checkpoint, case l.checkpoint when '10:30' then 'at1030' else 'at1800' end as place from last l)`;

const BATCH_NAMES = `(values ('at1030', 'trades', 'JY'), ('at1030', 'riskMoney', 'FK'), ('at1030', 'riskMoneyReturned', 'FKTH'),
    ('at1030', 'corporateActionMoney', 'GX'), ('at1030', 'corporateActionMoney', 'FG'), ('at1030', 'crossCover', 'GL'), ('at1800', 'crossCover', 'GL'),
    ('at1800', 'portfolioFee', 'ZF'), ('at1800', 'trades', 'JY'))`;

const settlement: Section = {
  section: 'settlement',
  sql: `with ${BATCHES}
  ${allOf(
    lines(
      {
        figure: `'settlement.' || m.side || '.' || p.place || '.' || n.name`,
        term: 'm.business',
        amount: 'm.amount_fen * 0.01',
        ...recordOf('m'),
      },
      `from moved m join placed p on p.side = m.side and p.checkpoint = m.checkpoint
       join (select * from ${BATCH_NAMES} as shown(place, name, business)
             union all select place, 'total', business from (select distinct place from placed) every cross join
               (select distinct business from moved) each) n on n.place = p.place and n.business = m.business`,
    ),
    lines(
      {
        figure: `'settlement.' || m.side || '.' || p.place || '.balanceAfter'`,
        term: 'm.business',
        amount: 'm.amount_fen * 0.01',
        ...recordOf('m'),
      },
      'from moved m join placed p on p.side = m.side and m.running_no <= p.running_no',
    ),
    lines(
      {
        figure: `'settlement.' || b.side || '.' || p.place || '.balanceAfter'`,
        term: `'balance of the evening before'`,
        amount: 'b.fen * 0.01',
        ...entryOf('b'),
      },
      'from before b join placed p on p.side = b.side',
    ),
    missingAtDeadline(),
  )}`,
};

/** What was needed less what came in before 10:00:00 (S13). */
function missingAtDeadline(): string {
  const needed = `
    (select distinct on (f.side) f.side, f.amount_fen from figures f where f.channel = $1 and f.business_date = $2 and f.code = 'FUNDING'
     order by f.side, f.revision desc)`;
  const inTime = `
    (select m.* from moved m cross join (
       select rpad(replace(max(p.value) filter (where p.code = 'FUNDING_DEADLINE'), ':', ''), 6, '0') as deadline,
              bool_or(p.code = 'FUNDING_LATE_INCLUSIVE' and p.value = 'true') as late_inclusive
       from (select distinct on (p.code) p.code, p.value from parameters p
             where p.code in ('FUNDING_DEADLINE', 'FUNDING_LATE_INCLUSIVE') and p.channel in ($1, '') and p.valid_from <= $2
               and (p.valid_to is null or $2 < p.valid_to) order by p.code, p.channel desc) p) d
     where m.business = 'ZR' and (m.at_time < d.deadline or not d.late_inclusive and m.at_time = d.deadline))`;
  return allOf(
    lines(
      {
        figure: `'settlement.' || f.side || '.missingAt1000'`,
        term: `'needed by the plan'`,
        kind: 'figure',
        amount: 'f.amount_fen * -0.01',
        refers: `$2::date || ' funding.' || f.side || '.amount'`,
      },
      `from ${needed} f`,
    ),
    lines(
      {
        figure: `'settlement.' || m.side || '.missingAt1000'`,
        term: `'in before the deadline'`,
        amount: 'm.amount_fen * -0.01',
        ...recordOf('m'),
      },
      `from ${inTime} m`,
    ),
    lines(
      {
        figure: `'settlement.' || f.side || '.missingAt1000'`,
        term: `'not below zero'`,
        kind: 'step',
        amount: '(greatest(0, greatest(0, -f.amount_fen) - s.fen) - (-f.amount_fen - s.fen)) * 0.01',
      },
      `from ${needed} f cross join lateral (select coalesce(sum(m.amount_fen), 0) as fen from ${inTime} m where m.side = f.side) s`,
    ),
  );
}

/** A default is what the account was below zero; what it costs is computed from that (A4 §41, S14). */
const defaults: Section = {
  section: 'defaults',
  sql: `with failed as (select * from settlement_defaults where channel = $1 and business_date = $2 and ${about('side::text')}),
  short as (
    select f.side, n.name, c.balance_fen, n.fen, n.place from failed f
    cross join lateral (values ('intraday', '10:30', 'at1030', f.intraday_fen), ('endOfDay', '18:00', 'at1800', f.end_of_day_fen)) as n(name, checkpoint, place, fen)
    join checkpoints c on c.channel = $1 and c.business_date = $2 and c.side = f.side and c.checkpoint = n.checkpoint),
  rates as (
    select max(value::numeric) filter (where code = 'PENALTY_PER_DAY') as penalty,
           max(value::numeric) filter (where code = 'RESERVE_INTEREST_PER_YEAR') as interest,
           max(value::numeric) filter (where code = 'INTEREST_DAY_BASE') as day_base
    from (select distinct on (p.code) p.code, p.value from parameters p
          where p.code in ('PENALTY_PER_DAY', 'RESERVE_INTEREST_PER_YEAR', 'INTEREST_DAY_BASE') and p.channel in ($1, '') and p.valid_from <= $2
            and (p.valid_to is null or $2 < p.valid_to) order by p.code, p.channel desc) p),
  charged as (
    select f.side, 'penalty' as name, case when f.intraday_fen >= f.end_of_day_fen then 'intraday' else 'endOfDay' end as of,
           greatest(f.intraday_fen, f.end_of_day_fen) * r.penalty * f.days * 0.01 as exact from failed f cross join rates r where f.days is not null
    union all
    select f.side, 'interest', 'endOfDay', round(f.end_of_day_fen * r.interest * f.days * 0.01 / r.day_base, 12)
    from failed f cross join rates r where f.days is not null)
  ${allOf(
    lines(
      {
        figure: `'defaults.' || s.side || '.' || s.name`,
        term: `'balance after the batch'`,
        kind: 'figure',
        amount: 's.balance_fen * -0.01',
        refers: `$2::date || ' settlement.' || s.side || '.' || s.place || '.balanceAfter'`,
      },
      'from short s',
    ),
    lines(
      {
        figure: `'defaults.' || s.side || '.' || s.name`,
        term: `'not below zero'`,
        kind: 'step',
        amount: '(greatest(0, -s.balance_fen) + s.balance_fen) * 0.01',
      },
      'from short s',
    ),
    lines(
      {
        figure: `'defaults.' || c.side || '.' || c.name`,
        term: `'default x rate x days'`,
        kind: 'figure',
        amount: 'c.exact',
        refers: `$2::date || ' defaults.' || c.side || '.' || c.of`,
      },
      'from charged c',
    ),
    lines(
      {
        figure: `'defaults.' || c.side || '.' || c.name`,
        term: `'rounding'`,
        kind: 'step',
        amount: 'round(c.exact, 2) - c.exact',
      },
      'from charged c',
    ),
    quotedLines(
      { prefix: `'defaults.' || f.side || '.'`, kind: 'own', refers: `'settlement_defaults'` },
      {
        words: { side: 'f.side' },
        numbers: { days: `case when f.days is not null then greatest(1, f.covered_on - f.business_date) end` },
      },
      'from failed f',
    ),
  )}`,
};

/** Executed orders, each with the movement that the clearing house shows for it. */
const transfers: Section = {
  section: 'transfers',
  sql: `with executed as (
    select o.*, case o.kind when 'FUND' then 'bankToReserve' else 'reserveToBank' end as direction,
           row_number() over (partition by o.side, o.kind order by o.executed_at, o.order_id) as nth
    from orders o where o.channel = $1 and o.business_date = $2 and o.kind in ('FUND', 'DRAW_BACK') and o.state = 'executed'),
  shown as (
    select o.*, m.file_id, m.row_no, 'transfers.' || o.side || '.' || o.direction || case when o.nth > 1 then '~' || o.nth else '' end || '.' as prefix
    from executed o left join lateral (
      select m.file_id, m.row_no from money_movements_in_force m join broker_accounts a on a.account = m.account and a.kind = 'reserve' and a.side = o.side
      where m.channel = $1 and m.business_date = $2 and m.business = case o.kind when 'FUND' then 'ZR' else 'ZC' end and abs(m.amount_fen) = o.amount_fen
        and m.at_time = to_char(o.executed_at at time zone 'Asia/Shanghai', 'HH24MISS') order by m.running_no limit 1) m on true)
  ${allOf(
    quotedLines(
      { prefix: 's.prefix', kind: 'record', ...recordOf('s'), refers: 's.business_key' },
      {
        words: {
          side: 's.side',
          direction: 's.direction',
          time: `to_char(s.executed_at at time zone 'Asia/Shanghai', 'HH24:MI')`,
        },
        numbers: { amount: 's.amount_fen * 0.01' },
      },
      'from shown s',
    ),
  )}`,
};

export const SETTLEMENT_SECTIONS: readonly Section[] = [FUNDING_SECTION, settlement, defaults, transfers];
