/** What the process of a closing does: checks against the books, lets it lapse, records that the permission is closed (A2 §12). */
import type { PoolClient } from 'pg';
import { businessDateOf, type BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import type { ClosingBlocker } from '../../domain/permissions/closing-blockers';
import { withdrawCallbacks } from '../callbacks/withdraw-callbacks';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { queueNotice } from '../outbox/queue-notice';
import { actOnRequest, type Done } from './act-on-request';
import { requireNoChangeAtCounter } from './change-row';
import { checkClosingFacts, type ClosingFound, type CounterDay } from './closing-facts';
import { loadCounterTerms } from './counter-terms';
import { ownAct, type OfRequest } from './follow-request';
import { lockRequest, type PermissionRequest, type RequestState } from './request-row';

/**
 * Checks the books and the counter, once for each `nth`: with nothing in the way the counter is next; where something is and the client
 * waits, the request stands until the next evening; otherwise it ends.
 * @throws Error where the counter does not answer, or is being told of a change; the verb is repeated
 */
export const checkClosing =
  ({ pool, counter }: Pick<Dependencies, 'pool' | 'counter'>) =>
  async ({ requestNo, nth }: OfRequest & { readonly nth: string }): Promise<RequestState> => {
    const asked = await inTransaction(pool, async (sql) => {
      const { clientNo, state } = await lockRequest(sql, requestNo);
      return { state, accounts: await fundAccountsOf(sql, clientNo) };
    });
    if (asked.state !== 'under way') return asked.state;
    const day = await dayAtCounter(counter, asked.accounts);
    return actOnRequest<RequestState>(
      pool,
      ownAct(requestNo, `check:${nth}`),
      'check closing',
      async (sql, request) => {
        if (request.state !== 'under way' || request.step !== 'blockers') return { answer: request.state, idle: true };
        return judged(sql, request, await factsOf(sql, request, day));
      },
    );
  };

async function dayAtCounter(counter: Dependencies['counter'], accounts: readonly string[]): Promise<CounterDay> {
  const days = await Promise.all(accounts.map((account) => counter.askDay(account)));
  return {
    hasTradedToday: days.some(({ tradedToday }) => tradedToday),
    hasLiveOrder: days.some(({ liveOrder }) => liveOrder),
  };
}

export async function fundAccountsOf(sql: Pick<PoolClient, 'query'>, clientNo: string): Promise<readonly string[]> {
  const { rows } = await sql.query<{ fund_account: string }>(
    'select fund_account from client_fund_accounts where client_no = $1 order by fund_account',
    [clientNo],
  );
  return rows.map(({ fund_account }) => fund_account);
}

async function factsOf(sql: PoolClient, request: PermissionRequest, counter: CounterDay): Promise<ClosingFound> {
  const { clientNo, permission, requestedAt, workflowId } = request;
  const terms = await loadCounterTerms(sql, permission, businessDateOf(requestedAt));
  const { rows } = await sql.query(
    `select from archive_entries e join archive_reviews r using (entry_id)
      where e.workflow_id = $1 and e.kind = $2 and r.outcome = 'legible' limit 1`,
    [workflowId, terms.holdingsDocument],
  );
  return checkClosingFacts(sql, {
    clientNo,
    today: request.today as BusinessDate,
    channels: request.terms.clearingChannels,
    areHoldingsConfirmed: rows.length > 0,
    counter,
    tradedBefore: await tradedBefore(sql, request),
  });
}

/** Days on which the counter told of a trade when the request was checked: what it says of a day, it says on that day only. */
async function tradedBefore(
  sql: PoolClient,
  { requestNo, today }: PermissionRequest,
): Promise<readonly BusinessDate[]> {
  const { rows } = await sql.query<{ day: BusinessDate }>(
    `select distinct detail ->> 'checkedOn' as day from permission_steps
      where request_no = $1 and act in ('check closing', 'close permission') and 'TRADED_TODAY' = any(codes) and detail ->> 'checkedOn' < $2 order by 1`,
    [requestNo, today],
  );
  return rows.map(({ day }) => day);
}

async function judged(sql: PoolClient, request: PermissionRequest, found: ClosingFound): Promise<Done<RequestState>> {
  const { blockers, conditions, mayCloseNow, firstDate } = found;
  const codes = [...blockers.map(({ code }) => code), ...conditions];
  const detail = { checkedOn: request.today, firstDate, firstDates: firstDatesOf(blockers) };
  if (mayCloseNow) {
    await requireNoChangeAtCounter(sql, request);
    return { answer: 'closing', detail: { checkedOn: request.today }, next: { step: 'counter', state: 'closing' } };
  }
  const { rows } = await sql.query<{ waits: boolean }>('select waits from permission_closings where request_no = $1', [
    request.requestNo,
  ]);
  const failed = { codes, detail, outcome: 'failed' as const };
  if (blockers.length > 0 && rows[0]?.waits !== true) {
    await tell(sql, request, 'PERMISSION_CLOSING_REFUSED', { date: firstDate });
    return { ...failed, answer: 'refused', next: { step: 'ended', state: 'refused', cause: 'blockers' } };
  }
  // Shares that were bought since: a paper is lacking now. An election is answered elsewhere, and looked at again with the next evening.
  const lacksPaper = conditions.includes('HOLDINGS_NOT_CONFIRMED');
  return { ...failed, answer: 'under way', next: { step: lacksPaper ? 'documents' : 'blockers' } };
}

/** First date of each blocker, by its code. */
export const firstDatesOf = (blockers: readonly ClosingBlocker[]): Readonly<Record<string, string>> =>
  Object.fromEntries(blockers.map(({ code, firstDate }) => [code, firstDate]));

const tell = (sql: PoolClient, request: PermissionRequest, template: string, facts: Readonly<Record<string, string>>) =>
  queueNotice(sql, {
    key: `${template.toLowerCase().replaceAll('_', '-')}:${request.requestNo}`,
    workflowId: request.workflowId,
    severity: 'info',
    recipientRef: request.clientNo,
    template,
    facts: { permission: { zh: request.terms.nameZh, en: request.terms.nameEn }, request: request.requestNo, ...facts },
  });

/** Nothing was left in the way in time, or the paper did not come: the request ends, and the permission stays open. */
export const lapseClosing =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ requestNo }: OfRequest): Promise<RequestState> =>
    actOnRequest<RequestState>(pool, ownAct(requestNo, 'lapse'), 'lapse request', async (sql, request) => {
      if (request.state !== 'under way' || request.now < request.lapsesAt) return { answer: request.state, idle: true };
      await tell(sql, request, 'PERMISSION_CLOSING_LAPSED', {});
      return {
        answer: 'lapsed',
        detail: { lapsesAt: request.lapsesAt },
        next: { step: 'ended', state: 'lapsed', cause: 'lapsed' },
      };
    });

/**
 * The counter has taken it: nothing new can be ordered, so what it says now is the last word. Hours may have passed since the check, and what
 * was ordered in between stands in the way as it would have then: answers `closing`, and the block is to be taken back. With nothing in the way
 * the permission ends, its commission and its callback with it, and the client is told. Once for each `nth`.
 * @throws Error where the counter does not answer; the verb is repeated
 */
export const recordClosed =
  ({ pool, counter }: Pick<Dependencies, 'pool' | 'counter'>) =>
  async ({ requestNo, nth }: OfRequest & { readonly nth: string }): Promise<RequestState> => {
    const accounts = await inTransaction(pool, async (sql) =>
      fundAccountsOf(sql, (await lockRequest(sql, requestNo)).clientNo),
    );
    const day = await dayAtCounter(counter, accounts);
    const act = ownAct(requestNo, `record closed:${nth}`);
    return actOnRequest<RequestState>(pool, act, 'close permission', async (sql, request) => {
      const { clientNo, permission, today } = request;
      const { blockers, conditions, mayCloseNow, firstDate } = await factsOf(sql, request, day);
      if (!mayCloseNow) {
        const codes = [...blockers.map(({ code }) => code), ...conditions];
        const detail = { checkedOn: today, firstDate, firstDates: firstDatesOf(blockers) };
        return { answer: 'closing', outcome: 'failed', codes, detail };
      }
      const { rows } = await sql.query<{ request_no: string }>(
        `update permissions set closed_at = business_now() where client_no = $1 and permission = $2 and closed_at is null returning request_no`,
        [clientNo, permission],
      );
      const [closed] = rows;
      if (closed === undefined) throw new BusinessError('PERMISSION_NOT_OPEN', { client: clientNo, permission });
      await sql.query(
        `update permission_commissions set valid_to = business_now()
          where client_no = $1 and permission = $2 and valid_to is null and valid_from < business_now()`,
        [clientNo, permission],
      );
      await withdrawCallbacks(sql, closed.request_no, `closed by request ${requestNo}`);
      await tell(sql, request, 'PERMISSION_CLOSED', {});
      return { answer: 'filing', detail: { opened: closed.request_no }, next: { step: 'filing', state: 'filing' } };
    });
  };

/** The counter has taken the block back: the request is under way again, and checked at once as it was before. */
export const reopenClosing =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ requestNo, nth }: OfRequest & { readonly nth: string }): Promise<RequestState> =>
    actOnRequest<RequestState>(pool, ownAct(requestNo, `take back:${nth}`), 'take back closing', () =>
      Promise.resolve({ answer: 'under way', next: { step: 'blockers', state: 'under way' } }),
    );
