/** The audit row of an update that a process refused: told by the process, written here, before the sender hears of it. */
import type { InjectedSinks } from '@temporalio/worker';
import type { Pool } from 'pg';
import { recordRefusal, recordUnlessTold } from '../activities/intake/record-refusal';
import type { RefusalSinks, RefusedUpdate } from '../workflows/building-blocks/refused-updates';

export const refusalsAreKept = (pool: Pool): InjectedSinks<RefusalSinks> => ({
  refusals: {
    tell: {
      callDuringReplay: false,
      fn: ({ workflowId }, refused) => {
        const attempt = { ...attemptOf(refused, workflowId), workflowId };
        // What came past the API without a number of its request cannot be told from the next one like it.
        return (attempt.requestId === '' ? recordRefusal : recordUnlessTold)(pool, attempt);
      },
    },
  },
});

/** Who says to have sent it, about what: the process has not believed it either. */
function attemptOf({ update, sent, codes }: RefusedUpdate, workflowId: string) {
  const { actor, signedBy, taskId, findingId, requestId } = (sent ?? {}) as Readonly<Record<string, unknown>>;
  const { person, role } = (actor ?? {}) as Readonly<Record<string, unknown>>;
  return {
    actor: textOr(person ?? signedBy, 'nobody'),
    role: role === undefined ? null : textOr(role, ''),
    action: update,
    objectType: taskId === undefined ? 'days' : 'tasks',
    objectId: textOr(taskId ?? findingId, workflowId),
    codes,
    requestId: textOr(requestId, ''),
  };
}

const textOr = (value: unknown, otherwise: string): string =>
  typeof value === 'string' && value !== '' ? value : otherwise;
