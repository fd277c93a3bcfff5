/**
 * A deadline ladder: at each rung's time either what it guards has been reached, or somebody is told. Reaching the end
 * escalates to a named audience; it never decides and never fails the process (invariant 6).
 */
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { database } from '../activity-groups';
import type { BusinessClock } from './business-clock';
import { Breached } from '../messages/search-attributes';
import { deliverBeside } from './delivery';

/** One rung, as the verb `loadLadder` reads it from the terms in force. */
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

export interface Ladder {
  readonly ladder: string;
  /** What climbs, e.g. `SH:2025-06-23:client`; part of the key of each rung. */
  readonly subject: string;
  readonly rungs: readonly Rung[];
  /** Whether the condition of a rung holds. Read only. */
  readonly reached: (condition: string) => boolean;
  /** Who reached it, for the record. */
  readonly by: (condition: string) => string;
  /** What the story does besides telling the audience, e.g. offer the emergency channel. */
  readonly onMissed?: (rung: Rung) => Promise<void>;
}

/**
 * Climbs until every rung is recorded: `met` as soon as its condition holds, otherwise at its time `acted`, the last
 * one `escalated`. One timer at a time; rungs met together are recorded together.
 */
export async function climbLadder(clock: BusinessClock, climbed: Ladder): Promise<'met' | 'escalated'> {
  const { ladder, subject, reached, by } = climbed;
  const { workflowId } = workflowInfo();
  let open = [...climbed.rungs].sort((a, b) => (a.dueAt < b.dueAt ? -1 : a.dueAt > b.dueAt ? 1 : a.rung - b.rung));
  const last = open.at(-1);
  let end: 'met' | 'escalated' = 'met';

  while (open[0] !== undefined) {
    const next = open[0];
    await clock.waitUntil(next.dueAt, () => reached(next.condition), summaryOf(next));
    const met = open.filter((rung) => reached(rung.condition));
    if (met.length > 0) {
      open = open.filter((rung) => !met.includes(rung));
      await database(`期限达成 ${met.length} 级 rungs met`).recordRungs({
        workflowId,
        ladder,
        subject,
        rungs: met.map((rung) => ({ ...rung, state: 'met', doneBy: by(rung.condition) })),
      });
      continue;
    }
    const state = next === last ? 'escalated' : 'acted';
    open = open.slice(1);
    await database(`${summaryOf(next)}: ${state === 'escalated' ? '上报 escalate' : '提醒 remind'}`).recordRungs({
      workflowId,
      ladder,
      subject,
      rungs: [{ ...next, state, doneBy: SYSTEM_ACTOR }],
    });
    deliverBeside();
    if (state === 'escalated') {
      end = 'escalated';
      upsertSearchAttributes([{ key: Breached, value: true }]);
    }
    await climbed.onMissed?.(next);
  }
  return end;
}

/** Shanghai time and action of a rung, for timer and activity. */
function summaryOf({ dueAt, actionZh, actionEn }: Rung): string {
  const time = new Date(Date.parse(dueAt) + 8 * 3_600_000).toISOString().slice(11, 16);
  return `期限 ${time} ${actionZh} ${actionEn}`;
}
