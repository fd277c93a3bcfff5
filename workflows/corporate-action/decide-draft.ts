/** A second person decides about what one drafted for an event, before the broker's deadline; after it the draft lapses. */
import type { ElectionDraft } from '../../activities/corporate-actions/election-drafts';
import { askApproval, type ApprovalSpec } from '../building-blocks/approval';
import { BusinessClock } from '../building-blocks/business-clock';
import { TaskDesk } from '../building-blocks/human-task';
import { openWaiting } from '../building-blocks/waiting';
import type { ElectionDecisionEnd } from '../messages/corporate-action';

interface Drafted extends Pick<ApprovalSpec, 'businessKey' | 'kind' | 'titleZh' | 'titleEn' | 'role' | 'subject'> {
  readonly zh: string;
  readonly en: string;
  readonly side?: 'client';
  readonly read: () => Promise<ElectionDraft>;
}

export async function decideDraft({ zh, en, read, ...asked }: Drafted): Promise<ElectionDecisionEnd> {
  const waiting = openWaiting({ zh, en });
  const desk = TaskDesk.open(waiting);
  const clock = await BusinessClock.open();
  waiting.stage('等待复核', 'awaiting approval');
  let draft = await read();
  const approval = await askApproval(desk, {
    ...asked,
    ...(draft.branch === null ? {} : { branch: draft.branch }),
    dueAt: draft.decideBefore,
    otherwise: '截止前未复核则失效 lapses at the deadline',
    facts: draft.facts,
    revision: 1,
    madeBy: draft.madeBy,
    ...(draft.madeFor === null ? {} : { madeFor: draft.madeFor }),
  });
  const isDecided = () => approval.decision() !== undefined;
  for (;;) {
    const limit = draft.decideBefore;
    await clock.waitUntil(limit, isDecided, '截止则失效 lapses at the deadline');
    if (isDecided()) break;
    draft = await read();
    if (draft.state !== 'asked' || draft.decideBefore <= limit) break;
  }
  const decision = approval.decision() ?? (await approval.withdraw('已过截止时间 the deadline came first'));
  waiting.stage('已办结', 'decided');
  await desk.closing();
  return decision.decision;
}
