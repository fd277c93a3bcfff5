/**
 * More time for a promise of any process: `deadline-extension:NUMBER`. Asked for before the limit by whoever owes it, decided before the
 * limit by a second person; what is not decided by then lapses. The promise moves with the approval, and its process is told.
 */
import { patched, setHandler } from '@temporalio/workflow';
import type { ReadExtension } from '../activities/deadlines/read-extension';
import { database } from './activity-groups';
import { askApproval, type ApprovalSpec } from './building-blocks/approval';
import { BusinessClock } from './building-blocks/business-clock';
import { TaskDesk } from './building-blocks/human-task';
import { openWaiting } from './building-blocks/waiting';
import { deadlineChanged } from './messages/deadlines';
import type { DeadlineExtensionEnd, DeadlineExtensionInput } from './messages/deadline-extension';

export async function deadlineExtension({ extensionId }: DeadlineExtensionInput): Promise<DeadlineExtensionEnd> {
  const waiting = openWaiting({ zh: '延期申请', en: 'more time for a promise' });
  const desk = TaskDesk.open(waiting);
  let changes = 0;
  setHandler(deadlineChanged, () => void (changes += 1), {
    description: '期限已变更或已结束 the promise was computed anew, or has ended',
  });
  const clock = await BusinessClock.open();
  waiting.stage('等待复核', 'awaiting approval');
  const read = () => database('读取延期申请 read what was asked for').readExtension({ extensionId });
  let heard = changes;
  let asked = await read();
  let approval = await askApproval(desk, specOf(extensionId, asked));
  const isDecided = () => approval.decision() !== undefined;
  for (let time = 1; ;) {
    const limit = asked.dueAt;
    // What comes while it is read is not in what was read; an earlier version took it for seen.
    const seen = changes > heard && patched('what comes while it is read is looked at') ? heard : changes;
    const end = await clock.waitUntil(limit, () => isDecided() || changes > seen, '期限届满则失效 lapses at the limit');
    if (isDecided()) break;
    heard = changes;
    const before = asked;
    asked = await read();
    if (asked.state !== 'asked' || (end === 'due' && asked.dueAt <= limit)) break;
    // An earlier version left it with those whom it had asked.
    if (!isForOthers(before, asked) || !patched('whoever may give more time is asked anew')) continue;
    if ((await approval.makeStale('改由他人复核 others decide now')).decision !== 'withdrawn') break;
    approval = await askApproval(desk, specOf(extensionId, asked, (time += 1)));
  }
  const decision =
    approval.decision() ??
    (await approval.withdraw('期限已届满或承诺已结束 the limit or the end of the promise came first'));
  waiting.stage('已办结', 'decided');
  await desk.closing();
  return decision.decision;
}

/** Whether others decide now than when it was read before: it has changed hands, or turned out whom it concerns. */
const isForOthers = (before: ReadExtension, now: ReadExtension): boolean =>
  (['role', 'side', 'branch', 'risk'] as const).some((asks) => before[asks] !== now[asks]);

const specOf = (extensionId: string, asked: ReadExtension, time = 1): ApprovalSpec => ({
  businessKey: `approve:deadline-extension:${extensionId}${time === 1 ? '' : `:${time}`}`,
  kind: 'approve-extension',
  titleZh: '复核延期',
  titleEn: 'approve more time',
  role: asked.role,
  ...(asked.side === null ? {} : { side: asked.side }),
  ...(asked.branch === null ? {} : { branch: asked.branch }),
  dueAt: asked.dueAt,
  otherwise: '期限届满前未复核则失效 lapses at the limit',
  facts: asked.facts,
  revision: 1,
  madeBy: asked.askedBy,
  ...(asked.askedFor === null ? {} : { madeFor: asked.askedFor }),
  subject: { kind: 'deadline extension', id: extensionId },
  risk: asked.risk,
});
