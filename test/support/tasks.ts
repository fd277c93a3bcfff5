/** Tasks of a test, opened by the verb as a process opens them. */
import type { Pool } from 'pg';
import { openTask, type OpenTask } from '../../activities/tasks/open-task';

let count = 0;

/** Opens a task of operations for the client side, unless told otherwise; answers its number. */
export async function openedTask(pool: Pool, more: Partial<OpenTask> = {}): Promise<string> {
  count += 1;
  const { taskId } = await openTask({ pool })({
    workflowId: 'settlement-day:SH:2025-06-23',
    businessKey: `test:${count}`,
    kind: 'ask-bank',
    titleZh: '询问银行',
    titleEn: 'ask the bank',
    role: 'operations',
    side: 'client',
    form: { type: 'object' },
    formVersion: 1,
    facts: {},
    revision: 1,
    ...more,
  });
  return taskId;
}

/** The codes of a refusal, all of them; `done` where nothing was refused. */
export async function codesOf(act: Promise<unknown>): Promise<string> {
  try {
    await act;
    return 'done';
  } catch (error) {
    const { details } = error as { details?: { codes?: readonly string[] } };
    if (details?.codes === undefined) throw error;
    return details.codes.join(' ');
  }
}
