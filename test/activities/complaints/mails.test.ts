/** The mailbox of complaints: what comes in becomes a complaint, an addition or work for somebody, once, without the process engine. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { loadReference } from '../../../activities/books/load-reference';
import { addAttachment } from '../../../activities/intake/complaints/add-attachment';
import { supplementComplaint } from '../../../activities/intake/complaints/act-of-people';
import { noteMails } from '../../../activities/intake/complaints/note-mails';
import { folderDocuments } from '../../../adapters/documents/folder-documents';
import { openDatabase, type TestDatabase } from '../../support/database';

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex');
const PDF = Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n');

let db: TestDatabase;
let root: string;
beforeAll(async () => {
  db = await openDatabase('mails');
  await db.pool.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('mails', 'test', 'manual', '2025-06-23T01:00:00Z')`,
  );
  await loadReference(db.pool);
  root = mkdtempSync(path.join(tmpdir(), 'southbound-mails-'));
  for (const folder of ['new', 'cur', 'tmp']) mkdirSync(path.join(root, folder));
});
afterAll(async () => {
  await db.close();
  rmSync(root, { recursive: true, force: true });
});

const documents = () => folderDocuments(path.join(root, 'documents'));
const note = () => noteMails({ pool: db.pool, mails: { folder: root, documents: documents() } });
const deliver = (name: string, content: string | Buffer) => writeFileSync(path.join(root, 'new', name), content);
const lying = (folder: string) => readdirSync(path.join(root, folder)).sort();

interface Part {
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

const mailOf = (head: readonly string[], words: string, parts: readonly Part[] = []): string => {
  const of = (part: Part) =>
    `--b\r\nContent-Type: ${part.type}; name="${part.name}"\r\nContent-Disposition: attachment; filename="${part.name}"\r\n` +
    `Content-Transfer-Encoding: base64\r\n\r\n${part.bytes.toString('base64')}\r\n`;
  return (
    [...head, 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b', '', ''].join('\r\n') +
    `--b\r\nContent-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: base64\r\n\r\n${words}\r\n` +
    `${parts.map(of).join('')}--b--\r\n`
  );
};
/** 扣费有误, in GB 2312. */
const WORDS = Buffer.from('bfdbb7d1d3d0cef3', 'hex').toString('base64');
const HEAD = ['From: =?gb2312?B?zfXEs8Sz?= <wang@example.com>', 'Message-ID: <1@example.com>'];

interface Became {
  readonly state: string;
  readonly complaint: string | null;
  readonly faults: readonly string[];
}

const mails = async () => {
  const { rows } = await db.pool.query<Became>(
    `select state, complaint_no as complaint, faults from received_mails order by mail_id`,
  );
  return rows;
};
const complaintNo = 'T20250623-000001';

test('a mail becomes a complaint: its words, its sender, its attachments by what they are; the start waits in the outbox', async () => {
  deliver(
    '1.host',
    mailOf([...HEAD, 'Subject: =?gb2312?B?zbbL3w==?='], WORDS, [
      { name: 'receipt.pdf', type: 'application/pdf', bytes: PDF },
      { name: 'screen.pdf', type: 'application/pdf', bytes: PNG },
    ]),
  );
  expect(await note()).toBe(1);
  expect([lying('new'), lying('cur')]).toEqual([[], ['1.host:2,S']]);
  expect(await mails()).toEqual([{ state: 'complaint', complaint: complaintNo, faults: [] }]);
  const { rows } = await db.pool.query(
    `select c.channel, c.received_by, w.name, w.contact, w.facts as text from complaints c join complainants w using (complaint_no)`,
  );
  expect(rows).toEqual([
    {
      channel: 'email',
      received_by: 'southbound',
      name: '王某某',
      contact: 'wang@example.com',
      text: '投诉\n\n扣费有误',
    },
  ]);
  const { rows: attached } = await db.pool.query(
    'select file_name, media_type, fault, sha256 is not null as kept from complaint_attachments order by attachment_id',
  );
  expect(attached).toEqual([
    { file_name: 'receipt.pdf', media_type: 'application/pdf', fault: null, kept: true },
    { file_name: 'screen.pdf', media_type: 'image/png', fault: 'ATTACHMENT_IS_NOT_WHAT_IT_SAYS', kept: false },
  ]);
  const { rows: outbox } = await db.pool.query(
    `select kind from waiting_messages where workflow_id = $1 and kind = 'start'`,
    [`complaint:${complaintNo}`],
  );
  expect(outbox).toHaveLength(1);
  // The mail is kept as it came, with what was not taken of it.
  const { rows: whole } = await db.pool.query<{ kind: string; sha256: string }>(
    `select kind, sha256 from complaint_documents where kind = 'mail'`,
  );
  expect(whole).toHaveLength(1);
  const chunks: Buffer[] = [];
  for await (const chunk of await documents().read(whole[0]?.sha256 ?? '')) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString('latin1')).toContain(PNG.toString('base64'));
});

test('the same mail again changes nothing, also where another server gave it other bytes', async () => {
  const again = mailOf([...HEAD, 'Subject: =?gb2312?B?zbbL3w==?='], WORDS, [
    { name: 'receipt.pdf', type: 'application/pdf', bytes: PDF },
    { name: 'screen.pdf', type: 'application/pdf', bytes: PNG },
  ]);
  deliver('2.host', again);
  expect(await note()).toBe(0);
  deliver('3.host', `Received: by another.example\r\n${again}`);
  expect(await note()).toBe(1);
  expect((await mails()).map(({ state, complaint }) => [state, complaint])).toEqual([
    ['complaint', complaintNo],
    ['repeated', complaintNo],
  ]);
  const { rows } = await db.pool.query(
    'select (select count(*)::int from complaints) as complaints, (select count(*)::int from complaint_attachments) as attachments',
  );
  expect(rows).toEqual([{ complaints: 1, attachments: 2 }]);
});

test('an answer of the complainant is added to the complaint; of somebody else it is a complaint of its own', async () => {
  deliver('4.host', mailOf([HEAD[0] ?? '', `Subject: Re: ${complaintNo}`], WORDS));
  deliver('5.host', mailOf(['From: other@example.com', `Subject: Re: ${complaintNo}`], WORDS));
  await note();
  const { rows } = await db.pool.query(
    'select kind, written_by from complaint_words where complaint_no = $1 order by text_id nulls first',
    [complaintNo],
  );
  expect(rows).toEqual([
    { kind: 'facts', written_by: 'southbound' },
    { kind: 'supplement', written_by: 'southbound' },
  ]);
  expect((await mails()).slice(2).map(({ state, complaint }) => [state, complaint])).toEqual([
    ['supplement', complaintNo],
    ['complaint', 'T20250623-000002'],
  ]);
});

test('a mail whose subject names several complaints is added to each that is of its sender and open, once, also where it failed half way', async () => {
  const from = 'From: li@two.example.com';
  for (const name of ['first', 'second', 'ended'])
    deliver(`${name}.two`, `${from}\r\nSubject: ${name}\r\n\r\n${name} words`);
  await note();
  const { rows: entered } = await db.pool.query<{ no: string }>(
    `select complaint_no as no from complainants where contact = 'li@two.example.com' order by 1`,
  );
  const [first = '', second = '', ended = ''] = entered.map(({ no }) => no);
  await db.pool.query(
    `update complaints set other_state = 'refused', ended_at = business_now() where complaint_no = $1`,
    [ended],
  );
  const mail = Buffer.from(
    mailOf([from, `Subject: ${second} ${complaintNo} ${ended} ${first} ${second} T20250623-999999`], WORDS, [
      { name: 'receipt.pdf', type: 'application/pdf', bytes: PDF },
    ]),
  );
  const sha256 = createHash('sha256').update(mail).digest('hex');
  // As a worker left it that was killed after the first of them, in a book whose clock was moved before it came again.
  await supplementComplaint(db.pool, {
    ...{
      complaintNo: second,
      key: `mail-supplement:${sha256}`,
      by: 'southbound',
      role: 'system',
      at: '2025-06-23T01:00:00.000Z',
    },
    text: `${second} ${complaintNo} ${ended} ${first} ${second} T20250623-999999\n\n扣费有误`,
  });
  await db.pool.query(`update business_clock set now = '2025-06-23T01:30:00Z'`);
  deliver('both.two', mail);
  expect(await note()).toBe(1);
  expect((await mails()).at(-1)).toEqual({ state: 'supplement', complaint: second, faults: [] });
  const { rows } = await db.pool.query(
    `select c.complaint_no as no,
            (select count(*)::int from complaint_texts x where x.complaint_no = c.complaint_no and kind = 'supplement') as said,
            (select count(*)::int from complaint_attachments a where a.complaint_no = c.complaint_no) as files,
            (select count(*)::int from complaint_documents d where d.complaint_no = c.complaint_no and kind = 'mail' and sha256 = $2) as mails
       from complaints c where complaint_no = any($1) order by 1`,
    [[first, second, ended], sha256],
  );
  expect(rows).toEqual([
    { no: first, said: 1, files: 1, mails: 1 },
    { no: second, said: 1, files: 1, mails: 1 },
    { no: ended, said: 0, files: 0, mails: 0 },
  ]);
  const { rows: others } = await db.pool.query(
    'select from complaint_documents where complaint_no = $1 and sha256 = $2',
    [complaintNo, sha256],
  );
  expect(others).toEqual([]);
});

test.each<[why: string, content: string | Buffer, faults: readonly string[], from: string | null]>([
  ['no sender', `Subject: x\r\n\r\nwords`, ['MAIL_WITHOUT_SENDER'], null],
  ['nothing said', `From: a@example.com\r\n\r\n`, ['MAIL_WITHOUT_WORDS'], 'a@example.com'],
  [
    'a machine that answers for its owner',
    mailOf([HEAD[0] ?? '', `Subject: Re: ${complaintNo}`, 'Auto-Submitted: auto-replied'], WORDS),
    ['MAIL_IS_AUTOMATIC'],
    'wang@example.com',
  ],
  [
    'a mail that could not be delivered',
    'Return-Path: <>\r\nFrom: MAILER-DAEMON@example.com\r\nSubject: Undelivered\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n' +
      'Content-Type: text/plain\r\n\r\nno such person\r\n--b--\r\n',
    ['MAIL_IS_AUTOMATIC'],
    'mailer-daemon@example.com',
  ],
  ['bytes that are no mail', Buffer.from([0, 255, 254, 1, 2, 0]), ['MAIL_WITHOUT_SENDER', 'MAIL_WITHOUT_WORDS'], null],
  [
    'parts within parts without end',
    `From: a@example.com\r\n${'x'.repeat(1)}: y\r\n` +
      Array.from({ length: 300 }, (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`).join(
        '',
      ),
    ['MAIL_UNREADABLE'],
    null,
  ],
])('%s: kept, and somebody is asked to look', async (why, content, faults, from) => {
  deliver(`${why.replaceAll(' ', '-')}.host`, content);
  expect(await note()).toBe(1);
  const newest = (await mails()).at(-1);
  expect(newest).toEqual({ state: 'to be looked at', complaint: null, faults });
  const { rows } = await db.pool.query(
    `select payload ->> 'type' as type from waiting_messages where kind = 'start' and workflow_id = (select workflow_id from received_mails order by mail_id desc limit 1)`,
  );
  expect(rows).toEqual([{ type: 'receivedMail' }]);
  const { rows: sent } = await db.pool.query(
    'select sender_sha256 as sender from received_mails order by mail_id desc limit 1',
  );
  expect(sent).toEqual([{ sender: from && createHash('sha256').update(from).digest('hex') }]);
  expect(lying('new')).toEqual([]);
});

test('what cannot be kept stays where it lies, and is told once; somebody looks at it as at any other', async () => {
  deliver('empty.host', '');
  const before = (await mails()).length;
  await note();
  await note();
  expect((await mails()).slice(before)).toEqual([
    { state: 'to be looked at', complaint: null, faults: ['MAIL_EMPTY'] },
  ]);
  const { rows: starts } = await db.pool.query(
    `select from waiting_messages join received_mails using (workflow_id) where kind = 'start' and 'MAIL_EMPTY' = any(faults)`,
  );
  expect(starts).toHaveLength(1);
  const { rows } = await db.pool.query(`select facts ->> 'place' as place from outbox where template = 'MAIL_STRAY'`);
  expect([rows, lying('new')]).toEqual([[{ place: 'empty.host' }], ['empty.host']]);
});

test('words with a NUL and without end are kept as far as a row goes', async () => {
  deliver('long.host', `From: a@example.com\r\nMessage-ID: <9@x>\r\nSubject: \0long\r\n\r\n${'长'.repeat(20_000)}`);
  await note();
  const { rows } = await db.pool.query<{ length: number; text: string }>(
    'select length(facts) as length, facts as text from complainants order by complaint_no desc limit 1',
  );
  expect(rows[0]?.length).toBe(10_000);
  expect(rows[0]?.text).toMatch(/the whole stands in the mail）$/);
});

test.each<[why: string, middle: string, became: Became]>([
  [
    'a NUL in the name of a file',
    'From: a@example.com\r\nMessage-ID: <n@x>\r\nSubject: n\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n' +
      "Content-Type: text/plain\r\n\r\nwords\r\n--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename*=utf-8''a%00b.txt\r\n\r\n" +
      'evidence\r\n--b--\r\n',
    { state: 'complaint', complaint: expect.stringMatching(/^T/) as string, faults: [] },
  ],
  [
    'words of NULs only',
    'From: a@example.com\r\nMessage-ID: <0@x>\r\n\r\n\0\0\0',
    { state: 'to be looked at', complaint: null, faults: ['MAIL_WITHOUT_WORDS'] },
  ],
  [
    'more lines than anybody writes',
    `From: a@example.com\r\nMessage-ID: <l@x>\r\n\r\nwords${'\n'.repeat(100_000)}`,
    { state: 'to be looked at', complaint: null, faults: ['MAIL_UNREADABLE'] },
  ],
  [
    'what no column takes',
    'From: a@example.com\r\nMessage-ID: <c@x>\r\n\r\nwords',
    { state: 'to be looked at', complaint: null, faults: ['MAIL_NOT_ENTERED'] },
  ],
])('%s holds up no other mail', async (why, middle, became) => {
  const owner = new Client({ connectionString: db.ownerUrl });
  await owner.connect();
  try {
    if (became.faults.includes('MAIL_NOT_ENTERED'))
      await owner.query(`alter table complainants add constraint none check (contact <> 'a@example.com') not valid`);
    const before = (await mails()).length;
    for (const [name, content] of [
      ['x1', `From: b@example.com\r\nSubject: before ${why}\r\n\r\nwords`],
      ['x2', middle],
      ['x3', `From: b@example.com\r\nSubject: after ${why}\r\n\r\nwords`],
    ] as const)
      deliver(`${name}-${why.replaceAll(' ', '-')}.host`, content);
    expect(await note()).toBe(3);
    expect((await mails())[before + 1]).toEqual(became);
    expect(lying('new')).toEqual(['empty.host']);
  } finally {
    await owner.query('alter table complainants drop constraint if exists none');
    await owner.end();
  }
});

test('words in HTML alone are words; headers in bare GBK are read; a name is one line in the order in which it was written', async () => {
  // 王小明, 投诉 and 证 in GBK, of which the last alone would be a character of UTF-8.
  const mail =
    'From: "\xcd\xf5\xd0\xa1\xc3\xf7" <wxm@example.com>\r\nSubject: \xcd\xb6\xcb\xdf\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n' +
    'Content-Type: text/html; charset=gbk\r\n\r\n<html><head><title>x</title></head><p>\xbf\xdb\xb7\xd1 &lt;5&gt;<br><b>\xd3\xd0\xce\xf3</b></p></html>\r\n--b\r\n' +
    `Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="\xd6\xa4.pdf"\r\n\r\n${PDF.toString('latin1')}\r\n--b\r\n` +
    `Content-Type: application/pdf\r\nContent-Disposition: attachment; filename*=utf-8''%E2%80%AEfdp.exe%0D%0Aa.pdf\r\n\r\n${PDF.toString('latin1')}\r\n--b--\r\n`;
  deliver('gbk.host', Buffer.from(mail, 'latin1'));
  // 李四, with a line break between.
  const name = Buffer.from('c0ee0d0acbc4', 'hex').toString('base64');
  deliver(
    'lines.host',
    `From: =?GBK?B?${name}?= <ls@example.com>\r\nContent-Type: text/html\r\n\r\n<p>one</p><p>two</p>`,
  );
  await note();
  const { rows } = await db.pool.query<{ line: unknown }>(
    `select jsonb_build_array(name, facts, (select jsonb_agg(file_name order by attachment_id) from complaint_attachments a where a.complaint_no = w.complaint_no)) as line
       from complainants w where contact in ('wxm@example.com', 'ls@example.com') order by contact desc`,
  );
  expect(rows.map(({ line }) => line)).toEqual([
    ['王小明', '投诉\n\n扣费 <5>\n有误', ['证.pdf', 'fdp.exe a.pdf']],
    ['李 四', 'one\n\ntwo', null],
  ]);
});

test('by hand: what lies about its type is refused with all that is wrong, and nothing is kept', async () => {
  const act = { complaintNo, key: 'k', by: 'service-1', role: 'service' };
  const add = (bytes: Buffer) =>
    addAttachment(
      { pool: db.pool, documents: documents() },
      { ...act, fileName: 'a.pdf', saidType: 'application/pdf', bytes },
    );
  await expect(add(Buffer.from('MZ\x90\0\x03\0\0\0'))).rejects.toMatchObject({
    code: 'ATTACHMENT_NOT_TAKEN',
    details: { codes: ['ATTACHMENT_NOT_TAKEN', 'ATTACHMENT_IS_NOT_WHAT_IT_SAYS'] },
  });
  const added = await add(PDF);
  expect(await add(PDF)).toEqual(added);
});
