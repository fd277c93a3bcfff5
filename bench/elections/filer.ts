/**
 * What the worker of a book does for an event on its own - filing elections, closing them when the cut has come - as a process to be killed:
 * addresses of the database, the clearing house and the counter are its arguments.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { closeElections } from '../../activities/corporate-actions/close-elections';
import { fileElections } from '../../activities/corporate-actions/file-elections';
import { httpCcnet } from '../../adapters/ccnet/http-ccnet';
import { httpCounter } from '../../adapters/counter/http-counter';
import { openPool } from '../../prisma/pool';
import { KEY } from './event';

const [databaseUrl = '', ccnetUrl = '', counterUrl = ''] = process.argv.slice(2);
const deps = {
  pool: openPool(databaseUrl, 6),
  ccnet: httpCcnet(ccnetUrl, 2_000),
  counter: httpCounter(counterUrl, 2_000),
};

async function again(work: () => Promise<unknown>): Promise<never> {
  for (;;) {
    await work().catch(() => undefined);
    await sleep(100);
  }
}
void again(() => fileElections(deps));
void again(() => closeElections(deps)(KEY));
