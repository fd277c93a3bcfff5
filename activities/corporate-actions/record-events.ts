/**
 * Events as a notice file tells them, in the transaction in which the file is taken: every version is kept and compared with the one
 * before, the newest is in force, and the process of the event is started or told. What does not fit is kept too, and people are asked.
 */
import type { PoolClient } from 'pg';
import type { Channel } from '../../domain/channel';
import {
  contradictionOf,
  mergedTerms,
  termDifferences,
  touchesElections,
  touchesEntitlements,
  type TermDifference,
} from '../../domain/corporate-actions/event-changes';
import { eventNotices, type EventChange, type EventTerms } from '../../domain/corporate-actions/event-notice';
import {
  UNKNOWN_EVENT,
  versionEffect,
  type EventStanding,
  type VersionEffect,
} from '../../domain/corporate-actions/version-effect';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import { loadMarketCalendar } from '../calendar/load-market-calendar';
import { businessNow } from '../clock/business-now';
import { queueSignal, queueStart } from '../outbox/queue-message';
import { hasCredits } from './event-credits';
import { eventIfKnown, eventWorkflowId, lockEvent, shutDoor, type EventKey, type EventRow } from './event-row';
import { cutsOf, faceOf, noticeRows, servedKinds, type Face, type NoticeFile, type Told } from './read-notices';
import { lapseDefaults, reopenElections } from './reopen-elections';
import { nextVersion, writeOptions, writeVersion } from './write-version';

/** Safe to repeat: an event has one version of a file. */
export async function recordEvents(sql: PoolClient, file: NoticeFile): Promise<{ readonly versions: number }> {
  const rows = await noticeRows(sql, file);
  const notices = eventNotices(rows);
  if (notices.length === 0) return { versions: 0 };
  const { calendar, versions } = await loadMarketCalendar(sql, file.channel as Channel);
  const served = await servedKinds(sql);
  let written = 0;
  for (const notice of notices) {
    if (await recordEvent(sql, { file, notice, calendar, calendarVersion: versions, served })) written += 1;
  }
  return { versions: written };
}

async function recordEvent(sql: PoolClient, told: Told): Promise<boolean> {
  const { file, notice } = told;
  const key: EventKey = { channel: file.channel, eventNo: notice.eventNo };
  const known = await eventIfKnown(sql, key);
  if (known === undefined) return announce(sql, key, told);
  await shutDoor(sql, known.eventId);
  return change(sql, await lockEvent(sql, key), told);
}

/** The first notice of an event; one that changes or cancels what nobody announced begins it as well. */
async function announce(sql: PoolClient, key: EventKey, told: Told): Promise<boolean> {
  const { file, notice } = told;
  const workflowId = eventWorkflowId(key);
  const face = await faceOf(sql, notice.kind, notice.terms, told);
  const change = notice.change ?? 'ADD';
  const effect = versionEffect(
    UNKNOWN_EVENT,
    {
      ...face,
      change: change === 'DEL' ? 'ADD' : change,
      isDateUnknown: face.relevantOn === undefined,
      isDeadlineMoved: true,
      touchesElections: false,
    },
    await businessNow(sql),
  );
  const isCancelled = change === 'DEL';
  const { rows } = await sql.query<{ event_id: string }>(
    `insert into corporate_actions (channel, event_no, kind, code, is_served, is_elective, state, terms, record_on, relevant_on, pay_on, opens_at,
                                    client_cut_at, broker_cut_at, clearing_cut_at, hkscc_cut_at, calendar_version, workflow_id, ended_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, case when $19 then business_now() end)
     returning event_id::text`,
    [
      key.channel,
      key.eventNo,
      notice.kind,
      notice.code,
      face.isServed,
      effect.isElective,
      isCancelled ? 'cancelled' : 'announced',
      JSON.stringify(notice.terms),
      face.recordOn,
      face.relevantOn ?? file.businessDate,
      face.payOn,
      ...cutsOf(effect.cuts),
      told.calendarVersion,
      workflowId,
      isCancelled,
    ],
  );
  const eventId = rows[0]?.event_id ?? '';
  await writeVersion(sql, {
    eventId,
    version: 1,
    change,
    terms: notice.terms,
    differences: [],
    touches: false,
    isTaken: true,
    contradictions: [contradictionOf(notice.change, undefined, notice), notice.contradiction, ...effect.asks],
    told,
  });
  await writeOptions(sql, {
    eventId,
    version: 1,
    kind: notice.kind,
    terms: notice.terms,
    isElective: effect.isElective,
  });
  await audit(sql, workflowId, key, 'announce corporate action', { kind: notice.kind, version: 1 });
  if (!isCancelled) {
    await queueStart(sql, {
      key: `start:${workflowId}`,
      workflowId,
      type: 'corporateAction',
      args: [key],
      summary: `公司行为 ${key.eventNo} corporate action`,
      attributes: { ProcessType: 'corporateAction', BusinessKey: key.eventNo, BusinessDate: file.businessDate },
    });
  }
  return true;
}

/** A later notice: the newest by its day wins, whatever it says; one that says nothing new is no version. */
async function change(sql: PoolClient, event: EventRow, told: Told): Promise<boolean> {
  const { file, notice } = told;
  if (await hasVersionOf(sql, event.eventId, file.fileId)) return false;
  const kind: EventChange = notice.change ?? 'UPD';
  const order = await orderOf(sql, event.eventId, file);
  const before = order.isOlder ? (order.ofDay ?? {}) : event.terms;
  const terms = kind === 'DEL' ? before : mergedTerms(before, notice.terms);
  const differences = termDifferences(before, terms);
  const isCancelled = event.state === 'cancelled';
  if (kind !== 'DEL' && differences.length === 0 && (order.isOlder || !isCancelled)) return false;
  if (kind === 'DEL' && isCancelled) return false;
  const refusal = await refusalOf(sql, event, kind, order.isOlder);
  const isTaken = refusal === undefined;
  const touches = isTaken && touchesElections(kind, differences);
  const version = await nextVersion(sql, event.eventId);
  const face = await faceOf(sql, notice.kind, terms, told);
  const effect = versionEffect(
    await standingOf(sql, event),
    {
      ...face,
      change: kind,
      isDateUnknown: face.relevantOn === undefined,
      isDeadlineMoved: terms['deadlineOn'] !== event.terms['deadlineOn'],
      touchesElections: touches,
    },
    await businessNow(sql),
  );
  const unfit =
    order.ofDay === undefined ? contradictionOf(notice.change, { ...event, isCancelled }, notice) : undefined;
  await writeVersion(sql, {
    eventId: event.eventId,
    version,
    change: kind,
    terms,
    differences,
    touches,
    isTaken,
    contradictions: isTaken ? [unfit, notice.contradiction, ...effect.asks] : [refusal],
    told,
  });
  if (isTaken) await takeVersion(sql, event, { ...told, kind, terms, version, face, effect, differences, touches });
  await tellProcess(sql, event, version);
  return true;
}

/** Why a version is kept and not in force; undefined where it is taken. */
async function refusalOf(
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

async function standingOf(sql: PoolClient, event: EventRow): Promise<EventStanding> {
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

async function takeVersion(
  sql: PoolClient,
  event: EventRow,
  taken: Told & {
    readonly kind: EventChange;
    readonly terms: EventTerms;
    readonly version: number;
    readonly face: Face;
    readonly effect: VersionEffect;
    readonly differences: readonly TermDifference[];
    readonly touches: boolean;
  },
): Promise<void> {
  const { kind, terms, version, face, effect, notice } = taken;
  await sql.query(
    `update corporate_actions
        set kind = $2, code = $3, is_served = $4, is_elective = $5, version = $6, state = $7, terms = $8, record_on = $9,
            relevant_on = coalesce($10, relevant_on), pay_on = $11, opens_at = $12, client_cut_at = $13, broker_cut_at = $14, clearing_cut_at = $15,
            hkscc_cut_at = $16, ended_at = case when $7 = 'cancelled' then business_now() end, round = round + $17::int,
            closed_at = case when $17::int = 0 then closed_at end, entitled_on = case when $18 then null else entitled_on end
      where event_id = $1`,
    [
      event.eventId,
      notice.kind,
      notice.code,
      face.isServed,
      effect.isElective && face.isServed,
      version,
      effect.state,
      JSON.stringify(terms),
      face.recordOn,
      face.relevantOn ?? null,
      face.payOn,
      ...cutsOf(effect.cuts),
      effect.beginsRound ? 1 : 0,
      kind !== 'DEL' && touchesEntitlements(taken.differences),
    ],
  );
  if (!effect.keepsOptions)
    await writeOptions(sql, {
      eventId: event.eventId,
      version,
      kind: notice.kind,
      terms,
      isElective: effect.isElective && kind !== 'DEL',
    });
  const reopened = { ...event, version };
  if (effect.beginsRound) await lapseDefaults(sql, reopened);
  if (taken.touches || effect.beginsRound) await reopenElections(sql, reopened, kind);
  await audit(sql, event.workflowId, event, kind === 'DEL' ? 'cancel corporate action' : 'change corporate action', {
    version,
  });
}

/** An event that was over and comes again is started again; one that runs looks anew. */
async function tellProcess(sql: PoolClient, event: EventRow, version: number): Promise<void> {
  const revision = event.revision + 1;
  await sql.query('update corporate_actions set revision = $2 where event_id = $1', [event.eventId, revision]);
  const { workflowId, channel, eventNo } = event;
  if (event.endedAt !== null) {
    await queueStart(sql, {
      key: `start:${workflowId}:${version}`,
      workflowId,
      type: 'corporateAction',
      args: [{ channel, eventNo }],
      summary: `公司行为 ${eventNo} corporate action`,
      attributes: { ProcessType: 'corporateAction', BusinessKey: eventNo },
    });
  }
  // Also where it was over: its process may still ask people about it.
  await queueSignal(sql, { key: `${workflowId}:${revision}`, workflowId, signal: 'eventChanged', args: [revision] });
}

async function hasVersionOf(sql: PoolClient, eventId: string, fileId: bigint): Promise<boolean> {
  const { rowCount } = await sql.query('select from corporate_action_versions where event_id = $1 and file_id = $2', [
    eventId,
    fileId,
  ]);
  return rowCount !== 0;
}

interface NoticeOrder {
  /** A notice of a later day is in force. */
  readonly isOlder: boolean;
  /** What the newest version of the same day told: a resend of the day's file replaces it, and does not contradict it. */
  readonly ofDay: EventTerms | undefined;
}

async function orderOf(sql: PoolClient, eventId: string, { channel, businessDate }: NoticeFile): Promise<NoticeOrder> {
  const { rows } = await sql.query<{ isOlder: boolean; ofDay: EventTerms | null }>(
    `select exists (select from corporate_action_versions where event_id = $1 and is_taken and business_date > $3) as "isOlder",
            (select terms from corporate_action_versions where event_id = $1 and channel = $2 and business_date = $3 order by version desc limit 1) as "ofDay"`,
    [eventId, channel, businessDate],
  );
  const [found] = rows;
  return { isOlder: found?.isOlder === true, ofDay: found?.ofDay ?? undefined };
}

const audit = (
  sql: PoolClient,
  workflowId: string,
  { eventNo }: EventKey,
  action: string,
  after: object,
): Promise<void> =>
  recordAudit(sql, {
    actor: SYSTEM_ACTOR,
    action,
    outcome: 'done',
    objectType: 'corporate action',
    objectId: eventNo,
    after,
    workflowId,
  });
