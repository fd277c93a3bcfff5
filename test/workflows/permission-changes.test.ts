/** What becomes of an open permission, as stories on the moved clock: suspended by a callback and by hand, resumed, another commission. */
import { randomUUID } from 'node:crypto';
import { askPermissionChange } from '../../activities/intake/permissions/change-permission';
import { closeDay } from '../../activities/settlement/close-day';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { openClosing } from '../../activities/intake/permissions/open-closing';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import type { AskedChange } from '../../activities/permissions/ask-change';
import { checkClosing } from '../../activities/permissions/follow-closing';
import { httpCounter } from '../../adapters/counter/http-counter';
import { openOpeningStage, type OpeningStage } from './opening-stage';

let stage: OpeningStage;
beforeAll(async () => {
  stage = await openOpeningStage('permission_changes');
});
afterAll(() => stage.close());

const OPERATIONS = { person: 'ops-client-1', role: 'operations' };
const SECOND = { person: 'ops-client-2', role: 'operations' };
const BROKERAGE = { person: 'brokerage-1', role: 'brokerage' };
const APPROVED = { decision: 'approve', reason: 'looked at the callback' };
const rows = async (query: string, ...values: unknown[]) => (await stage.pool.query(query, values)).rows as object[];

/** An open permission: request and client. */
async function opened(called: object = {}): Promise<{ readonly requestNo: string; readonly clientNo: string }> {
  const clientNo = stage.client.nextRegular();
  const requestNo = await stage.goThrough(clientNo);
  await stage.callBack(requestNo, called);
  expect(await stage.handle(requestNo).result()).toBe('done');
  return { requestNo, clientNo };
}

async function ask(clientNo: string, kind: AskedChange['kind'], more: Partial<AskedChange> = {}) {
  const { requestNo } = await askPermissionChange(stage.pool, {
    ...{ key: randomUUID(), kind, clientNo, permission: 'HKSC', reason: 'asked for by the risk monitor' },
    ...{ by: OPERATIONS.person, role: 'operations', ...more },
  });
  await stage.settled();
  const id = {
    suspension: 'permission-suspension',
    lifting: 'permission-lifting',
    'commission change': 'commission-change',
  };
  return { requestNo, process: stage.process(`${id[kind]}:HKSC:${requestNo}`) };
}

const instructions = async (requestNo: string, list: 'permissions' | 'commissions') => {
  const { body } = await stage.counter.get(`/${list}`);
  return (body[list] as Record<string, string>[]).filter(({ instructionKey }) => instructionKey?.includes(requestNo));
};
const suspensionOf = (openedBy: string) =>
  rows('select request_no, lifted_at is not null as lifted from permission_suspensions where opened_by = $1', openedBy);
const noticesOf = (clientNo: string, template: string) =>
  rows('select message_key from outbox where template = $1 and recipient_ref = $2', template, clientNo);

test('a doubtful callback asks for the suspension: approved by a second person, told to the counter, the client is told', async () => {
  const { requestNo, clientNo } = await opened({ answers: { 'accepts-risk': 'did-not-know' } });
  const { row, followUps, suspension } = await stage.callbackOf(requestNo);
  expect([row.outcome, followUps.map(({ followUp }) => followUp)]).toEqual(['doubtful', ['suitability-review']]);
  const process = stage.process(`permission-suspension:HKSC:${suspension ?? ''}`);
  expect(await stage.untilStands(process, 'waiting for approval')).toMatchObject({ waitsFor: 'operations' });
  expect(await suspensionOf(requestNo)).toEqual([]);
  const { facts } = await stage.complete(process, OPERATIONS, APPROVED);
  expect(facts).toMatchObject({ cause: 'callback', callback: row.callbackNo });
  expect(await process.result()).toBe('done');
  // Buying only; selling stays possible.
  expect(
    (await instructions(suspension ?? '', 'permissions')).map(({ permission, state }) => [permission, state]),
  ).toEqual([['southbound-purchase', 'blocked']]);
  expect(await suspensionOf(requestNo)).toEqual([{ request_no: suspension, lifted: false }]);
  expect(await noticesOf(clientNo, 'BUYING_SUSPENDED')).toHaveLength(1);
  expect(await rows('select kind from archive_entries where workflow_id = $1', process.workflowId)).toEqual([
    { kind: 'decision' },
  ]);
  await stage.record(process.workflowId, 'permission-suspended');
  await stage.complete(
    stage.process(row.workflowId),
    { person: 'compliance-1', role: 'compliance' },
    { finding: 'the risks were explained again' },
  );
  expect(await stage.process(row.workflowId).result()).toBe('doubtful');
  await stage.record(row.workflowId, 'callback-suspends');
});

test('by hand: whoever asks does not approve; a lost answer of the counter is asked for, and nothing is told twice; then it is lifted', async () => {
  const { requestNo: openedBy, clientNo } = await opened();
  const [first, second] = [await ask(clientNo, 'suspension'), await ask(clientNo, 'suspension')];
  expect(second.requestNo).toBe(first.requestNo);
  const own = await stage.complete(first.process, OPERATIONS, APPROVED).catch((error: Error) => error);
  expect(String((own as Error & { cause?: { type?: string } }).cause?.type)).toBe('SAME_PERSON');
  await stage.fault({ kind: 'twice' });
  await stage.complete(first.process, SECOND, APPROVED);
  expect(await first.process.result()).toBe('done');
  await stage.fault({ kind: 'none' });
  expect(stage.sent.filter((key) => key.includes(first.requestNo))).toHaveLength(1);
  await expect(ask(clientNo, 'suspension')).rejects.toMatchObject({ code: 'BUYING_SUSPENDED_ALREADY' });

  const lifting = await ask(clientNo, 'lifting');
  await stage.fault({ kind: 'refuse' });
  await stage.complete(lifting.process, SECOND, APPROVED);
  await stage.fault({ kind: 'none' });
  const again = { decision: 'try again', reason: 'mended at the counter' };
  expect(await stage.complete(lifting.process, OPERATIONS, again)).toMatchObject({ kind: 'counter-refused-change' });
  expect(await lifting.process.result()).toBe('done');
  expect(
    (await instructions(lifting.requestNo, 'permissions')).map(({ permission, state }) => [permission, state]),
  ).toEqual([['southbound-purchase', 'granted']]);
  expect(await suspensionOf(openedBy)).toEqual([{ request_no: first.requestNo, lifted: true }]);
  expect(await noticesOf(clientNo, 'BUYING_RESUMED')).toHaveLength(1);
  await expect(ask(clientNo, 'lifting')).rejects.toMatchObject({ code: 'BUYING_NOT_SUSPENDED' });
  // Why it was asked for is typed by a person, and stands in no history.
  expect(JSON.stringify(await lifting.process.fetchHistory())).not.toContain('risk monitor');
  await stage.record(lifting.process.workflowId, 'permission-lifted');
});

test('closed beside changes: it waits for one at the counter; what is approved afterwards is refused, and the counter hears nothing of it', async () => {
  // Not called back yet.
  const clientNo = stage.client.nextRegular();
  const openedBy = await stage.goThrough(clientNo);
  const commission = { rate: '0.00015', effectiveOn: '2025-06-27' };
  const charged = await ask(clientNo, 'commission change', { by: 'branch-1001', role: 'branch', commission });
  const suspension = await ask(clientNo, 'suspension');
  await stage.fault({ kind: 'refuse' });
  await stage.complete(suspension.process, SECOND, APPROVED);
  await stage.fault({ kind: 'none' });
  const { requestNo } = await openClosing(stage.pool, {
    ...{
      key: randomUUID(),
      clientNo,
      permission: 'HKSC',
      by: 'branch-1001',
      role: 'branch',
      branches: null,
      waits: true,
    },
  });
  // As its papers, once looked at, leave it; its process is not started yet.
  await stage.pool.query(
    `insert into permission_steps (request_no, step, act, outcome, codes, detail, by)
     values ($1, 'documents', 'look at documents', 'done', '{}', '{"complete": true, "kinds": []}', 'system')`,
    [requestNo],
  );
  await stage.pool.query(`update permission_requests set step = 'blockers' where request_no = $1`, [requestNo]);
  const checking = checkClosing({ pool: stage.pool, counter: httpCounter(stage.counter.url()) });
  await expect(checking({ requestNo, nth: 'early' })).rejects.toThrow(`told of change ${suspension.requestNo}`);
  expect(await stage.client.stateOf(requestNo)).toBe('under way: blockers');
  await stage.complete(suspension.process, OPERATIONS, { decision: 'try again', reason: 'mended at the counter' });
  expect(await suspension.process.result()).toBe('done');
  await stage.settled();
  expect(await stage.client.stateOf(requestNo)).toMatch(/^(filing|done): /);
  // Nobody is called about the opening of what is closed, nothing is owed, and the opening ends with its record.
  const { row: called } = await stage.callbackOf(openedBy);
  expect([called.state, called.outcome]).toEqual(['ended', 'withdrawn']);
  expect(await stage.process(called.workflowId).result()).toBe('withdrawn');
  expect(await rows('select state from deadlines where subject = $1', called.callbackNo)).toEqual([
    { state: 'withdrawn' },
  ]);
  expect(await stage.handle(openedBy).result()).toBe('done');
  const late = await stage.complete(charged.process, BROKERAGE, APPROVED).catch((error: Error) => error);
  expect(String((late as Error & { cause?: { type?: string } }).cause?.type)).toBe('PERMISSION_NOT_OPEN');
  await stage.complete(charged.process, BROKERAGE, { decision: 'refuse', reason: 'the permission is closed' });
  expect(await charged.process.result()).toBe('refused');
  expect(await instructions(charged.requestNo, 'commissions')).toEqual([]);

  // Opened again, buying is suspended still, until that is lifted.
  const again = await stage.goThrough(clientNo);
  await stage.callBack(again);
  expect((await instructions(again, 'permissions')).map(({ permission, state }) => [permission, state])).toEqual([
    ['southbound-sale', 'granted'],
  ]);
  expect(await noticesOf(clientNo, 'BUYING_SUSPENDED')).toHaveLength(2);
  await expect(ask(clientNo, 'suspension')).rejects.toMatchObject({ code: 'BUYING_SUSPENDED_ALREADY' });
  const lifting = await ask(clientNo, 'lifting');
  await stage.complete(lifting.process, SECOND, APPROVED);
  expect(await lifting.process.result()).toBe('done');
  expect(await instructions(lifting.requestNo, 'permissions')).toMatchObject([{ permission: 'southbound-purchase' }]);
  await expect(ask(clientNo, 'lifting')).rejects.toMatchObject({ code: 'BUYING_NOT_SUSPENDED' });
});

test('refused: nothing is suspended, the counter hears nothing, and it may be asked for again', async () => {
  const { requestNo: openedBy, clientNo } = await opened();
  const { requestNo, process } = await ask(clientNo, 'suspension');
  await stage.complete(process, SECOND, { decision: 'refuse', reason: 'a mistake of the monitor' });
  expect(await process.result()).toBe('refused');
  expect([await suspensionOf(openedBy), await instructions(requestNo, 'permissions')]).toEqual([[], []]);
  // That it was asked for, why, and who refused it lies in the file of the client.
  expect(await rows('select kind from archive_entries where workflow_id = $1', process.workflowId)).toEqual([
    { kind: 'decision' },
  ]);
  // Asked for by the system, after a review of suitability: it may be asked for again, and a person decides alone, because nobody made it.
  const again = await ask(clientNo, 'suspension', { by: SYSTEM_ACTOR, role: 'system', isReview: true });
  expect(again.requestNo).not.toBe(requestNo);
  await stage.stage.advance(await stage.client.nowOf());
  expect(await suspensionOf(openedBy)).toEqual([]);
  const { facts } = await stage.complete(again.process, OPERATIONS, APPROVED);
  expect(facts).toMatchObject({ cause: 'review' });
  expect(await again.process.result()).toBe('done');
  expect(await suspensionOf(openedBy)).toEqual([{ request_no: again.requestNo, lifted: false }]);
  expect(
    await rows('select made_by, approved_by, cause from permission_changes where request_no = $1', again.requestNo),
  ).toEqual([{ made_by: SYSTEM_ACTOR, approved_by: OPERATIONS.person, cause: 'review' }]);
});

test('another commission: approved by brokerage, told to the counter before its day, a dated row of its own', async () => {
  const { clientNo } = await opened();
  const branch = { by: 'branch-1001', role: 'branch' };
  const commission = { rate: '0.00015', effectiveOn: '2025-06-24' };
  const { requestNo, process } = await ask(clientNo, 'commission change', { ...branch, commission });
  const { facts } = await stage.complete(process, BROKERAGE, APPROVED);
  expect(facts).toMatchObject({ rateAfter: '0.00015000', effectiveOn: '2025-06-24' });
  expect(await process.result()).toBe('done');
  expect(await instructions(requestNo, 'commissions')).toMatchObject([
    { permission: 'HKSC', rate: '0.00015000', effectiveOn: '2025-06-24' },
  ]);
  const dated = await rows(
    `select rate::text, valid_from, valid_to from permission_commissions where client_no = $1 order by valid_from`,
    clientNo,
  );
  const midnight = '2025-06-23T16:00:00.000Z';
  expect(dated).toMatchObject([{ valid_to: midnight }, { rate: '0.00015000', valid_from: midnight, valid_to: null }]);
  expect(await noticesOf(clientNo, 'COMMISSION_CHANGED')).toHaveLength(1);
  await stage.record(process.workflowId, 'commission-changed');
});

/** A settlement day that has nothing left to do is closed. */
async function dayCloses(date: string) {
  const workflowId = `settlement-day:SH:${date}`;
  await stage.pool.query(
    `insert into settlement_days (channel, business_date, workflow_id, day_kind, settlement_day, previous_trading_day, next_trading_day,
                                  trades_settle, fee_settles, risk_settles, calendar_version, stage)
     values ('SH', $1, $2, 'full', true, $1::date - 1, $1::date + 1, $1, $1, $1, 1, 'test')`,
    [date, workflowId],
  );
  await closeDay({ pool: stage.pool })({ channel: 'SH', businessDate: date as BusinessDate, workflowId });
  await stage.settled();
  return stage.process(`permission-follow-up:SH:${date}`);
}

test('after a day was closed commissions are compared with CRM and counter; a difference is a break until it is corrected or left', async () => {
  const { requestNo, clientNo } = await opened();
  // The counter was told the default commission with the opening: 0.0002 and a hundredth of a permille for each by the number of the client.
  const [told] = await instructions(requestNo, 'commissions');
  expect(told).toMatchObject({ permission: 'HKSC', effectiveOn: '2025-06-23' });
  const breaks = () =>
    rows(
      `select code, theirs::text, gone_at is not null as gone, left_by, left_reason from commission_breaks
        where opened_by = $1 order by break_id`,
      requestNo,
    );
  await stage.counter.post('/commission-lines', { clientNo, rate: '0.00019' });
  const monday = await dayCloses('2025-06-23');
  const different = { code: 'CRM_DIFFERENT', theirs: '0.00019000' };
  expect(await breaks()).toEqual([{ ...different, gone: false, left_by: null, left_reason: null }]);
  const corrected = { decision: 'corrected', reason: 'the branch wrote the right rate' };
  // Said to be corrected, and not: the task comes back.
  const { kind, facts } = await stage.complete(monday, BROKERAGE, corrected);
  expect([kind, facts]).toEqual(['commission-breaks', { channel: 'SH', date: '2025-06-23', breaks: 1 }]);
  await stage.counter.post('/commission-lines', { clientNo, rate: told?.['rate'] });
  await stage.complete(monday, BROKERAGE, corrected);
  expect(await monday.result()).toBe('nothing open');
  expect(await breaks()).toEqual([{ ...different, gone: true, left_by: null, left_reason: null }]);
  await stage.record(monday.workflowId, 'permission-follow-up');

  await stage.counter.post('/commission-lines', { clientNo, rate: '0.00019' });
  const tuesday = await dayCloses('2025-06-24');
  await stage.complete(tuesday, BROKERAGE, { decision: 'leave', reason: 'agreed from July on' });
  expect(await tuesday.result()).toBe('left');
  expect((await breaks()).at(-1)).toEqual({
    ...{ ...different, gone: false },
    ...{ left_by: BROKERAGE.person, left_reason: 'agreed from July on' },
  });
  await stage.counter.post('/commission-lines', { clientNo, rate: told?.['rate'] });
});

test('a commission that is approved on its day is too late: the checker is told, and refuses it', async () => {
  const { clientNo } = await opened();
  const commission = { rate: '0.00015', effectiveOn: '2025-06-24' };
  const branch = { by: 'branch-1001', role: 'branch' };
  const { process } = await ask(clientNo, 'commission change', { ...branch, commission });
  await stage.stage.advance('2025-06-23T16:00:00.000Z');
  const late = await stage.complete(process, BROKERAGE, APPROVED).catch((error: Error) => error);
  expect(String((late as Error & { cause?: { type?: string } }).cause?.type)).toBe('COMMISSION_TOO_EARLY');
  await stage.complete(process, BROKERAGE, { decision: 'refuse', reason: 'too late, ask again' });
  expect(await process.result()).toBe('refused');
});

test('a commission that the counter takes on its day begins on the next one: no trade is charged backwards', async () => {
  // It is midnight: whoever opened it is called in the morning.
  const clientNo = stage.client.nextRegular();
  await stage.goThrough(clientNo);
  const commission = { rate: '0.00015', effectiveOn: '2025-06-25' };
  const branch = { by: 'branch-1001', role: 'branch' };
  const { requestNo, process } = await ask(clientNo, 'commission change', { ...branch, commission });
  await stage.fault({ kind: 'refuse' });
  await stage.complete(process, BROKERAGE, APPROVED);
  await stage.stage.advance('2025-06-24T16:00:00.000Z');
  await stage.fault({ kind: 'none' });
  await stage.complete(process, OPERATIONS, { decision: 'try again', reason: 'mended at the counter' });
  expect(await process.result()).toBe('done');
  expect(await instructions(requestNo, 'commissions')).toMatchObject([{ effectiveOn: '2025-06-26' }]);
  const dated = `select valid_from, valid_to from permission_commissions where client_no = $1 order by valid_from desc limit 1`;
  expect(await rows(dated, clientNo)).toEqual([{ valid_from: '2025-06-25T16:00:00.000Z', valid_to: null }]);
  const told = `select facts ->> 'date' as date from outbox where template = 'COMMISSION_CHANGED' and recipient_ref = $1`;
  expect(await rows(told, clientNo)).toEqual([{ date: '2025-06-26' }]);
});
