/**
 * An election given by telephone: `telephone-election:NUMBER`. An employee took it with the number of the recording, a second person listens
 * and approves; with the approval it is elected by the rule and the clock of that moment. What is not decided by the broker's deadline lapses.
 */
import { database } from './activity-groups';
import { decideDraft } from './corporate-action/decide-draft';
import type { ElectionDecisionEnd, TelephoneElectionInput } from './messages/corporate-action';

export function telephoneElection({ telephoneNo }: TelephoneElectionInput): Promise<ElectionDecisionEnd> {
  return decideDraft({
    zh: '电话申报',
    en: 'telephone election',
    read: () => database('读取电话申报 read the telephone election').readTelephoneElection({ telephoneNo }),
    businessKey: `approve:telephone-election:${telephoneNo}`,
    kind: 'approve-telephone-election',
    titleZh: '复核电话申报（听录音）',
    titleEn: 'listen to and approve a telephone election',
    role: 'branch',
    subject: { kind: 'telephone election', id: telephoneNo },
  });
}
