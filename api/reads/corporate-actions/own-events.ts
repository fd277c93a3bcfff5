/** A holder's own view: what can be elected, until when, what was chosen and what became of it, in one request. */
import { instant } from '../../schemas';
import { z } from '../../zod';
import { FROZEN_CNY } from './event-page';
import { EVENT_LINE, electionOption, eventLine, securitiesAccount, shares, utc } from './event-line';
import { OWN_VOTES, ownVotes } from './votes';

export const ownEvent = eventLine
  .extend({
    securitiesAccount,
    settled: shares,
    inTransit: shares,
    electable: shares,
    recordHolding: shares.nullable().openapi({
      description:
        '供股、公开配售：登记日持股 of rights and open offers: the holding from which follows what may be subscribed for',
    }),
    subscription: z
      .strictObject({ price: z.string(), currency: z.string().nullable(), frozenCny: z.string() })
      .nullable()
      .openapi({ description: '认购价与已冻结资金 price of the subscription and the money that is frozen for it' }),
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

/**
 * What can I elect, until when, what did I choose, what became of it: one request (corporate-actions page, "Scale"). Of the client $1, those
 * that are over too where $2; the latest first, after event $3 and account $4, $5 of them.
 */
export const OWN_EVENTS = `
  select a.event_id::text as "eventId", ${EVENT_LINE}, h.securities_account as "securitiesAccount", h.settled::text, h.in_transit::text as "inTransit", h.electable::text,
    h.record_holding::text as "recordHolding",
    case when h.record_holding is not null and a.terms ? 'priceBeforeTax' then jsonb_build_object('price', a.terms ->> 'priceBeforeTax',
      'currency', a.terms ->> 'currency', 'frozenCny', ${FROZEN_CNY('s.securities_account = h.securities_account')}) end as subscription,
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
     and ($3::bigint is null or a.event_id < $3 or (a.event_id = $3 and h.securities_account > $4))
   order by a.event_id desc, h.securities_account limit $5`;
