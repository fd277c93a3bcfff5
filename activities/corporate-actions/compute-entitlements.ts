/** Entitlements from the holding at the record date and the terms, holder by holder through the rules; read and written page by page. */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { isCompulsory } from '../../domain/corporate-actions/election-cuts';
import type { EventTerms } from '../../domain/corporate-actions/event-notice';
import type { EventKind } from '../../domain/corporate-actions/served-kinds';
import { notBelowZero } from '../../domain/scaled';
import {
  bonusShares,
  convertedShares,
  dividendPerShareE8,
  grossCents,
  offeredShares,
  parsePerShare,
  ratioOf,
  scripShares,
} from '../../domain/settlement/entitlement';
import { beat } from '../bulk/beat';
import { streamBetweenWrites } from '../bulk/stream-rows';
import type { EventRow } from './event-row';

interface Held {
  readonly securities_account: string;
  readonly side: 'client' | 'proprietary';
  readonly kind: 'natural' | 'institution';
  readonly quantity: bigint;
  /** Of what was elected, what the clearing house has taken; where nothing is filed, nothing. */
  readonly accepted: bigint;
}

interface Entitlement {
  readonly account: string;
  readonly side: string;
  readonly quantity: bigint;
  readonly accepted: bigint;
  readonly amountE8?: bigint;
  readonly grossCents?: bigint;
  readonly outShares?: bigint;
  readonly inShares?: bigint;
  readonly fraction?: string;
  readonly rightsShares?: bigint;
}

/**
 * Answers for how many holders something was computed.
 * @param of accounts for which it is; of all where left away
 */
export async function computeEntitlements(
  sql: PoolClient,
  event: EventRow,
  closedDay: BusinessDate,
  of: readonly string[] | null = null,
): Promise<number> {
  const held = heldOf(event, closedDay);
  if (held === undefined) return 0;
  // Of those who were entitled by earlier terms and are not by these nothing is left.
  await sql.query(
    `update corporate_action_entitlements
        set record_quantity = 0, gross_cents = case when gross_cents is not null then 0 end, in_shares = case when in_shares is not null then 0 end,
            out_shares = case when out_shares is not null then 0 end, fraction = null, expected_fen = null,
            rights_shares = case when rights_shares is not null then 0 end, accepted_quantity = 0, state = 'computed'
      where event_id = $1 and ($2::text[] is null or securities_account = any($2))`,
    [event.eventId, of],
  );
  const codes = codesOf(event);
  const currency = event.terms['currency'] ?? null;
  let holders = 0;
  const ofThese = `select * from (${held.text}) held where $${held.values.length + 1}::text[] is null or securities_account = any($${held.values.length + 1}) order by 1`;
  for await (const page of streamBetweenWrites<Held>(sql, ofThese, [...held.values, of])) {
    const entitlements = page.map((one) => entitlementOf(event, one));
    await write(sql, event, { entitlements, codes, currency });
    holders += page.length;
    beat(holders);
  }
  return holders;
}

const OF_HOLDINGS: readonly EventKind[] = [
  'CASH_DIVIDEND',
  'BONUS_SHARES',
  'DISTRIBUTED_WARRANTS',
  'SPLIT_OR_CONSOLIDATION',
];
/** Of an open offer nobody else has anything; a scrip dividend pays the others in cash, and rights come to all. */
const OF_HOLDINGS_AND_CHOICES: readonly EventKind[] = ['SCRIP_DIVIDEND', 'RIGHTS_ISSUE', 'OPEN_OFFER'];

/** Who holds what on the day that counts, and what the clearing house has taken of what was elected; undefined where nothing is brought. */
function heldOf(
  event: EventRow,
  closedDay: BusinessDate,
): { readonly text: string; readonly values: readonly unknown[] } | undefined {
  const { kind, code, channel, eventNo, terms, recordOn, relevantOn } = event;
  const ofClients = `join clients c using (securities_account)`;
  if (kind === 'TAKEOVER') {
    if (terms['priceBeforeTax'] === undefined && terms['sharesPerShare'] === undefined) return undefined;
  }
  if (kind === 'TAKEOVER' && !isCompulsory(terms)) {
    return {
      text: `with accepted as (${ACCEPTED})
             select securities_account, c.side, c.kind, quantity, quantity as accepted from accepted ${ofClients} where quantity > 0`,
      values: [channel, closedDay, eventNo],
    };
  }
  // A split works before trading on the holding of the evening before.
  const isSplit = kind === 'SPLIT_OR_CONSOLIDATION';
  const held = (day: string, stock: string) =>
    `select e.owner as securities_account, -sum(e.amount)::bigint as quantity from entries e join batches b using (batch_id)
      where e.ledger = 'client_shares' and e.asset = ${stock} and b.channel = $1 and e.business_date ${isSplit ? '<' : '<='} ${day}
      group by 1 having sum(e.amount) < 0`;
  // Of a compulsory takeover what was held is taken, whoever chose what.
  if (OF_HOLDINGS.includes(kind) || kind === 'TAKEOVER')
    return {
      text: `with held as (${held('$2', '$3')})
             select securities_account, c.side, c.kind, quantity, 0::bigint as accepted from held ${ofClients}`,
      values: [channel, isSplit ? recordOn : relevantOn, code],
    };
  if (!OF_HOLDINGS_AND_CHOICES.includes(kind)) return undefined;
  return {
    text: `with held as (${held('$4', '$5')}), accepted as (${ACCEPTED})
           select securities_account, c.side, c.kind, coalesce(h.quantity, 0) as quantity, coalesce(a.quantity, 0) as accepted
             from held h full join accepted a using (securities_account) ${ofClients} where a.quantity > 0 or not $6`,
    values: [channel, closedDay, eventNo, recordOn, code, kind === 'OPEN_OFFER'],
  };
}

/** Accounts for which the clearing house has taken something else than what was computed for: a result came late, or was corrected. */
export async function accountsOfMovedResults(
  sql: PoolClient,
  { eventId, channel, eventNo }: EventRow,
  closedDay: BusinessDate,
): Promise<readonly string[]> {
  const { rows } = await sql.query<{ account: string }>(
    `with accepted as (${ACCEPTED}), computed as (select * from corporate_action_entitlements where event_id = $4)
     select securities_account as account from accepted a full join computed e using (securities_account) join clients using (securities_account)
      where greatest(0, coalesce(a.quantity, 0)) <> coalesce(e.accepted_quantity, 0) order by 1`,
    [channel, closedDay, eventNo, eventId],
  );
  return rows.map(({ account }) => account);
}

/** Of differences filed the sum of what was taken. */
const ACCEPTED = `select securities_account, quantity from accepted_elections($1, $2) where event_code = $3`;

function entitlementOf(
  { kind, terms }: EventRow,
  { securities_account: account, side, kind: holder, quantity, accepted }: Held,
): Entitlement {
  const of = { account, side, quantity, accepted: notBelowZero(accepted) };
  const perShareE8 = () => {
    const beforeTaxE8 = parsePerShare(terms['priceBeforeTax'] ?? '0');
    const afterTaxE8 = parsePerShare(terms['priceAfterTax'] ?? terms['priceBeforeTax'] ?? '0');
    const isNatural = holder === 'natural' && side === 'client';
    return dividendPerShareE8(isNatural ? 'N' : 'I', { beforeTaxE8, afterTaxE8 });
  };
  switch (kind) {
    case 'BONUS_SHARES':
    case 'DISTRIBUTED_WARRANTS': {
      return { ...of, inShares: bonusShares(quantity, distribution(terms)) };
    }
    case 'SPLIT_OR_CONSOLIDATION': {
      const [newShares, oldShares] = ratioOf(terms['newShares'], terms['oldShares']);
      const { shares, fractionNumerator, fractionDenominator } = convertedShares(quantity, { newShares, oldShares });
      const fraction = fractionNumerator === 0n ? {} : { fraction: `${fractionNumerator}/${fractionDenominator}` };
      return { ...of, outShares: quantity, inShares: shares, ...fraction };
    }
    case 'TAKEOVER': {
      const { priceBeforeTax, sharesPerShare } = terms;
      const amountE8 = priceBeforeTax === undefined ? undefined : parsePerShare(priceBeforeTax);
      return {
        ...of,
        outShares: quantity,
        ...(amountE8 === undefined ? {} : { amountE8, grossCents: grossCents(quantity, amountE8) }),
        ...(sharesPerShare === undefined ? {} : { inShares: offeredShares(quantity, parsePerShare(sharesPerShare)) }),
      };
    }
    case 'SCRIP_DIVIDEND': {
      const [amountE8, price] = [perShareE8(), terms['scripPrice']];
      const cash = { ...of, amountE8, grossCents: grossCents(notBelowZero(quantity - accepted), amountE8) };
      if (accepted <= 0n || price === undefined) return cash;
      return { ...cash, inShares: scripShares(accepted, amountE8, parsePerShare(price)) };
    }
    case 'RIGHTS_ISSUE':
    case 'OPEN_OFFER':
      return { ...of, ...rightsOf(kind, terms, quantity), ...subscribed(terms, accepted) };
    default: {
      const amountE8 = perShareE8();
      return { ...of, amountE8, grossCents: grossCents(quantity, amountE8) };
    }
  }
}

/** Rights that are a security of their own come to all holders, whatever becomes of them. */
function rightsOf(kind: EventKind, terms: EventTerms, held: bigint): { readonly rightsShares?: bigint } {
  if (kind !== 'RIGHTS_ISSUE' || terms['securityReceived'] === undefined) return {};
  return { rightsShares: bonusShares(held, distribution(terms)) };
}

/** One new share for each that is subscribed and taken, at the price of the notice. */
function subscribed(terms: EventTerms, accepted: bigint): Pick<Entitlement, 'amountE8' | 'grossCents' | 'inShares'> {
  const { priceBeforeTax } = terms;
  if (accepted <= 0n || priceBeforeTax === undefined) return {};
  const amountE8 = parsePerShare(priceBeforeTax);
  return { amountE8, grossCents: grossCents(accepted, amountE8), inShares: accepted };
}

/** Received for held. */
function distribution(terms: EventTerms): { readonly received: bigint; readonly held: bigint } {
  const [received, held] = ratioOf(terms['sharesReceived'], terms['sharesHeld']);
  return { received, held };
}

/** What leaves and what comes. */
function codesOf({ kind, code, terms }: EventRow): { readonly out: string | null; readonly in: string | null } {
  switch (kind) {
    case 'SPLIT_OR_CONSOLIDATION':
      return { out: code, in: terms['temporaryCode'] ?? terms['newCode'] ?? null };
    case 'BONUS_SHARES':
    case 'SCRIP_DIVIDEND':
    case 'RIGHTS_ISSUE':
    case 'OPEN_OFFER':
      return { out: null, in: code };
    case 'DISTRIBUTED_WARRANTS':
      return { out: null, in: terms['securityReceived'] ?? code };
    case 'TAKEOVER':
      return { out: code, in: terms['securityReceived'] ?? null };
    default:
      return { out: null, in: null };
  }
}

async function write(
  sql: PoolClient,
  { eventId, kind }: EventRow,
  given: {
    readonly entitlements: readonly Entitlement[];
    readonly codes: { readonly out: string | null; readonly in: string | null };
    readonly currency: string | null;
  },
): Promise<void> {
  const { entitlements, codes, currency } = given;
  await sql.query(
    `insert into corporate_action_entitlements as own (event_id, securities_account, side, record_quantity, amount_e8, currency, gross_cents, out_code,
                                                out_shares, in_code, in_shares, fraction, sell_only, rights_shares,
                                                      accepted_quantity)
     select $1, account, side, quantity, amount, case when amount is not null then $9 end, gross, case when gone is not null then $10 end, gone,
            case when come is not null then $11 end, come, fraction, $12,
            rights, accepted
       from unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $13::text[], $14::bigint[], $15::bigint[])
            as computed (account, side, quantity, amount, gross, gone, come, fraction, rights, accepted)
     on conflict (event_id, securities_account) do update
       set record_quantity = excluded.record_quantity, amount_e8 = excluded.amount_e8, currency = excluded.currency, gross_cents = excluded.gross_cents,
           out_code = excluded.out_code, out_shares = excluded.out_shares, in_code = excluded.in_code, in_shares = excluded.in_shares,
           fraction = excluded.fraction, sell_only = excluded.sell_only,
           rights_shares = excluded.rights_shares, accepted_quantity = excluded.accepted_quantity, state = 'computed'`,
    [
      eventId,
      entitlements.map(({ account }) => account),
      entitlements.map(({ side }) => side),
      entitlements.map(({ quantity }) => quantity),
      entitlements.map(({ amountE8 }) => amountE8 ?? null),
      entitlements.map((one) => one.grossCents ?? null),
      entitlements.map(({ outShares }) => outShares ?? null),
      entitlements.map(({ inShares }) => inShares ?? null),
      currency === '' ? null : currency,
      codes.out,
      codes.in,
      kind === 'DISTRIBUTED_WARRANTS',
      entitlements.map(({ fraction }) => fraction ?? null),
      entitlements.map(({ rightsShares }) => rightsShares ?? null),
      entitlements.map(({ accepted }) => accepted),
    ],
  );
}
