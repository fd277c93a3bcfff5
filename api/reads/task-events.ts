/** What has happened to a task, oldest first. */
import type { Pool } from 'pg';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { instant } from '../schemas';
import { z } from '../zod';

export const taskEvent = z
  .strictObject({
    eventId: z
      .string()
      .regex(/^\d{1,18}$/)
      .openapi({ description: '0 为任务开立 0: the opening, which the task itself says', example: '42' }),
    kind: z.enum([
      ...['opened', 'claimed', 'released', 'assigned', 'commented', 'returned', 'completed', 'recalled', 'withdrawn'],
    ] as [string, ...string[]]),
    at: instant,
    actor: z.string(),
    onBehalfOf: z.string().nullable().openapi({ description: '被代理人 principal of the delegation' }),
    substituteFor: z.string().nullable().openapi({ description: '替谁在岗 who is away and held the task' }),
    role: z.string().nullable(),
    givenTo: z.string().nullable().openapi({ description: '指派或退回给谁 whom it was assigned or sent back to' }),
    reason: z.string().nullable(),
    comment: z.string().nullable(),
    mentions: z.array(z.string()),
    revision: z.number().int(),
  })
  .openapi('TaskEvent');

/** The opening of a task, from its first version: one that was opened before lines were left away has it among its lines. */
const OPENING = `
  select 0::bigint as event_id, 'opened' as kind, t.opened_at as at, '${SYSTEM_ACTOR}' as actor, null as on_behalf_of, null as substitute_for,
         null as role, first.claimed_by as given_to, null as reason, first.revision
    from tasks t, lateral (
           select v.claimed_by, v.revision
             from (select h.version, h.claimed_by, h.revision from history.tasks h where h.task_id = t.task_id
                   union all select null, t.claimed_by, t.revision) v order by v.version limit 1) first
   where t.task_id = $1
     and (select e.kind from task_events e where e.task_id = t.task_id order by e.event_id limit 1) is distinct from 'opened'`;

/** Events after a number, at most so many. @param after '-1' for all */
export async function taskEvents(
  pool: Pool,
  taskId: string,
  after: string,
  limit: number,
): Promise<readonly z.output<typeof taskEvent>[]> {
  const { rows } = await pool.query<z.output<typeof taskEvent>>(
    `select e.event_id::text as "eventId", e.kind, e.at, e.actor, e.on_behalf_of as "onBehalfOf",
            e.substitute_for as "substituteFor", e.role, e.given_to as "givenTo", e.reason, c.text as comment,
            coalesce(c.mentions, '{}') as mentions, e.revision
       from (${OPENING}
             union all
             select event_id, kind, at, actor, on_behalf_of, substitute_for, role, given_to, reason, revision
               from task_events where task_id = $1) e left join task_comments c using (event_id)
      where e.event_id > $2 order by e.event_id limit $3`,
    [taskId, after, limit],
  );
  return rows;
}
