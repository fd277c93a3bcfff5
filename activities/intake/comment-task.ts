/** A person writes something about a task for others to read; it is never changed. The text stands in a table of its own. */
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
  readonly requestId: string;
}

/**
 * Also of a task that has ended: what is said then is said about it.
 * @returns number of the event
 * @throws SeveralRefusals NOT_FOUND for everybody mentioned whom the directory does not know
 */
export const commentTask =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (input: CommentTask): Promise<string> =>
    inTransaction(pool, async (sql) => {
      const task = await lockTask(sql, input.taskId);
      const mentions = [...new Set(input.mentions)];
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
      await sql.query('insert into task_comments (event_id, text, mentions) values ($1, $2, $3)', [
        eventId,
        input.text,
        mentions,
      ]);
      return eventId;
    });
