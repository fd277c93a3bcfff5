/** Turns a refusal by the rules into a failure that is not retried, whose type is the code; the rest goes on as it is. */
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { BusinessError } from '../domain/errors';
import { detailsTold } from '../domain/told-refusals';

/** The text begins with the code: it is what a supervisor reads at a pending activity in the Web UI. */
export const refusalsAreFinal: ActivityInterceptorsFactory = () => ({
  inbound: {
    async execute(input, next) {
      try {
        return await next(input);
      } catch (error) {
        if (!(error instanceof BusinessError)) throw error;
        const { zh, en } = error.text;
        throw ApplicationFailure.create({
          message: `${error.code} ${zh} ${en}`,
          type: error.code,
          nonRetryable: true,
          details: [...detailsTold(error)],
          // Expected in the course of business: no alarm in logs and metrics.
          category: ApplicationFailureCategory.BENIGN,
        });
      }
    },
  },
});
