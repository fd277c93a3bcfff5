/**
 * What stands elected beyond what can be elected, because shares left since: its holder is told while there is time, and what is left of it at the
 * close is listed (corporate-actions page, steps 2 and 4). Who may cut it is the clearing house's (docs/questions.md, question 51).
 */
import type { PoolClient } from 'pg';
import { businessDateOf, shanghaiTimeOf } from '../../domain/calendar/business-date';
import type { Side } from '../../domain/channel';
import { queueEach } from '../outbox/queue-notice';
import type { EventRow } from './event-row';
import { clearBreak, findBreak } from './find-break';

interface Exceeding {
  readonly account: string;
  readonly fund_account: string;
  readonly side: Side;
  readonly branch: string;
  /** Shares as text. */
  readonly elected: string;
  readonly electable: string;
}

/** Each once for the same figures. */
export async function tellExcess(sql: PoolClient, { eventId, eventNo, code, workflowId, clientCutAt }: EventRow) {
  if (clientCutAt === null) return;
  const { rows } = await sql.query<Exceeding>(
    `select securities_account as account, fund_account, side, branch, elected::text, electable::text from corporate_action_holders
      where event_id = $1 and excess > 0 order by 1`,
    [eventId],
  );
  const deadline = `${businessDateOf(clientCutAt)} ${shanghaiTimeOf(clientCutAt).slice(0, 5)}`;
  await queueEach(
    sql,
    rows.map(({ account, fund_account: fundAccount, side, branch, elected, electable }) => ({
      key: `election-excess:${eventId}:${account}:${elected}:${electable}`,
      workflowId,
      severity: 'warning',
      side,
      branch,
      recipientRef: `fund-account:${fundAccount}`,
      template: 'ELECTION_EXCESS',
      facts: { security: code, event: eventNo, elected, electable, deadline },
    })),
  );
}

const LISTED_AT_MOST = 20;

/** One break an event; answers its key while there is any. */
export async function askAboutExcess(sql: PoolClient, eventId: string): Promise<readonly string[]> {
  const { rows } = await sql.query<{ holders: number; excess: string | null; accounts: readonly string[] | null }>(
    `select count(*)::int as holders, sum(excess)::text as excess, (array_agg(securities_account order by securities_account))[1:$2] as accounts
       from corporate_action_holders where event_id = $1 and excess > 0`,
    [eventId, LISTED_AT_MOST],
  );
  const { holders, excess, accounts } = rows[0] ?? { holders: 0, excess: null, accounts: null };
  const found = { eventId, kind: 'tally', key: 'excess' } as const;
  if (holders === 0) {
    await clearBreak(sql, { ...found, reason: 'agrees' });
    return [];
  }
  const cause = '所作选择超过可申报数量 more stands elected than can be elected';
  await findBreak(sql, { ...found, facts: { cause, holders, excess, accounts } });
  return [found.key];
}
