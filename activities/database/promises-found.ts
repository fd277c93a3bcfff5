/**
 * SQL by which promises are found. One unique tree holds the number in the key of each and a digest of the key (migration 0163); most keys
 * bear the number of their process, and the others have an index of their own. A condition on the process or the key alone reads the whole table.
 */

/**
 * That a promise is owed by the process.
 * @param promise name of the table of promises
 * @param workflowId parameter, or column of another table
 */
export const owedByProcess = (promise: string, workflowId: string): string =>
  owedBy(promise, `= case_number(${workflowId})`, `= ${workflowId}`);

/** That it is owed by one of them. @param workflowIds an array of ids */
export const owedByProcesses = (promise: string, workflowIds: string): string =>
  owedBy(promise, `= any (case_numbers(${workflowIds}))`, `= any (${workflowIds})`);

/** That it has the key. @param businessKey parameter, or column of another table */
export const withKey = (promise: string, businessKey: string): string =>
  `(promise_number(${promise}.business_key) = promise_number(${businessKey})
    and hashtextextended(${promise}.business_key, 0) = hashtextextended(${businessKey}, 0) and ${promise}.business_key = ${businessKey})`;

/** Promises `d` that have one of the keys. @param businessKeys an array of keys */
export const withOneOfKeys = (businessKeys: string): string =>
  `unnest(${businessKeys}::text[]) asked (key) join deadlines d on ${withKey('d', 'asked.key')}`;

const owedBy = (promise: string, hasNumber: string, isIt: string): string =>
  `((promise_number(${promise}.business_key) ${hasNumber}
     or promise_number(${promise}.business_key) <> case_number(${promise}.workflow_id) and case_number(${promise}.workflow_id) ${hasNumber})
    and ${promise}.workflow_id ${isIt})`;
