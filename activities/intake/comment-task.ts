/** A person writes something about a task for others to read; it is never changed. The text stands in a table of its own. */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { recordAct } from '../tasks/record-act';
import { lockTask } from '../tasks/task-row';
import { refuseFirst } from './judge-actor';

export interface CommentTask {
  readonly taskId: string;
  readonly person: string;
  readonly role: string;
  readonly onBehalfOf?: string | undefined;
  readonly text: string;
  /** Keys of people whose attention it asks for. */
  readonly mentions: readonly string[];
  /** The caller's key of the request: the same is the same comment. */
  readonly requestKey: string;
  readonly requestId: string;
}

/**
 * Also of a task that has ended: what is said then is said about it.
 * @returns number of the event
 * @throws SeveralRefusals NOT_FOUND for everybody mentioned whom the directory does not know; BusinessError IDEMPOTENCY_MISMATCH
 */
export const commentTask =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (input: CommentTask): Promise<string> =>
    inTransaction(pool, async (sql) => {
      const task = await lockTask(sql, input.taskId);
      const mentions = [...new Set(input.mentions)];
      const commentKey = `${input.person}:${input.requestKey}`;
      const known = await knownComment(sql, commentKey, { ...input, mentions });
      if (known !== undefined) return known;
      const { rows } = await sql.query<{ person: string }>(
        `select asked.person from unnest($1::text[]) with ordinality asked (person, place)
          where not exists (select from people p where p.person = asked.person and p.active) order by place`,
        [mentions],
      );
      refuseFirst(
        rows.map(
          ({ person }) => new BusinessError('NOT_FOUND', { what: '人员 person', key: person, field: 'mentions' }),
        ),
      );
      const eventId = await recordAct(sql, {
        kind: 'commented',
        task,
        actor: input.person,
        onBehalfOf: input.onBehalfOf,
        role: input.role,
        // The audit says that something was written and to whom; the text itself may name clients.
        after: { mentions },
        requestId: input.requestId,
      });
      await sql.query('insert into task_comments (event_id, text, mentions, comment_key) values ($1, $2, $3, $4)', [
        eventId,
        input.text,
        mentions,
        commentKey,
      ]);
      return eventId;
    });

async function knownComment(
  sql: PoolClient,
  commentKey: string,
  asked: Pick<CommentTask, 'taskId' | 'text' | 'mentions'>,
): Promise<string | undefined> {
  const { rows } = await sql.query<{ event_id: string; same: boolean }>(
    `select e.event_id::text, e.task_id = $2 and c.text = $3 and c.mentions = $4 as same
       from task_comments c join task_events e using (event_id) where c.comment_key = $1`,
    [commentKey, asked.taskId, asked.text, asked.mentions],
  );
  const [known] = rows;
  if (known?.same === false) throw new BusinessError('IDEMPOTENCY_MISMATCH');
  return known?.event_id;
}
