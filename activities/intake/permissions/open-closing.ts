/**
 * A client closes a permission at the counter (A2 §12). What the books say stands in the way is told at once, each with the first date
 * on which it can be gone; on the client's wish the request is entered all the same, and waits.
 */
import type { Pool, PoolClient } from 'pg';
import type { BusinessDate } from '../../../domain/calendar/business-date';
import type { Channel } from '../../../domain/channel';
import { BusinessError, SeveralRefusals } from '../../../domain/errors';
import type { Words } from '../../../domain/messages/words';
import { inTransaction } from '../../database/transaction';
import { givePromise } from '../../deadlines/open-deadline';
import { checkClosingFacts } from '../../permissions/closing-facts';
import { loadCounterTerms } from '../../permissions/counter-terms';
import { closingLimit, closingPromiseKey } from '../../permissions/closing-promise';
import { enteredBefore, enterRequest, lockAsking, type Asking, type OpenedRequest } from './enter-request';

export type AskedClosing = Omit<Asking, 'channel'> & {
  readonly waits: boolean;
  /** Branches whose clients the caller serves; null: all. */
  readonly branches: readonly string[] | null;
};

/**
 * Enters the request and starts its process.
 * @throws BusinessError NOT_FOUND, PERMISSION_NOT_OPEN; where the client does not wait TRADED_TODAY, LIVE_ORDER_TODAY,
 *   TRADE_NOT_DELIVERED, SALE_MONEY_NOT_SETTLED, EARLIER_DAY_NOT_CLEARED; all that apply
 */
export const openClosing = (pool: Pool, asked: AskedClosing): Promise<OpenedRequest> =>
  inTransaction(pool, async (sql) => {
    await lockAsking(sql, asked);
    const client = await clientOf(sql, asked);
    const before = await enteredBefore(sql, { ...asked, kind: 'closing' });
    if (before !== undefined) return { requestNo: before, isNew: false };
    const { permission, clientNo, waits } = asked;
    if (client.termsFrom === null) throw new BusinessError('PERMISSION_NOT_OPEN', { client: clientNo, permission });
    const terms = await loadCounterTerms(sql, permission, client.today);
    const found = await checkClosingFacts(sql, {
      clientNo,
      today: client.today,
      channels: client.channels,
      // Papers are filed with the request: what is only to be confirmed does not keep it away.
      areHoldingsConfirmed: true,
      counter: { hasTradedToday: false, hasLiveOrder: false },
      tradedBefore: [],
    });
    const [first, ...others] = found.blockers.map(({ code, firstDate }) => new BusinessError(code, { firstDate }));
    if (!waits && first !== undefined) throw new SeveralRefusals([first, ...others]);
    const entered = await enterRequest(sql, {
      ...asked,
      channel: 'branch',
      kind: 'closing',
      step: 'documents',
      termsFrom: client.termsFrom,
      name: client.name,
      today: client.today,
      branch: client.branch,
      lapsesAt: { days: terms.closingDays },
      detail: { waits, blockers: found.blockers, conditions: found.conditions, holdsShares: found.holdsShares },
    });
    await sql.query('insert into permission_closings (request_no, waits) values ($1, $2)', [entered.requestNo, waits]);
    await promise(sql, entered.requestNo, client, terms.closingDays);
    return entered;
  });

interface ClosingClient {
  readonly today: BusinessDate;
  readonly now: string;
  readonly branch: string;
  /** Of the permission that is open; null where it is not. */
  readonly termsFrom: string | null;
  readonly name: Words;
  /** In whose books trades of the permission settle. */
  readonly channels: readonly Channel[];
}

async function clientOf(sql: PoolClient, { clientNo, permission, branches }: AskedClosing): Promise<ClosingClient> {
  const { rows } = await sql.query<ClosingClient>(
    `select (business_now() at time zone 'Asia/Shanghai')::date as today, business_now() as now, c.branch, r.terms_from as "termsFrom",
            jsonb_build_object('zh', t.name_zh, 'en', t.name_en) as name, t.clearing_channels as channels
       from registered_clients c
       left join permissions p on p.client_no = c.client_no and p.permission = $2 and p.closed_at is null
       left join permission_requests r on r.request_no = p.request_no
       left join permission_types t on t.permission = r.permission and t.valid_from = r.terms_from
      where c.client_no = $1 and ($3::text[] is null or c.branch = any($3))`,
    [clientNo, permission, branches],
  );
  const [client] = rows;
  if (client === undefined) throw new BusinessError('NOT_FOUND', { what: '客户 client', key: clientNo });
  return client;
}

/** The promise is given with the request, so that the request says from the beginning when it lapses. */
async function promise(sql: PoolClient, requestNo: string, client: ClosingClient, days: number): Promise<void> {
  const { rows } = await sql.query<{ workflow_id: string }>(
    'select workflow_id from permission_requests where request_no = $1',
    [requestNo],
  );
  const { dueAt } = await givePromise(sql, {
    businessKey: closingPromiseKey(requestNo),
    workflowId: rows[0]?.workflow_id ?? '',
    process: 'permissionClosing',
    step: 'close',
    subject: requestNo,
    side: 'client',
    branch: client.branch,
    owner: { role: 'branch' },
    ladder: 'PERMISSION_CLOSING',
    limit: closingLimit(days),
    receivedAt: client.now,
  });
  await sql.query('update permission_requests set lapses_at = $2 where request_no = $1', [requestNo, dueAt]);
}
