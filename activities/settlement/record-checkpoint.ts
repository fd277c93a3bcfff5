/**
 * Records what the clearing house settled at a checkpoint, and what is missing (A4 §20, §41; S13, S14). A balance below zero
 * after the 10:30 batch is an intraday default, after the 18:00 batch an end-of-day default.
 *
 * A batch is booked in a moment, not at one: while something of what was announced for it the evening before has not moved,
 * nothing is recorded and the account is read again - until its time is over, or, where the account is already below zero,
 * until the patience of one bank question has passed.
 */
import type { PoolClient } from 'pg';
import type { Side } from '../../domain/channel';
import { amountText, yuan } from '../../domain/money';
import { larger, notBelowZero } from '../../domain/scaled';
import { shortfallFen } from '../../domain/settlement/default-charges';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { queueNotice } from '../outbox/queue-notice';
import { loadParameters } from '../terms/load-terms';
import { coverOpenDefaults } from './cover-defaults';
import type { DayKey } from './day-key';
import type { ReserveReading } from './read-reserve-account';

export interface Checkpoint extends DayKey {
  readonly workflowId: string;
  readonly side: Side;
  readonly checkpoint: '10:00' | '10:30' | '18:00';
  /** Instants of the day, UTC: when the money had to be in, when the second batch begins. */
  readonly fundingDeadline: string;
  readonly endOfDayAt: string;
  /** When the batch is due, and until when it is asked for. */
  readonly dueAt: string;
  readonly lastLookAt: string;
  /** How long a batch may take before somebody is told. */
  readonly patienceMinutes: number;
  readonly reading: ReserveReading;
}

export interface CheckpointResult {
  /** Businesses of the batch that were announced and have not moved; with any of them nothing was recorded yet. */
  readonly awaited: readonly string[];
  /** At 10:00 what is not in of the amount; later the shortfall of the account. */
  readonly missingFen: string;
  readonly balanceFen: string;
}

export const recordCheckpoint =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (given: Checkpoint): Promise<CheckpointResult> =>
    inTransaction(pool, async (sql) => {
      const settled = settledOf(given);
      const awaited = await awaitedOf(sql, given, settled.businesses, settled.balance);
      if (awaited.length > 0) return { awaited, missingFen: '0', balanceFen: settled.balance.toString() };
      const missing =
        given.checkpoint === '10:00' ? await missingAtDeadline(sql, given) : shortfallFen(settled.balance);
      const { rowCount } = await sql.query(
        `insert into checkpoints (channel, business_date, side, checkpoint, trades_fen, risk_payable_fen, risk_returned_fen, corporate_fen, fee_fen, total_fen, balance_fen, missing_fen, cross_cover_fen)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict (channel, business_date, side, checkpoint) do nothing`,
        [
          given.channel,
          given.businessDate,
          given.side,
          given.checkpoint,
          settled.trades,
          settled.riskPayable,
          settled.riskReturned,
          settled.corporate,
          settled.fee,
          settled.total,
          settled.balance,
          missing,
          settled.crossCover,
        ],
      );
      if (rowCount === 1 && given.side === 'client' && settled.crossCover > 0n)
        await tellCrossCover(sql, given, settled.crossCover);
      if (rowCount === 1 && given.checkpoint !== '10:00' && missing > 0n) await recordDefault(sql, given, missing);
      return { awaited: [], missingFen: missing.toString(), balanceFen: settled.balance.toString() };
    });

/** The movements of the checkpoint's own batch; transfers with the bank are none of it. */
function settledOf(given: Checkpoint) {
  const { movements, balanceFen } = given.reading;
  const ofBatch = movements.filter(
    ({ business, at }) =>
      business !== 'ZR' &&
      business !== 'ZC' &&
      (given.checkpoint === '10:30' ? at < given.endOfDayAt : given.checkpoint === '18:00' && at >= given.endOfDayAt),
  );
  const sum = (...businesses: readonly string[]) =>
    ofBatch
      .filter(({ business }) => businesses.includes(business))
      .reduce((total, { amountFen }) => total + BigInt(amountFen), 0n);
  return {
    businesses: ofBatch.map(({ business }) => business),
    trades: sum('JY'),
    riskPayable: sum('FK'),
    riskReturned: sum('FKTH'),
    corporate: sum('GX', 'FG'),
    fee: sum('ZF'),
    crossCover: sum('GL'),
    total: ofBatch.reduce((total, { amountFen }) => total + BigInt(amountFen), 0n),
    balance: BigInt(ofBatch.at(-1)?.balanceFen ?? balanceFen),
  };
}

/** What the money summary of the evening before announced for the batch and has not moved; none where its time is over. */
async function awaitedOf(
  sql: PoolClient,
  given: Checkpoint,
  moved: readonly string[],
  balanceFen: bigint,
): Promise<readonly string[]> {
  if (given.checkpoint === '10:00') return [];
  const { rows } = await sql.query<{ awaited: string[] | null; over: boolean; told: boolean }>(
    `select array_agg(distinct s.business order by s.business) filter (where s.business is not null) as awaited,
            business_now() >= $6 as over, business_now() >= $7::timestamptz + $8 * interval '1 minute' as told
     from settlement_days d
     left join broker_accounts a on a.channel = d.channel and a.side = $3 and a.kind = 'reserve'
     left join money_summaries_in_force s on s.channel = d.channel and s.business_date = d.previous_trading_day
       and s.reserve_account = a.account and s.settle_date = d.business_date and s.category = 'J' and s.batch = $4
       and s.business <> 'HJ' and (s.business in ('FK', 'FKTH') or d.business_date = any((select due_on($1, $2))::date[]))
       and s.net_fen <> 0 and not s.business = any($5)
     where d.channel = $1 and d.business_date = $2`,
    [
      given.channel,
      given.businessDate,
      given.side,
      given.checkpoint === '10:30' ? '1' : '2',
      moved,
      given.lastLookAt,
      given.dueAt,
      given.patienceMinutes,
    ],
  );
  const { awaited, over, told } = rows[0] ?? { awaited: null, over: true, told: false };
  if (awaited === null) return [];
  if (over || told) await tellIncomplete(sql, given, awaited);
  return over || (told && balanceFen < 0n) ? [] : awaited;
}

const SIDE_WORDS = { client: { zh: '客户', en: 'client' }, proprietary: { zh: '自营', en: 'proprietary' } } as const;

async function tellIncomplete(sql: PoolClient, given: Checkpoint, awaited: readonly string[]): Promise<void> {
  await queueNotice(sql, {
    key: `batch-incomplete:${given.channel}:${given.businessDate}:${given.side}:${given.checkpoint}`,
    workflowId: given.workflowId,
    severity: 'critical',
    side: given.side,
    recipientRole: given.side === 'client' ? 'operations' : 'finance',
    template: 'BATCH_INCOMPLETE',
    facts: {
      date: given.businessDate,
      side: SIDE_WORDS[given.side],
      checkpoint: given.checkpoint,
      awaited: { zh: awaited.join('、'), en: awaited.join(', ') },
    },
  });
}

/** In time is what came before 10:00:00; a parameter says that the moment itself is late (S13). */
async function missingAtDeadline(sql: PoolClient, given: Checkpoint): Promise<bigint> {
  const { rows } = await sql.query<{ amount_fen: bigint }>(
    `select amount_fen from figures where channel = $1 and business_date = $2 and side = $3 and code = 'FUNDING' order by revision desc limit 1`,
    [given.channel, given.businessDate, given.side],
  );
  const needed = notBelowZero(-(rows[0]?.amount_fen ?? 0n));
  const lateInclusive =
    (await loadParameters(sql, given.channel, given.businessDate))('FUNDING_LATE_INCLUSIVE') === 'true';
  const inTime = given.reading.movements
    .filter(
      ({ business, at }) =>
        business === 'ZR' && (at < given.fundingDeadline || (!lateInclusive && at === given.fundingDeadline)),
    )
    .reduce((total, { amountFen }) => total + BigInt(amountFen), 0n);
  return notBelowZero(needed - inTime);
}

/**
 * A default that goes on is no new one: its amounts are those of its first day (A4 §41; S14), and what is short later stands at the
 * checkpoint only. One that the money of the morning has covered is charged first; what the batch takes after that is a default of its own.
 */
async function recordDefault(sql: PoolClient, given: Checkpoint, missing: bigint): Promise<void> {
  if (wasEven(given)) await coverOpenDefaults(sql, { ...given, before: given.businessDate });
  if (!(await isOlderOpen(sql, given))) await recordNewDefault(sql, given, missing);
  await tellDefault(sql, given, missing);
}

/** Whether money from the bank brought the account out of the red before the batch: what comes after its first movement is none of the morning. */
function wasEven({ reading: { movements }, checkpoint, endOfDayAt }: Checkpoint): boolean {
  const isTransfer = (business: string) => business === 'ZR' || business === 'ZC';
  const first = movements.findIndex(
    ({ business, at }) => !isTransfer(business) && (checkpoint === '10:30' || at >= endOfDayAt),
  );
  return movements
    .slice(0, first === -1 ? movements.length : first)
    .some(({ business, balanceFen }) => business === 'ZR' && BigInt(balanceFen) >= 0n);
}

async function isOlderOpen(sql: PoolClient, given: Checkpoint): Promise<boolean> {
  const { rowCount } = await sql.query(
    'select 1 from settlement_defaults where channel = $1 and side = $2 and business_date < $3 and covered_on is null',
    [given.channel, given.side, given.businessDate],
  );
  return (rowCount ?? 0) > 0;
}

async function recordNewDefault(sql: PoolClient, given: Checkpoint, missing: bigint): Promise<void> {
  const intraday = given.checkpoint === '10:30';
  await sql.query(
    `insert into settlement_defaults (channel, business_date, side, intraday_fen, end_of_day_fen, cause)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (channel, business_date, side) do update set
       intraday_fen = greatest(settlement_defaults.intraday_fen, excluded.intraday_fen),
       end_of_day_fen = greatest(settlement_defaults.end_of_day_fen, excluded.end_of_day_fen),
       covered_on = null, covered_at = null, days = null, penalty_fen = null, interest_fen = null`,
    [given.channel, given.businessDate, given.side, intraday ? missing : 0n, intraday ? 0n : missing, 'not yet found'],
  );
  await recordAudit(sql, {
    actor: SYSTEM_ACTOR,
    action: intraday ? 'intraday default' : 'end-of-day default',
    outcome: 'done',
    objectType: 'settlement default',
    objectId: `${given.channel}:${given.businessDate}:${given.side}`,
    after: { missing: amountText(larger(missing, 0n)) },
  });
}

/** What the clearing house took from the own funds for clients is owed to them at once, and repaid first (facts 6: 关联交收). */
async function tellCrossCover(sql: PoolClient, given: Checkpoint, amountFen: bigint): Promise<void> {
  for (const role of ['operations', 'finance', 'compliance']) {
    await queueNotice(sql, {
      key: `cross-cover:${given.channel}:${given.businessDate}:${given.checkpoint}:${role}`,
      workflowId: given.workflowId,
      severity: 'critical',
      recipientRole: role,
      template: 'CROSS_COVER',
      facts: { date: given.businessDate, checkpoint: given.checkpoint, amount: yuan(amountFen) },
    });
  }
}

async function tellDefault(sql: PoolClient, given: Checkpoint, missing: bigint): Promise<void> {
  const intraday = given.checkpoint === '10:30';
  for (const role of ['operations', 'finance', 'compliance']) {
    await queueNotice(sql, {
      key: `default:${given.channel}:${given.businessDate}:${given.side}:${given.checkpoint}:${role}`,
      workflowId: given.workflowId,
      severity: 'critical',
      side: given.side,
      recipientRole: role,
      template: intraday ? 'DEFAULT_INTRADAY' : 'DEFAULT_END_OF_DAY',
      facts: {
        date: given.businessDate,
        side: SIDE_WORDS[given.side],
        checkpoint: given.checkpoint,
        missing: yuan(missing),
      },
    });
  }
}
