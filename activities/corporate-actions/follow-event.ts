/** What the process of an event reads of it, and how it moves it on. References and dates only. */
import type { PoolClient } from 'pg';
import {
  addDays,
  businessDateOf,
  daysBetween,
  shanghaiInstant,
  shanghaiTimeOf,
  type BusinessDate,
} from '../../domain/calendar/business-date';
import { uncomputableTerms } from '../../domain/corporate-actions/computable-terms';
import { DELIVERED_KINDS } from '../../domain/corporate-actions/delivered-kinds';
import { reminderInstants } from '../../domain/corporate-actions/election-cuts';
import type { EventKind } from '../../domain/corporate-actions/served-kinds';
import type { Words } from '../../domain/messages/words';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { loadParameters } from '../terms/load-terms';
import { OF_CLIENTS } from './clear-breaks';
import { lockEvent, readEvent, recordStep, type EventKey, type EventState } from './event-row';
import { breaksOwed, type OwedByEvent } from './owed-by-event';
import { IS_TOLD } from './tell-deadline';
import { ofProcess } from '../database/of-process';

export interface FollowedEvent {
  readonly state: EventState;
  readonly version: number;
  readonly revision: number;
  readonly kind: EventKind;
  readonly name: Words;
  readonly code: string;
  readonly isElective: boolean;
  readonly announcedAt: string;
  readonly noticedOn: BusinessDate;
  /** Null while the calendar does not know it. */
  readonly relevantOn: BusinessDate | null;
  readonly holdersVersion: number;
  /** Day of the newest books that say who can elect, where they are followed beyond the relevant day: until the close. */
  readonly holdersAsOf?: BusinessDate;
  /** When the notice is forwarded at the latest: the books of its day should be closed before. */
  readonly forwardAt: string;
  /** Day of the newest settlement day that is closed. */
  readonly closedDay: BusinessDate | null;
  readonly isForwarded: boolean;
  /** The deadline in force was approved, and those who can elect have not been told of it. */
  readonly isDeadlineUntold: boolean;
  /** Time for which elections are collected, and whether they were proven. */
  readonly round: number;
  readonly isProven: boolean;
  readonly openBreaks: number;
  /** By when they are to be cleared; none in histories of before it was promised. */
  readonly breaksOwed?: OwedByEvent | null;
  /** State of the newest of them, by which an answer knows what was shown; none in histories of before it was read. */
  readonly breaksAsOf?: string;
  /** Number of the newest task about breaks that people have answered; none in histories of before it was read. */
  readonly answeredBreaksTask?: number;
  /**
   * Whoever leaves what is open as it stands needs a second person: terms that cannot be computed, or what clients have elected or are entitled
   * to. None in histories of before.
   */
  readonly isLeftByTwo?: boolean;
  readonly elections: {
    readonly opensAt: string;
    readonly clientCutAt: string;
    readonly brokerCutAt: string;
    readonly clearingCutAt: string;
    readonly reminders: readonly { readonly at: string; readonly rung: string }[];
    /** From the broker's cut to the clearing house's: days and the clock time of the last. */
    readonly provenWithin: { readonly n: number; readonly time: string };
  } | null;
  readonly isPaid: boolean;
}

/** SQL: what stands beside the row of an event. */
const FOLLOWED = `select (select max(business_date) from corporate_action_versions where event_id = $1 and version <= $2) as "noticedOn",
         (select max(business_date) from settlement_days where channel = $3 and closed_at is not null) as "closedDay",
         (select max(business_date) from settlement_days where channel = $3 and closed_at <= coalesce($8, business_now())) as "followedTo",
         exists (select from corporate_action_steps where event_id = $1 and starts_with(step_key, 'forward ' || $2 || ' ')) as "isForwarded",
         exists (select from (select change_id, decided_at from election_cut_changes where event_id = $1 and state = 'approved' and broker_after = $5
                               order by change_id desc limit 1) c where not ${IS_TOLD}) as "isDeadlineUntold",
         (select count(*) from corporate_action_breaks where event_id = $1 and cleared_at is null)::int as "openBreaks",
         (select coalesce(max(state_no), 0)::text from corporate_action_breaks where event_id = $1 and cleared_at is null) as "breaksAsOf",
         exists (select from corporate_action_breaks b where b.event_id = $1 and b.cleared_at is null and ${OF_CLIENTS}) as "isOfClients",
         (select coalesce(max(substring(business_key from '[0-9]+$')::int), 0) from tasks
           where ${ofProcess('workflow_id', '$7')} and kind = 'clear-corporate-action-breaks' and state = 'done') as "answeredBreaksTask",
         k.name_zh as zh, k.name_en as en
    from (values (1)) one left join lateral (
      select name_zh, name_en from served_event_kinds where kind = $4 order by valid_from desc limit 1) k on true`;

export const readCorporateAction =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (key: EventKey): Promise<FollowedEvent> =>
    inTransaction(pool, async (sql) => followed(sql, key));

async function followed(sql: PoolClient, key: EventKey): Promise<FollowedEvent> {
  const event = await readEvent(sql, key);
  const { rows } = await sql.query<
    Pick<
      FollowedEvent,
      | 'noticedOn'
      | 'closedDay'
      | 'isForwarded'
      | 'isDeadlineUntold'
      | 'openBreaks'
      | 'breaksAsOf'
      | 'answeredBreaksTask'
    > & {
      readonly followedTo: BusinessDate | null;
      readonly isOfClients: boolean;
      readonly zh: string | null;
      readonly en: string | null;
    }
  >(FOLLOWED, [
    event.eventId,
    event.version,
    key.channel,
    event.kind,
    event.brokerCutAt,
    event.brokerCutAt,
    event.workflowId,
    event.closedAt,
  ]);
  const [found] = rows;
  if (found === undefined) throw new RangeError('an event without a version');
  const { zh, en, isOfClients, followedTo, ...told } = found;
  const isFollowed = event.isElective && DELIVERED_KINDS.includes(event.kind) && followedTo !== null;
  const parameter = await loadParameters(sql, key.channel, told.noticedOn);
  const { opensAt, clientCutAt, brokerCutAt, clearingCutAt } = event;
  const hasCuts = opensAt !== null && clientCutAt !== null && brokerCutAt !== null && clearingCutAt !== null;
  return {
    ...told,
    breaksOwed: await breaksOwed(sql, event),
    state: event.state,
    version: event.version,
    revision: event.revision,
    kind: event.kind,
    name: { zh: zh ?? event.kind, en: en ?? event.kind },
    code: event.code,
    isElective: event.isElective,
    isLeftByTwo: isOfClients || (found.openBreaks > 0 && uncomputableTerms(event.kind, event.terms) !== undefined),
    round: event.round,
    isProven: event.provenRound === event.round,
    announcedAt: event.announcedAt,
    relevantOn: event.relevantOn,
    holdersVersion: event.holdersVersion,
    ...(isFollowed ? { holdersAsOf: followedTo } : {}),
    forwardAt: shanghaiInstant(addDays(told.noticedOn, 1), parameter('ELECTION_FORWARD_AT')),
    elections: hasCuts
      ? {
          opensAt,
          clientCutAt,
          brokerCutAt,
          clearingCutAt,
          reminders: reminderInstants(opensAt, clientCutAt),
          provenWithin: {
            n: daysBetween(businessDateOf(brokerCutAt), businessDateOf(clearingCutAt)),
            time: shanghaiTimeOf(clearingCutAt),
          },
        }
      : null,
    isPaid: event.paidOn !== null,
  };
}

/**
 * The event moves to a state, once; answers the state in which it stands.
 * @param version that the move rests on: what a newer one brings is not over. Left away by processes of before it was told.
 */
export const moveCorporateAction =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({
    to,
    version,
    ...key
  }: EventKey & { readonly to: 'collecting' | 'ended'; readonly version?: number }): Promise<{
    readonly state: EventState;
  }> =>
    inTransaction(pool, async (sql) => {
      const event = await lockEvent(sql, key);
      const from: readonly EventState[] = to === 'collecting' ? ['announced'] : ['announced', 'closed'];
      if (!from.includes(event.state) || (version ?? event.version) !== event.version) return { state: event.state };
      await sql.query(
        `update corporate_actions set state = $2, ended_at = case when $2 = 'ended' then business_now() end where event_id = $1`,
        [event.eventId, to],
      );
      await recordStep(sql, {
        eventId: event.eventId,
        act: to === 'collecting' ? 'open elections' : 'end',
        key: `${to} ${event.version}`,
        by: SYSTEM_ACTOR,
      });
      await recordAudit(sql, {
        actor: SYSTEM_ACTOR,
        action: to === 'collecting' ? 'open elections' : 'end corporate action',
        outcome: 'done',
        objectType: 'corporate action',
        objectId: event.eventNo,
        before: { state: event.state },
        after: { state: to },
        workflowId: event.workflowId,
      });
      return { state: to };
    });
