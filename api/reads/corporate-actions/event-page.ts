/** The event as a page. Of holders a caller sees the own side and branch. */
import type { Pool } from 'pg';
import { splitCodes } from '../../../domain/corporate-actions/split-codes';
import { BusinessError } from '../../../domain/errors';
import { holdersSeenBy } from './holders';
import type { Caller } from '../../identity';
import { anyJson, instant, rowId } from '../../schemas';
import { z } from '../../zod';
import { EVENT_LINE, electionOption, eventLine, shares, utc } from './event-line';
import { resolutionVotes, VOTES_SEEN } from './votes';

const counted = z.strictObject({ holders: z.number().int(), shares });

export const eventPage = eventLine
  .extend({
    terms: z.record(z.string(), z.string()).openapi({ description: '公告条款 terms of the notice, as text' }),
    versions: z.array(
      z.strictObject({
        version: z.number().int(),
        change: z.enum(['ADD', 'UPD', 'DEL']),
        businessDate: z.string(),
        fileId: rowId.nullable(),
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
        approvedBy: z.string().nullable().openapi({ description: '第二人 the second person, where one was needed' }),
        reason: z.string().nullable(),
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
        frozenCny: z.string().openapi({ description: '认购已冻结资金 frozen for what is subscribed' }),
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

/** @throws BusinessError NOT_FOUND */
export async function eventPageOf(
  pool: Pool,
  caller: Caller,
  key: { readonly channel: string; readonly eventNo: string },
): Promise<z.input<typeof eventPage>> {
  const [sides, branches] = await holdersSeenBy(pool, caller, 'readCorporateAction');
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

/** Whoever is of both sides and of all branches. */
const SEES_ALL = `(cardinality($3) = 2 and $4::text[] is null)`;

/** Others read of accounts and filings those that they see, and no sums over all. */
const FACTS_SEEN = `case when ${SEES_ALL} then b.facts else jsonb_strip_nulls(
  (b.facts - '{accounts,listed,held,submitted,acknowledged,excess}'::text[]) || jsonb_build_object(
    'accounts', (select jsonb_agg(one) from jsonb_array_elements(b.facts -> 'accounts') one
                  where one #>> '{}' in (select securities_account from seen)),
    'listed', (select jsonb_agg(one) from jsonb_array_elements(b.facts -> 'listed') one
                where coalesce(one ->> 'filing', one #>> '{}') in (
                  select f.filing_no from election_filings f join seen using (event_id, securities_account))))) end`;

/** SQL: money frozen for filings `s` of the event `a`, as it is for all of a fund account: of those that were taken in part their part, until it is paid or over. */
export const FROZEN_CNY = (whose: string): string =>
  `(select to_char(coalesce(sum(frozen_fen_of(s)), 0) / 100.0, 'FM999999999999990.00') from election_filings s
     where s.event_id = a.event_id and a.ended_at is null and ${whose}
       and not exists (select from corporate_action_entitlements p
                        where p.event_id = s.event_id and p.securities_account = s.securities_account and p.credited_fen is not null))`;

const KEY_OF_HOLDER = `('corporate-action:' || a.event_id || ':v' || a.version || ':' || h.securities_account)`;

/** SQL: the message `o` told the holder `h` of the event `a` as it is now. Keys are found by their digest. */
export const ITS_MESSAGE = `hashtextextended(o.message_key, 0) = hashtextextended(${KEY_OF_HOLDER}, 0) and o.message_key = ${KEY_OF_HOLDER}`;

const EVENT_PAGE = `
  with event as (select * from corporate_actions where channel = $1 and event_no = $2),
  seen as (
    select h.*, o.state as told from event a join corporate_action_holders h using (event_id)
      left join outbox o on ${ITS_MESSAGE}
     where h.side = any($3) and ($4::text[] is null or h.branch = any($4))),
  reach as (
    select jsonb_build_object('holders', ${COUNT('true')}, 'reached', ${COUNT(`h.told = 'delivered'`)},
             'answered', ${COUNT('h.answered_at is not null')}, 'silent', ${COUNT('h.answered_at is null and h.electable > 0')},
             'unreachable', ${COUNT('h.unreachable_since is not null')}, 'reopened', ${COUNT('h.reopened_version is not null')}) as reach
      from seen h),
  tally as (
    select e.ballot, e.option, count(*)::int as holders, sum(e.quantity) as quantity,
           coalesce((select sum(s.quantity_after) from election_steps s join seen using (event_id, securities_account)
                      -- What an earlier close gave lapsed when elections were collected again.
                      where s.act = 'default' and s.ballot = e.ballot and s.option = e.option
                        and starts_with(s.act_key, 'default:' || s.event_id || ':' || (select round from event) || ':')), 0) as by_default
      from elections e join seen using (event_id, securities_account) group by e.ballot, e.option)
  select ${EVENT_LINE}, a.terms,
    (select jsonb_agg(jsonb_build_object('version', v.version, 'change', v.change, 'businessDate', v.business_date, 'fileId', v.file_id::text,
              'isTaken', v.is_taken, 'contradiction', v.contradiction, 'differences', v.differences, 'recordedAt', ${utc('v.recorded_at')})
              order by v.version) from corporate_action_versions v where v.event_id = a.event_id) as versions,
    (select coalesce(jsonb_agg(jsonb_build_object('act', s.act, 'detail', case when ${SEES_ALL} then s.detail else s.detail - 'tally' end, 'by', s.by, 'at', ${utc('s.at')}) order by s.step_id), '[]')
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
    (select coalesce(jsonb_agg(jsonb_build_object('breakId', b.break_id::text, 'kind', b.kind, 'key', b.break_key, 'facts', ${FACTS_SEEN},
              'foundAt', ${utc('b.found_at')}, 'clearedAt', ${utc('b.cleared_at')}, 'clearedBy', b.cleared_by,
              'approvedBy', b.approved_by, 'reason', b.reason) order by b.break_id), '[]')
       from corporate_action_breaks b where b.event_id = a.event_id) as breaks,
    (select jsonb_build_object('holders', count(*), 'agreed', count(*) filter (where e.state = 'agreed'),
              'differing', count(*) filter (where e.state = 'differs'), 'currency', max(e.currency),
              'gross', to_char(sum(e.gross_cents) / 100.0, 'FM999999999999990.00'), 'expectedCny', to_char(sum(e.expected_fen) / 100.0, 'FM999999999999990.00'),
              'creditedCny', to_char(sum(e.credited_fen) / 100.0, 'FM999999999999990.00'),
              'frozenCny', ${FROZEN_CNY('s.securities_account in (select securities_account from seen)')}, 'sharesIn', sum(e.credited_in)::text, 'sharesOut', sum(e.credited_out)::text)
       from corporate_action_entitlements e join clients c using (securities_account)
      where e.event_id = a.event_id and c.side = any($3) and ($4::text[] is null or c.branch = any($4))) as money,
    ${VOTES_SEEN} as votes
  from event a`;
