/** Events, holders and holdings of a test, entered as the files of a day and the ledger would. */
import type { Pool, PoolClient } from 'pg';
import { recordEvents } from '../../activities/corporate-actions/record-events';
import { inTransaction } from '../../activities/database/transaction';
import type { BusinessDate } from '../../domain/calendar/business-date';

export interface NoticeOfTest {
  readonly kind: string;
  readonly code: string;
  readonly eventCode: string;
  readonly mark2: string;
  readonly date1?: string;
  readonly date2?: string;
  readonly date3?: string;
  readonly price1?: string;
  readonly price2?: string;
  readonly mark1?: string;
  readonly secondCode?: string;
  readonly entitlementClass?: string;
  readonly ratio1?: string;
  readonly ratio2?: string;
  readonly quantity1?: string;
  readonly quantity2?: string;
  readonly currency?: string;
}

let files = 0;

/** A file of notices that was taken on a day; answers how many versions it brought. */
export const noticed = (
  pool: Pool,
  on: string,
  notices: readonly NoticeOfTest[],
  more: { readonly isResend?: boolean } = {},
): Promise<{ readonly versions: number }> =>
  inTransaction(pool, async (sql) => {
    files += 1;
    await sql.query('select open_business_date($1)', [on]);
    const { rows } = await sql.query<{ file_id: bigint }>(
      `insert into files (channel, business_date, kind, version, name, path, sha256, byte_count, arrived_at)
       values ('SH', $1, 'hk_tzxx', $2::int, 'hk_tzxx' || $2, 'x', $2, 1, business_now()) returning file_id`,
      [on, `${files}`],
    );
    const fileId = rows[0]?.file_id ?? 0n;
    for (const [row, notice] of notices.entries()) await enterNotice(sql, on, fileId, row + 1, notice);
    return recordEvents(sql, { channel: 'SH', businessDate: on as BusinessDate, fileId, ...more });
  });

async function enterNotice(
  sql: PoolClient,
  on: string,
  fileId: bigint,
  row: number,
  notice: NoticeOfTest,
): Promise<void> {
  await sql.query(
    `insert into notices (business_date, file_id, row_no, channel, kind, code, date_1, date_2, date_3, price_1, mark_1, mark_2,
                          event_code, second_code, reserved, currency, fields, entitlement_class, ratio_1, ratio_2, price_2,
                          quantity_1, quantity_2)
     values ($1, $2, $3, 'SH', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '', $18, '{}', $14, $15, $16, $17, $19, $20)`,
    [
      on,
      fileId,
      row,
      notice.kind,
      notice.code,
      notice.date1 ?? null,
      notice.date2 ?? null,
      notice.date3 ?? null,
      notice.price1 ?? null,
      notice.mark1 ?? '',
      notice.mark2,
      notice.eventCode,
      notice.secondCode ?? '',
      notice.entitlementClass ?? '',
      notice.ratio1 ?? null,
      notice.ratio2 ?? null,
      notice.price2 ?? null,
      notice.currency ?? 'HKD',
      notice.quantity1 ?? null,
      notice.quantity2 ?? null,
    ],
  );
}

/** Settled holdings of a day, as a batch of the ledger. */
export const holding = (
  pool: Pool,
  on: string,
  code: string,
  held: readonly { readonly account: string; readonly shares: number }[],
): Promise<void> =>
  inTransaction(pool, async (sql) => {
    await sql.query('select open_business_date($1)', [on]);
    const { rows } = await sql.query<{ batch_id: bigint }>(
      `insert into batches (batch_key, channel, business_date, kind, content_sha256, cause)
       values ($1, 'SH', $2, 'test', 'x', 'holdings of a test') returning batch_id`,
      [`holding ${on} ${code}`, on],
    );
    await sql.query(
      `insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause)
       select $1::date, $2::bigint, nth, 'client_shares', account, $3, -shares, $1::date, 'test'
         from unnest($4::text[], $5::bigint[]) with ordinality as held (account, shares, nth)
       union all
       select $1::date, $2::bigint, 0, 'custody', 'SH', $3, (select sum(shares) from unnest($5::bigint[]) as held (shares)), $1::date, 'test'`,
      [on, rows[0]?.batch_id, code, held.map(({ account }) => account), held.map(({ shares }) => shares)],
    );
  });

/** A file of replies of the day, in the place of the one before: filing, status, quantity confirmed, result code. */
export async function replied(
  pool: Pool,
  on: string,
  version: number,
  replies: readonly (readonly [string, string, number, string])[],
): Promise<void> {
  await inTransaction(pool, async (sql) => {
    await sql.query('select open_business_date($1)', [on]);
    await sql.query(
      `insert into file_states (file_id, state_no, state, cause) select file_id, 2, 'superseded', 'resend' from files where sha256 = $1`,
      [`replies ${on} ${version - 1}`],
    );
    const { rows } = await sql.query<{ id: string }>(
      `insert into files (channel, business_date, kind, version, name, path, sha256, byte_count, arrived_at)
       values ('SH', $1, 'HK_YWHB', $2, 'HK_YWHB.dbf', '-', $3, 1, business_now()) returning file_id as id`,
      [on, version, `replies ${on} ${version}`],
    );
    await sql.query(`insert into file_states (file_id, state_no, state, cause) values ($1, 1, 'accepted', 'test')`, [
      rows[0]?.id,
    ]);
    await sql.query(
      `insert into filing_replies (business_date, file_id, row_no, channel, filing_no, business, filing_kind, securities_account, code, event_code,
                                   quantity, confirmed, acceptance_no, status, result_code)
       select $1, $2, row_no, 'SH', f.filing_no, f.business, 'HSB', f.securities_account, a.code, a.event_no, f.quantity, r.confirmed,
              'S' || f.filing_no, r.status, r.code
         from unnest($3::text[], $4::text[], $5::bigint[], $6::text[]) with ordinality as r (filing_no, status, confirmed, code, row_no)
         join election_filings f using (filing_no) join corporate_actions a using (event_id)`,
      [on, rows[0]?.id, replies.map(([no]) => no), ...[1, 2, 3].map((column) => replies.map((reply) => reply[column]))],
    );
  });
}
