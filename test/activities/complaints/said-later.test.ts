/** What is said after the registration, in calls and to whoever passed a complaint on. */
import { randomUUID } from 'node:crypto';
import { lockCallback } from '../../../activities/callbacks/callback-row';
import { decideUnreachable } from '../../../activities/callbacks/follow-callback';
import { moveCallback } from '../../../activities/callbacks/move-callback';
import { askComplaintCallback, complaintSatisfaction } from '../../../activities/complaints/ask-complaint-callback';
import { laterClock } from '../../../activities/complaints/complaint-clocks';
import { recordMailLookedAt } from '../../../activities/complaints/received-mail';
import { inTransaction } from '../../../activities/database/transaction';
import { recuse, supplementComplaint } from '../../../activities/intake/complaints/act-of-people';
import { addAttachment } from '../../../activities/intake/complaints/add-attachment';
import { refusalsOfForm } from '../../../activities/tasks/form-checks';
import type { TaskRow } from '../../../activities/tasks/task-row';
import { folderDocuments } from '../../../adapters/documents/folder-documents';
import type { LaterStage } from '../../../domain/complaints/complaint-limits';
import { newFolder } from '../../simulators/stage';
import {
  NOW,
  act,
  auditOf,
  clockTo,
  codesOf,
  db,
  followComplaintNow,
  formRefusals,
  handledBy,
  onComplaintBook,
  one,
  receive,
  step,
} from '../../support/complaint-book';

onComplaintBook('said_later');

const later = (complaintNo: string, stage: LaterStage) => laterClock(db)({ complaintNo, stage });

/** Told by the client: nobody has taken its registration yet. */
const UNHELD = { channel: 'app', by: 'client-1', role: 'client' } as const;

/** How often the process of a complaint was told. */
const signalsOf = async (no: string) =>
  (
    await one<{ n: number }>(
      `select count(*)::int as n from outbox where workflow_id = $1 and kind = 'signal'`,
      `complaint:${no}`,
    )
  )?.n;

describe('what is added after the registration', () => {
  const told = async (no: string, template = 'COMPLAINT_MORE_SAID') => {
    const { rows } = await db.pool.query<{ who: string }>(
      `select coalesce(recipient_role, recipient_ref) as who from outbox where workflow_id = $1 and template = $2 order by message_id`,
      [`complaint:${no}`, template],
    );
    return rows.map(({ who }) => who);
  };
  const add = (no: string, by: string, role: string) =>
    supplementComplaint(db.pool, { ...act(no, by, role), text: 'more' });

  it('reaches whoever works at it at once, and whoever mails hears that it came', async () => {
    const [nobodys, handled, own] = [await receive(UNHELD), await receive(), await receive()];
    await add(nobodys, 'southbound', 'system');
    await handledBy(handled, 'brokerage-1');
    await add(handled, 'service-1', 'service');
    // Of what the handler writes down nobody is told.
    await handledBy(own, 'brokerage-1');
    await add(own, 'brokerage-1', 'brokerage');
    expect(await Promise.all([nobodys, handled, own].map((no) => told(no)))).toEqual([
      ['service'],
      ['person:brokerage-1'],
      ['service'],
    ]);
    const received = await Promise.all([nobodys, handled].map((no) => told(no, 'COMPLAINT_MORE_RECEIVED')));
    expect(received).toEqual([['C00000001'], []]);
  });

  it('after the answer is given to somebody to look at, and is disagreement where nobody can be reached', async () => {
    const no = await receive({ against: 'service-2' });
    await handledBy(no, 'brokerage-1');
    await step(no, { step: 'answer' });
    const { callbackNo } = await askComplaintCallback(db)({ complaintNo: no, level: 1 });
    expect(await complaintSatisfaction(db)({ callbackNo })).toEqual({ satisfaction: 'unreachable' });
    await clockTo('2025-06-24T02:00:00.000Z');
    await add(no, 'southbound', 'system');
    expect(await told(no)).toEqual(['person:brokerage-1', 'compliance']);
    expect(await complaintSatisfaction(db)({ callbackNo })).toEqual({ satisfaction: 'not satisfied' });
  });

  it.each<[what: string, isSaid: boolean, add: (no: string) => Promise<unknown>]>([
    [
      'a file that was sent',
      true,
      (no) =>
        db.pool.query(
          `insert into complaint_attachments (complaint_no, media_type, byte_count, fault, filed_by) values ($1, 'text/plain', 1, 'ATTACHMENT_EMPTY', 'client-1')`,
          [no],
        ),
    ],
    [
      'a complaint of its own that is linked',
      true,
      async (no) => step(await receive(), { step: 'link duplicate', duplicateOf: no }),
    ],
    [
      'a mail that came before the answer and was read after it',
      false,
      (no) =>
        supplementComplaint(db.pool, {
          ...{ ...act(no, 'southbound', 'system'), text: 'more' },
          at: '2025-06-23T01:00:00.000Z',
        }),
    ],
  ])('by %s: disagreement %s', async (_what, isSaid, addTo) => {
    const no = await receive();
    await handledBy(no, 'brokerage-1');
    await step(no, { step: 'answer' });
    const { callbackNo } = await askComplaintCallback(db)({ complaintNo: no, level: 1 });
    await step(no, { step: 'call back', detail: { level: 1, satisfaction: 'unreachable' } });
    expect(await followComplaintNow(no)).toMatchObject({ isAnswerDisputed: false });
    await clockTo('2025-06-24T02:00:00.000Z');
    await addTo(no);
    const satisfaction = isSaid ? 'not satisfied' : 'unreachable';
    expect(await complaintSatisfaction(db)({ callbackNo })).toEqual({ satisfaction });
    // What comes of it is owed from then on, not from the calls that reached nobody.
    const clocks = [await later(no, 'mediate'), await later(no, 'close')];
    expect(clocks.map(({ from }) => from)).toEqual(Array(2).fill(isSaid ? '2025-06-24T02:00:00.000Z' : NOW));
    // Also once the callback has ended, until it is closed.
    expect(await followComplaintNow(no)).toMatchObject({ isAnswerDisputed: isSaid });
    // Nor is it closed before the process hears; once somebody offered mediation, or as disputed, it is.
    const closing = (endedAs?: string) => formRefusals('close-complaint', no, { actions: [] }, 'service-3', endedAs);
    expect([await closing(), await closing('disputed')]).toEqual([isSaid ? ['OBJECTION_TO_BE_HEARD'] : [], []]);
    await step(no, { step: 'mediate' });
    expect(await closing()).toEqual([]);
    // What was said of one answer is not said of the next.
    await db.pool.query('update complaints set level = 2 where complaint_no = $1', [no]);
    expect(await followComplaintNow(no)).toMatchObject({ isAnswerDisputed: false });
  });

  it('without end wakes the process a few times in a row, and anew after whatever it does: it reads the others with them', async () => {
    const no = await receive();
    const signals = () => signalsOf(no);
    const revision = async () =>
      (await one<{ n: number }>('select revision as n from complaints where complaint_no = $1', no))?.n;
    for (let time = 0; time < 25; time += 1) await add(no, 'client-1', 'client');
    expect([await signals(), await revision()]).toEqual([10, 26]);
    await step(no, { step: 'ask back' });
    await add(no, 'client-1', 'client');
    expect([await signals(), (await followComplaintNow(no)).supplements]).toEqual([11, 26]);
    // Whatever else people do is told whenever it is done.
    for (let time = 0; time < 12; time += 1) await add(no, 'client-1', 'client');
    await recuse(db.pool, { ...act(no, 'service-1'), person: 'service-1', reason: 'x' });
    expect(await signals()).toBe(21);
  });

  it('by a letter that was entered later counts from when it came, which is said: not in the future, nor before the complaint', async () => {
    const [friday, saturday, sunday] = [
      '2025-06-20T02:00:00.000Z',
      '2025-06-21T02:00:00.000Z',
      '2025-06-22T02:00:00.000Z',
    ];
    const no = await receive({ channel: 'letter', receivedAt: friday });
    const enter = (at?: string) =>
      supplementComplaint(db.pool, { ...act(no, 'service-3'), text: 'more', ...(at === undefined ? {} : { at }) });
    expect(await codesOf(enter('2025-06-20T01:59:59.999Z'), enter('2025-06-23T02:00:00.001Z'))).toEqual([
      'RECEIVED_BEFORE_COMPLAINT',
      'RECEIVED_IN_THE_FUTURE',
    ]);
    await enter(friday);
    const file = { fileName: 'a.txt', saidType: 'text/plain', bytes: Buffer.from('a letter that was scanned') };
    const documents = folderDocuments(newFolder());
    const scan = (at: string) => addAttachment({ pool: db.pool, documents }, { ...act(no, 'service-3'), ...file, at });
    expect(await codesOf(scan('2025-06-20T01:00:00.000Z'))).toEqual(['RECEIVED_BEFORE_COMPLAINT']);
    await scan(saturday);
    const { rows } = await db.pool.query(
      `select written_at, received_at from complaint_words where complaint_no = $1
       union all select filed_at, received_at from complaint_attachments where complaint_no = $1`,
      [no],
    );
    expect(rows).toEqual([
      { written_at: NOW, received_at: friday },
      { written_at: NOW, received_at: friday },
      { written_at: NOW, received_at: saturday },
    ]);
    // It was asked back on Sunday; what is entered then and came on Saturday was there before: the complainant is waited for no more from the asking on.
    await db.pool.query(
      `insert into tasks (workflow_id, other_key, kind, title_id, role, form_id, form_version, facts_told, revision, state, done_at, outcome)
       values ($1, 'asked:' || $1, 'register-complaint', task_title('x', 'x'), 'service', task_form('{}'), 1, '{}', 1, 'done', $2,
               '{"result": "completed", "form": {"decision": "ask back"}}')`,
      [`complaint:${no}`, sunday],
    );
    expect(await followComplaintNow(no)).toMatchObject({ supplements: 2, supplementedAt: friday });
    // Nor does what came before the answer disagree with it.
    await handledBy(no, 'brokerage-1');
    await step(no, { step: 'answer' });
    await step(no, { step: 'call back', detail: { level: 1, satisfaction: 'unreachable' } });
    await clockTo('2025-06-24T02:00:00.000Z');
    await enter(saturday);
    expect(await followComplaintNow(no)).toMatchObject({ isAnswerDisputed: false });
    await enter();
    expect(await followComplaintNow(no)).toMatchObject({ isAnswerDisputed: true });
  });

  it('disagreement of today is heard, however much was entered that came before the answer', async () => {
    const no = await receive({ channel: 'letter', receivedAt: '2025-06-20T02:00:00.000Z' });
    await handledBy(no, 'brokerage-1');
    await step(no, { step: 'answer' });
    await step(no, { step: 'call back', detail: { level: 1, satisfaction: 'unreachable' } });
    await clockTo('2025-06-24T02:00:00.000Z');
    for (let time = 0; time < 12; time += 1)
      await supplementComplaint(db.pool, { ...act(no, 'service-3'), text: 'more', at: '2025-06-21T02:00:00.000Z' });
    const before = (await signalsOf(no)) ?? 0;
    await add(no, 'client-1', 'client');
    expect([await signalsOf(no), (await followComplaintNow(no)).isAnswerDisputed]).toEqual([before + 1, true]);
    await add(no, 'client-1', 'client');
    expect(await signalsOf(no)).toBe(before + 1);
  });

  it('by a mail that somebody looked at: of an open complaint of before, read by whoever may, from when the mail came', async () => {
    const [no, ended, own] = [await receive(UNHELD), await receive(), await receive({ against: 'service-1' })];
    await step(ended, { step: 'refuse' });
    await clockTo('2025-06-24T02:00:00.000Z');
    const later = await receive();
    const mailAt = '2025-06-23T08:00:00.000Z';
    const mail = (digit: string, from: string | null) =>
      one<{ id: string }>(
        `with kept as (insert into documents (sha256, media_type, byte_count) values (repeat($2, 64), 'message/rfc822', 1) returning sha256)
         insert into received_mails (sha256, received_at, state, workflow_id, sender_sha256)
         select sha256, $1, 'to be looked at', 'received-mail:' || left(sha256, 1), encode(sha256(convert_to($3, 'utf8')), 'hex') from kept
         returning mail_id::text as id`,
        ...[mailAt, digit, from],
      );
    const [unsigned, signed] = [await mail('e', null), await mail('f', 'li@house.example')];
    const refused = (complaintNo: string, more: object = {}, of = 'e') =>
      inTransaction(db.pool, async (sql) => {
        const task = { workflow_id: `received-mail:${of}`, kind: 'look-at-mail' } as TaskRow;
        const form = { decision: 'complaint registered', complaintNo, ...more };
        return (await refusalsOfForm(sql, task, form, { person: 'service-1', role: 'service' })).map(
          ({ code }) => code,
        );
      });
    expect([await refused(later), await refused(ended), await refused(own), await refused(no)]).toEqual([
      ['RECEIVED_AFTER_ITS_MAIL'],
      ['COMPLAINT_ENDED'],
      ['NOT_FOUND'],
      [],
    ]);
    const looked = { mailId: unsigned?.id ?? '', complaintNo: no, by: { person: 'service-1', role: 'service' } };
    for (let time = 0; time < 2; time += 1) await recordMailLookedAt(db)(looked);
    expect([await told(no), (await followComplaintNow(no)).supplements]).toEqual([['service'], 1]);
    expect(
      await one(`select received_at as at from complaint_texts where complaint_no = $1 and kind = 'supplement'`, no),
    ).toEqual({ at: mailAt });
    // A sender who is not known to be the complainant is taken for one by whoever says so, and another person's words are not the complainant's.
    await clockTo(NOW);
    const [strange, same] = [
      await receive(UNHELD),
      await receive({ complainant: { name: '李四', contact: ' LI@house.example' } }),
    ];
    const sender = 'another person';
    expect([
      await refused(strange, {}, 'f'),
      await refused(strange, { sender }, 'f'),
      await refused(same, {}, 'f'),
    ]).toEqual([['MAIL_OF_ANOTHER_SENDER'], [], []]);
    await clockTo('2025-06-24T02:00:00.000Z');
    for (let time = 0; time < 2; time += 1)
      await recordMailLookedAt(db)({ ...looked, mailId: signed?.id ?? '', complaintNo: strange, sender });
    expect([await told(strange), (await followComplaintNow(strange)).supplements]).toEqual([['service'], 0]);
    expect(
      await one(
        `select (select count(*)::int from outbox where workflow_id = $1 and template = 'COMPLAINT_MORE_RECEIVED') as answers, complaint_no = $2 as filed,
                sender_said as said from received_mails where mail_id = $3`,
        ...[`complaint:${strange}`, strange, signed?.id],
      ),
    ).toEqual({ answers: 0, filed: true, said: sender });
    expect((await auditOf('look at mail', signed?.id ?? '')).map(({ after }) => after)).toEqual([
      { complaintNo: strange, sender },
    ]);
  });
});

it('a decision about who was not reached counts once, for the round of calls that it was asked about', async () => {
  const { callbackNo } = await askComplaintCallback(db)({ complaintNo: await receive(), level: 1 });
  const escalated = () =>
    inTransaction(db.pool, async (sql) =>
      moveCallback(sql, await lockCallback(sql, callbackNo), { state: 'escalated', by: 'service-1' }),
    );
  const decided = async (round: number, decision: 'call again' | 'leave') => {
    const by = { by: 'service-2', role: 'service', reason: 'x' };
    const { state, round: now } = await decideUnreachable(db)({ callbackNo, round, decision, ...by });
    return `${state} ${now}`;
  };
  await escalated();
  expect([await decided(1, 'call again'), await decided(1, 'leave')]).toEqual(['open 2', 'open 2']);
  await escalated();
  expect([await decided(1, 'leave'), await decided(2, 'leave')]).toEqual(['escalated 2', 'ended 2']);
});

it('of a transfer acceptance, refusal and answer are told to whoever passed it on, and it is closed with its kind', async () => {
  const transfer = { number: randomUUID(), at: NOW };
  const [no, own] = [await receive({ channel: 'regulator', transfer }), await receive()];
  const reply = '12386-R-1';
  const refused = await Promise.all(
    [
      formRefusals('accept-complaint', no, { decision: 'accept' }),
      formRefusals('accept-complaint', no, { decision: 'accept', reply }),
      formRefusals('accept-complaint', no, { decision: 'refuse' }),
      formRefusals('answer-complaint', no, {}),
      formRefusals('answer-complaint', no, { reply }),
      formRefusals('answer-complaint', own, {}),
      formRefusals('close-complaint', no, { actions: [] }),
      formRefusals('close-complaint', no, { actions: [], transferKind: 'tip-off' }),
      formRefusals('close-complaint', own, { actions: [] }),
    ].map(async (codes) => (await codes).join(' ')),
  );
  expect(refused).toEqual([
    'TRANSFER_REPLY_MISSING',
    '',
    'TEXT_MISSING TRANSFER_REPLY_MISSING',
    'TEXT_MISSING TRANSFER_REPLY_MISSING',
    'TEXT_MISSING',
    'TEXT_MISSING',
    'TRANSFER_KIND_MISSING',
    '',
    '',
  ]);
});

it('what is written for a task counts of whoever completes it', async () => {
  const no = await receive();
  const task = await one<{ id: string }>(
    `insert into tasks (workflow_id, other_key, kind, title_id, role, form_id, form_version, facts_told, revision, state)
     values ($1, $1 || ' answer', 'answer-complaint', task_title('x', 'x'), 'service', task_form('{}'), 1, '{}', 1, 'open') returning task_id::text as id`,
    `complaint:${no}`,
  );
  await db.pool.query(
    `insert into complaint_texts (complaint_no, kind, task_id, text, written_by) values ($1, 'task', $2, 'x', 'service-1')`,
    [no, task?.id],
  );
  const answered = (by: string) => formRefusals('answer-complaint', no, {}, by, 'closed', task?.id);
  expect([await answered('service-1'), await answered('service-3')]).toEqual([[], ['TEXT_MISSING']]);
});
