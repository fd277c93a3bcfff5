/** A connection to the process engine that answers what is asked of processes with one status of gRPC: the client's own wrapping of it is real. */
import { Connection } from '@temporalio/client';

/** To be closed by whoever asks for it. @param code status of gRPC */
export function engineThatRefuses(code: number): Connection {
  const connection = Connection.lazy({ address: '127.0.0.1:9' });
  const refused = () =>
    Promise.reject(Object.assign(new Error('refused'), { code, details: 'refused', metadata: { get: () => [] } }));
  Object.assign(connection.workflowService, {
    updateWorkflowExecution: refused,
    pollWorkflowExecutionUpdate: refused,
    listWorkflowExecutions: () => Promise.resolve({ executions: [], nextPageToken: [] }),
    getSystemInfo: () => Promise.resolve({}),
  });
  return connection;
}
