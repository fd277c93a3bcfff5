/**
 * Whether every promise of a book ended as met, acted on or escalated: by the rows (promise-queries.ts) and by the histories of the processes, read
 * past everything that the product knows of either. A check that finds nothing says little, so before its word counts each of them must find a
 * fault that is planted before its eyes, in a transaction that is rolled back.
 */
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import type { Servers } from '../processes/servers';
import { CHECKS } from './promise-queries';
import { historyFaults, tampered, type History, type PromiseRow } from './promise-histories';

export interface Verdict {
  readonly met: number;
  /** Done after it was due, and told upwards when it was. */
  readonly late: number;
  readonly withdrawn: number;
  /** Still owed; compliance was told when it was due. */
  readonly escalated: number;
  readonly notYetDue: number;
  readonly rungs: number;
  readonly histories: number;
  readonly violations: readonly string[];
  /** Faults that were planted, and whether the check found them. */
  readonly planted: readonly { readonly what: string; readonly isFound: boolean }[];
  /** Faults that nothing in this book could have, so that nobody saw whether their check bites. */
  readonly notPlanted: readonly string[];
}

/** Every promise as it must be, every planted fault found, and nothing refused that was not expected. */
export const isAsItMustBe = ({ violations, planted }: Verdict, refused: number): boolean =>
  violations.length === 0 && planted.length > 0 && planted.every(({ isFound }) => isFound) && refused === 0;

/** @param servers PostgreSQL as a role that may switch triggers off: faults are planted where the product could not write them */
export async function checkPromisesOfBook(
  { adminUrl, temporalAddress }: Pick<Servers, 'adminUrl' | 'temporalAddress'>,
  book: string,
): Promise<Verdict> {
  const url = new URL(adminUrl);
  url.pathname = `/${book}`;
  const sql = new pg.Client({ connectionString: url.toString() });
  await sql.connect();
  const connection = await Connection.connect({ address: temporalAddress });
  try {
    return await checkPromises(sql, new Client({ connection, namespace: book }));
  } finally {
    await connection.close();
    await sql.end();
  }
}

export async function checkPromises(sql: pg.Client, temporal: Client): Promise<Verdict> {
  const found = await inRows(sql);
  const promises = await promiseRows(sql);
  const histories = new Map<string, History>();
  for (const id of new Set(promises.map(({ workflowId }) => workflowId)))
    histories.set(id, await historyOf(temporal, id));
  const violations = [...found, ...historyFaults(promises, histories)];
  const rows = await plantedInRows(sql, found.length);
  const notPlanted = [...rows.notPlanted];
  const planted = [...rows.planted];
  const before = historyFaults(promises, histories).length;
  for (const { what, histories: others } of tampered(histories))
    if (others === undefined) notPlanted.push(what);
    else planted.push({ what, isFound: historyFaults(promises, others).length > before });
  const count = (state: string) => promises.filter((one) => one.state === state).length;
  return {
    met: count('met'),
    late: count('met late'),
    withdrawn: count('withdrawn'),
    escalated: count('breached'),
    notYetDue: count('running'),
    rungs: promises.reduce((sum, { rungs }) => sum + rungs.length, 0),
    histories: histories.size,
    violations,
    planted,
    notPlanted,
  };
}

async function inRows(sql: pg.Client): Promise<readonly string[]> {
  const violations: string[] = [];
  for (const { what, query } of CHECKS) {
    const { rows } = await sql.query<{ found: string }>(query);
    violations.push(...rows.map(({ found }) => `${what}: ${found}`));
  }
  return violations;
}

/** Each fault alone. One that nothing in the book could have (nothing was withdrawn, nothing paid) is told as not planted. */
async function plantedInRows(sql: pg.Client, before: number): Promise<Pick<Verdict, 'planted' | 'notPlanted'>> {
  const planted: { what: string; isFound: boolean }[] = [];
  const notPlanted: string[] = [];
  for (const { what, query, plant } of CHECKS) {
    await sql.query('begin');
    try {
      await sql.query('set local session_replication_role = replica');
      const { rows: clean } = await sql.query(query);
      const { rowCount } = await sql.query(plant);
      if (rowCount === 0) {
        notPlanted.push(what);
        continue;
      }
      const { rows } = await sql.query(query);
      planted.push({ what, isFound: rows.length > clean.length });
    } finally {
      await sql.query('rollback');
    }
  }
  const after = (await inRows(sql)).length;
  if (after !== before) throw new Error(`planting left something behind: ${before} faults before, ${after} after`);
  return { planted, notPlanted };
}

async function promiseRows(sql: pg.Client): Promise<readonly PromiseRow[]> {
  const { rows } = await sql.query<PromiseRow>(
    `select business_key as "businessKey", workflow_id as "workflowId", p.state,
            coalesce((select jsonb_agg(jsonb_build_object('rung', l.rung, 'state', l.state) order by l.due_at, l.rung)
                        from ladder_rungs l where l.subject = p.business_key and l.state <> 'met'), '[]') as rungs
       from deadlines p order by deadline_id`,
  );
  return rows;
}

/** Events with what was put in and what came out, as JSON. */
async function historyOf(temporal: Client, workflowId: string): Promise<History> {
  const handle = temporal.workflow.getHandle(workflowId);
  const [{ events }, { status }] = await Promise.all([handle.fetchHistory(), handle.describe()]);
  const json = (payloads: readonly { readonly data?: Uint8Array | null }[] | null | undefined): unknown =>
    payloads?.[0]?.data?.length ? (JSON.parse(Buffer.from(payloads[0].data).toString()) as unknown) : undefined;
  const began = new Map<string, { readonly activity: string; readonly input: unknown }>();
  const done: History['done'][number][] = [];
  let acts = 0;
  for (const event of events ?? []) {
    const { activityTaskScheduledEventAttributes: scheduled, activityTaskCompletedEventAttributes: completed } = event;
    if (scheduled)
      began.set(String(event.eventId), {
        activity: scheduled.activityType?.name ?? '',
        input: json(scheduled.input?.payloads),
      });
    const of = completed ? began.get(String(completed.scheduledEventId)) : undefined;
    if (of !== undefined) done.push({ ...of, result: json(completed?.result?.payloads), actsBefore: acts });
    const { details, markerName } = event.markerRecordedEventAttributes ?? {};
    if (markerName === 'core_local_activity') {
      const local = json(details?.['data']?.payloads) as { readonly activity_type?: string } | undefined;
      const result = json(details?.['result']?.payloads);
      done.push({ activity: local?.activity_type ?? '', input: undefined, result, actsBefore: acts });
    }
    if (event.workflowExecutionUpdateAcceptedEventAttributes) acts += 1;
  }
  return { status: status.name, done };
}

export function verdictLines(verdict: Verdict): readonly string[] {
  const { met, late, withdrawn, escalated, notYetDue, rungs, histories, violations, planted, notPlanted } = verdict;
  const missed = planted.filter(({ isFound }) => !isFound);
  return [
    `承诺 promises: 按时 met ${met}, 逾期办结 acted on late ${late}, 撤销 withdrawn ${withdrawn}, 已升级 escalated ${escalated}, 未到期 not yet due ${notYetDue}`,
    `提醒与升级 rungs rung ${rungs}, 流程历史 histories ${histories}`,
    `埋设差错 faults planted ${planted.length}, 查出 found ${planted.length - missed.length}`,
    ...notPlanted.map((what) => `未能埋设 could not be planted, its check is unproved here: ${what}`),
    ...missed.map(({ what }) => `未查出 not found though planted: ${what}`),
    ...violations.slice(0, 50).map((line) => `✗ ${line}`),
    `${violations.length} 项不符 violations`,
  ];
}
