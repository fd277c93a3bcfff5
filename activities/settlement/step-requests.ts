/** What people asked of the steps of an evening, as its process reads it and its rounds do it. */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import { BATCH_OF_STEP, withThoseAfter, type StepAct } from '../../domain/settlement/step-acts';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { byReference } from '../intake/typed-texts';
import { reverseBatchesOf } from '../ledger/reverse-batches';
import type { DayKey } from './day-key';

export interface AskedOfStep {
  readonly step: string;
  readonly act: StepAct;
  /** Reference to the words. */
  readonly reason: string;
  readonly madeBy: string;
}

/** @throws BusinessError NOT_FOUND */
export const readStepRequest =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ stepRequestId }: { readonly stepRequestId: string }): Promise<AskedOfStep> =>
    inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<AskedOfStep>(
        'select step, act, reason, made_by as "madeBy" from step_requests where request_id = $1',
        [stepRequestId],
      );
      const [found] = rows;
      if (found === undefined)
        throw new BusinessError('NOT_FOUND', { what: '步骤申请 step request', key: stepRequestId });
      return { ...found, reason: await byReference(sql, `step-request:${stepRequestId}`, 'reason', found.reason) };
    });

export interface DoneByHand {
  /** Step to what holds it, in words. */
  readonly held: Readonly<Record<string, string>>;
  /** Steps that are to be done again. */
  readonly redo: readonly string[];
}

/** Does what was approved since the last round - what a repeated or aborted step posted is taken back - and answers what is held by hand. */
export async function applyStepRequests(sql: PoolClient, day: DayKey): Promise<DoneByHand> {
  const { rows } = await sql.query<{ request_id: bigint; step: string; act: StepAct; applied: boolean }>(
    `select request_id, step, act, applied_at is not null as applied from step_requests
     where channel = $1 and business_date = $2 and state = 'approved' order by request_id`,
    [day.channel, day.businessDate],
  );
  const held = new Map<string, string>();
  const redo = new Set<string>();
  for (const { request_id, step, act, applied } of rows) {
    held.delete(step);
    if (act !== 'repeat') held.set(step, act === 'hold' ? `held by hand (${request_id})` : `aborted (${request_id})`);
    if (applied) continue;
    const again = withThoseAfter(step);
    const kinds = again.flatMap((one) => BATCH_OF_STEP[one] ?? []);
    const cause = `step ${step}: ${act} by hand, request ${request_id}`;
    const reversed = act === 'hold' ? 0 : await reverseBatchesOf(sql, { ...day, kinds, cause });
    if (act !== 'hold') for (const one of again) redo.add(one);
    await sql.query('update step_requests set applied_at = business_now() where request_id = $1', [request_id]);
    await recordAudit(sql, {
      actor: SYSTEM_ACTOR,
      action: `${act} step`,
      outcome: 'done',
      objectType: 'settlement day',
      objectId: `${day.channel}:${day.businessDate}`,
      after: { step, stepRequest: String(request_id), reversed },
    });
  }
  return { held: Object.fromEntries(held), redo: [...redo] };
}
