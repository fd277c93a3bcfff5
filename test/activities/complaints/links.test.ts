/** Duplicates and groups: what is linked at once, what joins what, and by whose investigation one of a group goes. */
import { randomUUID } from 'node:crypto';
import { askComplaintCallback } from '../../../activities/complaints/ask-complaint-callback';
import { draftProposal } from '../../../activities/complaints/investigation';
import { readExtension } from '../../../activities/deadlines/read-extension';
import { recuse, supplementComplaint } from '../../../activities/intake/complaints/act-of-people';
import { handOver } from '../../../activities/intake/complaints/hand-over';
import { takeBackNaming } from '../../../activities/intake/complaints/take-back-naming';
import { askMoreTime } from '../../../activities/intake/complaints/ask-more-time';
import type { ReceivedComplaint } from '../../../activities/intake/complaints/receive-complaint';
import { onBehalfOfRequest } from '../../../activities/intake/request-id';
import {
  NOW,
  act,
  codesOf,
  db,
  decide,
  followComplaintNow,
  formRefusals,
  handledBy,
  onComplaintBook,
  one,
  receive,
  step,
} from '../../support/complaint-book';

onComplaintBook('links');

describe('links', () => {
  it.each(['link duplicate', 'join group'] as const)(
    '%s: of two that link each other at once one stays',
    async (kind) => {
      const [a, b] = [await receive(), await receive()];
      await db.pool.query(`update complaints set other_state = 'accepted' where complaint_no = any($1) and $2`, [
        [a, b],
        kind === 'join group',
      ]);
      const link = (own: string, other: string) =>
        step(own, kind === 'join group' ? { step: kind, groupOf: other } : { step: kind, duplicateOf: other });
      const codes = await codesOf(link(a, b), link(b, a));
      expect(codes.sort()).toEqual([kind === 'join group' ? 'GROUP_NOT_JOINABLE' : 'DUPLICATE_OF_NOTHING', 'done']);
    },
  );

  it('one that was reopened joins none that was decided at the first level, nor one of whoever handled it then', async () => {
    const [no, lead] = [await receive(), await receive()];
    const assigned = (person: string) => ({
      step: 'assign' as const,
      ...{ handler: { person, role: 'brokerage' }, detail: { handler: { person } } },
    });
    await step(no, assigned('brokerage-1'));
    await step(no, { step: 'reopen' });
    await step(lead, assigned('brokerage-2'));
    const joins = () => formRefusals('assign-complaint', no, { groupOf: lead });
    const first = await joins();
    await step(lead, { step: 'reopen' });
    const reopened = await joins();
    await step(lead, assigned('brokerage-1'), 2);
    expect([first, reopened, await joins()]).toEqual([['GROUP_NOT_JOINABLE'], [], ['HANDLED_BEFORE']]);
    expect(await codesOf(step(no, { step: 'join group', groupOf: lead }))).toEqual(['HANDLED_BEFORE']);
  });

  it('a link past the verbs is refused by the database', async () => {
    const [a, b, c] = [await receive(), await receive(), await receive()];
    await step(a, { step: 'link duplicate', duplicateOf: b });
    const past = `update complaints set duplicate_of = $2, other_state = 'duplicate', ended_at = business_now() where complaint_no = $1`;
    await expect(db.pool.query(past, [c, a])).rejects.toThrow(/is a duplicate of/);
  });

  it('what somebody else complains of is no duplicate: who is no client is known by the contact, else by the name', async () => {
    const refusals = async (one: ReceivedComplaint['complainant'], other: ReceivedComplaint['complainant']) => {
      const [own, duplicateOf] = [await receive({ complainant: one }), await receive({ complainant: other })];
      const codes = await formRefusals('register-complaint', own, { decision: 'duplicate', duplicateOf });
      expect(await codesOf(step(own, { step: 'link duplicate', duplicateOf }))).toEqual([codes[0] ?? 'done']);
      return codes;
    };
    const [name, contact] = ['张某', 'zhang@example.com'];
    const another = ['DUPLICATE_OF_ANOTHER'];
    expect(await refusals({ clientNo: 'C00000001' }, { clientNo: 'C00000002' })).toEqual(another);
    expect(await refusals({ name, contact }, { name, contact: 'li@example.com' })).toEqual(another);
    expect(await refusals({ name, contact }, { name, contact: ' Zhang@example.com' })).toEqual([]);
    expect(await refusals({ name }, { name: '李某' })).toEqual(another);
    expect(await refusals({ name, contact }, { clientNo: 'C00000001' })).toEqual(another);
    expect(await refusals({ name, contact: '-' }, { name: '李某', contact: '-' })).toEqual(another);
    expect(await refusals({ name, contact: '-' }, { name, contact })).toEqual([]);
  });

  it('whoever registers is told which open ones are alike, and whoever accepts: of the same client, and of who is none by the contact', async () => {
    const [name, contact, product] = ['赵某', 'Zhao@example.com', 'wealth'];
    const of = (complainant: ReceivedComplaint['complainant']) => receive({ product, complainant });
    const first = await of({ name, contact });
    const [again, another, nameless] = [
      await of({ name, contact: ' zhao@example.com' }),
      await of({ name, contact: 'qian@example.com' }),
      await of({ name }),
    ];
    const asClient = await of({ clientNo: 'C00000008', contact });
    const ofClient = await of({ clientNo: 'C00000008' });
    const [dash, otherDash] = [await of({ name, contact: '无' }), await of({ name: '钱某', contact: '无' })];
    const alike = async (no: string) => (await followComplaintNow(no)).alike;
    expect(
      await Promise.all([first, again, another, nameless, asClient, ofClient, dash, otherDash].map(alike)),
    ).toEqual([[], [first], [], [], [first, again], [asClient], [], []]);
    // Of a mail nobody has said what it is about, neither now nor when it is compared with a later one.
    const mail = await receive({
      channel: 'email',
      product: 'other',
      category: 'other',
      complainant: { name, contact },
    });
    expect(await alike(mail)).toEqual([first, again, asClient]);
    const fee = await receive({ product, category: 'fee', complainant: { name, contact } });
    expect(await alike(fee)).toEqual([mail]);
    // Whoever accepts it is told too, and links it there; after that they have been seen.
    await step(again, { step: 'register' });
    expect(await alike(again)).toEqual([first]);
    const linked = (duplicateOf: string) =>
      formRefusals('accept-complaint', again, { decision: 'duplicate', duplicateOf });
    expect([await linked(first), await linked(another)]).toEqual([[], ['DUPLICATE_OF_ANOTHER']]);
    await step(again, { step: 'accept' });
    expect(await alike(again)).toEqual([]);
  });

  it('a duplicate tells the complaint that it is linked to all it says: whom it is about, that it is urgent, and that more was said', async () => {
    const [first, again] = [await receive(), await receive()];
    await handledBy(first, 'brokerage-1');
    const before = await followComplaintNow(first);
    expect(before).toMatchObject({ isHandlerKeptOut: false, supplements: 0 });
    await step(again, {
      ...{ step: 'link duplicate', duplicateOf: first, against: 'brokerage-1' },
      known: { urgency: 'urgent' },
    });
    const { revision, ...after } = await followComplaintNow(first);
    expect(after).toMatchObject({ isHandlerKeptOut: true, supplements: 1 });
    const { rows } = await db.pool.query<{ what: string }>(
      `select what from (
         select message_id, message_key, workflow_id, kind, coalesce(payload ->> 'signal', template || ' ' || recipient_role) as what from outbox
         union all select message_id, null, workflow_id, kind, payload ->> 'type' from waiting_messages where kind = 'start') told
        where message_id > (select max(message_id) from waiting_messages where workflow_id = $2 and kind = 'start') and
              (message_key = $1 || ':' || $3 or workflow_id = 'head-office-' || $1 || ':urgent' or (workflow_id = $1 and kind = 'notice')) order by 1`,
      [`complaint:${first}`, `complaint:${again}`, revision],
    );
    // The handler works at it no more: the department hears.
    expect(rows.map(({ what }) => what)).toEqual([
      'COMPLAINT_MORE_SAID service',
      'COMPLAINT_TO_HEAD_OFFICE compliance',
      'complaintChanged',
      'headOfficeComplaint',
    ]);
    expect(revision).toBe(before.revision + 1);
  });

  it('what wakes the processes of a group, and that of a complaint, says by whose request it was', async () => {
    const [lead, member] = [await receive(), await receive()];
    await db.pool.query('update complaints set group_of = $1 where complaint_no = $2', [lead, member]);
    await onBehalfOfRequest('request-of-decision', async () => {
      await step(lead, { step: 'decide' });
      await supplementComplaint(db.pool, { ...act(lead, 'service-3'), text: 'more' });
    });
    const { rows } = await db.pool.query(
      `select workflow_id as woken, payload ->> 'requestId' as by from outbox
        where workflow_id = any($1) and payload ->> 'signal' = 'complaintChanged' order by message_id`,
      [[`complaint:${lead}`, `complaint:${member}`]],
    );
    expect(rows).toEqual([member, lead].map((no) => ({ woken: `complaint:${no}`, by: 'request-of-decision' })));
  });

  it('a transfer is no duplicate: its clock goes on', async () => {
    const transfer = { number: randomUUID(), at: NOW };
    const [own, passedOn] = [await receive(), await receive({ channel: 'regulator', transfer })];
    const form = { decision: 'duplicate', duplicateOf: own };
    expect(await formRefusals('register-complaint', passedOn, form)).toEqual(['TRANSFER_IS_NO_DUPLICATE']);
    expect(await formRefusals('register-complaint', own, { decision: 'duplicate', duplicateOf: passedOn })).toEqual([]);
    // Each counts its transfers by itself.
    const known = (channel: 'regulator' | 'exchange') => receive({ channel, transfer });
    expect(await codesOf(known('regulator'), known('exchange'))).toEqual(['TRANSFER_KNOWN', 'done']);
  });
});

it.each([
  { state: null, link: 'group_of = null', why: 'one that was just received does not wait for its group' },
  { state: 'decided', link: 'group_of = null', why: 'nor one that is decided' },
  {
    state: 'decided',
    link: `about_workflow = 'permission-closing:X'`,
    why: 'what it is about stands since its decision',
  },
])('the database holds a link: $why', async ({ state, link }) => {
  const [lead, member] = [await receive(), await receive()];
  await db.pool.query(
    `update complaints set group_of = $2, about_workflow = 'permission-opening:X', other_state = $3 where complaint_no = $1`,
    [member, lead, state],
  );
  await expect(db.pool.query(`update complaints set ${link} where complaint_no = $1`, [member])).rejects.toThrow(
    /leaves .* only while|stands since its decision/,
  );
});

it('of one of a group nobody calls who handled that of the same cause, whose investigation decided it', async () => {
  const [lead, member, alone] = [await receive({ by: 'service-2' }), await receive(), await receive()];
  await handledBy(lead, 'service-1');
  await db.pool.query(`update complaints set group_of = $2, other_state = 'answered' where complaint_no = $1`, [
    member,
    lead,
  ]);
  const hands = async (no: string) => {
    const { callbackNo } = await askComplaintCallback(db)({ complaintNo: no, level: 1 });
    const { rows } = await db.pool.query<{ person: string }>(
      'select person from callback_hands where callback_no = $1 order by person',
      [callbackNo],
    );
    return rows.map(({ person }) => person);
  };
  // Nor who wrote something of it; who was named by mistake had no part in it.
  await db.pool.query(
    `insert into complaint_texts (complaint_no, kind, text, written_by) values ($1, 'supplement', 'x', 'ops-client-1')`,
    [alone],
  );
  const named = { ...act(alone, 'service-3'), person: 'prop-1', reason: 'x' };
  await recuse(db.pool, { ...named, cause: 'complained about' });
  await takeBackNaming(db.pool, { ...named, key: randomUUID() });
  expect([await hands(member), await hands(alone)]).toEqual([
    ['service-1', 'service-3'],
    ['ops-client-1', 'service-3'],
  ]);
});

it('one that waits for its group goes by its decision once that is taken; until then whoever handles the group asks for more time of it', async () => {
  const [lead, member] = [await receive(), await receive()];
  await handledBy(lead, 'brokerage-1');
  await db.pool.query(`update complaints set group_of = $2, other_state = 'assigned' where complaint_no = $1`, [
    member,
    lead,
  ]);
  const more = (by: string) => askMoreTime(db.pool, { ...act(member, by), furtherN: 2, reason: '证人不在' });
  expect(await codesOf(more('service-1'))).toEqual(['NOT_HANDLER']);
  const { extensionId } = await more('brokerage-1');
  const risk = async () => (await readExtension(db)({ extensionId })).risk;
  const risks = [await risk()];
  // Handed over to the head of service, who gives it no more time then: compliance is asked.
  await handledBy(lead, 'service-2');
  risks.push(await risk());
  expect(risks).toEqual(['', 'head']);
  await handledBy(lead, 'brokerage-1');
  // Who leads the group then hears that it was asked for, and its process that another one owes it; it stays as it was asked.
  const handed = { ...act(lead, 'brokerage-2'), person: 'brokerage-2', reason: '承办人休假', requestId: 'r' };
  await handOver(db.pool, handed);
  const heard = await db.pool.query(
    `select coalesce(recipient_ref, workflow_id) as by, kind from outbox
      where (template = 'EXTENSION_PENDING' or workflow_id = $1 and kind = 'signal') and created_at >= $2 and message_key like '%' || $3 || '%' order by 1`,
    [`deadline-extension:${extensionId}`, NOW, handed.key],
  );
  expect(heard.rows).toEqual([
    { by: `deadline-extension:${extensionId}`, kind: 'signal' },
    { by: 'person:brokerage-2', kind: 'notice' },
  ]);
  expect(await readExtension(db)({ extensionId })).toMatchObject({ state: 'asked', askedBy: 'brokerage-1' });
  expect(await codesOf(more('brokerage-2'), more('brokerage-1'))).toEqual(['EXTENSION_ALREADY_ASKED', 'NOT_HANDLER']);
  await decide(extensionId, 'approved');
  const told = await one(
    `select array_agg(recipient_ref order by recipient_ref) as by from outbox where template = 'EXTENSION_DECIDED' and workflow_id = $1`,
    `complaint:${member}`,
  );
  expect(told).toEqual({ by: ['person:brokerage-1', 'person:brokerage-2'] });
  await handledBy(lead, 'brokerage-1');
  const decision = async () => (await followComplaintNow(member)).groupDecision;
  const by = { person: 'brokerage-1', role: 'brokerage' };
  const { proposalId } = await draftProposal(db)({ complaintNo: lead, nth: 1, finding: 'upheld', amountFen: '0', by });
  const before = [await decision()];
  await db.pool.query(
    `update complaint_proposals set state = 'approved', approved_by = 'service-2', approved_at = business_now() where proposal_id = $1`,
    [proposalId],
  );
  before.push(await decision());
  await step(lead, { step: 'decide' });
  const handler = { handler: 'brokerage-1', handlerRole: 'brokerage', handlerBranch: null };
  expect([...before, await decision()]).toEqual([null, null, { finding: 'upheld', ...handler }]);
});
