/** The filters of README: each is a query that the server understands, and its link asks the same. */
import { Client, Connection } from '@temporalio/client';
import { openTestBook, type TestBook } from '../support/book';
import { tableRows } from './markdown';

const FILTERS = tableRows('README.md').flatMap(([question = '', query = '', link = '']) =>
  link.startsWith('[open]') ? [{ question, query, link }] : [],
);

let book: TestBook;
let connection: Connection;
beforeAll(async () => {
  book = await openTestBook('filters');
  connection = await Connection.connect({ address: book.address });
});
afterAll(async () => {
  await connection.close();
  await book.close();
});

const count = async (query: string) =>
  (await new Client({ connection, namespace: book.namespace }).workflow.count(query)).count;

it('README lists some', () => expect(FILTERS.length).toBeGreaterThanOrEqual(6));

it.each(FILTERS)('$question: $query', async ({ query, link }) => {
  const address = /\((http[^)]+)\)/.exec(link)?.[1] ?? '';
  expect(new URL(address).searchParams.get('query')).toBe(query);
  await expect(count(query)).resolves.toBe(0);
});

it('the server refuses an attribute that there is not', async () => {
  await expect(count('AssigneRole="operations"')).rejects.toThrow();
});
