/**
 * Another deadline of the broker for an event: `election-cut-change:NUMBER`. Asked for by operations with a reason, approved by a second person
 * before either deadline; the event moves with the approval, and its process is told.
 */
import { database } from './activity-groups';
import { decideDraft } from './corporate-action/decide-draft';
import type { ElectionCutChangeInput, ElectionDecisionEnd } from './messages/corporate-action';

export function electionCutChange({ changeId }: ElectionCutChangeInput): Promise<ElectionDecisionEnd> {
  return decideDraft({
    zh: '变更申报截止时间',
    en: 'change of the deadline of elections',
    read: () => database('读取变更 read the change').readElectionCutChange({ changeId }),
    businessKey: `approve:election-cut-change:${changeId}`,
    kind: 'approve-election-cut-change',
    titleZh: '复核申报截止时间变更',
    titleEn: 'approve another deadline of elections',
    role: 'operations',
    side: 'client',
    subject: { kind: 'election cut change', id: changeId },
  });
}
