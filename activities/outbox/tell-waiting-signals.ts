/** Starts and signals that the process engine has not taken for minutes: what they tell is kept, and somebody must see why they wait. */
import type { Pool } from 'pg';
import { inTransaction } from '../database/transaction';
import { queueEach } from './queue-notice';

const TOLD_AFTER = '5 minutes';
const AT_MOST = 20;

/**
 * Tells of the oldest that waits, and of each process of which one was refused; once each. Answers how many alarms are new. They are told
 * by the channels of the messages, which need no process.
 */
export const tellWaitingSignals = (pool: Pool): Promise<number> =>
  inTransaction(pool, async (sql) => {
    const { rows } = await sql.query<{ id: string; process: string; minutes: string }>(
      `with waiting as (
         select *, row_number() over (order by message_id) = 1 as is_oldest,
                row_number() over (partition by workflow_id order by message_id) = 1 and attempts > 0 as is_refused
           from waiting_messages where created_at <= business_now() - interval '${TOLD_AFTER}')
       select message_id::text as id, workflow_id as process, floor(extract(epoch from business_now() - created_at) / 60)::text as minutes
         from waiting where is_oldest or is_refused order by message_id limit ${AT_MOST}`,
    );
    return queueEach(
      sql,
      rows.flatMap(({ id, process, minutes }) =>
        ['operations', 'admin'].map((recipientRole) => ({
          key: `signal-waits:${id}:${recipientRole}`,
          workflowId: process,
          severity: 'critical' as const,
          recipientRole,
          template: 'SIGNAL_WAITS',
          facts: { process, minutes },
        })),
      ),
    );
  });
