/** Urgent, collective and reopened complaints go to the head office the same day (facts 6.2): each for its cause once, by a process of its own. */
import type { PoolClient } from 'pg';
import { businessDateOf } from '../../domain/calendar/business-date';
import { ENDED_STATES, HEAD_OFFICE_WORDS, type HeadOfficeCause } from '../../domain/complaints/complaint-words';
import { sameDay, type Limit } from '../../domain/deadlines/limit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { queueStart } from '../outbox/queue-message';
import { queueEach, queueNotice } from '../outbox/queue-notice';
import { complianceOrAbove } from '../people/keep-out';
import { loadParameters } from '../terms/load-terms';
import { actOnComplaint, actOfProcess, type StepActor } from './act-on-complaint';
import { lockComplaint, type ComplaintRow } from './complaint-row';
import type { OfComplaint } from './follow-complaint';
import { isOneOpen } from './tell-end';

const PROCESS = 'headOfficeComplaint';

type Told = Pick<ComplaintRow, 'complaintNo' | 'branch' | 'now' | 'today'>;

/** Tells compliance at once, or the general manager where nobody there is left, and has it taken up the same day; in the transaction of the cause. */
export async function tellHeadOffice(
  sql: PoolClient,
  { complaintNo, branch, now, today }: Told,
  cause: HeadOfficeCause,
): Promise<void> {
  const workflowId = `head-office-complaint:${complaintNo}:${cause}`;
  const isNew = await queueStart(sql, {
    key: `start:${workflowId}`,
    workflowId,
    type: PROCESS,
    args: [{ complaintNo, cause, since: now }],
    summary: `投诉报总部 ${complaintNo} a complaint is taken up by the head office`,
    attributes: {
      ProcessType: PROCESS,
      BusinessKey: `${complaintNo}:${cause}`,
      BusinessDate: today,
      ...(branch === null ? {} : { Branch: branch }),
    },
  });
  if (!isNew) return;
  await queueNotice(sql, {
    key: workflowId,
    workflowId: `complaint:${complaintNo}`,
    severity: 'warning',
    recipientRole: await complianceOrAbove(sql, `complaint:${complaintNo}`),
    template: 'COMPLAINT_TO_HEAD_OFFICE',
    facts: { complaint: complaintNo, cause: HEAD_OFFICE_WORDS[cause] },
  });
}

/** A complaint that others have joined; collective from so many on, each of them counted. */
export async function tellOfGroup(sql: PoolClient, lead: string): Promise<void> {
  const row = await lockComplaint(sql, lead);
  const parameter = await loadParameters(sql, 'SH', businessDateOf(row.now));
  if ((await sizeOfGroup(sql, lead)) >= Number.parseInt(parameter('COMPLAINT_COLLECTIVE_FROM'), 10))
    await tellHeadOffice(sql, row, 'collective');
}

/** How many complaints are decided with it, itself among them. */
async function sizeOfGroup(sql: PoolClient, lead: string): Promise<number> {
  const { rowCount } = await sql.query('select from complaints where group_of = $1', [lead]);
  return 1 + (rowCount ?? 0);
}

export interface FollowedByHeadOffice extends Pick<
  ComplaintRow,
  'complaintNo' | 'channel' | 'product' | 'category' | 'receivedAt' | 'level' | 'branch' | 'handler'
> {
  /** How many complaints go with it, itself among them. */
  readonly complaints: number;
  /** Until when it is taken up. */
  readonly limit: Limit;
  /** Of many people, all of them have. */
  readonly hasEnded: boolean;
  /** Who takes it up; an earlier version left it away. */
  readonly takenUpBy?: 'compliance' | 'general_manager';
}

export const readForHeadOffice =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({
    complaintNo,
    cause,
    since,
  }: OfComplaint & { readonly cause: HeadOfficeCause; readonly since: string }): Promise<FollowedByHeadOffice> =>
    inTransaction(pool, async (sql) => {
      const { channel, product, category, receivedAt, level, branch, handler, state } = await lockComplaint(
        sql,
        complaintNo,
      );
      const parameter = await loadParameters(sql, 'SH', businessDateOf(since));
      return {
        ...{ complaintNo, channel, product, category, receivedAt, level, branch, handler },
        complaints: await sizeOfGroup(sql, complaintNo),
        limit: sameDay(since, parameter('COMPLAINT_HEAD_OFFICE_BY')),
        hasEnded: cause === 'collective' ? !(await isOneOpen(sql, complaintNo)) : ENDED_STATES.includes(state),
        takenUpBy: await complianceOrAbove(sql, `complaint:${complaintNo}`),
      };
    });

/** What the head office says of it stands in the register, its words by reference; where it follows the complaint, whoever handles it is told. */
export const recordTakenUp =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({
    complaintNo,
    cause,
    decision,
    reason,
    by,
  }: OfComplaint & {
    readonly cause: HeadOfficeCause;
    readonly decision: string;
    readonly reason: string;
    readonly by: StepActor;
  }): Promise<null> =>
    actOnComplaint(pool, actOfProcess(complaintNo, `take up:${cause}`, by), 'take up', async (sql, complaint) => {
      if (decision === 'followed by the head office') await tellHandlers(sql, complaint, cause);
      return { answer: null, detail: { cause, decision }, reason };
    });

/** Each of them that is open, of many people; whoever handles one later sees it with the complaint. */
async function tellHandlers(
  sql: PoolClient,
  { complaintNo }: Pick<ComplaintRow, 'complaintNo'>,
  cause: HeadOfficeCause,
): Promise<void> {
  const { rows } = await sql.query<Pick<ComplaintRow, 'complaintNo' | 'workflowId' | 'handler' | 'branch'>>(
    `select complaint_no as "complaintNo", workflow_id as "workflowId", handler, branch from complaints
      where (complaint_no = $1 or (group_of = $1 and $2)) and ended_at is null and handler is not null order by complaint_no`,
    [complaintNo, cause === 'collective'],
  );
  await queueEach(
    sql,
    rows.map(({ complaintNo: no, workflowId, handler, branch }) => ({
      key: `complaint-followed:${no}:${cause}`,
      recipientRef: `person:${handler}`,
      workflowId,
      severity: 'info',
      template: 'COMPLAINT_FOLLOWED',
      facts: { complaint: no },
      ...(branch === null ? {} : { branch }),
    })),
  );
}
