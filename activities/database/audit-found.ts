/**
 * SQL by which rows of the audit are found by the process in which they were written. A row whose process is that of its object keeps the
 * object alone (docs/decisions/0102-what-an-open-complaint-is-made-of.md), and is found by that.
 */
import { ofProcess, ofProcesses } from './of-process';

/** That a row of the audit is about an object of the key, of whichever kind. @param objectId parameter */
export const isAbout = (objectId: string): string =>
  `(object_number(object_id) = object_number(${objectId}) and object_id = ${objectId})`;

/** The id of the process of a row's object. */
const OF_OBJECT = `object_type || ':' || object_id`;

/** That a row of the audit was written in the process. @param workflowId parameter */
export const writtenIn = (workflowId: string): string =>
  `(${ofProcess('other_workflow', workflowId)}
    or is_of_its_object and ${isAbout(`substr(${workflowId}, strpos(${workflowId}, ':') + 1)`)} and ${OF_OBJECT} = ${workflowId})`;

/** That it was written in one of them. @param workflowIds an array of ids */
export const writtenInAny = (workflowIds: string): string =>
  `(${ofProcesses('other_workflow', workflowIds)}
    or is_of_its_object and object_number(object_id) = any (object_numbers(${workflowIds})) and ${OF_OBJECT} = any (${workflowIds}))`;

/** What its row keeps of the process in which something is written. */
export const keptProcess = (
  workflowId: string | undefined,
  { objectType, objectId }: { readonly objectType: string; readonly objectId: string },
): { readonly isOfItsObject: boolean; readonly otherWorkflow: string | null } =>
  workflowId === `${objectType}:${objectId}` && !objectType.includes(':')
    ? { isOfItsObject: true, otherWorkflow: null }
    : { isOfItsObject: false, otherWorkflow: workflowId ?? null };
