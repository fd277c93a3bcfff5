/**
 * Records what the clearing house settled at a checkpoint, and what is missing (A4 §20, §41; S13, S14). A balance below zero
 * after the 10:30 batch is an intraday default, after the 18:00 batch an end-of-day default.
 */
import type { PoolClient } from 'pg';
import type { Side } from '../../domain/channel';
import { larger, notBelowZero } from '../../domain/scaled';
import { shortfallFen } from '../../domain/settlement/default-charges';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { cnyText } from '../files/amount-text';
import { queueNotice } from '../outbox/queue-notice';
import { loadParameters } from '../terms/load-terms';
import type { DayKey } from './day-key';
import type { ReserveReading } from './read-reserve-account';

export interface Checkpoint extends DayKey {
  readonly workflowId: string;
  readonly side: Side;
  readonly checkpoint: '10:00' | '10:30' | '18:00';
  /** Instants of the day, UTC. */
  readonly fundingDeadline: string;
  readonly intradayAt: string;
  readonly reading: ReserveReading;
}

export interface CheckpointResult {
  /** At 10:00 what is not in of the amount; later the shortfall of the account. */
  readonly missingFen: string;
  readonly balanceFen: string;
}

export const recordCheckpoint =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (given: Checkpoint): Promise<CheckpointResult> =>
    inTransaction(pool, async (sql) => {
      const settled = settledOf(given);
      const missing =
        given.checkpoint === '10:00' ? await missingAtDeadline(sql, given) : shortfallFen(settled.balance);
      const { rowCount } = await sql.query(
        `insert into checkpoints (channel, business_date, side, checkpoint, trades_fen, risk_payable_fen, risk_returned_fen, corporate_fen, fee_fen, total_fen, balance_fen, missing_fen)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (channel, business_date, side, checkpoint) do nothing`,
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
        ],
      );
      if (rowCount === 1 && given.checkpoint !== '10:00' && missing > 0n) await recordDefault(sql, given, missing);
      return { missingFen: missing.toString(), balanceFen: settled.balance.toString() };
    });

/** The movements of the checkpoint's own batch; transfers with the bank are none of it. */
function settledOf(given: Checkpoint) {
  const { movements, balanceFen } = given.reading;
  const ofBatch = movements.filter(
    ({ business, at }) =>
      business !== 'ZR' &&
      business !== 'ZC' &&
      (given.checkpoint === '10:30' ? at <= given.intradayAt : given.checkpoint === '18:00' && at > given.intradayAt),
  );
  const sum = (...businesses: readonly string[]) =>
    ofBatch
      .filter(({ business }) => businesses.includes(business))
      .reduce((total, { amountFen }) => total + BigInt(amountFen), 0n);
  return {
    trades: sum('JY'),
    riskPayable: sum('FK'),
    riskReturned: sum('FKTH'),
    corporate: sum('GX', 'FG'),
    fee: sum('ZF'),
    total: ofBatch.reduce((total, { amountFen }) => total + BigInt(amountFen), 0n),
    balance: BigInt(ofBatch.at(-1)?.balanceFen ?? balanceFen),
  };
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

async function recordDefault(sql: PoolClient, given: Checkpoint, missing: bigint): Promise<void> {
  const intraday = given.checkpoint === '10:30';
  await sql.query(
    `insert into settlement_defaults (channel, business_date, side, intraday_fen, end_of_day_fen, cause)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (channel, business_date, side) do update set end_of_day_fen = excluded.end_of_day_fen,
       covered_on = null, covered_at = null, days = null, penalty_fen = null, interest_fen = null`,
    [given.channel, given.businessDate, given.side, intraday ? missing : 0n, intraday ? 0n : missing, 'not yet found'],
  );
  await recordAudit(sql, {
    actor: 'southbound',
    action: intraday ? 'intraday default' : 'end-of-day default',
    outcome: 'done',
    objectType: 'settlement default',
    objectId: `${given.channel}:${given.businessDate}:${given.side}`,
    after: { missing: cnyText(larger(missing, 0n)) },
  });
  for (const role of ['operations', 'finance', 'compliance']) {
    await queueNotice(sql, {
      key: `default:${given.channel}:${given.businessDate}:${given.side}:${given.checkpoint}:${role}`,
      workflowId: given.workflowId,
      severity: 'critical',
      recipientRole: role,
      subject: {
        zh: intraday ? '日间交收违约' : '日终交收违约',
        en: intraday ? 'Intraday settlement default' : 'End-of-day settlement default',
      },
      text: {
        zh: `${given.businessDate} ${given.side === 'client' ? '客户' : '自营'}备付金账户在 ${given.checkpoint} 批次后缺口 ${cnyText(missing)} 元，请立即补足。`,
        en: `${given.businessDate}: the ${given.side} reserve account is short by CNY ${cnyText(missing)} after the ${given.checkpoint} batch. Cover it at once.`,
      },
    });
  }
}
