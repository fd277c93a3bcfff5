/**
 * Drafts of an event that nobody approved in time, or that its change or a newer word of the holder overtook: they lapse. The client of a telephone
 * election is told that nothing stands of it, and the process that asks for the approval takes its task off the list.
 */
import type { PoolClient } from 'pg';
import type { Words } from '../../domain/messages/words';
import { queueSignals } from '../outbox/queue-message';
import { queueEach } from '../outbox/queue-notice';

/** What the client reads of it. */
export const LAPSED_BECAUSE = {
  deadline: {
    zh: '截止前未完成复核。未选择的股份按默认选项处理。',
    en: 'It was not approved before the deadline: what you have not elected otherwise gets the default option.',
  },
  changed: {
    zh: '条款已变更，请按新条款重新选择。',
    en: 'The terms have changed: please elect again by the new ones.',
  },
  newer: {
    zh: '您其后已另行选择，以最新的选择为准。',
    en: 'You have elected on it since: the newest election stands.',
  },
  left: {
    zh: '您其后已选择按默认选项处理，以最新的指示为准。',
    en: 'You have left it to the default option since: the newest instruction stands.',
  },
  cancelled: { zh: '该公司行为已取消。', en: 'The corporate action is cancelled.' },
} as const satisfies Readonly<Record<string, Words>>;

/** All that wait for approval in an event, or of one of its holders. Whoever calls holds the door of the event. */
export async function lapseTelephoned(
  sql: PoolClient,
  { eventId, account }: { readonly eventId: string; readonly account?: string },
  why: Words,
): Promise<void> {
  const { rows } = await sql.query<{ telephone_no: string }>(
    `update telephone_elections set state = 'lapsed', decided_at = business_now()
      where event_id = $1 and state = 'asked' and ($2::text is null or securities_account = $2) returning telephone_no::text`,
    [eventId, account ?? null],
  );
  if (rows.length === 0) return;
  await tellLapsed(
    sql,
    rows.map(({ telephone_no: no }) => no),
    why,
  );
}

/** With a newer version: what was drafted on the one before, by telephone or for another deadline, can be approved no more. */
export async function lapseDrafts(
  sql: PoolClient,
  { eventId, version, why }: { readonly eventId: string; readonly version: number; readonly why: Words },
): Promise<void> {
  await lapseTelephoned(sql, { eventId }, why);
  const { rows } = await sql.query<{ change_id: string }>(
    `update election_cut_changes set state = 'lapsed', decided_at = business_now() where event_id = $1 and state = 'asked' returning change_id::text`,
    [eventId],
  );
  await takeOffTheList(
    sql,
    rows.map(({ change_id: id }) => ({ workflowId: `election-cut-change:${id}`, version })),
  );
}

const takeOffTheList = (
  sql: PoolClient,
  processes: readonly { readonly workflowId: string; readonly version: number }[],
): Promise<void> =>
  queueSignals(
    sql,
    processes.map(({ workflowId, version }) => ({
      key: `${workflowId}:lapsed`,
      workflowId,
      signal: 'eventChanged',
      args: [version],
    })),
  );

/** Its client, and the process that asks for the approval. Safe to repeat: each is told of once. */
export async function tellLapsed(sql: PoolClient, telephoneNos: readonly string[], why: Words): Promise<void> {
  const { rows } = await sql.query<{
    no: string;
    event: string;
    workflow_id: string;
    version: number;
    fund_account: string;
    zh: string;
    en: string;
    quantity: string;
  }>(
    `select t.telephone_no::text as no, a.event_no as event, a.workflow_id, a.version, h.fund_account, o.name_zh as zh, o.name_en as en, t.quantity::text
       from telephone_elections t join corporate_actions a using (event_id)
       join corporate_action_holders h using (event_id, securities_account)
       join corporate_action_options o using (event_id, ballot, option)
      where t.telephone_no = any($1::bigint[]) order by t.telephone_no`,
    [telephoneNos],
  );
  await queueEach(
    sql,
    rows.map(({ no, event, workflow_id: workflowId, fund_account: fundAccount, zh, en, quantity }) => ({
      key: `telephone-election-lapsed:${no}`,
      workflowId,
      severity: 'warning',
      side: 'client',
      recipientRef: `fund-account:${fundAccount}`,
      template: 'ELECTION_LAPSED',
      facts: { event, option: { zh, en }, quantity, what: why },
    })),
  );
  await takeOffTheList(
    sql,
    rows.map(({ no, version }) => ({ workflowId: `telephone-election:${no}`, version })),
  );
}
