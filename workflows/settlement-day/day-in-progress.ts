/** What the parts of a settlement day share: its key, its instants, whom it asks, how long banks can still move money. */
import { ApplicationFailure } from '@temporalio/common';
import type { OpenedDay } from '../../activities/settlement/open-day';
import { shanghaiInstant, type BusinessDate } from '../../domain/calendar/business-date';
import { SIDES, type Channel, type Side } from '../../domain/channel';
import { database } from '../activity-groups';
import type { BusinessClock } from '../building-blocks/business-clock';
import type { TaskDesk } from '../building-blocks/human-task';
import type { MoneyOrderSpec } from '../building-blocks/money-order';
import type { Promises } from '../building-blocks/promises';
import type { Waiting } from '../building-blocks/waiting';
import { refusalWithin } from '../failures';
import type { MissingTerms } from './missing-terms';

/** What is needed of a day to move its money: who asks whom, by when, how long banks can still move it. */
export interface BankingDay {
  readonly workflowId: string;
  readonly key: { readonly channel: string; readonly businessDate: BusinessDate };
  readonly opened: Pick<OpenedDay, 'bankAskAgainAfterMinutes'> & {
    readonly at: Pick<OpenedDay['at'], 'fundingDeadline'>;
  };
  readonly clock: BusinessClock;
  readonly waiting: Waiting;
  readonly desk: TaskDesk;
  readonly promises: Promises;
  /** The first batch of the day has begun: what is short now is a default, and followed as one. */
  intradayBegun: boolean;
  /** How often the plan of a side has changed. */
  readonly planChanges: Readonly<Record<Side, number>>;
  /** The last batch of the day has begun: transfers have lost their purpose. */
  bankingOver: boolean;
}

export interface DayInProgress extends BankingDay {
  readonly opened: OpenedDay;
  readonly missingTerms: MissingTerms;
}

/** A side as people read it, who makes and checks its orders, and the ladder to its funding deadline. */
export const SIDE = {
  client: { zh: '客户侧', en: 'client side', role: 'operations', ladder: 'FUNDING_CLIENT' },
  proprietary: { zh: '自营侧', en: 'proprietary side', role: 'finance', ladder: 'FUNDING_PROPRIETARY' },
} as const;

/** Both sides at once: neither waits for the other. */
export const bothSides = <Answer>(act: (side: Side) => Promise<Answer>): Promise<Answer[]> =>
  Promise.all(SIDES.map(act));

/**
 * A part of the day that goes on beside the story. What the books refuse in it is told and held with its cause; the other parts go
 * on, because one refusal never stops a day.
 */
export async function beside(day: DayInProgress, name: string, part: Promise<unknown>): Promise<void> {
  try {
    await part;
  } catch (error) {
    const refusal = refusalWithin(error);
    if (!(refusal instanceof ApplicationFailure)) throw error;
    const { key, workflowId } = day;
    await database(`步骤暂停 ${name} held`).holdStep({ ...key, workflowId, step: name, cause: refusal.message });
    await day.missingTerms.ask(day, name, refusal);
  }
}

/** The part of the day that begins now, for everybody who watches. */
export async function stage({ waiting, key }: DayInProgress, zh: string, en: string): Promise<void> {
  waiting.stage(zh, en);
  await database(`阶段 ${zh} stage: ${en}`).recordStage({ ...key, stage: en });
}

/** A transfer of the day; its purpose ends with the last batch. */
export const transferOf = (day: BankingDay, side: Side, kind: MoneyOrderSpec['kind']) => ({
  workflowId: day.workflowId,
  ...day.key,
  side,
  kind,
  role: SIDE[side].role,
  over: () => day.bankingOver,
});

/** What the day promises by clock times: a day that is caught up with later was promised for its own date too. */
export const promiseOfDay = ({ key }: BankingDay, ladder: string, subject: string) => ({
  businessKey: `${ladder}:${subject}`,
  step: ladder,
  subject,
  ladder,
  limit: { kind: 'LADDER', on: key.businessDate } as const,
  receivedAt: shanghaiInstant(key.businessDate, '00:00'),
  channel: key.channel as Channel,
});
