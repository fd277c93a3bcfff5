/**
 * What is owed from the receipt of a complaint on: that it is accepted or refused, and answered, each by its own clock, of a transfer also by
 * that of whoever passed it on; after a reopening the answer anew (complaints page, deadlines).
 */
import type { Limit } from '../deadlines/limit';
import type { ComplaintClock, ComplaintStage } from './complaint-limits';

/** A clock of a stage: from when it runs, UTC, and how long. */
export interface StageClock {
  readonly clock: ComplaintClock;
  readonly stage: ComplaintStage;
  readonly from: string;
  readonly limit: Limit;
}

interface Owing {
  readonly complaintNo: string;
  readonly branch: string | null;
}

const WORDS: Readonly<Record<ComplaintStage, { readonly zh: string; readonly en: string }>> = {
  accept: { zh: '决定是否受理', en: 'accept or refuse' },
  answer: { zh: '答复投诉人', en: 'answer the complainant' },
};

/** The key of what is owed; the answer is owed once a level. */
export const stageKey = ({
  complaintNo,
  clock,
  stage,
  level,
}: Pick<StageClock, 'clock' | 'stage'> & { readonly complaintNo: string; readonly level: 1 | 2 }): string =>
  `complaint-${clock === 'own' ? '' : 'transfer-'}${stage}:${complaintNo}${stage === 'answer' ? `:${level}` : ''}`;

/** @param level 2 after the reopening */
export function stagePromise({ complaintNo, branch }: Owing, { clock, stage, from, limit }: StageClock, level: 1 | 2) {
  const { zh, en } = WORDS[stage];
  return {
    businessKey: stageKey({ complaintNo, clock, stage, level }),
    receivedAt: from,
    limit,
    step: stage,
    subject: complaintNo,
    // Whoever handles it owes the answer from the assignment on.
    owner: { role: 'service' },
    ...(branch === null ? {} : { branch }),
    ladder: 'PROMISE',
    titleZh: zh,
    titleEn: en,
    otherwise: '到期升级至合规 compliance is told when due',
  };
}

/** What is owed from the day of receipt on. */
export const stagePromises = (complaint: Owing, clocks: readonly StageClock[]) =>
  clocks.map((clock) => stagePromise(complaint, clock, 1));
