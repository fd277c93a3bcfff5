/** Messages over the real gateways with their faults: nothing lost, nothing doubled where it arrives, in order within a case. */
import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Pool } from 'pg';
import { loadReference } from '../../../activities/books/load-reference';
import { deliverUnsentNotices } from '../../../activities/outbox/deliver-notices';
import { seedClients } from '../../../activities/clients/seed-clients';
import { openDeadline } from '../../../activities/deadlines/open-deadline';
import { recordRungs } from '../../../activities/ladders/record-rungs';
import { lapseRequest } from '../../../activities/permissions/follow-request';
import { closeDay, recordStage } from '../../../activities/settlement/close-day';
import { events, type EventType } from '../../../domain/messages/events';
import { queueEvent } from '../../../activities/outbox/queue-event';
import { queueNotice, queueNotices } from '../../../activities/outbox/queue-notice';
import { readTelephoneScript, recordTelephoned } from '../../../activities/outbox/telephone';
import { connectMessages } from '../../../adapters/messages/connect-messages';
import type { MessagesPort } from '../../../adapters/messages/messages-port';
import { webhookKey } from '../../../adapters/messages/webhook-channel';
import { mailUrl, startSimulator, type RunningSimulator } from '../../../simulators/launch';
import { openDatabase, type TestDatabase } from '../../support/database';
import { receiveComplaint } from '../../../activities/intake/complaints/receive-complaint';
import { setMessageWishes } from '../../../activities/intake/message-wishes';
import { readOwnMessage } from '../../../activities/intake/read-own-message';
import { proofOfMessage } from '../../../api/reads/messages';
import { openPool } from '../../../prisma/pool';
import { addDays, parseBusinessDate, shanghaiInstant } from '../../../domain/calendar/business-date';
import { enterPeople } from '../../support/people';
import type { ToldTexts } from '../../../activities/intake/told-texts';
import { toldMessages } from '../../support/told';

const SECRET = 'a secret of thirty-two letters or more';
/** Each test has a day of its own: clocks go forward only. */
let today = parseBusinessDate('2025-06-26');
const at = (time: string, days = 0) => shanghaiInstant(addDays(today, days), time);

let book: TestDatabase;
/** Connections of the owner, for what the application may not do. */
let owner: Pool;
let folder: string;
let outside: RunningSimulator;
let messages: MessagesPort;
/** How much had been received before this test. */
let before: Readonly<Record<keyof Received, number>>;

beforeAll(async () => {
  book = await openDatabase('deliver notices');
  owner = openPool(book.ownerUrl, 2);
  await book.pool.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('deliver', 'test', 'manual', $1)`,
    [at('10:00')],
  );
  await loadReference(book.pool);
  await enterPeople(book.pool, [{ person: 'duty', role: 'operations' }]);
  await book.pool.query(`insert into contact_addresses values ('person:duty', 'email', 'duty@house.example')`);
  folder = mkdtempSync(path.join(tmpdir(), 'southbound-messages-'));
  outside = await startSimulator('messages', { data: folder, inbox: folder, stateDir: folder });
  messages = await portTo(outside.url);
});
beforeEach(async () => {
  today = addDays(today, 2);
  await clockTo(at('10:00'));
  await fault('none');
  before = { messages: 0, mails: 0, events: 0 };
  before = {
    messages: (await received('messages')).length,
    mails: (await received('mails')).length,
    events: (await received('events')).length,
  };
});
afterEach(async () => {
  // What one test left under way is none of the next one's.
  await book.pool.query('update outbox set due_at = null');
});
afterAll(async () => {
  await outside.stop();
  rmSync(folder, { recursive: true, force: true });
  await owner.end();
  await book.close();
});

/** @param patienceMs short only where nothing comes: a busy machine answers late */
const portTo = async (url: string, patienceMs = 30_000): Promise<MessagesPort> =>
  connectMessages(
    { gatewayUrl: url, smtp: { url: await mailUrl(url), from: 'house@house.example' }, webhookSecret: SECRET },
    patienceMs,
  );
const deliver = (by = messages) => deliverUnsentNotices({ pool: book.pool, messages: by });

async function clockTo(at: string): Promise<void> {
  await book.pool.query('update business_clock set now = $1', [at]);
  const answer = await fetch(`${outside.url}/clock`, post({ now: at }));
  if (!answer.ok) throw new Error(await answer.text());
}
const post = (body: object) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const fault = (kind: string, more: object = {}) => fetch(`${outside.url}/faults`, post({ kind, ...more }));
const minutesLater = (minutes: number) => new Date(Date.parse(at('10:00')) + minutes * 60_000).toISOString();

let count = 0;
/** A message under a key of its own; answers the key. */
async function queue(
  template: string,
  to: { role: string } | { ref: string },
  facts = { date: '2025-06-26' },
): Promise<string> {
  count += 1;
  const key = `m-${count}`;
  await queueNotice(book.pool, {
    key,
    severity: 'warning',
    template,
    facts,
    ...('role' in to ? { recipientRole: to.role } : { recipientRef: to.ref }),
  });
  return key;
}
const alarm = () => queue('FILE_AFTER_CLOSE', { role: 'operations' });
const notice = () => queue('OVERDRAFT', { ref: 'fund-account:6000000002' });
const reminder = (ref = 'fund-account:6000000002') => queue('PAY_IN', { ref });

const stateOf = async (key: string) =>
  (await book.pool.query<{ state: string }>('select state from outbox where message_key = $1', [key])).rows[0]?.state;
const attemptsOf = async (key: string) =>
  (
    await book.pool.query<{ told: string }>(
      `select concat_ws(' ', a.channel, a.outcome, a.code) as told from message_tries a join outbox using (message_id)
       where message_key = $1 order by attempt_id`,
      [key],
    )
  ).rows.map(({ told }) => told);

interface Received {
  readonly messages: readonly ({ readonly key: string; readonly channel: string } & ToldTexts)[];
  readonly mails: readonly { readonly to: readonly string[]; readonly content: string }[];
  readonly events: readonly {
    readonly id: string;
    readonly repeats: number;
    readonly timestamp: string;
    readonly signature: string;
    readonly body: {
      readonly type: string;
      readonly caseKey: string;
      readonly facts: { readonly number: string };
    };
  }[];
}
async function received<Of extends keyof Received>(what: Of): Promise<Received[Of]> {
  const place = { messages: 'messages', mails: 'mail', events: 'webhooks' }[what];
  const all = ((await (await fetch(`${outside.url}/${place}`)).json()) as Received)[what];
  return all.slice(before[what]) as unknown as Received[Of];
}
const keysReceived = async () => (await received('messages')).map(({ key, channel }) => `${channel} ${key}`);

describe('a channel that works', () => {
  test('is all that is needed: sent, and delivered by its receipt', async () => {
    const [a, b] = [await alarm(), await notice()];
    await deliver();
    expect([await stateOf(a), await stateOf(b)]).toEqual(['sent', 'sent']);
    await deliver();
    expect([await stateOf(a), await stateOf(b)]).toEqual(['delivered', 'delivered']);
    expect(await keysReceived()).toEqual([`app ${a}`, `sms ${b}`]);
    expect(await attemptsOf(a)).toEqual(['app accepted']);
  });

  test('a key with letters beyond ASCII travels, and its receipt is found', async () => {
    const key = '收件目录/无法 收取 100%';
    await queueNotice(book.pool, {
      key,
      severity: 'info',
      template: 'FILE_AFTER_CLOSE',
      facts: { date: '2025-06-26' },
      recipientRole: 'operations',
    });
    await deliver();
    await deliver();
    expect(await stateOf(key)).toBe('delivered');
  });

  test('a thousand messages go in one round', async () => {
    const to = Array.from({ length: 1_000 }, (_, at) => ({ key: `many-${at}`, ref: `fund-account:7${at}` }));
    const told = { severity: 'info', template: 'PAY_IN', facts: { date: '2025-06-26' } } as const;
    expect(await queueNotices(book.pool, told, to)).toBe(1_000);
    expect(await deliver()).toEqual({ sent: 1_000, unsent: 0 });
    expect(new Set(await keysReceived()).size).toBe(1_000);
  });
});

describe('a channel that does not', () => {
  test('lost answer: sent again under its key, and there once', async () => {
    const key = await alarm();
    await fault('twice');
    await deliver();
    expect(await attemptsOf(key)).toEqual(['app unknown NO_ANSWER']);
    await deliver();
    await deliver();
    expect(await attemptsOf(key)).toEqual(['app unknown NO_ANSWER', 'app accepted']);
    expect(await keysReceived()).toEqual([`app ${key}`]);
    expect(await stateOf(key)).toBe('delivered');
  });

  test('slow: the same', async () => {
    const key = await alarm();
    await fault('slow', { milliseconds: 900 });
    await deliver(await portTo(outside.url, 400));
    expect(await attemptsOf(key)).toEqual(['app unknown NO_ANSWER']);
    await fault('none');
    await deliver();
    expect(await keysReceived()).toEqual([`app ${key}`]);
  });

  test('refused: the next channel at once, with its own key', async () => {
    const key = await notice();
    await fault('refuse', { only: key });
    // The gateway refuses sms and app alike: a person telephones.
    await deliver();
    expect(await attemptsOf(key)).toEqual(['sms refused REFUSED_FOR_DRILL', 'app refused REFUSED_FOR_DRILL']);
    expect(await stateOf(key)).toBe('task');
    const { rows } = await book.pool.query(
      `select s.payload->'args' as args from waiting_messages s join outbox m on s.workflow_id = 'telephone-notice:' || m.message_id
       where m.message_key = $1 and s.kind = 'start'`,
      [key],
    );
    expect(rows).toEqual([{ args: [{ messageId: expect.any(String) as string, role: 'service' }] }]);
  });

  test('what is told of a corporate action and not delivered is for the branch of the client, of own shares for their desk', async () => {
    const option = { zh: '接纳', en: 'accept' };
    const facts = { event: 'TKOV00000001', option, quantity: '5', what: option };
    await book.pool.query(
      `insert into clients values ('6100000071', 'A100000071', '1001', '21000', 'client', 'natural', 0.0003, 500),
                                  ('8100000071', 'B100000071', '0001', '21000', 'proprietary', 'institution', 0.0003, 500)`,
    );
    const [key = '', own = ''] = ['6100000071', '8100000071'].map((account) => `event ${account}`);
    for (const told of [key, own])
      await queueNotice(book.pool, {
        key: told,
        severity: 'info',
        template: 'ELECTION_LAPSED',
        facts,
        recipientRef: `fund-account:${told.slice('event '.length)}`,
      });
    await fault('refuse');
    await deliver();
    const { rows } = await book.pool.query<{ id: string; role: string }>(
      `select m.message_id::text as id, s.payload->'args'->0->>'role' as role
         from waiting_messages s join outbox m on s.workflow_id = 'telephone-notice:' || m.message_id
        where m.message_key = any($1) and s.kind = 'start' order by m.message_id`,
      [[key, own]],
    );
    expect(rows.map(({ role }) => role)).toEqual(['branch', 'prop']);
    const script = await readTelephoneScript(book)({ messageId: rows[0]?.id ?? '' });
    expect(script).toMatchObject({ side: 'client', branch: '1001', withinHours: 4 });
  });

  test('down: tried again, left when its time is over, and the mail goes', async () => {
    const key = await alarm();
    await fault('refuse', { status: 503, only: 'm-' });
    await deliver();
    expect(await stateOf(key)).toBe('queued');
    await clockTo(minutesLater(9));
    await deliver();
    expect(await received('mails')).toHaveLength(0);
    await clockTo(minutesLater(10));
    await deliver();
    expect(await attemptsOf(key)).toEqual([...Array<string>(3).fill('app unknown NO_ANSWER'), 'email accepted']);
    expect(await received('mails')).toMatchObject([{ to: ['duty@house.example'] }]);
    expect((await received('mails'))[0]?.content).not.toContain('Bcc');
  });

  test('three without an answer, and the channel is left in peace for the round', async () => {
    for (let at = 0; at < 40; at += 1) await alarm();
    await fault('refuse', { status: 503 });
    expect(await deliver()).toEqual({ sent: 0, unsent: 40 });
    const { rows } = await book.pool.query<{ tries: number }>(
      `select count(*)::int as tries from message_tries join outbox using (message_id) where due_at is not null and at >= business_now()`,
    );
    // Those under way at once when the third fails.
    expect(rows[0]?.tries).toBeLessThanOrEqual(10);
  });

  test('what waits for it is written once a round: tries are counted, its time ends as it did, and what was read meanwhile stays read', async () => {
    const keys: string[] = [];
    for (let nth = 0; nth < 20; nth += 1) keys.push(await alarm());
    const waiting = async () => {
      const { rows } = await book.pool.query<{ count: number }>(
        `select count(*)::int as count, count(distinct xmin::text)::int as writes, array_agg(distinct attempts) as tries,
                array_agg(distinct to_char(falls_over_at at time zone 'Asia/Shanghai', 'HH24:MI')) as until
           from outbox where message_key = any($1) and last_error = 'CHANNEL_DOWN' and state = 'queued' and step = 1 and retry_at is null`,
        [keys],
      );
      return rows[0];
    };
    await fault('refuse', { status: 503 });
    await deliver();
    const first = await waiting();
    expect(first).toMatchObject({ writes: 1, tries: [1], until: ['10:10'] });
    expect(first?.count).toBeGreaterThanOrEqual(10);
    await clockTo(minutesLater(9));
    const read = keys.at(-1) ?? '';
    const { app } = messages.channels;
    await deliver({
      ...messages,
      channels: {
        app: {
          // While the first ones are asked.
          send: async (message) => {
            await book.pool.query(`update outbox set state = 'delivered', due_at = null where message_key = $1`, [
              read,
            ]);
            return app?.send(message) ?? { outcome: 'unknown', code: 'NO_ANSWER' };
          },
        },
      },
    });
    expect(await waiting()).toMatchObject({ writes: 1, tries: [2], until: ['10:10'] });
    expect(await stateOf(read)).toBe('delivered');
  });

  test('a complainant who is no client and left a mail address is mailed; one who left a telephone number, and where no mail goes, as before', async () => {
    const complained = async (contact: string, key: string) => {
      const { complaintNo } = await receiveComplaint(book.pool, {
        ...{ key, channel: 'email', product: 'other', category: 'other', facts: 'waited', by: 'duty', role: 'service' },
        complainant: { name: '王某某', contact },
      });
      return `complaint-received:${complaintNo}`;
    };
    const [mailed, called, late] = [
      await complained('wang@example.com ', 'mailed'),
      await complained('139 0000 0002', 'called'),
      await complained('li@example.com', 'late'),
    ];
    await book.pool.query(`update outbox set due_at = due_at + interval '31 minutes' where message_key = $1`, [late]);
    await deliver();
    expect([await attemptsOf(mailed), await attemptsOf(called)]).toEqual([['email accepted'], ['sms accepted']]);
    const [mail, ...more] = await received('mails');
    expect([mail?.to, more]).toEqual([['wang@example.com'], []]);
    expect(mail?.content).toContain('Auto-Submitted: auto-generated');
    await clockTo(minutesLater(31));
    await deliver(connectMessages({ gatewayUrl: outside.url }));
    expect(await attemptsOf(late)).toEqual(['sms accepted']);
  });

  test('mail: a lost answer is one mail; a mail server that refuses, and a role without address, end with a person', async () => {
    const bounced = connectMessages({ smtp: { url: await mailUrl(outside.url), from: 'house@house.example' } }, 30_000);
    const [key, other] = [await alarm(), await queue('FILE_AFTER_CLOSE', { role: 'compliance' })];
    await fault('twice');
    await deliver(bounced);
    expect(await attemptsOf(key)).toEqual(['app refused NOT_CONNECTED', 'email unknown NO_ANSWER']);
    expect(await attemptsOf(other)).toEqual(['app refused NOT_CONNECTED', 'email refused NO_ADDRESS']);
    await deliver(bounced);
    expect([await stateOf(key), await stateOf(other)]).toEqual(['sent', 'task']);
    expect(await received('mails')).toHaveLength(1);
    const refused = await alarm();
    await fault('refuse');
    await deliver(bounced);
    expect(await attemptsOf(refused)).toEqual(['app refused NOT_CONNECTED', 'email refused SMTP_550']);
    expect(await stateOf(refused)).toBe('task');
  });
});

describe('receipts', () => {
  test('undelivered: the next channel; told twice: taken once', async () => {
    const key = await notice();
    await fault('undelivered', { only: key });
    await deliver();
    await fault('doubled');
    await deliver();
    await deliver();
    expect(await attemptsOf(key)).toEqual(['sms accepted', 'app accepted']);
    expect(await stateOf(key)).toBe('delivered');
    const { rows } = await book.pool.query<{ told: string }>(
      `select r.channel || ' ' || r.outcome as told from message_proofs r join outbox using (message_id) where message_key = $1 order by r.channel`,
      [key],
    );
    expect(rows.map(({ told }) => told)).toEqual(['app delivered', 'sms undelivered']);
  });

  test('delivered as accepted at the first try, told twice: the message itself says it, written once', async () => {
    const key = await notice();
    await fault('doubled');
    await deliver();
    await deliver();
    expect(await stateOf(key)).toBe('delivered');
    const proofs = async (from: string) =>
      (
        await book.pool.query<Readonly<Record<'channel' | 'outcome' | 'at', string>>>(
          `select p.channel, p.outcome, p.at from ${from} p join outbox using (message_id) where message_key = $1`,
          [key],
        )
      ).rows;
    expect(await proofs('message_proofs')).toEqual([{ channel: 'sms', outcome: 'delivered', at: at('10:00') }]);
    expect(await proofs('message_receipts')).toEqual([]);
    await expect(book.pool.query(`update outbox set proof = 'another' where message_key = $1`, [key])).rejects.toThrow(
      'proof of outbox is written once',
    );
  });

  test('none: the next channel when the time for proof is over, and not a minute before', async () => {
    const key = await notice();
    await fault('silent');
    await deliver();
    await clockTo(minutesLater(29));
    await deliver();
    expect(await attemptsOf(key)).toEqual(['sms accepted']);
    await clockTo(minutesLater(30));
    await deliver();
    expect(await attemptsOf(key)).toEqual(['sms accepted', 'app accepted']);
    await clockTo(minutesLater(60));
    await deliver();
    expect(await stateOf(key)).toBe('task');
  });

  test('late, after the next channel was taken: delivered all the same', async () => {
    const key = await notice();
    await fault('late', { minutes: 45 });
    await deliver();
    await fault('silent');
    await clockTo(minutesLater(30));
    await deliver();
    expect(await attemptsOf(key)).toEqual(['sms accepted', 'app accepted']);
    await fault('none');
    await clockTo(minutesLater(45));
    await deliver();
    expect(await stateOf(key)).toBe('delivered');
  });

  test('of a person who telephoned: taken once, the first answer holds', async () => {
    const key = await notice();
    const { rows } = await book.pool.query<{ id: string }>(
      'select message_id::text as id from outbox where message_key = $1',
      [key],
    );
    const told = { messageId: rows[0]?.id ?? '', by: 'duty', at: at('10:00') };
    await recordTelephoned(book)({ ...told, outcome: 'not reached' });
    expect(await stateOf(key)).toBe('not reached');
    await recordTelephoned(book)({ ...told, outcome: 'reached' });
    expect(await stateOf(key)).toBe('not reached');
  });
});

describe('the proof of notice', () => {
  const WATCHER = {
    person: 'watcher',
    grants: [{ role: 'supervisor', side: null, branch: null, mark: null }],
  } as const;
  const proofOf = async (key: string) => {
    const { rows } = await book.pool.query<{ id: string }>(
      'select message_id::text as id from outbox where message_key = $1',
      [key],
    );
    return proofOfMessage(book.pool, WATCHER, rows[0]?.id ?? '');
  };

  test('shows each attempt, why a channel was left, each receipt, and the text by version and digest', async () => {
    const key = await notice();
    await fault('undelivered', { only: key });
    await deliver();
    await fault('silent');
    await deliver();
    await clockTo(minutesLater(30));
    await deliver();
    const proof = await proofOf(key);
    expect(proof).toMatchObject({ state: 'task', template: 'OVERDRAFT', templateVersion: 1, provedAt: null });
    expect(proof.attempts.map(({ at, channel, outcome }) => [at, channel, outcome])).toEqual([
      [at('10:00'), 'sms', 'accepted'],
      [at('10:00'), 'app', 'accepted'],
    ]);
    expect(proof.fallOvers).toEqual([
      { at: at('10:00'), from: 'sms', to: 'app', code: 'UNDELIVERED' },
      { at: minutesLater(30), from: 'app', to: 'task', code: 'NO_PROOF_IN_TIME' },
    ]);
    expect(proof.receipts.map(({ channel, outcome }) => [channel, outcome])).toEqual([['sms', 'undelivered']]);
    expect(proof.telephone).toBe(`telephone-notice:${proof.messageId}`);
    const { rows } = await book.pool.query<Record<string, string>>(
      `select subject_zh, text_zh, subject_en, text_en from message_templates where template = 'OVERDRAFT' and version = 1`,
    );
    const digest = (texts: readonly (string | undefined)[]) =>
      createHash('sha256').update(texts.join('\n')).digest('hex');
    const template = ['subject_zh', 'text_zh', 'subject_en', 'text_en'].map((column) => rows[0]?.[column]);
    expect(proof.templateSha256).toBe(digest(template));
    // What is proved is what the gateway was given.
    const sent = (await received('messages')).find((message) => message.key.startsWith(key));
    expect(proof.textSha256).toBe(digest([sent?.subject.zh, sent?.text.zh, sent?.subject.en, sent?.text.en]));
  });

  test('within our own application: read, it is proved; not read in eight hours, the mail goes', async () => {
    await fault('refuse', { only: 'm-' });
    const [read, unread, neither] = [
      await queue('DAY_CLOSED', { role: 'operations' }),
      await queue('DAY_CLOSED', { role: 'operations' }),
      await queue('DAY_CLOSED', { role: 'finance' }),
    ];
    await deliver();
    expect(await attemptsOf(read)).toEqual(['app refused REFUSED_FOR_DRILL', 'in-app accepted']);
    const { messageId } = await proofOf(read);
    const reading = { messageId, person: 'duty', requestId: 'r' };
    const [first, again] = [await readOwnMessage(book)(reading), await readOwnMessage(book)(reading)];
    expect([first, again, await stateOf(read)]).toEqual([at('10:00'), at('10:00'), 'delivered']);
    await expect(
      readOwnMessage(book)({ ...reading, messageId: (await proofOf(neither)).messageId }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await fault('none');
    await clockTo(at('17:59'));
    await deliver();
    expect(await received('mails')).toHaveLength(0);
    await clockTo(at('18:00'));
    await deliver();
    expect(await received('mails')).toHaveLength(1);
    // Finance has no address: nothing comes after the mail, and the list says so.
    expect([await stateOf(read), await stateOf(unread), await stateOf(neither)]).toEqual([
      'delivered',
      'sent',
      'not reached',
    ]);
    expect((await proofOf(unread)).fallOvers.map(({ from, to, code }) => [from, to, code])).toEqual([
      ['app', 'in-app', 'REFUSED_FOR_DRILL'],
      ['in-app', 'email', 'NOT_READ'],
    ]);
    // Read after the mail had gone: proved all the same, by the first reading.
    expect(await readOwnMessage(book)({ ...reading, messageId: (await proofOf(unread)).messageId })).toBe(at('18:00'));
    const { receipts, provedAt } = await proofOf(unread);
    expect([receipts.map(({ outcome, person }) => [outcome, person]), provedAt]).toEqual([
      [['read', 'duty']],
      at('18:00'),
    ]);
  });

  test.each([
    ['told', `update outbox set facts_told = '{}' where message_key = $1`, /facts_told of outbox is written once/],
    ['by another text', `update outbox set template_version = 2 where message_key = $1`, /template_version of outbox/],
    ['whom', `update outbox set other_ref = 'fund-account:1' where message_key = $1`, /other_ref of outbox/],
    ['of which side', `update outbox set side = 'proprietary' where message_key = $1`, /side of outbox/],
    ['by which text', `update message_templates set text_zh = '未透支' where $1 <> ''`, /permission denied/],
    ['approved', `update message_templates set approved_by = 'me' where $1 <> ''`, /permission denied/],
    ['on which way', `update delivery_steps set channel = 'email' where $1 <> ''`, /permission denied/],
    ['after how long', `update delivery_steps set wait_minutes = 1 where $1 <> ''`, /permission denied/],
    ['in the night', `update message_purposes set obeys_quiet_hours = false where $1 <> ''`, /permission denied/],
    ['as tried', `update message_attempts set outcome = 'accepted' where $1 <> ''`, /permission denied/],
    ['as left', `update message_fall_overs set code = '' where $1 <> ''`, /permission denied/],
    ['as read', `update message_receipts set person = 'me' where $1 <> ''`, /permission denied/],
    ['where to', `update webhook_receivers set url = 'https://else.example' where $1 <> ''`, /permission denied/],
    ['taken away', `delete from message_receipts where $1 <> ''`, /permission denied/],
  ])('%s: is not told otherwise afterwards past the API', async (_, statement, refusal) => {
    const key = await queue('OVERDRAFT', { ref: 'fund-account:6000000002' });
    await book.pool.query(`update outbox set side = 'client' where message_key = $1`, [key]);
    await expect(book.pool.query(statement, [key])).rejects.toThrow(refusal);
  });

  test('as accepted at the first try: by its channel, its number and its time, once', async () => {
    const key = await notice();
    expect(await deliver()).toEqual({ sent: 1, unsent: 0 });
    expect(await attemptsOf(key)).toEqual(['sms accepted']);
    for (const [column, value] of Object.entries({ accepted_on: `'email'`, reference: `'x'`, sent_at: 'now()' }))
      await expect(
        book.pool.query(`update outbox set ${column} = ${value} where message_key = $1`, [key]),
      ).rejects.toThrow(`${column} of outbox is written once`);
    // No second row says the same.
    const { rowCount } = await book.pool.query(
      'select from message_attempts join outbox using (message_id) where message_key = $1',
      [key],
    );
    expect(rowCount).toBe(0);
  });

  test('the day on which a text ends is the one thing that changes of it', async () => {
    const end = `update message_templates set valid_to = $1 where template = 'TERM_IN_FORCE' returning 1`;
    expect((await book.pool.query(end, [addDays(today, 400)])).rowCount).toBe(1);
  });
});

describe('quiet hours and wishes', () => {
  test('a reminder and a notice of a client wait for the morning, an alarm does not', async () => {
    await clockTo(at('21:30'));
    const [deadline, client, pay] = [await alarm(), await notice(), await reminder()];
    await deliver();
    expect(await Promise.all([deadline, client, pay].map(stateOf))).toEqual(['sent', 'held', 'held']);
    await clockTo(at('07:59:59', 1));
    await deliver();
    expect(await keysReceived()).toEqual([`app ${deadline}`]);
    await clockTo(at('08:00', 1));
    await deliver();
    expect(await Promise.all([client, pay].map(stateOf))).toEqual(['sent', 'sent']);
  });

  test('a channel that is not wanted is left out where the law allows it, and only there', async () => {
    const ref = 'fund-account:6000000005';
    for (const purpose of ['client-reminder', 'client-notice']) {
      await book.pool.query(
        `insert into message_preferences (recipient_ref, purpose, channel, wanted, set_by) values ($1, $2, 'sms', false, 'duty')`,
        [ref, purpose],
      );
    }
    const [pay, must] = [await reminder(ref), await queue('OVERDRAFT', { ref })];
    await deliver();
    expect([...(await keysReceived())].sort()).toEqual([`app ${pay}#2`, `sms ${must}`]);
  });
});

describe("a recipient's own hours and addresses", () => {
  const wish = (recipient: string, more: object) =>
    setMessageWishes(book)({
      recipient,
      switchedOff: [],
      quietHours: null,
      ifMatch: undefined,
      person: 'duty',
      role: 'operations',
      requestId: 'r',
      ...more,
    });

  test('hold what can wait in place of those of the house; an alarm of a deadline does not wait for them', async () => {
    const noon = { from: '12:00', until: '14:00' };
    await wish('fund-account:6000000007', { quietHours: noon });
    await wish('person:duty', { quietHours: noon });
    const rung = (key: string) =>
      queueNotice(book.pool, {
        key,
        severity: 'critical',
        recipientRef: 'person:duty',
        template: 'RUNG',
        facts: { time: '12:00', action: { zh: '一', en: 'x' }, subject: 'x', ladder: 'x', rung: '1' },
      });
    await clockTo(at('11:59:59'));
    const before = await reminder('fund-account:6000000007');
    await rung(`rung-${today}-before`);
    await deliver();
    await clockTo(at('12:00'));
    const [within, other] = [await reminder('fund-account:6000000007'), await reminder('fund-account:6000000008')];
    await rung(`rung-${today}-within`);
    await deliver();
    expect(
      await Promise.all([before, within, other, `rung-${today}-before`, `rung-${today}-within`].map(stateOf)),
    ).toEqual(['delivered', 'held', 'sent', 'delivered', 'sent']);
    await clockTo(at('14:00'));
    await deliver();
    expect(await stateOf(within)).toBe('sent');
    // In the night of the house it is not quiet for whoever chose other hours.
    await clockTo(at('21:30'));
    const [mine, house] = [await reminder('fund-account:6000000007'), await reminder('fund-account:6000000008')];
    await deliver();
    expect([await stateOf(mine), await stateOf(house)]).toEqual(['sent', 'held']);
  });

  test('of a client hold for what goes to its number too', async () => {
    await seedClients(book.pool, 2);
    const { rows } = await book.pool.query<{ client_no: string; fund_account: string }>(
      'select client_no, fund_account from client_fund_accounts order by 1, 2 limit 1',
    );
    const { client_no: clientNo = '', fund_account: account = '' } = rows[0] ?? {};
    await wish(`fund-account:${account}`, {
      quietHours: { from: '09:00', until: '11:00' },
      switchedOff: [{ purpose: 'client-reminder', channel: 'sms' }],
    });
    const key = await reminder(clientNo);
    await deliver();
    expect(await stateOf(key)).toBe('held');
    await clockTo(at('11:00'));
    await deliver();
    expect(await attemptsOf(key)).toEqual(['app accepted']);
  });

  test('a mail to a role goes to those of its side, and not to whoever wants none; alarms go all the same', async () => {
    await enterPeople(book.pool, [
      { person: 'of-clients', role: 'finance', side: 'client' },
      { person: 'of-house', role: 'finance', side: 'proprietary' },
      { person: 'unwilling', role: 'finance', side: 'client' },
    ]);
    for (const person of ['of-clients', 'of-house', 'unwilling'])
      await book.pool.query(`insert into contact_addresses values ('person:' || $1, 'email', $1 || '@house.example')`, [
        person,
      ]);
    await wish('person:unwilling', { quietHours: null });
    await book.pool.query(
      `insert into message_preferences (recipient_ref, purpose, channel, wanted, set_by) values
         ('person:unwilling', 'staff-notice', 'email', false, 'duty'), ('person:unwilling', 'alarm', 'email', false, 'duty')`,
    );
    await fault('refuse', { only: 'side-' });
    for (const [template, severity] of [
      ['FILE_AFTER_CLOSE', 'critical'],
      ['DAY_CLOSED', 'info'],
    ] as const)
      await queueNotice(book.pool, {
        key: `side-${template}`,
        severity,
        side: 'client',
        template,
        facts: { date: '2025-06-26' },
        recipientRole: 'finance',
      });
    await deliver();
    await clockTo(at('18:00'));
    await deliver();
    expect((await received('mails')).map(({ to }) => [...to].sort())).toEqual([
      ['of-clients@house.example', 'unwilling@house.example'],
      ['of-clients@house.example'],
    ]);
  });
});

describe('a missing fact', () => {
  test('keeps the message back, tells who can cure it, and lets it go when it is cured', async () => {
    const key = await queue('PAY_IN', { ref: 'fund-account:1' }, { date: 'soon' });
    const told = await toldMessages(book.pool, `message_key = $1 or message_key like 'message-blocked:%'`, key);
    expect(told.map(({ state, missing, text }) => [state, missing, text.en])).toEqual([
      ['blocked', ['date'], ''],
      ...Array<unknown>(2).fill([
        'queued',
        [],
        expect.stringMatching(/^Message \d+ \(template PAY_IN\) lacks: date\. It is kept/) as string,
      ]),
    ]);
    await deliver();
    expect((await received('messages')).filter((message) => message.key === key)).toEqual([]);
    await book.pool.query(`update message_templates set valid_to = $1 where template = 'PAY_IN'`, [today]);
    await book.pool.query(
      `insert into message_templates select template, 2, purpose, subject_zh, subject_en, '请补足', 'Please pay in', '', approved_by, approved_on,
              $1, null, 'test' from message_templates where template = 'PAY_IN'`,
      [today],
    );
    await deliver();
    expect(await stateOf(key)).toBe('sent');
  });

  test('a text that compliance has not approved is one', async () => {
    await book.pool.query(
      `insert into message_templates values ('DRAFT', 1, 'alarm', '一', 'one', '一', 'one', '', null, null, '2025-01-01', null, 'test')`,
    );
    expect(await stateOf(await queue('DRAFT', { role: 'operations' }))).toBe('blocked');
  });
});

describe('events for other systems', () => {
  beforeAll(async () => {
    for (const receiver of ['ledger', 'crm']) {
      await book.pool.query(
        `insert into webhook_receivers values ($1, 'http://127.0.0.1:9/', array['settlement-day.stage', 'settlement-day.closed', 'permission-request.outcome', 'deadline.breached'], '2025-01-01', null, 'test')`,
        [receiver],
      );
    }
  });
  const receiverAt = (url: string) =>
    owner.query(`update webhook_receivers set url = $1 || '/webhooks/' || receiver`, [url]);
  const event = (caseKey: string, number: number) =>
    queueEvent(book.pool, {
      key: `${caseKey}:${count}:${number}`,
      type: 'settlement-day.stage',
      caseKey,
      facts: { number: String(number) },
    });

  test('a receiver that is down, then loses answers: each event once or more under its id, in order within its case', async () => {
    count += 1;
    await receiverAt('http://127.0.0.1:9');
    for (let number = 1; number <= 20; number += 1)
      for (const one of ['a', 'b', 'c']) expect(await event(one, number)).toBe(2);
    for (let minute = 0; minute <= 10; minute += 2) {
      await clockTo(minutesLater(minute));
      expect((await deliver()).sent).toBe(0);
    }
    await receiverAt(outside.url);
    await fault('twice', { only: encodeURIComponent(`:${count}:7:`) });
    await deliver();
    await deliver();
    await deliver();
    const events = await received('events');
    const firstTimes = events.filter(({ repeats }) => repeats === 0);
    for (const receiver of ['ledger', 'crm']) {
      for (const one of ['a', 'b', 'c']) {
        const numbers = firstTimes
          .filter(({ id, body }) => body.caseKey === one && decodeURIComponent(id).endsWith(`:${receiver}`))
          .map(({ body }) => body.facts.number);
        expect([receiver, one, numbers]).toEqual([
          receiver,
          one,
          Array.from({ length: 20 }, (_, at) => String(at + 1)),
        ]);
      }
    }
    // Number 7 of each case came twice at each receiver: its first answer was lost.
    expect(events.filter(({ repeats }) => repeats > 0).map(({ body }) => body.facts.number)).toEqual(
      Array<string>(6).fill('7'),
    );
  });

  test('is signed for its receiver: id, time and content', async () => {
    count += 1;
    await receiverAt(outside.url);
    await event('signed', 1);
    await deliver();
    const [got] = (await received('events')).filter(({ id }) => decodeURIComponent(id).endsWith(':crm'));
    const body = JSON.stringify(got?.body);
    const digest = createHmac('sha256', Buffer.from(webhookKey(SECRET, 'crm'), 'base64'))
      .update(`${got?.id}.${got?.timestamp}.${body}`)
      .digest('base64');
    expect(got?.signature).toBe(`v1,${digest}`);
    expect(Math.abs(Number(got?.timestamp) - Date.now() / 1000)).toBeLessThan(60);
    expect(webhookKey(SECRET, 'ledger')).not.toBe(webhookKey(SECRET, 'crm'));
  });

  test('a day, an opening and a promise tell what became of them: once, in order, each system that asked for it', async () => {
    await receiverAt(outside.url);
    await book.pool.query(
      `insert into webhook_receivers values ('desk', $1 || '/webhooks/desk', array['deadline.breached'], '2025-01-01', null, 'test')`,
      [outside.url],
    );
    const day = { channel: 'SH', businessDate: today } as const;
    const workflowId = `settlement-day:SH:${today}`;
    await book.pool.query(
      `insert into settlement_days values ('SH', $1, $2, 'full', true, $1::date - 1, $1::date + 1, $1::date + 2, $1::date + 1, $1::date + 1,
         1, 'morning', business_now(), null)`,
      [today, workflowId],
    );
    for (const stage of ['a', 'a', 'b', 'a']) await recordStage(book)({ ...day, stage });
    for (let time = 0; time < 2; time += 1) await closeDay(book)({ ...day, workflowId });
    await seedClients(book.pool, 2);
    await book.pool.query(
      `insert into permission_requests (request_no, client_no, permission, terms_from, kind, state, step, step_since, workflow_id,
                                        requested_at, lapses_at)
       select 'P20250623-000001', client_no, permission, t.valid_from, 'opening', 'under way', 'identity', business_now(), 'permission:1',
              business_now(), business_now() from registered_clients, permission_types t order by client_no, t.valid_from limit 1`,
    );
    for (let time = 0; time < 2; time += 1) await lapseRequest(book)({ requestNo: 'P20250623-000001' });
    const dueAt = at('09:00');
    const promise = await openDeadline(book)({
      businessKey: 'promise:1',
      workflowId: 'case:1',
      process: 'complaint',
      step: 'answer',
      subject: 'promise:1',
      side: 'client',
      owner: { role: 'service' },
      ladder: 'PROMISE',
      limit: { kind: 'CLOCK_TIME', n: 0, time: '09:00' },
      receivedAt: at('08:00'),
    });
    const rungs = promise.rungs.map((rung) => ({ ...rung, state: 'escalated', doneBy: 'southbound' }) as const);
    for (let time = 0; time < 2; time += 1)
      await recordRungs(book)({
        workflowId: 'case:1',
        ladder: 'PROMISE',
        subject: 'promise:1',
        rungs,
        promise: { businessKey: 'promise:1' },
      });
    await deliver();
    const told = (await received('events')).map(({ id, body }) => ({
      receiver: decodeURIComponent(id).split(':').at(-1),
      ...body,
    }));
    const of = (receiver: string, caseKey: string) =>
      told
        .filter((event) => event.receiver === receiver && event.caseKey === caseKey)
        .map(({ type, facts }) => ({ type, facts }));
    const reached = (stage: string) => ({ type: 'settlement-day.stage', facts: { channel: 'SH', date: today, stage } });
    expect(of('crm', workflowId)).toEqual([
      reached('a'),
      reached('b'),
      reached('a'),
      { type: 'settlement-day.closed', facts: { channel: 'SH', date: today } },
    ]);
    expect(of('ledger', 'permission:1')).toEqual([
      {
        type: 'permission-request.outcome',
        facts: {
          request: 'P20250623-000001',
          permission: expect.any(String) as string,
          kind: 'opening',
          outcome: 'lapsed',
        },
      },
    ]);
    const breached = {
      type: 'deadline.breached',
      facts: { deadline: 'promise:1', process: 'complaint', step: 'answer', role: 'service', dueAt },
    };
    expect([of('desk', 'case:1'), of('crm', 'case:1')]).toEqual([[breached], [breached]]);
    expect(told.filter(({ receiver }) => receiver === 'desk')).toHaveLength(1);
    // Nothing of the client travels: who asks for more reads it here.
    expect(JSON.stringify(told)).not.toMatch(/C\d{8}/);
    expect(told.map(({ type, facts }) => [type, Object.keys(facts).sort()])).toEqual(
      told.map(({ type }) => [type, Object.keys(events[type as EventType].facts).sort()]),
    );
  });

  test('one receiver that is down keeps no other waiting', async () => {
    count += 1;
    await receiverAt(outside.url);
    await owner.query(`update webhook_receivers set url = 'http://127.0.0.1:9/' where receiver = 'ledger'`);
    for (let number = 1; number <= 5; number += 1) await event(`apart-${number}`, number);
    expect(await deliver()).toEqual({ sent: 5, unsent: 5 });
  });
});
