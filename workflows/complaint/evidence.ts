/** What a complaint is about, frozen into its file while the engine still has it. */
import { condition } from '@temporalio/workflow';
import { outside } from '../activity-groups';
import { readAgain, type ComplaintCase } from './complaint-case';

/** As soon as the complaint names a process, from the beginning or later; a history only grows, so nothing of it is missed by waiting. */
export async function freezeWhenLinked(it: ComplaintCase): Promise<void> {
  for (let [frozen, moment]: [string | null, 'linked' | 'corrected'] = [null, 'linked']; ; moment = 'corrected') {
    await condition(() => it.complaint.aboutWorkflow !== frozen);
    frozen = it.complaint.aboutWorkflow;
    await outside('冻结所涉流程的证据 freeze the evidence').freezeEvidence({ complaintNo: it.complaintNo, moment });
    it.evidence.isFrozen = true;
  }
}

/** What has become of it meanwhile belongs to the file too. */
export async function freezeAtClosing(it: ComplaintCase): Promise<void> {
  const { aboutWorkflow } = await readAgain(it);
  if (aboutWorkflow === null) return;
  await condition(() => it.evidence.isFrozen);
  await outside('结案时再次冻结证据 freeze the evidence again').freezeEvidence({
    complaintNo: it.complaintNo,
    moment: 'closing',
  });
}
