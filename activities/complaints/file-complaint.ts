/** The complete file of a complaint: everything that was received, asked, decided, paid and answered, with the promises and who did what. */
import { getClient } from '@temporalio/activity';
import type { PoolClient } from 'pg';
import { isAbout, writtenInAny } from '../database/audit-found';
import { canonicalJson } from '../../domain/canonical-json';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { fileDocument } from '../archive/file-document';
import { openArchive } from '../archive/open-archive';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { actOnComplaint, actOfProcess } from './act-on-complaint';
import { lockComplaint } from './complaint-row';
import type { OfComplaint } from './follow-complaint';
import { enterComplaintDocument, enterDocument, keptBytes } from './keep-attachment';
import { runsOf } from './process-history';
import { ofProcess, ofProcesses } from '../database/of-process';
import { owedByProcess, owedByProcesses } from '../database/promises-found';

const MOST_BYTES = 20_000_000;

/** Entered once; that of a client is an entry of the client's file too. The history of the complaint lies beside it, up to its filing. */
export const fileComplaint =
  ({ pool, documents }: Pick<Dependencies, 'pool' | 'documents'>) =>
  async ({ complaintNo }: OfComplaint): Promise<{ readonly sha256: string }> => {
    const { content, clientNo, today, workflowId } = await inTransaction(pool, (sql) => fileOf(sql, complaintNo));
    const runs = await runsOf(getClient(), workflowId);
    const history = await keptBytes(documents, Buffer.from(canonicalJson({ workflowId, runs })));
    const of = { sha256: history.sha256, events: runs.reduce((sum, { events }) => sum + events.length, 0) };
    const kept = await keptBytes(documents, Buffer.from(canonicalJson({ ...content, history: of })));
    // What was entered first is the file: a repetition finds another state of the world, and changes nothing.
    const filed = await actOnComplaint(pool, actOfProcess(complaintNo, 'file'), 'file complaint', async (sql) => {
      for (const document of [history, kept]) await enterDocument(sql, document);
      await enterComplaintDocument(sql, { complaintNo, kind: 'evidence', sha256: history.sha256, by: SYSTEM_ACTOR });
      await enterComplaintDocument(sql, { complaintNo, kind: 'file', sha256: kept.sha256, by: SYSTEM_ACTOR });
      return { answer: { sha256: kept.sha256 }, detail: { sha256: kept.sha256, history: of } };
    });
    if (clientNo !== null)
      await fileDocument({ pool, documents }, await documents.read(filed.sha256), {
        key: `${workflowId}:file`,
        clientNo,
        kind: 'complaint',
        businessDate: today,
        workflowId,
        filedBy: SYSTEM_ACTOR,
        mostBytes: MOST_BYTES,
      });
    return filed;
  };

/** The process of the complaint, and those that take it up in the head office. */
const OWN_PROCESSES = `array['complaint:' || $1, 'head-office-complaint:' || $1 || ':urgent', 'head-office-complaint:' || $1 || ':collective',
  'head-office-complaint:' || $1 || ':reopened']`;

/** What was decided about one of a group rests on the investigation of another: without what its complainant says and was told. */
const OF_GROUP = 'select group_of from complaints own where own.complaint_no = $1';

const PARTS: Readonly<Record<string, string>> = {
  complaint: 'select * from complaints where complaint_no = $1',
  complainant:
    'select complaint_no, name, contact, telephone, client_no, fund_account from complainants where complaint_no = $1',
  texts: 'select * from complaint_words where complaint_no = $1 order by text_id nulls first, kind desc',
  register: 'select act, detail, by, role, at from complaint_register where complaint_no = $1 order by step_id',
  requests: 'select * from complaint_requests where complaint_no = $1 order by request_no',
  extensions: `select d.business_key, e.further_n, e.reason, e.asked_by, e.asked_at, e.state, e.decided_by, e.decided_at
                 from deadline_extensions e join deadlines d using (deadline_id) where ${owedByProcess('d', `('complaint:' || $1)`)} order by e.extension_id`,
  proposals: 'select * from complaint_proposals where complaint_no = $1 order by nth',
  payeeCorrections:
    'select x.* from payee_corrections x join complaint_proposals p using (proposal_id) where p.complaint_no = $1 order by x.correction_id',
  closing: 'select * from complaint_closings where complaint_no = $1',
  actions: 'select * from complaint_actions where complaint_no = $1 order by action_no',
  documents: `select kind, sha256, byte_count, media_type, filed_by, filed_at
                from complaint_documents join documents using (sha256) where complaint_no = $1 order by document_id`,
  attachments: 'select * from complaint_attachments where complaint_no = $1 order by attachment_id',
  // One that named several complaints lies in the file of each.
  mails: `select mail_id, sha256, received_at, state, faults, reported_message, looked_at_by, sender_said from received_mails m
           where complaint_no = $1 or exists (select from complaint_documents d where d.complaint_no = $1 and d.kind = 'mail' and d.sha256 = m.sha256)
           order by mail_id`,
  evidence: 'select * from complaint_evidence where complaint_no = $1 order by evidence_id',
  group: 'select complaint_no, state from complaints where group_of = $1 order by 1',
  groupInvestigation: `select c.complaint_no, c.handler, c.handler_role, c.handler_branch,
      (select jsonb_agg(to_jsonb(q) order by request_no) from complaint_requests q where q.complaint_no = c.complaint_no) as requests,
      (select jsonb_agg(to_jsonb(x) order by text_id) from complaint_texts x left join tasks t using (task_id)
        where x.complaint_no = c.complaint_no and (x.kind = 'question' or t.kind in ('answer-complaint-request', 'propose-complaint-outcome'))) as texts,
      (select jsonb_agg(to_jsonb(p) - 'payee' order by nth) from complaint_proposals p where p.complaint_no = c.complaint_no) as proposals,
      (select jsonb_agg(jsonb_build_object('maker', a.maker, 'checker', a.checker, 'decision', a.decision, 'decided_at', a.decided_at) order by a.decided_at)
         from approvals a join tasks t using (task_id) where ${ofProcess('t.workflow_id', 'c.workflow_id')} and t.kind = 'approve-complaint-proposal') as decisions,
      (select jsonb_agg(to_jsonb(e) order by evidence_id) from complaint_evidence e where e.complaint_no = c.complaint_no) as evidence
      from complaints c where c.complaint_no = (${OF_GROUP})`,
  audit: `select seq, at, actor, on_behalf_of, role, action, outcome, object_type, object_id, request_id
            from audit where ${writtenInAny(OWN_PROCESSES)} or (object_type = 'complaint' and ${isAbout('$1')}) order by seq`,
  rules: `select p.code, p.value, p.valid_from, p.source
            from complaints c join parameters p on (p.code like 'COMPLAINT%' or p.code in ('DEADLINE_STOPPED_DAYS_AT_MOST', 'DESK_OPENS_AT', 'DESK_CLOSES_AT'))
                 and daterange(p.valid_from, p.valid_to) @> (c.received_at at time zone 'Asia/Shanghai')::date
           where c.complaint_no = $1 order by 1`,
  approvalTerms: `select t.* from complaints c join approval_terms t on t.kind in ('approve-complaint-proposal', 'approve-extension')
                    and daterange(t.valid_from, t.valid_to) @> (c.received_at at time zone 'Asia/Shanghai')::date
                   where c.complaint_no = $1 order by t.kind, t.risk, t.from_fen, t.checker`,
  notices: `select message_key, template, facts, created_at, state, sent_at
              from outbox where ${ofProcess('workflow_id', "('complaint:' || $1)")} and kind = 'notice' order by message_id`,
  calls: `select k.callback_no, k.outcome, a.nth, a.begun_by, a.begun_at, r.result, r.answers, r.doubt, r.recording, r.recording_sha256, r.recorded_by
            from callbacks k join callback_attempts a using (callback_no) left join callback_results r using (attempt_id)
           where k.filed_with = 'complaint:' || $1 order by k.callback_no, a.nth`,
  entries: `select b.batch_key as key, e.business_date, e.line_no, e.ledger, e.owner, e.asset, e.amount, e.value_date
              from batches b join entries e using (batch_id, business_date) where b.batch_key like 'compensation:' || $1 || ':%' order by b.batch_id, e.line_no`,
  duplicates: 'select complaint_no from complaints where duplicate_of = $1 order by 1',
  keptOut: `select person, cause, entered_by, entered_at, taken_back_by, taken_back_at from process_exclusions where workflow_id = 'complaint:' || $1 order by exclusion_id`,
  promises: `select business_key, limit_kind, limit_n, received_at, due_at, state, ended_at, ended_by, calendar_version
               from deadlines d where ${owedByProcesses('d', OWN_PROCESSES)} order by deadline_id`,
  decisions: `select t.kind, a.maker, a.checker, a.decision, a.reason, a.decided_at
                from approvals a join tasks t using (task_id) where ${ofProcesses('t.workflow_id', OWN_PROCESSES)} order by a.decided_at, t.task_id`,
  orders: `select business_key, amount_fen, state, made_by, approved_by, sent_at, executed_at
             from orders where case_key like $1 || ':%' order by order_id`,
};

async function fileOf(sql: PoolClient, complaintNo: string) {
  const { today, workflowId } = await lockComplaint(sql, complaintNo);
  const content: Record<string, unknown> = {};
  for (const [part, query] of Object.entries(PARTS)) {
    const { rows } = await sql.query<{ part: unknown }>(
      `select coalesce(jsonb_agg(to_jsonb(part)), '[]') as part from (${query}) part`,
      [complaintNo],
    );
    content[part] = rows[0]?.part;
  }
  const { rows } = await sql.query<{ client: string | null }>(
    'select client_no as client from complainants where complaint_no = $1',
    [complaintNo],
  );
  const clientNo = rows[0]?.client ?? null;
  if (clientNo !== null) await openArchive(sql, { clientNo, openedOn: today });
  return { content, clientNo, today, workflowId };
}
