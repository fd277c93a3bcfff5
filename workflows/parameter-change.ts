/**
 * A change of a parameter or a rate: asked for with a reason, approved by one or two people who see what it touches, in force from
 * its day on. Until it is decided whoever asked may change or recall it. The dated row is written with the last approval (A1 §27).
 */
import { condition, setHandler, workflowInfo } from '@temporalio/workflow';
import type { ParameterChange } from '../activities/intake/read-parameter-change';
import { database } from './activity-groups';
import { askApproval, type ApprovalSpec, type Decision } from './building-blocks/approval';
import { BusinessClock } from './building-blocks/business-clock';
import { leaveToDispatcher } from './building-blocks/delivery';
import { TaskDesk } from './building-blocks/human-task';
import { dueFrom, Owed } from './building-blocks/owed';
import { Promises } from './building-blocks/promises';
import { openWaiting } from './building-blocks/waiting';
import { draftRevised, type ParameterChangeEnd, type ParameterChangeInput } from './messages/parameter-change';

export async function parameterChange({ changeId }: ParameterChangeInput): Promise<ParameterChangeEnd> {
  const waiting = openWaiting({ zh: '参数变更', en: 'change of a parameter' });
  const desk = TaskDesk.open(waiting);
  const promises = Promises.open();
  let newest = 0;
  setHandler(draftRevised, (revision) => void (newest = Math.max(newest, revision)), {
    description: '变更内容已修改 the draft was revised',
  });
  const clock = await BusinessClock.open();
  waiting.stage('等待复核', 'awaiting approval');

  let change: ParameterChange;
  let decided: Decision;
  do {
    change = await database('读取变更及其影响 read the change and what it touches').readParameterChange({ changeId });
    decided = await decisionOn(change, desk, promises, clock, () => newest);
  } while (decided.decision === 'withdrawn');

  if (decided.decision === 'approved') {
    waiting.stage('等待生效', 'waiting for the effective day');
    await clock.waitUntil(change.effectiveAt, () => false, `等待生效日 ${change.effectiveOn} the effective day`);
    const { workflowId } = workflowInfo();
    await database(`生效 ${change.code} is in force`).closeParameterChange({ changeId, workflowId });
    leaveToDispatcher();
    waiting.stage('已生效', 'in force');
  }
  await desk.closing();
  if (decided.decision === 'approved') return 'in force';
  // Returned to whoever asked: it is asked for anew as another change.
  return decided.decision === 'returned' ? 'refused' : decided.decision;
}

/** Asks for the approval, promised by the last day before; stale as soon as whoever asked has changed the draft. */
async function decisionOn(
  change: ParameterChange,
  desk: TaskDesk,
  promises: Promises,
  clock: BusinessClock,
  newest: () => number,
): Promise<Decision> {
  const subject = `${change.code}:${change.changeId}:${change.revision}`;
  const by = { desk, promises, clock };
  const promise = await Owed.give(by, {
    businessKey: `PARAMETER_CHANGE:${subject}`,
    step: 'approve',
    subject,
    owner: { role: 'compliance' },
    ladder: 'PARAMETER_CHANGE',
    limit: { kind: 'LADDER', on: change.approvalDay },
    receivedAt: change.madeAt,
    titleZh: '复核参数变更',
    titleEn: 'decide on the change of a parameter',
  });
  const asked = await askApproval(desk, { ...specOf(change), ...dueFrom(promise) });
  await condition(() => asked.decision() !== undefined || newest() > change.revision);
  const decided = asked.decision() ?? (await asked.makeStale('变更内容已修改，另行提请复核 revised: asked for anew'));
  await promise.meetBy(decided);
  return decided;
}

const specOf = (change: ParameterChange): ApprovalSpec => ({
  businessKey: `approve:parameter-change:${change.changeId}:${change.revision}`,
  kind: 'approve-parameter-change',
  titleZh: `复核参数变更 ${change.code}`,
  titleEn: `approve the change of ${change.code}`,
  role: 'compliance',
  otherwise: '到期上报，不自动批准 told upwards when due; never approved by itself',
  facts: {
    code: change.code,
    part: change.part,
    before: change.oldValues,
    after: change.newValues,
    effectiveOn: change.effectiveOn,
    reason: change.reason,
    preview: change.preview,
  },
  revision: change.revision,
  madeBy: change.madeBy,
  ...(change.madeFor === undefined ? {} : { madeFor: change.madeFor }),
  subject: { kind: 'parameter change', id: change.changeId },
  risk: change.risk,
});
