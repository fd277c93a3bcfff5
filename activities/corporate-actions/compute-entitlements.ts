/** Entitlements from the holding at the record date and the terms, holder by holder through the rules; written in chunks. */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { EventTerms } from '../../domain/corporate-actions/event-notice';
import {
  bonusShares,
  convertedShares,
  dividendPerShareE8,
  grossCents,
  offeredShares,
  parsePerShare,
} from '../../domain/settlement/entitlement';
import { streamRows } from '../bulk/stream-rows';
import type { EventRow } from './event-row';

interface Held {
  readonly securities_account: string;
  readonly side: 'client' | 'proprietary';
  readonly kind: 'natural' | 'institution';
  readonly quantity: bigint;
}

interface Entitlement {
  readonly account: string;
  readonly side: string;
  readonly quantity: bigint;
  readonly amountE8?: bigint;
  readonly grossCents?: bigint;
  readonly outShares?: bigint;
  readonly inShares?: bigint;
  readonly fraction?: string;
}

const CHUNK = 10_000;

/** Answers for how many holders something was computed. */
export async function computeEntitlements(sql: PoolClient, event: EventRow, closedDay: BusinessDate): Promise<number> {
  const held = heldOf(event, closedDay);
  if (held === undefined) return 0;
  // Of those who were entitled by earlier terms and are not by these nothing is left.
  await sql.query(
    `update corporate_action_entitlements
        set record_quantity = 0, gross_cents = case when gross_cents is not null then 0 end, in_shares = case when in_shares is not null then 0 end,
            out_shares = case when out_shares is not null then 0 end, fraction = null, expected_fen = null, state = 'computed' where event_id = $1`,
    [event.eventId],
  );
  const codes = codesOf(event);
  const currency = event.terms['currency'] ?? null;
  // Nothing can be written on a connection while a cursor of it is open.
  const holders: Held[] = [];
  for await (const page of streamRows<Held>(sql, held.text, [...held.values])) holders.push(...page);
  for (let from = 0; from < holders.length; from += CHUNK) {
    const entitlements = holders.slice(from, from + CHUNK).map((one) => entitlementOf(event, one));
    await write(sql, event, { entitlements, codes, currency });
  }
  return holders.length;
}

/** Who holds what on the day that counts; of a takeover, what the clearing house has taken. */
function heldOf(
  event: EventRow,
  closedDay: BusinessDate,
): { readonly text: string; readonly values: readonly unknown[] } | undefined {
  const { kind, code, channel, eventNo, terms, recordOn, relevantOn } = event;
  if (kind === 'TAKEOVER') {
    if (terms['priceBeforeTax'] === undefined && terms['sharesPerShare'] === undefined) return undefined;
    return {
      text: `select r.securities_account, c.side, c.kind, sum(r.confirmed)::bigint as quantity
               from filing_results($1, $3) r join clients c using (securities_account) where r.event_code = $2 and r.status = '3'
              group by 1, 2, 3 having sum(r.confirmed) > 0 order by 1`,
      values: [channel, eventNo, closedDay],
    };
  }
  if (
    !['CASH_DIVIDEND', 'SCRIP_DIVIDEND', 'BONUS_SHARES', 'DISTRIBUTED_WARRANTS', 'SPLIT_OR_CONSOLIDATION'].includes(
      kind,
    )
  )
    return undefined;
  // A split works before trading on the holding of the evening before.
  const isSplit = kind === 'SPLIT_OR_CONSOLIDATION';
  const until = isSplit ? 'e.business_date < $2' : 'e.business_date <= $2';
  return {
    text: `select e.owner as securities_account, c.side, c.kind, -sum(e.amount)::bigint as quantity
             from entries e join batches b using (batch_id) join clients c on c.securities_account = e.owner
            where e.ledger = 'client_shares' and e.asset = $1 and b.channel = $3 and ${until} group by 1, 2, 3 having sum(e.amount) < 0 order by 1`,
    values: [code, isSplit ? recordOn : relevantOn, channel],
  };
}

function entitlementOf(
  { kind, terms }: EventRow,
  { securities_account: account, side, kind: holder, quantity }: Held,
): Entitlement {
  const of = { account, side, quantity };
  switch (kind) {
    case 'BONUS_SHARES':
    case 'DISTRIBUTED_WARRANTS': {
      const ratio = { received: wholeOf(terms, 'sharesReceived'), held: wholeOf(terms, 'sharesHeld') };
      return { ...of, inShares: bonusShares(quantity, ratio) };
    }
    case 'SPLIT_OR_CONSOLIDATION': {
      const ratio = { newShares: wholeOf(terms, 'newShares'), oldShares: wholeOf(terms, 'oldShares') };
      const { shares, fractionNumerator, fractionDenominator } = convertedShares(quantity, ratio);
      const fraction = fractionNumerator === 0n ? {} : { fraction: `${fractionNumerator}/${fractionDenominator}` };
      return { ...of, outShares: quantity, inShares: shares, ...fraction };
    }
    case 'TAKEOVER': {
      const { priceBeforeTax, sharesPerShare } = terms;
      const amountE8 = priceBeforeTax === undefined ? undefined : parsePerShare(priceBeforeTax);
      return {
        ...of,
        ...(amountE8 === undefined ? {} : { amountE8, grossCents: grossCents(quantity, amountE8) }),
        ...(sharesPerShare === undefined
          ? {}
          : { outShares: quantity, inShares: offeredShares(quantity, parsePerShare(sharesPerShare)) }),
      };
    }
    default: {
      const beforeTaxE8 = parsePerShare(terms['priceBeforeTax'] ?? '0');
      const afterTaxE8 = parsePerShare(terms['priceAfterTax'] ?? terms['priceBeforeTax'] ?? '0');
      const isNatural = holder === 'natural' && side === 'client';
      const amountE8 = dividendPerShareE8(isNatural ? 'N' : 'I', { beforeTaxE8, afterTaxE8 });
      return { ...of, amountE8, grossCents: grossCents(quantity, amountE8) };
    }
  }
}

/** Ratios are whole numbers of shares, written as decimal text. */
function wholeOf(terms: EventTerms, term: string): bigint {
  const text = terms[term];
  if (text === undefined || !/^\d+$/.test(text)) throw new RangeError(`${term} is no whole number of shares`);
  return BigInt(text);
}

/** What leaves and what comes. */
function codesOf({ kind, code, terms }: EventRow): { readonly out: string | null; readonly in: string | null } {
  switch (kind) {
    case 'SPLIT_OR_CONSOLIDATION':
      return { out: code, in: terms['temporaryCode'] ?? terms['newCode'] ?? null };
    case 'BONUS_SHARES':
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
                                                out_shares, in_code, in_shares, fraction, sell_only)
     select $1, account, side, quantity, amount, case when amount is not null then $9 end, gross, case when gone is not null then $10 end, gone,
            case when come is not null then $11 end, come, fraction, $12
       from unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $13::text[])
            as computed (account, side, quantity, amount, gross, gone, come, fraction)
     on conflict (event_id, securities_account) do update
       set record_quantity = excluded.record_quantity, amount_e8 = excluded.amount_e8, currency = excluded.currency, gross_cents = excluded.gross_cents,
           out_code = coalesce(excluded.out_code, own.out_code), in_code = excluded.in_code, in_shares = excluded.in_shares,
           out_shares = coalesce(excluded.out_shares, case when own.out_shares is not null then excluded.record_quantity end),
           fraction = excluded.fraction, sell_only = excluded.sell_only, state = 'computed'`,
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
    ],
  );
}
