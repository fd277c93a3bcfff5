/** After the close: held = submitted = acknowledged, promised before the clearing house's own deadline. */
import { patched } from '@temporalio/workflow';
import type { FollowedEvent } from '../../activities/corporate-actions/follow-event';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { database } from '../activity-groups';
import type { ProofOwed } from '../messages/corporate-action';
import { keepBreaksTask } from './breaks-task';
import type { EventInProgress } from './event-in-progress';

/** Proven, or open: what differs, or is not answered yet, is a task, and news of either make it compare again. Else the event is read again. */
export async function prove(it: EventInProgress, event: FollowedEvent): Promise<'proven' | 'open' | 'read again'> {
  const { done, key } = it;
  const { round, elections } = event;
  if (event.isProven || done.provenRound === round || elections === null) return 'proven';
  it.waiting.stage('核对申报', 'proving held = submitted = acknowledged');
  if (done.proof === undefined)
    await promiseProof(it, { round, ...elections.provenWithin, receivedAt: elections.brokerCutAt });
  done.reconciled += 1;
  const found = await database('核对申报 reconcile elections').reconcileElections({ ...key, nth: done.reconciled });
  const open = found.breaks + found.unanswered;
  const asOf = found.breaksAsOf ?? event.breaksAsOf;
  const isMore = await keepBreaksTask(it, event, { open, owed: found.owed, asOf });
  if (isMore && patched('what the proof found is asked anew')) return 'read again';
  if (open > 0) return 'open';
  done.provenRound = round;
  await done.proof?.promise.meet({ by: SYSTEM_ACTOR });
  return 'proven';
}

/** The same round is the same promise, in a later run too. */
export async function promiseProof(it: EventInProgress, asked: ProofOwed): Promise<void> {
  const { channel, eventNo } = it.key;
  const { round, receivedAt, n, time } = asked;
  const promise = await it.promises.give(it.clock, {
    businessKey: `elections-reconciled:${channel}:${eventNo}${round > 1 ? `:${round}` : ''}`,
    step: 'reconcile elections',
    subject: eventNo,
    side: 'client',
    owner: { role: 'operations' },
    ladder: 'PROMISE',
    limit: { kind: 'CLOCK_TIME', n, time },
    receivedAt,
    titleZh: '申报核对一致',
    titleEn: 'elections held, submitted and acknowledged agree',
  });
  it.done.proof = { round, asked, promise };
}

/** Where elections are collected again, or no more, nothing is owed of those before. */
export async function leaveEarlierRound({ done }: EventInProgress, event: FollowedEvent): Promise<void> {
  if (done.proof === undefined || (done.proof.round === event.round && event.isElective)) return;
  await done.proof.promise.withdraw('申报重新开放或已取消 elections were opened again, or are asked no more');
  done.proof = undefined;
}
