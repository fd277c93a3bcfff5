/** What has happened to a task, oldest first. */
import type { Pool } from 'pg';
import { instant, rowId } from '../schemas';
import { z } from '../zod';

export const taskEvent = z
  .strictObject({
    eventId: rowId,
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

/** Events after a number, at most so many. */
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
       from task_events e left join task_comments c using (event_id)
      where e.task_id = $1 and e.event_id > $2 order by e.event_id limit $3`,
    [taskId, after, limit],
  );
  return rows;
}
