/**
 * A deadline ladder: at each rung's time either what it guards has been reached, or somebody is told. Reaching the end
 * escalates to a named audience; it never decides and never fails the process (invariant 6).
 */
import { patched, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { DeadlineState } from '../../activities/deadlines/deadline-row';
import { shanghaiWallClock } from '../../domain/calendar/instants';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { database } from '../activity-groups';
import type { BusinessClock } from './business-clock';
import { Breached } from '../messages/search-attributes';
import { deliverBeside } from './delivery';

/** One rung, as the verbs `loadLadder` and `openDeadline` read it from the terms in force. */
export interface Rung {
  readonly rung: number;
  readonly dueAt: string;
  /** Role told, several separated by commas. */
  readonly audience: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly actionZh: string;
  readonly actionEn: string;
  /** What must be reached by then: 'plan ready', 'order approved', 'money in reserve'. */
  readonly condition: string;
}

/** Who reached a condition, and when, where a person's act says so. */
export interface Reached {
  readonly by: string;
  /** Business time, UTC. */
  readonly at?: string;
}

export interface Ladder {
  readonly ladder: string;
  /** What climbs, e.g. `SH:2025-06-23:client`; part of the key of each rung. */
  readonly subject: string;
  readonly rungs: readonly Rung[];
  /** The promise whose ladder it is: its last rung ends it as met, or breaches it. `revision` is the computation climbed. */
  readonly promise?: { readonly businessKey: string; readonly revision?: number };
  /** Whether the rungs no longer hold, because the promise was computed anew. Read only. */
  readonly moved?: () => boolean;
  /** How the promise ended when its last rung was met. */
  readonly ended?: (state: DeadlineState) => void;
  /** Whether the condition of a rung holds. Read only. */
  readonly reached: (condition: string) => boolean;
  /** Who reached it, for the record. */
  readonly by: (condition: string) => string | Reached;
  /** What the story does besides telling the audience, e.g. offer the emergency channel. */
  readonly onMissed?: (rung: Rung) => Promise<void>;
}

/**
 * Climbs until every rung is recorded: `met` as soon as its condition holds, otherwise at its time `acted`, the last
 * one `escalated`. One timer at a time; rungs met together are recorded together. `moved`: the rungs no longer hold, and
 * the ladder is to be climbed with those that do.
 */
export async function climbLadder(clock: BusinessClock, climbed: Ladder): Promise<'met' | 'escalated' | 'moved'> {
  const { reached } = climbed;
  const moved = () => climbed.moved?.() === true;
  let open = [...climbed.rungs].sort((a, b) => (a.dueAt < b.dueAt ? -1 : a.dueAt > b.dueAt ? 1 : a.rung - b.rung));
  const last = open.at(-1);
  let end: 'met' | 'escalated' = 'met';

  while (open[0] !== undefined) {
    const next = open[0];
    await clock.waitUntil(next.dueAt, () => reached(next.condition) || moved(), summaryOf(next));
    if (moved()) return 'moved';
    const met = open.filter((rung) => reached(rung.condition));
    if (met.length > 0) {
      open = open.filter((rung) => !met.includes(rung));
      const rungs = met.map((rung) => ({ ...rung, state: 'met' as const, ...reachedBy(climbed, rung) }));
      const answer = await record(climbed, `期限达成 ${met.length} 级 rungs met`, rungs);
      if (answer.moved) return 'moved';
      if (answer.ended !== undefined) climbed.ended?.(answer.ended);
      continue;
    }
    const state = next === last ? 'escalated' : 'acted';
    open = open.slice(1);
    const summary = `${summaryOf(next)}: ${state === 'escalated' ? '上报 escalate' : '提醒 remind'}`;
    const { moved: hasMoved } = await record(climbed, summary, [{ ...next, state, doneBy: SYSTEM_ACTOR }]);
    if (hasMoved) return 'moved';
    // What a rung tells is sent within seconds by the dispatcher; a call from each of ten thousand would be half of what they cost.
    if (!patched('rungs leave sending to the dispatcher')) deliverBeside();
    if (state === 'escalated') {
      end = 'escalated';
      upsertSearchAttributes([{ key: Breached, value: true }]);
    }
    await climbed.onMissed?.(next);
  }
  return end;
}

type RungDone = Parameters<ReturnType<typeof database>['recordRungs']>[0]['rungs'][number];

/** Not an async function: one step more between the answer and what follows it would be another order of commands. */
function record({ ladder, subject, promise }: Ladder, summary: string, rungs: readonly RungDone[]) {
  return database(summary).recordRungs({
    workflowId: workflowInfo().workflowId,
    ladder,
    subject,
    rungs,
    ...(promise === undefined ? {} : { promise }),
  });
}

function reachedBy({ by }: Ladder, { condition }: Rung): Pick<RungDone, 'doneBy' | 'doneAt'> {
  const who = by(condition);
  if (typeof who === 'string') return { doneBy: who };
  return { doneBy: who.by, ...(who.at === undefined ? {} : { doneAt: who.at }) };
}

/** Shanghai time and action of a rung, for timer and activity. */
function summaryOf({ dueAt, actionZh, actionEn }: Rung): string {
  const time = shanghaiWallClock(dueAt).slice(11, 16);
  return `期限 ${time} ${actionZh} ${actionEn}`;
}
