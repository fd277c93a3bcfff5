/** The first notice of an event; one that changes or cancels what nobody announced begins it as well. */
import type { PoolClient } from 'pg';
import { uncomputableTerms } from '../../domain/corporate-actions/computable-terms';
import { contradictionOf } from '../../domain/corporate-actions/event-changes';
import { UNKNOWN_EVENT, versionEffect, type VersionEffect } from '../../domain/corporate-actions/version-effect';
import { businessNow } from '../clock/business-now';
import { auditNotice, startEventProcess } from './event-process';
import { eventWorkflowId, type EventKey } from './event-row';
import { cutsOf, faceOf, isDateUnknown, type Face, type Told } from './read-notices';
import { writeOptions, writeVersion } from './write-version';

/** Answers that a version was written. */
export async function announceEvent(sql: PoolClient, key: EventKey, told: Told): Promise<true> {
  const { file, notice } = told;
  const { kind, terms } = notice;
  const face = await faceOf(sql, kind, terms, told);
  const change = notice.change ?? 'ADD';
  const effect = versionEffect(
    UNKNOWN_EVENT,
    {
      ...face,
      change: change === 'DEL' ? 'ADD' : change,
      isDateUnknown: isDateUnknown(face),
      isDeadlineMoved: true,
      touchesElections: false,
      isCancellationFallen: false,
    },
    await businessNow(sql),
  );
  const isCancelled = change === 'DEL';
  const eventId = await insertEvent(sql, key, { told, face, effect, isCancelled });
  const contradictions = [
    contradictionOf(notice.change, undefined, notice),
    notice.contradiction,
    ...effect.asks,
    isCancelled ? undefined : uncomputableTerms(kind, terms),
  ];
  await writeVersion(sql, {
    eventId,
    version: 1,
    change,
    terms,
    differences: [],
    touches: false,
    isTaken: true,
    contradictions,
    told,
  });
  await writeOptions(sql, { eventId, version: 1, kind, terms, isElective: effect.isElective });
  await auditNotice(sql, key, 'announce corporate action', { kind, version: 1 });
  if (!isCancelled) await startEventProcess(sql, key, { businessDate: file.businessDate });
  return true;
}

async function insertEvent(
  sql: PoolClient,
  key: EventKey,
  {
    told,
    face,
    effect,
    isCancelled,
  }: { readonly told: Told; readonly face: Face; readonly effect: VersionEffect; readonly isCancelled: boolean },
): Promise<string> {
  const { notice } = told;
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
      face.relevantOn ?? null,
      face.payOn,
      ...cutsOf(effect.cuts),
      told.calendarVersion,
      eventWorkflowId(key),
      isCancelled,
    ],
  );
  return rows[0]?.event_id ?? '';
}
