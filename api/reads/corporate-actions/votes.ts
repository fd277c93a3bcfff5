/** Votes of a meeting, by resolution: what holders chose, what was submitted for them and what the clearing house acknowledged. */
import { z } from '../../zod';

const shares = z.string().regex(/^\d+$/).openapi({ example: '5500', description: '股数 shares' });

const counted = z.strictObject({ for: shares, against: shares, abstain: shares });
const chosen = counted.extend({ withhold: shares }).strict();

export const resolutionVotes = z
  .strictObject({
    ballot: z.string().openapi({ description: '决议编号 number of the resolution' }),
    chosen: chosen.openapi({
      description: '持有人选择；不投票不申报 chosen by holders; what is withheld is not filed',
    }),
    submitted: counted.openapi({
      description: '已报送：每人每决议以最新申报为准 submitted: the newest filing of each holder',
    }),
    acknowledged: counted.openapi({ description: '中国结算已确认 acknowledged by the clearing house' }),
  })
  .openapi('ResolutionVotes');

export const ownVotes = resolutionVotes
  .extend({
    ofAll: counted.openapi({
      description: '本公司全部持有人已报送合计 submitted for all holders of the firm together',
    }),
  })
  .strict()
  .openapi('OwnResolutionVotes');

const FILED = ['for', 'against', 'abstain'];
const CHOSEN = [...FILED, 'withhold'];

/** Choices of the newest vote of each holder among those in these states. */
const votesIn = (what: string, filings: string, states: string): string =>
  `select '${what}' as what, v.ballot, choice.key as option, choice.value::bigint as quantity
      from (select distinct on (f.securities_account, f.ballot) f.ballot, f.votes from election_filings f
             where f.event_id = a.event_id and f.business = 'H62' and ${filings} and f.state in (${states})
             order by f.securities_account, f.ballot, f.filing_seq desc) v, lateral jsonb_each_text(v.votes) choice`;

const SUBMITTED = `'sent', 'confirmed', 'success', 'partly'`;
const ACKNOWLEDGED = `'confirmed', 'success', 'partly'`;

const sums = (what: string, options: readonly string[]): string =>
  `'${what}', jsonb_build_object(${options
    .map(
      (option) =>
        `'${option}', coalesce(sum(q.quantity) filter (where q.what = '${what}' and q.option = '${option}'), 0)::text`,
    )
    .join(', ')})`;

/** SQL: the resolutions of event `a` as JSON, each counted once over the holders whom the condition on a row picks. */
const votesOf = (ofHolder: (row: string) => string, withAll: boolean): string =>
  `(select coalesce(jsonb_agg(of_ballot.votes order by of_ballot.place), '[]') from (
      select b.place, jsonb_build_object('ballot', b.ballot, ${sums('chosen', CHOSEN)}, ${sums('submitted', FILED)},
               ${sums('acknowledged', FILED)}${withAll ? `, ${sums('ofAll', FILED)}` : ''}) as votes
        from (select o.ballot, min(o.place) as place from corporate_action_options o
               where o.event_id = a.event_id and o.ballot <> '' and o.gone_version is null group by o.ballot) b
        left join (
          select 'chosen' as what, e.ballot, lower(e.option) as option, e.quantity from elections e
           where e.event_id = a.event_id and ${ofHolder('e')}
          union all ${votesIn('submitted', ofHolder('f'), SUBMITTED)}
          union all ${votesIn('acknowledged', ofHolder('f'), ACKNOWLEDGED)}
          ${withAll ? `union all select 'ofAll', m.ballot, m.option, m.quantity from meeting_votes m where m.event_id = a.event_id` : ''}) q on q.ballot = b.ballot
       group by b.ballot, b.place) of_ballot)`;

/** Of the holders `seen`. */
export const VOTES_SEEN = votesOf(
  (row) => `${row}.securities_account in (select s.securities_account from seen s)`,
  false,
);

/** Of the holder `h`, and beside it of all. */
export const OWN_VOTES = votesOf((row) => `${row}.securities_account = h.securities_account`, true);
