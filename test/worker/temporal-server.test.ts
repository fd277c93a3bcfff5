import { Connection } from '@temporalio/client';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { registerBookNamespace } from '../../worker/search-attributes';
import { startTemporal, type TemporalServer, type TemporalServerOptions } from '../../worker/temporal-server';
import { untilTrue } from '../support/eventually';
import { ownPort } from '../support/own-port';
import { testServers } from '../support/servers';

const CACHE = path.join(__dirname, '../../.cache');

let dir: string;
let servers: TemporalServer[];
beforeEach(() => {
  mkdirSync(CACHE, { recursive: true });
  dir = mkdtempSync(path.join(CACHE, 'temporal-'));
  servers = [];
});
afterEach(async () => {
  for (const server of servers) await server.stop();
  rmSync(dir, { recursive: true });
});

async function start(options: Partial<TemporalServerOptions> = {}): Promise<TemporalServer> {
  const server = await startTemporal({ dir, headless: true, port: ownPort(), ...options });
  servers.push(server);
  return server;
}

const pid = (): number =>
  Number.parseInt(
    (JSON.parse(readFileSync(path.join(dir, 'temporal.json'), 'utf8')) as { identity: string }).identity,
    10,
  );

async function namespaces({ address }: TemporalServer): Promise<string[]> {
  const connection = await Connection.connect({ address });
  try {
    const { namespaces: listed } = await connection.workflowService.listNamespaces({});
    return listed.map(({ namespaceInfo }) => namespaceInfo?.name ?? '');
  } finally {
    await connection.close();
  }
}

async function addNamespace({ address }: TemporalServer, name: string): Promise<void> {
  const connection = await Connection.connect({ address });
  await registerBookNamespace(connection, name);
  await connection.close();
}

/** Until its pages are there, which come a moment after it answers. */
const untilShown = ({ uiAddress }: TemporalServer): Promise<void> =>
  untilTrue(async () => (await fetch(uiAddress).catch(() => undefined))?.status === 200);

test('a server takes a free port, has a Web UI where wanted, and is gone after stop', async () => {
  const server = await start({ headless: false });
  expect(server.address).not.toBe(testServers().temporal);
  await untilShown(server);
  await server.stop();
  await expect(Connection.connect({ address: server.address, connectTimeout: 500 })).rejects.toThrow();
});

test('what a killed run left is found and used; killed itself it comes back on the same port with its books; without Web UI it gives way to one with', async () => {
  const first = await start();
  expect((await start()).address).toBe(first.address);
  await addNamespace(first, 'kept');
  process.kill(pid(), 'SIGKILL');
  const again = await start();
  expect([again.address, again.uiAddress]).toEqual([first.address, '']);
  expect(await namespaces(again)).toContain('kept');
  await untilShown(await start({ headless: false }));
});

test('TEMPORAL_ADDRESS goes first, and is never ended', async () => {
  process.env['TEMPORAL_ADDRESS'] = testServers().temporal;
  try {
    const server = await start();
    expect(server.address).toBe(testServers().temporal);
    await server.stop();
    expect(await namespaces(server)).toContain('default');
    expect(existsSync(path.join(dir, 'temporal.json'))).toBe(false);
  } finally {
    delete process.env['TEMPORAL_ADDRESS'];
  }
});

test('a TEMPORAL_ADDRESS that does not answer is named', async () => {
  process.env['TEMPORAL_ADDRESS'] = '127.0.0.1:1';
  try {
    await expect(start()).rejects.toThrow('TEMPORAL_ADDRESS 127.0.0.1:1 does not answer');
  } finally {
    delete process.env['TEMPORAL_ADDRESS'];
  }
});
