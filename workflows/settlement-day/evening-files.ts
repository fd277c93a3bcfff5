/**
 * Files come all day and are taken beside the story. Whoever posts looks here: is one being taken, has one that was posted on been
 * replaced, has anything come since, how many are still awaited (clearing files, section 7).
 */
import { condition, setHandler } from '@temporalio/workflow';
import { bulk, database } from '../activity-groups';
import { deliverBeside } from '../building-blocks/delivery';
import { filesArrived } from '../messages/settlement-day';
import { promiseOfDay, type DayInProgress } from './day-in-progress';

export class EveningFiles {
  // Files that came before the day was opened are looked for at once.
  private arrived = true;
  private taking = false;
  private awaited = Number.POSITIVE_INFINITY;
  private accepted = 0;
  private news = 0;

  private constructor() {}

  /** Before the first await of a run: the signal may come with its first task. */
  static open(): EveningFiles {
    const files = new EveningFiles();
    setHandler(filesArrived, () => files.lookAgain(), { description: '文件已到 files have arrived' });
    return files;
  }

  /** A file came, or may have come: what is new is taken before anything else is decided. */
  lookAgain(): void {
    this.arrived = true;
    this.news += 1;
  }

  /** Grows with everything that came: whoever read the books before it reads them again. */
  newsSoFar(): number {
    return this.news;
  }

  /** Whether every file that has come has its verdict. */
  allTaken(): boolean {
    return !this.arrived && !this.taking;
  }

  /** Grows with each file that was accepted. */
  acceptedSoFar(): number {
    return this.accepted;
  }

  /** Takes every file as it arrives, whatever the story waits for, until the day is closed. */
  async take({ key, workflowId }: DayInProgress, closed: () => boolean): Promise<void> {
    for (;;) {
      await condition(() => this.arrived || closed());
      if (closed()) return;
      this.arrived = false;
      this.taking = true;
      for (const file of await database('新到文件 new files').listNewFiles(key)) {
        const receipt = await bulk(`收取文件 receive ${file.name}`).receiveFile({ fileId: file.fileId, workflowId });
        this.awaited = receipt.awaited;
        if (receipt.state === 'accepted') this.accepted += 1;
        if (receipt.state === 'refused') deliverBeside();
      }
      this.taking = false;
    }
  }

  /** 20:00 and 21:00: missing files raise an alarm. */
  async deadlines(day: DayInProgress, closed: () => boolean): Promise<void> {
    const { channel, businessDate } = day.key;
    const promise = await day.promises.give(day.clock, {
      ...promiseOfDay(day, 'FILES', `${channel}:${businessDate}`),
      owner: { role: 'operations' },
      titleZh: '清算文件齐全',
      titleEn: 'all clearing files are in',
    });
    const allIn = () => this.awaited === 0;
    await condition(() => allIn() || closed());
    if (allIn()) await promise.meet({ by: 'clearing house' });
    else await promise.withdraw('交收日已关闭 the settlement day is closed');
  }
}
