/**
 * SQL by which rows of a process are found. Tables that have many of them index the digits of its id (`case_number`) instead of the id
 * (docs/decisions/0102-what-an-open-complaint-is-made-of.md): a condition on the id alone reads the whole table.
 */

/**
 * That a row is of the process.
 * @param column that holds the id of a process, with the name of its table
 * @param workflowId parameter, or column of another table
 */
export const ofProcess = (column: string, workflowId: string): string =>
  `(case_number(${column}) = case_number(${workflowId}) and ${column} = ${workflowId})`;

/** That it is of one of them. @param workflowIds an array of ids */
export const ofProcesses = (column: string, workflowIds: string): string =>
  `(case_number(${column}) = any (case_numbers(${workflowIds})) and ${column} = any (${workflowIds}))`;
