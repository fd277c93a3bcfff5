/** Closings and openings by institutions as stories on the moved clock: paper, a second person, the counter, the days of settlement. */
import { randomUUID } from 'node:crypto';
import { changeDeadline } from '../../activities/deadlines/change-deadline';
import { lockToCompute } from '../../activities/deadlines/deadline-row';
import { askRetentionChange } from '../../activities/intake/ask-retention-change';
import { filePaper } from '../../activities/intake/permissions/file-paper';
import { handOverPapers } from '../../activities/intake/permissions/hand-over-papers';
import { openArchive } from '../../activities/archive/open-archive';
import { inTransaction } from '../../activities/database/transaction';
import { openClosing } from '../../activities/intake/permissions/open-closing';
import { returnScan } from '../../activities/intake/permissions/return-scan';
import { openInstitution } from '../../activities/intake/permissions/open-institution';
import { askSample } from '../../activities/intake/quality/ask-sample';
import { withdrawCounterRequest } from '../../activities/intake/permissions/withdraw-request';
import { closeDay } from '../../activities/settlement/close-day';
import { folderDocuments } from '../../adapters/documents/folder-documents';
import { completeTask, returnTask } from '../../workflows/messages/tasks';
import { clientOf } from '../activities/permissions/stage';
import { conditionOf } from '../../activities/clients/sample-clients';
import { asOwner, knownTo } from '../support/as-owner';
import { refusalOf } from '../support/story-stage';
import { openOpeningStage, type OpeningStage } from './opening-stage';
import { formSent, reasonSent } from '../support/typed-texts';

let stage: OpeningStage;
let client: OpeningStage['client'];
beforeAll(async () => {
  stage = await openOpeningStage('permission_counter');
  ({ client } = stage);
});
afterAll(() => stage.close());

interface Counter {
  readonly branch: string;
  readonly enterer: string;
  readonly second: string;
}
const at = (branch: string): Counter => ({ branch, enterer: `branch-${branch}`, second: `branch-risk-${branch}` });
const { branch: BRANCH, enterer: ENTERER, second: SECOND } = at('1001');
const settled = () => stage.settled();
const handle = (requestNo: string, process = 'permission-closing') => stage.process(`${process}:HKSC:${requestNo}`);
const asked = (clientNo: string, { branch, enterer }: Counter = at(BRANCH)) => ({
  key: randomUUID(),
  clientNo,
  permission: 'HKSC',
  by: enterer,
  role: 'branch',
  branches: [branch],
});

/** Clients of the branch who meet every condition: each fourth of the sample is its. */
const natural = Array.from({ length: 37 }, (_, nth) => nth * 4)
  .filter((nth) => conditionOf(nth).name === 'regular')
  .map((nth) => `C${String(nth + 1).padStart(8, '0')}`)
  .values();

/** A client of the branch with an open permission, as an opening left it. */
async function withPermission(): Promise<string> {
  const clientNo = natural.next().value ?? '';
  const requestNo = `P20250620-${clientNo.slice(3)}`;
  await stage.pool.query(
    `insert into permission_requests (request_no, client_no, permission, terms_from, kind, state, step, step_since, workflow_id,
                                      requested_at, lapses_at, ended_at)
     values ($1, $2, 'HKSC', '2014-11-17', 'opening', 'done', 'ended', $3, 'opened:' || $1, $3, $3, $3)`,
    [requestNo, clientNo, '2025-06-20T01:00:00.000Z'],
  );
  await stage.pool.query(`insert into permissions values ($1, $2, 'HKSC', $3, null)`, [
    requestNo,
    clientNo,
    '2025-06-20T01:00:00.000Z',
  ]);
  return clientNo;
}

/** Shares are credited to the client. */
async function credited(clientNo: string): Promise<void> {
  const account = `A${clientNo.slice(1)}`;
  await inTransaction(stage.pool, async (sql) => {
    await sql.query(`select open_business_date('2025-06-24')`);
    await sql.query(
      `insert into clients (fund_account, securities_account, branch, seat, side, kind, commission_rate, commission_minimum_fen)
       values ($1, $2, '1001', '1', 'client', 'natural', 0, 0)`,
      [accountOf(clientNo), account],
    );
    const { rows } = await sql.query<{ batch_id: bigint }>(
      `insert into batches (batch_key, channel, business_date, kind, content_sha256, cause)
       values ('bonus', 'SH', '2025-06-24', 'test', 'x', 'bonus shares') returning batch_id`,
    );
    await sql.query(
      `insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause)
       select '2025-06-24', $1, nth, ledger, $2, '00700', amount, '2025-06-24', 'bonus shares'
         from (values (1, 'client_shares', -7), (2, 'custody', 7)) as legs (nth, ledger, amount)`,
      [rows[0]?.batch_id, account],
    );
  });
}

async function file(
  requestNo: string,
  kind: string,
  paperNo?: string,
  by = ENTERER,
  key = randomUUID(),
): Promise<void> {
  const documents = folderDocuments(stage.config.documents);
  await filePaper(
    { pool: stage.pool, documents },
    {
      requestNo,
      key,
      by,
      role: 'branch',
      channel: 'branch',
      kind,
      ...(paperNo === undefined ? {} : { paperNo }),
      ...(kind === 'disclosure recording'
        ? { mediaType: 'audio/wav', content: Buffer.from('RIFF\0\0\0\0WAVEfmt ') }
        : { mediaType: 'application/pdf', content: Buffer.from(`%PDF-1.7 ${kind} of ${requestNo}`) }),
    },
  );
}

/** The open task of a process, with what it asks. */
async function openTask(workflowId: string): Promise<OpenTask> {
  await settled();
  const { rows } = await stage.pool.query<OpenTask>(
    `select task_id::text as "taskId", kind, role, jsonb_path_query_array(facts, '$.documents[*].kind') as documents
       from tasks where workflow_id = $1 and state = 'open'`,
    [workflowId],
  );
  return rows[0] ?? { taskId: 'none', kind: 'none', role: 'none', documents: [] };
}
interface OpenTask {
  readonly taskId: string;
  readonly kind: string;
  readonly role: string;
  readonly documents: readonly string[];
}

async function decide(workflowId: string, person: string, form: Readonly<Record<string, unknown>>): Promise<string> {
  const { taskId, role, kind } = await openTask(workflowId);
  const sent = { taskId, revision: 1, actor: { person, role }, requestId: 'test', at: await client.nowOf() };
  await stage.process(workflowId).executeUpdate(completeTask, {
    args: [{ ...sent, form: await formSent(stage.pool, taskId, form) }],
    updateId: randomUUID(),
  });
  await settled();
  return kind;
}
const approve = (workflowId: string, person: string) =>
  decide(workflowId, person, { decision: 'approve', reason: '核对无误 as the papers say' });

async function sendBack(workflowId: string, person: string, reason: string): Promise<void> {
  const { taskId, role } = await openTask(workflowId);
  const sent = { taskId, revision: 1, actor: { person, role }, requestId: 'test', at: await client.nowOf() };
  const typed = await reasonSent(stage.pool, taskId, reason);
  await stage
    .process(workflowId)
    .executeUpdate(returnTask, { args: [{ ...sent, reason: typed }], updateId: randomUUID() });
  await settled();
}

/** A settlement day that has nothing left to do is closed. */
async function dayCloses(date: string): Promise<void> {
  await stage.pool.query(
    `insert into settlement_days (channel, business_date, workflow_id, day_kind, settlement_day, previous_trading_day, next_trading_day,
                                  trades_settle, fee_settles, risk_settles, calendar_version, stage)
     values ('SH', $1, $2, 'full', true, $1::date - 1, $1::date + 1, $1, $1, $1, 1, 'test')`,
    [date, `settlement-day:SH:${date}`],
  );
  await closeDay({ pool: stage.pool })({
    channel: 'SH',
    businessDate: date as never,
    workflowId: `settlement-day:SH:${date}`,
  });
  await settled();
}

/** A trading day more for a closing, as its approval gives it. */
async function extendClosing(requestNo: string): Promise<void> {
  await inTransaction(stage.pool, async (sql) => {
    const row = await lockToCompute(sql, `permission-closing:${requestNo}`);
    const longer = { ...row, limitN: row.limitN + 1 };
    await sql.query('update deadlines set limit_n = $2 where deadline_id = $1', [row.deadlineId, longer.limitN]);
    await changeDeadline(sql, longer, { cause: 'extended', by: SECOND });
  });
  await settled();
}

const timeline = async (requestNo: string) => {
  const { rows } = await stage.pool.query<{ line: string }>(
    `select act || ': ' || outcome || case when cardinality(codes) > 0 then ' ' || array_to_string(codes, ',') else '' end as line
       from permission_steps where request_no = $1 order by step_id`,
    [requestNo],
  );
  return rows.map(({ line }) => line);
};
const instructionsOf = async (requestNo: string) => {
  const { body } = await stage.counter.get('/permissions');
  return (body['permissions'] as { instructionKey: string; permission: string; state: string }[])
    .filter(({ instructionKey }) => instructionKey.includes(requestNo))
    .map(({ permission, state }) => `${permission} ${state}`);
};
const accountOf = (clientNo: string) => `9${clientNo.slice(1)}`;
const record = (requestNo: string, process: string, file: string) => stage.record(`${process}:HKSC:${requestNo}`, file);

const tradingKnownTo = (day: string) =>
  asOwner(
    stage.stage.book.ownerUrl,
    `update calendar_versions set known_to = $1 where calendar in ('SSE', 'SZSE', 'SEHK')`,
    [day],
  );

/** The list of working days has ended: the papers are a task without a due date until compliance has the next days entered. */
async function papersAreDated(workflowId: string): Promise<void> {
  const { rows } = await stage.pool.query(
    `select kind, role, due_at from tasks where workflow_id = $1 and state = 'open' order by kind`,
    [workflowId],
  );
  expect(rows).toEqual([
    { kind: 'complete-client-file', role: 'branch', due_at: null },
    { kind: 'extend-calendar', role: 'compliance', due_at: null },
  ]);
  await knownTo(stage.stage.book.ownerUrl, '2026-12-31');
  await stage.complete(
    stage.process(workflowId),
    { person: 'compliance-1', role: 'compliance' },
    { entered: true },
    'extend-calendar',
  );
  const { rows: promised } = await stage.pool.query(
    `select state, due_at from deadlines where workflow_id = $1 and step = 'hand over papers'`,
    [workflowId],
  );
  // Five working days after Thursday 26 June, when the desk closes on Thursday 3 July.
  expect(promised).toEqual([{ state: 'running', due_at: '2025-07-03T09:30:00.000Z' }]);
}

describe('closing', () => {
  test('traded today: it waits, is checked when days close, closes, and ends with a complete file', async () => {
    const clientNo = await withPermission();
    await stage.counter.post('/days', { fundAccount: accountOf(clientNo), tradedToday: true, liveOrder: true });
    // Twenty trading days that no calendar knows are promised to nobody: refused by name, and nothing is entered.
    await tradingKnownTo('2025-07-10');
    await expect(openClosing(stage.pool, { ...asked(clientNo), waits: true })).rejects.toMatchObject({
      code: 'CALENDAR_OUT_OF_RANGE',
    });
    await tradingKnownTo('2026-12-31');
    const { requestNo, isNew } = await openClosing(stage.pool, { ...asked(clientNo), waits: true });
    expect(isNew).toBe(true);
    expect(await openClosing(stage.pool, { ...asked(clientNo), waits: true })).toEqual({ requestNo, isNew: false });
    const { workflowId } = handle(requestNo);
    // A scan without the number of its paper could neither be reviewed nor handed over.
    await expect(file(requestNo, 'identity document')).rejects.toMatchObject({ code: 'PAPER_NUMBER_MISSING' });
    await file(requestNo, 'identity document', 'A-1');
    expect((await openTask(workflowId)).kind).toBe('none');
    await file(requestNo, 'closing request', 'A-1');
    expect((await openTask(workflowId)).kind).toBe('review-documents');
    // Whoever entered it does not review it.
    expect(await refusalOf(approve(workflowId, ENTERER))).toBe('SAME_PERSON');
    expect(await approve(workflowId, SECOND)).toBe('review-documents');
    expect(await client.stateOf(requestNo)).toBe('under way: blockers');

    await dayCloses('2025-06-23');
    expect(await client.stateOf(requestNo)).toBe('under way: blockers');
    await stage.counter.post('/days', { fundAccount: accountOf(clientNo), tradedToday: false, liveOrder: false });
    await stage.advance('2025-06-24T10:00:00.000Z');
    expect(await client.stateOf(requestNo)).toBe('under way: blockers');
    await dayCloses('2025-06-24');
    // The trade of Monday settles on Wednesday, whatever the counter says of Tuesday.
    expect(await client.stateOf(requestNo)).toBe('under way: blockers');
    await stage.advance('2025-06-25T10:00:00.000Z');
    // Nothing stands in the way; the counter refuses for a while, and the client orders meanwhile.
    await stage.fault({ kind: 'refuse' });
    await dayCloses('2025-06-25');
    await stage.fault({ kind: 'none' });
    await stage.counter.post('/days', { fundAccount: accountOf(clientNo), tradedToday: false, liveOrder: true });
    expect(await decide(workflowId, 'ops-client-1', { decision: 'try again', reason: 'mended at the counter' })).toBe(
      'counter-refused-closing',
    );
    expect(await client.stateOf(requestNo)).toBe('under way: blockers');
    const isOpen = 'select closed_at from permissions where client_no = $1';
    expect((await stage.pool.query(isOpen, [clientNo])).rows).toEqual([{ closed_at: null }]);
    const [blocked, back] = ['blocked', 'granted'].map((state) => [
      `southbound-purchase ${state}`,
      `southbound-sale ${state}`,
    ]);
    expect(await instructionsOf(requestNo)).toEqual([...blocked!, ...back!]);
    await stage.counter.post('/days', { fundAccount: accountOf(clientNo), tradedToday: false, liveOrder: false });
    await stage.advance('2025-06-26T10:00:00.000Z');
    await knownTo(stage.stage.book.ownerUrl, '2025-06-26');
    await dayCloses('2025-06-26');
    expect(await client.stateOf(requestNo)).toBe('filing: filing');
    await papersAreDated(workflowId);
    expect(await instructionsOf(requestNo)).toEqual([...blocked!, ...back!, ...blocked!]);
    const { rows } = await stage.pool.query(isOpen, [clientNo]);
    expect(rows).toEqual([{ closed_at: '2025-06-26T10:00:00.000Z' }]);

    // Shares that came afterwards ask for no paper: nothing could be filed any more.
    await credited(clientNo);
    await expect(file(requestNo, 'holdings confirmation', 'A-3')).rejects.toMatchObject({
      code: 'PERMISSION_BEING_CLOSED',
    });
    // The papers are not with their custodian yet: said to be filed, and the task comes back.
    await decide(workflowId, ENTERER, { filed: true });
    expect((await openTask(workflowId)).kind).toBe('complete-client-file');
    const receipt = { requestNo, key: randomUUID(), by: ENTERER, role: 'branch', custodian: BRANCH, receiptNo: 'R-1' };
    // To nobody but somebody else, all of them or none; two papers may bear one number.
    await expect(handOverPapers(stage.pool, { ...receipt, receivedBy: ENTERER })).rejects.toMatchObject({
      code: 'SAME_PERSON',
    });
    expect(await handOverPapers(stage.pool, { ...receipt, receivedBy: SECOND })).toEqual({ papers: 2 });
    // The same again is told again.
    expect(await handOverPapers(stage.pool, { ...receipt, receivedBy: SECOND })).toEqual({ papers: 2 });
    await decide(workflowId, ENTERER, { filed: true });
    expect(await handle(requestNo).result()).toBe('done');
    await record(requestNo, 'permission-closing', 'permission-closed');
    expect(await timeline(requestNo)).toEqual([
      'ask for closing: done',
      'file document: done',
      'file document: done',
      'look at documents: done',
      'review documents: done',
      'check closing: failed TRADED_TODAY,LIVE_ORDER_TODAY,TRADE_NOT_DELIVERED',
      'check closing: failed TRADED_TODAY,LIVE_ORDER_TODAY,TRADE_NOT_DELIVERED',
      'check closing: failed TRADE_NOT_DELIVERED',
      'check closing: done',
      'close permission: failed LIVE_ORDER_TODAY',
      'take back closing: done',
      'check closing: failed LIVE_ORDER_TODAY',
      'check closing: done',
      'close permission: done',
      'hand over papers: done',
      'complete file: done',
    ]);
    // Promised were the closing, and the papers to their custodian.
    const { rows: promises } = await stage.pool.query(
      'select step, state from deadlines where subject = $1 order by deadline_id',
      [requestNo],
    );
    expect(promises).toMatchObject([
      { step: 'close', state: 'met' },
      { step: 'hand over papers', state: 'met' },
    ]);
    await expect(openClosing(stage.pool, { ...asked(clientNo), waits: true })).rejects.toMatchObject({
      code: 'PERMISSION_NOT_OPEN',
    });
  });

  test('who does not wait is told the first date, and the request ends; the permission stays open', async () => {
    const clientNo = await withPermission();
    await stage.counter.post('/days', { fundAccount: accountOf(clientNo), tradedToday: false, liveOrder: true });
    const { requestNo } = await openClosing(stage.pool, { ...asked(clientNo), waits: false });
    await file(requestNo, 'identity document', 'B-1');
    await file(requestNo, 'closing request', 'B-2');
    await approve(handle(requestNo).workflowId, SECOND);
    expect(await handle(requestNo).result()).toBe('refused');
    const { rows } = await stage.pool.query(
      `select facts ->> 'date' as date from outbox where template = 'PERMISSION_CLOSING_REFUSED' and workflow_id = $1`,
      [handle(requestNo).workflowId],
    );
    expect(rows).toEqual([{ date: '2025-06-27' }]);
    const { rows: open } = await stage.pool.query('select closed_at from permissions where client_no = $1', [clientNo]);
    expect(open).toEqual([{ closed_at: null }]);
    expect(await instructionsOf(requestNo)).toEqual([]);
    // What was decided lies in the client's file, though nothing was closed.
    const { rows: filed } = await stage.pool.query(
      'select kind from archive_entries where workflow_id = $1 order by 1',
      [handle(requestNo).workflowId],
    );
    expect(filed).toEqual([{ kind: 'closing request' }, { kind: 'decision' }, { kind: 'identity document' }]);
  });

  test('sent back with reasons, withdrawn, asked for again; nothing of it stays in the way', async () => {
    const clientNo = await withPermission();
    const first = await openClosing(stage.pool, { ...asked(clientNo), waits: true });
    const { workflowId } = handle(first.requestNo);
    await file(first.requestNo, 'identity document', 'C-1');
    const key = randomUUID();
    await file(first.requestNo, 'closing request', 'C-2', ENTERER, key);
    // What somebody looks at is not exchanged under their eyes; an answer that was lost is told again all the same.
    expect((await openTask(workflowId)).documents).toEqual(['identity document', 'closing request']);
    await expect(file(first.requestNo, 'closing request', 'C-9')).rejects.toMatchObject({ code: 'STEP_NOT_OPEN' });
    await file(first.requestNo, 'closing request', 'C-2', ENTERER, key);
    // The second person names the scan that cannot be read, and sends the documents back.
    const unread = { requestNo: first.requestNo, by: SECOND, role: 'branch_risk', reason: '签名不清 cannot be read' };
    const { rows: scans } = await stage.pool.query<{ no: number }>(
      'select entry_no as no from archive_entries where workflow_id = $1 order by entry_no',
      [workflowId],
    );
    const returned = { ...unread, entryNo: scans[1]!.no };
    await expect(returnScan(stage.pool, { ...returned, key: randomUUID(), by: ENTERER })).rejects.toMatchObject({
      code: 'SAME_PERSON',
    });
    expect(await returnScan(stage.pool, { ...returned, key: randomUUID() })).toEqual({ kind: 'closing request' });
    await sendBack(workflowId, SECOND, '签名不清 the signature cannot be read');
    expect(await client.stateOf(first.requestNo)).toBe('under way: documents');
    // Another paper filed anew is not enough: what was named is scanned again first.
    await file(first.requestNo, 'identity document', 'C-8');
    await settled();
    expect(await client.stateOf(first.requestNo)).toBe('under way: documents');
    await file(first.requestNo, 'closing request', 'C-3');
    expect((await openTask(workflowId)).kind).toBe('review-documents');
    await withdrawCounterRequest(stage.pool, {
      requestNo: first.requestNo,
      key: randomUUID(),
      by: ENTERER,
      reason: 'the client stays',
    });
    await settled();
    expect(await handle(first.requestNo).result()).toBe('withdrawn');
    expect((await openTask(workflowId)).kind).toBe('none');
    const again = await openClosing(stage.pool, { ...asked(clientNo), waits: true });
    expect([again.isNew, again.requestNo === first.requestNo]).toEqual([true, false]);
    // Twenty trading days after Thursday 26 June 2025, at the end of the day of the desk; 1 July is a holiday in Hong Kong.
    const { rows } = await stage.pool.query('select lapses_at from permission_requests where request_no = $1', [
      again.requestNo,
    ]);
    expect(rows).toEqual([{ lapses_at: '2025-07-25T09:30:00.000Z' }]);
    // With another day of time the request takes papers, and says so, until then.
    await extendClosing(again.requestNo);
    const { rows: moved } = await stage.pool.query('select lapses_at from permission_requests where request_no = $1', [
      again.requestNo,
    ]);
    expect(moved).toEqual([{ lapses_at: '2025-07-28T09:30:00.000Z' }]);
    await stage.advance('2025-07-28T09:29:59.000Z');
    expect(await client.stateOf(again.requestNo)).toBe('under way: documents');
    await stage.advance('2025-07-28T09:30:00.000Z');
    expect(await handle(again.requestNo).result()).toBe('lapsed');
    await record(again.requestNo, 'permission-closing', 'permission-closing-lapsed');
    const { rows: promise } = await stage.pool.query('select state from deadlines where subject = $1', [
      again.requestNo,
    ]);
    expect(promise).toEqual([{ state: 'withdrawn' }]);
  });
});

test('an institution: entered and scanned by one, sent back, looked at by another, opened by operations', async () => {
  // The institution of the sample is of branch 1002.
  const clientNo = clientOf('institution');
  const there = at('1002');
  const { enterer, second } = there;
  const operations = 'ops-client-1';
  const { requestNo } = await openInstitution(stage.pool, asked(clientNo, there));
  const process = handle(requestNo, 'institution-opening');
  const papers = [
    'proof of legal person',
    'authorisation letter',
    'identity document of the agent',
    'sealed agreement',
  ];
  for (const [nth, kind] of papers.entries()) await file(requestNo, kind, `D-${nth}`, enterer);
  expect((await openTask(process.workflowId)).kind).toBe('none');
  // No recording of the risk disclosure, no opening.
  await file(requestNo, 'disclosure recording', undefined, enterer);
  await sendBack(process.workflowId, second, '授权书无印章 no seal on the authorisation');
  await file(requestNo, 'authorisation letter', 'D-9', enterer);
  expect(await approve(process.workflowId, second)).toBe('review-documents');
  expect(await client.stateOf(requestNo)).toBe('under way: operations');
  await expect(file(requestNo, 'sealed agreement', 'D-11', enterer)).rejects.toMatchObject({ code: 'STEP_NOT_OPEN' });
  // Looked at were the newest; the letter without a seal is not said to be legible by anybody.
  const { rows: reviewed } = await stage.pool.query<{ paper_no: string }>(
    'select paper_no from archive_entries join archive_reviews using (entry_id) where workflow_id = $1 order by entry_id',
    [process.workflowId],
  );
  expect(reviewed.map(({ paper_no }) => paper_no)).toEqual(['D-0', 'D-2', 'D-3', 'D-9']);
  await sendBack(process.workflowId, operations, '章程过期 the articles are out of date');
  await file(requestNo, 'proof of legal person', 'D-10', enterer);
  await approve(process.workflowId, second);
  expect(await approve(process.workflowId, operations)).toBe('open-institution-permission');
  expect(await client.stateOf(requestNo)).toBe('filing: filing');
  expect(await instructionsOf(requestNo)).toEqual(['southbound-purchase granted', 'southbound-sale granted']);
  const receipt = {
    requestNo,
    key: randomUUID(),
    by: enterer,
    role: 'branch',
    custodian: there.branch,
    receiptNo: 'R-2',
  };
  expect(await handOverPapers(stage.pool, { ...receipt, receivedBy: second })).toEqual({ papers: 4 });
  await decide(process.workflowId, enterer, { filed: true });
  // Institutions are called back too.
  expect(await client.stateOf(requestNo)).toBe('filing: callback');
  expect((await stage.callBack(requestNo)).row.outcome).toBe('confirmed');
  expect(await process.result()).toBe('done');
  await record(requestNo, 'institution-opening', 'institution-opened');
  const { rows } = await stage.pool.query('select closed_at from permissions where request_no = $1', [requestNo]);
  expect(rows).toEqual([{ closed_at: null }]);
  const { rows: hands } = await stage.pool.query<{ by: string }>(
    `select distinct by from permission_steps where request_no = $1 and act in ('enter institution', 'review documents', 'decide opening') order by by`,
    [requestNo],
  );
  expect(hands.map(({ by }) => by)).toEqual([enterer, second, operations]);
  const history = JSON.stringify(await process.fetchHistory());
  const { rows: names } = await stage.pool.query<{ name: string; document_no: string }>(
    'select name, document_no from client_identities where client_no = $1',
    [clientNo],
  );
  for (const personal of [names[0]!.name, names[0]!.document_no]) expect(history).not.toContain(personal);
});

test('the relationship ends: asked for by the branch once nothing is open, decided by compliance, and twenty years count from then', async () => {
  const clientNo = await withPermission();
  await openArchive(stage.pool, { clientNo, openedOn: '2025-06-20' });
  const change = {
    ...{ key: randomUUID(), clientNo, kind: 'end of relationship' as const, onDay: '2025-06-23' },
    ...{ reason: '销户 account closed', by: ENTERER, role: 'branch', branches: [BRANCH], requestId: 'test' },
  };
  const codeOf = (given: Partial<typeof change>) =>
    askRetentionChange(stage.pool, { ...change, key: randomUUID(), ...given }).then(
      () => 'asked',
      ({ code }: { code: string }) => code,
    );
  expect(await codeOf({})).toBe('RELATIONSHIP_LASTS');
  await stage.pool.query('update permissions set closed_at = business_now() where client_no = $1', [clientNo]);
  expect(await codeOf({ branches: ['1002'] })).toBe('NOT_FOUND');
  const today = (await client.nowOf()).slice(0, 10);
  const tomorrow = new Date(Date.parse(today) + 86_400_000).toISOString().slice(0, 10);
  expect(await codeOf({ onDay: tomorrow })).toBe('RETENTION_DAY_WRONG');
  const { changeId, isNew } = await askRetentionChange(stage.pool, change);
  expect([isNew, await askRetentionChange(stage.pool, change)]).toEqual([true, { changeId, isNew: false }]);
  expect(await codeOf({})).toBe('RETENTION_CHANGE_PENDING');
  const process = stage.process(`retention-change:${changeId}`);
  const keptUntil = async () =>
    (await stage.pool.query<{ until: string }>('select archive_kept_until($1)::text as until', [clientNo])).rows[0]
      ?.until;
  expect((await openTask(process.workflowId)).kind).toBe('approve-retention-change');
  expect(await keptUntil()).toBeNull();
  await approve(process.workflowId, 'compliance-1');
  expect(await process.result()).toBe('approved');
  expect(await keptUntil()).toBe('2045-06-23');
  expect(await codeOf({})).toBe('RELATIONSHIP_ENDED_ALREADY');
  // Why it was asked for is typed by a person, and stands in no history.
  expect(JSON.stringify(await process.fetchHistory())).not.toContain('销户');
  await stage.record(process.workflowId, 'retention-changed');
});

const ITEMS = ['in-person', 'papers', 'second-person', 'disclosure', 'blockers', 'hand-over'];

test('what was done at the counter in a month is examined by sample: audit looks at it by a checklist', async () => {
  // Of June the closing; the institution was opened in July.
  const asked = { kind: 'requests', period: '2025-06', terms: {}, by: 'audit-1', roles: ['audit'] } as const;
  await askSample(stage.pool, asked);
  await settled();
  expect(await stage.process('sample:requests:2025-06').result()).toEqual({ population: 1, size: 1 });
  const { rows } = await stage.pool.query<{ id: string; subject: string }>(
    `select workflow_id as id, subject from inspections where kind = 'requests'`,
  );
  const inspection = rows[0]!;
  expect((await openTask(inspection.id)).kind).toBe('examine-request');
  const answers = Object.fromEntries(ITEMS.map((item) => [item, 'yes']));
  await decide(inspection.id, 'audit-1', { answers, findings: [] });
  expect(await stage.process(inspection.id).result()).toBe('nothing found');
  const { rows: examined } = await stage.pool.query(
    `select r.kind, i.inspected_by from inspections i join permission_requests r on r.request_no = i.subject where i.kind = 'requests'`,
  );
  expect(examined).toEqual([{ kind: 'closing', inspected_by: 'audit-1' }]);
});
