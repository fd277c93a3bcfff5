/** An evening takes cancelled trades into account: what it posted with them is taken back once, and its steps are done again. */
import type { PoolClient } from 'pg';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { eveningSteps } from '../../domain/settlement/evening-steps';
import { BATCH_OF_STEP, withThoseAfter } from '../../domain/settlement/step-acts';
import { recordAudit } from '../audit/record-audit';
import { reverseBatchesOf } from '../ledger/reverse-batches';
import type { DayKey } from '../settlement/day-key';

/** Cancellations that count on the day and that its evening has not looked at. */
export const UNAPPLIED = `
  select c.cancellation_id, due_date_of(c.channel, c.settle_date) = $2 as is_due from trade_cancellations c
  where c.channel = $1 and c.state = 'approved' and c.effective_on <= $2 and due_date_of(c.channel, c.settle_date) >= $2
    and not exists (select 1 from trade_cancellation_rounds r where r.cancellation_id = c.cancellation_id and r.business_date = $2)`;

/** Answers the steps that are to be done again: all of them where a trade was cancelled since the last round. */
export async function applyCancellations(sql: PoolClient, day: DayKey): Promise<readonly string[]> {
  const { rows } = await sql.query<{ cancellation_id: bigint; is_due: boolean }>(`${UNAPPLIED} order by 1`, [
    day.channel,
    day.businessDate,
  ]);
  if (rows.length === 0) return [];
  const ids = rows.map(({ cancellation_id }) => cancellation_id);
  await sql.query(
    'insert into trade_cancellation_rounds (cancellation_id, business_date) select unnest($1::bigint[]), $2',
    [ids, day.businessDate],
  );
  const cause = `trades cancelled: ${ids.join(', ')}`;
  // Before it is due a trade is in no batch.
  const kinds = withThoseAfter('trades').flatMap((step) => BATCH_OF_STEP[step] ?? []);
  const reversed = rows.some(({ is_due }) => is_due) ? await reverseBatchesOf(sql, { ...day, kinds, cause }) : 0;
  await recordAudit(sql, {
    actor: SYSTEM_ACTOR,
    action: 'take cancelled trades into account',
    outcome: 'done',
    objectType: 'settlement day',
    objectId: `${day.channel}:${day.businessDate}`,
    reason: cause,
    after: { reversed },
  });
  return eveningSteps.map(({ step }) => step);
}
