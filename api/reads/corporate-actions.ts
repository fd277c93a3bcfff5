/** Corporate actions as people see them: the event as a page, its holders, and a holder's own view. Of holders a caller sees the own side and branch. */
import type { Pool } from 'pg';
import { EVENT_KINDS } from '../../domain/corporate-actions/served-kinds';
import { splitCodes } from '../../domain/corporate-actions/split-codes';
import { BusinessError } from '../../domain/errors';
import { holdsAnyOf, READS_BOTH_SIDES, type Caller } from '../identity';
import { anyJson, channel, instant, rowId } from '../schemas';
import { z } from '../zod';
import { OWN_VOTES, ownVotes, resolutionVotes, VOTES_SEEN } from './votes';
import { scopeOf } from './permission-requests';

export const eventNo = z
  .string()
  .regex(/^[A-Z0-9]{1,16}$/)
  .openapi({ example: 'TKOV00000001', description: '事件编号 number of the event, as the clearing house gave it' });
export const eventPath = z.strictObject({ channel, eventNo });
export const securitiesAccount = z
  .string()
  .regex(/^[A-Z]\d{9}$/)
  .openapi({ example: 'A900000005', description: '证券账户 securities account' });
/** Shares travel as text, whole numbers. */
export const shares = z
  .string()
  .regex(/^-?\d+$/)
  .openapi({ example: '5500', description: '股数 shares' });

const cuts = z
  .strictObject({
    opensAt: instant,
    holdersUntil: instant.openapi({ description: '持有人自助截止（不含） holders elect by themselves before it' }),
    brokerUntil: instant.openapi({ description: '公司截止（不含） the broker takes elections before it' }),
    clearingHouseUntil: instant,
    hksccUntil: instant,
  })
  .nullable();

export const eventState = z.enum(['announced', 'collecting', 'closing', 'closed', 'ended', 'cancelled']);

export const eventLine = z
  .strictObject({
    channel,
    eventNo: z.string(),
    kind: z.enum(EVENT_KINDS),
    code: z.string().openapi({ description: '证券代码 security' }),
    version: z.number().int(),
    state: eventState,
    isServed: z.boolean(),
    isElective: z.boolean(),
    recordOn: z.string().nullable(),
    relevantOn: z.string(),
    payOn: z.string().nullable(),
    cuts,
    announcedAt: instant,
    workflowId: z.string(),
  })
  .openapi('CorporateActionLine');
export type EventLine = z.input<typeof eventLine>;

const utc = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

export const EVENT_LINE = `a.channel, a.event_no as "eventNo", a.kind, a.code, a.version, a.state, a.is_served as "isServed",
  a.is_elective as "isElective", a.record_on as "recordOn", a.relevant_on as "relevantOn", a.pay_on as "payOn",
  case when a.broker_cut_at is not null then jsonb_build_object('opensAt', ${utc('a.opens_at')}, 'holdersUntil', ${utc('a.client_cut_at')},
    'brokerUntil', ${utc('a.broker_cut_at')}, 'clearingHouseUntil', ${utc('a.clearing_cut_at')}, 'hksccUntil', ${utc('a.hkscc_cut_at')}) end as cuts,
  a.announced_at as "announcedAt", a.workflow_id as "workflowId"`;

const counted = z.strictObject({ holders: z.number().int(), shares });

const electionOption = z.strictObject({
  ballot: z.string(),
  option: z.string(),
  nameZh: z.string(),
  nameEn: z.string(),
  isDefault: z.boolean(),
});

export const eventPage = eventLine
  .extend({
    terms: z.record(z.string(), z.string()).openapi({ description: '公告条款 terms of the notice, as text' }),
    versions: z.array(
      z.strictObject({
        version: z.number().int(),
        change: z.enum(['ADD', 'UPD', 'DEL']),
        businessDate: z.string(),
        fileId: rowId,
        isTaken: z.boolean().openapi({ description: '是否生效 whether it is in force or only kept' }),
        contradiction: z.string().nullable(),
        differences: z.array(
          z.strictObject({ term: z.string(), before: z.string().nullable(), after: z.string().nullable() }),
        ),
        recordedAt: instant,
      }),
    ),
    timeline: z.array(z.strictObject({ act: z.string(), detail: anyJson, by: z.string(), at: instant })),
    reach: z
      .strictObject({
        holders: counted,
        reached: counted,
        answered: counted,
        silent: counted,
        unreachable: counted,
        reopened: counted,
      })
      .openapi({ description: '触达、已答、沉默：人数与股数 reached, answered, silent: by number and by quantity' }),
    options: z.array(electionOption.extend({ elected: counted, byDefault: shares })),
    submissions: z.array(
      z.strictObject({
        ballot: z.string(),
        option: z.string(),
        state: z.string(),
        filings: z.number().int(),
        shares,
      }),
    ),
    breaks: z.array(
      z.strictObject({
        breakId: rowId,
        kind: z.string(),
        key: z.string(),
        facts: anyJson,
        foundAt: instant,
        clearedAt: instant.nullable(),
        clearedBy: z.string().nullable(),
      }),
    ),
    money: z
      .strictObject({
        holders: z.number().int(),
        agreed: z.number().int(),
        differing: z.number().int(),
        currency: z.string().nullable(),
        gross: z.string().nullable(),
        expectedCny: z.string().nullable(),
        creditedCny: z.string().nullable(),
        sharesIn: shares.nullable(),
        sharesOut: shares.nullable(),
      })
      .openapi({ description: '自算与到账 computed and credited' }),
    codes: z
      .array(
        z.strictObject({
          code: z.string(),
          role: z.enum(['old', 'temporary', 'new']),
          from: z.string().nullable(),
          until: z.string().nullable().openapi({ description: '自该日起停用 from this day on it stands no more' }),
        }),
      )
      .openapi({ description: '分拆合并代码：原代码、临时代码、新代码 codes of a split: old, temporary, new' }),
    votes: z.array(resolutionVotes),
  })
  .strict()
  .openapi('CorporateAction');

/** Sides and branches of the holders whom a caller sees; null: all branches. Whoever is of neither side serves clients. */
export async function holdersSeenBy(
  pool: Pool,
  caller: Caller,
): Promise<readonly [sides: readonly string[], branches: readonly string[] | null]> {
  const [, branches] = await scopeOf(pool, caller);
  if (holdsAnyOf(caller, READS_BOTH_SIDES)) return [['client', 'proprietary'], branches];
  const sides = new Set(caller.grants.map(({ side }) => side ?? 'client'));
  return [[...sides], branches];
}

/** @throws BusinessError NOT_FOUND */
export async function eventPageOf(
  pool: Pool,
  caller: Caller,
  key: { readonly channel: string; readonly eventNo: string },
): Promise<z.input<typeof eventPage>> {
  const [sides, branches] = await holdersSeenBy(pool, caller);
  const { rows } = await pool.query<Omit<z.input<typeof eventPage>, 'codes'>>(EVENT_PAGE, [
    key.channel,
    key.eventNo,
    sides,
    branches,
  ]);
  const [page] = rows;
  if (page === undefined) throw new BusinessError('NOT_FOUND', { what: '公司行为 corporate action', key: key.eventNo });
  return { ...page, codes: [...splitCodes(page.code, page.terms)] };
}

const COUNT = (
  condition: string,
): string => `jsonb_build_object('holders', count(*) filter (where ${condition}), 'shares',
  coalesce(sum(greatest(h.electable, h.settled)) filter (where ${condition}), 0)::text)`;

const EVENT_PAGE = `
  with event as (select * from corporate_actions where channel = $1 and event_no = $2),
  seen as (
    select h.*, o.state as told from event a join corporate_action_holders h using (event_id)
      left join outbox o on o.message_key = 'corporate-action:' || a.event_id || ':v' || a.version || ':' || h.securities_account
     where h.side = any($3) and ($4::text[] is null or h.branch = any($4))),
  reach as (
    select jsonb_build_object('holders', ${COUNT('true')}, 'reached', ${COUNT(`h.told = 'delivered'`)},
             'answered', ${COUNT('h.answered_at is not null')}, 'silent', ${COUNT('h.answered_at is null and h.electable > 0')},
             'unreachable', ${COUNT('h.unreachable_since is not null')}, 'reopened', ${COUNT('h.reopened_version is not null')}) as reach
      from seen h),
  tally as (
    select e.ballot, e.option, count(*)::int as holders, sum(e.quantity) as quantity,
           coalesce((select sum(s.quantity_after) from election_steps s join seen using (event_id, securities_account)
                      where s.act = 'default' and s.ballot = e.ballot and s.option = e.option), 0) as by_default
      from elections e join seen using (event_id, securities_account) group by e.ballot, e.option)
  select ${EVENT_LINE}, a.terms,
    (select jsonb_agg(jsonb_build_object('version', v.version, 'change', v.change, 'businessDate', v.business_date, 'fileId', v.file_id::text,
              'isTaken', v.is_taken, 'contradiction', v.contradiction, 'differences', v.differences, 'recordedAt', ${utc('v.recorded_at')})
              order by v.version) from corporate_action_versions v where v.event_id = a.event_id) as versions,
    (select coalesce(jsonb_agg(jsonb_build_object('act', s.act, 'detail', s.detail, 'by', s.by, 'at', ${utc('s.at')}) order by s.step_id), '[]')
       from corporate_action_steps s where s.event_id = a.event_id) as timeline,
    (select reach from reach) as reach,
    (select coalesce(jsonb_agg(jsonb_build_object('ballot', o.ballot, 'option', o.option, 'nameZh', o.name_zh, 'nameEn', o.name_en,
              'isDefault', o.is_default, 'elected', jsonb_build_object('holders', coalesce(t.holders, 0), 'shares', coalesce(t.quantity, 0)::text),
              'byDefault', coalesce(t.by_default, 0)::text) order by o.place), '[]')
       from corporate_action_options o left join tally t using (ballot, option) where o.event_id = a.event_id and o.gone_version is null) as options,
    (select coalesce(jsonb_agg(jsonb_build_object('ballot', f.ballot, 'option', f.option, 'state', f.state, 'filings', f.filings, 'shares', f.quantity::text)
              order by f.ballot, f.option, f.state), '[]')
       from (select f.ballot, f.option, f.state, count(*)::int as filings, sum(f.quantity) as quantity from election_filings f
               join seen using (event_id, securities_account) group by 1, 2, 3) f) as submissions,
    (select coalesce(jsonb_agg(jsonb_build_object('breakId', b.break_id::text, 'kind', b.kind, 'key', b.break_key, 'facts', b.facts,
              'foundAt', ${utc('b.found_at')}, 'clearedAt', ${utc('b.cleared_at')}, 'clearedBy', b.cleared_by) order by b.break_id), '[]')
       from corporate_action_breaks b where b.event_id = a.event_id) as breaks,
    (select jsonb_build_object('holders', count(*), 'agreed', count(*) filter (where e.state = 'agreed'),
              'differing', count(*) filter (where e.state = 'differs'), 'currency', max(e.currency),
              'gross', to_char(sum(e.gross_cents) / 100.0, 'FM999999999999990.00'), 'expectedCny', to_char(sum(e.expected_fen) / 100.0, 'FM999999999999990.00'),
              'creditedCny', to_char(sum(e.credited_fen) / 100.0, 'FM999999999999990.00'), 'sharesIn', sum(e.credited_in)::text, 'sharesOut', sum(e.credited_out)::text)
       from corporate_action_entitlements e join clients c using (securities_account)
      where e.event_id = a.event_id and c.side = any($3) and ($4::text[] is null or c.branch = any($4))) as money,
    ${VOTES_SEEN} as votes
  from event a`;

export const holderLine = z
  .strictObject({
    securitiesAccount,
    fundAccount: z.string(),
    branch: z.string(),
    settled: shares,
    unsettledSales: shares,
    inTransit: shares.openapi({ description: '在途，不可申报 in transit, not electable' }),
    electable: shares,
    elected: z.array(z.strictObject({ ballot: z.string(), option: z.string(), shares, electedBy: z.string() })),
    answeredAt: instant.nullable(),
    reopenedVersion: z.number().int().nullable(),
    unreachableSince: instant.nullable(),
    told: z.string().nullable().openapi({ description: '公告送达状态 what became of the notice' }),
  })
  .openapi('CorporateActionHolder');

export const HOLDER_LINE = `h.securities_account as "securitiesAccount", h.fund_account as "fundAccount", h.branch, h.settled::text,
  h.unsettled_sales::text as "unsettledSales", h.in_transit::text as "inTransit", h.electable::text,
  coalesce((select jsonb_agg(jsonb_build_object('ballot', e.ballot, 'option', e.option, 'shares', e.quantity::text, 'electedBy', e.elected_by)
              order by e.ballot, e.option) from elections e where e.event_id = h.event_id and e.securities_account = h.securities_account), '[]') as elected,
  h.answered_at as "answeredAt", h.reopened_version as "reopenedVersion", h.unreachable_since as "unreachableSince", o.state as told`;

export const ownEvent = eventLine
  .extend({
    securitiesAccount,
    settled: shares,
    inTransit: shares,
    electable: shares,
    options: z.array(electionOption),
    elected: z.array(
      z.strictObject({ ballot: z.string(), option: z.string(), shares, electedBy: z.string(), at: instant }),
    ),
    reopenedVersion: z.number().int().nullable(),
    filings: z.array(
      z.strictObject({
        filingNo: z.string(),
        ballot: z.string(),
        option: z.string(),
        shares,
        state: z.string(),
        resultCode: z.string().nullable(),
        confirmed: shares.nullable(),
        answeredAt: instant.nullable(),
      }),
    ),
    votes: z
      .array(ownVotes)
      .openapi({ description: '本人表决与全部合计 own votes, and those of all holders together' }),
    result: z
      .strictObject({
        gross: z.string().nullable(),
        currency: z.string().nullable(),
        creditedCny: z.string().nullable(),
        sharesIn: shares.nullable(),
        sharesOut: shares.nullable(),
        tradableFrom: z.string().nullable(),
        sellOnly: z.boolean(),
      })
      .nullable(),
  })
  .strict()
  .openapi('OwnCorporateAction');

/** What can I elect, until when, what did I choose, what became of it: one request (corporate-actions page, "Scale"). */
export const OWN_EVENTS = `
  select ${EVENT_LINE}, h.securities_account as "securitiesAccount", h.settled::text, h.in_transit::text as "inTransit", h.electable::text,
    coalesce((select jsonb_agg(jsonb_build_object('ballot', o.ballot, 'option', o.option, 'nameZh', o.name_zh, 'nameEn', o.name_en,
                'isDefault', o.is_default) order by o.place) from corporate_action_options o where o.event_id = a.event_id and o.gone_version is null), '[]') as options,
    coalesce((select jsonb_agg(jsonb_build_object('ballot', e.ballot, 'option', e.option, 'shares', e.quantity::text, 'electedBy', e.elected_by,
                'at', ${utc('e.at')}) order by e.ballot, e.option) from elections e
               where e.event_id = h.event_id and e.securities_account = h.securities_account), '[]') as elected,
    h.reopened_version as "reopenedVersion",
    coalesce((select jsonb_agg(jsonb_build_object('filingNo', f.filing_no, 'ballot', f.ballot, 'option', f.option, 'shares', f.quantity::text,
                'state', f.state, 'resultCode', f.result_code, 'confirmed', f.confirmed::text, 'answeredAt', ${utc('f.answered_at')}) order by f.filing_seq)
                from election_filings f where f.event_id = h.event_id and f.securities_account = h.securities_account), '[]') as filings,
    ${OWN_VOTES} as votes,
    (select jsonb_build_object('gross', to_char(n.gross_cents / 100.0, 'FM999999999999990.00'), 'currency', n.currency,
              'creditedCny', to_char(n.credited_fen / 100.0, 'FM999999999999990.00'), 'sharesIn', n.credited_in::text, 'sharesOut', n.credited_out::text,
              'tradableFrom', n.sellable_from, 'sellOnly', n.sell_only)
       from corporate_action_entitlements n where n.event_id = h.event_id and n.securities_account = h.securities_account) as result
    from client_fund_accounts f
    join corporate_action_holders h using (fund_account) join corporate_actions a using (event_id)
   where f.client_no = $1 and ($2 or a.ended_at is null)
   order by a.event_id desc, h.securities_account limit 200`;
