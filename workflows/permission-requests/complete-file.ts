/**
 * A process does not end before the file of its client is complete: the callback, where there is one, is awaited, and what else is
 * missing is a task of the branch (A2 §5, §13-15).
 */
import { condition, patched } from '@temporalio/workflow';
import type { FollowedRequest } from '../../activities/permissions/follow-request';
import { CALLBACK_RECORD } from '../../domain/callbacks/call-result';
import { database, outside } from '../activity-groups';
import type { Callbacks } from '../building-blocks/callbacks';
import { deliverBeside } from '../building-blocks/delivery';
import type { TaskDesk, TaskForm } from '../building-blocks/human-task';
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

/** @param callbacks of an opening; a closing has none */
export async function completeFile(
  request: FollowedRequest,
  desk: TaskDesk,
  waiting: Waiting,
  callbacks?: Callbacks,
): Promise<void> {
  const { requestNo, branch } = request;
  waiting.stage('资料归档', 'filing of the documents');
  // Openings that were under way before there were callbacks have none. Nothing is awaited for them, not even for a moment.
  const callbackNo =
    callbacks !== undefined && patched('callback')
      ? (await database('移交回访 hand over to the callback').handOverToCallback({ requestNo })).callbackNo
      : undefined;
  for (let nth = 1; ; nth += 1) {
    const lacking = await outside('归档 file the documents').fileOpening({ requestNo });
    if (lacking.length === 0) break;
    const ofBranch = lacking.filter(({ kind }) => kind !== CALLBACK_RECORD);
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
      form: FILE_INCOMPLETE,
      facts: { request: requestNo, lacking: ofBranch.length === 0 ? lacking : ofBranch },
      revision: 1,
    });
    await task.answered;
  }
  await database('档案完整 the file is complete').endFiling({ requestNo });
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
