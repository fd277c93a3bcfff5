/** The tick as the product runs it, and a day that does nothing but end when it is told. */
import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import { BusinessClock } from '../../workflows/building-blocks/business-clock';

export { settlementDayTick } from '../../workflows/settlement-day-tick';

const endDay = defineSignal('endDay');

export async function settlementDay({ businessDate }: { businessDate: string }): Promise<string> {
  let ended = false;
  setHandler(endDay, () => {
    ended = true;
  });
  await BusinessClock.open();
  await condition(() => ended);
  return businessDate;
}
