/** Calls to the outside that lose their purpose: a system that does not answer is not waited for beyond it. */
import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';

/**
 * What the call answers; undefined where its purpose was over before it did. A call that has begun by then is let go: it may have
 * been received, its retries end. One that answers at the same moment counts.
 */
export async function unlessOver<Answer>(
  over: () => boolean,
  call: () => Promise<Answer>,
): Promise<Answer | undefined> {
  const scope = new CancellationScope();
  let ended = false;
  const called = scope.run(call).finally(() => {
    ended = true;
  });
  // Once the call has an answer nothing of it is left to cancel.
  void condition(() => ended || over()).then(() => {
    if (!ended) scope.cancel();
  });
  try {
    return await called;
  } catch (error) {
    if (isCancellation(error) && over()) return undefined;
    throw error;
  }
}
