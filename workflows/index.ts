/** Every process that a worker runs. Each exported function is one. */
export { settlementDayTick } from './settlement-day-tick';
export { settlementDay } from './settlement-day';
