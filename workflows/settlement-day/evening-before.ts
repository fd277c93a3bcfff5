/**
 * Evenings are posted in the order of their days: what this day advances and clears rests on the evening before. An unclosed day
 * before holds neither the morning's plan nor the banks, only the posting.
 */
import { condition, setHandler } from '@temporalio/workflow';
import { database } from '../activity-groups';
import { eveningBeforePosted } from '../messages/settlement-day';
import type { DayInProgress } from './day-in-progress';

export class EveningBefore {
  private posted = false;
  private advanced = false;

  private constructor() {}

  /** Before the first await of a run. */
  static open(): EveningBefore {
    const before = new EveningBefore();
    setHandler(
      eveningBeforePosted,
      () => {
        before.posted = true;
      },
      { description: '前一日已入账 the evening before is posted' },
    );
    return before;
  }

  /** Whether yesterday's overdrafts have been advanced. */
  isAdvanced(): boolean {
    return this.advanced;
  }

  /** Yesterday's overdrafts are known, and advanced from the cushion, once the evening before is posted (A4 §28; S18). */
  async advanceOverdrafts({ key, waiting }: DayInProgress): Promise<void> {
    for (;;) {
      this.posted = false;
      const { unposted } = await database('前一日入账 is the evening before posted').eveningBefore(key);
      if (unposted === undefined) break;
      const waitsNoMore = waiting.on({
        who: `交收日 settlement day ${unposted}`,
        whatZh: '入账',
        whatEn: 'to be posted',
      });
      await condition(() => this.posted);
      waitsNoMore();
    }
    await database('垫付昨日透支 advance overdrafts').advanceOverdrafts(key);
    this.advanced = true;
  }
}
