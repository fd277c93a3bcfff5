/**
 * SQL by which rows of the audit are found by the process in which they were written. A row whose process is that of its object keeps the
 * object alone (docs/decisions/0102-what-an-open-complaint-is-made-of.md); its digits are those of the process.
 */
import { ofProcess, ofProcesses } from './of-process';

/** The id of the process of a row's object. */
const OF_OBJECT = `object_type || ':' || object_id`;

/** That a row of the audit was written in the process. @param workflowId parameter */
export const writtenIn = (workflowId: string): string =>
  `(${ofProcess('other_workflow', workflowId)}
    or is_of_its_object and case_number(object_id) = case_number(${workflowId}) and ${OF_OBJECT} = ${workflowId})`;

/** That it was written in one of them. @param workflowIds an array of ids */
export const writtenInAny = (workflowIds: string): string =>
  `(${ofProcesses('other_workflow', workflowIds)}
    or is_of_its_object and case_number(object_id) = any (case_numbers(${workflowIds})) and ${OF_OBJECT} = any (${workflowIds}))`;

/** What its row keeps of the process in which something is written. */
export const keptProcess = (
  workflowId: string | undefined,
  { objectType, objectId }: { readonly objectType: string; readonly objectId: string },
): { readonly isOfItsObject: boolean; readonly otherWorkflow: string | null } =>
  workflowId === `${objectType}:${objectId}` && !/\d/.test(objectType)
    ? { isOfItsObject: true, otherWorkflow: null }
    : { isOfItsObject: false, otherWorkflow: workflowId ?? null };
