/** SQL: the number of the complaint whose process has the id; null of any other process. By it a complaint is found: there is no index by process. */
export const complaintOf = (workflowId: string): string => `substring(${workflowId} from '^complaint:(.+)$')`;
