/**
 * A complaint, from its receipt to the file: registered or asked back, accepted or refused with a reason, assigned to a handler whom it is
 * not about, investigated by departments side by side, decided by others than whoever proposes, paid, answered; called back by somebody
 * who had no part in it, once reopened a level higher, and closed with its root cause. Its clocks run from the receipt. Whatever arrives was written by intake, which tells the process (complaints page).
 */
import type { ComplaintEnd, ComplaintInput } from './messages/complaint';
import { answer } from './complaint/answer';
import { close, file } from './complaint/close';
import { promiseSecondAnswer, withdrawStages } from './complaint/clocks';
import { compensate } from './complaint/compensate';
import { openCase, type ComplaintCase } from './complaint/complaint-case';
import { decided, type Rounds } from './complaint/decide';
import { freezeWhenLinked } from './complaint/evidence';
import { accept, begin, register } from './complaint/intake';
import { callBack, mediate, reopen } from './complaint/satisfaction';

export async function complaint({ complaintNo }: ComplaintInput): Promise<ComplaintEnd> {
  const it = await openCase(complaintNo);
  void freezeWhenLinked(it);

  if ((await register(it, await begin(it))) === 'duplicate') return filed(it, 'duplicate');
  const taken = await accept(it);
  if (taken !== 'accepted') return filed(it, taken);

  const rounds = { assigned: 0, proposed: 0 };
  const paid = [await handled(it, rounds)];
  let end: 'closed' | 'disputed' = 'closed';
  if ((await closed(it, async () => ((await mediate(it)) === 'settled' ? 'closed' : 'reopened'))) === 'reopened') {
    await promiseSecondAnswer(it, await reopen(it));
    paid.push(await handled(it, rounds));
    end = await closed(it, () => Promise.resolve('disputed'));
  }
  await Promise.all(paid.map(({ payment }) => payment));
  return filed(it, end);
}

/** Closed as it is, or as it must where the complainant disagrees: when called, or in writing where no call reached anybody. */
async function closed<End extends 'closed' | 'disputed' | 'reopened'>(
  it: ComplaintCase,
  disagreed: () => Promise<End>,
): Promise<'closed' | End> {
  const said = await callBack(it);
  if (said !== 'not satisfied' && (await close(it, 'closed', { hears: said === 'unreachable' })) === 'closed')
    return 'closed';
  const end = await disagreed();
  if (end !== 'reopened') await close(it, end);
  return end;
}

/** Decided and answered; what is paid goes its own way meanwhile. */
async function handled(it: ComplaintCase, rounds: Rounds): Promise<{ readonly payment: Promise<void> }> {
  const payment = compensate(it, await decided(it, rounds));
  await answer(it);
  return { payment };
}

/** However it ends: nothing is owed any more, and the complete file is what a regulator asks for. */
async function filed(it: ComplaintCase, end: ComplaintEnd): Promise<ComplaintEnd> {
  await withdrawStages(it, '投诉已办结 the complaint has ended');
  await file(it);
  it.waiting.stage('已结束', 'ended');
  await it.desk.closing();
  return end;
}
