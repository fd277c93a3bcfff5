import { Connection } from '@temporalio/client';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { registerBookNamespace } from '../../worker/search-attributes';
import { startTemporal, type TemporalServer, type TemporalServerOptions } from '../../worker/temporal-server';
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

test('a server takes a free port, has a Web UI where wanted, and is gone after stop', async () => {
  const server = await start({ headless: false });
  expect(server.address).not.toBe(testServers().temporal);
  expect((await fetch(server.uiAddress)).status).toBe(200);
  await server.stop();
  await expect(Connection.connect({ address: server.address, connectTimeout: 500 })).rejects.toThrow();
});

test('the server that a killed run left is found and used', async () => {
  const first = await start();
  const second = await start();
  expect(second.address).toBe(first.address);
});

test('a killed server is started again on the same port and has kept its books', async () => {
  const first = await start();
  await addNamespace(first, 'kept');
  process.kill(pid(), 'SIGKILL');
  const second = await start();
  expect(second.address).toBe(first.address);
  expect(await namespaces(second)).toContain('kept');
});

test('a server without Web UI gives way to one with', async () => {
  const first = await start();
  const second = await start({ headless: false });
  expect(first.uiAddress).toBe('');
  expect((await fetch(second.uiAddress)).status).toBe(200);
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
