/**
 * Money for what is subscribed for: at the price of the notice and the rate of the morning at which purchases are frozen, less what the filings
 * before it froze. It must be there when the subscription is taken; the counter freezes it with the filing, the clearing house takes it by its
 * settlement details.
 */
import type { PoolClient } from 'pg';
import type { ElectionFiling } from '../../domain/corporate-actions/election-filings';
import { BusinessError } from '../../domain/errors';
import { foreignAsFen } from '../../domain/settlement/clearing-amounts';
import { grossCents, parsePerShare } from '../../domain/settlement/entitlement';

export interface PaidFiling extends ElectionFiling {
  /** Fen; left away where nothing is paid for. */
  readonly frozenFen?: bigint;
}

interface Priced {
  readonly fund_account: string;
  readonly price: string | null;
  readonly currency: string | null;
  readonly buy_e5: bigint | null;
  /** Frozen by the filings of the option before. */
  readonly before_fen: bigint;
}

/**
 * The filings with their money; others are answered as they are, without asking anything.
 * @throws BusinessError SUBSCRIPTION_NOT_PRICED, SUBSCRIPTION_MONEY_SHORT
 */
export async function withMoney(
  sql: PoolClient,
  of: { readonly eventId: string; readonly securitiesAccount: string; readonly elected: ReadonlyMap<string, bigint> },
  filings: readonly ElectionFiling[],
): Promise<readonly PaidFiling[]> {
  const paid: PaidFiling[] = [];
  for (const filing of filings) {
    if (filing.business !== 'H64' && filing.business !== 'H65') paid.push(filing);
    else paid.push({ ...filing, frozenFen: await toFreeze(sql, of, filing.option) });
  }
  return paid;
}

async function toFreeze(
  sql: PoolClient,
  {
    eventId,
    securitiesAccount,
    elected,
  }: { readonly eventId: string; readonly securitiesAccount: string; readonly elected: ReadonlyMap<string, bigint> },
  option: string,
): Promise<bigint> {
  const subscribed = elected.get(option) ?? 0n;
  const priced = await pricedFor(sql, eventId, securitiesAccount, option);
  const wanted = subscribed === 0n ? 0n : moneyOf(priced, subscribed);
  const more = wanted - priced.before_fen;
  if (more > 0n) await refuseShort(sql, priced.fund_account, more);
  return more;
}

function moneyOf({ price, currency, buy_e5: buyE5 }: Priced, subscribed: bigint): bigint {
  if (price === null || buyE5 === null)
    throw new BusinessError('SUBSCRIPTION_NOT_PRICED', { currency: currency ?? '' });
  return foreignAsFen(grossCents(subscribed, parsePerShare(price)), buyE5);
}

async function pricedFor(sql: PoolClient, eventId: string, securitiesAccount: string, option: string): Promise<Priced> {
  const { rows } = await sql.query<Priced>(
    `select h.fund_account, a.terms ->> 'priceBeforeTax' as price, a.terms ->> 'currency' as currency,
            (select r.buy_e5 from reference_rates_in_force r
              where r.channel = a.channel and r.currency = a.terms ->> 'currency' order by r.business_date desc limit 1) as buy_e5,
            (select coalesce(sum(f.frozen_fen), 0)::bigint from election_filings f
              where f.event_id = a.event_id and f.securities_account = h.securities_account and f.option = $3
                and f.state not in ('refused', 'failed', 'cancelled')) as before_fen
       from corporate_actions a join corporate_action_holders h using (event_id) where a.event_id = $1 and h.securities_account = $2`,
    [eventId, securitiesAccount, option],
  );
  const [priced] = rows;
  if (priced === undefined) throw new RangeError('who elects is a holder');
  return priced;
}

/** Available by the newest evening, less what other subscriptions hold; two of one fund account wait for one another. */
async function refuseShort(sql: PoolClient, fundAccount: string, moreFen: bigint): Promise<void> {
  await sql.query(`select pg_advisory_xact_lock(hashtextextended('subscription money of ' || $1::text, 0))`, [
    fundAccount,
  ]);
  const { rows } = await sql.query<{ free: bigint }>(
    `select coalesce((select available_fen from client_figures where fund_account = $1 order by business_date desc limit 1), 0)
            - subscription_frozen_fen($1) as free`,
    [fundAccount],
  );
  if ((rows[0]?.free ?? 0n) < moreFen) throw new BusinessError('SUBSCRIPTION_MONEY_SHORT');
}
