/** A book at work with clients, people, counter and CRM, and what is done in it: openings from the request on, calls, tasks. */
import type { WorkflowHandle } from '@temporalio/client';
import { createHash, randomUUID } from 'node:crypto';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadRehearsalPeople } from '../../activities/books/load-rehearsal-people';
import { beginCall } from '../../activities/intake/callbacks/begin-attempt';
import { recordCall, type CallTold } from '../../activities/intake/callbacks/record-result';
import { showCallback, type ShownCallback } from '../../activities/intake/callbacks/show-callback';
import { untilAtRest } from '../../activities/intake/clock/until-at-rest';
import { completeTask } from '../../workflows/messages/tasks';
import { after, clientAt, fillPermissionBook, START } from '../activities/permissions/stage';
import { onStage } from '../simulators/stage';
import { isRecording, keepHistory } from '../support/kept-history';
import { loadTexts, openStoryStage } from '../support/story-stage';
import { formSent } from '../support/typed-texts';
import { eventually } from '../support/eventually';

/** States are waited for as long as a slow machine may take; the limit measures nothing. */
const WITHIN_SECONDS = 150;

export type OpeningStage = Awaited<ReturnType<typeof openOpeningStage>>;

/** @param bankUrl the deposit bank; nobody unless told */
export async function openOpeningStage(name: string, bankUrl?: string) {
  /** Keys of the instructions that were sent to the counter, each as often as it was. */
  const sent: string[] = [];
  const counter = await onStage('counter');
  const line = await listenedLine(counter.url(), sent);
  const stage = await openStoryStage({
    name,
    workflowsPath: require.resolve('../../workflows/index'),
    mode: 'manual',
    // A day that is closed has who holds a permission looked at.
    bulk: true,
    now: START,
    ...(bankUrl === undefined ? {} : { bankUrl }),
    counterUrl: `http://127.0.0.1:${(line.address() as AddressInfo).port}`,
    prepare: async (pool) => {
      // Messages are read where people work: no clock stops for a telephone call or another try.
      await loadTexts(pool);
      await fillPermissionBook(pool, 150);
      await loadRehearsalPeople(pool);
    },
  });
  const { pool } = stage;
  const client = clientAt(pool);
  const settled = () => untilAtRest(stage.intake, { seconds: WITHIN_SECONDS });
  const handle = (requestNo: string, permission = 'HKSC') =>
    stage.client.workflow.getHandle(`permission-opening:${permission}:${requestNo}`);

  /** The four steps of a client who meets everything, eight minutes of listening in between. */
  async function goThrough(clientNo: string, permission = 'HKSC'): Promise<string> {
    const { requestNo } = await client.open(clientNo, { permission });
    await client.identify(requestNo);
    await client.judge(requestNo);
    const began = await client.nowOf();
    await stage.advance(after(began, 480));
    await client.listen(requestNo, began);
    await client.pass(requestNo);
    await client.sign(requestNo);
    await settled();
    return requestNo;
  }

  async function callbackOf(subject: string): Promise<ShownCallback> {
    const { rows } = await pool.query<{ no: string }>('select callback_no as no from callbacks where subject = $1', [
      subject,
    ]);
    return showCallback(pool, rows[0]?.no ?? `none of ${subject}`);
  }

  /** A call is made, and all questions are answered in the first way unless told otherwise. */
  async function callBack(subject: string, told: Partial<CallTold> = {}, by = 'service-1'): Promise<ShownCallback> {
    const { row, script } = await callbackOf(subject);
    const { callbackNo } = row;
    const { result = 'reached' } = told;
    const { nth } = await beginCall(pool, { callbackNo, key: randomUUID(), by, role: 'service' });
    const answers = Object.fromEntries(script.map(({ question, answers: offered }) => [question, offered[0]!.answer]));
    const recording = { reference: `REC-${callbackNo}-${nth}`, sha256: digestOf(`${callbackNo} ${nth}`) };
    const isTalk = result === 'reached' || result === 'refused';
    await recordCall(pool, {
      ...told,
      ...{ callbackNo, nth, by, role: 'service', result },
      answers: result === 'reached' ? { ...answers, ...told.answers } : {},
      ...(isTalk ? { recording } : {}),
    });
    await settled();
    return callbackOf(subject);
  }

  /** The open task of a process, of a kind where there are several, completed by a person. */
  async function complete(
    of: WorkflowHandle,
    actor: { person: string; role: string },
    form: object,
    kind?: string,
  ): Promise<{ readonly kind: string; readonly facts: Readonly<Record<string, unknown>> }> {
    const { rows } = await pool.query<{ task_id: string; kind: string; facts: Record<string, unknown> }>(
      `select task_id::text, kind, facts from tasks
        where workflow_id = $1 and state = 'open' and ($2::text is null or $2 in (kind, facts ->> 'followUp')) order by tasks.task_id`,
      [of.workflowId, kind ?? null],
    );
    const [task] = rows;
    if (task === undefined) throw new Error(`${of.workflowId} has no open task ${kind ?? ''}`);
    await of.executeUpdate(completeTask, {
      args: [
        {
          ...{ taskId: task.task_id, revision: 1, form: await formSent(pool, task.task_id, { ...form }) },
          ...{ actor, requestId: 'test', at: await client.nowOf() },
        },
      ],
      updateId: randomUUID(),
    });
    await settled();
    return { kind: task.kind, facts: task.facts };
  }

  async function described(of: WorkflowHandle) {
    const { status, typedSearchAttributes } = await of.describe();
    const attribute = (key: string) => typedSearchAttributes.getAll().find((pair) => pair.key.name === key)?.value;
    const [standsAt, waitsFor, branch] = ['Stage', 'AssigneeRole', 'Branch'].map(attribute);
    return { status: status.name, stage: standsAt, waitsFor, branch };
  }

  return {
    ...stage,
    stage,
    client,
    sent,
    counter,
    settled,
    handle,
    goThrough,
    callbackOf,
    callBack,
    complete,
    described,
    fault: (given: object) => counter.post('/faults', given),
    process: (workflowId: string) => stage.client.workflow.getHandle(workflowId),
    /** The list of processes may lag behind what they say. */
    untilStands: (of: WorkflowHandle, stageName: string) =>
      eventually(async () => {
        const found = await described(of);
        return found.stage === stageName ? found : undefined;
      }, WITHIN_SECONDS),
    /** RECORD_HISTORIES=1 keeps the run to be replayed by `histories.test.ts`. */
    record: async (workflowId: string, file: string): Promise<void> => {
      if (isRecording) await keepHistory(stage.client, workflowId, `product/${file}.json`);
    },
    close: async () => {
      await stage.close();
      line.close();
    },
  };
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The line to the counter: what goes over it is noted, and a call that is cut off there is cut off here. */
function listenedLine(to: string, sent: string[]): Promise<Server> {
  const server = createServer((asked, answer) => {
    const key = asked.headers['idempotency-key'];
    if (typeof key === 'string') sent.push(key);
    const through = request(new URL(asked.url ?? '/', to), { method: asked.method, headers: asked.headers }, (came) => {
      answer.writeHead(came.statusCode ?? 500, came.headers);
      came.pipe(answer);
    });
    through.on('error', () => answer.destroy());
    asked.pipe(through);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
