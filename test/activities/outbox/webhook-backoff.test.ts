/** A receiver of events that is down, on real time: when each further try is due. The instants are moved, nobody waits for them. */
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadReference } from '../../../activities/books/load-reference';
import { deliverUnsentNotices } from '../../../activities/outbox/deliver-notices';
import { queueEvent } from '../../../activities/outbox/queue-event';
import {
  registerWebhookReceiver,
  rotateWebhookKey,
  switchWebhookReceiverOff,
} from '../../../activities/intake/webhook-receivers';
import { postEvent } from '../../../adapters/messages/post-event';
import { webhookKey } from '../../../adapters/messages/webhook-channel';
import { connectMessages } from '../../../adapters/messages/connect-messages';
import type { MessagesPort } from '../../../adapters/messages/messages-port';
import { openDatabase, type TestDatabase } from '../../support/database';

const SECRET = 'a secret of thirty-two letters or more';
let book: TestDatabase;
let receiver: Server;
let messages: MessagesPort;
let status = 503;
const told: string[] = [];
/** Signatures of the newest call. */
let signatures: readonly string[] = [];
let signed = '';

beforeAll(async () => {
  book = await openDatabase('webhook backoff');
  await book.pool.query(`insert into business_clock (book_name, book_kind, mode) values ('backoff', 'test', 'real')`);
  await loadReference(book.pool);
  receiver = createServer((request, answer) => {
    const id = String(request.headers['webhook-id']);
    told.push(decodeURIComponent(id));
    signatures = String(request.headers['webhook-signature']).split(' ');
    let body = '';
    request
      .on('data', (part: Buffer) => (body += part.toString('utf8')))
      .on('end', () => {
        signed = `${id}.${String(request.headers['webhook-timestamp'])}.${body}`;
        answer.writeHead(status).end();
      });
  });
  await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
  await book.pool.query(
    `insert into webhook_receivers values ('crm', $1, array['settlement-day.stage'], '2025-01-01', null, 'test', 'admin-1')`,
    [urlOf(receiver)],
  );
  messages = connectMessages({ webhookSecret: SECRET }, 30_000);
});
afterAll(async () => {
  await new Promise((closed) => receiver.close(closed));
  await book.close();
});

const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
const deliver = () => deliverUnsentNotices({ pool: book.pool, messages });
const event = (number: number) =>
  queueEvent(book.pool, {
    key: `case.changed:a:${number}`,
    type: 'settlement-day.stage',
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
/** The next try of whatever waits for one is so long from now. */
const retryIn = (wait: string) =>
  book.pool.query('update outbox set retry_at = clock_timestamp() + $1::interval where retry_at is not null', [wait]);
const dueNow = () => retryIn('-1 millisecond');

test('each wait is longer up to five minutes, nothing goes before it is over, and the events of the case go in order after it', async () => {
  for (const number of [1, 2]) expect(await event(number)).toBe(1);
  const waits: number[] = [];
  for (let tries = 1; tries <= 7; tries += 1) {
    await deliver();
    expect(told).toHaveLength(tries);
    waits.push(await waitOfFirst());
    // Asked again before it is due, however slow this machine is: the receiver hears nothing, of the second event neither.
    await retryIn('5 minutes');
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

describe('keys', () => {
  const admin = { receiver: 'crm', person: 'admin-1', role: 'admin', requestId: 'r' } as const;
  const deps = () => ({ pool: book.pool, webhookSecret: SECRET });
  const signatureBy = (key: string) =>
    `v1,${createHmac('sha256', Buffer.from(key.replace(/^whsec_/, ''), 'base64'))
      .update(signed)
      .digest('base64')}`;
  /** Sends one more event, and answers whether it was signed under each of the keys, in their order, and under no other. */
  async function signedBy(number: number, keys: readonly string[]): Promise<boolean> {
    await event(number);
    await deliver();
    return told.at(-1) === `case.changed:a:${number}:crm` && signatures.join(' ') === keys.map(signatureBy).join(' ');
  }

  test('a new key signs beside the one before for a day, then alone; each is another one', async () => {
    const first = webhookKey(SECRET, 'crm');
    expect(await signedBy(3, [first])).toBe(true);
    const second = await rotateWebhookKey(deps(), admin);
    expect(second.keyNo).toBe(2);
    expect(second.key).toMatch(/^whsec_[\w+/]{43}=$/);
    expect(second.key).not.toBe(`whsec_${first}`);
    expect(await signedBy(4, [second.key, first])).toBe(true);
    const { rows } = await book.pool.query<{ hours: number }>(
      `update webhook_keys set ends_at = business_now() where key_no = 1
       returning (select round(extract(epoch from k.ends_at - business_now()) / 3600)::int from webhook_keys k where key_no = 1) as hours`,
    );
    expect(rows).toEqual([{ hours: 24 }]);
    expect(await signedBy(5, [second.key])).toBe(true);
  });

  test('stand nowhere: neither in the book nor in its audit', async () => {
    const { key } = await rotateWebhookKey(deps(), admin);
    const { rows } = await book.pool.query<{ text: string }>(
      `select string_agg(to_jsonb(a)::text, '') as text from audit a
       union all select string_agg(to_jsonb(k)::text, '') from webhook_keys k
       union all select string_agg(to_jsonb(r)::text, '') from webhook_receivers r`,
    );
    const bare = key.replace('whsec_', '');
    expect(rows.map(({ text }) => text.includes(bare))).toEqual([false, false, false]);
    expect(rows[0]?.text).toContain('give receiver of events a new key');
  });

  test('switched off: what waits is told no more, it gets no key, and its name stays its own', async () => {
    status = 503;
    await event(6);
    await deliver();
    expect(
      await switchWebhookReceiverOff({ pool: book.pool }, { ...admin, reason: 'replaced by another system' }),
    ).toBe(1);
    status = 204;
    const before = told.length;
    await dueNow();
    expect(await event(7)).toBe(0);
    await deliver();
    expect(told).toHaveLength(before);
    await expect(rotateWebhookKey(deps(), admin)).rejects.toMatchObject({ code: 'WEBHOOK_RECEIVER_OFF' });
    const again = registerWebhookReceiver(deps(), { ...admin, url: urlOf(receiver), events: ['settlement-day.stage'] });
    await expect(again).rejects.toMatchObject({ code: 'WEBHOOK_RECEIVER_KNOWN' });
  });
});

describe('where events may go', () => {
  let production: TestDatabase;
  beforeAll(async () => {
    production = await openDatabase('webhook targets');
    await production.pool.query(
      `insert into business_clock (book_name, book_kind, mode) values ('targets', 'production', 'real')`,
    );
  });
  afterAll(() => production.close());
  let count = 0;
  const register = (of: TestDatabase, url: string) =>
    registerWebhookReceiver(
      { pool: of.pool, webhookSecret: SECRET },
      {
        receiver: `system-${(count += 1)}`,
        url,
        events: ['settlement-day.closed'],
        person: 'admin-1',
        role: 'admin',
        requestId: 'r',
      },
    ).then(
      () => 'taken',
      (error: { readonly code?: string }) => error.code,
    );
  const refused = 'WEBHOOK_TARGET_REFUSED';
  test.each([
    ['https://93.184.215.14/hooks', 'taken', 'taken', 'an address outside'],
    ['https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/hooks', 'taken', 'taken', 'an address outside, IPv6'],
    ['http://93.184.215.14/hooks', 'taken', refused, 'read by whoever listens'],
    ['https://127.0.0.1/hooks', 'taken', refused, 'this machine'],
    ['https://0x7f.1/hooks', 'taken', refused, 'this machine, written otherwise'],
    ['https://[::1]/hooks', 'taken', refused, 'this machine, IPv6'],
    ['https://[::ffff:10.0.0.1]/hooks', 'taken', refused, 'a network of the house, within IPv6'],
    ['https://10.1.2.3/hooks', 'taken', refused, 'a network of the house'],
    ['https://172.31.255.255/hooks', 'taken', refused, 'a network of the house, its end'],
    ['https://172.32.0.1/hooks', 'taken', 'taken', 'just beyond that end'],
    ['https://169.254.169.254/latest', 'taken', refused, 'where machines in a cloud ask who they are'],
    ['https://localhost/hooks', 'taken', refused, 'a name of this machine'],
    ['https://desk.internal/hooks', 'taken', refused, 'a name of the inside'],
    ['https://nothing.invalid/hooks', 'taken', refused, 'a name without an address'],
    ['https://user:word@93.184.215.14/', refused, refused, 'a password that would stand in the list'],
    ['ftp://93.184.215.14/', refused, refused, 'another protocol'],
    ['//93.184.215.14', refused, refused, 'no address'],
  ])('%s: %s in a rehearsal, %s in production (%s)', async (url, rehearsed, produced) => {
    expect([await register(book, url), await register(production, url)]).toEqual([rehearsed, produced]);
  });

  test('a name that points inside when it is connected to is not connected to', async () => {
    const event = { headers: {}, body: '{}', timeoutMs: 2_000 };
    const inside = { ...event, url: new URL('https://localhost:9/'), publicOnly: true };
    await expect(postEvent(inside)).rejects.toThrow('an address inside');
    const { port } = receiver.address() as AddressInfo;
    const plain = new URL(`http://127.0.0.1:${port}/`);
    await expect(postEvent({ ...event, url: plain, publicOnly: true })).rejects.toThrow('an address inside');
    expect(await postEvent({ ...event, url: plain, publicOnly: false })).toBe(204);
  });

  test('without a secret no key can be given', async () => {
    const asked = { receiver: 'x-1', url: 'https://93.184.215.14/', events: ['deadline.breached'] as const };
    const registered = registerWebhookReceiver(
      { pool: book.pool, webhookSecret: undefined },
      { ...asked, person: 'admin-1', role: 'admin', requestId: 'r' },
    );
    await expect(registered).rejects.toMatchObject({ code: 'WEBHOOKS_NOT_SET_UP' });
  });
});
