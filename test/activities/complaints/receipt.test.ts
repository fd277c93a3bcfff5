/** What comes in: numbered and acknowledged at once, in the register as it was received, and asked for again without a second one. */
import { randomUUID } from 'node:crypto';
import { askComplaintCallback } from '../../../activities/complaints/ask-complaint-callback';
import { openComplaintOfCallback } from '../../../activities/callbacks/open-complaint';
import { complaintClocks } from '../../../activities/complaints/complaint-clocks';
import { readComplaint } from '../../../activities/complaints/follow-complaint';
import { complaintOf } from '../../../activities/intake/complaints/complaint-of-process';
import { nameSubject, supplementComplaint } from '../../../activities/intake/complaints/act-of-people';
import { onBehalfOfRequest } from '../../../activities/intake/request-id';
import { COMPLAINT_CHANNELS } from '../../../domain/complaints/complaint-words';
import { asOwner } from '../../support/as-owner';
import {
  NOW,
  act,
  clockTo,
  codesOf,
  db,
  handledBy,
  onComplaintBook,
  one,
  receive,
  step,
} from '../../support/complaint-book';

onComplaintBook('receipt');

it.each(COMPLAINT_CHANNELS)(
  'by %s: numbered on the day, acknowledged and its process asked for at once, its clocks from the receipt and not from the entry',
  async (channel) => {
    // Of Friday, entered on Monday; whoever passes one on had it on Thursday.
    const [receivedAt, at] = ['2025-06-20T02:00:00.000Z', '2025-06-19T02:00:00.000Z'];
    const isPassedOn = channel === 'regulator' || channel === 'exchange';
    const transfer = { number: randomUUID(), at };
    const given = { channel, receivedAt, ...(isPassedOn ? { transfer } : {}) };
    const no = await receive(given);
    expect(no).toMatch(/^T20250623-\d{6}$/);
    const { rows } = await db.pool.query(
      'select kind, template, recipient_ref as to from outbox where workflow_id = $1 order by message_id',
      [`complaint:${no}`],
    );
    expect(rows).toEqual([{ kind: 'notice', template: 'COMPLAINT_RECEIVED', to: 'C00000001' }]);
    expect(await one('select kind, payload from waiting_messages where workflow_id = $1', `complaint:${no}`)).toEqual({
      kind: 'start',
      payload: startOf(no, { Branch: '1001' }),
    });
    const clocks = await complaintClocks(db)({ complaintNo: no });
    const stages = ['accept', 'answer'];
    expect(clocks.map(({ clock, stage, from }) => [clock, stage, from])).toEqual([
      ...stages.map((stage) => ['own', stage, receivedAt]),
      ...(isPassedOn ? stages.map((stage) => ['transfer', stage, at]) : []),
    ]);
    // A transfer says which one it is, and was there before it came here; nothing else is one.
    const incomplete = [
      receive({ channel, receivedAt, ...(isPassedOn ? {} : { transfer }) }),
      receive({ channel, receivedAt: at, transfer: { number: randomUUID(), at: receivedAt } }),
    ];
    expect(await codesOf(...incomplete)).toEqual(incomplete.map(() => 'TRANSFER_INCOMPLETE'));
  },
);

const startOf = (no: string, branch: { readonly Branch?: string }) => ({
  type: 'complaint',
  args: [{ complaintNo: no }],
  summary: `投诉 ${no} complaint`,
  attributes: { ProcessType: 'complaint', BusinessKey: no, BusinessDate: '2025-06-23', ...branch },
});

it('its start says what follows from it, and by whose request, and waits in less than a hundred bytes', async () => {
  const no = await onBehalfOfRequest('a-request', () => receive({ complainant: { name: '某某' } }));
  const of = `complaint:${no}`;
  expect(await one('select payload from waiting_messages where workflow_id = $1', of)).toEqual({
    payload: { ...startOf(no, {}), requestId: 'a-request' },
  });
  const size = 'select pg_column_size(s.*) < 100 as small from waiting_starts s where workflow_id = $1';
  expect(await one(size, of)).toEqual({ small: true });
});

describe('what it is about', () => {
  it('is a process of the same client that a complaint can be about', async () => {
    const [own, other] = [await receive(), await receive({ complainant: { clientNo: 'C00000002' } })];
    const about = (workflowId: string) => receive({ about: { workflowId } });
    expect(
      await codesOf(about('settlement-day:SH:2025-06-23'), about(`complaint:${other}`), about(`complaint:${own}`)),
    ).toEqual(['SUBJECT_NOT_OF_COMPLAINT', 'NOT_FOUND', 'done']);
  });

  it('is corrected by compliance until the decision, and by nobody else', async () => {
    const [first, second] = [await receive(), await receive()];
    const no = await receive({ about: { workflowId: `complaint:${first}` } });
    const name = (by: string) => nameSubject(db.pool, { ...act(no, by), workflowId: `complaint:${second}` });
    expect(await codesOf(name('service-3'), name('compliance-1'))).toEqual(['SUBJECT_NAMED_ALREADY', 'done']);
    await handledBy(no, 'service-3', 'decided');
    expect(await codesOf(name('compliance-1'))).toEqual(['SUBJECT_NAMED_ALREADY']);
  });
});

it('its register begins with what was received, once, whatever is known better since; its words stand first among all', async () => {
  const key = randomUUID();
  const no = await receive({ key, claim: '退还手续费' });
  expect(await receive({ key, claim: '退还手续费' })).toBe(no);
  const other = supplementComplaint(db.pool, { ...act(no, 'service-3'), key, text: '另有凭证' });
  expect(await codesOf(other)).toEqual(['IDEMPOTENCY_MISMATCH']);
  await step(no, { step: 'register', known: { product: 'funds' }, detail: { product: 'funds' } });
  await supplementComplaint(db.pool, { ...act(no, 'service-3'), text: '另有凭证' });
  const { rows: lines } = await db.pool.query(
    'select act, detail, by, role, at from complaint_register where complaint_no = $1 order by step_id limit 1',
    [no],
  );
  const detail = { channel: 'telephone', product: 'southbound', category: 'service' };
  expect(lines).toEqual([{ act: 'receive complaint', detail, by: 'service-3', role: 'service', at: NOW }]);
  expect(await one('select product from complaints where complaint_no = $1', no)).toEqual({ product: 'funds' });
  const { rows: words } = await db.pool.query(
    'select kind, text, written_by from complaint_words where complaint_no = $1 order by text_id nulls first, kind desc',
    [no],
  );
  const of = { written_by: 'service-3' };
  expect(words).toEqual([
    { kind: 'facts', text: '等候过久', ...of },
    { kind: 'claim', text: '退还手续费', ...of },
    { kind: 'supplement', text: '另有凭证', ...of },
  ]);
});

it('a key that stands for another act, another complaint or other words is refused, and nothing is done', async () => {
  const [a, b] = [await receive(), await receive()];
  const said = (complaintNo: string, text: string) =>
    supplementComplaint(db.pool, { ...act(complaintNo, 'service-3'), key: `known:${a}`, text });
  const first = await said(a, 'x');
  expect(await said(a, 'x')).toEqual(first);
  const received = receive({ key: `known:${a}` });
  expect(await codesOf(said(b, 'x'), said(a, 'y'), received)).toEqual(Array(3).fill('IDEMPOTENCY_MISMATCH'));
});

it('half of its digest is kept of a receipt, and tells it from one in other words', async () => {
  const key = randomUUID();
  const no = await receive({ key });
  expect(await one('select length(receipt_content) as length from complainants where complaint_no = $1', no)).toEqual({
    length: 16,
  });
  expect(await receive({ key })).toBe(no);
  expect(await codesOf(receive({ key, facts: '另一件事' }))).toEqual(['IDEMPOTENCY_MISMATCH']);
});

it('a complaint is found by the id of its own process, not by that of one that works for it', async () => {
  const no = await receive();
  const found = async (id: string) => (await one<{ no: string | null }>(`select ${complaintOf('$1')} as no`, id))?.no;
  expect(await found(`complaint:${no}`)).toBe(no);
  for (const other of [`head-office-complaint:${no}:urgent`, `callback:complaint-answer:${no}`, `follow-up:${no}`, no])
    expect(await found(other)).toBeNull();
});

it('a receipt that the version before kept, with the branch where it was entered as if it had been named, is answered as then', async () => {
  const key = randomUUID();
  const no = await receive({ key, branch: '1002' });
  expect(await receive({ key, enteredIn: '1002' })).toBe(no);
  expect(await codesOf(receive({ key, enteredIn: '1001' }))).toEqual(['IDEMPOTENCY_MISMATCH']);
});

it('what was said in a call is received when the call ended, whenever the engine came to it', async () => {
  const { callbackNo } = await askComplaintCallback(db)({ complaintNo: await receive(), level: 1 });
  await db.pool.query(
    `update callbacks set state = 'ended', outcome = 'doubtful', ended_at = business_now(), ended_by = 'service-1' where callback_no = $1`,
    [callbackNo],
  );
  await clockTo('2025-06-30T02:00:00.000Z');
  const { complaintNo } = await openComplaintOfCallback(db)({ callbackNo, followUp: 'complaint' });
  const received = 'select received_at as at, registered_at as entered from complaints where complaint_no = $1';
  expect(await one(received, complaintNo)).toEqual({ at: NOW, entered: '2025-06-30T02:00:00.000Z' });
});

it('whoever received it in a branch registers it, also one about another branch', async () => {
  const of = async (by: string, role: string, branch: string) => {
    const complaintNo = await receive({ by, role: role, branch });
    return (await readComplaint(db)({ complaintNo })).receiverBranch;
  };
  expect([
    await of('branch-1001', 'branch', '1002'),
    await of('branch-1001', 'branch', '1001'),
    await of('service-1', 'service', '1001'),
  ]).toEqual(['1001', '1001', null]);
});

it('when it was registered is written once, also where that was at its receipt', async () => {
  const [atReceipt, later] = [await receive(), await receive({ receivedAt: '2025-06-20T02:00:00.000Z' })];
  const moved = (no: string) =>
    asOwner(
      db.ownerUrl,
      `update complaints set registered_later_at = registered_at + interval '1 day' where complaint_no = $1`,
      [no],
    );
  for (const no of [atReceipt, later])
    await expect(moved(no)).rejects.toThrow(/registered_(later_)?at of complaints is written once/);
});
