/**
 * The process that a complaint is about, frozen into the file: the histories of all its runs, its rows, and a manifest with the digest of each. A
 * history only grows, so what was meant is in whatever is frozen later; the engine forgets histories after its own time, the file does not.
 */
import { getClient } from '@temporalio/activity';
import type { PoolClient } from 'pg';
import { canonicalJson } from '../../domain/canonical-json';
import { eventMeant } from '../../domain/complaints/event-meant';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { actOnComplaint, actOfProcess } from './act-on-complaint';
import { lockComplaint } from './complaint-row';
import type { OfComplaint } from './follow-complaint';
import { enterComplaintDocument, enterDocument, keptBytes } from './keep-attachment';
import { runsOf } from './process-history';
import { rowsOfSubject } from './rows-of-subject';

export interface FrozenEvidence {
  /** The process that is named now. */
  readonly workflowId: string;
  /** Digest of the manifest. */
  readonly sha256: string;
  /** Whether the event that is meant is in the history; undefined where none is named. */
  readonly hasEvent?: boolean;
}

/** Frozen once a moment: when it was linked, when the link was corrected, and again when the complaint is filed. Null where a complaint is about no process. */
export const freezeEvidence =
  ({ pool, documents }: Pick<Dependencies, 'pool' | 'documents'>) =>
  async ({
    complaintNo,
    moment,
  }: OfComplaint & { readonly moment: 'linked' | 'corrected' | 'closing' }): Promise<FrozenEvidence | null> => {
    const { aboutWorkflow, aboutEvent, aboutRun, clientNo, frozen } = await inTransaction(pool, (sql) =>
      aboutOf(sql, complaintNo),
    );
    if (aboutWorkflow === null) return null;
    if (moment === 'corrected' && frozen !== undefined) return { workflowId: aboutWorkflow, sha256: frozen.sha256 };
    const about = { aboutWorkflow, aboutEvent, run: frozen?.run ?? aboutRun, clientNo };
    const evidence = await gather(pool, documents, { complaintNo, moment, ...about });
    return actOnComplaint<FrozenEvidence>(
      pool,
      actOfProcess(
        complaintNo,
        `evidence:${moment}${moment === 'corrected' ? `:${[aboutWorkflow, aboutRun, aboutEvent].join(':')}` : ''}`,
      ),
      'freeze evidence',
      async (sql) => {
        await enterEvidence(sql, { complaintNo, moment, ...about }, evidence);
        const { event, runCount, eventCount, rowCount, manifest } = evidence;
        const hasEvent = aboutEvent === null ? {} : { hasEvent: event !== undefined };
        return {
          answer: { workflowId: aboutWorkflow, sha256: manifest.sha256, ...hasEvent },
          detail: {
            moment,
            runs: runCount,
            events: eventCount,
            rows: rowCount,
            sha256: manifest.sha256,
            ...hasEvent,
          },
        };
      },
    );
  };

/** Whose evidence is frozen when: of the process that the complaint is about, and of its run and event where they are named. */
interface Sought extends OfComplaint {
  readonly moment: 'linked' | 'corrected' | 'closing';
  readonly aboutWorkflow: string;
  readonly aboutEvent: string | null;
  readonly run: string | null;
  readonly clientNo: string | null;
}

/** History and rows of the process and the manifest that names them, each kept as a document; a process without history has rows only. */
async function gather(
  pool: Dependencies['pool'],
  documents: Dependencies['documents'],
  { complaintNo, moment, aboutWorkflow, aboutEvent, run: named, clientNo }: Sought,
) {
  const runs = await runsOf(getClient(), aboutWorkflow);
  const { run, event } = eventMeant(runs, { run: named, event: aboutEvent });
  const eventCount = runs.length === 0 ? null : runs.reduce((sum, { events }) => sum + events.length, 0);
  const rows = await inTransaction(pool, (sql) => rowsOfSubject(sql, aboutWorkflow, clientNo));
  const keep = (content: unknown) => keptBytes(documents, Buffer.from(canonicalJson(content)));
  const history = eventCount === null ? undefined : await keep({ workflowId: aboutWorkflow, runs });
  const table = await keep({ workflowId: aboutWorkflow, ...rows });
  const rowCount = Object.values(rows).reduce((sum, part) => sum + part.length, 0);
  const manifest = await keep({
    complaintNo,
    moment,
    about: { workflowId: aboutWorkflow, run, event: aboutEvent, type: event?.eventType, at: event?.eventTime },
    history: history === undefined ? null : { sha256: history.sha256, runs: runs.length, events: eventCount },
    rows: { sha256: table.sha256, count: rowCount },
    documents: rows.documents,
  });
  return { run, event, runCount: runs.length, eventCount, rowCount, history, table, manifest };
}

async function enterEvidence(
  sql: PoolClient,
  { complaintNo, moment, aboutWorkflow, aboutEvent }: Sought,
  { run, event, eventCount, rowCount, history, table, manifest }: Awaited<ReturnType<typeof gather>>,
): Promise<void> {
  for (const kept of [history, table, manifest]) {
    if (kept === undefined) continue;
    await enterDocument(sql, kept);
    await enterComplaintDocument(sql, { complaintNo, kind: 'evidence', sha256: kept.sha256, by: SYSTEM_ACTOR });
  }
  await sql.query(
    `insert into complaint_evidence (complaint_no, moment, about_workflow, about_run, about_event, event_type, event_at, event_count, row_count,
                                     history_sha256, rows_sha256, sha256)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      ...[complaintNo, moment, aboutWorkflow, run ?? null, aboutEvent, event?.eventType ?? null],
      ...[event?.eventTime ?? null, eventCount, rowCount, history?.sha256 ?? null, table.sha256, manifest.sha256],
    ],
  );
}

/** What it is about, and what was frozen of just that before: the run that was meant then is meant still. */
async function aboutOf(sql: PoolClient, complaintNo: string) {
  const { aboutWorkflow, aboutEvent } = await lockComplaint(sql, complaintNo);
  const { rows } = await sql.query<{
    named: string | null;
    run: string | null;
    sha256: string | null;
    client: string | null;
  }>(
    `select c.about_run as named, e.about_run as run, e.sha256, w.client_no as client
       from complaints c join complainants w using (complaint_no) left join complaint_evidence e
         on e.complaint_no = c.complaint_no and e.about_workflow = c.about_workflow and e.about_event is not distinct from c.about_event
            and (c.about_run is null or e.about_run = c.about_run)
      where c.complaint_no = $1 order by e.evidence_id desc limit 1`,
    [complaintNo],
  );
  const { named = null, run = null, sha256 = null, client = null } = rows[0] ?? {};
  return {
    aboutWorkflow,
    aboutEvent,
    aboutRun: named,
    clientNo: client,
    frozen: sha256 === null ? undefined : { run, sha256 },
  };
}
