/** Openings as stories on the moved clock: real processes, the counter and the CRM as simulators. */
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { openPromise } from 'yauzl';
import { writeClientPackage } from '../../activities/archive/client-package';
import { fileDocument } from '../../activities/archive/file-document';
import { folderDocuments } from '../../adapters/documents/folder-documents';
import type { Stretch } from '../../domain/permissions/listening';
import { answerQuestionnaire } from '../../activities/intake/answer-questionnaire';
import { dispatchSignals } from '../../activities/intake/dispatch-signals';
import { withdrawRequest } from '../../activities/intake/permissions/withdraw-request';
import { reportListening } from '../../activities/intake/permissions/report-listening';
import { after, clientOf, START } from '../activities/permissions/stage';
import { untilWaiting, whileLocked } from '../support/waiting-for-locks';
import { openOpeningStage, type OpeningStage } from './opening-stage';

let stage: OpeningStage;
let client: OpeningStage['client'];
beforeAll(async () => {
  stage = await openOpeningStage('permission_opening');
  ({ client } = stage);
});
afterAll(() => stage.close());

const settled = () => stage.settled();
const handle = (requestNo: string, permission?: string) => stage.handle(requestNo, permission);
const described = (requestNo: string) => stage.described(handle(requestNo));
const untilStands = (requestNo: string, stageName: string) => stage.untilStands(handle(requestNo), stageName);
const goThrough = (clientNo: string, permission?: string) => stage.goThrough(clientNo, permission);
const complete: OpeningStage['complete'] = (...asked) => stage.complete(...asked);
const record = (requestNo: string, file: string) => stage.record(`permission-opening:HKSC:${requestNo}`, file);

/** The client is called back, and everything is as it should be. */
async function confirmed(requestNo: string): Promise<void> {
  expect(await client.stateOf(requestNo)).toBe('filing: callback');
  expect((await stage.callBack(requestNo)).row.outcome).toBe('confirmed');
}

const instructionsOf = async (requestNo: string) => {
  const { body } = await stage.counter.get('/permissions');
  return (body['permissions'] as { instructionKey: string; permission: string; state: string }[]).filter(
    ({ instructionKey }) => instructionKey.includes(requestNo),
  );
};

/** The audit trail as the package of the client's file holds it. */
async function auditPacked(clientNo: string): Promise<readonly { readonly action: string }[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'southbound-package-'));
  try {
    const at = path.join(folder, 'package.zip');
    const documents = folderDocuments(stage.config.documents);
    await writeClientPackage({ pool: stage.pool, documents }, clientNo, createWriteStream(at));
    const zip = await openPromise(at);
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== 'audit.jsonl') continue;
      const lines = (await text(await zip.openReadStreamPromise(entry))).trim().split('\n');
      return lines.map((line) => JSON.parse(line) as { action: string });
    }
    return [];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('a whole opening: counter, permission, commission, messages, file; the history names nobody', async () => {
  const clientNo = client.nextRegular();
  const requestNo = await goThrough(clientNo);
  await confirmed(requestNo);
  expect(await handle(requestNo).result()).toBe('done');
  expect((await instructionsOf(requestNo)).map(({ permission, state }) => `${permission} ${state}`)).toEqual([
    'southbound-purchase granted',
    'southbound-sale granted',
  ]);
  // The line of the CRM: 0.0002 and 0.00001 for each of the number modulo eleven.
  const step = BigInt(Number(clientNo.slice(-6)) % 11);
  const { rows } = await stage.pool.query(
    `select p.opened_at, p.closed_at, (c.rate * 100000000)::bigint as rate_e8, c.source
       from permissions p join permission_commissions c using (request_no) where p.request_no = $1`,
    [requestNo],
  );
  expect(rows).toEqual([
    { opened_at: after(START, 480), closed_at: null, rate_e8: 20_000n + 1_000n * step, source: 'CRM a-share-online' },
  ]);
  const { rows: filed } = await stage.pool.query<{ kind: string }>(
    'select kind from archive_entries where workflow_id = $1 order by entry_no',
    [`permission-opening:HKSC:${requestNo}`],
  );
  expect(filed.map(({ kind }) => kind)).toEqual([
    'answer sheet',
    'disclosure record',
    'hksc-trading-agreement',
    'hksc-custody-agreement',
    'hksc-risk-disclosure',
    'decision',
    'callback record',
  ]);
  const { rows: told } = await stage.pool.query(
    `select template, recipient_ref, (select client_no from surveys where occasion = 'mobile opening' and subject = $2) as asked
       from outbox where message_key in ($1, 'survey:mobile opening:' || $2) order by template`,
    [`permission-opened:${requestNo}`, requestNo],
  );
  // Opened on the mobile phone: the client is asked whether that was satisfying.
  expect(told).toEqual(
    ['PERMISSION_OPENED', 'SURVEY_ASKED'].map((template) => ({ template, recipient_ref: clientNo, asked: clientNo })),
  );
  await expect(client.open(clientNo)).rejects.toMatchObject({ code: 'PERMISSION_OPEN_ALREADY' });

  // Whoever inspects the file reads in it what was done in every process of the client, not only what was filed (A2 §13-15).
  const acts = await auditPacked(clientNo);
  expect([...new Set(acts.map(({ action }) => action))]).toEqual(
    expect.arrayContaining([
      'ask for permission',
      'enter code',
      'judge eligibility',
      'sign agreements',
      'open permission',
      'ask for callback',
      'record call',
      'complete file',
      'file document',
    ]),
  );

  await record(requestNo, 'permission-opened-called-back');
  const { rows: names } = await stage.pool.query<{ name: string; document_no: string }>(
    'select name, document_no from client_identities where client_no = $1',
    [clientNo],
  );
  const history = JSON.stringify(await handle(requestNo).fetchHistory());
  for (const personal of [names[0]!.name, names[0]!.document_no]) expect(history).not.toContain(personal);
});

test('what is waited for is seen; left on one channel it goes on on another, and lapses at thirty days', async () => {
  const { requestNo } = await client.open(client.nextRegular());
  const began = await client.nowOf();
  await settled();
  expect(await untilStands(requestNo, 'identity')).toMatchObject({ status: 'RUNNING', waitsFor: 'client' });
  await client.identify(requestNo);
  await client.judge(requestNo);
  const opened = await client.nowOf();
  await stage.advance(after(began, 20 * 86_400));
  const stretch = (fromSecond: number, toSecond: number, start: number): Stretch => ({
    fromSecond,
    toSecond,
    startedAt: after(opened, start),
    endedAt: after(opened, start + toSecond - fromSecond),
  });
  await reportListening(stage.pool, { ...client.act(requestNo), stretches: [stretch(0, 200, 10)] });
  const heard = await reportListening(stage.pool, {
    ...client.act(requestNo),
    channel: 'web',
    stretches: [stretch(200, 480, 900)],
  });
  expect(heard.isHeardWhole).toBe(true);
  await settled();
  await untilStands(requestNo, 'knowledge test');
  await stage.advance(after(began, 30 * 86_400 - 1));
  expect((await described(requestNo)).status).toBe('RUNNING');
  await stage.advance(after(began, 30 * 86_400));
  expect(await handle(requestNo).result()).toBe('lapsed');
  await record(requestNo, 'permission-lapsed');
  expect(await client.stateOf(requestNo)).toBe('lapsed: ended');
});

test('a stale questionnaire: told, waited for, and the request goes on by itself with the new result', async () => {
  const clientNo = clientOf('risk result of an older questionnaire');
  const { requestNo } = await client.open(clientNo);
  await client.identify(requestNo);
  expect((await client.judge(requestNo)).failures.map(({ code }) => code)).toContain('RISK_QUESTIONNAIRE_NOT_NEWEST');
  await settled();
  await untilStands(requestNo, 'eligibility');
  await answerNewest(clientNo);
  await settled();
  await untilStands(requestNo, 'listening to the risk disclosure');
});

test('a result that comes while the request is being read is judged by, too', async () => {
  const clientNo = clientOf('no risk result');
  const { requestNo } = await client.open(clientNo);
  await client.identify(requestNo);
  await settled();
  expect((await client.judge(requestNo)).failures.map(({ code }) => code)).toContain('RISK_RESULT_MISSING');
  const request = 'select from permission_requests where request_no = $1';
  await whileLocked(stage.pool, request, [requestNo], async (holding) => {
    await dispatchSignals(stage.stage.intake);
    await untilWaiting(holding, 1);
    await answerNewest(clientNo);
    return dispatchSignals(stage.stage.intake);
  });
  await settled();
  expect(await client.stateOf(requestNo)).toBe('under way: disclosure');
});

/** The newest questionnaire, answered in the first way. */
async function answerNewest(clientNo: string): Promise<void> {
  const { rows } = await stage.pool.query<{ version: string; question: string; option: string }>(
    `select distinct on (question) version, question, option from answer_scores where valid_to is null order by question, place`,
  );
  const answered = await answerQuestionnaire(stage.pool, {
    key: `fresh:${clientNo}`,
    clientNo,
    version: rows[0]!.version,
    answers: Object.fromEntries(rows.map(({ question, option }) => [question, option])),
    by: 'client-1',
  });
  expect(answered.faults).toEqual([]);
}

test('assets fall in between: they were counted at the application; a warning that came does count', async () => {
  const [poorer, warned] = [client.nextRegular(), client.nextRegular()];
  const first = await client.open(poorer);
  const second = await client.open(warned);
  for (const { requestNo } of [first, second]) {
    await client.identify(requestNo);
    await client.judge(requestNo);
  }
  const began = await client.nowOf();
  await stage.advance(after(began, 86_400));
  await stage.pool.query(
    `insert into client_assets (client_no, as_of, securities_fen, cash_fen, margin_net_fen)
     values ($1, ($2::timestamptz at time zone 'Asia/Shanghai')::date, 1, 0, 0)`,
    [poorer, began],
  );
  await stage.pool.query(
    `insert into exchange_warnings (client_no, warned_on, exchange, reason)
     values ($1, ($2::timestamptz at time zone 'Asia/Shanghai')::date, 'SSE', 'test')`,
    [warned, began],
  );
  for (const { requestNo } of [first, second]) {
    await client.listen(requestNo, began);
    await client.pass(requestNo);
    await client.sign(requestNo);
  }
  await settled();
  await confirmed(first.requestNo);
  expect(await handle(first.requestNo).result()).toBe('done');
  expect(await client.stateOf(second.requestNo)).toBe('under way: second check');
  expect(await untilStands(second.requestNo, 'second check of eligibility')).toMatchObject({ status: 'RUNNING' });
  await withdrawRequest(stage.pool, { ...client.act(second.requestNo), reason: 'warned' });
  await settled();
  expect(await handle(second.requestNo).result()).toBe('withdrawn');
});

test('an answer of the counter that is lost is asked for, and nothing is told twice', async () => {
  await stage.fault({ kind: 'twice' });
  const requestNo = await goThrough(client.nextRegular());
  await stage.fault({ kind: 'none' });
  await confirmed(requestNo);
  expect(await handle(requestNo).result()).toBe('done');
  expect(await instructionsOf(requestNo)).toHaveLength(2);
  const { events } = await handle(requestNo).fetchHistory();
  const attempts = (events ?? []).map((event) => event.activityTaskStartedEventAttributes?.attempt ?? 0);
  // Each of the two instructions was taken and its answer lost: the third attempt asked twice and sent nothing. The third one is the commission.
  expect(Math.max(...attempts)).toBeGreaterThanOrEqual(3);
  expect(stage.sent.filter((key) => key.includes(requestNo))).toHaveLength(3);
});

test('the counter refuses: operations has it told again, and refuses the permission where that does not help', async () => {
  await stage.fault({ kind: 'refuse' });
  const [again, never] = [await goThrough(client.nextRegular()), await goThrough(client.nextRegular())];
  const operations = { person: 'ops-client-1', role: 'operations' };
  // Now it takes the purchases and refuses the sales: half a permission.
  await stage.fault({ kind: 'refuse', only: 'southbound-sale' });
  const asked = await complete(handle(never), operations, { decision: 'try again', reason: '柜台已处理 mended there' });
  expect(asked).toMatchObject({
    kind: 'counter-refused-permission',
    facts: { request: never, code: 'REFUSED_FOR_DRILL' },
  });
  await stage.fault({ kind: 'refuse' });
  await complete(handle(never), operations, { decision: 'refuse', reason: '柜台不予开通 the counter does not' });
  // What it took is taken back, and operations has it told again until it is.
  const back = { decision: 'try again', reason: '柜台已处理 mended there' };
  expect((await instructionsOf(never)).map(({ permission, state }) => [permission, state])).toEqual([
    ['southbound-purchase', 'granted'],
  ]);
  await stage.fault({ kind: 'refuse', only: 'southbound-sale' });
  expect(await complete(handle(never), operations, back)).toMatchObject({ kind: 'counter-refused-taking-back' });
  expect(await handle(never).result()).toBe('refused');
  expect((await instructionsOf(never)).map(({ permission, state }) => [permission, state])).toEqual([
    ['southbound-purchase', 'granted'],
    ['southbound-purchase', 'blocked'],
  ]);
  await record(never, 'permission-refused');
  await stage.fault({ kind: 'none' });
  await complete(handle(again), operations, { decision: 'try again', reason: '柜台已处理 mended there' });
  await confirmed(again);
  expect(await handle(again).result()).toBe('done');
  const { rows } = await stage.pool.query('select request_no from permissions where request_no = any($1)', [
    [again, never],
  ]);
  expect(rows).toEqual([{ request_no: again }]);
  const { rows: told } = await stage.pool.query(`select message_key from outbox where template = 'PERMISSION_REFUSED'`);
  expect(told).toEqual([{ message_key: `permission-refused:${never}` }]);
});

test('a further kind of permission is a row; a file that lacks something is a task of the branch until it is complete', async () => {
  await stage.pool.query(
    `insert into permission_types select (json_populate_record(t, json_build_object('permission', 'DRILL', 'documents',
       t.documents || '{identity document}', 'counter_permissions', array['star-trade']))).* from permission_types t where t.permission = 'HKSC'`,
  );
  await stage.pool.query(
    `insert into eligibility_terms (permission, term, parameter, valid_from, source)
     select 'DRILL', term, parameter, valid_from, source from eligibility_terms where permission = 'HKSC' and valid_to is null`,
  );
  // The branch that there are people of.
  let clientNo = client.nextRegular();
  while (Number(clientNo.slice(1)) % 4 !== 1) clientNo = client.nextRegular();
  const requestNo = await goThrough(clientNo, 'DRILL');
  const process = handle(requestNo, 'DRILL');
  expect(await client.stateOf(requestNo)).toBe('filing: filing');
  expect((await instructionsOf(requestNo)).map(({ permission }) => permission)).toEqual(['star-trade']);
  const branch = { person: 'branch-1001', role: 'branch' };
  const lacking = { lacking: [{ kind: 'identity document', what: 'not filed' }] };
  expect(await complete(process, branch, { filed: true })).toMatchObject({
    kind: 'complete-client-file',
    facts: lacking,
  });
  // Said to be filed, and it is not: the task comes back.
  expect((await process.describe()).status.name).toBe('RUNNING');
  await fileDocument(
    { pool: stage.pool, documents: folderDocuments(stage.config.documents) },
    Readable.from([Buffer.from('%PDF-1.7')]),
    {
      key: `${process.workflowId}:identity`,
      clientNo,
      kind: 'identity document',
      businessDate: '2025-06-23',
      workflowId: process.workflowId,
      filedBy: 'branch-1001',
      mostBytes: 100,
    },
  );
  await complete(process, branch, { filed: true });
  await confirmed(requestNo);
  expect(await process.result()).toBe('done');
});
