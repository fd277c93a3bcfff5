/** A deadline that moved with an approval, told to all who can elect: some were told the old one. Safe to repeat. */
import { businessDateOf, shanghaiTimeOf } from '../../domain/calendar/business-date';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { readEvent, recordStep, type EventKey } from './event-row';
import { tellInPages, type Forwarded } from './forward-event';

export const tellDeadline =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  async (key: EventKey): Promise<Forwarded> => {
    const event = await inTransaction(pool, (sql) => readEvent(sql, key));
    const { eventId, eventNo, code, clientCutAt, brokerCutAt } = event;
    if (clientCutAt === null || brokerCutAt === null) return { queued: 0 };
    const queued = await tellInPages(pool, event, {
      template: 'ELECTION_DEADLINE_MOVED',
      facts: {
        security: code,
        event: eventNo,
        deadline: `${businessDateOf(clientCutAt)} ${shanghaiTimeOf(clientCutAt).slice(0, 5)}`,
      },
      key: `deadline:${brokerCutAt}`,
      whom: 'h.electable > 0',
    });
    await inTransaction(pool, (sql) =>
      recordStep(sql, {
        eventId,
        act: 'tell the deadline',
        key: `deadline ${brokerCutAt}`,
        detail: { holdersUntil: clientCutAt, queued },
        by: SYSTEM_ACTOR,
      }),
    );
    return { queued };
  };
