/** The commissions of all open permissions compared with CRM and counter, after a day was closed; a difference is a break (permissions page). */
import type { PoolClient } from 'pg';
import { commissionDifferences } from '../../domain/permissions/commission-comparison';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import type { DayKey } from '../settlement/day-key';

export interface OpenCommissionBreaks {
  readonly open: number;
}

interface Compared {
  readonly permission: string;
  readonly opened_by: string;
  readonly client_no: string;
  readonly fund_account: string;
  readonly rate: string;
}

interface Found {
  readonly permission: string;
  readonly openedBy: string;
  readonly fundAccount: string;
  readonly code: string;
  readonly ours: string;
  readonly theirs: string | null;
}

/**
 * Compares with what both have at this moment; looked at again, what is found no more is gone.
 * @throws Error where CRM or counter do not answer; the verb is repeated
 */
export const compareCommissions =
  ({ pool, crm, counter }: Pick<Dependencies, 'pool' | 'crm' | 'counter'>) =>
  async (day: DayKey): Promise<OpenCommissionBreaks> => {
    const { rows: kinds } = await pool.query<{ permission: string; line: string }>(
      `select permission, commission_line as line from permission_types
        where $1 = any(clearing_channels) and commission_line is not null and daterange(valid_from, valid_to) @> $2::date order by permission`,
      [day.channel, day.businessDate],
    );
    const found: Found[] = [];
    for (const { permission, line } of kinds) {
      const ofCrm = await allPages(
        (after) => crm.listCommissions(line, day.businessDate, after),
        ({ clientNo }) => clientNo,
      );
      const ofCounter = await allPages(
        (after) => counter.listCommissions(permission, day.businessDate, after),
        ({ fundAccount }) => fundAccount,
      );
      for (const row of await commissionsInForce(pool, permission, day)) {
        const compared = { ours: row.rate, crm: ofCrm.get(row.client_no), counter: ofCounter.get(row.fund_account) };
        const of = { permission, openedBy: row.opened_by, fundAccount: row.fund_account, ours: row.rate };
        found.push(...commissionDifferences(compared).map((difference) => ({ ...of, ...difference })));
      }
    }
    return inTransaction(pool, (sql) =>
      keep(
        sql,
        day,
        kinds.map(({ permission }) => permission),
        found,
      ),
    );
  };

/** Rates by the key of their lines, page after page. */
async function allPages<Line extends { readonly rate: string }>(
  page: (after: string) => Promise<{ readonly lines: readonly Line[] }>,
  keyOf: (line: Line) => string,
): Promise<ReadonlyMap<string, string>> {
  const rates = new Map<string, string>();
  for (let after = ''; ;) {
    const { lines } = await page(after);
    for (const line of lines) rates.set(keyOf(line), line.rate);
    const last = lines.at(-1);
    // A page that does not lead on would be asked for ever.
    if (last === undefined || keyOf(last) <= after) return rates;
    after = keyOf(last);
  }
}

/** Of each account of an open permission the rate that its trades of the day were charged at. */
async function commissionsInForce(
  pool: Dependencies['pool'],
  permission: string,
  { businessDate }: DayKey,
): Promise<readonly Compared[]> {
  const { rows } = await pool.query<Compared>(
    `select p.permission, p.request_no as opened_by, p.client_no, f.fund_account, m.rate::text
       from permissions p
       join client_fund_accounts f using (client_no)
       join lateral (select rate from permission_commissions m
                      where m.client_no = p.client_no and m.permission = p.permission
                        and m.valid_from < ($2::date + 1)::timestamp at time zone 'Asia/Shanghai'
                      order by m.valid_from desc limit 1) m on true
      where p.permission = $1 and p.closed_at is null
        and p.opened_at < ($2::date + 1)::timestamp at time zone 'Asia/Shanghai'
      order by f.fund_account`,
    [permission, businessDate],
  );
  return rows;
}

async function keep(
  sql: PoolClient,
  { channel, businessDate }: DayKey,
  permissions: readonly string[],
  found: readonly Found[],
): Promise<OpenCommissionBreaks> {
  const { rowCount } = await sql.query(
    `insert into commission_breaks (permission, business_date, opened_by, fund_account, code, ours, theirs)
     select f ->> 'permission', $1, f ->> 'openedBy', f ->> 'fundAccount', f ->> 'code', (f ->> 'ours')::numeric, (f ->> 'theirs')::numeric
       from jsonb_array_elements($2::jsonb) f
     on conflict (permission, business_date, fund_account, code) do nothing`,
    [businessDate, JSON.stringify(found)],
  );
  await sql.query(
    `update commission_breaks b set gone_at = business_now()
      where b.business_date = $1 and b.permission = any($2) and b.gone_at is null and b.left_by is null
        and not exists (select from jsonb_array_elements($3::jsonb) f
                         where f ->> 'permission' = b.permission and f ->> 'fundAccount' = b.fund_account and f ->> 'code' = b.code)`,
    [businessDate, permissions, JSON.stringify(found)],
  );
  if ((rowCount ?? 0) > 0) {
    await recordAudit(sql, {
      actor: SYSTEM_ACTOR,
      action: 'compare commissions',
      outcome: 'done',
      objectType: 'commission comparison',
      objectId: `${channel}:${businessDate}`,
      after: { breaks: rowCount },
    });
  }
  const { rows } = await sql.query<{ open: number }>(
    `select count(*)::int as open from commission_breaks
      where business_date = $1 and permission = any($2) and gone_at is null and left_by is null`,
    [businessDate, permissions],
  );
  return { open: rows[0]?.open ?? 0 };
}

/** Somebody decided that what is open stays as it is, with a reason. */
export const leaveCommissionBreaks =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ channel, businessDate, by, reason }: DayKey & { readonly by: string; readonly reason: string }): Promise<void> =>
    inTransaction(pool, async (sql) => {
      const { rowCount } = await sql.query(
        `update commission_breaks b set left_by = $3, left_reason = $4 from permission_types t
          where t.permission = b.permission and $1 = any(t.clearing_channels) and daterange(t.valid_from, t.valid_to) @> $2::date
            and b.business_date = $2 and b.gone_at is null and b.left_by is null`,
        [channel, businessDate, by, reason],
      );
      if ((rowCount ?? 0) === 0) return;
      await recordAudit(sql, {
        actor: by,
        action: 'leave commission breaks',
        outcome: 'done',
        objectType: 'commission comparison',
        objectId: `${channel}:${businessDate}`,
        reason,
        after: { breaks: rowCount },
      });
    });
