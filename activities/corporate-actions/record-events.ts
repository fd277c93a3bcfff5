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
} from '../../domain/corporate-actions/event-changes';
import { eventNotices, type EventChange, type EventTerms } from '../../domain/corporate-actions/event-notice';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import { loadMarketCalendar } from '../calendar/load-market-calendar';
import { queueSignal, queueStart } from '../outbox/queue-message';
import { eventIfKnown, eventWorkflowId, lockEvent, shutDoor, type EventKey, type EventRow } from './event-row';
import { cutsOf, faceOf, noticeRows, servedKinds, type Face, type NoticeFile, type Told } from './read-notices';
import { reopenElections } from './reopen-elections';
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
  const isCancelled = notice.change === 'DEL';
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
      face.isElective,
      isCancelled ? 'cancelled' : 'announced',
      JSON.stringify(notice.terms),
      ...face.dates,
      ...cutsOf(face.cuts),
      told.calendarVersion,
      workflowId,
      isCancelled,
    ],
  );
  const eventId = rows[0]?.event_id ?? '';
  const contradiction = contradictionOf(notice.change, undefined, notice) ?? face.unknown;
  await writeVersion(sql, {
    eventId,
    version: 1,
    change: notice.change ?? 'ADD',
    terms: notice.terms,
    differences: [],
    touches: false,
    isTaken: true,
    contradiction,
    told,
  });
  await writeOptions(sql, { eventId, version: 1, kind: notice.kind, terms: notice.terms, isElective: face.isElective });
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

/** A later notice: the newest wins, whatever it says; one that says nothing new is no version. */
async function change(sql: PoolClient, event: EventRow, told: Told): Promise<boolean> {
  const { file, notice } = told;
  if (await hasVersionOf(sql, event.eventId, file.fileId)) return false;
  const kind: EventChange = notice.change ?? 'UPD';
  const terms = kind === 'DEL' ? event.terms : mergedTerms(event.terms, notice.terms);
  const differences = termDifferences(event.terms, terms);
  const isCancelled = event.state === 'cancelled';
  if (kind !== 'DEL' && differences.length === 0 && !isCancelled) return false;
  if (kind === 'DEL' && isCancelled) return false;
  const replaces = await replacesOwnFile(sql, event.eventId, file);
  const contradiction =
    paidAndDeleted(event, kind) ??
    (replaces ? undefined : contradictionOf(notice.change, { ...event, isCancelled }, notice));
  const isTaken = paidAndDeleted(event, kind) === undefined;
  const touches = isTaken && touchesElections(kind, differences);
  const version = await nextVersion(sql, event.eventId);
  const face = await faceOf(sql, notice.kind, terms, told);
  await writeVersion(sql, {
    eventId: event.eventId,
    version,
    change: kind,
    terms,
    differences,
    touches,
    isTaken,
    contradiction: contradiction ?? face.unknown,
    told,
  });
  if (isTaken) await takeVersion(sql, event, { ...told, kind, terms, version, face, touches });
  await tellProcess(sql, event, version);
  return true;
}

const paidAndDeleted = ({ paidOn }: EventRow, kind: EventChange): string | undefined =>
  kind === 'DEL' && paidOn !== null ? 'DEL of an event whose money or shares have been credited' : undefined;

/** A later notice does not shut what has been opened, or was to be opened, by an earlier one. */
function openedBefore(
  { opensAt }: EventRow,
  [opens = null, ...cuts]: readonly (string | null)[],
): readonly (string | null)[] {
  return [opens !== null && opensAt !== null && opensAt < opens ? opensAt : opens, ...cuts];
}

async function takeVersion(
  sql: PoolClient,
  event: EventRow,
  taken: Told & {
    readonly kind: EventChange;
    readonly terms: EventTerms;
    readonly version: number;
    readonly face: Face;
    readonly touches: boolean;
  },
): Promise<void> {
  const { kind, terms, version, face, notice } = taken;
  const isOver = event.closedAt !== null;
  const state =
    kind === 'DEL' ? 'cancelled' : event.state === 'cancelled' || event.state === 'ended' ? 'announced' : event.state;
  // A deadline that has been closed on is not opened again by a notice; people see the difference.
  const cuts = isOver
    ? [event.opensAt, event.clientCutAt, event.brokerCutAt, event.clearingCutAt, event.hksccCutAt]
    : openedBefore(event, cutsOf(face.cuts));
  await sql.query(
    `update corporate_actions
        set kind = $2, code = $3, is_served = $4, is_elective = $5, version = $6, state = $7, terms = $8, record_on = $9, relevant_on = $10,
            pay_on = $11, opens_at = $12, client_cut_at = $13, broker_cut_at = $14, clearing_cut_at = $15, hkscc_cut_at = $16,
            ended_at = case when $7 = 'cancelled' then business_now() end
      where event_id = $1`,
    [
      event.eventId,
      notice.kind,
      notice.code,
      face.isServed,
      face.isElective && cuts[0] !== null,
      version,
      state,
      JSON.stringify(terms),
      ...face.dates,
      ...cuts,
    ],
  );
  await writeOptions(sql, {
    eventId: event.eventId,
    version,
    kind: notice.kind,
    terms,
    isElective: face.isElective && kind !== 'DEL',
  });
  if (taken.touches) await reopenElections(sql, { ...event, version }, kind);
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
    return;
  }
  await queueSignal(sql, { key: `${workflowId}:${revision}`, workflowId, signal: 'eventChanged', args: [revision] });
}

async function hasVersionOf(sql: PoolClient, eventId: string, fileId: bigint): Promise<boolean> {
  const { rowCount } = await sql.query('select from corporate_action_versions where event_id = $1 and file_id = $2', [
    eventId,
    fileId,
  ]);
  return rowCount !== 0;
}

/** A resend of the day's file tells the same event again, and does not contradict it. */
async function replacesOwnFile(sql: PoolClient, eventId: string, file: NoticeFile): Promise<boolean> {
  const { rowCount } = await sql.query(
    'select from corporate_action_versions where event_id = $1 and channel = $2 and business_date = $3',
    [eventId, file.channel, file.businessDate],
  );
  return rowCount !== 0;
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
