/** An event as its row says, locked or only read. */
import type { ClientBase, PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { EventTerms } from '../../domain/corporate-actions/event-notice';
import type { EventKind } from '../../domain/corporate-actions/served-kinds';
import type { EventState } from '../../domain/corporate-actions/version-effect';
import { BusinessError } from '../../domain/errors';

export type { EventState } from '../../domain/corporate-actions/version-effect';

/** Channel and number: `SH`, `TKOV00000001`. */
export interface EventKey {
  readonly channel: string;
  readonly eventNo: string;
}

export interface EventRow extends EventKey {
  readonly eventId: string;
  readonly kind: EventKind;
  readonly code: string;
  readonly isServed: boolean;
  readonly isElective: boolean;
  readonly version: number;
  readonly state: EventState;
  readonly terms: EventTerms;
  readonly recordOn: BusinessDate | null;
  /** Null while the calendar does not know it. */
  readonly relevantOn: BusinessDate | null;
  readonly payOn: BusinessDate | null;
  readonly opensAt: string | null;
  readonly clientCutAt: string | null;
  readonly brokerCutAt: string | null;
  readonly clearingCutAt: string | null;
  readonly hksccCutAt: string | null;
  readonly round: number;
  readonly provenRound: number | null;
  readonly holdersVersion: number;
  readonly revision: number;
  readonly workflowId: string;
  readonly announcedAt: string;
  readonly closedAt: string | null;
  readonly entitledOn: BusinessDate | null;
  readonly paidOn: BusinessDate | null;
  readonly endedAt: string | null;
}

const EVENT_COLUMNS = `event_id::text as "eventId", channel, event_no as "eventNo", kind, code, is_served as "isServed",
  is_elective as "isElective", version, state, terms, record_on as "recordOn", relevant_on as "relevantOn", pay_on as "payOn",
  opens_at as "opensAt", client_cut_at as "clientCutAt", broker_cut_at as "brokerCutAt", clearing_cut_at as "clearingCutAt",
  hkscc_cut_at as "hksccCutAt", round, proven_round as "provenRound", holders_version as "holdersVersion", revision, workflow_id as "workflowId", announced_at as "announcedAt",
  closed_at as "closedAt", entitled_on as "entitledOn", paid_on as "paidOn", ended_at as "endedAt"`;

/** `corporate-action:SH:TKOV00000001`. */
export const eventWorkflowId = ({ channel, eventNo }: EventKey): string => `corporate-action:${channel}:${eventNo}`;

type Sql = Pick<ClientBase, 'query'>;

/** @throws BusinessError NOT_FOUND */
export async function readEvent(sql: Sql, key: EventKey): Promise<EventRow> {
  const event = await eventIfKnown(sql, key);
  if (event === undefined)
    throw new BusinessError('NOT_FOUND', { what: '公司行为 corporate action', key: key.eventNo });
  return event;
}

export async function eventIfKnown(sql: Sql, { channel, eventNo }: EventKey): Promise<EventRow | undefined> {
  const { rows } = await sql.query<EventRow>(
    `select ${EVENT_COLUMNS} from corporate_actions where channel = $1 and event_no = $2`,
    [channel, eventNo],
  );
  return rows[0];
}

/**
 * Among those who change the event; whoever elects in it is held up by its door alone.
 * @throws BusinessError NOT_FOUND
 */
export async function lockEvent(sql: PoolClient, { channel, eventNo }: EventKey): Promise<EventRow> {
  const { rows } = await sql.query<EventRow>(
    `select ${EVENT_COLUMNS} from corporate_actions where channel = $1 and event_no = $2 for no key update`,
    [channel, eventNo],
  );
  const [event] = rows;
  if (event === undefined) throw new BusinessError('NOT_FOUND', { what: '公司行为 corporate action', key: eventNo });
  return event;
}

/**
 * The door of an event. Who elects holds it open with the others; who closes, cancels or changes it waits until all of them have
 * committed, and whoever comes later sees what was done. A lock of the memory only: thousands of elections leave no trace on the row.
 */
export async function shutDoor(sql: PoolClient, eventId: string): Promise<void> {
  await sql.query(`select pg_advisory_xact_lock(hashtextextended('elections of an event', $1::bigint))`, [eventId]);
}

/** A line of the timeline, written once for its key. Answers whether it is new. */
export async function recordStep(
  sql: Sql,
  step: {
    readonly eventId: string;
    readonly act: string;
    readonly key: string;
    readonly detail?: Readonly<Record<string, unknown>>;
    readonly by: string;
    readonly role?: string;
  },
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `insert into corporate_action_steps (event_id, act, step_key, detail, by, role) values ($1, $2, $3, $4, $5, $6)
     on conflict (event_id, step_key) do nothing`,
    [step.eventId, step.act, step.key, JSON.stringify(step.detail ?? {}), step.by, step.role ?? null],
  );
  return rowCount === 1;
}
