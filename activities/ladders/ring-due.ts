/**
 * Rings what is due and was not rung by its own process: ten thousand promises that are due in one minute, or the time in which the
 * process engine is away, make nobody late to be told. A process that comes later finds its rung recorded and goes on from there.
 *
 * Only on real time: a clock that is moved by hand waits for each process.
 */
import type { PoolClient } from 'pg';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { businessNow } from '../clock/business-now';
import { inTransaction } from '../database/transaction';
import { DEADLINE_COLUMNS, toldRung, type DeadlineRow, type RungInstant } from '../deadlines/deadline-row';
import { loadersOf } from '../deadlines/compute-instants';
import type { Dependencies } from '../dependencies';
import { writeRungs, type RungOfLadder } from './write-rungs';
import { ofProcess } from '../database/of-process';

/** What the process itself gets, which knows at once what was reached. */
const OF_THE_PROCESS = '5 seconds';
/** What it gets where something was done that it may not have seen yet: a task was decided, a message to it is under way. */
const OF_A_BUSY_PROCESS = '30 seconds';
const PAGE = 500;

/** Answers how many rungs it recorded. @param minutes how far back it looks: what came due before was looked at before */
export async function ringDue({ pool }: Pick<Dependencies, 'pool'>, minutes: number): Promise<number> {
  let rung = 0;
  for (;;) {
    const of = await inTransaction(pool, (sql) => ringPage(sql, minutes));
    rung += of;
    if (of === 0) return rung;
  }
}

/** Some of those that are due, whichever nobody else is at. */
async function ringPage(sql: PoolClient, minutes: number): Promise<number> {
  // Asked once: in a condition it would be asked again for each promise.
  const now = await businessNow(sql);
  const minute = Math.floor(Date.parse(now) / 60_000);
  const { rows } = await sql.query<{ id: string }>(
    `select d.deadline_id::text as id from deadlines d
      where d.ended_at is null and rung_minutes(d.rungs, d.due_at) && array(select generate_series($2::int, $3::int))
        and exists (${DUE}
              and (due_at <= $1::timestamptz - interval '${OF_A_BUSY_PROCESS}'
                   or d.workflow_id not in (select o.workflow_id from outbox o
                                             where o.sent_at is null and o.kind = 'signal' and o.workflow_id is not null)
                  and not exists (select from tasks t where ${ofProcess('t.workflow_id', 'd.workflow_id')}
                                     and t.done_at > $1::timestamptz - interval '${OF_A_BUSY_PROCESS}')))
      limit ${PAGE} for update of d skip locked`,
    [now, minute - minutes, minute],
  );
  if (rows.length === 0) return 0;
  // Locked now, and read anew: what was changed or rung in the meantime is seen.
  const { rows: due } = await sql.query<DeadlineRow & { readonly due: readonly RungInstant[] }>(
    `select ${DEADLINE_COLUMNS},
            (select jsonb_agg(jsonb_build_object('rung', rung, 'dueAt', i.value ->> 'dueAt') order by due_at, rung)
               from (${DUE}) r join jsonb_array_elements(rungs_of(d.rungs, d.due_at)) i on (i.value ->> 'rung')::int = r.rung) as due
       from deadlines d where d.deadline_id = any($2) and d.ended_at is null and exists (${DUE})`,
    [now, rows.map(({ id }) => id)],
  );
  const terms = loadersOf(sql);
  const rungs: RungOfLadder[] = [];
  for (const { due: instants, ...owed } of due) {
    const { ladder } = await terms.terms(owed.ladder, owed.channel, owed.receivedAt);
    const last = owed.rungs.reduce((latest, one) => (one.dueAt < latest.dueAt ? latest : one));
    for (const { rung, dueAt } of instants) {
      const { condition: _, ...told } = toldRung(ladder, rung, dueAt, owed.ownerRole);
      const state = rung === last.rung ? 'escalated' : 'acted';
      const { workflowId, ladder: name, businessKey: subject } = owed;
      rungs.push({ ...told, state, doneBy: SYSTEM_ACTOR, workflowId, ladder: name, subject, owed });
    }
  }
  return writeRungs(sql, rungs);
}

/** Rungs of the promise `d` that are due at $1 and have not rung for this instant. */
const DUE = `select rung::int as rung, due_at from unnest(rung_instants(d.rungs, d.due_at)) with ordinality r(due_at, rung)
    where due_at <= $1::timestamptz - interval '${OF_THE_PROCESS}'
      and not exists (select from ladder_rungs l where l.workflow_id = d.workflow_id and l.ladder = d.ladder
                         and l.rung = r.rung and l.subject = d.business_key and l.due_at >= r.due_at)`;
