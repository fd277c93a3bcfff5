/** What Temporal says of a process now. */
import type { IntakeDependencies } from './dependencies';
import { GRPC, grpcStatusOf } from './grpc-status';

export type Description = Awaited<
  ReturnType<IntakeDependencies['temporal']['workflowService']['describeWorkflowExecution']>
>;

/** How many are asked about at the same time, however many there are. */
const AT_ONCE = 50;

/** The current run; undefined where the server knows none. */
export async function describeProcess(
  temporal: IntakeDependencies['temporal'],
  workflowId: string,
): Promise<Description | undefined> {
  try {
    return await temporal.workflowService.describeWorkflowExecution({
      namespace: temporal.options.namespace,
      execution: { workflowId },
    });
  } catch (error) {
    if (grpcStatusOf(error) === GRPC.NOT_FOUND) return undefined;
    throw error;
  }
}

/** The runs that the server's list tells of a process, ended or not; one that has just begun may be lacking, the list is seconds late. */
export async function runIdsOf(
  { workflow }: Pick<IntakeDependencies['temporal'], 'workflow'>,
  workflowId: string,
): Promise<readonly string[]> {
  const runs: string[] = [];
  for await (const { runId } of workflow.list({ query: `WorkflowId = ${JSON.stringify(workflowId)}` }))
    runs.push(runId);
  return runs;
}

/** What `ask` answers for each, in their order. */
export async function askEach<Item, Answer>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) {
    answers.push(...(await Promise.all(items.slice(from, from + AT_ONCE).map(ask))));
  }
  return answers;
}

const RUNNING = 1;
/** Of the server's numbers for the end of a run; a run that went on as another one is not the current one. */
const ENDED = { 2: 'completed', 3: 'failed', 4: 'cancelled', 5: 'terminated', 7: 'timed out' } as const;

export type EndedHow = (typeof ENDED)[keyof typeof ENDED] | 'not found';

/** How the process ended; undefined while it runs. */
export function endedHow(description: Description | undefined): EndedHow | undefined {
  const status = Number(description?.workflowExecutionInfo?.status ?? 0);
  if (status === RUNNING) return undefined;
  return Object.entries(ENDED).find(([number]) => Number(number) === status)?.[1] ?? 'not found';
}
