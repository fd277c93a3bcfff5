/**
 * Inside a process: the number of the request that started it, or that an update or signal came with, goes on with every verb
 * called because of it. A module of the worker's interceptors; it changes headers only, so replay does not notice it.
 */
import { AsyncLocalStorage, type Headers, type WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { REQUEST_ID_HEADER } from '../../domain/request-id';

const current = new AsyncLocalStorage<Payload | undefined>();

const within = <Result>(headers: Headers, work: () => Result): Result =>
  // What comes without a number stands for itself, not for the request that happened to wake the process.
  current.run(headers[REQUEST_ID_HEADER], work);

function withRequestId(headers: Headers): Headers {
  const payload = current.getStore();
  return payload === undefined ? headers : { ...headers, [REQUEST_ID_HEADER]: payload };
}

export const interceptors: WorkflowInterceptorsFactory = () => ({
  inbound: [
    {
      execute: (input, next) => within(input.headers, () => next(input)),
      handleSignal: (input, next) => within(input.headers, () => next(input)),
      handleUpdate: (input, next) => within(input.headers, () => next(input)),
    },
  ],
  outbound: [
    {
      scheduleActivity: (input, next) => next({ ...input, headers: withRequestId(input.headers) }),
      scheduleLocalActivity: (input, next) => next({ ...input, headers: withRequestId(input.headers) }),
      startChildWorkflowExecution: (input, next) => next({ ...input, headers: withRequestId(input.headers) }),
      signalWorkflow: (input, next) => next({ ...input, headers: withRequestId(input.headers) }),
      continueAsNew: (input, next) => next({ ...input, headers: withRequestId(input.headers) }),
      getLogAttributes: (input, next) => {
        const payload = current.getStore();
        const requestId = payload === undefined ? undefined : defaultPayloadConverter.fromPayload<unknown>(payload);
        return next(typeof requestId === 'string' ? { ...input, requestId } : input);
      },
    },
  ],
});
