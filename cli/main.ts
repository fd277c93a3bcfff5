/** Entry of `southbound`: runs the command, tells what went wrong in one sentence, ends with its status. */
import { sentenceOf } from './failures';
import { createProgram } from './program';

createProgram((status) => process.exit(status))
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`${sentenceOf(error)}\n`);
    process.exit(1);
  });
