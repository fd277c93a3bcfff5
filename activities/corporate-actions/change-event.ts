/** A later notice of an event: the newest by its day wins, whatever it says; one that says nothing new is no version. */
import type { PoolClient } from 'pg';
import { uncomputableTerms } from '../../domain/corporate-actions/computable-terms';
import {
  contradictionOf,
  mergedTerms,
  noticeDifferences,
  touchesElections,
  touchesEntitlements,
  type TermDifference,
} from '../../domain/corporate-actions/event-changes';
import type { EventChange, EventNotice, EventTerms } from '../../domain/corporate-actions/event-notice';
import { versionEffect, type VersionEffect } from '../../domain/corporate-actions/version-effect';
import { businessNow } from '../clock/business-now';
import { auditNotice, tellEventProcess } from './event-process';
import type { EventRow } from './event-row';
import { clearBreak } from './find-break';
import { LAPSED_BECAUSE, lapseDrafts } from './lapse-telephoned';
import { cutsOf, faceOf, isDateUnknown, type Face, type Told } from './read-notices';
import { keepSecurityOfFilings, lapseDefaults, reopenElections } from './reopen-elections';
import { restoreElections } from './restore-elections';
import { hasVersionOf, orderOf, refusalOf, standingOf, type NoticeOrder } from './version-standing';
import { nextVersion, writeOptions, writeVersion } from './write-version';

/** What a notice says that the event did not say before. */
interface News {
  readonly change: EventChange;
  readonly terms: EventTerms;
  readonly differences: readonly TermDifference[];
}

/** A version as it is taken into force, or kept only. */
interface Version extends News {
  readonly version: number;
  readonly face: Face;
  readonly effect: VersionEffect;
  readonly touches: boolean;
}

/** Answers whether a version was written. */
export async function changeEvent(sql: PoolClient, event: EventRow, told: Told): Promise<boolean> {
  const { file, notice } = told;
  if (await hasVersionOf(sql, event.eventId, file.fileId)) return false;
  const order = await orderOf(sql, event.eventId, file);
  const news = newsOf(event, told, order);
  if (news === undefined) return false;
  const refusal = await refusalOf(sql, event, news.change, order.isOlder);
  const isTaken = refusal === undefined;
  const written = await versionOf(sql, event, { told, news, isTaken });
  const isCancelled = event.state === 'cancelled';
  const unfit =
    order.ofDay === undefined ? contradictionOf(notice.change, { ...event, isCancelled }, notice) : undefined;
  const { change, terms, differences, version, touches, effect } = written;
  const uncomputable = change === 'DEL' ? undefined : uncomputableTerms(notice.kind, terms);
  await writeVersion(sql, {
    eventId: event.eventId,
    version,
    change,
    terms,
    differences,
    touches,
    isTaken,
    contradictions: isTaken ? [unfit, notice.contradiction, ...effect.asks, uncomputable] : [refusal],
    told,
  });
  if (isTaken) await takeVersion(sql, event, { ...told, ...written });
  await tellEventProcess(sql, event, version);
  return true;
}

/** Undefined where it says nothing new. */
function newsOf(event: EventRow, { notice }: Told, { isOlder, ofDay }: NoticeOrder): News | undefined {
  const change: EventChange = notice.change ?? 'UPD';
  const before = isOlder ? (ofDay ?? { ...notice, terms: {} }) : event;
  const terms = change === 'DEL' ? before.terms : mergedTerms(before.terms, notice.terms);
  const differences = noticeDifferences(before, { ...notice, terms });
  const isCancelled = event.state === 'cancelled';
  if (change === 'DEL') return isCancelled ? undefined : { change, terms, differences };
  // Of an event that is cancelled the same terms once more are news: it comes again.
  return differences.length === 0 && (isOlder || !isCancelled) ? undefined : { change, terms, differences };
}

async function versionOf(
  sql: PoolClient,
  event: EventRow,
  { told, news, isTaken }: { readonly told: Told; readonly news: News; readonly isTaken: boolean },
): Promise<Version> {
  const { change, terms, differences } = news;
  const touches = isTaken && touchesElections(change, differences);
  const version = await nextVersion(sql, event.eventId);
  const face = await faceOf(sql, told.notice.kind, terms, told);
  const effect = versionEffect(
    await standingOf(sql, event),
    {
      ...face,
      change,
      isDateUnknown: isDateUnknown(face),
      isDeadlineMoved: terms['deadlineOn'] !== event.terms['deadlineOn'],
      touchesElections: touches,
      isCancellationFallen: isFallenCancellation(event, told.notice) && differences.length === 0,
    },
    await businessNow(sql),
  );
  return { ...news, version, face, effect, touches };
}

async function takeVersion(sql: PoolClient, event: EventRow, taken: Told & Version): Promise<void> {
  const { change, terms, version, effect, notice } = taken;
  await updateEvent(sql, event, taken);
  if (!effect.keepsOptions)
    await writeOptions(sql, {
      eventId: event.eventId,
      version,
      kind: notice.kind,
      terms,
      isElective: effect.isElective && change !== 'DEL',
    });
  const reopened = { ...event, version };
  if (isFallenCancellation(event, notice)) await restoreElections(sql, reopened, event.version);
  if (effect.beginsRound) await lapseDefaults(sql, reopened);
  const isOtherSecurity = notice.code !== event.code;
  if (isOtherSecurity) await keepSecurityOfFilings(sql, event.eventId, { before: event.code, after: notice.code });
  // What is closed and stays closed was chosen and filed in the security before: people are asked about it.
  const ofOther = isOtherSecurity && (event.closedAt === null || effect.beginsRound) ? event.code : undefined;
  if (taken.touches || effect.beginsRound) await reopenElections(sql, reopened, change, ofOther);
  await clearUncomputable(sql, event, taken);
  const why = LAPSED_BECAUSE[change === 'DEL' ? 'cancelled' : 'changed'];
  await lapseDrafts(sql, { eventId: event.eventId, version, why });
  await auditNotice(sql, event, change === 'DEL' ? 'cancel corporate action' : 'change corporate action', { version });
}

/** The file that cancelled the event has fallen. */
const isFallenCancellation = ({ state }: EventRow, { isFallback, change }: EventNotice): boolean =>
  isFallback === true && state === 'cancelled' && change !== 'DEL';

/** Terms that can be computed again need nobody's word about those before, where nothing else was asked about them. */
async function clearUncomputable(
  sql: PoolClient,
  { eventId, kind, terms, version }: EventRow,
  { change, terms: newTerms, notice }: Told & Version,
): Promise<void> {
  const contradiction = uncomputableTerms(kind, terms);
  if (contradiction === undefined || (change !== 'DEL' && uncomputableTerms(notice.kind, newTerms) !== undefined))
    return;
  await clearBreak(sql, {
    eventId,
    kind: 'contradiction',
    key: `version ${version}`,
    facts: { contradiction },
    reason: 'superseded',
  });
}

async function updateEvent(sql: PoolClient, event: EventRow, taken: Told & Version): Promise<void> {
  const { change, terms, version, face, effect, notice } = taken;
  await sql.query(
    `update corporate_actions
        set kind = $2, code = $3, is_served = $4, is_elective = $5, version = $6, state = $7, terms = $8, record_on = $9,
            relevant_on = $10, pay_on = $11, opens_at = $12, client_cut_at = $13, broker_cut_at = $14, clearing_cut_at = $15,
            hkscc_cut_at = $16, ended_at = case when $7 = 'cancelled' then business_now() end, round = round + $17::int,
            closed_at = case when $17::int = 0 then closed_at end, entitled_on = case when $18 then null else entitled_on end,
            calendar_version = $19
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
      change !== 'DEL' && touchesEntitlements(taken.differences),
      taken.calendarVersion,
    ],
  );
}
