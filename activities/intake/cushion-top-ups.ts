/** Finance asks for a top-up of the cushion, or takes its wish back, also the one that the alarm asked for (A4 §28). */
import type { Pool } from 'pg';
import { BusinessError } from '../../domain/errors';
import { endTopUp } from '../cushion/end-top-up';
import { enterTopUp, lockTopUps, openTopUp } from '../cushion/enter-top-up';
import { inTransaction } from '../database/transaction';
import { businessDateNow } from '../people/standing';

interface ByFinance {
  /** Unique for ever: the same key is the same act. */
  readonly key: string;
  readonly by: string;
  readonly reason: string;
  readonly requestId: string;
}

/**
 * Asks for so much, to be ordered by one person of finance and approved by a second.
 * @param asked amount in fen, above zero
 * @throws BusinessError AMOUNT_NOT_POSITIVE, NOT_FOUND where the channel has no accounts, CUSHION_TOP_UP_PENDING
 */
export const askCushionTopUp = (
  pool: Pool,
  asked: ByFinance & { readonly channel: string; readonly amountFen: bigint },
): Promise<{ readonly topUpId: string }> =>
  inTransaction(pool, async (sql) => {
    const { channel, amountFen } = asked;
    if (amountFen <= 0n) throw new BusinessError('AMOUNT_NOT_POSITIVE', { field: 'amount' });
    await lockTopUps(sql, channel);
    const { rows: kept } = await sql.query<{ id: string }>(
      'select top_up_id::text as id from cushion_top_ups where request_key = $1',
      [asked.key],
    );
    if (kept[0] !== undefined) return { topUpId: kept[0].id };
    const { rowCount } = await sql.query(`select 1 from broker_accounts where channel = $1 and kind = 'bank'`, [
      channel,
    ]);
    if (rowCount !== 2) throw new BusinessError('NOT_FOUND', { what: '账户 account', key: channel });
    const open = await openTopUp(sql, channel);
    if (open !== undefined) throw new BusinessError('CUSHION_TOP_UP_PENDING', { topUp: open.id });
    const businessDate = await businessDateNow(sql);
    const topUpId = await enterTopUp(sql, { ...asked, businessDate, origin: 'finance', role: 'finance' });
    return { topUpId };
  });

/**
 * Nothing is to be raised any more; again it stays so.
 * @throws BusinessError NOT_FOUND, CUSHION_TOP_UP_UNDER_WAY where an order for it is approved
 */
export const withdrawCushionTopUp = (
  pool: Pool,
  act: Omit<ByFinance, 'key'> & { readonly topUpId: string },
): Promise<void> =>
  inTransaction(pool, async (sql) => {
    const { topUpId, by, reason, requestId } = act;
    const { rows } = await sql.query<{ channel: string; state: string }>(
      'select channel, state from cushion_top_ups where top_up_id = $1',
      [topUpId],
    );
    const [found] = rows;
    if (found === undefined)
      throw new BusinessError('NOT_FOUND', { what: '补足安全气垫 top-up of the cushion', key: topUpId });
    await lockTopUps(sql, found.channel);
    if (!(await endTopUp(sql, topUpId, by, { role: 'finance', reason, requestId })))
      throw new BusinessError('CUSHION_TOP_UP_UNDER_WAY', { topUp: topUpId });
  });
