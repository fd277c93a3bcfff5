/**
 * The number of a request on its way through Temporal: with a start, a signal or an update as a header, from there with every
 * verb that the process calls because of it, into the logs and the audit. Never an argument: it decides nothing.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Headers, WorkflowClientInterceptor } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { REQUEST_ID_HEADER } from '../../domain/request-id';

const current = new AsyncLocalStorage<string | undefined>();

/** The request on whose behalf this runs; nothing for what a process does by itself. */
export const currentRequestId = (): string | undefined => current.getStore();

/** Runs `work` on behalf of a request. */
export const onBehalfOfRequest = <Result>(
  requestId: string | undefined,
  work: () => Promise<Result>,
): Promise<Result> => current.run(requestId, work);

/** The number in the headers of a verb. */
export function requestIdIn(headers: Headers): string | undefined {
  const payload = headers[REQUEST_ID_HEADER];
  const value: unknown = payload === undefined ? undefined : defaultPayloadConverter.fromPayload(payload);
  return typeof value === 'string' ? value : undefined;
}

/** Of a client: gives the current number to whatever is asked of a process. */
export const carriesRequestId: WorkflowClientInterceptor = {
  startWithDetails: (input, next) => next({ ...input, headers: withRequestId(input.headers) }),
  signal: (input, next) => next({ ...input, headers: withRequestId(input.headers) }),
  startUpdate: (input, next) => next({ ...input, headers: withRequestId(input.headers) }),
};

function withRequestId(headers: Headers): Headers {
  const requestId = currentRequestId();
  if (requestId === undefined) return headers;
  return { ...headers, [REQUEST_ID_HEADER]: defaultPayloadConverter.toPayload(requestId) };
}
