/**
 * A second person decides about what one drafted for an event, before the broker's deadline; after it, and with a newer version of the event,
 * the draft lapses.
 */
import { setHandler } from '@temporalio/workflow';
import type { ElectionDraft } from '../../activities/corporate-actions/election-drafts';
import { askApproval, type ApprovalSpec } from '../building-blocks/approval';
import { BusinessClock } from '../building-blocks/business-clock';
import { TaskDesk } from '../building-blocks/human-task';
import { openWaiting } from '../building-blocks/waiting';
import { eventChanged, type ElectionDecisionEnd } from '../messages/corporate-action';

interface Drafted extends Pick<ApprovalSpec, 'businessKey' | 'kind' | 'titleZh' | 'titleEn' | 'role' | 'subject'> {
  readonly zh: string;
  readonly en: string;
  readonly side?: 'client';
  readonly read: () => Promise<ElectionDraft>;
}

export async function decideDraft({ zh, en, read, ...asked }: Drafted): Promise<ElectionDecisionEnd> {
  const waiting = openWaiting({ zh, en });
  const desk = TaskDesk.open(waiting);
  let changes = 0;
  setHandler(eventChanged, () => void (changes += 1), { description: '事件有变更 the event changed' });
  const clock = await BusinessClock.open();
  waiting.stage('等待复核', 'awaiting approval');
  let seen = changes;
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
    const came = await clock.waitUntil(limit, () => isDecided() || changes > seen, '截止则失效 lapses at the deadline');
    if (isDecided()) break;
    seen = changes;
    draft = await read();
    if (draft.state !== 'asked' || (came === 'due' && draft.decideBefore <= limit)) break;
  }
  const cause =
    changes > 0 && draft.state !== 'asked'
      ? '已失效：事件有变更，或持有人已另作指示 it lapsed: the event changed, or its holder said otherwise since'
      : '已过截止时间 the deadline came first';
  const decision = approval.decision() ?? (await approval.withdraw(cause));
  waiting.stage('已办结', 'decided');
  await desk.closing();
  return decision.decision;
}
