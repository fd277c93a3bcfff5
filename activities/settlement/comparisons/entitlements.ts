/**
 * Dividend and takeover rows against our own: quantity at the record date (takeover: accepted quantity), amount per share of the
 * newest notice, gross, and the allocation of the exchanged sum (S16); and who should have a row and has none.
 */
import type { PoolClient } from 'pg';
import { amountText } from '../../../domain/money';
import { dividedRounded, notBelowZero, scaledText } from '../../../domain/scaled';
import { allocateGross } from '../../../domain/settlement/allocation';
import { dividendPerShareE8, grossCents, parsePerShare } from '../../../domain/settlement/entitlement';
import { filesInForce } from '../day-key';
import { ENTITLEMENT_MONEY } from '../../../domain/settlement/line-kinds';
import { onRow, type Compared, type ComparedFinding, type Comparison } from './comparison';
import { holdersOfOverdueDividends, holdersWithoutRow, type EntitledHolder } from './holders-without-row';

interface EntitledRow extends EntitledHolder {
  readonly file_id: bigint;
  readonly row_no: bigint;
  readonly ratio_e5: bigint;
  readonly quantity: bigint;
  readonly price_e4: bigint;
  readonly net_cents: bigint;
  readonly net_fen: bigint;
  readonly noticed: boolean;
  /** The account has a row of the event on an earlier day. */
  readonly was_cleared: boolean;
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
    const isComparable = ({ business }: EntitledHolder) =>
      !OF_CHOICES.includes(business) || !lacking.includes('HK_YWHB');
    // Who has no row may have it in a file of settlement details that is not there.
    const isAllCleared = !lacking.includes('hk_jsmx');
    const absent = byEvent(isAllCleared ? (await holdersWithoutRow(sql, day)).filter(isComparable) : []);
    const found = [...byEvent(all.filter(isComparable))].flatMap(([event, rows]) =>
      eventFindings(rows, absent.get(event) ?? []),
    );
    const overdue = byEvent(isAllCleared ? await holdersOfOverdueDividends(sql, day) : []);
    const [fileId = 0n] = await filesInForce(sql, day, 'hk_jsmx');
    return [...found, ...[...overdue.values()].map((holders) => overdueFinding(fileId, holders))];
  },
};

/** Takeovers, and what an optional dividend pays those who did not take shares: they rest on what was accepted. */
const OF_CHOICES: readonly string[] = ['H63', 'H67'];

/** Rows or holders by event, side and business. */
function byEvent<Holder extends EntitledHolder>(holders: readonly Holder[]): ReadonlyMap<string, readonly Holder[]> {
  const events = new Map<string, Holder[]>();
  for (const holder of holders) {
    const key = `${holder.event} ${holder.side} ${holder.business}`;
    const known = events.get(key);
    if (known === undefined) events.set(key, [holder]);
    else known.push(holder);
  }
  return events;
}

/** Notices, replies and settlement details that are missing or refused on a day up to this one: such a day is not closed before they come. */
async function lackingOnOpenDays(sql: PoolClient, day: Compared): Promise<readonly string[]> {
  const { rows } = await sql.query<{ kind: string }>(
    `select distinct k.kind from settlement_days d cross join (values ('hk_tzxx'), ('HK_YWHB'), ('hk_jsmx')) as k(kind)
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
     before as (
       select distinct l.order_no, l.securities_account, l.business from clearing_lines_in_force l
       where l.channel = $1 and l.business_date < $2 and l.order_no = any(array(select order_no from rows)) and l.business = any($3)),
     newest as (
       select distinct on (event_code) event_code, kind, date_1, date_3, mark_1, price_1, price_2 from notices_known_on($1, $2)
       where kind in ('H01', 'H07', 'H09') and mark_2 <> 'DEL'
       order by event_code, business_date desc, row_no desc),
     accepted as (select * from accepted_elections($1, $2))
     select r.file_id, r.row_no, r.business, r.side, r.order_no as event, r.securities_account, r.kind, r.ratio_e5, r.quantity, r.price_e4,
            r.net_cents, r.net_fen, n.event_code is not null as noticed, n.price_1::text as before_tax, n.price_2::text as after_tax,
            b.order_no is not null as was_cleared,
            -- Of a compulsory takeover (LX1 = 3) nobody files: what was held on the record date is taken.
            case when r.business = 'H63' and n.mark_1 is distinct from '3' then coalesce(a.quantity, 0)
                 else (select coalesce(-sum(e.amount), 0) from entries e where e.ledger = 'client_shares' and e.owner = r.securities_account
                       and e.asset = r.code and e.business_date <= coalesce(n.date_1, n.date_3))
                      - case when r.business = 'H67' then coalesce(a.quantity, 0) else 0 end end::bigint as entitled
     from rows r left join newest n on n.event_code = r.order_no
     left join accepted a on a.event_code = r.order_no and a.securities_account = r.securities_account
     left join before b on b.order_no = r.order_no and b.securities_account = r.securities_account and b.business = r.business
     order by r.row_no`,
    [channel, date, ENTITLEMENT_MONEY],
  );
  return rows;
}

function eventFindings(rows: readonly EntitledRow[], absent: readonly EntitledHolder[]): ComparedFinding[] {
  const [first] = rows;
  if (first === undefined) return [];
  if (!first.noticed)
    return rows.map((row) => onRow('hk_jsmx', row, 'ENTITLEMENT_MISMATCH', { field: 'SQBH', value: row.event }));
  const { once, again } = firstOfEachAccount(rows);
  const own = once.filter(({ kind }) => kind !== null).map((row) => ({ row, perShareE8: perShareE8(row) }));
  const missing = absent
    .map((row) => ({ row, grossCents: ownGross(row, perShareE8(row)) }))
    .filter(({ grossCents: cents }) => cents > 0n);
  const toldShare = sharesOf(
    once.map((row) => ({ row, grossCents: notBelowZero(row.net_cents) })),
    first.ratio_e5,
  );
  const ownShare = sharesOf(
    [...own.map(({ row, perShareE8: perShare }) => ({ row, grossCents: ownGross(row, perShare) })), ...missing],
    first.ratio_e5,
  );
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
      ['WBYSF', amountText(row.net_cents), amountText(grossFollows ? row.net_cents : gross)],
      // With a wrong gross the odd cents of the others may move: either allocation will do.
      ['YSFJE', amountText(row.net_fen), amountText(row.net_fen === share ? share : told)],
    ];
    return compared
      .filter(([, fileValue, computed]) => fileValue !== computed)
      .map(([field, fileValue, computed]) =>
        onRow('hk_jsmx', row, 'ENTITLEMENT_MISMATCH', { field, fileValue, computed, amountFen: row.net_fen - share }),
      );
  });
  const without = missing.map(({ row, grossCents: cents }) =>
    onRow('hk_jsmx', { file_id: first.file_id, row_no: null }, 'ENTITLEMENT_MISMATCH', {
      field: 'WBYSF',
      fileValue: amountText(0n),
      computed: amountText(cents),
      key: [row.event, row.securities_account],
      amountFen: -(ownShare.get(row.securities_account) ?? 0n),
    }),
  );
  return [...different, ...twice, ...without];
}

/** Nothing of a dividend was cleared for a side that holds it; what it should come to is gross, in the payment currency. */
function overdueFinding(fileId: bigint, holders: readonly EntitledHolder[]): ComparedFinding {
  const [first] = holders;
  const gross = holders.reduce((sum, holder) => sum + ownGross(holder, perShareE8(holder)), 0n);
  return onRow('hk_jsmx', { file_id: fileId, row_no: null }, 'ENTITLEMENT_MISMATCH', {
    field: 'SQBH',
    fileValue: amountText(0n),
    computed: amountText(gross),
    key: [first?.event ?? '', first?.side ?? ''],
  });
}

/** An account is entitled once an event: a further row of it, on a later day as well, has nothing to be compared with. */
function firstOfEachAccount(rows: readonly EntitledRow[]) {
  const seen = new Set<string>();
  const once: EntitledRow[] = [];
  const again: EntitledRow[] = [];
  for (const row of rows) {
    (row.was_cleared || seen.has(row.securities_account) ? again : once).push(row);
    seen.add(row.securities_account);
  }
  return { once, again };
}

const ownGross = (row: EntitledHolder, perShare: bigint) => grossCents(notBelowZero(row.entitled ?? 0n), perShare);

/** Shares of the sum that was exchanged, by securities account. */
function sharesOf(
  holders: readonly { readonly row: EntitledHolder; readonly grossCents: bigint }[],
  ratioE5: bigint,
): ReadonlyMap<string, bigint> {
  const { shares } = allocateGross(
    holders.map(({ row, grossCents: cents }) => ({ account: row.securities_account, grossCents: cents })),
    ratioE5,
  );
  return new Map(shares.map(({ account, shareFen }) => [account, shareFen]));
}

/** Takeover money is paid at JG1; a dividend after tax to natural persons (S16). */
function perShareE8(row: EntitledHolder): bigint {
  const beforeTaxE8 = parsePerShare(row.before_tax ?? '0');
  if (row.business === 'H63') return beforeTaxE8;
  return dividendPerShareE8(row.kind === 'natural' ? 'N' : 'I', {
    beforeTaxE8,
    afterTaxE8: parsePerShare(row.after_tax ?? '0'),
  });
}
