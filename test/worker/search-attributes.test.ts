import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { registerBookNamespace, searchAttributes } from '../../worker/search-attributes';
import { openTestBook, type TestBook } from '../support/book';
import { eventually } from '../support/eventually';

let book: TestBook;
let connection: Connection;
beforeAll(async () => {
  book = await openTestBook('search attributes');
  connection = await Connection.connect({ address: book.address });
});
afterAll(async () => {
  await connection.close();
  await book.close();
});

test('a book has a namespace that knows every search attribute, and registering it again changes nothing', async () => {
  await registerBookNamespace(connection, book.namespace);
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: book.namespace });
  expect(Object.keys(customAttributes).sort()).toEqual(searchAttributes.map(({ name }) => name).sort());
});

test('a process can be started and found at once in a namespace just made', async () => {
  const { workflow } = new Client({ connection, namespace: book.namespace });
  await workflow.start('settlementDay', {
    workflowId: 'settlement-day:SH:2025-06-23',
    taskQueue: 'nobody',
    searchAttributes: { ProcessType: ['settlementDay'], BusinessDate: ['2025-06-23'], Breached: [true] },
  });
  const found = await eventually(async () => {
    const listed: string[] = [];
    for await (const { workflowId } of workflow.list({ query: `ProcessType = 'settlementDay' AND Breached = true` }))
      listed.push(workflowId);
    return listed.length === 0 ? undefined : listed;
  });
  expect(found).toEqual(['settlement-day:SH:2025-06-23']);
});

test('two books do not see one another', async () => {
  const other = await openTestBook('search attributes');
  const client = new pg.Client({ connectionString: other.appUrl });
  try {
    expect(other.database).not.toBe(book.database);
    await client.connect();
    await expect(client.query('CREATE TABLE mine (a int)')).rejects.toThrow('permission denied');
    await expect(client.query('SELECT count(*) FROM audit')).resolves.toMatchObject({ rowCount: 1 });
    const { workflow } = new Client({ connection, namespace: other.namespace });
    expect(await workflow.count()).toMatchObject({ count: 0 });
  } finally {
    await client.end();
    await other.close();
  }
});
