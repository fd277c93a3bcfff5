/** How a business situation leaves a process: a failure whose type is the code of domain/errors.ts. */
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { textOf, type ErrorCode, type ErrorDetails } from '../domain/errors';

/**
 * A refusal or the end of a run for a business reason. The text begins with the code and says the rest in Chinese and
 * English, because that line is what a supervisor sees in the Web UI. An ordinary Error would block the process.
 */
export function businessFailure<Code extends ErrorCode>(code: Code, details: ErrorDetails<Code>): ApplicationFailure {
  const { zh, en } = textOf(code, details);
  return ApplicationFailure.nonRetryable(`${code} ${zh} ${en}`, code, details);
}

/** The business refusal inside an activity's failure, as its own failure; anything else as it came. */
export function refusalWithin(error: unknown): unknown {
  return error instanceof ActivityFailure && error.cause instanceof ApplicationFailure ? error.cause : error;
}
