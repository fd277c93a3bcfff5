/** The few things that the API asks of running processes, and what their refusals mean. */
import {
  Client,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Connection,
} from '@temporalio/client';
import { ApplicationFailure, type UpdateDefinition } from '@temporalio/common';
import { runIdsOf } from '../activities/intake/describe-process';
import { GRPC, grpcStatusOf } from '../activities/intake/grpc-status';
import { carriesRequestId } from '../activities/intake/request-id';
import { BusinessError, textOf } from '../domain/errors';
import { refusalsTold, type ToldRefusal } from '../domain/told-refusals';
import { signException, type SignException } from '../workflows/messages/settlement-day';
import {
  completeTask,
  recallTask,
  returnTask,
  type CompleteTask,
  type RecallTask,
  type ReturnTask,
} from '../workflows/messages/tasks';
import { faultOfError, Refused, type Fault } from './problems';

/** An update is done, or goes on after the caller has gone, or the process it was for is there no more. */
export type UpdateState = 'done' | 'under way' | 'gone';

export interface TemporalGateway {
  /** `updateId`: the same id is the same update; a process repeats its first outcome. */
  completeTask(workflowId: string, updateId: string, sent: CompleteTask): Promise<UpdateState>;
  recallTask(workflowId: string, updateId: string, sent: RecallTask): Promise<UpdateState>;
  returnTask(workflowId: string, updateId: string, sent: ReturnTask): Promise<UpdateState>;
  signException(workflowId: string, updateId: string, sent: SignException): Promise<UpdateState>;
  /**
   * What became of an update that the process took before, in whichever of its runs, ended or not; undefined where it took none of this id.
   * @throws BusinessError TEMPORAL_UNAVAILABLE where nothing is heard
   */
  takenBefore(workflowId: string, updateId: string): Promise<Exclude<UpdateState, 'gone'> | undefined>;
  /** Whether the server answers. */
  answers(): Promise<boolean>;
}

/** @param deadlineMs how long a person is kept waiting for a process to answer */
export function temporalGateway(connection: Connection, namespace: string, deadlineMs: number): TemporalGateway {
  const client = new Client({ connection, namespace, interceptors: { workflow: [carriesRequestId] } });

  async function answers(): Promise<boolean> {
    try {
      await client.withDeadline(Date.now() + 2_000, () => connection.workflowService.getSystemInfo({}));
      return true;
    } catch {
      return false;
    }
  }

  const update = <Sent>(
    definition: UpdateDefinition<unknown, [Sent]>,
    workflowId: string,
    updateId: string,
    sent: Sent,
  ): Promise<UpdateState> =>
    stateOnce(() => client.workflow.getHandle(workflowId).executeUpdate(definition, { args: [sent], updateId }));

  async function stateOnce(answered: () => Promise<unknown>): Promise<UpdateState> {
    try {
      await client.withDeadline(Date.now() + deadlineMs, answered);
      return 'done';
    } catch (error) {
      // Nothing was heard: from a process that is slow it may still come, from a server that is away it was never taken.
      if (isTimeout(error) && (await answers())) return 'under way';
      if (isTimeout(error)) throw new BusinessError('TEMPORAL_UNAVAILABLE');
      if (error instanceof WorkflowNotFoundError) return 'gone';
      throw refusalOfUpdate(error);
    }
  }

  return {
    completeTask: (workflowId, updateId, sent) => update(completeTask, workflowId, updateId, sent),
    recallTask: (workflowId, updateId, sent) => update(recallTask, workflowId, updateId, sent),
    returnTask: (workflowId, updateId, sent) => update(returnTask, workflowId, updateId, sent),
    signException: (workflowId, updateId, sent) => update(signException, workflowId, updateId, sent),
    takenBefore: async (workflowId, updateId) => {
      const inRun = (runId?: string) =>
        stateOnce(() => client.workflow.getHandle(workflowId, runId).getUpdateHandle(updateId).result());
      const newest = await inRun();
      if (newest !== 'gone') return newest;
      // A process that went on in a new run, or was started anew, took it in an earlier one.
      const runs: string[] = [];
      const listed = await stateOnce(async () => runs.push(...(await runIdsOf(client, workflowId))));
      if (listed === 'under way') return listed;
      for (const runId of runs) {
        const state = await inRun(runId);
        if (state !== 'gone') return state;
      }
      return undefined;
    },
    answers,
  };
}

const isTimeout = (error: unknown): boolean =>
  error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || grpcStatusOf(error) === GRPC.DEADLINE_EXCEEDED;

/**
 * What a failed update means: all that the process refused it for, or that no server is there. A process whose own task fails refuses with FAILED_PRECONDITION: an operator has to look, and the caller to come back.
 */
export function refusalOfUpdate(error: unknown): unknown {
  if (error instanceof WorkflowUpdateFailedError) {
    const { cause } = error;
    if (!(cause instanceof ApplicationFailure)) return error;
    const [first, ...others] = refusalsTold(cause.type, cause.details).map(faultTold);
    return first === undefined ? error : new Refused([first, ...others], {}, true);
  }
  const status = grpcStatusOf(error);
  const isToCome = status === GRPC.UNAVAILABLE || status === GRPC.FAILED_PRECONDITION;
  return isToCome ? new BusinessError('TEMPORAL_UNAVAILABLE') : error;
}

const faultTold = ({ code, details }: ToldRefusal): Fault =>
  faultOfError({ code, details, text: textOf(code, details) });
