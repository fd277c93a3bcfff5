/**
 * A closed day is run once more and compared; nothing is booked (A4 §42: a repeat of a closed day is a comparison). Files that came since the close
 * are taken as if the day were open. What they would have changed is told by ledger and owner: what of it must be put right is booked by the days
 * that are open, never by the closed one.
 */
import type { Pool, PoolClient } from 'pg';
import type { Side } from '../../domain/channel';
import { BusinessError } from '../../domain/errors';
import { triedOut } from '../database/tried-out';
import type { Dependencies } from '../dependencies';
import { receiveFile } from '../files/receive-file';
import { reverseBatchesOf } from '../ledger/reverse-batches';
import { clearEntitlements } from '../settlement/clear-entitlements';
import { clearPortfolioFee } from '../settlement/clear-portfolio-fee';
import { clearTrades } from '../settlement/clear-trades';
import type { DayKey } from '../settlement/day-key';
import { postAccountMovements } from '../settlement/post-account-movements';
import { postClientCash } from '../settlement/post-client-cash';
import { postShareMovements } from '../settlement/post-share-movements';
import { repayAdvances } from '../settlement/repay-advances';
import { EVENING_BATCHES } from '../settlement/reverse-evening';
import { auditOfDay, type AskedOfDay } from './audit-of-day';

export interface ComparedDay {
  /** Files that came after the close, with what became of them in this run. */
  readonly filesSince: readonly { readonly name: string; readonly state: string }[];
  /** Entries of the evening as they stand. */
  readonly entries: number;
  /** Ledgers and owners that would have another sum. */
  readonly differences: readonly BookedOtherwise[];
  readonly truncated: boolean;
}

export interface BookedOtherwise {
  readonly kind: string;
  readonly ledger: string;
  readonly owner: string;
  readonly asset: string;
  /** Fen, or shares; with the sign of the ledger. */
  readonly booked: bigint;
  readonly again: bigint;
}

/** More than a person reads; what is left away is said. */
const DIFFERENCES_AT_MOST = 1_000;

interface Asked extends AskedOfDay {
  readonly sides: readonly Side[];
  /** How long it may take, in milliseconds. */
  readonly withinMs: number;
}

/**
 * One at a time in a book: it runs a whole evening, and holds locks and a connection meanwhile.
 * @param asked.sides whose owners are told
 * @throws BusinessError DAY_NOT_STARTED, DAY_NOT_CLOSED, COMPARISON_RUNNING, COMPARISON_TOO_LONG
 */
export async function compareClosedDay(pool: Pool, asked: Asked): Promise<ComparedDay> {
  const { businessDate: date, withinMs } = asked;
  const workflowId = await closedDay(pool, asked);
  const seconds = Math.ceil(withinMs / 1_000);
  const tooLong = () => new BusinessError('COMPARISON_TOO_LONG', { date, seconds });
  const compared = await triedOut(pool, (within, sql) => runAgain(within, sql, asked, workflowId), {
    ms: withinMs,
    tooLong,
  });
  await auditOfDay(pool, asked, {
    action: 'compare closed day',
    after: { filesSince: compared.filesSince.length, differences: compared.differences.length },
    workflowId,
  });
  return compared;
}

async function runAgain(within: Pool, sql: PoolClient, asked: Asked, workflowId: string): Promise<ComparedDay> {
  await refuseSecond(sql, asked);
  const filesSince = await takeFilesSince(within, asked, workflowId);
  await sql.query(
    `create temporary table booked on commit drop as ${SUMS}`,
    // Before anything is taken back.
    [asked.channel, asked.businessDate, EVENING_BATCHES],
  );
  const cause = 'tried out: comparison of a closed day';
  await reverseBatchesOf(sql, { ...asked, kinds: EVENING_BATCHES, cause });
  for (const verb of EVENING) await verb({ pool: within } as Dependencies)(asked);
  return { filesSince, ...(await differencesOf(sql, asked)) };
}

/** The lock ends with the transaction, also where the process dies in the middle of it. */
async function refuseSecond(sql: PoolClient, { businessDate }: DayKey): Promise<void> {
  const { rows } = await sql.query<{ alone: boolean }>(
    `select pg_try_advisory_xact_lock(hashtextextended('comparison of a closed day', 0)) as alone`,
  );
  if (rows[0]?.alone !== true) throw new BusinessError('COMPARISON_RUNNING', { date: businessDate });
}

/** In their order; what rests on balances last. */
const EVENING = [
  postAccountMovements,
  postClientCash,
  clearTrades,
  clearPortfolioFee,
  clearEntitlements,
  postShareMovements,
  repayAdvances,
];

async function closedDay(pool: Pool, { channel, businessDate }: DayKey): Promise<string> {
  const { rows } = await pool.query<{ workflow_id: string; closed: boolean }>(
    `select workflow_id, closed_at is not null as closed from settlement_days where channel = $1 and business_date = $2`,
    [channel, businessDate],
  );
  const [day] = rows;
  if (day === undefined) throw new BusinessError('DAY_NOT_STARTED', { date: businessDate });
  if (!day.closed) throw new BusinessError('DAY_NOT_CLOSED', { date: businessDate });
  return day.workflow_id;
}

async function takeFilesSince(within: Pool, day: DayKey, workflowId: string): Promise<ComparedDay['filesSince']> {
  const { rows } = await within.query<{ file_id: bigint; name: string }>(
    `select file_id, name from file_verdicts where channel = $1 and business_date = $2 and state = 'arrived' and kind <> 'UNKNOWN'
     order by version, file_id`,
    [day.channel, day.businessDate],
  );
  const taken: { name: string; state: string }[] = [];
  for (const { file_id, name } of rows) {
    const { state } = await receiveFile({ pool: within })({ fileId: String(file_id), workflowId });
    taken.push({ name, state });
  }
  return taken;
}

/** Standing batches of the evening by kind, ledger and owner; reversed ones and their reversals stand no longer. */
const SUMS = `
  select b.kind, e.ledger, e.owner, e.asset, sum(e.amount)::bigint as amount, count(*) as entries
  from batches b join entries e on e.business_date = b.business_date and e.batch_id = b.batch_id
  where b.channel = $1 and b.business_date = $2 and b.kind = any($3) and b.reverses is null
    and not exists (select 1 from batches r where r.reverses = b.batch_id)
  group by b.kind, e.ledger, e.owner, e.asset`;

async function differencesOf(sql: PoolClient, asked: Asked) {
  const { rows: total } = await sql.query<{ entries: bigint }>(
    'select coalesce(sum(entries), 0)::bigint as entries from booked',
  );
  const { rows } = await sql.query<BookedOtherwise>(
    `with again as (${SUMS}),
     told as (
       select kind, ledger, owner, asset, coalesce(b.amount, 0) as booked, coalesce(a.amount, 0) as again
       from booked b full join again a using (kind, ledger, owner, asset) where b.amount is distinct from a.amount)
     select t.* from told t
     left join clients c on c.fund_account = t.owner or c.securities_account = t.owner
     left join broker_accounts k on k.account = t.owner and k.channel = $1
     where coalesce(c.side::text, k.side::text, case when t.owner in ('client', 'proprietary') then t.owner when t.owner = 'CUSHION' then 'client' end)
             = any($4) or cardinality($4::text[]) = 2
     order by t.kind, t.ledger, t.owner, t.asset limit $5`,
    [asked.channel, asked.businessDate, EVENING_BATCHES, asked.sides, DIFFERENCES_AT_MOST + 1],
  );
  return {
    entries: Number(total[0]?.entries ?? 0n),
    differences: rows.slice(0, DIFFERENCES_AT_MOST),
    truncated: rows.length > DIFFERENCES_AT_MOST,
  };
}
