/**
 * A sample: drawn by its seed out of the whole population, which is kept; then what follows for each that was drawn is begun, page by page.
 * Callbacks of the month or of a campaign, recorded calls, closed complaints. `sample:KIND:PERIOD`.
 */
import { database } from './activity-groups';
import { BusinessClock } from './building-blocks/business-clock';
import { openWaiting } from './building-blocks/waiting';
import type { SampleInput, SampleResult } from './messages/sample';

export async function sample({ sampleNo }: SampleInput): Promise<SampleResult> {
  const waiting = openWaiting({ zh: `抽样 ${sampleNo}`, en: `sample ${sampleNo}` });
  await BusinessClock.open();
  waiting.stage('抽样', 'drawing');
  const drawn = await database('抽样 draw the sample').drawSample({ sampleNo });
  waiting.stage('发起', 'beginning what was drawn');
  for (let after: string | null = ''; after !== null;) {
    const page: { readonly next: string | null } = await database('发起一页 begin a page').beginSampled({
      sampleNo,
      after,
    });
    after = page.next;
  }
  waiting.stage('已结束', 'ended');
  return drawn;
}
