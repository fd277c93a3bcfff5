/**
 * What staff read of a day: the notices meant for them, by role, mark and day, and of findings and ladders their own side; and what
 * people of a branch read: nothing of another one.
 */
import { inTransaction } from '../../activities/database/transaction';
import { givePromise } from '../../activities/deadlines/open-deadline';
import { decideSettlementDay } from '../../activities/calendar/decide-settlement-day';
import { seedClients } from '../../activities/clients/seed-clients';
import { receiveComplaint } from '../../activities/intake/complaints/receive-complaint';
import { keepOut } from '../../activities/people/keep-out';
import { checkMissedStarts } from '../../activities/intake/check-missed-starts';
import { openDeadline } from '../../activities/deadlines/open-deadline';
import { recordRungs } from '../../activities/ladders/record-rungs';
import { deliverUnsentNotices } from '../../activities/outbox/deliver-notices';
import { addressesOf } from '../../activities/outbox/addresses';
import { readTelephoneScript } from '../../activities/outbox/telephone';
import { queueNotice, queueNotices } from '../../activities/outbox/queue-notice';
import { connectMessages } from '../../adapters/messages/connect-messages';
import { parseBusinessDate, shanghaiInstant } from '../../domain/calendar/business-date';
import { registered } from '../support/handled-complaint';
import { openedTask } from '../support/tasks';
import { NOBODY } from '../support/story-stage';
import { openApiStage, type ApiStage } from './stage';

const DATE = parseBusinessDate('2025-06-23');
const DAY = '/v1/settlement-days/SH/2025-06-23';
const WORKFLOW = 'settlement-day:SH:2025-06-23';

let api: ApiStage;
beforeAll(async () => {
  api = await openApiStage('who_reads', {
    worker: false,
    // Wishes are about the channels of the gateway, beside our own application.
    outside: { messagesUrl: NOBODY },
    env: { WEBHOOK_SECRET: 'a secret of thirty-two letters or more' },
  });
  await api.pool.query(
    `insert into settlement_days values ('SH', '2025-06-23', $1, 'full', true, '2025-06-20', '2025-06-24', '2025-06-25',
       '2025-06-24', '2025-06-24', 1, 'morning', '2025-06-23T00:00:00Z', null)`,
    [WORKFLOW],
  );
});
afterAll(() => api.close());

async function itemsFor(as: string, path: string): Promise<Record<string, any>[]> {
  const { status, body } = await api.call('GET', path, { as });
  expect(status).toBe(200);
  return body.items as Record<string, any>[];
}

describe('the notices of a missed funding ladder', () => {
  beforeAll(async () => {
    for (const side of ['client', 'proprietary'] as const) {
      const ladder = `FUNDING_${side.toUpperCase()}`;
      const { rungs } = await openDeadline({ pool: api.pool })({
        businessKey: `${ladder}:SH:2025-06-23:${side}`,
        ladder,
        limit: { kind: 'LADDER', on: DATE },
        receivedAt: shanghaiInstant(DATE, '00:00'),
        workflowId: WORKFLOW,
        process: 'settlementDay',
        step: ladder,
        subject: `SH:2025-06-23:${side}`,
        side,
        owner: { role: side === 'client' ? 'operations' : 'finance' },
      });
      await recordRungs({ pool: api.pool })({
        workflowId: WORKFLOW,
        ladder,
        subject: `SH:2025-06-23:${side}`,
        rungs: rungs.map((rung) => ({ ...rung, state: 'acted', doneBy: 'system' })),
      });
    }
  });
  const timesTold = async (as: string) =>
    (await itemsFor(as, `${DAY}/notices`))
      .map(({ subject, recipientRole, recipientMark }) => [
        subject.en.slice(4, 9),
        [recipientRole, recipientMark].filter(Boolean).join(' '),
      ])
      .filter(([time = '']) => time > '09:00' && time < '09:50')
      .map((told) => told.join(' '));

  it.each([
    ['ops-client-1', ['09:15 operations approver'], 'one of the role reads what asks for an approver'],
    [
      'ops-client-deputy',
      ['09:15 operations approver', '09:30 operations deputy'],
      'the deputy: what the role is told and the own',
    ],
    [
      'ops-client-head',
      ['09:15 operations approver', '09:45 operations head'],
      'the head: what the role is told and the own',
    ],
    ['fin-prop-deputy', ['09:15 finance approver', '09:30 finance deputy'], 'another department: its own'],
    ['compliance-2', expect.arrayContaining(['09:45 operations head', '09:45 finance head']), 'a watcher: all'],
  ])('%s reads %j: %s', async (as, told) => {
    expect(await timesTold(as)).toEqual(told);
  });

  it('tells 10:00 itself, the money not in, to operations, finance and compliance, of each side', async () => {
    const told = await itemsFor('compliance-2', `${DAY}/notices?severity=critical`);
    const roles = told
      .filter(({ subject }) => subject.en.slice(4, 9) === '10:00')
      .map(({ recipientRole }) => recipientRole as string)
      .sort();
    const three = ['compliance', 'finance', 'operations'];
    expect(roles).toEqual(three.flatMap((role) => [role, role]));
  });

  it('tells the role without a mark too', async () => {
    await queueNotice(api.pool, {
      key: 'plain',
      workflowId: WORKFLOW,
      severity: 'info',
      recipientRole: 'operations',
      template: 'DAY_CLOSED',
      facts: { date: '2025-06-23' },
    });
    for (const as of ['ops-client-1', 'ops-client-deputy', 'ops-client-head']) {
      expect((await itemsFor(as, `${DAY}/notices?severity=info`)).map(({ subject }) => subject.en)).toEqual([
        'Settlement day 2025-06-23 is closed',
      ]);
    }
    expect(await itemsFor('fin-prop-head', `${DAY}/notices?severity=info`)).toEqual([]);
  });

  it('refuses an audience that nobody is', async () => {
    const rung = {
      rung: 9,
      dueAt: '2025-06-23T01:00:00Z',
      audience: 'operations deputee',
      severity: 'info',
      actionZh: '一',
      actionEn: 'x',
      state: 'acted',
      doneBy: 'system',
    } as const;
    const record = recordRungs({ pool: api.pool })({ workflowId: WORKFLOW, ladder: 'X', subject: 'x', rungs: [rung] });
    await expect(record).rejects.toThrow(RangeError);
  });

  it.each([
    ['ops-client-1', ['client', 'files']],
    ['fin-prop-1', ['files', 'proprietary']],
    ['prop-1', ['files', 'proprietary']],
    ['supervisor-1', ['client', 'files', 'proprietary']],
    ['audit-1', ['client', 'files', 'proprietary']],
  ])('%s reads the rungs of %j', async (as, subjects) => {
    await recordRungs({ pool: api.pool })({
      workflowId: WORKFLOW,
      ladder: 'FILES',
      subject: 'SH:2025-06-23',
      rungs: [
        {
          rung: 1,
          dueAt: '2025-06-23T12:00:00Z',
          audience: 'operations',
          severity: 'critical',
          actionZh: '缺失',
          actionEn: 'missing',
          state: 'met',
          doneBy: 'system',
        },
      ],
    });
    const { body } = await api.call('GET', DAY, { as });
    const seen = (body.ladder as { subject: string }[]).map(({ subject }) => subject.split(':')[2] ?? 'files');
    expect([...new Set(seen)].sort()).toEqual(subjects);
  });
});

describe('messages', () => {
  const told = (key: string, to: object, more: object = {}) =>
    queueNotice(api.pool, {
      key,
      severity: 'info',
      template: 'OVERDRAFT',
      facts: { date: '2025-06-23' },
      ...to,
      ...more,
    });
  beforeAll(async () => {
    for (const [account, side, branch] of [
      ['6100000001', 'client', '1001'],
      ['6100000002', 'client', '1002'],
      ['7100000001', 'proprietary', '0000'],
    ] as const)
      await told(`to ${account}`, { recipientRef: `fund-account:${account}` }, { side, branch });
    await told('to a client whose side nobody told', { recipientRef: 'fund-account:6100000003' });
    await told('of the own side', { recipientRole: 'operations' }, { side: 'proprietary', template: 'DAY_CLOSED' });
  });
  it.each([
    ['ops-client-1', 0],
    ['ops-prop-1', 1],
    ['fin-prop-1', 0],
    ['supervisor-1', 1],
  ])('%s reads what operations was told of the own side: %d', async (as, count) => {
    const lines = await itemsFor(as, '/v1/messages?recipientRole=operations&purpose=staff-notice');
    expect(lines.filter(({ side }) => side === 'proprietary')).toHaveLength(count);
  });
  it.each([
    ['branch-1001', ['6100000001'], 'clients of the own branch'],
    ['branch-1002', ['6100000002'], 'clients of the own branch'],
    ['service-1', ['6100000001', '6100000002'], 'clients, and not the own account'],
    ['ops-client-1', ['6100000001', '6100000002'], 'the own side'],
    ['ops-prop-1', ['7100000001'], 'the own side'],
    ['fin-prop-1', [], 'whoever serves no clients'],
    ['admin-1', [], 'whoever serves no clients'],
    ['audit-1', ['6100000001', '6100000002', '6100000003', '7100000001'], 'whoever reads both sides'],
  ])('%s reads those to %j: %s', async (as, accounts) => {
    const lines = await itemsFor(as, '/v1/messages?purpose=client-notice');
    expect(lines.map(({ recipientRef }) => recipientRef.slice('fund-account:'.length)).sort()).toEqual(accounts);
  });

  it('are filtered by case, addressee, state and time, page by page', async () => {
    const keys = async (query: string) => (await itemsFor('audit-1', `/v1/messages?${query}`)).length;
    expect(await keys('recipientRef=fund-account:6100000001')).toBe(1);
    expect(await keys('recipientRef=fund-account:6100000001&state=sent')).toBe(0);
    expect(await keys('recipientRole=compliance&from=2025-06-23T00:06:00Z')).toBe(0);
    expect(await keys('purpose=client-notice&channel=sms')).toBe(0);
    // About one case, from the process of another.
    await api.pool.query(
      `insert into outbox (other_key, recipient_role, workflow_id, other_case, kind, severity, other_purpose, template, template_version, facts_told, state, sent_at, due_at)
       select 'about another', recipient_role, 'callback:other', 'overdraft:other', kind, severity, purpose, template, template_version, facts, 'sent', business_now(), null
         from outbox where message_key = 'of the own side'`,
    );
    expect([await keys('process=callback:other'), await keys('process=overdraft:other')]).toEqual([1, 1]);
    const ofDay = await itemsFor('audit-1', `/v1/messages?process=${WORKFLOW}&limit=200`);
    expect(ofDay.length).toBeGreaterThan(3);
    expect(new Set(ofDay.map(({ caseKey }) => caseKey))).toEqual(new Set([WORKFLOW]));
    const paged: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const path = `/v1/messages?process=${WORKFLOW}&limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const { body } = await api.call('GET', path, { as: 'audit-1' });
      paged.push(...(body.items as { messageId: string }[]).map(({ messageId }) => messageId));
      cursor = body.next as string | null;
    }
    expect(paged).toEqual(ofDay.map(({ messageId }) => messageId));
  });

  it('show their text and addresses singly, for a reason that is audited', async () => {
    await api.pool.query(`insert into contact_addresses values ('fund-account:6100000001', 'phone', '13900000001')`);
    const [line] = await itemsFor('service-1', '/v1/messages?recipientRef=fund-account:6100000001');
    const path = `/v1/messages/${line?.['messageId']}`;
    const proof = await api.call('GET', path, { as: 'service-1' });
    expect(proof.body).toMatchObject({ template: 'OVERDRAFT', templateVersion: 1, state: 'queued', attempts: [] });
    expect(JSON.stringify([line, proof.body])).not.toMatch(/13900000001|透支/);
    const content = (said: object) => api.call('POST', `${path}/content`, { as: 'service-1', body: said });
    expect((await content({})).body.code).toBe('INPUT_INVALID');
    const { body } = await content({ reason: 'client asked on the phone' });
    expect(body).toMatchObject({ addresses: [{ kind: 'phone', address: '13900000001' }] });
    expect(body.text.zh).toContain('透支');
    const { rows } = await api.pool.query(
      `select actor, role, reason, after from audit where action = 'read personal data' and object_type = 'message'`,
    );
    expect(rows).toEqual([
      {
        actor: 'service-1',
        role: 'service',
        reason: 'client asked on the phone',
        after: { columns: ['subject', 'text', 'address'] },
      },
    ]);
  });
});

describe('messages to complainants', () => {
  const numbers: string[] = [];
  const of = (lines: readonly Record<string, any>[]) => lines.map(({ recipientRef }) => recipientRef as string).sort();
  beforeAll(async () => {
    await seedClients(api.pool, 3);
    for (const [branch, by, complainant] of [
      ['1001', 'branch-1001', { clientNo: 'C00000001' }],
      ['1002', 'service-1', { name: '王某某', contact: '13900000002' }],
    ] as const) {
      const { complaintNo } = await receiveComplaint(api.pool, {
        ...{
          key: `complaint of ${branch}`,
          channel: 'branch',
          product: 'southbound',
          category: 'service',
          facts: 'waited',
        },
        ...{ branch, by, role: by === 'service-1' ? 'service' : 'branch', complainant },
      });
      numbers.push(complaintNo);
    }
  });
  // What waits for a branch is counted further down.
  afterAll(() => Promise.all(numbers.map((no) => registered(api.pool, no))));
  const LIST = '/v1/messages?purpose=client-notice&limit=200';
  const toComplainants = async (as: string, query = '') =>
    (await itemsFor(as, `${LIST}${query}`)).filter(({ template }) => template === 'COMPLAINT_RECEIVED');

  it.each([
    ['branch-1001', [0], 'complaints of the own branch'],
    ['branch-1002', [1], 'complaints of the own branch'],
    ['service-1', [0, 1], 'complaints of clients'],
    ['ops-client-1', [0, 1], 'complaints of clients'],
    ['branch-risk-1001', [], 'no complaints'],
    ['ops-prop-1', [], 'no complaints'],
    ['audit-1', [0, 1], 'all'],
  ])('%s sees those of %j, by number and never by client: %s', async (as, seen) => {
    const lines = await toComplainants(as);
    expect(of(lines)).toEqual(seen.map((place) => numbers[place]));
    expect(JSON.stringify(lines)).not.toMatch(/C0000000|王某某|13900000002/);
    // Nor does whoever asks by a client learn who has complained.
    expect(await toComplainants(as, '&recipientRef=C00000001')).toEqual([]);
    expect(of(await toComplainants(as, `&recipientRef=${numbers[0]}`))).toEqual(seen.includes(0) ? [numbers[0]] : []);
  });

  it('show text and addresses to those who handle it and to whoever telephones, and to nobody who is kept out', async () => {
    const [line] = await toComplainants('audit-1', `&recipientRef=${numbers[0]}`);
    const messageId = String(line?.['messageId']);
    const read = async (as: string) => {
      const { status, body } = await api.call('POST', `/v1/messages/${messageId}/content`, {
        ...{ as, body: { reason: 'to be told again' } },
      });
      return [status, body.code];
    };
    // Of the one who is no client, too: that is where it is said how to be reached.
    const [other] = await toComplainants('audit-1', `&recipientRef=${numbers[1]}`);
    const otherContent = `/v1/messages/${other?.['messageId']}/content`;
    const { body: given } = await api.call('POST', otherContent, { as: 'service-1', body: { reason: 'to call' } });
    expect(given.addresses).toEqual([{ kind: 'as given', address: '13900000002' }]);
    const later = { as: 'service-1', body: { telephone: '010-88888888' } };
    expect((await api.call('POST', `/v1/complaints/${numbers[1]}/particulars`, later)).status).toBe(200);
    const { body: both } = await api.call('POST', otherContent, { as: 'service-1', body: { reason: 'to call' } });
    expect(both.addresses).toEqual([...given.addresses, { kind: 'phone', address: '010-88888888' }]);
    expect(await read('branch-1001')).toEqual([200, undefined]); // Received it, and it is not registered yet.
    for (const as of ['service-2', 'audit-1'])
      expect([as, ...(await read(as))]).toEqual([as, 403, 'PARTICULARS_CONFIDENTIAL']);
    await openedTask(api.pool, {
      ...{ workflowId: `telephone-notice:${messageId}`, businessKey: `telephone-notice:${messageId}`, role: 'service' },
    });
    await api.pool.query(`update tasks set state = 'claimed', claimed_by = 'service-2' where workflow_id = $1`, [
      `telephone-notice:${messageId}`,
    ]);
    expect(await read('service-2')).toEqual([200, undefined]);
    const whom = await api.call('GET', `/v1/complaints/${numbers[0]}/particulars`, { as: 'service-2' });
    expect(whom.body.complainant).toMatchObject({ clientNo: 'C00000001' });
    const script = await readTelephoneScript({ pool: api.pool })({ messageId });
    expect(script).toMatchObject({ recipient: numbers[0], side: 'client', branch: '1001' });
    await inTransaction(api.pool, (sql) =>
      keepOut(sql, { workflowId: `complaint:${numbers[0]}`, person: 'service-2', cause: 'recused', by: 'service-2' }),
    );
    expect(await read('service-2')).toEqual([404, 'NOT_FOUND']);
  });
});

describe('messages within the own application', () => {
  const own = async (as: string, query = '') =>
    (await itemsFor(as, `/v1/me/messages${query}`)).filter(({ caseKey }) => caseKey === 'change:1');
  beforeAll(async () => {
    await queueNotices(
      api.pool,
      {
        workflowId: 'change:1',
        severity: 'info',
        template: 'TERM_IN_FORCE',
        facts: { code: 'X', change: '1', date: '2025-06-23' },
        side: 'client',
      },
      [
        { key: 'in-app role', role: 'operations' },
        { key: 'in-app head', role: 'operations', mark: 'head' },
        { key: 'in-app person', ref: 'person:service-1' },
      ],
    );
    // Nothing is connected here: the app is left, and the messages stand where people read them.
    await deliverUnsentNotices({ pool: api.pool, messages: connectMessages({}) });
  });

  it.each([
    ['ops-client-1', 1, 'the role'],
    ['ops-client-head', 2, 'the role and its head'],
    ['ops-prop-1', 0, 'nothing of the other side'],
    ['service-1', 1, 'oneself'],
    ['supervisor-1', 0, 'nothing of others, though a watcher'],
    ['client-1', 0, 'nothing of the house'],
  ])('%s finds %d: %s', async (as, count) => {
    expect(await own(as)).toHaveLength(count);
  });

  it('is read by each for himself, once and for all; others who may not are told that there is none', async () => {
    const [message] = await own('ops-client-1');
    expect(message).toMatchObject({ readAt: null, shownAt: expect.any(String) });
    const path = `/v1/me/messages/${message?.['messageId']}/reading`;
    const read = await api.call('POST', path, { as: 'ops-client-1' });
    const again = await api.call('POST', path, { as: 'ops-client-1' });
    expect([read.status, again.status]).toEqual([200, 200]);
    expect(again.body).toEqual(read.body);
    expect([await own('ops-client-1', '?unread=true'), (await own('ops-client-1'))[0]?.['readAt']]).toEqual([
      [],
      read.body.readAt,
    ]);
    expect((await own('ops-client-head', '?unread=true')).map(({ messageId }) => messageId)).toContain(
      message?.['messageId'],
    );
    expect((await api.call('POST', path, { as: 'ops-prop-1' })).body.code).toBe('NOT_FOUND');
    const proof = await api.call('GET', `/v1/messages/${message?.['messageId']}`, { as: 'audit-1' });
    expect(proof.body).toMatchObject({
      state: 'delivered',
      provedAt: read.body.readAt,
      receipts: [{ gateway: 'in-app', outcome: 'read', person: 'ops-client-1' }],
    });
  });
});

describe('wishes about messages', () => {
  beforeAll(() =>
    api.pool.query(
      `insert into clients values ('8100000001', 'A900000018', '1001', '21000', 'client', 'natural', 0.0003, 500)`,
    ),
  );
  const own = '/v1/me/message-wishes';
  const set = (as: string, path: string, body: object, etag?: string) =>
    api.call('PUT', path, { as, body, ...(etag === undefined ? {} : { headers: { 'if-match': etag } }) });

  it('one sets the own ones by their tag; who saw others is told to look again', async () => {
    const before = await api.call('GET', own, { as: 'service-1' });
    expect(before.body).toMatchObject({ recipient: 'person:service-1', revision: 0, quietHours: null });
    expect((before.body.purposes as { purpose: string }[]).map(({ purpose }) => purpose)).toEqual([
      'alarm',
      'staff-notice',
      'staff-reminder',
    ]);
    const wanted = {
      switchedOff: [{ purpose: 'staff-notice', channel: 'app' }],
      quietHours: { from: '20:00', until: '09:00' },
    };
    const etag = before.headers.get('etag') ?? '';
    const first = await set('service-1', own, wanted, etag);
    expect([first.status, first.body.revision, first.body.quietHours]).toEqual([200, 1, wanted.quietHours]);
    const channels = (purpose: string) =>
      (first.body.purposes as { purpose: string; channels: { channel: string; wanted: boolean }[] }[])
        .find((one) => one.purpose === purpose)
        ?.channels.filter((one) => !one.wanted)
        .map(({ channel }) => channel);
    expect([channels('staff-notice'), channels('staff-reminder')]).toEqual([['app'], []]);
    // Whose answer was lost asks for what stands.
    const again = await set('service-1', own, wanted, etag);
    expect([again.status, again.body]).toEqual([200, first.body]);
    const stale = await set('service-1', own, { switchedOff: [], quietHours: null }, etag);
    expect([stale.status, stale.body.code]).toEqual([412, 'REVISION_STALE']);
    const back = await set('service-1', own, { switchedOff: [], quietHours: null }, first.headers.get('etag') ?? '');
    expect(back.body.purposes).toEqual(before.body.purposes);
  });

  it('refuses all at once what must arrive', async () => {
    const switchedOff = [
      { purpose: 'alarm', channel: 'app' },
      { purpose: 'staff-notice', channel: 'app' },
      { purpose: 'staff-notice', channel: 'email' },
      { purpose: 'client-notice', channel: 'sms' },
    ];
    const { status, body } = await set('service-1', own, { switchedOff, quietHours: null });
    expect([
      status,
      (body.errors as { code: string; field: string }[]).map(({ code, field }) => [code, field]),
    ]).toEqual([422, [0, 2, 3].map((place) => ['MESSAGE_WISH_REFUSED', `switchedOff/${place}`])]);
  });

  it('operations of the side enters those of a client, for a reason that is audited with before and after', async () => {
    const path = '/v1/clients/8100000001/message-wishes';
    const body = { switchedOff: [{ purpose: 'client-reminder', channel: 'app' }], quietHours: null };
    const asked = { ...body, reason: 'client asked at the counter' };
    expect((await set('ops-client-1', path, body)).body.code).toBe('INPUT_INVALID');
    expect((await set('branch-1001', path, asked)).body.code).toBe('ROLE_MISSING');
    expect((await set('ops-prop-1', path, asked)).body.code).toBe('NOT_FOUND');
    const done = await set('ops-client-1', path, asked);
    expect([done.status, done.body.code]).toEqual([200, undefined]);
    const read = (as: string) => api.call('GET', path, { as });
    expect((await read('branch-1001')).body.revision).toBe(1);
    expect((await read('branch-1002')).body.code).toBe('NOT_FOUND');
    const statutory = { ...asked, switchedOff: [{ purpose: 'client-notice', channel: 'app' }] };
    expect((await set('ops-client-1', path, statutory)).body.code).toBe('MESSAGE_WISH_REFUSED');
    const { rows } = await api.pool.query(
      `select actor, role, reason, before, after from audit
        where action = 'set wishes about messages' and object_id = 'fund-account:8100000001'`,
    );
    expect(rows).toEqual([
      {
        actor: 'ops-client-1',
        role: 'operations',
        reason: 'client asked at the counter',
        before: { quietHours: null, switchedOff: [] },
        after: { quietHours: null, switchedOff: ['client-reminder app'] },
      },
    ]);
  });

  it('of several who hold a role each gets what is told to it by the own wishes', async () => {
    // A plan of a house in which mail is not the last channel: the last one always stays.
    await api.pool.query(
      `insert into delivery_steps (purpose, step, channel, wait_minutes, valid_from, source) values ('staff-notice', 4, 'task', null, '2014-11-17', 'test')`,
    );
    const mail = { switchedOff: [{ purpose: 'staff-notice', channel: 'email' }], quietHours: null };
    const { headers } = await api.call('GET', own, { as: 'ops-client-2' });
    expect((await set('ops-client-2', own, mail, headers.get('etag') ?? '')).status).toBe(200);
    const told = {
      recipient_role: 'operations',
      recipient_mark: null,
      recipient_ref: null,
      side: 'client',
      branch: null,
    };
    const { rows } = await api.pool.query<{ address: string }>(
      `select address from contact_addresses where recipient_ref = 'person:ops-client-2' and kind = 'email'`,
    );
    const mailed = (purpose: string) => addressesOf(api.pool, { ...told, purpose } as never, 'email');
    const reminded = await mailed('staff-reminder');
    expect(reminded.length).toBeGreaterThan(1);
    expect(reminded).toContain(rows[0]?.address);
    expect(await mailed('staff-notice')).toEqual(reminded.filter((address) => address !== rows[0]?.address));
  });
});

describe('systems that are told of events', () => {
  it('are registered by technology: the key is shown once, to a repeated request no more, and is kept nowhere', async () => {
    const body = { receiver: 'crm', url: 'http://127.0.0.1:9/hooks', events: ['settlement-day.closed'] };
    const ask = (as: string) => api.call('POST', '/v1/webhook-receivers', { as, body, key: 'register-crm' });
    expect((await ask('ops-client-1')).body.code).toBe('ROLE_MISSING');
    const [first, again] = [await ask('admin-1'), await ask('admin-1')];
    expect([first.status, again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 201, 'true']);
    expect(first.body).toEqual({ receiver: 'crm', keyNo: 1, key: expect.stringMatching(/^whsec_/) });
    expect(again.body).toEqual({ receiver: 'crm', keyNo: 1, key: null });
    // Under another key, where the answer was lost: whoever asks for the same again, and nobody else.
    const anew = async (as: string, more: object = {}) => {
      const { status, body: told } = await api.call('POST', '/v1/webhook-receivers', {
        as,
        body: { ...body, ...more },
      });
      return told.code ?? [status, told.keyNo, told.key];
    };
    const events = ['settlement-day.closed', 'settlement-day.stage'];
    expect([
      await anew('admin-1'),
      await anew('admin-2'),
      await anew('admin-1', { url: `${body.url}/x` }),
      await anew('admin-1', { events }),
    ]).toEqual([[201, 1, null], ...Array<string>(3).fill('WEBHOOK_RECEIVER_KNOWN')]);
    const rotated = await api.call('POST', '/v1/webhook-receivers/crm/key', { as: 'admin-1' });
    const lines = await itemsFor('audit-1', '/v1/webhook-receivers');
    expect(lines).toMatchObject([{ receiver: 'crm', keyNos: [2, 1], waiting: 0, registeredBy: 'admin-1' }]);
    const { rows } = await api.pool.query<{ kept: string }>(
      `select string_agg(response::text, '') as kept from idempotency where actor = 'admin-1'`,
    );
    for (const { body: issued } of [first, rotated])
      expect(`${rows[0]?.kept} ${JSON.stringify(lines)}`).not.toContain(issued.key.replace('whsec_', ''));
  });
});

describe('notices where the day has no process', () => {
  it('tells a missed start with its day, to operations and to the administrator', async () => {
    const deps = { pool: api.pool, temporal: api.stage.client };
    expect(await checkMissedStarts(deps, 'SH', '2025-06-24T01:00:00.000Z')).toBeGreaterThan(0);
    const path = '/v1/settlement-days/SH/2025-06-24/notices';
    for (const as of ['ops-client-1', 'admin-1']) {
      const subjects = (await itemsFor(as, path)).map(({ subject }) => subject.en);
      expect([as, subjects]).toEqual([as, ['The settlement day 2025-06-24 was not started']]);
    }
    expect(await itemsFor('fin-prop-1', path)).toEqual([]);
    expect((await itemsFor('supervisor-1', path)).map(({ recipientRole }) => recipientRole)).toEqual([
      'operations',
      'admin',
    ]);
  });

  it('tells a date that the calendar does not know', async () => {
    const date = parseBusinessDate('2049-06-23');
    await decideSettlementDay({ pool: api.pool })({ channel: 'SH', businessDate: date } as never);
    const [notice] = await itemsFor('admin-1', `/v1/settlement-days/SH/${date}/notices`);
    expect(notice?.['subject'].en).toBe('The calendar does not know 2049-06-23');
  });

  it('shows the administrator nothing that was sent to others', async () => {
    expect(
      (await itemsFor('admin-1', `${DAY}/notices`)).filter(({ recipientRole }) => recipientRole !== 'admin'),
    ).toEqual([]);
  });
});

describe('findings', () => {
  let fileId: string;
  beforeAll(async () => {
    const sql = (text: string, values: unknown[] = []) => api.pool.query(text, values);
    await sql(`select open_business_date('2025-06-23')`);
    await sql(
      `insert into broker_accounts values ('HKB1', 'SH', 'reserve', 'client'), ('HKZ1', 'SH', 'reserve', 'proprietary')`,
    );
    await sql(
      `insert into clients values ('6000000001', 'A900000001', '1001', '21000', 'client', 'natural', 0.0003, 500),
         ('7000000001', 'Z900000001', '0000', '21000', 'proprietary', 'institution', 0, 0)`,
    );
    const file = await sql(
      `insert into files (channel, business_date, kind, version, name, path, sha256, byte_count, arrived_at)
       values ('SH', '2025-06-23', 'hk_jsmx', 1, 'hk_jsmx01.623', 'x', 'a', 100, '2025-06-23T10:00:00Z') returning file_id`,
    );
    fileId = String(file.rows[0].file_id);
    await sql(
      `insert into file_states (file_id, state_no, state, cause, record_count) values ($1, 1, 'accepted', 'whole', 2)`,
      [fileId],
    );
    for (const [row, reserve, account] of [
      [1, 'HKB1', 'A900000001'],
      [2, 'HKZ1', 'Z900000001'],
    ] as const) {
      await sql(
        `insert into clearing_lines values ('2025-06-23', $1, $2, 'SH', 'H01', '', $3, '2025-06-23', '2025-06-25', '21000', $4, '08001',
           'B', 'o', 't', 100, 533000, 'HKD', 0, 91000, 0, 0, 0, 0, 0, 0, 0, -100, 0)`,
        [fileId, row, reserve, account],
      );
    }
    const found = (
      key: string,
      set: { row?: number; key?: string[]; value?: string; computed?: string; fileId?: string },
    ) =>
      sql(
        `insert into findings (channel, business_date, file_id, file_name, class, outcome, row_no, value, computed, attributes,
           reason_zh, reason_en, amount_fen, finding_key)
         values ('SH', '2025-06-23', $1, 'f', 'X', 'break', $2, $3, $4, $5, '差', 'apart', 1, $6)`,
        [
          set.fileId ?? null,
          set.row ?? null,
          set.value ?? null,
          set.computed ?? null,
          JSON.stringify(set.key === undefined ? {} : { key: set.key }),
          key,
        ],
      );
    await found('line of a client', { fileId, row: 1 });
    await found('own line', { fileId, row: 2 });
    await found('client reserve account', { key: ['HKB1', 'JY'] });
    await found('own reserve account', { key: ['HKZ1', 'JY'] });
    await found('ledger of the client side', { key: ['clearing', 'client', ''] });
    await found('ledger of the own side', { key: ['clearing', 'proprietary', ''] });
    await found('client fund account', { value: '6000000001' });
    await found('own fund account', { value: '7000000001' });
    await found('of no side', { value: '08001' });
    await found('client line booked to an own account', { fileId, row: 1, computed: 'Z900000001' });
  });

  const client = ['line of a client', 'client reserve account', 'ledger of the client side', 'client fund account'];
  const own = ['own line', 'own reserve account', 'ledger of the own side', 'own fund account'];
  const both = ['of no side', 'client line booked to an own account'];
  const everybody = [
    ['ops-client-1', [...client, ...both], 2],
    ['fin-prop-1', [...own, ...both], 2],
    ['supervisor-1', [...client, ...own, ...both], 3],
    ['compliance-1', [...client, ...own, ...both], 3],
    ['audit-1', [...client, ...own, ...both], 3],
  ] as const;

  async function keysOf(ids: readonly string[]): Promise<string[]> {
    const { rows } = await api.pool.query<{ finding_key: string }>(
      'select finding_key from findings where finding_id = any($1)',
      [ids],
    );
    return rows.map(({ finding_key }) => finding_key).sort();
  }

  it.each(everybody)('%s reads those of the own side and of none: %j', async (as, keys, ofFile) => {
    const findings = await itemsFor(as, `${DAY}/findings`);
    expect(await keysOf(findings.map(({ findingId }) => findingId))).toEqual([...keys].sort());
    const breaks = await itemsFor(as, `${DAY}/breaks`);
    expect(await keysOf(breaks.map(({ breakId }) => breakId))).toEqual([...keys].sort());
    const [file] = await itemsFor(as, `${DAY}/files`);
    expect(file?.['findingCount']).toBe(ofFile);
    const { body } = await api.call('GET', `/v1/files/${fileId}`, { as });
    expect([body.findingCount, body.findings.items.length]).toEqual([ofFile, ofFile]);
  });
});

describe('people of a branch', () => {
  const BRANCHES = ['1001', '1002'] as const;
  const taskIn = new Map<string, string>();
  beforeAll(async () => {
    await api.pool.query(
      `insert into clients values ('8000000001', 'A900000008', '1001', '21000', 'client', 'natural', 0.0003, 500),
         ('8000000002', 'A900000009', '1002', '21000', 'client', 'natural', 0.0003, 500)`,
    );
    for (const branch of BRANCHES) {
      const of = { role: 'branch', side: 'client', branch, titleEn: `of branch ${branch}`, workflowId: 'branch' };
      taskIn.set(branch, await openedTask(api.pool, of));
      await inTransaction(api.pool, (sql) =>
        givePromise(sql, {
          businessKey: `branch:${branch}`,
          workflowId: 'branch',
          process: 'branch',
          step: 'answer',
          subject: `branch-${branch}`,
          side: 'client',
          branch,
          owner: { role: 'branch' },
          ladder: 'PROMISE',
          limit: { kind: 'CALENDAR_DAYS', n: 3 },
          receivedAt: '2025-06-23T00:00:00.000Z',
        }),
      );
      const person = `branch-${branch}`;
      await api.pool.query(
        `insert into role_grants (person, role, branch, valid_from, reason, state, requested_by)
         values ($1, 'branch', $2, '2030-01-01', 'x', 'requested', $1 || '-head')`,
        [person, branch],
      );
      await api.pool.query(
        `insert into delegations (principal, delegate, role, first_day, last_day, reason, made_by, state)
         values ($1 || '-head', $1, 'branch', '2025-06-23', '2025-06-24', 'x', $1 || '-head', 'given')`,
        [person],
      );
    }
  });

  const lists: readonly (readonly [path: string, of: (item: Record<string, any>) => string])[] = [
    ['/v1/tasks', (item) => item['branch']],
    ['/v1/tasks?branch=1002', (item) => item['branch']],
    ['/v1/tasks?text=of+branch', (item) => item['branch']],
    ['/v1/deadlines', (item) => item['branch']],
    ['/v1/deadlines?process=branch', (item) => item['branch']],
    ['/v1/role-grants', (item) => item['branch']],
    ['/v1/role-grants?person=branch-1002', (item) => item['branch']],
    ['/v1/delegations', (item) => item['delegate'].replace('branch-', '')],
  ];
  it.each(lists)('%s: each its own', async (path, of) => {
    for (const branch of BRANCHES) {
      const seen = (await itemsFor(`branch-${branch}`, path)).map(of);
      // Whoever asks for another branch gets an empty list, and one's own where one asks for that.
      expect([...new Set(seen)]).toEqual(/1002/.test(path) && branch === '1001' ? [] : [branch]);
    }
  });

  it('counts of the own branch only', async () => {
    for (const branch of BRANCHES) {
      const as = `branch-${branch}`;
      expect((await api.call('GET', '/v1/task-counts', { as })).body.count).toBe(1);
      const other = branch === '1001' ? '1002' : '1001';
      expect((await api.call('GET', `/v1/task-counts?branch=${other}`, { as })).body.count).toBe(0);
    }
  });

  it.each<[what: string, path: () => string, code: string, said: object | null]>([
    ['task', () => `/v1/tasks/${taskIn.get('1001')}`, 'WRONG_BRANCH', null],
    ['events of a task', () => `/v1/tasks/${taskIn.get('1001')}/events`, 'WRONG_BRANCH', null],
    ['client', () => '/v1/clients/8000000001', 'NOT_FOUND', { reason: 'complaint of the client' }],
    ['person', () => '/v1/people/branch-1001', 'ROLE_MISSING', null],
    ['audit', () => '/v1/audit?person=branch-1001', 'ROLE_MISSING', null],
    ['notices of a day', () => `${DAY}/notices`, 'ROLE_MISSING', null],
  ])('reads no %s of another branch', async (what, path, code, said) => {
    const read = (as: string) =>
      said === null ? api.call('GET', path(), { as }) : api.call('POST', path(), { as, body: said });
    expect((await read('branch-1002')).body.code).toBe(code);
    const own = await read('branch-1001');
    expect([what, own.status]).toEqual([what, code === 'ROLE_MISSING' ? 403 : 200]);
  });

  it('watchers read of every branch', async () => {
    const seen = (await itemsFor('compliance-1', '/v1/tasks?scope=all&role=branch')).map(({ branch }) => branch);
    expect(seen.sort()).toEqual([...BRANCHES]);
  });
});

describe('a refused attempt is in the audit, with who, in which role, and why', () => {
  const task = (more: object) => openedTask(api.pool, { workflowId: 'refused', ...more });
  it.each([
    ['role', 'service-1', 'claim', {}, 'ROLE_MISSING'],
    ['side', 'ops-prop-1', 'claim', {}, 'WRONG_SIDE'],
    ['branch', 'branch-1002', 'claim', { role: 'branch', side: 'client', branch: '1001' }, 'WRONG_BRANCH'],
    ['four eyes', 'ops-client-1', 'claim', { madeBy: 'ops-client-1' }, 'SAME_PERSON'],
  ])('%s', async (_, as, act, more, code) => {
    const taskId = await task(more);
    const { status, body } = await api.call('POST', `/v1/tasks/${taskId}/${act}`, { as, body: {} });
    expect([status, body.code]).toEqual([403, code]);
    expect(await attempts(String(body.instance))).toMatchObject([
      { actor: as, action: 'claimTask', object_id: taskId, reason: expect.stringContaining(code) },
    ]);
  });

  it('conflict of roles', async () => {
    const { status, body } = await api.call('POST', '/v1/role-grants', {
      as: 'ops-client-head',
      body: { person: 'ops-client-1', role: 'admin', validFrom: '2025-06-23', reason: 'to help technology out' },
    });
    expect([status < 500, body.code]).toEqual([true, 'ROLES_OPERATIONS_AND_TECHNOLOGY']);
    expect(await attempts(String(body.instance))).toMatchObject([
      { actor: 'ops-client-head', action: 'requestRoleGrant', reason: expect.stringContaining('ROLES_OPERATIONS') },
    ]);
  });

  async function attempts(instance: string): Promise<readonly Record<string, unknown>[]> {
    const { rows } = await api.pool.query(
      `select actor, role, action, object_id, reason from audit where outcome = 'refused' and request_id = $1`,
      [instance.replace('urn:request:', '')],
    );
    return rows;
  }
});
