/** Complaints over HTTP: received, also while the process engine is away, evidenced, read by whom they concern, and reported. */
import { randomUUID } from 'node:crypto';
import readXlsxFile from 'read-excel-file/node';
import { recordAudit } from '../../activities/audit/record-audit';
import { inTransaction } from '../../activities/database/transaction';
import { seedClients } from '../../activities/clients/seed-clients';
import { askComplaintCallback } from '../../activities/complaints/ask-complaint-callback';
import { recordTakenUp } from '../../activities/complaints/head-office';
import { prepareYearlyReport } from '../../activities/complaints/yearly-report';
import { openBatch } from '../../activities/ledger/open-batch';
import { recuse } from '../../activities/intake/complaints/act-of-people';
import { DIMENSIONS } from '../../activities/intake/complaints/complaint-report';
import { receiveComplaint, type ReceivedComplaint } from '../../activities/intake/complaints/receive-complaint';
import { ASKED_ABOUT_COMPLAINTS } from '../../domain/complaints/complaint-words';
import { folderDocuments } from '../../adapters/documents/folder-documents';
import { parseBusinessDate } from '../../domain/calendar/business-date';
import type { Role } from '../../domain/people/roles';
import { complaintSheet } from '../../api/report-files/complaint-sheets';
import { accessTo, type RouteId } from '../../api/policy';
import { handled, registered } from '../support/handled-complaint';
import { textOfPdf } from '../support/text-of-pdf';
import { PERSON_OF } from './people';
import { openApiStage, type ApiStage, type Called } from './stage';

let api: ApiStage;
beforeAll(async () => {
  api = await openApiStage('complaints_api', { worker: false });
  await seedClients(api.pool, 20);
});
afterAll(() => api.close());

const COMPLAINTS = '/v1/complaints';
const told = ({ status, body }: Called): unknown => [
  status,
  ...(body.errors ?? []).map(({ field, code }: Record<string, string>) => (field === null ? code : `${field} ${code}`)),
];
const BODY = {
  channel: 'telephone',
  product: 'southbound',
  category: 'fee',
  facts: '扣费有误',
  complainant: { clientNo: 'C00000003' },
};
const post = (as: string, path: string, body: object, key: string = randomUUID()) =>
  api.call('POST', `${COMPLAINTS}${path}`, { as, body, key });
const bytesFor = async (as: string, path: string): Promise<Buffer> => {
  const answer = await fetch(`${api.url}${path}`, { headers: { authorization: `Bearer ${await api.tokenOf(as)}` } });
  expect([path, answer.status]).toEqual([path, 200]);
  return Buffer.from(await answer.arrayBuffer());
};
const receive = async (more: object = {}) => {
  const given = { ...BODY, by: 'service-1', role: 'service', ...more, key: randomUUID() };
  return (await receiveComplaint(api.pool, given as ReceivedComplaint)).complaintNo;
};

it('its registration is asked for at once; whoever does it before its process has begun is told to come back, and nothing is done', async () => {
  const no = await receive();
  const { body: tasks } = await api.call('GET', `/v1/tasks?process=complaint:${no}`, { as: 'service-1' });
  expect(tasks.items).toMatchObject([{ kind: 'register-complaint', state: 'claimed', claimedBy: 'service-1' }]);
  const { taskId, revision } = tasks.items[0] as { taskId: string; revision: number };
  const body = { revision, form: { decision: 'complete' } };
  const early = await api.call('POST', `/v1/tasks/${taskId}/completion`, { as: 'service-1', body });
  expect([early.status, early.body.code, early.headers.get('retry-after')]).toEqual([503, 'TEMPORAL_UNAVAILABLE', '5']);
  const { body: task } = await api.call('GET', `/v1/tasks/${taskId}`, { as: 'service-1' });
  expect(task).toMatchObject({ state: 'claimed', outcome: null });
  // Begun and ended, there is nobody who hears of it.
  await api.pool.query('update processes set runs = 1 where workflow_id = $1', [`complaint:${no}`]);
  const late = await api.call('POST', `/v1/tasks/${taskId}/completion`, { as: 'service-1', body });
  expect([late.status, late.body.code]).toEqual([409, 'TASK_NOT_OPEN']);
});

it('is received in an outage with all that was said: numbered and acknowledged, the start waits, and the same key is the same complaint', async () => {
  const key = randomUUID();
  const { rows: accounts } = await api.pool.query<{ account: string }>(
    `select min(fund_account) as account from client_fund_accounts where client_no = 'C00000003'`,
  );
  const whole = {
    ...{ ...BODY, channel: 'letter', subcategory: 'commission', claimed: '5000.00', claim: '退还多收的佣金' },
    ...{ receivedAt: '2025-06-20T10:00:00+08:00', branch: '1002' },
    complainant: { name: '王某', contact: '13800000000', clientNo: 'C00000003', fundAccount: accounts[0]?.account },
  };
  // Nobody listens on the discard port.
  const first = await api.beside({ TEMPORAL_ADDRESS: '127.0.0.1:9' }, (call) =>
    call('POST', COMPLAINTS, { as: 'service-1', body: whole, key }),
  );
  const no = first.body.complaintNo as string;
  expect([first.status, first.body]).toMatchObject([
    201,
    {
      ...{ state: 'received', channel: 'letter', product: 'southbound', category: 'fee', subcategory: 'commission' },
      ...{ branch: '1002', claimed: { currency: 'CNY', amount: '5000.00' }, receivedBy: 'service-1' },
      ...{ receivedAt: '2025-06-20T02:00:00.000Z', registeredAt: '2025-06-23T00:05:00.000Z' },
    },
  ]);
  expect((await post('service-1', '', whole, key)).body.complaintNo).toBe(no);
  const { body: said } = await api.call('GET', `${COMPLAINTS}/${no}/particulars`, { as: 'service-1' });
  expect([said.complainant, said.texts.map(({ kind, text }: { kind: string; text: string }) => [kind, text])]).toEqual([
    { ...whole.complainant, telephone: null },
    [
      ['facts', BODY.facts],
      ['claim', whole.claim],
    ],
  ]);
  const { rows } = await api.pool.query(
    `select kind, template, sent_at from outbox where workflow_id = $1
     union all select kind, null, null from waiting_messages where workflow_id = $1 and kind = 'start'`,
    [`complaint:${no}`],
  );
  expect(rows).toEqual([
    { kind: 'notice', template: 'COMPLAINT_RECEIVED', sent_at: null },
    { kind: 'start', template: null, sent_at: null },
  ]);
  const own = await post('client-1', '', { channel: 'app', product: 'funds', category: 'service', facts: '等候过久' });
  expect(own.status).toBe(201);
  expect((await api.call('GET', `${COMPLAINTS}/${own.body.complaintNo}`, { as: 'client-2' })).status).toBe(404);
});

it('what came by letter is added as of when it came, by the staff; a client adds now', async () => {
  const no = await receive({ channel: 'letter', receivedAt: '2025-06-20T10:00:00+08:00' });
  const add = async (as: string, more: object) =>
    told(await post(as, `/${no}/supplements`, { text: '再次说明', ...more }));
  expect(await add('service-1', { receivedAt: '2025-06-20T10:00:00.500+08:00' })).toEqual([200]);
  expect(await add('service-1', { receivedAt: '2025-06-20T09:59:00+08:00' })).toEqual([
    422,
    'receivedAt RECEIVED_BEFORE_COMPLAINT',
  ]);
  const own = await post('client-1', '', { channel: 'app', product: 'funds', category: 'service', facts: '等候过久' });
  const adding = { text: '再次说明', receivedAt: '2025-06-20T10:00:00+08:00' };
  const file = { fileName: 'a.txt', mediaType: 'text/plain', content: '5L+h', receivedAt: adding.receivedAt };
  expect([
    told(await post('client-1', `/${own.body.complaintNo}/supplements`, adding)),
    told(await post('client-1', `/${own.body.complaintNo}/attachments`, file)),
  ]).toEqual(Array(2).fill([400, 'receivedAt FIELD_UNKNOWN']));
  const { body } = await api.call('GET', `${COMPLAINTS}/${no}/particulars`, { as: 'service-1' });
  expect(body.texts.map(({ receivedAt }: { receivedAt: string }) => receivedAt)).toEqual([
    '2025-06-20T02:00:00.000Z',
    '2025-06-20T02:00:00.500Z',
  ]);
});

it('an urgent one is told to the head office at once, with a process of its own; a client does not say so', async () => {
  const no = await receive({ urgency: 'urgent' });
  expect((await api.call('GET', `${COMPLAINTS}/${no}`, { as: 'service-1' })).body.urgency).toBe('urgent');
  const { rows } = await api.pool.query(
    `select kind, null as role from waiting_messages where workflow_id = $1
     union all select kind, recipient_role from outbox where message_key = $1`,
    [`head-office-complaint:${no}:urgent`],
  );
  expect(rows).toEqual([
    { kind: 'start', role: null },
    { kind: 'notice', role: 'compliance' },
  ]);
  const followed = async () =>
    (await api.call('GET', `${COMPLAINTS}?followed=true`, { as: 'service-1' })).body.items.map(
      ({ complaintNo, followedByHeadOffice }: Record<string, unknown>) => [complaintNo, followedByHeadOffice],
    );
  expect(await followed()).toEqual([]);
  const [by, decision] = [{ person: 'compliance-1', role: 'compliance' }, 'followed by the head office'];
  await recordTakenUp(api)({ complaintNo: no, cause: 'urgent', decision, reason: 'x', by });
  expect(await followed()).toEqual([[no, true]]);
  const own = { channel: 'app', product: 'funds', category: 'service', facts: '等候过久', urgency: 'urgent' };
  expect(told(await post('client-1', '', own))).toEqual([400, 'urgency FIELD_UNKNOWN']);
});

it('a recusal whose answer was lost is answered as the first time, though whoever stepped back sees it no more', async () => {
  const no = await receive();
  const [key, body] = [randomUUID(), { reason: '系投诉人亲属' }];
  // Done, and the answer lost before it was kept.
  await recuse(api.pool, { ...body, complaintNo: no, key: `service-2:${key}`, by: 'service-2', person: 'service-2' });
  const again = await post('service-2', `/${no}/recusals`, body, key);
  expect([again.status, again.body.complaintNo]).toEqual([200, no]);
  expect((await post('service-2', `/${no}/recusals`, body)).status).toBe(404);
});

it.each<[why: string, body: object, refused: unknown]>([
  ['nobody complains', { complainant: {} }, [422, 'complainant COMPLAINANT_MISSING']],
  ['tomorrow', { receivedAt: '2030-01-01T00:00:00+08:00' }, [422, 'receivedAt RECEIVED_IN_THE_FUTURE']],
  [
    'about a process there is not',
    { about: { workflowId: 'complaint:T20200101-000001' } },
    [404, 'about.workflowId NOT_FOUND'],
  ],
  ['in a branch there is not', { branch: '9999' }, [422, 'branch BRANCH_UNKNOWN']],
  [
    'all at once',
    { complainant: { clientNo: 'C99999999' }, channel: 'regulator' },
    [404, 'complainant.clientNo NOT_FOUND', 'transfer TRANSFER_INCOMPLETE'],
  ],
])('%s: refused', async (_why, body, refused) => {
  expect(told(await post('service-1', '', { ...BODY, ...body }))).toEqual(refused);
});

it.each<[why: string, body: object, refused: unknown]>([
  ['facts of a zero-width space', { facts: '\u200b' }, [400, 'facts INPUT_INVALID']],
  ['facts of blanks', { facts: ' \n\u3000' }, [400, 'facts INPUT_INVALID']],
  ['a claim of fillers', { claim: '\u3164\u3164' }, [400, 'claim INPUT_INVALID']],
  ['a sub-category of a soft hyphen', { subcategory: '\u00ad' }, [400, 'subcategory INPUT_INVALID']],
  [
    'a name and a contact of marks that are not seen, both told',
    { complainant: { name: '\u200e\u2060\u200f', contact: '\ufeff \u200d' } },
    [400, 'complainant.name INPUT_INVALID', 'complainant.contact INPUT_INVALID'],
  ],
  ['invisible ones among words', { facts: '扣费\u200b有误', complainant: { name: '\u200b王\u00ad某' } }, [201]],
])('%s: text that shows nothing is none', async (_why, body, refused) => {
  expect(told(await post('service-1', '', { ...BODY, ...body }))).toEqual(refused);
});

it('a reason or an addition that shows nothing is none', async () => {
  const no = await receive();
  const unseen = '\u200b\u200b\u200b\u200b\u200b';
  expect(told(await post('service-2', `/${no}/recusals`, { reason: unseen }))).toEqual([400, 'reason INPUT_INVALID']);
  expect(told(await post('service-1', `/${no}/supplements`, { text: unseen }))).toEqual([400, 'text INPUT_INVALID']);
});

it('takes evidence by what it is, shows it to whoever received the complaint, each look audited, and to no others', async () => {
  const no = await receive();
  const file = (content: Buffer) =>
    post('service-1', `/${no}/attachments`, {
      fileName: 'receipt.pdf',
      mediaType: 'application/pdf',
      content: content.toString('base64'),
    });
  expect(told(await file(Buffer.from('MZ\x90\0\x03\0\0\0', 'latin1')))).toEqual([
    422,
    'content ATTACHMENT_NOT_TAKEN',
    'content ATTACHMENT_IS_NOT_WHAT_IT_SAYS',
  ]);
  const pdf = Buffer.from('%PDF-1.7\n1 0 obj\n');
  const added = await file(pdf);
  expect(added.status).toBe(201);
  const where = added.headers.get('location') ?? '';
  const read = await api.call('GET', where, { as: 'service-1' });
  expect(Buffer.from(read.body.content, 'base64').equals(pdf)).toBe(true);
  expect(told(await api.call('GET', where, { as: 'service-2' }))).toEqual([403, 'PARTICULARS_CONFIDENTIAL']);
  const particulars = await api.call('GET', `${COMPLAINTS}/${no}/particulars`, { as: 'service-1' });
  expect(particulars.body.attachments).toMatchObject([{ fileName: 'receipt.pdf', fault: null }]);
  const { rows } = await api.pool.query(
    `select actor, after from audit where object_id = $1 and action = 'read personal data' order by seq`,
    [no],
  );
  expect(rows).toMatchObject([
    { actor: 'service-1', after: { attachmentId: added.body.attachmentId } },
    { actor: 'service-1', after: { sight: 'whole' } },
  ]);
});

it("a client reads what was answered once the task is done, and of the register what was told; a draft is nobody's answer", async () => {
  const no = await receive({ complainant: { clientNo: 'C00000001' } });
  const { rows } = await api.pool.query<{ id: string }>(
    `insert into tasks (workflow_id, other_key, kind, title_id, role, form_id, form_version, facts_told, revision, state)
     values ($1, 'answer ' || $1, 'answer-complaint', task_title('x', 'x'), 'service', task_form('{}'), 1, '{}', 1, 'open') returning task_id::text as id`,
    [`complaint:${no}`],
  );
  for (const [text, by] of [
    ['draft', 'service-1'],
    ['the answer', 'service-1'],
    ['of somebody else', 'service-2'],
  ])
    await api.pool.query(
      `insert into complaint_texts (complaint_no, kind, task_id, text, written_by) values ($1, 'task', $2, $3, $4)`,
      [no, rows[0]?.id, text, by],
    );
  await api.pool.query(
    `insert into complaint_steps (complaint_no, act, by, detail) values ($1, 'propose', 'service-1', '{"amountFen": "1"}'), ($1, 'answer', 'service-1', '{}')`,
    [no],
  );
  const read = async () => {
    const { body } = await api.call('GET', `${COMPLAINTS}/${no}/particulars`, { as: 'client-1' });
    return body.texts.map(({ text }: { text: string }) => text);
  };
  expect(await read()).toEqual([BODY.facts]);
  await api.pool.query(
    `update tasks set state = 'done', done_at = business_now(), outcome = '{"result": "completed", "form": {}, "by": {"person": "service-1", "role": "service"}}' where task_id = $1`,
    [rows[0]?.id],
  );
  expect(await read()).toEqual([BODY.facts, 'the answer']);
  const { body } = await api.call('GET', `${COMPLAINTS}/${no}/timeline`, { as: 'client-1' });
  expect(body.items.map(({ act, by }: { act: string; by: string }) => [act, by])).toEqual([
    ['receive complaint', '-'],
    ['answer', '-'],
  ]);
  // Whoever is kept out sees nothing of it any more.
  await api.pool.query(
    `insert into process_exclusions (workflow_id, person, cause, entered_by) values ($1, 'service-2', 'recused', 'service-2')`,
    [`complaint:${no}`],
  );
  expect((await api.call('GET', `${COMPLAINTS}/${no}`, { as: 'service-2' })).status).toBe(404);
});

/** A week ago: within one working day from Friday 13 June. */
const answerWasDue = (no: string) =>
  api.pool.query(
    `update deadlines set received_at = '2025-06-13T01:00:00Z', limit_n = 1, due_at = '2025-06-16T09:30:00Z' where business_key = $1`,
    [`complaint-answer:${no}:1`],
  );

it('more time is asked for by the handler, before the limit', async () => {
  const no = await receive();
  const ask = (as: string) => post(as, `/${no}/extensions`, { furtherDays: 5, reason: '证人不在本地' });
  expect(told(await ask('service-2'))).toEqual([409, 'COMPLAINT_NOT_ASSIGNED']);
  await handled(api.pool, no, 'service-2');
  expect(told(await ask('service-1'))).toEqual([403, 'NOT_HANDLER']);
  await answerWasDue(no);
  expect(told(await ask('service-2'))).toEqual([409, 'EXTENSION_AFTER_LIMIT']);
});

it('what is asked of others says where it is asked after: more time, which somebody decides, and the answer of a department', async () => {
  const no = await receive();
  await handled(api.pool, no, 'service-2');
  await api.pool.query(
    `insert into tasks (workflow_id, other_key, kind, title_id, role, form_id, form_version, facts_told, revision, state, claimed_by)
     values ($1, $1, 'propose-complaint-outcome', task_title('x', 'x'), 'service', task_form('{}'), 1, '{}', 1, 'claimed', 'service-2')`,
    [`complaint:${no}`],
  );
  const asked = [
    await post('service-2', `/${no}/extensions`, { furtherDays: 5, reason: '证人不在本地' }),
    await post('service-2', `/${no}/requests`, { department: 'operations', question: '是否扣费有误', dueDays: 2 }),
  ];
  const at = `${COMPLAINTS}/${no}`;
  expect(asked.map(({ status, headers }) => [status, headers.get('location')])).toEqual([
    [202, at],
    [201, at],
  ]);
  expect(asked[1]?.body.requests).toMatchObject([{ department: 'operations', state: 'open' }]);
});

/** An answer that was due a week ago, and what became of it. */
async function promised(no: string, state: 'breached' | 'met late' | 'withdrawn' | 'met'): Promise<void> {
  await registered(api.pool, no);
  await answerWasDue(no);
  await api.pool.query(
    `update deadlines set ended_as = nullif($2, 'breached'), breached_at = case when $2 <> 'met' then due_at end,
                          ended_at = case $2 when 'met' then due_at when 'breached' then null else due_at + interval '1 minute' end, ended_by = case when $2 <> 'breached' then 'service-1' end
      where business_key = $1`,
    [`complaint-answer:${no}:1`, state],
  );
}

describe('the report', () => {
  const days = 'from=2025-06-01&to=2025-06-30';

  beforeAll(async () => {
    // Ended, answered after so many minutes, satisfied or not, paid or not.
    for (const [minutes, satisfaction, fen, branch, promise] of [
      [60, 'satisfied', 0, '1001', 'breached'],
      [120, 'not satisfied', 5_000, '1001', 'met late'],
      [600, 'satisfied', 12_345, '1002', 'withdrawn'],
      [30, 'unreachable', 0, '=1+1', 'met'],
    ] as const) {
      const no = await receive({ category: 'conduct' });
      await api.pool.query('update complaints set branch = $2 where complaint_no = $1', [no, branch]);
      await promised(no, promise);
      await api.pool.query(
        `insert into complaint_steps (complaint_no, act, by, at)
         select $1, 'answer', 'service-1', received_at + make_interval(mins => $2) from complaints where complaint_no = $1`,
        [no, minutes],
      );
      // What was found at the closing.
      await api.pool.query(
        `with closed as (insert into complaint_closings (complaint_no, root_cause, ended_as, closed_by) values ($1, 'system', 'closed', 'service-1') returning complaint_no)
         insert into complaint_steps (complaint_no, act, by, detail)
         select complaint_no, 'find root cause', 'service-1', jsonb_build_object('reasonableness', $2::text, 'accountability', 'none', 'transferKind', $3::text) from closed`,
        [no, fen > 0 ? 'reasonable' : 'unreasonable', branch === '1002' ? 'tip-off' : null],
      );
      await api.pool.query(
        `insert into complaint_steps (complaint_no, act, by, detail) values ($1, 'call back', 'southbound', jsonb_build_object('satisfaction', $2::text))`,
        [no, satisfaction],
      );
      await api.pool.query(
        `insert into complaint_proposals (complaint_no, nth, level, finding, amount_fen, made_by, state, approved_by, approved_at)
         values ($1, 1, 1, 'upheld', $2, 'service-1', 'approved', 'service-2', business_now())`,
        [no, fen],
      );
      if (branch === '1002') await paid(no, fen);
    }
  });

  /** Booked as whoever pays it does: own money, a cost of the house. */
  const paid = (no: string, fen: number) =>
    inTransaction(api.pool, async (sql) => {
      const { rows } = await sql.query<{ id: string }>(
        'select proposal_id as id from complaint_proposals where complaint_no = $1',
        [no],
      );
      const day = { channel: 'SH', businessDate: parseBusinessDate('2025-06-23') };
      const key = `compensation:${no}:${rows[0]?.id}`;
      await sql.query('select open_business_date($1)', [day.businessDate]);
      const batch = await openBatch(sql, { ...day, key, kind: 'pay-compensation', restsOn: [], cause: 'paid' });
      await sql.query(
        `insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause)
         values ($1, $2, 1, 'bank', 'own', 'CNY', -$3::bigint, $1, 'paid'), ($1, $2, 2, 'compensation_cost', 'proprietary', 'CNY', $3, $1, 'paid')`,
        [day.businessDate, batch, fen],
      );
    });

  it('tells what was put in, line by line, and the line of all', async () => {
    const { body } = await api.call('GET', `/v1/complaint-reports/category?${days}`, { as: 'compliance-1' });
    const line = body.lines.find(({ key }: { key: string }) => key === 'conduct');
    // Of 30, 60, 120 and 600 minutes: the second is the median by nearest rank, the fourth the ninth tenth.
    expect(line).toMatchObject({
      received: 4,
      answered: 4,
      // Due and not answered, answered late, withdrawn after it was due; one was kept.
      overdue: 3,
      medianMinutes: 60,
      p90Minutes: 600,
      asked: 3,
      satisfied: 2,
      name: { zh: '从业人员行为', en: 'conduct of staff' },
      // Two were approved, one of them is paid.
      compensationApproved: 2,
      approved: { currency: 'CNY', amount: '173.45' },
      compensationPaid: 1,
      paid: { currency: 'CNY', amount: '123.45' },
    });
    expect(line.satisfaction.rate).toBe('0.6667');
    const { rows } = await api.pool.query('select count(*)::int as all from complaints');
    expect(body.lines.at(-1)).toMatchObject({ key: null, received: rows[0].all });
  });

  it.each(['product', 'category', 'cause', 'branch', 'channel', 'reasonableness', 'accountability', 'transferKind'])(
    'by %s: each number opens as many cases',
    async (by) => {
      const { body } = await api.call('GET', `/v1/complaint-reports/${by}?${days}`, { as: 'compliance-1' });
      expect(body.lines.length).toBeGreaterThan(1);
      const checked: unknown[] = [];
      for (const line of body.lines)
        for (const [measure, list] of Object.entries(line.cases as Record<string, string>)) {
          const cases = await api.call('GET', `${list}&limit=200`, { as: 'compliance-1' });
          checked.push([line.key, measure, cases.body.items.length === line[measure]]);
        }
      expect(checked.filter((one) => (one as unknown[])[2] !== true)).toEqual([]);
      expect(checked.length).toBeGreaterThanOrEqual(14);
    },
  );

  /** Written apart, over the rows as they lie there: a sum by hand of each line. */
  const BY_HAND: Readonly<Record<string, string>> = {
    product: 'c.product',
    category: 'c.category',
    branch: `coalesce(c.branch, '-')`,
    channel: 'c.channel',
    ...Object.fromEntries(
      ['reasonableness', 'accountability', 'transferKind'].map((what) => [
        what,
        `coalesce((select max(detail ->> '${what}') from complaint_steps x where x.complaint_no = c.complaint_no), '-')`,
      ]),
    ),
    cause: `coalesce((select root_cause from complaint_closings x where x.complaint_no = c.complaint_no), '-')`,
  };
  it.each(Object.keys(BY_HAND))('by %s: equals plain SQL over the rows', async (by) => {
    const { body } = await api.call('GET', `/v1/complaint-reports/${by}?${days}`, { as: 'compliance-1' });
    const { rows } = await api.pool.query(
      `with k as (select c.*, ${BY_HAND[by] ?? ''} as key from complaints c
                   where (received_at at time zone 'Asia/Shanghai')::date between '2025-06-01' and '2025-06-30'),
            said as (select distinct on (complaint_no) complaint_no, detail ->> 'satisfaction' as word from complaint_steps
                      where act = 'call back' order by complaint_no, step_id desc)
       select key, count(*)::int as received, sum((ended_at is null)::int)::int as open, count(distinct s.complaint_no)::int as answered,
              count(word) filter (where word like '%satisfied')::int as asked, to_char(coalesce(sum(p.fen), 0) / 100.0, 'FM999990.00') as approved,
              count(*) filter (where p.fen > 0)::int as "compensationApproved", to_char(coalesce(sum(b.fen), 0) / 100.0, 'FM999990.00') as paid,
              count(*) filter (where b.fen > 0)::int as "compensationPaid"
         from k left join (select distinct complaint_no from complaint_steps where act = 'answer') s using (complaint_no) left join said using (complaint_no)
                left join (select complaint_no, sum(amount_fen) as fen from complaint_proposals where approved_by is not null group by 1) p using (complaint_no)
                left join (select split_part(batch_key, ':', 2) as complaint_no, sum(amount) as fen from entries join batches using (batch_id)
                            where batch_key like 'compensation:%' and ledger = 'compensation_cost' group by 1) b using (complaint_no)
        group by 1 order by 1`,
    );
    const lines = body.lines
      .filter(({ key }: { key: string | null }) => key !== null)
      .map(
        ({
          key,
          received,
          open,
          answered,
          asked,
          approved,
          compensationApproved,
          paid: given,
          compensationPaid,
        }: Record<string, { amount: string }>) => ({
          ...{ key, received, open, answered, asked, compensationApproved, compensationPaid },
          ...{ approved: approved?.amount, paid: given?.amount },
        }),
      );
    expect(lines).toEqual(rows);
    expect(lines.length).toBeGreaterThan(0);
  });

  it('counts no case for whoever is kept out of it, as page and as file, as its list does not show it', async () => {
    const report = async (as: string) => {
      const { body } = await api.call('GET', `/v1/complaint-reports/category?${days}`, { as });
      const { received, cases } = body.lines.find(({ key }: { key: string }) => key === 'conduct');
      const csv = String((await api.call('GET', `/v1/complaint-reports/category/csv?${days}`, { as })).body);
      return [
        received,
        (await api.call('GET', `${cases.received}&limit=200`, { as })).body.items.length,
        Number(/complaints by category,conduct,received,(\d+)/.exec(csv)?.[1]),
      ];
    };
    await receive({ category: 'conduct', against: 'service-3' });
    // Four were there; whoever it is about, and the head over that person, are kept out of the fifth.
    expect([await report('audit-1'), await report('service-3'), await report('service-2')]).toEqual([
      [5, 5, 5],
      [4, 4, 4],
      [4, 4, 4],
    ]);
  });

  it('is a CSV neutral to formulas, a workbook and a PDF', async () => {
    const file = (format: string) =>
      api.call('GET', `/v1/complaint-reports/branch/${format}?${days}`, { as: 'audit-1' });
    const csv = String((await file('csv')).body);
    expect(csv).toContain(`complaints by branch,'=1+1,received,1`);
    expect(csv).toContain('complaints by branch,1002,approved,123.45');
    expect(csv).toContain('complaints by branch,1002,paid,123.45');
    expect(csv).toContain('complaints by branch,1001,paid,0.00');
    expect((await file('xlsx')).headers.get('content-type')).toContain('spreadsheetml');
    expect(String((await file('pdf')).body).slice(0, 5)).toBe('%PDF-');
  });

  it.each([
    ['channel', 'telephone', '电话 telephone', '投诉（按渠道） complaints by channel'],
    ['product', 'southbound', '港股通 Southbound', '投诉（按产品） complaints by product'],
    ['cause', 'system', '系统 systems', '投诉（按根本原因） complaints by cause'],
    ['transferKind', 'tip-off', '举报 tip-off', '投诉（按转办件类别） complaints by kind of transfer'],
    ['accountability', 'none', '不问责 nobody', '投诉（按问责） complaints by accountability'],
    ['branch', '1001', '1001', '投诉（按营业部） complaints by branch'],
  ])('by %s: names each class for people beside its code for machines, in each file', async (by, code, name, title) => {
    const file = (format: string) => bytesFor('audit-1', `/v1/complaint-reports/${by}/${format}?${days}`);
    expect((await file('csv')).toString('utf8')).toContain(`complaints by ${by},${code},name,${name}\r\n`);
    const [sheet] = await readXlsxFile(await file('xlsx'));
    expect(sheet?.data.map(([first, second]) => [first, second])).toContainEqual([code, name]);
    const text = textOfPdf(await file('pdf')).replace(/\s+/g, ' ');
    expect(text).toContain(name);
    expect(text).toContain(title);
    // Its key is for machines.
    expect(text).not.toContain('transferKind');
  });
});

it('is read by whoever inspects it, while that is to be done; by no colleague, and by nobody afterwards', async () => {
  const no = await receive();
  const workflow = `inspection:complaints:2025-05:${no}`;
  await api.pool.query(
    `insert into samples (sample_no, kind, period, workflow_id, seed, asked_by, asked_role)
     values ('complaints:2025-05', 'complaints', '2025-05', 'sample:complaints:2025-05', 's', 'audit-2', 'audit')`,
  );
  await api.pool.query(
    `insert into inspections (sample_no, kind, subject, workflow_id, checklist) values ('complaints:2025-05', 'complaints', $1, $2, '2014-11-17')`,
    [no, workflow],
  );
  await api.pool.query(
    `insert into tasks (other_key, workflow_id, kind, title_id, role, form_id, form_version, facts_told, revision, state, claimed_by)
     values ($1, $1, 'inspect-complaint', task_title('检查', 'inspect'), 'audit', task_form('{}'), 1, '{}', 1, 'claimed', 'audit-1')`,
    [workflow],
  );
  const read = async (as: string) => told(await api.call('GET', `${COMPLAINTS}/${no}/particulars`, { as }));
  expect(await read('audit-1')).toEqual([200]);
  expect(await read('audit-2')).toEqual([403, 'PARTICULARS_CONFIDENTIAL']);
  await api.pool.query(`update tasks set state = 'done', done_at = business_now() where workflow_id = $1`, [workflow]);
  expect(await read('audit-1')).toEqual([403, 'PARTICULARS_CONFIDENTIAL']);
});

it('a call about its answer is listened to by whoever checks it, while that is to be done, and by nobody whom it is about', async () => {
  const no = await receive({ against: 'service-2', by: 'service-3' });
  const { callbackNo } = await askComplaintCallback(api)({ complaintNo: no, level: 1 });
  const { rows } = await api.pool.query<{ id: string }>(
    `insert into callback_attempts (callback_no, nth, attempt_key, begun_by) values ($1, 1, $1, 'compliance-1') returning attempt_id::text as id`,
    [callbackNo],
  );
  const attempt = rows[0]?.id;
  await api.pool.query(
    `insert into callback_results (attempt_id, result, answers, recording, recording_sha256, recorded_by)
     values ($1, 'reached', '{"satisfied": "no"}', 'REC-1', repeat('a', 64), 'compliance-1')`,
    [attempt],
  );
  const workflow = `inspection:calls:2025-05:${attempt}`;
  await api.pool.query(
    `insert into samples (sample_no, kind, period, workflow_id, seed, asked_by, asked_role)
     values ('calls:2025-05', 'calls', '2025-05', 'sample:calls:2025-05', 's', 'service-2', 'service')`,
  );
  await api.pool.query(
    `insert into inspections (sample_no, kind, subject, workflow_id, checklist) values ('calls:2025-05', 'calls', $1, $2, '2014-11-17')`,
    [attempt, workflow],
  );
  await api.pool.query(
    `insert into tasks (other_key, workflow_id, kind, title_id, role, form_id, form_version, facts_told, revision, state, claimed_by)
     values ($1, $1, 'check-call', task_title('质检', 'check'), 'service', task_form('{}'), 1, '{}', 1, 'claimed', 'service-1')`,
    [workflow],
  );
  const listed = async (as: string) =>
    (await api.call('GET', '/v1/inspections?sample=calls:2025-05', { as })).body.items.map(
      ({ call }: { call: unknown }) => call,
    );
  const heard = async (as: string) => {
    const { status, body } = await api.call('GET', `/v1/callbacks/${callbackNo}`, { as });
    return status === 200 ? [body.attempts[0].answers, body.attempts[0].recording] : status;
  };
  expect(await listed('audit-1')).toEqual([{ callbackNo, attempt: 1 }]);
  expect([await heard('service-1'), await heard('ops-client-1')]).toEqual([
    [{ satisfied: 'no' }, 'REC-1'],
    [{}, null],
  ]);
  expect([await listed('service-2'), await heard('service-2')]).toEqual([[], 404]);
  await api.pool.query(`update tasks set state = 'done', done_at = business_now() where workflow_id = $1`, [workflow]);
  expect(await heard('service-1')).toEqual([{}, null]);
});

it('the tasks of a case are not there for whom it is about, nor those of what works for it', async () => {
  const no = await receive({ against: 'service-2', urgency: 'urgent' });
  const processes = [`complaint:${no}`, `head-office-complaint:${no}:urgent`];
  await api.pool.query(
    `insert into tasks (other_key, workflow_id, kind, title_id, role, form_id, form_version, facts_told, revision, state)
     values ($1, $1, 'any', task_title('任务', 'task'), 'service', task_form('{}'), 1, '{}', 1, 'open')`,
    [processes[1]],
  );
  // Its registration, and what the head office follows.
  const { rows } = await api.pool.query<{ id: string }>(
    'select task_id::text as id from tasks where workflow_id = any($1) order by task_id',
    [processes],
  );
  const seen = async (as: string) => {
    const get = (path: string) => api.call('GET', `/v1/tasks${path}`, { as });
    const lists = processes.map(async (process) => {
      const [list, counts] = [
        await get(`?process=${process}`),
        await api.call('GET', `/v1/task-counts?process=${process}`, { as }),
      ];
      return [list.body.items.length, counts.body.count];
    });
    const read = rows.map(async ({ id }) => (await get(`/${id}`)).status);
    return [...(await Promise.all(lists)), ...(await Promise.all(read))];
  };
  expect(await seen('service-1')).toEqual([[1, 1], [1, 1], 200, 200]);
  expect(await seen('service-2')).toEqual([[0, 0], [0, 0], 404, 404]);
});

it('nor its promises, its messages, its process, its audit, its inspection and its mails, whatever else is read', async () => {
  const no = await receive({ against: 'compliance-3' });
  const process = `complaint:${no}`;
  const { rows } = await api.pool.query<{ promise: string; message: string }>(
    `select (select max(deadline_id) from deadlines where workflow_id = $1)::text as promise,
            (select min(message_id) from outbox where case_key = $1 and kind = 'notice')::text as message`,
    [process],
  );
  const [{ promise, message } = { promise: '', message: '' }] = rows;
  await api.pool.query(
    `with sample as (insert into samples (sample_no, kind, period, workflow_id, seed, asked_by, asked_role)
                     values ('complaints:2025-04', 'complaints', '2025-04', 'sample:complaints:2025-04', 's', 'audit-1', 'audit') returning sample_no),
          kept as (insert into documents (sha256, media_type, byte_count) values ($2, 'message/rfc822', 1) returning sha256),
          mail as (insert into received_mails (sha256, state, complaint_no) select sha256, 'supplement', $1 from kept),
          member as (insert into sample_members select sample_no, $1, '-', true from sample),
          appraised as (insert into appraisals (first_day, last_day, subject_kind, subject, workflow_id, asked_by)
                        values ('2025-04-01', '2025-04-30', 'department', 'service', 'appraisal:kept', 'service-1') returning appraisal_id),
          line as (insert into appraisal_lines select appraisal_id, 'timeliness', 1, 1, 10000, array[$1], array[$1] from appraised)
     insert into inspections (sample_no, kind, subject, workflow_id, checklist)
     select sample_no, 'complaints', $1, 'inspection:complaints:2025-04:' || $1, '2014-11-17' from sample`,
    [no, 'b'.repeat(64)],
  );
  const seen = async (as: string) => {
    const get = (path: string) => api.call('GET', path, { as });
    const listed = async (path: string) => (await get(path)).body.items as Record<string, string>[];
    const { total } = (await get('/v1/deadline-reports?from=2025-01-01&to=2026-12-31')).body;
    return [
      (await listed('/v1/deadlines?process=complaint&limit=200')).filter(({ subject }) => subject === no).length,
      (await get(`/v1/deadlines/${promise}`)).status,
      (await listed(`/v1/messages?process=${process}`)).length,
      (await get(`/v1/messages/${message}`)).status,
      (await get(`/v1/processes/${process}`)).status,
      (await listed(`/v1/audit?objectType=complaint&objectId=${no}`)).length > 0,
      (await listed(`/v1/inspections?subject=${no}`)).length,
      (await listed('/v1/received-mails?limit=200')).filter(({ complaintNo }) => complaintNo === no).length,
      (await listed('/v1/samples/complaints:2025-04/members')).length,
      total.due - (await listed(`${total.cases.due}&limit=200`)).length,
      // What was computed and approved stays; the case is not among those that it names.
      ...((await get('/v1/appraisals')).body.items as { lines: Record<string, unknown>[] }[]).flatMap(({ lines }) =>
        lines.map((line) => [line['numerator'], line['counted'], line['among']]),
      ),
    ];
  };
  expect(await seen('compliance-3')).toEqual([0, 404, 0, 404, 404, false, 0, 0, 0, 0, [1, [], []]]);
  expect(await seen('compliance-1')).toEqual([2, 200, 1, 200, 200, true, 1, 1, 1, 0, [1, [no], [no]]]);
  // Told to all of a role: not to whoever it is about.
  const { rows: all } = await api.pool.query<{ id: string }>(
    `insert into outbox (other_key, workflow_id, kind, severity, recipient_role, of_its_process, template, template_version, facts_told, accepted_on, sent_at)
     select 'told to all', workflow_id, kind, severity, 'compliance', of_its_process, template, template_version, facts, 'in-app', business_now()
       from outbox where message_id = $1 returning message_id::text as id`,
    [message],
  );
  const own = async (as: string) =>
    ((await api.call('GET', '/v1/me/messages', { as })).body.items as Record<string, string>[]).filter(
      ({ messageId }) => messageId === all[0]?.id,
    ).length;
  expect([await own('compliance-1'), await own('compliance-3')]).toEqual([1, 0]);
});

it('why a clock stands, and more time is asked for, is read by whoever handles the complaint and whoever typed it, each look audited', async () => {
  const no = await receive();
  const { rows } = await api.pool.query<{ id: string }>(
    `with promise as (select deadline_id from deadlines where workflow_id = $1 and step = 'answer'),
          stopped as (insert into deadline_stops (deadline_id, from_at, to_at, reason, stopped_by)
                      select deadline_id, business_now(), business_now() + interval '1 day', '投诉人住院', 'service-3' from promise)
     select deadline_id::text as id from promise`,
    [`complaint:${no}`],
  );
  const reason = async (as: string) =>
    (await api.call('GET', `/v1/deadlines/${rows[0]?.id}`, { as })).body.stops[0].reason as string | null;
  // Received it, typed it, owns it as one of many, watches over all.
  expect([
    await reason('service-1'),
    await reason('service-3'),
    await reason('service-2'),
    await reason('audit-1'),
  ]).toEqual(['投诉人住院', '投诉人住院', null, null]);
  const looks = await api.pool.query(`select actor from audit where action = 'read personal data' and object_id = $1`, [
    no,
  ]);
  expect(looks.rows).toEqual([{ actor: 'service-1' }]);
});

it('of a complaint that another one serves, its handler reads what was said: a duplicate, and one of the group', async () => {
  const [lead, again, member] = [await receive(), await receive(), await receive({ branch: '1002' })];
  const read = async (no: string, as: string) => told(await api.call('GET', `${COMPLAINTS}/${no}/particulars`, { as }));
  await api.pool.query(
    `update complaints set duplicate_of = $1, other_state = 'duplicate', ended_at = business_now() where complaint_no = $2`,
    [lead, again],
  );
  await api.pool.query(`update complaints set group_of = $1, other_state = 'assigned' where complaint_no = $2`, [
    lead,
    member,
  ]);
  await handled(api.pool, lead, 'branch-1001');
  expect([await read(again, 'branch-1001'), await read(member, 'branch-1001')]).toEqual([[200], [200]]);
  expect([await read(again, 'service-2'), await read(member, 'service-2')]).toEqual(
    Array(2).fill([403, 'PARTICULARS_CONFIDENTIAL']),
  );
  // Handled again, it is handled by others; until it goes with a group once more.
  const registered = (act: string) =>
    api.pool.query(`insert into complaint_steps (complaint_no, act, by) values ($1, $2, 'southbound')`, [member, act]);
  await registered('reopen');
  expect(await read(member, 'branch-1001')).toEqual([403, 'PARTICULARS_CONFIDENTIAL']);
  await registered('join group');
  expect(await read(member, 'branch-1001')).toEqual([200]);
});

it('who was named by mistake is let in again by compliance, with the superiors who are over nobody else it is about', async () => {
  const no = await receive({ against: 'service-1', by: 'compliance-1', role: 'compliance' });
  const body = { person: 'service-1', cause: 'named by mistake', reason: '登记时误记' };
  const takeBack = async (as: string) => told(await post(as, `/${no}/recusals`, body));
  const sees = async () =>
    Promise.all(
      ['service-1', 'service-2', 'service-3'].map(
        async (as) => (await api.call('GET', `${COMPLAINTS}/${no}`, { as })).status,
      ),
    );
  expect(await sees()).toEqual([404, 404, 200]);
  expect([await takeBack('service-1'), await takeBack('service-3')]).toEqual([
    [404, 'NOT_FOUND'],
    [403, 'person ROLE_MISSING'],
  ]);
  // Service says whom it is about, not who else takes no part.
  const recused = { ...body, person: 'brokerage-1', cause: 'recused' };
  expect(told(await post('service-3', `/${no}/recusals`, recused))).toEqual([403, 'person ROLE_MISSING']);
  expect(await takeBack('compliance-1')).toEqual([200]);
  expect(await sees()).toEqual([200, 200, 200]);
  expect(await takeBack('compliance-1')).toEqual([404, 'NOT_FOUND']);
  // The entries stay, and hold again where the person is named anew.
  const entries = async () =>
    (
      await api.pool.query(
        `select person, cause, taken_back_by as back from process_exclusions where workflow_id = $1 order by exclusion_id`,
        [`complaint:${no}`],
      )
    ).rows;
  expect(await entries()).toEqual([
    { person: 'service-1', cause: 'complained about', back: 'compliance-1' },
    { person: 'service-2', cause: 'superior', back: 'compliance-1' },
  ]);
  const again = { key: randomUUID(), by: 'compliance-1', reason: 'x', cause: 'complained about' } as const;
  await recuse(api.pool, { ...again, complaintNo: no, person: 'service-1' });
  await recuse(api.pool, { ...again, key: randomUUID(), complaintNo: no, person: 'service-3' });
  expect(await sees()).toEqual([404, 404, 404]);
  expect(await takeBack('compliance-1')).toEqual([200]);
  // The head is over the other one too.
  expect(await sees()).toEqual([200, 404, 404]);
  expect(await entries()).toEqual([
    { person: 'service-1', cause: 'complained about', back: 'compliance-1' },
    { person: 'service-2', cause: 'superior', back: null },
    { person: 'service-3', cause: 'complained about', back: null },
  ]);
});

it('the list of its file is read with calls in it too; who only calls reads what came with it, not the evidence, nor names the client', async () => {
  const no = await receive({ complainant: { name: '张某', contact: '电话' } });
  await fileOf(no);
  const { body } = await api.call('GET', `${COMPLAINTS}/${no}/evidence`, { as: 'service-2' });
  expect(body.documents.map(({ kind }: { kind: string }) => kind)).toEqual(['mail', 'evidence', 'callback record']);
  await callUnderWay(no, 'service-3');
  const read = async (as: string) =>
    Promise.all(
      body.documents.map(async ({ sha256 }: { sha256: string }) =>
        told(await api.call('GET', `${COMPLAINTS}/${no}/documents/${sha256}`, { as })),
      ),
    );
  const confidential = [403, 'PARTICULARS_CONFIDENTIAL'];
  // The bytes are in no store here: who may read is told so.
  expect(await read('service-3')).toEqual([[500, 'DOCUMENT_DAMAGED'], confidential, confidential]);
  expect(told(await post('service-2', `/${no}/complainant`, { clientNo: 'C00000003' }))).toEqual(confidential);
});

it('who complains is read by whoever received it until it is registered, by the handler until it has ended, by the caller during the call; a department reads only what it is asked', async () => {
  const no = await receive({ complainant: { name: '张某', contact: '电话' } });
  const read = async (as: string) => {
    const { body } = await api.call('GET', `${COMPLAINTS}/${no}/particulars`, { as });
    return body.code ?? body.complainant?.name ?? 'nobody';
  };
  const holds = (kind: string, person: string) =>
    api.pool.query(
      `insert into tasks (workflow_id, other_key, kind, title_id, role, form_id, form_version, facts_told, revision, state, claimed_by)
       values ($1, $1 || $2, $2, task_title('x', 'x'), 'operations', task_form('{}'), 1, '{"request": 1}', 1, 'claimed', $3)`,
      [`complaint:${no}`, kind, person],
    );
  expect(await read('service-1')).toBe('张某');
  await handled(api.pool, no, 'branch-1001');
  await holds('answer-complaint-request', 'ops-client-1');
  await holds('do-corrective-action', 'ops-client-2');
  const confidential = 'PARTICULARS_CONFIDENTIAL';
  expect([await read('service-1'), await read('branch-1001')]).toEqual([confidential, '张某']);
  expect([await read('ops-client-1'), await read('ops-client-2')]).toEqual(['nobody', confidential]);
  await callUnderWay(no, 'service-3');
  expect(await read('service-3')).toBe('张某');
  await api.pool.query(
    `insert into callback_results (attempt_id, result, answers, recorded_by)
     select attempt_id, 'no answer', '{}', 'service-3' from callback_attempts join callbacks using (callback_no) where subject = $1`,
    [no],
  );
  expect(await read('service-3')).toBe(confidential);
  await api.pool.query(
    `update complaints set other_state = 'closed', ended_at = business_now() where complaint_no = $1`,
    [no],
  );
  expect(await read('branch-1001')).toBe(confidential);
  // To which account it is paid is still asked by whoever handled it, and by compliance or who does its part; here there is no client to pay.
  const correction = { fundAccount: '900000001', reason: '原账户已销户' };
  const asks = async (as: string) => told(await post(as, `/${no}/payee-corrections`, correction));
  const asked = [409, 'COMPENSATION_PAID', 'fundAccount FUND_ACCOUNT_NOT_OF_CLIENT'];
  expect([await asks('branch-1001'), await asks('compliance-1')]).toEqual([asked, asked]);
  expect([await asks('service-1'), await asks('general-manager')]).toEqual([
    [403, confidential],
    [403, confidential],
  ]);
  await api.pool.query(
    `insert into process_exclusions (workflow_id, person, cause, entered_by) select $1, person, 'recused', person from grants where role = 'compliance'`,
    [`complaint:${no}`],
  );
  expect([await asks('general-manager'), await asks('compliance-1')]).toEqual([asked, [404, 'NOT_FOUND']]);
});

it.each(ASKED_ABOUT_COMPLAINTS)(
  'whoever is asked as %s reads the question and writes the answer, and nothing else of it',
  async (role) => {
    const no = await receive({ by: 'service-3' });
    const person = PERSON_OF[role];
    const { rows } = await api.pool.query<{ id: string }>(
      `insert into tasks (workflow_id, other_key, kind, title_id, role, branch, form_id, form_version, facts_told, revision, state, claimed_by)
       values ($1, $1, 'answer-complaint-request', task_title('x', 'x'), $2::text, case when $2 = 'branch' then '1001' end,
               task_form('{}'), 1, '{"request": 1}', 1, 'claimed', $3) returning task_id::text as id`,
      [`complaint:${no}`, role, person],
    );
    await api.pool.query(
      `insert into complaint_texts (complaint_no, kind, request_no, text, written_by) values ($1, 'question', 1, '是否中断', 'brokerage-1')`,
      [no],
    );
    const { body } = await api.call('GET', `${COMPLAINTS}/${no}/particulars`, { as: person });
    expect([body.code, body.complainant, body.texts?.map(({ text }: { text: string }) => text)]).toEqual([
      undefined,
      null,
      ['是否中断'],
    ]);
    expect((await post(person, `/${no}/texts`, { taskId: rows[0]?.id, text: '未中断' })).status).toBe(201);
  },
);

it('what a mail says in its words only is filled in by whoever works at it: it counts, and the particulars say what was there before and by whom', async () => {
  const no = await receive({ channel: 'email', complainant: { name: '张某', contact: 'zhang@example.com' } });
  const filled = { claimed: '5000.00', claim: '退还多收的佣金', telephone: '13800000000' };
  const path = `/${no}/particulars`;
  const shown = (await api.call('GET', `${COMPLAINTS}/${no}`, { as: 'service-1' })).headers.get('etag') ?? '';
  const fill = (as: string, body: object, tag?: string) =>
    api.call('POST', `${COMPLAINTS}${path}`, { as, body, headers: tag === undefined ? {} : { 'if-match': tag } });
  expect(told(await fill('service-2', filled))).toEqual([403, 'PARTICULARS_CONFIDENTIAL']);
  expect(told(await fill('service-1', {}))).toEqual([400, 'body INPUT_INVALID']);
  const wrong = { claimed: '0.00', telephone: 'zhang@example.com' };
  expect(told(await fill('service-1', wrong))).toEqual([400, 'telephone INPUT_INVALID', 'claimed AMOUNT_NOT_TEXT']);
  const first = await fill('service-1', filled, shown);
  expect([first.status, first.body.claimed]).toEqual([200, { currency: 'CNY', amount: '5000.00' }]);
  expect(told(await fill('service-1', filled, shown))).toEqual([412, 'If-Match REVISION_STALE']);
  expect(told(await fill('compliance-1', { claimed: '6000.00' }))).toEqual([200]);
  const { body } = await api.call('GET', `${COMPLAINTS}${path}`, { as: 'service-1' });
  expect(body.complainant).toMatchObject({ contact: 'zhang@example.com', telephone: filled.telephone });
  const by = (writtenBy: string) => ({ writtenBy, writtenAt: '2025-06-23T00:05:00.000Z' });
  expect(body.claimed).toEqual([
    { amount: { currency: 'CNY', amount: '5000.00' }, ...by('service-1') },
    { amount: { currency: 'CNY', amount: '6000.00' }, ...by('compliance-1') },
  ]);
  expect(body.texts.map(({ kind, writtenBy }: Record<string, string>) => [kind, writtenBy])).toEqual([
    ['facts', 'service-1'],
    ['claim', 'service-1'],
    ['telephone', 'service-1'],
  ]);
  const { body: lines } = await api.call('GET', `${COMPLAINTS}/${no}/timeline`, { as: 'service-1' });
  expect(JSON.stringify(lines)).not.toMatch(/佣金|13800000000/);
  // Whoever calls about the answer, once somebody else handles it, reads there which telephone to dial; of one that said its amount at once it stands first.
  await handled(api.pool, no, 'branch-1001', 'answered');
  await callUnderWay(no, 'service-3');
  const call = await api.call('GET', `${COMPLAINTS}${path}`, { as: 'service-3' });
  expect(call.body.complainant).toMatchObject({ telephone: filled.telephone });
  expect(told(await fill('branch-1001', filled))).toEqual([
    409,
    'claimed CLAIM_BEING_DECIDED',
    'claim CLAIM_BEING_DECIDED',
  ]);
  expect(told(await fill('branch-1001', { telephone: '010-88888888' }))).toEqual([200]);
  const said = await receive({ claimedFen: '100' });
  const amountsOf = async () =>
    (await api.call('GET', `${COMPLAINTS}/${said}/particulars`, { as: 'service-1' })).body.claimed.map(
      (line: { amount: { amount: string } }) => line.amount.amount,
    );
  expect(await amountsOf()).toEqual(['1.00']);
  expect(told(await post('service-1', `/${said}/particulars`, { claimed: '2.00' }))).toEqual([200]);
  expect(await amountsOf()).toEqual(['1.00', '2.00']);
});

it('another account for a compensation is asked for: others still decide it, and the complaint says what became of it', async () => {
  const no = await receive();
  await api.pool.query(
    `insert into complaint_proposals (complaint_no, nth, level, finding, amount_fen, payee, made_by, state, approved_by, approved_at)
     values ($1, 1, 1, 'upheld', 100, 'closed', 'service-1', 'approved', 'service-2', business_now())`,
    [no],
  );
  const { rows } = await api.pool.query<{ account: string }>(
    `select min(fund_account) as account from client_fund_accounts where client_no = 'C00000003'`,
  );
  const body = { fundAccount: rows[0]?.account, reason: '原账户已销户' };
  const asked = await post('compliance-1', `/${no}/payee-corrections`, body);
  expect([asked.status, asked.body]).toEqual([202, { proposalNo: 1, correctionNo: 1 }]);
  const { status } = await api.call('GET', asked.headers.get('location') ?? '', { as: 'compliance-1' });
  expect([status, asked.headers.get('location')]).toEqual([200, `${COMPLAINTS}/${no}`]);
});

it('of two who correct what both were shown, one is told to look again; a promise that moves makes it no other complaint', async () => {
  const no = await receive();
  const read = (headers: Record<string, string> = {}) =>
    api.call('GET', `${COMPLAINTS}/${no}`, { as: 'compliance-1', headers });
  const correct = (clientNo: string, tag: string) =>
    api.call('POST', `${COMPLAINTS}/${no}/complainant`, {
      as: 'compliance-1',
      body: { clientNo },
      headers: { 'if-match': tag },
    });
  const shown = (await read()).headers.get('etag') ?? '';
  expect((await read({ 'if-none-match': shown })).status).toBe(304);
  await api.pool.query(`update deadlines set due_at = due_at + interval '1 day' where business_key = $1`, [
    `complaint-answer:${no}:1`,
  ]);
  expect((await read({ 'if-none-match': shown })).status).toBe(200);
  const first = await correct('C00000004', shown);
  expect([first.status, first.headers.get('etag')]).toEqual([200, (await read()).headers.get('etag')]);
  expect(told(await correct('C00000005', shown))).toEqual([412, 'If-Match REVISION_STALE']);
  expect(told(await correct('C00000005', first.headers.get('etag') ?? ''))).toEqual([200]);
  // As for tasks it may be left away; who else edits by it: the handler and what the complaint is about.
  const acts: [string, object][] = [
    ['handler', { person: 'service-2', reason: '承办人休假' }],
    ['subject', { workflowId: `complaint:${no}` }],
  ];
  for (const [what, body] of acts) {
    const call = { as: 'compliance-1', body, headers: { 'if-match': shown } };
    expect(told(await api.call('POST', `${COMPLAINTS}/${no}/${what}`, call))).toEqual([412, 'If-Match REVISION_STALE']);
  }
});

it('what it is about is read by whoever handles it, in the list of evidence and in the register too, each look audited', async () => {
  const no = await receive();
  await api.pool.query(
    `with named as (insert into complaint_steps (complaint_no, act, detail, by) values ($1, 'name subject', '{"about": "callback:sample:K1", "run": "r", "event": "5"}', 'service-1')),
          kept as (insert into documents (sha256, media_type, byte_count) values ($2, 'text/plain', 1))
     insert into complaint_evidence (complaint_no, moment, about_workflow, about_run, about_event, row_count, rows_sha256, sha256)
     values ($1, 'linked', 'callback:sample:K1', 'r', 5, 1, $2, $2)`,
    [no, 'a'.repeat(64)],
  );
  const read = async (as: string) => {
    const get = async (path: string) => (await api.call('GET', `${COMPLAINTS}/${no}${path}`, { as })).body;
    const [{ workflowId, run, event }] = (await get('/evidence')).frozen;
    return [workflowId, run, event, (await get('/timeline')).items.at(-1).detail];
  };
  expect(await read('service-1')).toEqual([
    'callback:sample:K1',
    'r',
    '5',
    { about: 'callback:sample:K1', run: 'r', event: '5' },
  ]);
  expect(await read('ops-client-1')).toEqual([null, null, null, {}]);
  const { rows } = await api.pool.query(
    `select actor, after from audit where action = 'read personal data' and object_id = $1 order by seq`,
    [no],
  );
  expect(rows).toMatchObject([{ actor: 'service-1' }, { actor: 'service-1' }]);
});

/** A mail, evidence of another process and the record of a call. */
const fileOf = (no: string) =>
  api.pool.query(
    `with kinds as (select kind, md5($1 || kind) || md5(kind) as sha256 from unnest(array['mail', 'evidence', 'callback record']) kind),
     kept as (insert into documents (sha256, media_type, byte_count) select sha256, 'text/plain', 1 from kinds returning sha256)
     insert into complaint_documents (complaint_no, kind, sha256, filed_by) select $1, kind, sha256, 'service-1' from kinds`,
    [no],
  );

/** The complainant is being called back. */
async function callUnderWay(no: string, by: string): Promise<void> {
  const { callbackNo } = await askComplaintCallback({ pool: api.pool })({ complaintNo: no, level: 1 });
  await api.pool.query(
    `insert into callback_attempts (callback_no, nth, attempt_key, begun_by) values ($1, 1, $2, $3)`,
    [callbackNo, randomUUID(), by],
  );
}

/** A consultation is over, and its client is asked. */
const survey = async (subject: string, clientNo = 'C00000001'): Promise<void> => {
  const body = { occasion: 'telephone consulting', subject, clientNo };
  const asked = await api.call('POST', '/v1/surveys', { as: 'service-1', body });
  expect(told(asked)).toEqual([201]);
  const { items } = (await api.call('GET', asked.headers.get('location') ?? '', { as: 'service-1' })).body;
  expect(items).toContainEqual(expect.objectContaining({ subject }));
};
const surveyed = (satisfied: boolean, subject: string, { as = 'service-1', key = randomUUID() } = {}) =>
  api.call('POST', '/v1/survey-answers', {
    as,
    body: { occasion: 'telephone consulting', satisfied, subject },
    key,
  });

it('tells the satisfaction of a service with the number of answers and how sure it is, and each number opens its answers', async () => {
  for (let nth = 0; nth < 11; nth += 1) await survey(`call:${nth}`);
  for (let nth = 0; nth < 10; nth += 1) await surveyed(nth < 5, `call:${nth}`);
  const { body } = await api.call('GET', '/v1/survey-rates?from=2025-06&to=2025-06', { as: 'audit-1' });
  expect(body.items).toMatchObject([
    {
      ...{ occasion: 'telephone consulting', period: '2025-06', asked: 11, answers: 10, satisfied: 5 },
      satisfaction: { rate: '0.5000', from: '0.2366', to: '0.7634' },
    },
  ]);
  const { cases } = body.items[0];
  const behind = async (list: string) => (await api.call('GET', `${list}&limit=200`, { as: 'audit-1' })).body.items;
  const lists = await Promise.all([cases.asked, cases.answers, cases.satisfied].map(behind));
  expect(lists.map(({ length }) => length)).toEqual([11, 10, 5]);
  expect(await behind(cases.asked.replace('2025-06', '2025-05'))).toEqual([]);
  expect(lists[0]?.[0]).toEqual({ subject: 'call:0', askedAt: expect.any(String) });
  expect((await behind(cases.satisfied))[0]).toEqual({
    ...{ answerId: expect.any(String), subject: 'call:0', satisfied: true, answeredAt: expect.any(String) },
  });
});

it('asks about a service of the own: what nobody asked about, or was for somebody else, is not answered, and each once', async () => {
  await survey('call:4711');
  await survey('call:4712', 'C00000002');
  expect(await messagesOf('C00000002', 'SURVEY_ASKED')).toEqual(['survey:telephone consulting:call:4712']);
  const again = { occasion: 'telephone consulting', subject: 'call:4712', clientNo: 'C00000001' };
  expect(told(await api.call('POST', '/v1/surveys', { as: 'service-1', body: again }))).toEqual([
    409,
    'subject SURVEY_OF_ANOTHER_CLIENT',
  ]);
  const key = randomUUID();
  expect(told(await surveyed(true, 'call:4711', { as: 'client-1', key }))).toEqual([200]);
  expect(told(await surveyed(true, 'call:4711', { as: 'client-1', key }))).toEqual([200]);
  expect(told(await surveyed(true, 'call:4711'))).toEqual([409, 'subject SURVEY_ANSWERED_ALREADY']);
  for (const subject of ['call:4712', 'call:9999'])
    expect(told(await surveyed(true, subject, { as: 'client-1' }))).toEqual([404, 'subject NOT_FOUND']);
});

const messagesOf = async (clientNo: string, template: string) =>
  (
    await api.pool.query<{ key: string }>(
      'select message_key as key from outbox where recipient_ref = $1 and template = $2 order by message_id',
      [clientNo, template],
    )
  ).rows.map(({ key }) => key);

it.each([
  ...['complaint-reports/channel', 'complaint-reports/channel/csv', 'callback-report', 'callback-report/pdf'].map(
    (report) => [`${report}?from=2025-07-01&to=2025-06-30`] as const,
  ),
  ['survey-rates?from=2025-07&to=2025-06'] as const,
])('a report of days that end before they begin is refused, and tells no quiet time: %s', async (path) => {
  expect(told(await api.call('GET', `/v1/${path}`, { as: 'compliance-1' }))).toEqual([400, 'to INPUT_INVALID']);
});

it.each(['0', '0.00'])('a campaign of no client at all is not asked for: %s %', async (percent) => {
  const body = { kind: 'campaign', period: 'none', percent };
  expect(told(await api.call('POST', '/v1/samples', { as: 'brokerage-1', body }))).toEqual([
    400,
    'percent INPUT_INVALID',
  ]);
});

it.each([
  [
    'samples',
    'audit-1',
    { kind: 'complaints', period: '2024-11' },
    { sampleNo: 'complaints:2024-11', population: null },
  ],
  [
    'appraisals',
    'compliance-1',
    { firstDay: '2024-11-01', lastDay: '2024-11-30', subjectKind: 'department', subject: 'brokerage' },
    { subject: 'brokerage', state: 'computing', lines: [] },
  ],
])('one of %s is read where whoever asked for it is told', async (what, as, body, read) => {
  const asked = await api.call('POST', `/v1/${what}`, { as, body });
  expect(asked.status).toBe(201);
  expect((await api.call('GET', asked.headers.get('location') ?? '', { as })).body).toMatchObject(read);
});

it('shows the yearly reports of a year, of the firm first; a branch, and whoever checks its report there, reads its own only', async () => {
  await api.pool.query(
    `insert into yearly_complaint_reports (year, branch, workflow_id)
     values (2024, '1001', 'complaint-report:2024:1001'), (2024, '-', 'complaint-report:2024')`,
  );
  const read = (as: string, path = '') => api.call('GET', `/v1/yearly-complaint-reports/2024${path}`, { as });
  const { body } = await read('audit-1');
  expect(body.items.map(({ branch, state, sha256 }: Record<string, unknown>) => [branch, state, sha256])).toEqual([
    ['-', 'open', null],
    ['1001', 'open', null],
  ]);
  // Nothing is prepared yet.
  expect((await read('audit-1', '/1001')).status).toBe(404);
  const of = { year: '2024', branch: '1001', revision: 1, by: { person: 'branch-1001', role: 'branch' } };
  const summary = '全年未收到投诉 no complaint in the whole year';
  const documents = folderDocuments(api.stage.config.documents);
  await prepareYearlyReport({ pool: api.pool, documents })({ ...of, summary });
  for (const [as, listed] of [
    ['branch-risk-1001', ['1001']],
    ['branch-1001', ['1001']],
    ['branch-risk-1002', []],
    ['compliance-1', ['-', '1001']],
  ] as const) {
    expect([as, (await read(as)).body.items.map(({ branch }: { branch: string }) => branch)]).toEqual([as, listed]);
    const { status, body: read1001 } = await read(as, '/1001');
    const content = listed.length === 0 ? null : JSON.parse(Buffer.from(read1001.content, 'base64').toString('utf8'));
    expect([as, status, content?.summary]).toEqual([as, ...(content === null ? [404, undefined] : [200, summary])]);
    if (content !== null) expect([as, await read(as, '/1001/pdf')]).toMatchObject([as, { status: 200 }]);
    else expect([as, await read(as, '/1001/pdf')]).toMatchObject([as, { status: 404 }]);
  }
  expect((await read('region-1')).status).toBe(403);
});

it('a yearly report is read as PDF and workbook by whoever checks and submits it: made of what is kept, whose digest it bears', async () => {
  await api.pool.query(
    `insert into yearly_complaint_reports (year, branch, workflow_id) values (2025, '-', 'complaint-report:2025')`,
  );
  const documents = folderDocuments(api.stage.config.documents);
  const summary = '全年投诉均已办结，无重大投诉 all complaints of the year were handled, none was grave';
  const prepare = (revision: number) =>
    prepareYearlyReport({ pool: api.pool, documents })({
      ...{ year: '2025', revision, summary, by: { person: 'service-1', role: 'service' } },
    });
  const { sha256 } = await prepare(1);
  const file = (format: string) => bytesFor('compliance-1', `/v1/yearly-complaint-reports/2025/-/${format}`);
  const pdf = await file('pdf');
  const text = textOfPdf(pdf).replace(/\s+/g, ' ');
  for (const said of [
    ...['年度投诉报告', '2025-01-01 – 2025-12-31', '公司 the firm', '2025-06-23 08:05:00 service-1', sha256],
    ...['全年投诉均已办结', '投诉（按渠道） complaints by channel', '电话 telephone', '已付赔付（元）'],
  ])
    expect(text).toContain(said);
  // Complaints that come in later change nothing of it: the same bytes again, byte for byte.
  await receive();
  expect((await file('pdf')).equals(pdf)).toBe(true);
  const sheets = await readXlsxFile(await file('xlsx'));
  expect(sheets.map(({ sheet }) => sheet)).toEqual([
    'report',
    ...DIMENSIONS.map((by) => `complaints by ${by}`.slice(0, 31)),
  ]);
  expect(sheets[0]?.data.map(([, content]) => content)).toEqual(
    expect.arrayContaining([sha256, summary, '公司 the firm']),
  );
  // Prepared anew it is another document, with another digest.
  const again = await prepare(2);
  expect(again.sha256).not.toBe(sha256);
  expect(textOfPdf(await file('pdf'))).toContain(again.sha256);
});

it('a yearly report that an earlier version kept is shown with what it told: of compensation what was approved', () => {
  const line = {
    key: 'telephone',
    received: 3,
    open: 0,
    answered: 3,
    overdue: 1,
    asked: 2,
    satisfied: 1,
    medianMinutes: 60,
    p90Minutes: null,
  };
  const kept = {
    ...line,
    satisfaction: null,
    compensated: 1,
    compensation: { currency: 'CNY' as const, amount: '50.00' },
  };
  const { columns, rows } = complaintSheet('channel', [kept]);
  const cell = (name: string) => rows[0]?.[columns.findIndex(({ en }) => en === name)];
  expect(['approved cases', 'approved', 'paid cases', 'paid'].map(cell)).toEqual(['1', '50.00', '', '']);
});

describe('whoever reads a number opens its cases', () => {
  const days = 'from=2025-06-01&to=2025-06-30';
  beforeAll(async () => {
    const no = await receive();
    const { callbackNo } = await askComplaintCallback(api)({ complaintNo: no, level: 1 });
    await survey('call:opened');
    await surveyed(true, 'call:opened');
    await api.pool.query(
      `with call as (insert into callback_attempts (callback_no, nth, attempt_key, begun_by) values ($2, 1, $2, 'compliance-1') returning attempt_id),
            sample as (insert into samples (sample_no, kind, period, workflow_id, seed, asked_by, asked_role)
                       select one || ':2025-03', one, '2025-03', one, 's', 'audit-1', 'audit' from unnest(array['complaints', 'calls']) one returning sample_no, kind),
            appraised as (insert into appraisals (first_day, last_day, subject_kind, subject, workflow_id, asked_by)
                          values ('2025-03-01', '2025-03-31', 'department', 'branch:1001', 'appraisal:opened', 'service-1') returning appraisal_id),
            line as (insert into appraisal_lines select appraisal_id, 'timeliness', 1, 1, 10000, array[$1], array[$1] from appraised)
       insert into inspections (sample_no, kind, subject, workflow_id, checklist)
       select sample_no, kind, case kind when 'calls' then (select attempt_id::text from call) else $1 end, 'inspection:opened:' || kind, '2014-11-17' from sample`,
      [no, callbackNo],
    );
  });
  type Item = Record<string, any>;
  /** Of the last line a link to each list: what is asked of a list by a number is no matter of roles. */
  const listsOf = (lines: readonly Item[]): string[] => [
    ...new Map(Object.values<string>(lines.at(-1)?.['cases']).map((list) => [list.split('?')[0], list])).values(),
  ];
  const complaint = (no: string) => `${COMPLAINTS}/${no}`;

  it.each<[route: RouteId, path: string, opened: (body: Item) => string[]]>([
    ['readComplaintReport', `/v1/complaint-reports/category?${days}`, ({ lines }) => listsOf(lines)],
    ['readCallbackReport', `/v1/callback-report?${days}`, ({ lines }) => listsOf(lines)],
    ['readSurveyRates', '/v1/survey-rates?from=2025-06&to=2025-06', ({ items }) => listsOf(items)],
    ['listCallbacks', '/v1/callbacks', ({ items }) => [`/v1/callbacks/${items[0].callbackNo}`]],
    [
      'listInspections',
      '/v1/inspections?sample=complaints:2025-03',
      ({ items }) => items.map(({ subject }: Item) => complaint(subject)),
    ],
    [
      'listInspections',
      '/v1/inspections?sample=calls:2025-03',
      ({ items }) => items.map(({ call }: Item) => `/v1/callbacks/${call.callbackNo}`),
    ],
    [
      'listAppraisals',
      '/v1/appraisals?subject=branch:1001',
      ({ items }) => items[0].lines.flatMap(({ among }: Item) => among.map(complaint)),
    ],
  ])('%s %s', async (route, path, opened) => {
    const readers = accessTo(route) as readonly Role[];
    expect(readers.length).toBeGreaterThan(3);
    for (const role of readers) {
      const as = PERSON_OF[role];
      const { status, body } = await api.call('GET', path, { as });
      expect([role, status]).toEqual([role, 200]);
      const lists = opened(body);
      expect(lists.length).toBeGreaterThan(0);
      for (const list of lists)
        expect([role, list, (await api.call('GET', list, { as })).status]).toEqual([role, list, 200]);
    }
  });
});

it('the audit tells who complains to those who handle it only, by whatever is searched', async () => {
  const [before, no] = [
    await receive({ complainant: { name: '李某', contact: '电话' } }),
    await receive({ complainant: { name: '张某', contact: '电话' } }),
  ];
  const workflowId = `complaint:${no}`;
  for (const [named, clientNo] of [
    [before, 'C00000001'],
    [no, 'C00000011'],
  ])
    expect((await post('service-1', `/${named}/complainant`, { clientNo })).status).toBe(200);
  await askComplaintCallback(api)({ complaintNo: no, level: 1 });
  await recordAudit(api.pool, {
    ...{ actor: 'southbound', action: 'file document', outcome: 'done', objectType: 'archive', objectId: 'C00000011' },
    ...{ after: { kind: 'record of callback' }, workflowId },
  });
  // As an earlier version wrote it.
  const { rows } = await api.pool.query<{ id: string }>('select workflow_id as id from callbacks where subject = $1', [
    no,
  ]);
  await recordAudit(api.pool, {
    ...{ actor: 'southbound', action: 'ask for callback', outcome: 'done', objectType: 'callback', objectId: 'before' },
    ...{ after: { subject: no, clientNo: 'C00000011' }, workflowId: rows[0]?.id },
  });
  const read = async (query: string, as: string) =>
    (await api.call('GET', `/v1/audit?limit=200&${query}`, { as })).body.items as Record<string, unknown>[];
  const ofBoth = async (as: string) =>
    JSON.stringify([...(await read(`workflowId=${workflowId}`, as)), ...(await read(`workflowId=${rows[0]?.id}`, as))]);
  for (const as of ['audit-1', 'supervisor-1']) {
    expect(await ofBoth(as)).not.toContain('C00000011');
    expect(await read('objectType=archive&objectId=C00000011', as)).toEqual([]);
  }
  expect((await read(`workflowId=${workflowId}`, 'audit-1')).map(({ action, objectId }) => [action, objectId])).toEqual(
    expect.arrayContaining([
      ['file document', no],
      ['name complainant', no],
    ]),
  );
  await handled(api.pool, no, 'compliance-1');
  expect(await ofBoth('compliance-1')).toMatch(/C00000011.*before.*C00000011/s);
  expect(await ofBoth('compliance-2')).not.toContain('C00000011');
  // A page that tells of this one only, although the next would tell of another.
  const page = await api.call('GET', '/v1/audit?limit=1&action=name complainant&objectType=complainant', {
    as: 'compliance-1',
  });
  expect(JSON.stringify(page.body.items)).toContain('C00000011');
});
