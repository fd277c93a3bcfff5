/** The documents of a request at the counter: what is lacking, what a second person looked at, what stands in the client's file. */
import type { ClientBase, PoolClient } from 'pg';
import { recordAudit } from '../audit/record-audit';
import type { Lacking } from '../archive/missing-documents';
import type { Dependencies } from '../dependencies';
import { inTransaction } from '../database/transaction';
import { businessDateOf, type BusinessDate } from '../../domain/calendar/business-date';
import type { Limit } from '../../domain/deadlines/limit';
import { loadParameters } from '../terms/load-terms';
import { actOnRequest } from './act-on-request';
import { holdsShares } from './closing-facts';
import { closingLimit, closingPromiseKey } from './closing-promise';
import { loadCounterTerms } from './counter-terms';
import { ownAct, type OfRequest } from './follow-request';
import { NEWEST_PAPERS } from './papers-shown';
import { lockRequest, type PermissionRequest, type RequestState } from './request-row';

type Sql = Pick<ClientBase, 'query'>;
type Pooled = Pick<Dependencies, 'pool'>;

/** Kinds of document that a request at the counter rests on; a client who holds shares confirms that they cannot be sold any more. */
export async function papersWanted(sql: PoolClient, request: PermissionRequest): Promise<readonly string[]> {
  const terms = await loadCounterTerms(sql, request.permission, businessDateOf(request.requestedAt));
  if (request.kind === 'institution opening') return terms.institutionDocuments;
  const isHolder = request.terms.clearingChannels.length > 0 && (await holdsShares(sql, request.clientNo));
  return isHolder ? [...terms.closingDocuments, terms.holdingsDocument] : terms.closingDocuments;
}

/**
 * Kinds that the request was let go on with: the file is complete with them. What the client is credited with afterwards asks for
 * nothing more, when nothing more can be filed.
 */
export async function papersAsked(sql: Sql, requestNo: string): Promise<readonly string[]> {
  const { rows } = await sql.query<{ kinds: readonly string[] }>(
    `select detail -> 'kinds' as kinds from permission_steps
      where request_no = $1 and act = 'look at documents' and outcome = 'done' order by step_id desc limit 1`,
    [requestNo],
  );
  const [looked] = rows;
  if (looked === undefined) throw new RangeError(`nobody looked at the documents of ${requestNo}`);
  return looked.kinds;
}

/** Of each kind the newest paper; what is not there or cannot be read is lacking. */
export async function papersLacking(
  sql: Sql,
  workflowId: string,
  kinds: readonly string[],
): Promise<readonly Lacking[]> {
  const { rows } = await sql.query<Lacking>(
    `with newest as (
       select distinct on (e.kind) e.kind, r.outcome from archive_entries e left join archive_reviews r using (entry_id)
        where e.workflow_id = $1 order by e.kind, e.entry_id desc)
     select wanted.kind, case when n.kind is null then 'not filed' else 'scan again' end as what
       from unnest($2::text[]) with ordinality as wanted (kind, place) left join newest n using (kind)
      where n.kind is null or n.outcome = 'scan again' order by wanted.place`,
    [workflowId, kinds],
  );
  return rows;
}

const SENT_BACK: Lacking = { kind: 'documents', what: 'sent back' };

/** Sent back with reasons, and nothing was filed since: the same documents are not looked at again. */
async function isSentBack(sql: Sql, requestNo: string): Promise<boolean> {
  const { rows } = await sql.query<{ act: string }>(
    `select act from permission_steps
      where request_no = $1 and (act = 'file document' or (act in ('review documents', 'decide opening') and outcome = 'failed'))
      order by step_id desc limit 1`,
    [requestNo],
  );
  return rows[0] !== undefined && rows[0].act !== 'file document';
}

/** Where all documents are there the request goes to a second person. Answers what is lacking. */
export const lookAtPapers =
  ({ pool }: Pooled) =>
  ({ requestNo, nth }: OfRequest & { readonly nth: string }): Promise<readonly Lacking[]> =>
    actOnRequest<readonly Lacking[]>(
      pool,
      ownAct(requestNo, `papers:${nth}`),
      'look at documents',
      async (sql, request) => {
        if (request.state !== 'under way' || request.step !== 'documents') return { answer: [], idle: true };
        const kinds = await papersWanted(sql, request);
        const lacking = (await isSentBack(sql, requestNo))
          ? [SENT_BACK]
          : await papersLacking(sql, request.workflowId, kinds);
        if (lacking.length > 0) return { answer: lacking, idle: true };
        return { answer: lacking, detail: { complete: true, kinds }, next: { step: 'review' } };
      },
    );

export interface PaperReview extends OfRequest {
  readonly nth: number;
  readonly decision: 'approved' | 'refused' | 'returned';
  readonly reason: string;
  readonly by: string;
  readonly onBehalfOf?: string;
  readonly role: string;
}

/**
 * The second person has decided: approved, the scans are reviewed with it and the request goes on; returned, or one of them unreadable, whoever entered it files
 * anew, for the reasons given; refused, it ends.
 */
export const recordPaperReview =
  ({ pool }: Pooled) =>
  ({ requestNo, nth, decision, reason, by, onBehalfOf, role }: PaperReview): Promise<RequestState> =>
    actOnRequest<RequestState>(
      pool,
      { ...ownAct(requestNo, `review:${nth}`), by, onBehalfOf, role },
      'review documents',
      async (sql, request) => {
        // Withdrawn, or lapsed, while the second person decided: what has ended stays as it ended.
        if (request.state !== 'under way' || request.step !== 'review') return { answer: request.state, idle: true };
        const outcome = decision === 'approved' ? 'done' : 'failed';
        const shared = { detail: { decision, reason }, outcome } as const;
        if (decision === 'refused')
          return {
            ...shared,
            answer: 'refused',
            next: { step: 'ended', state: 'refused', cause: 'documents refused' },
          };
        // What cannot be read is scanned again first, whatever was decided about the rest.
        if (decision === 'returned' || (await isUnreadable(sql, request)))
          return { ...shared, outcome: 'failed', answer: request.state, next: { step: 'documents' } };
        await reviewScans(sql, request, { by, role, reason });
        const step = request.kind === 'closing' ? 'blockers' : 'operations';
        return { ...shared, answer: request.state, next: { step } };
      },
    );

async function isUnreadable(sql: Sql, { workflowId }: PermissionRequest): Promise<boolean> {
  const { rowCount } = await sql.query(
    `select from ${NEWEST_PAPERS} e join archive_reviews r using (entry_id) where r.outcome = 'scan again' limit 1`,
    [workflowId],
  );
  return rowCount === 1;
}

/** Those that were looked at: a scan in whose place another one was filed stays without a review. */
async function reviewScans(
  sql: PoolClient,
  { workflowId, clientNo }: PermissionRequest,
  { by, role, reason }: { readonly by: string; readonly role: string; readonly reason: string },
): Promise<void> {
  const { rowCount } = await sql.query(
    `insert into archive_reviews (entry_id, filed_by, reviewed_by, outcome, reason)
     select e.entry_id, e.filed_by, $2, 'legible', $3 from ${NEWEST_PAPERS} e
      where e.paper_no is not null and not exists (select from archive_reviews r where r.entry_id = e.entry_id)`,
    [workflowId, by, reason],
  );
  await recordAudit(sql, {
    actor: by,
    role,
    action: 'review scans',
    outcome: 'done',
    objectType: 'archive',
    objectId: clientNo,
    reason,
    after: { workflowId, scans: rowCount },
  });
}

/** The request as a story of the counter reads it. */
export interface CounterRequest {
  readonly clientNo: string;
  readonly enteredBy: string;
  readonly requestedAt: string;
  /** Within which a closing lapses. */
  readonly closingLimit: Limit;
  /** Key of the promise that its closing is given by. */
  readonly promiseKey: string;
  /** Working days within which its papers go to their custodian. */
  readonly handOverDays: number;
}

export const readCounterRequest =
  ({ pool }: Pooled) =>
  ({ requestNo }: OfRequest): Promise<CounterRequest> =>
    inTransaction(pool, async (sql) => {
      const { clientNo, enteredBy, requestedAt, permission, today } = await lockRequest(sql, requestNo);
      const parameter = await loadParameters(sql, 'SH', today as BusinessDate);
      const { closingDays } = await loadCounterTerms(sql, permission, businessDateOf(requestedAt));
      return {
        clientNo,
        enteredBy,
        requestedAt,
        closingLimit: closingLimit(closingDays),
        promiseKey: closingPromiseKey(requestNo),
        handOverDays: Number.parseInt(parameter('PAPER_HANDOVER_WITHIN_DAYS'), 10),
      };
    });
