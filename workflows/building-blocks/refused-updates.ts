/**
 * What a process refuses is told outside, so that every refused attempt is in the audit, also one that came past the API. A module of
 * the worker's interceptors: a refusal by a validator leaves no event, and one that is replayed is not told again.
 */
import { proxySinks, type Sinks, type UpdateInput, type WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';

/** An update that was refused, as it was sent and why. Nothing of it is believed. */
export interface RefusedUpdate {
  readonly update: string;
  readonly sent: unknown;
  readonly codes: readonly string[];
}

export interface RefusalSinks extends Sinks {
  readonly refusals: { tell(refused: RefusedUpdate): void };
}

export const interceptors: WorkflowInterceptorsFactory = () => {
  const { refusals } = proxySinks<RefusalSinks>();
  const tell = ({ name, args: [sent] }: UpdateInput, codes: readonly string[]) =>
    refusals.tell({ update: name, sent, codes });
  return {
    inbound: [
      {
        validateUpdate: (input, next) => {
          try {
            next(input);
          } catch (error) {
            // What is not even of the shape of a message fails somewhere in the validator.
            tell(input, error instanceof ApplicationFailure ? codesOf(error) : ['INPUT_INVALID']);
            throw error;
          }
        },
        handleUpdate: (input, next) => {
          const answer = next(input);
          // Looked at beside it: one more step on its way, and a process under way would replay otherwise than it ran.
          void answer.catch((error: unknown) => {
            if (error instanceof ApplicationFailure) tell(input, codesOf(error));
          });
          return answer;
        },
      },
    ],
  };
};

/** The codes of all refusals that applied, the first one first. */
function codesOf({ type, details }: ApplicationFailure): readonly string[] {
  const { codes } = (details?.[0] ?? {}) as { readonly codes?: readonly string[] };
  return codes ?? [type ?? 'INPUT_INVALID'];
}
