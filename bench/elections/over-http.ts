/**
 * The accept path as a holder has it: a request to the product's API with its login, idempotency record, own account and answer, beside a bare
 * transaction of the same rows that nobody has to ask for. Worker and clearing house are at work beside it, as they are in production.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { bookUrls, dropBookDatabase } from '../../prisma/migrate';
import { openPool } from '../../prisma/pool';
import { makeBook } from '../../worker/book';
import { startTemporal } from '../../worker/temporal-server';
import { endAll, unlessInterrupted } from '../measure/interrupted';
import { bareElection, enterBareElections, inTurns, ratiosOf, toldBeside } from './bare';
import { enterBook, loginOf } from './book';
import { callerOf, CLIENTS } from './clients';
import { accountOf } from './event';
import { startMortals, type Mortals } from './mortals';

const BOOK = 'bench-elections-http';
/** A prime: one login after another, and each holder once before any comes again. */
const SPREAD = 7_919;

/** Answers whether every election was acknowledged. */
export async function measureOverHttp(
  adminUrl: string,
  { holders, seconds }: { readonly holders: number; readonly seconds: number },
  tell: (line: string) => void,
): Promise<boolean> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'southbound-elections-http-'));
  await dropBookDatabase(adminUrl, BOOK);
  const temporal = await startTemporal({ dir: path.join(folder, 'engine'), headless: true });
  const { appUrl, ownerUrl } = bookUrls(adminUrl, BOOK);
  const [pool, owner] = [openPool(appUrl, CLIENTS), openPool(ownerUrl, 2)];
  let mortals: Mortals | undefined;
  try {
    await makeBook({ adminUrl, temporalAddress: temporal.address, name: BOOK, kind: 'test', clockMode: 'real' });
    await unlessInterrupted(() => enterBook(pool, owner, holders));
    await enterBareElections(owner);
    mortals = await startMortals({ folder, book: BOOK, databaseUrl: appUrl, temporalAddress: temporal.address });
    const api = callerOf(mortals.apiUrl);
    const refused: string[] = [];
    let askedAgain = 0;
    const overHttp = async (nth: number) => {
      // Neighbours share a login, and whoever asks too often is told to wait.
      const holder = (nth * SPREAD) % holders;
      const { electedAt, codes, tries } = await api.elect(loginOf(holder), accountOf(holder), `${(nth % 900) + 1}`);
      if (electedAt === undefined) refused.push(...codes);
      askedAgain += tries - 1;
    };
    const { bare, ours } = await unlessInterrupted(() =>
      inTurns(seconds, (nth) => bareElection(pool, nth, holders), overHttp),
    );
    tell(`选择确认（经 HTTP）accept over HTTP: ${toldBeside(bare, ours)}`);
    tell(`  ${ratiosOf(bare, ours)}; ${refused.length} 被拒 refused, ${askedAgain} 次重问 asked again`);
    tell(`  ${holders} 持有人 holders, ${os.cpus().length} cores, load ${(os.loadavg()[0] ?? 0).toFixed(1)}`);
    return refused.length === 0;
  } finally {
    await endAll(
      () => mortals?.stop() ?? Promise.resolve(),
      () => dropBookDatabase(adminUrl, BOOK),
      () => pool.end(),
      () => owner.end(),
      temporal.stop,
    );
    rmSync(folder, { recursive: true, force: true });
  }
}
