/** The sender of filings as a process of its own, to be killed: addresses of the database and of the clearing house are its arguments. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileElections } from '../../activities/corporate-actions/file-elections';
import { httpCcnet } from '../../adapters/ccnet/http-ccnet';
import { httpCounter } from '../../adapters/counter/http-counter';
import { openPool } from '../../prisma/pool';

const [databaseUrl = '', ccnetUrl = '', counterUrl = ''] = process.argv.slice(2);
const deps = {
  pool: openPool(databaseUrl, 4),
  ccnet: httpCcnet(ccnetUrl, 2_000),
  counter: httpCounter(counterUrl, 2_000),
};

async function file(): Promise<never> {
  for (;;) {
    await fileElections(deps).catch(() => undefined);
    await sleep(100);
  }
}
void file();
