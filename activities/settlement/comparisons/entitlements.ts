/**
 * Dividend and takeover rows against our own: quantity at the record date (takeover: accepted quantity), amount per share of the
 * newest notice, gross, and the allocation of the exchanged sum (S16).
 */
import type { PoolClient } from 'pg';
import { dividedRounded, notBelowZero, scaledText } from '../../../domain/scaled';
import { allocateGross } from '../../../domain/settlement/allocation';
import { dividendPerShareE8, grossCents, parsePerShare } from '../../../domain/settlement/entitlement';
import { cnyText } from '../../files/amount-text';
import { ENTITLEMENT_MONEY } from '../line-kinds';
import { onRow, type Compared, type ComparedFinding, type Comparison } from './comparison';

interface EntitledRow {
  readonly file_id: bigint;
  readonly row_no: bigint;
  readonly business: string;
  readonly side: string;
  readonly event: string;
  readonly securities_account: string;
  readonly kind: string | null;
  readonly ratio_e5: bigint;
  readonly quantity: bigint;
  readonly price_e4: bigint;
  readonly net_cents: bigint;
  readonly net_fen: bigint;
  readonly noticed: boolean;
  readonly before_tax: string | null;
  readonly after_tax: string | null;
  readonly entitled: bigint | null;
}

export const entitlementComparison: Comparison = {
  classes: ['ENTITLEMENT_MISMATCH'],
  needs: ['hk_jsmx', 'hk_tzxx'],
  refuses: [],
  compare: async (sql, day) => {
    const lacking = await lackingOnOpenDays(sql, day);
    // Terms may have changed by a notice that is not there, and what was accepted by a reply that is not.
    if (lacking.includes('hk_tzxx')) return [];
    const all = await entitledRows(sql, day.channel, day.businessDate);
    const rows = lacking.includes('HK_YWHB') ? all.filter(({ business }) => business !== 'H63') : all;
    const events = new Map<string, EntitledRow[]>();
    for (const row of rows) {
      const key = `${row.event} ${row.side} ${row.business}`;
      const known = events.get(key);
      if (known === undefined) events.set(key, [row]);
      else known.push(row);
    }
    return [...events.values()].flatMap(eventFindings);
  },
};

/** Notices and replies that are missing or refused on a day up to this one: such a day is not closed before they come. */
async function lackingOnOpenDays(sql: PoolClient, day: Compared): Promise<readonly string[]> {
  const { rows } = await sql.query<{ kind: string }>(
    `select distinct k.kind from settlement_days d cross join (values ('hk_tzxx'), ('HK_YWHB')) as k(kind)
     where d.channel = $1 and d.business_date <= $2 and d.closed_at is null
       and not exists (select 1 from files_in_force f where f.channel = $1 and f.business_date = d.business_date and f.kind = k.kind)`,
    [day.channel, day.businessDate],
  );
  return rows.map(({ kind }) => kind);
}

/** Terms come from the newest notice of the event; an event that nobody announced has none. */
async function entitledRows(sql: PoolClient, channel: string, date: string): Promise<readonly EntitledRow[]> {
  const { rows } = await sql.query<EntitledRow>(
    `with rows as (
       select l.*, a.side, c.kind from clearing_lines_in_force l join broker_accounts a on a.account = l.reserve_account
       left join clients c on c.securities_account = l.securities_account
       where l.channel = $1 and l.business_date = $2 and l.business = any($3)),
     newest as (
       select distinct on (event_code) event_code, kind, date_1, price_1, price_2 from notices_in_force
       where channel = $1 and business_date <= $2 and kind in ('H01', 'H07', 'H09') and mark_2 <> 'DEL'
       order by event_code, business_date desc, row_no desc),
     accepted as (
       select event_code, securities_account, sum(confirmed)::bigint as quantity from filing_replies_in_force
       where channel = $1 and business_date <= $2 and status = '3' and filing_kind = 'HSB' group by 1, 2)
     select r.file_id, r.row_no, r.business, r.side, r.order_no as event, r.securities_account, r.kind, r.ratio_e5, r.quantity, r.price_e4,
            r.net_cents, r.net_fen, n.event_code is not null as noticed, n.price_1::text as before_tax, n.price_2::text as after_tax,
            case when r.business = 'H63' then coalesce(a.quantity, 0)
                 else (select coalesce(-sum(e.amount), 0) from entries e where e.ledger = 'client_shares' and e.owner = r.securities_account
                       and e.asset = r.code and e.business_date <= n.date_1) end::bigint as entitled
     from rows r left join newest n on n.event_code = r.order_no
     left join accepted a on a.event_code = r.order_no and a.securities_account = r.securities_account
     order by r.row_no`,
    [channel, date, ENTITLEMENT_MONEY],
  );
  return rows;
}

function eventFindings(rows: readonly EntitledRow[]): ComparedFinding[] {
  const [first] = rows;
  if (first === undefined) return [];
  if (!first.noticed)
    return rows.map((row) => onRow('hk_jsmx', row, 'ENTITLEMENT_MISMATCH', { field: 'SQBH', value: row.event }));
  const { once, again } = firstOfEachAccount(rows);
  const own = once.filter(({ kind }) => kind !== null).map((row) => ({ row, perShareE8: perShareE8(row) }));
  const toldShare = sharesOf(once.map((row) => ({ row, grossCents: notBelowZero(row.net_cents) })));
  const ownShare = sharesOf(own.map(({ row, perShareE8: perShare }) => ({ row, grossCents: ownGross(row, perShare) })));
  const twice = again.map((row) =>
    onRow('hk_jsmx', row, 'ENTITLEMENT_MISMATCH', {
      field: 'ZQZH',
      value: row.securities_account,
      amountFen: row.net_fen,
    }),
  );
  const different = own.flatMap(({ row, perShareE8: perShare }) => {
    const entitled = row.entitled ?? 0n;
    const priceE4 = dividedRounded(perShare, 10_000n);
    // One wrong figure is one finding where the rest of the row follows it.
    const followed = row.price_e4 === priceE4 ? perShare : row.price_e4 * 10_000n;
    const gross = ownGross(row, perShare);
    const grossFollows = row.net_cents === grossCents(notBelowZero(row.quantity), followed);
    const told = toldShare.get(row.securities_account) ?? 0n;
    const share = ownShare.get(row.securities_account) ?? 0n;
    const compared: readonly [string, string, string][] = [
      ['SL', row.quantity.toString(), entitled.toString()],
      ['JG1', scaledText(row.price_e4, 4), scaledText(priceE4, 4)],
      ['WBYSF', cnyText(row.net_cents), cnyText(grossFollows ? row.net_cents : gross)],
      // With a wrong gross the odd cents of the others may move: either allocation will do.
      ['YSFJE', cnyText(row.net_fen), cnyText(row.net_fen === share ? share : told)],
    ];
    return compared
      .filter(([, fileValue, computed]) => fileValue !== computed)
      .map(([field, fileValue, computed]) =>
        onRow('hk_jsmx', row, 'ENTITLEMENT_MISMATCH', { field, fileValue, computed, amountFen: row.net_fen - share }),
      );
  });
  return [...different, ...twice];
}

/** An account is entitled once an event: a further row of it has nothing to be compared with. */
function firstOfEachAccount(rows: readonly EntitledRow[]) {
  const seen = new Set<string>();
  const once: EntitledRow[] = [];
  const again: EntitledRow[] = [];
  for (const row of rows) {
    (seen.has(row.securities_account) ? again : once).push(row);
    seen.add(row.securities_account);
  }
  return { once, again };
}

const ownGross = (row: EntitledRow, perShare: bigint) => grossCents(notBelowZero(row.entitled ?? 0n), perShare);

/** Shares of the sum that was exchanged, by securities account. */
function sharesOf(holders: readonly { readonly row: EntitledRow; readonly grossCents: bigint }[]) {
  const { shares } = allocateGross(
    holders.map(({ row, grossCents: cents }) => ({ account: row.securities_account, grossCents: cents })),
    holders[0]?.row.ratio_e5 ?? 0n,
  );
  return new Map(shares.map(({ account, shareFen }) => [account, shareFen]));
}

/** Takeover money is paid at JG1; a dividend after tax to natural persons (S16). */
function perShareE8(row: EntitledRow): bigint {
  const beforeTaxE8 = parsePerShare(row.before_tax ?? '0');
  if (row.business === 'H63') return beforeTaxE8;
  return dividendPerShareE8(row.kind === 'natural' ? 'N' : 'I', {
    beforeTaxE8,
    afterTaxE8: parsePerShare(row.after_tax ?? '0'),
  });
}
