/** A worker in a process of its own, to be killed. Told what to run by its arguments. */
import type { WorkerConfig } from '../../worker/config';
import { startWorker } from '../../worker/run';

const [config = '', bundle = ''] = process.argv.slice(2);
void startWorker(JSON.parse(config) as WorkerConfig, bundle).then(() => process.stdout.write('ready\n'));
