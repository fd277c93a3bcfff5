/**
 * Terms that cannot be computed are compared with nothing, and what clients elected or are entitled to is theirs: whoever leaves it as it stands
 * lets the clearing house's figures stand, and needs a second person (A1 §27). The story goes on meanwhile.
 */
import type { FollowedEvent } from '../../activities/corporate-actions/follow-event';
import { askApproval } from '../building-blocks/approval';
import { deliverBeside } from '../building-blocks/delivery';
import type { LeavingBreaks } from '../messages/corporate-action';
import type { EventInProgress } from './event-in-progress';

/** What one person left, before the second one decides. */
type Left = Pick<LeavingBreaks, 'by' | 'at' | 'reason' | 'asOf'>;

export const askSecondPerson = (it: EventInProgress, { version }: FollowedEvent, left: Left): Promise<void> =>
  askToLeave(it, { ...left, version, nth: it.done.breakTasks });

/** The same key is the same approval, in a later run too. */
export async function askToLeave(it: EventInProgress, asked: LeavingBreaks): Promise<void> {
  const { channel, eventNo } = it.key;
  const { by, reason, version, nth } = asked;
  const approval = await askApproval(it.desk, {
    businessKey: `corporate-action-left:${channel}:${eventNo}:${version}:${nth}`,
    kind: 'approve-corporate-action-left',
    titleZh: `复核按原状保留 ${eventNo}`,
    titleEn: `what is left as it stands: ${eventNo}`,
    role: 'finance',
    side: 'client',
    facts: { channel, event: eventNo, version, leftBy: by, reason },
    revision: 1,
    madeBy: by,
    bulk: false,
    otherwise: '未复核则仍待处理 it stays open',
  });
  deliverBeside();
  it.done.leaving = {
    asked,
    decision: approval.decision,
    isDone: () => approval.decision() !== undefined,
    withdraw: async () => void (await approval.withdraw('已一致 everything agrees')),
  };
}

/** What both left as it stands; undefined while it is not decided, and where the second one refused: then it is asked about anew. */
export async function secondPersonDecided(
  { done }: EventInProgress,
  open: number,
): Promise<(Left & { readonly approvedBy: string }) | undefined> {
  const { leaving } = done;
  if (leaving === undefined) return undefined;
  const decided = leaving.decision();
  if (decided === undefined && open > 0) return undefined;
  done.leaving = undefined;
  if (decided === undefined) await leaving.withdraw();
  if (decided?.decision !== 'approved' || decided.by === undefined) return undefined;
  const { by, reason, asOf } = leaving.asked;
  return { by, at: decided.at, approvedBy: decided.by.person, reason, ...(asOf === undefined ? {} : { asOf }) };
}
