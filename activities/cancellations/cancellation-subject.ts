/**
 * The cancellation of a trade as what an approval decides about. With the approval the trade counts no more: due money, frozen money and risk money are
 * asked of the books again, open evenings take back what they posted with it, and files that contradicted it are compared anew.
 */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import { recordVerdict } from '../files/file-verdict';
import { queueSignal } from '../outbox/queue-message';
import { lockDueDates } from '../postponements/due-dates';
import type { SubjectKind } from '../tasks/subject-kind';
import { refusalsOfTrade, standingTrade, type StandingTrade } from './standing-trade';

/** @throws BusinessError NOT_FOUND, CHANGE_NOT_OPEN; TRADE_NOT_CLEARED, TRADE_SETTLEMENT_CLOSED where that has become so before somebody decided */
export const tradeCancellationSubject: SubjectKind = {
  lock: async (sql, id) => {
    const { rows } = await sql.query<{ state: string }>(
      `select state, channel, trade_date::text as "tradeDate", trade_no as "tradeNo", settle_date::text as "settleDate", notice, made_by
         from trade_cancellations where cancellation_id = $1 for update`,
      [id],
    );
    const [row] = rows;
    if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '成交撤销 trade cancellation', key: id });
    const { state, ...content } = row;
    return { state, revision: 1, content };
  },
  end: async (sql, id, end, { state, content }) => {
    if (state !== 'awaiting approval') throw new BusinessError('CHANGE_NOT_OPEN', { change: id, state });
    if (end.state !== 'approved') {
      // What nobody waits for any more was never in force: it is recalled.
      await sql.query('update trade_cancellations set state = $2 where cancellation_id = $1', [
        id,
        end.state === 'withdrawn' ? 'recalled' : end.state,
      ]);
      return;
    }
    const key = {
      channel: String(content['channel']),
      tradeDate: String(content['tradeDate']),
      tradeNo: String(content['tradeNo']),
    };
    const trade = await lockedTrade(sql, key);
    await sql.query(
      `update trade_cancellations set state = 'approved', approved_by = $2, approved_for = $3, approved_at = $4, effective_on = $5,
              after_batch = (select coalesce(max(batch_id), 0) from batches) where cancellation_id = $1`,
      [id, end.by, end.onBehalfOf ?? null, end.at, trade.effectiveOn],
    );
    await tellOpenDays(sql, id, { channel: key.channel, ...trade });
  },
};

/** Nobody posts what is due with the trade, and none of its days closes, until the transaction ends. */
async function lockedTrade(sql: PoolClient, key: Parameters<typeof standingTrade>[1]): Promise<StandingTrade> {
  const before = await standingTrade(sql, key);
  if (before !== undefined) await lockDueDates(sql, { channel: key.channel, businessDate: before.due });
  await sql.query(
    `select 1 from settlement_days where channel = $1 and business_date >= $2 and closed_at is null order by business_date for update`,
    [key.channel, key.tradeDate],
  );
  const trade = await standingTrade(sql, key);
  const [refusal] = refusalsOfTrade(key, trade);
  if (refusal !== undefined || trade === undefined) throw refusal ?? new RangeError('no trade');
  return trade;
}

/** Days until the trade settles that are open: what contradicted it is compared again, and each looks again. */
async function tellOpenDays(
  sql: PoolClient,
  id: string,
  { channel, effectiveOn, due }: StandingTrade & { readonly channel: string },
): Promise<void> {
  const { rows: days } = await sql.query<{ business_date: string; workflow_id: string }>(
    `select business_date::text, workflow_id from settlement_days
     where channel = $1 and business_date between $2 and $3 and closed_at is null order by business_date`,
    [channel, effectiveOn, due],
  );
  for (const day of days) {
    await takeBackContradicted(sql, { channel, businessDate: day.business_date });
    await queueSignal(sql, {
      key: `trade-cancelled:${id}:${day.business_date}`,
      workflowId: day.workflow_id,
      signal: 'filesArrived',
    });
  }
}

/** A summary that was refused because it lacked the trade is right now, or refused again by the next round. */
async function takeBackContradicted(
  sql: PoolClient,
  day: { readonly channel: string; readonly businessDate: string },
): Promise<void> {
  const { rows } = await sql.query<{ file_id: bigint }>(
    `select file_id from file_verdicts v
     where channel = $1 and business_date = $2 and kind = 'hk_zjhz' and state = 'refused' and cause like '%against another file'
       and not exists (select 1 from files_in_force f where f.channel = $1 and f.business_date = $2 and f.kind = 'hk_zjhz')
     order by version desc limit 1`,
    [day.channel, day.businessDate],
  );
  for (const { file_id } of rows)
    await recordVerdict(sql, file_id, { state: 'accepted', cause: 'compared again: a trade was cancelled' });
}
