/** The number of a request at the verbs: it stands in the rows that they write and in one line of the log for each. */
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Logger } from 'pino';
import { onBehalfOfRequest, requestIdIn } from '../activities/intake/request-id';

/** Outermost of the interceptors: whatever the others write and log belongs to the request too. */
export const belongsToRequest =
  (log: Logger): ActivityInterceptorsFactory =>
  ({ info }) => {
    let requestId: string | undefined;
    return {
      inbound: {
        execute: (input, next) => {
          requestId = requestIdIn(input.headers);
          const began = performance.now();
          const tell = (outcome: 'done' | 'failed') =>
            log.info(
              {
                requestId,
                workflowId: info.workflowExecution?.workflowId,
                activityId: info.activityId,
                verb: info.activityType,
                attempt: info.attempt,
                outcome,
                ms: Math.round(performance.now() - began),
              },
              'verb',
            );
          return onBehalfOfRequest(requestId, async () => {
            try {
              const result = await next(input);
              tell('done');
              return result;
            } catch (error) {
              tell('failed');
              throw error;
            }
          });
        },
      },
      outbound: {
        getLogAttributes: (input, next) => next({ ...input, ...(requestId === undefined ? {} : { requestId }) }),
      },
    };
  };
