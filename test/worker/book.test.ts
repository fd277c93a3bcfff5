/** Making a book: complete, once, the one that is meant; copied; removed and made anew under the same name. */
import { Client as TemporalClient, Connection } from '@temporalio/client';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Client } from 'pg';
import { clockModeOf, dropBook, makeBook, type BookSpec } from '../../worker/book';
import { testServers } from '../support/servers';

const OPENING = path.join(__dirname, '../../samples/days-a/static');
const AT = '2025-06-22T15:59:00.000Z';

const { adminUrl, temporal: temporalAddress } = testServers();
const name = `test_book_${process.pid}_${randomBytes(3).toString('hex')}`;
const spec: BookSpec = {
  adminUrl,
  temporalAddress,
  name,
  kind: 'test',
  clockMode: 'manual',
  clockAt: AT,
  openingFolder: OPENING,
  people: true,
};

async function counts(url: string): Promise<Record<string, number>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, number>>(
      `select (select count(*)::int from clients) as clients, (select count(*)::int from people) as people,
              (select count(*)::int from entries) as entries, (select count(*)::int from fee_rates) as fee_rates,
              (select count(*)::int from calendar_versions) as calendars`,
    );
    return rows[0] ?? {};
  } finally {
    await client.end();
  }
}

async function namespaceAnswers(namespace: string): Promise<boolean> {
  const connection = await Connection.connect({ address: temporalAddress });
  try {
    await new TemporalClient({ connection, namespace }).workflowService.describeNamespace({ namespace });
    return true;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}

afterAll(() => dropBook(adminUrl, temporalAddress, name));

test('a book is made once, whole: made again it is as it was', async () => {
  const { appUrl } = await makeBook(spec);
  const made = await counts(appUrl);
  // The opening state of the samples has 41 clients (42 lines with the head); each other table is of the reviewed reference data.
  expect(made['clients']).toBe(41);
  for (const table of ['people', 'entries', 'fee_rates', 'calendars']) expect(made[table]).toBeGreaterThan(0);
  expect(await namespaceAnswers(name)).toBe(true);

  await makeBook({ ...spec, clockAt: '2025-07-01T00:00:00.000Z' });
  expect(await counts(appUrl)).toEqual(made);
  expect(await clockModeOf(adminUrl, name)).toBe('manual');
});

test.each([
  { why: 'another kind', other: { kind: 'rehearsal' } as const },
  { why: 'a real clock', other: { clockMode: 'real' } as const },
])('a book that is there is not taken for $why', async ({ other }) => {
  await expect(makeBook({ ...spec, ...other })).rejects.toThrow(/holds another book/);
});

test('a copy is a book of its own, under its own name', async () => {
  const copy = `${name}_copy`;
  try {
    const { appUrl } = await makeBook({ ...spec, name: copy, copyOf: name });
    expect((await counts(appUrl))['clients']).toBe(41);
    expect(await namespaceAnswers(copy)).toBe(true);
    expect(await clockModeOf(adminUrl, name)).toBe('manual');
  } finally {
    await dropBook(adminUrl, temporalAddress, copy);
  }
});

test('removed and made anew; removing what is not there is no fault', async () => {
  await dropBook(adminUrl, temporalAddress, name);
  await dropBook(adminUrl, temporalAddress, name);
  await expect(clockModeOf(adminUrl, name)).rejects.toThrow(/There is no book/);
  const { appUrl } = await makeBook({ ...spec, people: false });
  expect(await counts(appUrl)).toMatchObject({ clients: 41, people: 0 });
});

test('a production book is never removed, and takes no test people', async () => {
  const production = `${name}_production`;
  const real = { ...spec, name: production, kind: 'production', clockMode: 'real' } as const;
  await expect(makeBook({ ...real, people: true })).rejects.toThrow('NOT_A_REHEARSAL');
  await makeBook({ ...real, people: false });
  await expect(dropBook(adminUrl, temporalAddress, production)).rejects.toThrow(/never removed/);
});
