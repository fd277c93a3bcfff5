/** `npm run bench -- day`: days of any number of trades through the real path, next to the floor of the same run. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { dataFolder } from '../cli/places';
import { readFolder } from '../prisma/local-server';
import { startServers, type Servers } from '../cli/processes/servers';
import { workflowBundle } from '../worker/workflow-bundle';
import { generateDays } from './days/generate-days';
import { openMarket, type Market, type MarketSpec } from './days/market';
import { unlessInterrupted } from './measure/interrupted';
import { measureFloor, median, writeRawRows } from './measure/floor';
import { measureDays, type MeasuredRun } from './measure/run-days';
import { runName } from './measure/run-name';
import { benchmarkLines, type DayBenchmark, type Surroundings } from './report';

export interface DayOptions extends MarketSpec {
  readonly repeat: number;
  readonly keep: boolean;
}

type Tell = (line: string) => void;

/** Floor, run, floor, run ... floor; the table is told, and written as JSON beside the books of benchmarks. */
export async function benchmarkDay(options: DayOptions, tell: Tell): Promise<DayBenchmark> {
  const { repeat, keep, ...spec } = options;
  const { market, folder } = await preparedDays(spec, tell);
  const rawRows = path.join(folder, 'raw-rows.tsv');
  await unlessInterrupted(() => writeRawRows(market, rawRows));
  // Once for all, so that no worker is measured that still has its bundler in memory.
  await workflowBundle();
  const servers = await startServers(tell);
  try {
    const loadBefore = os.loadavg()[0] ?? 0;
    const floor = () => unlessInterrupted(() => measureFloor(servers.adminUrl, rawRows));
    const floorSeconds = [await floor()];
    const runs: MeasuredRun[] = [];
    for (let nth = 1; nth <= repeat; nth += 1) {
      tell(`运行 run ${nth}/${repeat} …`);
      runs.push(await measureDays(servers, path.join(folder, 'days'), runName(`bench-${spec.trades}`), { keep }));
      floorSeconds.push(await floor());
    }
    const outcome: DayBenchmark = {
      trades: spec.trades,
      clients: spec.clients,
      seed: spec.seed,
      surroundings: await surroundingsOf(servers, loadBefore),
      floorSeconds,
      floorMedianSeconds: median(floorSeconds),
      runs,
    };
    for (const line of benchmarkLines(outcome)) tell(line);
    tell(`JSON: ${writeOutcome(outcome)}`);
    return outcome;
  } finally {
    await servers.stop();
  }
}

/** The days of a market are always the same, so they are written once and used again while their rules stay. */
async function preparedDays(
  spec: MarketSpec,
  tell: Tell,
): Promise<{ readonly market: Market; readonly folder: string }> {
  const markets = path.join(dataFolder(), 'markets');
  const name = `${spec.trades}-${spec.clients}-${spec.seed}-${spec.days}-`;
  const folder = path.join(markets, name + generatorFingerprint());
  const mark = path.join(folder, 'complete');
  if (existsSync(mark)) return { market: openMarket(spec), folder };
  // What other rules wrote is of no use any more.
  for (const old of readFolder(markets).filter((one) => one.startsWith(name))) {
    rmSync(path.join(markets, old), { recursive: true, force: true });
  }
  tell(`生成 ${spec.trades} 笔成交的数据 writing days of ${spec.trades} trades …`);
  const market = await unlessInterrupted(() => generateDays(spec, path.join(folder, 'days')));
  writeFileSync(mark, '');
  return { market, folder };
}

function generatorFingerprint(): string {
  const hash = createHash('sha256');
  const folder = path.join(__dirname, 'days');
  for (const name of readdirSync(folder).sort()) hash.update(readFileSync(path.join(folder, name)));
  return hash.digest('hex').slice(0, 8);
}

async function surroundingsOf({ adminUrl }: Servers, loadBefore: number): Promise<Surroundings> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ version: string; fsync: string; commit: string }>(
      `select current_setting('server_version') as version, current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`,
    );
    return {
      node: process.versions.node,
      postgres: `PostgreSQL ${rows[0]?.version}`,
      durability: `fsync ${rows[0]?.fsync}, synchronous_commit ${rows[0]?.commit}`,
      cores: os.availableParallelism(),
      loadBefore,
      loadAfter: os.loadavg()[0] ?? 0,
    };
  } finally {
    await client.end();
  }
}

function writeOutcome(outcome: DayBenchmark): string {
  const folder = path.join(dataFolder(), 'outcomes');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `day-${outcome.trades}-${Date.now()}.json`);
  writeFileSync(file, `${JSON.stringify(outcome, null, 1)}\n`);
  return file;
}
