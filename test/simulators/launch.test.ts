import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { launchSimulators } from '../../simulators/launch';
import { DAYS, newFolder, onStage } from './stage';

test('all five answer on their own addresses, go on with their state, and end when told', async () => {
  const folder = newFolder();
  const playing = { data: DAYS, inbox: join(folder, 'inbox'), stateDir: join(folder, 'state') };
  const now = '2025-06-23T00:31:10.000Z';
  const first = await launchSimulators(playing);
  expect(new Set(Object.values(first.urls)).size).toBe(5);
  for (const url of Object.values(first.urls)) await postClock(url, now);
  await first.stop();
  for (const url of Object.values(first.urls)) await expect(fetch(`${url}/clock`)).rejects.toThrow();

  const second = await launchSimulators(playing);
  for (const url of Object.values(second.urls)) {
    expect(await (await fetch(`${url}/clock`)).json()).toMatchObject({ now });
  }
  await second.stop();
});

test('a start that cannot work says why', async () => {
  await expect(onStage('bank', { data: join(DAYS, 'static') })).rejects.toThrow(
    /bank did not come up.*holds no day folder/s,
  );
  await expect(onStage('bank', { overlay: DAYS })).rejects.toThrow(/expect\.json/);
});

test('they end with their parent, even when it is killed', async () => {
  const folder = newFolder();
  const script = join(folder, 'parent.ts');
  const launch = resolve(__dirname, '../../simulators/launch');
  writeFileSync(
    script,
    `import { startSimulator } from ${JSON.stringify(launch)};
     void startSimulator('messages', ${JSON.stringify({ data: DAYS, inbox: join(folder, 'i'), stateDir: join(folder, 's') })})
       .then((simulator) => console.log(simulator.pid, simulator.url));`,
  );
  const parent = spawn(process.execPath, ['--import', pathToFileURL(require.resolve('tsx')).href, script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await new Promise<string[]>((told) =>
    createInterface(parent.stdout).once('line', (text) => told([text])),
  )) as [string];
  const [pid, url] = line.split(' ') as [string, string];
  expect((await fetch(`${url}/clock`)).status).toBe(200);
  parent.kill('SIGKILL');
  await untilEnded(Number(pid));
  await expect(fetch(`${url}/clock`)).rejects.toThrow();
});

test('a simulator that dies comes back on its address with its state', async () => {
  const folder = newFolder();
  const launched = await launchSimulators({
    data: DAYS,
    inbox: join(folder, 'inbox'),
    stateDir: join(folder, 'state'),
  });
  const now = '2025-06-23T00:31:10.000Z';
  await postClock(launched.urls.bank, now);
  const { pid } = (await (await fetch(`${launched.urls.bank}/process`)).json()) as { pid: number };
  process.kill(pid, 'SIGKILL');
  expect(await answerWhenUp(`${launched.urls.bank}/clock`)).toMatchObject({ now });
  await launched.stop();
});

async function postClock(url: string, now: string): Promise<void> {
  const response = await fetch(`${url}/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ now }),
  });
  expect(response.status).toBe(200);
}

/** Looks until the process is gone; the test's own time limit ends a hopeless look. */
async function untilEnded(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await pause();
  }
}

/** The answer of an address as soon as somebody listens there. */
async function answerWhenUp(url: string): Promise<unknown> {
  for (;;) {
    const response = await fetch(url).catch(() => undefined);
    if (response !== undefined) return response.json();
    await pause();
  }
}

/** Between two looks, so that looking does not starve what is looked at. */
function pause(): Promise<void> {
  return new Promise((look) => setTimeout(look, 20));
}
