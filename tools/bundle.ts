/** The workflows bundle for the sandbox: fails where one imports what the sandbox does not have. */
import { workflowBundle } from '../worker/workflow-bundle';

workflowBundle().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
