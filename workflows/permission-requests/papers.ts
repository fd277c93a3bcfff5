/**
 * Paper at the counter: the documents of a request are filed by whoever entered it, and looked at by a second person, who approves
 * them, sends them back with reasons or refuses (A2 §11-12, A1 §27).
 */
import { patched, setHandler } from '@temporalio/workflow';
import type { FollowedRequest } from '../../activities/permissions/follow-request';
import { database } from '../activity-groups';
import { askApproval, type AskedApproval, type Decision } from '../building-blocks/approval';
import type { BusinessClock } from '../building-blocks/business-clock';
import { deliverBeside } from '../building-blocks/delivery';
import type { TaskDesk } from '../building-blocks/human-task';
import type { Waiting } from '../building-blocks/waiting';
import { whoever } from '../building-blocks/whoever';
import { settlementDayClosed } from '../messages/permission-closing';
import { requestChanged } from '../messages/permission-opening';
import type { Actor } from '../messages/tasks';

/** What intake and the days have said so far. */
export interface Told {
  revision: number;
  daysClosed: number;
}

export function listen(): Told {
  const told: Told = { revision: 0, daysClosed: 0 };
  setHandler(requestChanged, (revision) => void (told.revision = Math.max(told.revision, revision)), {
    description: '申请有进展 the request moved on',
  });
  setHandler(settlementDayClosed, () => void (told.daysClosed += 1), {
    description: '交收日已关闭 a settlement day was closed',
  });
  return told;
}

/** A request at the counter and what its story stands on. */
export interface AtCounter {
  readonly clock: BusinessClock;
  readonly desk: TaskDesk;
  readonly waiting: Waiting;
  readonly told: Told;
  readonly enteredBy: string;
  /** UTC instant at which the request lapses. */
  readonly lapsesAt: () => string;
  readonly lapse: () => Promise<unknown>;
  readonly counted: { reviews: number; looks: number; tellings: number };
}

export const read = (requestNo: string): Promise<FollowedRequest> =>
  database('读取申请 read the request').readRequest({ requestNo });

/** One stretch of the steps `documents` and `review`. */
export async function followPapers(request: FollowedRequest, at: AtCounter): Promise<FollowedRequest> {
  at.waiting.stage(request.stepName.zh, request.stepName.en);
  return request.step === 'documents' ? awaitPapers(request, at) : review(request, at);
}

async function awaitPapers({ requestNo, branch, revision }: FollowedRequest, at: AtCounter): Promise<FollowedRequest> {
  const nth = `${(at.counted.looks += 1)}`;
  const lacking = await database('核对材料 look at the documents').lookAtPapers({ requestNo, nth });
  if (lacking.length > 0) {
    const kinds = lacking.map(({ kind }) => kind).join(', ');
    const waitsNoMore = at.waiting.on({
      who: `营业部 branch ${branch}`,
      role: 'branch',
      whatZh: `提交材料：${kinds}`,
      whatEn: `file: ${kinds}`,
      dueAt: at.lapsesAt(),
      otherwise: '到期失效，可重新申请 lapses; may be asked for again',
    });
    await waitOrLapse(at, () => at.told.revision > revision, '等待材料 waits for documents');
    waitsNoMore();
  }
  return read(requestNo);
}

/** Waits until it holds, true where the request lapsed instead; a promise that is computed anew ends the wait too. */
export async function waitOrLapse(at: AtCounter, holds: () => boolean, summary: string): Promise<boolean> {
  deliverBeside();
  const until = at.lapsesAt();
  const came = await at.clock.waitUntil(until, () => holds() || at.lapsesAt() !== until, summary);
  if (came === 'due') await at.lapse();
  return came === 'due';
}

async function review(request: FollowedRequest, at: AtCounter): Promise<FollowedRequest> {
  const { requestNo, branch, name, revision, papers } = request;
  const nth = (at.counted.reviews += 1);
  const asked = await askApproval(at.desk, {
    businessKey: `review-documents:${requestNo}:${nth}`,
    kind: 'review-documents',
    titleZh: `复核材料 ${name.zh}`,
    titleEn: `review the documents: ${name.en}`,
    // The risk post of the branch, which is back office: whoever brings business does not check it (A1 §27). Before, another of the front office.
    role: patched('risk post reviews') ? 'branch_risk' : 'branch',
    branch,
    dueAt: at.lapsesAt(),
    // Frozen with their digests: nothing is filed while somebody looks at them.
    facts: { request: requestNo, permission: request.permission, branch, documents: papers },
    revision: 1,
    madeBy: at.enteredBy,
    otherwise: '到期失效 lapses',
  });
  const decided = await decisionOrEnd(asked, at, revision);
  if (decided?.by !== undefined) {
    await database('登记复核 record the review').recordPaperReview({
      requestNo,
      nth,
      ...said(decided, decided.by),
    });
  }
  return read(requestNo);
}

/** What the second person decided, as a verb records it; recalled by whoever entered it: as sent back. */
export const said = ({ decision, reason }: Decision, by: Actor) => ({
  decision: decision === 'approved' || decision === 'refused' ? decision : ('returned' as const),
  reason,
  ...whoever(by),
});

/** The decision; none where the request ended first, and the task is taken off the list. */
export async function decisionOrEnd(
  asked: AskedApproval,
  at: AtCounter,
  revision: number,
): Promise<Decision | undefined> {
  const isOver = () => asked.decision() !== undefined || at.told.revision > revision;
  while (!isOver() && !(await waitOrLapse(at, isOver, '等待复核 waits for the second person')));
  const decided = asked.decision() ?? (await asked.withdraw('申请已结束 the request ended'));
  return decided.decision === 'withdrawn' ? undefined : decided;
}
