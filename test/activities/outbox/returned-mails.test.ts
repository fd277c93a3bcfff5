/** Mails that a server accepted and returned later: by SMTP out of the house, by the mailbox of complaints back into it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadReference } from '../../../activities/books/load-reference';
import { noteMails } from '../../../activities/intake/complaints/note-mails';
import { receiveComplaint } from '../../../activities/intake/complaints/receive-complaint';
import { deliverUnsentNotices } from '../../../activities/outbox/deliver-notices';
import { queueNotice } from '../../../activities/outbox/queue-notice';
import { folderDocuments } from '../../../adapters/documents/folder-documents';
import { connectMessages } from '../../../adapters/messages/connect-messages';
import type { MessagesPort } from '../../../adapters/messages/messages-port';
import { mailUrl, startSimulator, type RunningSimulator } from '../../../simulators/launch';
import { openDatabase, type TestDatabase } from '../../support/database';
import { enterPeople } from '../../support/people';

let book: TestDatabase;
let folder: string;
let outside: RunningSimulator;
let messages: MessagesPort;
beforeAll(async () => {
  book = await openDatabase('returned mails');
  await book.pool.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('returned', 'test', 'manual', '2025-06-23T02:00:00Z')`,
  );
  await loadReference(book.pool);
  await enterPeople(book.pool, [
    { person: 'duty-1', role: 'operations' },
    { person: 'duty-2', role: 'operations' },
    { person: 'staff', role: 'service' },
  ]);
  await book.pool.query(
    `insert into contact_addresses values ('person:duty-1', 'email', 'duty-1@house.example'), ('person:duty-2', 'email', 'duty-2@house.example'),
                                          ('person:staff', 'email', 'staff@house.example')`,
  );
  folder = mkdtempSync(path.join(tmpdir(), 'southbound-returned-'));
  for (const place of ['new', 'cur', 'tmp', 'outside']) mkdirSync(path.join(folder, place));
  const place = path.join(folder, 'outside');
  outside = await startSimulator('messages', { data: place, inbox: place, stateDir: place });
  // No gateway: what goes by app first goes by mail at once.
  messages = connectMessages({ smtp: { url: await mailUrl(outside.url), from: 'complaints@house.example' } }, 30_000);
});
afterAll(async () => {
  await outside.stop();
  rmSync(folder, { recursive: true, force: true });
  await book.close();
});

const deliver = () => deliverUnsentNotices({ pool: book.pool, messages });
const note = () =>
  noteMails({ pool: book.pool, mails: { folder, documents: folderDocuments(path.join(folder, 'documents')) } });

async function sent(): Promise<readonly { readonly messageId: string; readonly content: string }[]> {
  const { mails } = (await (await fetch(`${outside.url}/mail`)).json()) as {
    readonly mails: readonly { readonly messageId: string; readonly content: string }[];
  };
  return mails;
}
const newest = async () => (await sent()).at(-1) ?? { messageId: '', content: '' };

let count = 0;
interface Reported {
  readonly action: 'failed' | 'delayed';
  readonly to?: string;
  readonly status?: string;
  /** Only its headers are returned, as most servers do with what is large. */
  readonly headersOnly?: boolean;
  readonly type?: string;
}

/** As a mail server writes it (RFC 3464 appendix E), into the mailbox that the mail was sent from. */
function report(
  returned: string,
  { action, to = 'wang@example.com', status = '5.1.1', headersOnly = false, type = 'multipart/report' }: Reported,
): void {
  count += 1;
  const headers = returned.slice(0, returned.indexOf('\r\n\r\n') + 2);
  const content = [
    ...['Return-Path: <>', 'From: MAILER-DAEMON@mx.example.com', 'To: complaints@house.example'],
    ...[`Message-ID: <report-${count}@mx.example.com>`, 'Subject: Undelivered Mail Returned to Sender'],
    ...['Auto-Submitted: auto-replied', 'MIME-Version: 1.0'],
    ...[`Content-Type: ${type}; report-type=delivery-status;`, '\tboundary="r"', ''],
    ...['--r', 'Content-Type: text/plain; charset=us-ascii', '', 'This is the mail system.', ''],
    ...['--r', 'Content-Type: message/delivery-status', ''],
    ...['Reporting-MTA: dns; mx.example.com', 'Arrival-Date: Mon, 23 Jun 2025 10:00:00 +0800', ''],
    ...[`Final-Recipient: rfc822; ${to}`, `Original-Recipient: rfc822;${to}`, `Action: ${action}`, `Status: ${status}`],
    ...['Diagnostic-Code: smtp; 550 5.1.1 no such', '    person here', ''],
    ...['--r', `Content-Type: ${headersOnly ? 'text/rfc822-headers' : 'message/rfc822'}`, ''],
    ...[headersOnly ? headers : returned, '--r--', ''],
  ].join('\r\n');
  writeFileSync(path.join(folder, 'new', `${count}.mx`), content);
}

const mails = async () => {
  const { rows } = await book.pool.query<object>(
    `select r.state, m.message_key as message, r.complaint_no as complaint, r.faults
       from received_mails r left join outbox m on m.message_id = r.reported_message order by mail_id`,
  );
  return rows;
};
const standOf = async (key: string) => {
  const { rows } = await book.pool.query<{
    state: string;
    accepted_on: string;
    left: string;
    told: string;
    error: string;
  }>(
    `select state, accepted_on, last_error as error,
            (select string_agg(concat_ws(' ', from_channel, to_channel, code), ', ' order by from_step) from message_fall_overs f where f.message_id = m.message_id) as left,
            (select string_agg(concat_ws(' ', gateway, channel, outcome, code), ', ' order by at) from message_receipts r where r.message_id = m.message_id) as told
       from outbox m where message_key = $1`,
    [key],
  );
  return rows[0];
};
const complaintsThere = async () =>
  (await book.pool.query<{ complaints: number }>('select count(*)::int as complaints from complaints')).rows[0]
    ?.complaints;

async function complain(contact: string): Promise<{ readonly complaintNo: string; readonly key: string }> {
  count += 1;
  const { complaintNo } = await receiveComplaint(book.pool, {
    ...{ key: `c-${count}`, channel: 'branch', product: 'other', category: 'other', facts: 'waited', by: 'staff' },
    ...{ role: 'service', complainant: { name: '王某某', contact } },
  });
  await deliver();
  return { complaintNo, key: `complaint-received:${complaintNo}` };
}

test('what a complainant was mailed and did not get is told by a person, who is asked once', async () => {
  const { complaintNo, key } = await complain('wang@example.com');
  expect(await standOf(key)).toEqual({ state: 'sent', accepted_on: 'email', left: null, told: null, error: null });
  const { content } = await newest();
  const there = await sent();
  report(content, { action: 'failed' });
  expect(await note()).toBe(1);
  // Another server reports the same, headers only.
  report(content, { action: 'failed', headersOnly: true });
  expect(await note()).toBe(1);
  expect(await mails()).toEqual(
    Array.from({ length: 2 }, () => ({ state: 'delivery report', message: key, complaint: complaintNo, faults: [] })),
  );
  await deliver();
  await deliver();
  expect(await standOf(key)).toEqual({
    ...{ state: 'task', accepted_on: 'email', left: 'email app UNDELIVERED, app task NOT_CONNECTED' },
    ...{ told: 'mail email undelivered 5.1.1', error: 'NOT_CONNECTED' },
  });
  const { rows: calls } = await book.pool.query(
    `select s.payload -> 'args' -> 0 ->> 'role' as role from waiting_messages s join outbox m on s.workflow_id = 'telephone-notice:' || m.message_id
      where m.message_key = $1 and s.kind = 'start'`,
    [key],
  );
  expect(calls).toEqual([{ role: 'service' }]);
  // No mail of its own, no complaint of its own, nobody who looks; it lies in the file.
  expect([await complaintsThere(), (await sent()).length]).toEqual([1, there.length]);
  const { rows: starts } = await book.pool.query(
    `select from waiting_messages where payload ->> 'type' = 'receivedMail'`,
  );
  expect(starts).toEqual([]);
  const { rows: filed } = await book.pool.query(`select kind from complaint_documents where complaint_no = $1`, [
    complaintNo,
  ]);
  expect(filed).toEqual([{ kind: 'mail' }, { kind: 'mail' }]);
  const { rows: attached } = await book.pool.query('select from complaint_attachments');
  expect(attached).toEqual([]);
  const { rows: audited } = await book.pool.query(
    `select action, actor, after from audit where object_type = 'message' and action = 'mail undelivered'`,
  );
  expect(audited).toEqual([
    { action: 'mail undelivered', actor: 'southbound', after: { channel: 'email', codes: ['5.1.1'] } },
  ]);
});

test('what is only late changes nothing', async () => {
  const { complaintNo, key } = await complain('li@example.com');
  report((await newest()).content, { action: 'delayed', status: '4.4.1' });
  await note();
  await deliver();
  expect((await mails()).at(-1)).toEqual({
    ...{ state: 'delivery report', message: key, complaint: complaintNo, faults: [] },
  });
  expect(await standOf(key)).toEqual({ state: 'sent', accepted_on: 'email', left: null, told: null, error: null });
});

test('a report that a person sends on is what that person says, and changes nothing', async () => {
  const { key } = await complain('zhao@example.com');
  const { content } = await newest();
  count += 1;
  writeFileSync(
    path.join(folder, 'new', `${count}.forwarded`),
    [
      ...['From: zhao@example.com', 'Subject: this came to me', 'Content-Type: multipart/mixed; boundary=f', ''],
      ...[
        '--f',
        'Content-Type: text/plain',
        '',
        'what is this?',
        '',
        '--f',
        'Content-Type: message/delivery-status',
        '',
      ],
      ...['Reporting-MTA: dns; x', '', 'Final-Recipient: rfc822; zhao@example.com', 'Action: failed', ''],
      ...['--f', 'Content-Type: message/rfc822', '', content, '--f--', ''],
    ].join('\r\n'),
  );
  await note();
  await deliver();
  expect((await mails()).at(-1)).toMatchObject({ state: 'complaint', message: null });
  expect((await standOf(key))?.state).toBe('sent');
});

test.each<[why: string, returned: (content: string) => string, reported: Reported]>([
  [
    'of a mail that is none of ours',
    (content) => content.replaceAll('@southbound', '@elsewhere'),
    { action: 'failed' },
  ],
  ['without a number', (content) => content.replace(/^Message-ID:.*$/im, 'X: y'), { action: 'failed' }],
])('a report %s is looked at by somebody: no complaint, and nothing is sent', async (_, returned, reported) => {
  const { key } = await complain(`other-${count}@example.com`);
  const [there, complaints] = [(await sent()).length, await complaintsThere()];
  report(returned((await newest()).content), reported);
  await note();
  await deliver();
  expect((await mails()).at(-1)).toEqual({
    ...{ state: 'to be looked at', message: null, complaint: null, faults: ['MAIL_IS_AUTOMATIC'] },
  });
  expect((await standOf(key))?.state).toBe('sent');
  expect([(await sent()).length, await complaintsThere()]).toEqual([there, complaints]);
});

test('of several addresses the channel is left when none is left; a plan without a next channel ends', async () => {
  const told = { severity: 'warning', template: 'FILE_AFTER_CLOSE', facts: { date: '2025-06-26' } } as const;
  await queueNotice(book.pool, { ...told, key: 'alarm', recipientRole: 'operations' });
  await deliver();
  const { content } = await newest();
  report(content, { action: 'failed', to: 'duty-1@house.example' });
  // The same address in other letters is the same one.
  report(content, { action: 'failed', to: 'Duty-1@House.example', status: '5.0.0' });
  await note();
  await deliver();
  expect(await standOf('alarm')).toMatchObject({ state: 'sent', left: 'app email NOT_CONNECTED' });
  report(content, { action: 'failed', to: 'duty-2@house.example', status: '5.2.2' });
  await note();
  await deliver();
  expect(await standOf('alarm')).toMatchObject({
    ...{ state: 'task', accepted_on: null, left: 'app email NOT_CONNECTED, email task UNDELIVERED' },
  });

  await queueNotice(book.pool, {
    ...{
      key: 'notice',
      severity: 'info',
      template: 'DAY_CLOSED',
      facts: { date: '2025-06-23' },
      recipientRole: 'service',
    },
  });
  await deliver();
  // Not read in the application in time.
  await book.pool.query(`update business_clock set now = now + interval '8 hours'`);
  await deliver();
  report((await newest()).content, { action: 'failed', to: 'staff@house.example' });
  await note();
  await deliver();
  expect(await standOf('notice')).toMatchObject({
    ...{ state: 'not reached', error: 'UNDELIVERED', left: 'app in-app NOT_CONNECTED, in-app email NOT_READ' },
  });
});
