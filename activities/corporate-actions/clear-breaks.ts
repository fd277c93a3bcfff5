/**
 * People looked at what does not agree and left it as it stands, with a reason; what was found or moved since is asked about anew. What clients
 * elected or are entitled to is left by two people, and the clients are told.
 */
import type { PoolClient } from 'pg';
import type { Words } from '../../domain/messages/words';
import { recordAudit } from '../audit/record-audit';
import { streamBetweenWrites } from '../bulk/stream-rows';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { queueNotices } from '../outbox/queue-notice';
import { isAwaited } from './awaited';
import { DIFFERING } from './compare-credits';
import { readEvent, type EventKey, type EventRow } from './event-row';
import { OVERDUE } from './owed-by-event';
import { TALLY_KEY, TALLY_LINES } from './reconcile-elections';

/** SQL on a break `b`: it is about what clients elected, or what any holder is entitled to. */
export const OF_CLIENTS = `(b.kind = 'entitlement' or b.kind = 'tally' and b.facts ->> 'side' is distinct from 'proprietary')`;

export interface ClearedBreaks {
  readonly cleared: number;
  /** What had not come is not waited for any more. */
  readonly leavesCredit?: boolean;
  /** Found or moved since what was answered for was shown; none in histories of before it was counted. */
  readonly open?: number;
}

interface Cleared {
  readonly kind: string;
  readonly key: string;
  readonly stateNo: bigint;
}

export const clearBreaks =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({
    by,
    approvedBy,
    reason,
    asOf,
    ...key
  }: EventKey & {
    readonly by: string;
    /** The second person, where one is needed. */
    readonly approvedBy?: string;
    readonly reason: string;
    /** `breaksAsOf` when they were shown; left away by processes of before it was. */
    readonly asOf?: string;
  }): Promise<ClearedBreaks> =>
    inTransaction(pool, async (sql) => {
      const event = await readEvent(sql, key);
      const { eventId, eventNo } = event;
      const { rows, rowCount } = await sql.query<Cleared>(
        `update corporate_action_breaks set cleared_at = business_now(), cleared_by = $2, reason = $3, approved_by = $5
          where event_id = $1 and cleared_at is null and state_no <= coalesce($4::bigint, state_no)
         returning kind, break_key as key, state_no as "stateNo"`,
        [eventId, by, reason, asOf ?? null, approvedBy ?? null],
      );
      await tellClients(sql, event, rows);
      await leave(sql, event, rows);
      const { rows: left } = await sql.query<{ open: number }>(
        'select count(*)::int as open from corporate_action_breaks where event_id = $1 and cleared_at is null',
        [eventId],
      );
      await recordAudit(sql, {
        actor: by,
        action: 'clear breaks of a corporate action',
        outcome: 'done',
        objectType: 'corporate action',
        objectId: eventNo,
        reason,
        after: { cleared: rowCount ?? 0, ...(approvedBy === undefined ? {} : { approvedBy }) },
      });
      return { cleared: rowCount ?? 0, leavesCredit: isOverdue(rows), open: left[0]?.open ?? 0 };
    });

const isOverdue = (cleared: readonly Cleared[]): boolean => cleared.some(({ key }) => key === OVERDUE);

/** SQL on an entitlement and on a conversion: left with the breaks that were cleared; what was not shown goes with no other. */
const entitlementsLeft = ({ kind }: EventRow): string =>
  `event_id = $1 and ($3 and state = 'differs' or $2 and state = 'computed' and ${isAwaited(kind)})`;
const CONVERSIONS_LEFT = `event_id = $1 and (state = 'differs' and 'converted ' || leg = any($3::text[]) or $2 and state = 'computed')`;

/** What was left counts as settled: the event may end with it. So does what did not come, where people were asked about it. */
async function leave(sql: PoolClient, event: EventRow, cleared: readonly Cleared[]): Promise<void> {
  const keys = cleared.map(({ key }) => key);
  await sql.query(`update corporate_action_entitlements set state = 'left' where ${entitlementsLeft(event)}`, [
    event.eventId,
    isOverdue(cleared),
    keys.includes(DIFFERING),
  ]);
  await sql.query(`update split_conversions set state = 'left' where ${CONVERSIONS_LEFT}`, [
    event.eventId,
    isOverdue(cleared),
    keys,
  ]);
}

/** Before it is left: clients whose entitlement, or whose election, it is. */
async function tellClients(sql: PoolClient, event: EventRow, cleared: readonly Cleared[]): Promise<void> {
  const { eventId } = event;
  const keysOf = (kind: string) => cleared.filter((one) => one.kind === kind).map(({ key }) => key);
  const [entitled, tallied] = [keysOf('entitlement'), keysOf('tally')];
  const newest = cleared.reduce((no, one) => (one.stateNo > no ? one.stateNo : no), 0n);
  if (entitled.length > 0) {
    await tell(sql, event, { newest, what: WHAT.entitlement }, [
      `select securities_account as account from corporate_action_entitlements where side = 'client' and ${entitlementsLeft(event)} order by 1`,
      [eventId, isOverdue(cleared), entitled.includes(DIFFERING)],
    ]);
    await tell(sql, event, { newest, what: WHAT.entitlement }, [
      `select distinct securities_account as account from split_conversions where side = 'client' and ${CONVERSIONS_LEFT} order by 1`,
      [eventId, isOverdue(cleared), entitled],
    ]);
  }
  if (tallied.length > 0)
    await tell(sql, event, { newest, what: WHAT.tally }, [
      `${TALLY_LINES} select distinct securities_account as account from lines
        where side = 'client' and ${TALLY_KEY} = any($2) and (held <> submitted or held <> acknowledged) order by 1`,
      [eventId, tallied],
    ]);
}

const WHAT = {
  entitlement: {
    zh: '您的权益与到账不符或尚未到账。',
    en: 'What you are entitled to and what was credited to you differ, or it has not come.',
  },
  tally: {
    zh: '您的选择与中国结算确认的不一致。',
    en: 'What you elected and what the clearing house acknowledged differ.',
  },
} as const satisfies Readonly<Record<string, Words>>;

/** Page by page, whatever their number. */
async function tell(
  sql: PoolClient,
  { eventId, eventNo, workflowId }: EventRow,
  { newest, what }: { readonly newest: bigint; readonly what: Words },
  [accounts, values]: readonly [text: string, values: readonly unknown[]],
): Promise<void> {
  const whom = `with concerned as (${accounts})
    select account, c.fund_account as fund, c.branch from concerned join clients c on c.securities_account = account order by 1`;
  const pages = streamBetweenWrites<{ readonly account: string; readonly fund: string; readonly branch: string }>(
    sql,
    whom,
    values,
  );
  for await (const page of pages) {
    await queueNotices(
      sql,
      {
        workflowId,
        severity: 'warning',
        side: 'client',
        template: 'LEFT_AS_IT_STANDS',
        facts: { event: eventNo, what },
      },
      page.map(({ account, fund, branch }) => ({
        key: `left-as-it-stands:${eventId}:${account}:${newest}`,
        ref: `fund-account:${fund}`,
        branch,
      })),
    );
  }
}
