/** What a complaint is about, frozen into its file while the engine still has it. */
import { condition } from '@temporalio/workflow';
import { outside } from '../activity-groups';
import { readAgain, type ComplaintCase } from './complaint-case';

/** As soon as the complaint names a process, from the beginning or later, whatever it waits for; and when it names another one, or another event. */
export async function freezeWhenLinked(it: ComplaintCase): Promise<void> {
  let [frozen, heard]: [string | null, number] = [null, 0];
  for (let moment: 'linked' | 'corrected' = 'linked'; ; moment = 'corrected') {
    await condition(() => it.complaint.aboutWorkflow !== frozen || it.told.subject > heard);
    [frozen, heard] = [it.complaint.aboutWorkflow, it.told.subject];
    const freeze = outside('冻结所涉流程的证据 freeze the evidence').freezeEvidence;
    const kept = await freeze({ complaintNo: it.complaintNo, moment });
    // What was named is known by this before the complaint is read again.
    if (kept?.workflowId !== undefined) {
      frozen = kept.workflowId;
      it.complaint = { ...it.complaint, aboutWorkflow: frozen };
    }
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
