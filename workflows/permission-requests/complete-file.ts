/**
 * A process does not end before the file of its client is complete: the callback, where there is one, is awaited, and what else is
 * missing is a task of the branch, papers within working days that are promised (A2 §5, §13-15).
 */
import { condition, patched } from '@temporalio/workflow';
import type { FollowedRequest } from '../../activities/permissions/follow-request';
import { CALLBACK_RECORD } from '../../domain/callbacks/call-result';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { database, outside } from '../activity-groups';
import type { BusinessClock } from '../building-blocks/business-clock';
import type { Callbacks } from '../building-blocks/callbacks';
import { deliverBeside } from '../building-blocks/delivery';
import type { TaskDesk } from '../building-blocks/human-task';
import type { TaskForm } from '../building-blocks/task-spec';
import type { Reached } from '../building-blocks/ladder';
import { dueFrom, Owed } from '../building-blocks/owed';
import type { Promises } from '../building-blocks/promises';
import type { Waiting } from '../building-blocks/waiting';

const FILE_INCOMPLETE: TaskForm = {
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['filed'],
    properties: { filed: { type: 'boolean', const: true } },
  },
};

/** What the filing of a request stands on. */
export interface Filing {
  readonly desk: TaskDesk;
  readonly waiting: Waiting;
  /** Of an opening; a closing has none. */
  readonly callbacks?: Callbacks;
  /** Of a request at the counter: its papers go to their custodian within so many working days (permissions page, "Archive"). */
  readonly papers?: { readonly clock: BusinessClock; readonly promises: Promises; readonly withinDays: number };
}

export async function completeFile(request: FollowedRequest, filing: Filing): Promise<void> {
  const { requestNo, branch } = request;
  const { desk, waiting, callbacks, papers } = filing;
  waiting.stage('资料归档', 'filing of the documents');
  // Not even a moment is awaited where nothing is promised: requests that were under way before replay as they went.
  const isPromised = papers !== undefined && patched('hand-over promised');
  const handOver = isPromised ? await promiseHandOver(request, { desk, ...papers }) : undefined;
  // Openings that were under way before there were callbacks have none. Nothing is awaited for them, not even for a moment.
  const callbackNo =
    callbacks !== undefined && patched('callback')
      ? (await database('移交回访 hand over to the callback').handOverToCallback({ requestNo })).callbackNo
      : undefined;
  let last: Reached = { by: SYSTEM_ACTOR };
  for (let nth = 1; ; nth += 1) {
    const lacking = await outside('归档 file the documents').fileOpening({ requestNo });
    const ofBranch = lacking.filter(({ kind }) => kind !== CALLBACK_RECORD);
    if (ofBranch.length === 0 && handOver !== undefined) await handOver.meet(last);
    if (lacking.length === 0) break;
    if (ofBranch.length === 0 && callbackNo !== undefined && callbacks?.outcomeOf(callbackNo) === undefined) {
      await awaitCallback(request, callbackNo, callbacks, waiting);
      continue;
    }
    const task = await desk.ask({
      businessKey: `file-incomplete:${requestNo}:${nth}`,
      kind: 'complete-client-file',
      titleZh: '补齐客户档案',
      titleEn: 'complete the file of the client',
      role: 'branch',
      branch,
      ...(handOver === undefined ? {} : dueFrom(handOver)),
      form: FILE_INCOMPLETE,
      facts: { request: requestNo, lacking: ofBranch.length === 0 ? lacking : ofBranch },
      revision: 1,
    });
    const answer = await task.answered;
    if (answer.result === 'completed') last = { by: answer.by.person, at: answer.at };
  }
  await database('档案完整 the file is complete').endFiling({ requestNo });
}

function promiseHandOver(
  { requestNo, branch, stepSince }: FollowedRequest,
  papers: NonNullable<Filing['papers']> & Pick<Filing, 'desk'>,
): Promise<Owed> {
  return Owed.give(papers, {
    businessKey: `paper-handover:${requestNo}`,
    step: 'hand over papers',
    subject: requestNo,
    side: 'client',
    branch,
    owner: { role: 'branch' },
    ladder: 'PROMISE',
    limit: { kind: 'BUSINESS_DAYS', n: papers.withinDays },
    receivedAt: stepSince,
    titleZh: '移交纸质材料',
    titleEn: 'hand the papers over',
    otherwise: '逾期上报，继续待办 told upwards when due; the task stays',
  });
}

/** Whether it ended otherwise than asked for, and is filed all the same; those that were under way before are not. */
export const endsUndone = (state: string): boolean => state !== 'done' && patched('ends are filed');

/** What ended undone leaves in the file of the client what was done, signed and decided (A2 §14). */
export async function fileWhatEnded({ requestNo }: FollowedRequest, waiting: Waiting): Promise<void> {
  waiting.stage('资料归档', 'filing of the documents');
  await outside('归档 file what was done').fileOpening({ requestNo });
}

async function awaitCallback(
  { requestNo }: FollowedRequest,
  callbackNo: string,
  callbacks: Callbacks | undefined,
  waiting: Waiting,
): Promise<void> {
  await database('等待回访 wait for the callback').awaitCallback({ requestNo });
  waiting.stage('等待回访', 'waiting for the callback');
  deliverBeside();
  const waitsNoMore = waiting.on({
    who: '理财服务中心 service',
    role: 'service',
    whatZh: `回访 ${callbackNo}`,
    whatEn: `callback ${callbackNo}`,
  });
  await condition(() => callbacks?.outcomeOf(callbackNo) !== undefined);
  waitsNoMore();
}
