/**
 * Drafts an order to move money, made by one person and waiting for a second (A4 §27; A1 §27). Where money goes is not
 * chosen by anybody: it follows from kind and side, and other destinations do not exist (A4 §8).
 */
import type { PoolClient } from 'pg';
import type { Side } from '../../domain/channel';
import { BusinessError } from '../../domain/errors';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import type { DayKey } from '../settlement/day-key';

export type OrderKind = 'FUND' | 'DRAW_BACK' | 'COMMISSION' | 'COMPENSATION' | 'CUSHION';

export interface DraftedOrder {
  readonly orderId: string;
  /** Survives retries and re-runs; bank and CCNET execute one order a key. */
  readonly orderKey: string;
  readonly kind: OrderKind;
  readonly revision: number;
  readonly amountFen: string;
  readonly fromAccount: string;
  readonly toAccount: string;
}

/** By a changed plan or whoever made it: without a decision that could be asked for again. */
const TAKEN_BACK: readonly string[] = ['withdrawn', 'recalled'];

interface Route {
  readonly from: readonly [kind: 'reserve' | 'bank', side: Side];
  readonly to: readonly [kind: 'reserve' | 'bank', side: Side];
}

const routeOf = (kind: OrderKind, side: Side): Route => {
  switch (kind) {
    case 'FUND':
      return { from: ['bank', side], to: ['reserve', side] };
    case 'DRAW_BACK':
      return { from: ['reserve', side], to: ['bank', side] };
    case 'COMMISSION':
      return { from: ['bank', 'client'], to: ['bank', 'proprietary'] };
    case 'COMPENSATION':
    case 'CUSHION':
      return { from: ['bank', 'proprietary'], to: ['bank', 'client'] };
  }
};

/** An order as its process asks for it, which may have asked under its number before: a changed plan, a day that was started again. */
export interface DraftAnswer extends DraftedOrder {
  /** It was taken back then: nobody can approve it, the next number is free. */
  readonly isTakenBack?: true;
}

/** What is paid from where to where, and who asks for it. */
interface AskedOrder extends DayKey {
  readonly side: Side;
  readonly kind: OrderKind;
  readonly attempt: number;
  /** What a compensation or a top-up of the cushion pays for. */
  readonly caseKey?: string;
  readonly amountFen: string;
  readonly figureId?: string;
  readonly madeBy: string;
  /** Principal for whom the maker acted. */
  readonly madeFor?: string;
  readonly requestId?: string;
}

/** @param attempt 1 for the first order of its kind and side on the day; the next after a refusal, a recall or a changed plan */
export const draftOrder =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (given: AskedOrder): Promise<DraftAnswer> =>
    inTransaction(pool, async (sql) => {
      const { channel, businessDate, side, kind, attempt } = given;
      const route = routeOf(kind, side);
      const fromAccount = await accountOf(sql, channel, route.from);
      const toAccount = await accountOf(sql, channel, route.to);
      const ofCase = given.caseKey === undefined ? '' : `${given.caseKey}:`;
      const orderKey = `${kind.toLowerCase()}:${channel}:${businessDate}:${side}:${ofCase}${attempt}`;
      await enterOrder(sql, given, { orderKey, fromAccount, toAccount });
      const { rows } = await sql.query<{ order_id: bigint; amount_fen: bigint; made_by: string; state: string }>(
        'select order_id, amount_fen, made_by, state from orders where business_key = $1',
        [orderKey],
      );
      const [order] = rows;
      if (order === undefined || String(order.amount_fen) !== given.amountFen || order.made_by !== given.madeBy) {
        throw new BusinessError('BATCH_CONTENT_DIFFERS', { key: orderKey });
      }
      return {
        orderId: String(order.order_id),
        orderKey,
        kind,
        revision: attempt,
        amountFen: given.amountFen,
        fromAccount,
        toAccount,
        ...(TAKEN_BACK.includes(order.state) ? { isTakenBack: true as const } : {}),
      };
    });

/** @throws BusinessError NOT_FOUND */
async function accountOf(sql: PoolClient, channel: string, [kind, side]: Route['from']): Promise<string> {
  const { rows } = await sql.query<{ account: string }>(
    'select account from broker_accounts where channel = $1 and kind = $2 and side = $3',
    [channel, kind, side],
  );
  const [found] = rows;
  if (found === undefined) throw new BusinessError('NOT_FOUND', { what: '账户 account', key: `${kind} ${side}` });
  return found.account;
}

/** Once under its number, with its audit row. */
async function enterOrder(
  sql: PoolClient,
  given: AskedOrder,
  at: { readonly orderKey: string; readonly fromAccount: string; readonly toAccount: string },
): Promise<void> {
  const { channel, businessDate, side, kind, attempt, figureId, amountFen, madeBy, madeFor, caseKey } = given;
  const { orderKey, fromAccount, toAccount } = at;
  const { rowCount } = await sql.query(
    `insert into orders (business_key, channel, business_date, side, kind, revision, figure_id, amount_fen, from_account, to_account, state, made_by, made_for,
                         case_key)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'awaiting approval', $11, $12, $13) on conflict (business_key) do nothing`,
    [
      ...[orderKey, channel, businessDate, side, kind, attempt, figureId ?? null, amountFen],
      ...[fromAccount, toAccount, madeBy, madeFor ?? null, caseKey ?? null],
    ],
  );
  if (rowCount === 0) return;
  await recordAudit(sql, {
    actor: madeBy,
    onBehalfOf: madeFor,
    action: `draft order ${kind}`,
    outcome: 'done',
    objectType: 'order',
    objectId: orderKey,
    after: { amountFen, fromAccount, toAccount },
    ...(given.requestId === undefined ? {} : { requestId: given.requestId }),
  });
}
