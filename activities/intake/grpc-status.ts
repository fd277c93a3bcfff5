/** What the Temporal server answered a call with: its client wraps most of it in an error of its own. */
import { isGrpcServiceError, ServiceError } from '@temporalio/client';

/** Of the statuses of gRPC those that are told apart. */
export const GRPC = {
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  /** Also of an update for a process whose own task fails: somebody has to mend it. */
  FAILED_PRECONDITION: 9,
  UNAVAILABLE: 14,
} as const;

/** The status of gRPC that an error of the client says, by itself or as its cause; undefined where it says none. */
export function grpcStatusOf(error: unknown): number | undefined {
  const said = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(said) ? Number(said.code) : undefined;
}
