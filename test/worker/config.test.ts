/** What a worker accepts from its environment, and that it names every defect at once. */
import { readWorkerConfig, type WorkerConfig } from '../../worker/config';

const COMPLETE = {
  BOOK_DATABASE_URL: 'postgresql://southbound_app@127.0.0.1:5432/rehearsal',
  BOOK_NAME: 'rehearsal',
  INBOX_DIR: '/inbox',
  CLEARING_HOUSE_URL: 'http://127.0.0.1:1',
  BANK_URL: 'http://127.0.0.1:2',
  COUNTER_URL: 'http://127.0.0.1:3',
  MESSAGES_URL: 'http://127.0.0.1:4',
};

test('all queues and a quiet log unless told otherwise', () => {
  expect(readWorkerConfig(COMPLETE)).toMatchObject({
    book: 'rehearsal',
    temporalAddress: '127.0.0.1:7233',
    queues: ['stories', 'database', 'bulk', 'outside'],
    logLevel: 'warn',
    metricsAddress: undefined,
  });
});

test.each<[string, string, Partial<WorkerConfig>, string]>([
  // variable, value, what the worker makes of it, why
  ['WORKER_QUEUES', 'bulk', { queues: ['bulk'] }, 'one queue'],
  ['WORKER_QUEUES', ' stories , outside', { queues: ['stories', 'outside'] }, 'blanks do not count'],
  ['WORKER_DATABASE_CONNECTIONS', '4', { databaseConnections: 4 }, 'the fewest'],
])('%s=%s (%#)', (variable, value, expected) => {
  expect(readWorkerConfig({ ...COMPLETE, [variable]: value })).toMatchObject(expected);
});

test.each([
  ['WORKER_QUEUES', 'bulk,people', 'no such queue'],
  ['WORKER_QUEUES', '', 'an empty list'],
  ['WORKER_DATABASE_CONNECTIONS', '3', 'one below the fewest'],
  ['BOOK_DATABASE_URL', 'mysql://127.0.0.1/x', 'another database'],
  ['BANK_URL', 'bank', 'no address'],
])('%s=%s is refused: %s', (variable, value) => {
  expect(() => readWorkerConfig({ ...COMPLETE, [variable]: value })).toThrow(variable);
});

test('all defects at once', () => {
  expect(() => readWorkerConfig({ BOOK_NAME: 'x', BANK_URL: 'bank' })).toThrow(
    /BOOK_DATABASE_URL[\s\S]*INBOX_DIR[\s\S]*BANK_URL[\s\S]*MESSAGES_URL/,
  );
});
