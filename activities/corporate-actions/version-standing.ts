/** Where a later notice stands to the event: what is in force, of which day it is, and why it may only be kept. */
import type { PoolClient } from 'pg';
import type { NoticedEvent } from '../../domain/corporate-actions/event-changes';
import type { EventChange } from '../../domain/corporate-actions/event-notice';
import type { EventStanding } from '../../domain/corporate-actions/version-effect';
import { hasCredits } from './event-credits';
import type { EventRow } from './event-row';
import type { NoticeFile } from './read-notices';

/** Why a version is kept and not in force; undefined where it is taken. */
export async function refusalOf(
  sql: PoolClient,
  event: EventRow,
  kind: EventChange,
  isOlder: boolean,
): Promise<string | undefined> {
  if (isOlder) return '较早日期的公告晚到，未生效 a notice of an earlier day came late and is not in force';
  if (kind === 'DEL' && (event.paidOn !== null || (await hasCredits(sql, event))))
    return '取消已到账的事件，未生效 DEL of an event whose money or shares have been credited: not in force';
  return undefined;
}

/** The event before the version. */
export async function standingOf(sql: PoolClient, event: EventRow): Promise<EventStanding> {
  const { opensAt, clientCutAt, brokerCutAt, clearingCutAt, hksccCutAt } = event;
  const { rowCount } = await sql.query(
    `select from election_cut_changes where event_id = $1 and state = 'approved' and broker_after = $2`,
    [event.eventId, brokerCutAt],
  );
  const hasCuts =
    opensAt !== null && clientCutAt !== null && brokerCutAt !== null && clearingCutAt !== null && hksccCutAt !== null;
  return {
    state: event.state,
    isElective: event.isElective,
    cuts: hasCuts ? { opensAt, clientCutAt, brokerCutAt, clearingCutAt, hksccCutAt } : undefined,
    isClosed: event.closedAt !== null,
    isCutApproved: rowCount !== 0,
  };
}

export async function hasVersionOf(sql: PoolClient, eventId: string, fileId: bigint | null): Promise<boolean> {
  const { rowCount } = await sql.query('select from corporate_action_versions where event_id = $1 and file_id = $2', [
    eventId,
    fileId,
  ]);
  return rowCount !== 0;
}

export interface NoticeOrder {
  /** A notice of a later day is in force. */
  readonly isOlder: boolean;
  /** What the newest version of the same day told: a resend of the day's file replaces it, and does not contradict it. */
  readonly ofDay: NoticedEvent | undefined;
}

export async function orderOf(
  sql: PoolClient,
  eventId: string,
  { channel, businessDate }: NoticeFile,
): Promise<NoticeOrder> {
  const { rows } = await sql.query<{ isOlder: boolean; ofDay: NoticedEvent | null }>(
    `select exists (select from corporate_action_versions where event_id = $1 and is_taken and business_date > $3) as "isOlder",
            (select jsonb_build_object('kind', kind, 'code', code, 'terms', terms) from corporate_action_versions
              where event_id = $1 and channel = $2 and business_date = $3 order by version desc limit 1) as "ofDay"`,
    [eventId, channel, businessDate],
  );
  const [found] = rows;
  return { isOlder: found?.isOlder === true, ofDay: found?.ofDay ?? undefined };
}
