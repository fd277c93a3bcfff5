/**
 * A complaint, from its receipt to the file: registered or asked back, accepted or refused with a reason, assigned to a handler whom it is
 * not about, investigated by departments side by side, decided by others than whoever proposes, paid, answered, and closed with its root
 * cause. Its clocks run from the receipt. Whatever arrives was written by intake, which tells the process (complaints page).
 */
import type { ComplaintEnd, ComplaintInput } from './messages/complaint';
import { answer } from './complaint/answer';
import { close } from './complaint/close';
import { promiseStages, withdrawStages } from './complaint/clocks';
import { compensate } from './complaint/compensate';
import { openCase, type ComplaintCase } from './complaint/complaint-case';
import { decided } from './complaint/decide';
import { accept, register } from './complaint/intake';

export async function complaint({ complaintNo }: ComplaintInput): Promise<ComplaintEnd> {
  const it = await openCase(complaintNo);
  await promiseStages(it);

  if ((await register(it)) === 'duplicate') return ended(it, 'duplicate');
  if ((await accept(it)) === 'refused') return ended(it, 'refused');

  const rounds = { assigned: 0, proposed: 0 };
  const decision = await decided(it, rounds);
  const paid = compensate(it, decision);
  await answer(it);

  await close(it, 'closed');
  await paid;
  return ended(it, 'closed');
}

async function ended(it: ComplaintCase, end: ComplaintEnd): Promise<ComplaintEnd> {
  await withdrawStages(it, '投诉已办结 the complaint has ended');
  it.waiting.stage('已结束', 'ended');
  await it.desk.closing();
  return end;
}
