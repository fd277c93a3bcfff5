/** A complaint as its row says; who complains stands in another table and is not read here. */
import type { ClientBase } from 'pg';
import { ENDED_STATES, type ComplaintChannel, type ComplaintState } from '../../domain/complaints/complaint-words';
import { BusinessError } from '../../domain/errors';

type Sql = Pick<ClientBase, 'query'>;

export interface ComplaintRow {
  readonly complaintNo: string;
  readonly workflowId: string;
  readonly channel: ComplaintChannel;
  readonly product: string;
  readonly category: string;
  readonly branch: string | null;
  readonly claimedFen: string | null;
  readonly aboutWorkflow: string | null;
  /** Event of the history of that process which is meant. */
  readonly aboutEvent: string | null;
  readonly transferNo: string | null;
  /** UTC, as all instants here. */
  readonly transferredAt: string | null;
  readonly receivedAt: string;
  readonly receivedBy: string;
  readonly receivedRole: string;
  readonly state: ComplaintState;
  readonly revision: number;
  readonly level: 1 | 2;
  readonly handler: string | null;
  readonly handlerRole: string | null;
  readonly handlerBranch: string | null;
  readonly duplicateOf: string | null;
  readonly groupOf: string | null;
  /** Of the transaction. */
  readonly now: string;
  readonly today: string;
}

/** Columns of a row in the shape of `ComplaintRow`. */
const COLUMNS = `c.complaint_no as "complaintNo", c.workflow_id as "workflowId", c.channel, c.product, c.category, c.branch,
  c.claimed_fen::text as "claimedFen", c.about_workflow as "aboutWorkflow", c.about_event::text as "aboutEvent", c.transfer_no as "transferNo", c.transferred_at as "transferredAt",
  c.received_at as "receivedAt", c.received_by as "receivedBy", c.received_role as "receivedRole", c.state, c.revision, c.level, c.handler,
  c.handler_role as "handlerRole", c.handler_branch as "handlerBranch", c.duplicate_of as "duplicateOf", c.group_of as "groupOf",
  business_now() as now,
  (business_now() at time zone 'Asia/Shanghai')::date::text as today`;

/**
 * The complaint, locked until the transaction ends: of two acts at once one comes after the other. Rows that refer to it are written
 * meanwhile: a promise that is held is extended, and the register told of it, while an act holds the complaint and waits for the promise.
 * @throws BusinessError NOT_FOUND
 */
export async function lockComplaint(sql: Sql, complaintNo: string): Promise<ComplaintRow> {
  const { rows } = await sql.query<ComplaintRow>(
    `select ${COLUMNS} from complaints c where complaint_no = $1 for no key update`,
    [complaintNo],
  );
  const [row] = rows;
  if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '投诉 complaint', key: complaintNo });
  return row;
}

/** Of two that are linked to each other at once one comes after the other, and sees what it did. */
export async function lockInOrder(sql: Sql, complaintNos: readonly string[]): Promise<void> {
  await sql.query('select from complaints where complaint_no = any($1) order by complaint_no for no key update', [
    complaintNos,
  ]);
}

/** @throws BusinessError COMPLAINT_ENDED */
export function requireOpen({ complaintNo, state }: ComplaintRow): void {
  if (ENDED_STATES.includes(state)) throw new BusinessError('COMPLAINT_ENDED', { complaint: complaintNo, state });
}
