/** The complaints of a year are to be reported: by the firm and by each branch in which somebody works today. Once a year, however often it is asked. */
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { queueStart } from '../outbox/queue-message';
import { businessDateNow } from '../people/standing';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';

export const askYearlyReports =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ year }: { readonly year: string }): Promise<null> =>
    inTransaction(pool, async (sql) => {
      const today = await businessDateNow(sql);
      const { rows } = await sql.query<{ branch: string; workflowId: string }>(
        `insert into yearly_complaint_reports (year, branch, workflow_id)
         select $1::int, branch, 'complaint-report:' || $1 || case branch when '-' then '' else ':' || branch end
           from (select '-' as branch union select branch from grants
                  where role = 'branch' and branch is not null and daterange(valid_from, valid_to) @> $2::date) reporting
          order by branch
         on conflict do nothing returning branch, workflow_id as "workflowId"`,
        [year, today],
      );
      for (const { branch, workflowId } of rows) {
        await recordAudit(sql, {
          actor: SYSTEM_ACTOR,
          role: 'system',
          action: 'ask for yearly report of complaints',
          outcome: 'done',
          objectType: 'yearly complaint report',
          objectId: workflowId,
          after: { year, branch },
          workflowId,
        });
        await queueStart(sql, {
          key: `start:${workflowId}`,
          workflowId,
          type: 'yearlyComplaintReport',
          args: [{ year, ...(branch === '-' ? {} : { branch }) }],
          summary: `${year} 年度投诉报告 yearly report of complaints`,
          attributes: { ProcessType: 'yearlyComplaintReport', BusinessKey: workflowId, BusinessDate: today },
        });
      }
      return null;
    });
