/** Another account for a compensation that is not paid yet: asked for by one, approved by those who approve such a compensation. */
import { condition, patched } from '@temporalio/workflow';
import { database } from '../activity-groups';
import { askApproval } from '../building-blocks/approval';
import { factsOf, readBeside, type ComplaintCase } from './complaint-case';
import { riskOf } from './decide';

export interface PayeeCorrections {
  /** How many were approved. */
  readonly approved: () => number;
  /** The compensation is paid, or never will be: what still waits is taken off the list. */
  readonly end: () => Promise<void>;
}

/** Follows what is asked for, one after the other, until it is told the end. */
export function payeeCorrections(
  it: ComplaintCase,
  of: { readonly proposalId: string; readonly dueAt?: string },
): PayeeCorrections {
  let [approved, over] = [0, false];
  const follow = async (): Promise<void> => {
    for (let heard = 0; ;) {
      const since = heard;
      // What an earlier version was told it left alone; it is read once a later one has the process.
      const isAsked = () => it.told.payee > since && patched('another account for a compensation');
      await condition(() => over || isAsked());
      // What was asked for as the money moved is still taken off the list.
      if (!isAsked()) return;
      heard = it.told.payee;
      if (await correction(it, of, () => over)) approved += 1;
    }
  };
  const followed = follow();
  // What is refused in it is thrown once the money has moved: payment and closing do not stand still for it.
  followed.catch(() => undefined);
  return {
    approved: () => approved,
    end: () => {
      over = true;
      return followed;
    },
  };
}

/** Whether one was asked for and is approved. */
async function correction(
  it: ComplaintCase,
  { proposalId, dueAt }: { readonly proposalId: string; readonly dueAt?: string },
  over: () => boolean,
): Promise<boolean> {
  const readNow = () => database('读取收款账户更正 read the other account').readPayeeCorrection({ proposalId });
  let heard = it.told.revision;
  const asked = await readNow();
  if (asked === null) return false;
  const { correctionId, nth, askedBy, before, payee, reason, sumFen } = asked;
  const key = `complaint-payee:${it.complaintNo}:${proposalId}:${nth}`;
  const ask = (now: ComplaintCase, businessKey: string) =>
    askApproval(it.desk, {
      businessKey,
      // The same people approve it, by the same terms.
      kind: 'approve-complaint-proposal',
      titleZh: '复核赔付收款账户更正',
      titleEn: 'approve another account for a compensation',
      role: 'service',
      facts: { ...factsOf(now), before, payee, reason, sumFen },
      revision: nth,
      ...(dueAt === undefined ? {} : { dueAt }),
      madeBy: askedBy,
      subject: { kind: 'payee correction', id: correctionId },
      amountFen: sumFen,
      ...riskOf(now),
      bulk: false,
      otherwise: '不批准则仍付原账户 without it the account stays',
    });
  let now = await readBeside(it);
  let approval = await ask(now, key);
  const isEnded = () => approval.decision() !== undefined || over();
  let { isAskerKeptOut } = asked;
  for (let time = 1; !isEnded() && !isAskerKeptOut;) {
    await condition(() => isEnded() || it.told.revision > heard);
    if (isEnded()) break;
    heard = it.told.revision;
    isAskerKeptOut = (await readNow())?.isAskerKeptOut === true;
    // An earlier version left it with those whom it had asked.
    if (isAskerKeptOut || isEnded() || !patched('whoever may approve another account is asked anew')) continue;
    const { risk } = riskOf(now);
    now = await readBeside(it);
    if (riskOf(now).risk === risk || isEnded()) continue;
    const end = await approval.makeStale('改由他人复核 others decide now');
    if (end.decision === 'withdrawn') approval = await ask(now, `${key}:${(time += 1)}`);
  }
  const cause = isAskerKeptOut ? '申请人已回避 whoever asked is recused' : '赔付已付出 the compensation is paid';
  const decision = approval.decision() ?? (await approval.withdraw(cause));
  return decision.decision === 'approved';
}
