/**
 * The ladder of a business date whose rungs ring at clock times. Whoever asks for it gives a promise: what it guards is due at
 * its last rung, and stands among all other promises.
 */
import { shanghaiInstant, type BusinessDate } from '../../domain/calendar/business-date';
import type { Channel, Side } from '../../domain/channel';
import { inTransaction } from '../database/transaction';
import { givePromise } from '../deadlines/open-deadline';
import type { Dependencies } from '../dependencies';
import { loadParameters } from '../terms/load-terms';
import { rungTermsOn, type LoadedRung } from './rung-terms';

export interface LadderOfDate {
  readonly ladder: string;
  readonly channel: string;
  readonly businessDate: BusinessDate;
  readonly workflowId: string;
  readonly process: string;
  /** What climbs, e.g. `SH:2025-06-23:client`; the key of the promise is `FUNDING_CLIENT:SH:2025-06-23:client`. */
  readonly subject: string;
  readonly side?: Side;
  /** Role that owes what the ladder guards. */
  readonly ownerRole: string;
}

/**
 * Safe to repeat.
 * @throws BusinessError NO_PARAMETER_FOR_DATE where no rung is in force
 */
export const loadLadder =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (of: LadderOfDate): Promise<readonly LoadedRung[]> =>
    inTransaction(pool, async (sql) => {
      const { ladder, channel, businessDate } = of;
      const terms = await rungTermsOn(sql, ladder, businessDate);
      const parameter = await loadParameters(sql, channel, businessDate);
      const rungs = terms.map(({ atTime, ...told }) => {
        const time = /^\d/.test(atTime) ? atTime : parameter(atTime);
        return { time, rung: { ...told, dueAt: shanghaiInstant(businessDate, time) } };
      });
      const last = rungs.reduce((latest, one) => (one.rung.dueAt > latest.rung.dueAt ? one : latest));
      await givePromise(sql, {
        businessKey: `${ladder}:${of.subject}`,
        workflowId: of.workflowId,
        process: of.process,
        step: ladder,
        subject: of.subject,
        ...(of.side === undefined ? {} : { side: of.side }),
        owner: { role: of.ownerRole },
        ladder,
        limit: { kind: 'CLOCK_TIME', n: 0, time: last.time },
        // The day as a whole: a day that is caught up with later was promised for its own date too.
        receivedAt: shanghaiInstant(businessDate, '00:00'),
        channel: channel as Channel,
      });
      return rungs.map(({ rung }) => rung);
    });
