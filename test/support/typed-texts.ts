/** What people typed: how it is sent to processes, and whether any of it can be read in the histories of a book. */
import type { Pool } from 'pg';
import { aboutTask, byReference, formByReference } from '../../activities/intake/typed-texts';
import type { StoryStage } from './story-stage';

export interface Search {
  /** Texts that people typed, and processes that were looked through. */
  readonly texts: number;
  readonly histories: number;
  readonly found: readonly string[];
}

const SHORTEST = 4;

/** Looks for every reason, comment and free text of a form of the book in the whole history of each of its processes. */
export async function typedTextsInHistories({ pool, client }: Pick<StoryStage, 'pool' | 'client'>): Promise<Search> {
  const { rows } = await pool.query<{ text: string }>(
    `select text from typed_texts
     union select text from task_comments
     union select reason from audit where reason is not null and outcome = 'done' and actor <> 'southbound'
     union select reason from role_grants
     union select reason from delegations
     union select reason from parameter_changes`,
  );
  const texts = rows.map(({ text }) => text).filter((text) => text.length >= SHORTEST);
  const { rows: processes } = await pool.query<{ workflow_id: string }>('select workflow_id from processes');
  const found: string[] = [];
  for (const { workflow_id: workflowId } of processes) {
    const history = await client.workflow.getHandle(workflowId).fetchHistory();
    const read = readable(history);
    found.push(...texts.filter((text) => read.includes(text)).map((text) => `${workflowId}: ${text}`));
  }
  return { texts: texts.length, histories: processes.length, found };
}

/** Everything that a history says, each payload as the text that the Web UI shows of it. */
export function readable(part: unknown): string {
  if (typeof part === 'string') return `${part}\n`;
  if (typeof part !== 'object' || part === null) return '';
  if (ArrayBuffer.isView(part))
    return `${Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('utf8')}\n`;
  return Object.values(part).map(readable).join('');
}

/** A filled form as the API sends it to the process of a task: what is typed freely stands in the database, and is referred to. */
export async function formSent(
  pool: Pool,
  taskId: string,
  form: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const { rows } = await pool.query<{ form: unknown }>(
    'select form from tasks join task_forms using (form_id) where task_id::text = $1',
    [taskId],
  );
  return formByReference(pool, aboutTask(taskId), rows[0]?.form, form);
}

/** A reason as the API sends it. */
export const reasonSent = (pool: Pool, taskId: string, reason: string): Promise<string> =>
  byReference(pool, aboutTask(taskId), 'reason', reason);
