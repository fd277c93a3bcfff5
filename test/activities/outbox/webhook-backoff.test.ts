/** A receiver of events that is down, on real time: when each further try is due. The instants are moved, nobody waits for them. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadReference } from '../../../activities/books/load-reference';
import { deliverUnsentNotices } from '../../../activities/outbox/deliver-notices';
import { queueEvent } from '../../../activities/outbox/queue-event';
import { connectMessages } from '../../../adapters/messages/connect-messages';
import type { MessagesPort } from '../../../adapters/messages/messages-port';
import { openDatabase, type TestDatabase } from '../../support/database';

let book: TestDatabase;
let receiver: Server;
let messages: MessagesPort;
let status = 503;
const told: string[] = [];

beforeAll(async () => {
  book = await openDatabase('webhook backoff');
  await book.pool.query(`insert into business_clock (book_name, book_kind, mode) values ('backoff', 'test', 'real')`);
  await loadReference(book.pool);
  receiver = createServer((request, answer) => {
    told.push(decodeURIComponent(String(request.headers['webhook-id'])));
    request.resume().on('end', () => answer.writeHead(status).end());
  });
  await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
  await book.pool.query(
    `insert into webhook_receivers values ('crm', $1, array['case.changed'], '2025-01-01', null, 'test')`,
    [`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`],
  );
  messages = connectMessages({ webhookSecret: 'a secret of thirty-two letters or more' }, 2_000);
});
afterAll(async () => {
  await new Promise((closed) => receiver.close(closed));
  await book.close();
});

const deliver = () => deliverUnsentNotices({ pool: book.pool, messages });
const event = (number: number) =>
  queueEvent(book.pool, {
    key: `case.changed:a:${number}`,
    type: 'case.changed',
    caseKey: 'a',
    facts: { number: String(number) },
  });

/** Whole seconds between the newest attempt and the next one. */
async function waitOfFirst(): Promise<number> {
  const { rows } = await book.pool.query<{ wait: number }>(
    `select round(extract(epoch from retry_at - (select max(at) from message_attempts a where a.message_id = m.message_id)))::int as wait
     from outbox m where message_key = 'case.changed:a:1:crm'`,
  );
  return rows[0]?.wait ?? -1;
}
const dueNow = () =>
  book.pool.query(
    `update outbox set retry_at = clock_timestamp() - interval '1 millisecond' where retry_at is not null`,
  );

test('each wait is longer up to five minutes, nothing goes before it is over, and the events of the case go in order after it', async () => {
  for (const number of [1, 2]) expect(await event(number)).toBe(1);
  const waits: number[] = [];
  for (let tries = 1; tries <= 7; tries += 1) {
    await deliver();
    expect(told).toHaveLength(tries);
    waits.push(await waitOfFirst());
    // Asked again at once: not due, so the receiver hears nothing, of the second event neither.
    await deliver();
    expect(told).toHaveLength(tries);
    await dueNow();
  }
  expect(waits).toEqual([2, 5, 15, 30, 60, 300, 300]);
  expect(new Set(told)).toEqual(new Set(['case.changed:a:1:crm']));
  status = 204;
  await deliver();
  expect(told.slice(7)).toEqual(['case.changed:a:1:crm', 'case.changed:a:2:crm']);
});
