/**
 * Rungs as they stand in the book, of one ladder or of thousands at once: the rows, their audit, who is told, and which promises are
 * breached by them, in a handful of statements whatever their number.
 */
import type { PoolClient } from 'pg';
import { shanghaiWallClock } from '../../domain/calendar/instants';
import type { Side } from '../../domain/channel';
import { sideOfSubject } from '../../domain/deadlines/side-of-subject';
import { recordAudits } from '../audit/record-audit';
import type { DeadlineRow } from '../deadlines/deadline-row';
import { queueEvents } from '../outbox/queue-event';
import { headsKeptOut, rolesWithNobodyLeft } from '../people/keep-out';
import { queueEach, type Notice, type RecipientMark } from '../outbox/queue-notice';
import type { LoadedRung } from './rung-terms';
import { holdersOf } from './who-holds';
import { withHeadOffice } from './with-head-office';

export interface RungDone extends Omit<LoadedRung, 'condition'> {
  readonly state: 'met' | 'acted' | 'escalated';
  readonly doneBy: string;
  /** Business time at which it was reached, where a person's act says so. */
  readonly doneAt?: string;
}

/** A rung, and the ladder that it belongs to. */
export interface RungOfLadder extends RungDone {
  readonly workflowId: string;
  readonly ladder: string;
  readonly subject: string;
  /** The promise whose ladder it is, locked. */
  readonly owed?: DeadlineRow;
}

/** Answers how many are new: a rung that stands is left as it is. The last rung of a promise breaches it, unless it was met. */
export async function writeRungs(sql: PoolClient, given: readonly RungOfLadder[]): Promise<number> {
  const rungs = await withHeadOffice(sql, given);
  const rounds = await insertRungs(sql, rungs);
  const written = rungs.flatMap((rung, place) => {
    const round = rounds.get(place);
    return round === undefined ? [] : [{ ...rung, round }];
  });
  await recordAudits(
    sql,
    written.map((rung) => ({
      actor: rung.doneBy,
      action: `ladder rung ${rung.state}`,
      outcome: 'done',
      objectType: 'ladder rung',
      objectId: `${rung.ladder}:${rung.subject}:${rung.rung}`,
      workflowId: rung.workflowId,
      after: { dueAt: rung.dueAt, audience: rung.audience },
    })),
  );
  const missed = written.filter(({ state }) => state !== 'met');
  await queueEach(sql, [
    ...(await toOthersThanKeptOut(
      sql,
      missed.map((rung) => rolesOf(rung).map((told) => ({ ...noticeOf(rung, told), ...recipientOf(told) }))),
    )),
    ...(await toHolders(sql, missed)),
  ]);
  await breach(
    sql,
    rungs.flatMap(({ owed, dueAt, state }) =>
      owed === undefined || dueAt !== owed.dueAt || state === 'met' ? [] : [owed.deadlineId],
    ),
  );
  return written.length;
}

/** Which time each of them rang, by its place in the list; those that stand already are not in it. */
async function insertRungs(sql: PoolClient, rungs: readonly RungOfLadder[]): Promise<ReadonlyMap<number, number>> {
  // Temporal's timer and the database's clock differ by milliseconds: what came due was not done before it was due. A rung
  // rings again only where its time moved to a later one.
  const { rows } = await sql.query<{ place: number; round: number }>(
    `with given as (
       select g.* from jsonb_to_recordset($1::jsonb) as g (place integer, "workflowId" text, ladder text, rung integer, subject text,
         "dueAt" timestamptz, audience text, "actionZh" text, "actionEn" text, state text, "doneBy" text, "doneAt" timestamptz)),
     written as (
       insert into ladder_rungs
         (workflow_id, ladder, rung, subject, due_at, audience, action_zh, action_en, state, done_at, done_by, round)
       select g."workflowId", g.ladder, g.rung, g.subject, g."dueAt", g.audience, g."actionZh", g."actionEn", g.state,
              case g.state when 'met' then coalesce(g."doneAt", business_now()) else greatest(business_now(), g."dueAt") end,
              g."doneBy", 1 + coalesce(stood.round, 0)
         from given g, lateral (select max(l.round) as round, max(l.due_at) as due_at from ladder_rungs l
                where l.workflow_id = g."workflowId" and l.ladder = g.ladder and l.rung = g.rung and l.subject = g.subject) stood
        where coalesce(stood.due_at < g."dueAt", true)
        order by g.place
       on conflict do nothing returning workflow_id, ladder, rung, subject, round)
     select g.place, w.round from written w
       join given g on g."workflowId" = w.workflow_id and g.ladder = w.ladder and g.rung = w.rung and g.subject = w.subject`,
    [JSON.stringify(rungs.map(({ owed: _, severity: __, ...rung }, place) => ({ ...rung, place })))],
  );
  return new Map(rows.map(({ place, round }) => [place, round]));
}

/** Other systems are told once a breach; one that moved away with its calendar may come again. */
async function breach(sql: PoolClient, deadlineIds: readonly string[]): Promise<void> {
  if (deadlineIds.length === 0) return;
  const { rows } = await sql.query<{
    key: string;
    workflowId: string;
    dueAt: string;
    process: string;
    step: string;
    role: string;
    side: Side | null;
    branch: string | null;
  }>(
    `update deadlines set breached_at = greatest(business_now(), due_at)
      where deadline_id = any($1) and state = 'running'
  returning business_key as key, workflow_id as "workflowId", due_at as "dueAt", process, step, owner_role as role, side, branch`,
    [deadlineIds],
  );
  await queueEvents(
    sql,
    rows.map(({ key, workflowId, dueAt, process, step, role, side, branch }) => ({
      key: `${key}:breached`,
      recurs: true,
      type: 'deadline.breached',
      caseKey: workflowId,
      side: side ?? undefined,
      branch: branch ?? undefined,
      facts: { deadline: key, process, step, role, dueAt },
    })),
  );
}

/** A notice of a rung to a role. */
type RungNotice = Notice & { readonly workflowId: string; readonly recipientRole: string };

type WrittenRung = RungOfLadder & { readonly round: number };

/** Those who are told of a missed rung, as the ladder says. */
const rolesOf = ({ audience }: WrittenRung): readonly string[] => audience.split(',').map((name) => name.trim());

/** What one of those who are told hears of a missed rung. @param told role with its mark, or whose reference */
function noticeOf(
  { round, ...rung }: WrittenRung,
  told: string,
): Omit<RungNotice, 'recipientRole' | 'recipientMark' | 'recipientRef'> {
  const { workflowId, ladder, subject } = rung;
  const time = round === 1 ? `${rung.rung}` : `${rung.rung}, time ${round}`;
  return {
    key: `rung:${workflowId}:${ladder}:${subject}:${time}:${told}`,
    workflowId,
    ...placeOf(rung),
    severity: rung.severity,
    template: 'RUNG',
    facts: {
      time: shanghaiTime(rung.dueAt),
      action: { zh: rung.actionZh, en: rung.actionEn },
      subject,
      ladder,
      rung: String(rung.rung),
    },
  };
}

/** Whoever holds it by name is told too, whomever of the department the ladder names. */
async function toHolders(sql: PoolClient, missed: readonly WrittenRung[]): Promise<readonly Notice[]> {
  const holders = await holdersOf(
    sql,
    missed.map(({ owed }) => owed?.deadlineId),
  );
  return missed.flatMap((rung, place) =>
    (holders.get(place) ?? []).map((person) => {
      const recipientRef = `person:${person}`;
      return { ...noticeOf(rung, recipientRef), recipientRef };
    }),
  );
}

/**
 * Where a head is kept out of the case compliance is warned instead, as it decides in that place; where nobody of compliance is left the
 * general manager is. Each once of a rung, of which it may hear itself or in the place of two heads.
 * @param rungs the notices of each
 */
async function toOthersThanKeptOut(
  sql: PoolClient,
  rungs: readonly (readonly RungNotice[])[],
): Promise<readonly Notice[]> {
  const toHeads = rungs.flat().filter(({ recipientMark }) => recipientMark === 'head');
  const kept = await headsKeptOut(
    sql,
    toHeads.map(({ workflowId, recipientRole: role, branch = null }) => ({ workflowId, role, branch })),
  );
  const concerned = new Set(toHeads.filter((_, place) => kept.has(place)));
  const told = rungs.map((notices) =>
    notices.map((notice) => (concerned.has(notice) ? toAll(notice, 'compliance') : notice)),
  );
  const toCompliance = told.flat().filter(({ recipientRole }) => recipientRole === 'compliance');
  const gone = await rolesWithNobodyLeft(
    sql,
    toCompliance.map(({ workflowId, recipientRole: role }) => ({ workflowId, role })),
  );
  const unread = new Set(toCompliance.filter((_, place) => gone.has(place)));
  return told.flatMap((notices) =>
    onceEach(notices.map((notice) => (unread.has(notice) ? toAll(notice, 'general_manager') : notice))),
  );
}

/** The same to all of a role. */
function toAll({ recipientMark: _, ...told }: RungNotice, recipientRole: string): RungNotice {
  return { ...told, recipientRole };
}

const onceEach = (notices: readonly RungNotice[]): readonly RungNotice[] =>
  notices.filter(
    ({ recipientRole, recipientMark }, place) =>
      place ===
      notices.findIndex((first) => first.recipientRole === recipientRole && first.recipientMark === recipientMark),
  );

/** Whose a ladder is: the promise's, or what its subject says. */
function placeOf({ subject, owed }: Pick<RungOfLadder, 'subject' | 'owed'>): Pick<Notice, 'side' | 'branch'> {
  if (owed === undefined) return { side: sideOfSubject(subject) };
  return { side: owed.side ?? undefined, branch: owed.branch ?? undefined };
}

const MARKS: readonly RecipientMark[] = ['approver', 'deputy', 'head'];

/** `operations deputy` is the role and, of those who hold it, the marked one. */
function recipientOf(told: string): { readonly recipientRole: string; readonly recipientMark?: RecipientMark } {
  const [role = told, ...rest] = told.split(' ');
  // Nobody is over the general manager.
  if (rest.length === 0 || role === 'general_manager') return { recipientRole: role };
  const mark = MARKS.find((one) => one === rest.join(' '));
  if (mark === undefined) throw new RangeError(`a rung cannot tell "${told}"`);
  return { recipientRole: role, recipientMark: mark };
}

const shanghaiTime = (instant: string): string => shanghaiWallClock(instant).slice(11, 16);
