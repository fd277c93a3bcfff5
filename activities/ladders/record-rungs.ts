/** Records rungs of a ladder: when due, when done, by whom; a missed one tells its audience in the same transaction. */
import type { PoolClient } from 'pg';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { queueNotice, type RecipientMark } from '../outbox/queue-notice';

export interface RungDone {
  readonly rung: number;
  readonly dueAt: string;
  readonly audience: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly actionZh: string;
  readonly actionEn: string;
  readonly state: 'met' | 'acted' | 'escalated';
  readonly doneBy: string;
}

export interface RecordRungs {
  readonly workflowId: string;
  readonly ladder: string;
  readonly subject: string;
  readonly rungs: readonly RungDone[];
}

/** Safe to repeat: a rung that stands is left as it is. */
export const recordRungs =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ rungs, ...of }: RecordRungs): Promise<{ readonly recorded: number }> =>
    inTransaction(pool, async (sql) => {
      let recorded = 0;
      for (const rung of rungs) {
        if (!(await insertRung(sql, of, rung))) continue;
        recorded += 1;
        if (rung.state !== 'met') await tellAudience(sql, of, rung);
      }
      return { recorded };
    });

type Of = Omit<RecordRungs, 'rungs'>;

async function insertRung(sql: PoolClient, { workflowId, ladder, subject }: Of, rung: RungDone): Promise<boolean> {
  // Temporal's timer and the database's clock differ by milliseconds: what came due was not done before it was due.
  const { rowCount } = await sql.query(
    `insert into ladder_rungs
       (workflow_id, ladder, rung, subject, due_at, audience, action_zh, action_en, state, done_at, done_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9,
             case $9 when 'met' then business_now() else greatest(business_now(), $5) end, $10)
     on conflict do nothing`,
    [
      workflowId,
      ladder,
      rung.rung,
      subject,
      rung.dueAt,
      rung.audience,
      rung.actionZh,
      rung.actionEn,
      rung.state,
      rung.doneBy,
    ],
  );
  if (rowCount !== 1) return false;
  await recordAudit(sql, {
    actor: rung.doneBy,
    action: `ladder rung ${rung.state}`,
    outcome: 'done',
    objectType: 'ladder rung',
    objectId: `${ladder}:${subject}:${rung.rung}`,
    after: { dueAt: rung.dueAt, audience: rung.audience },
  });
  return true;
}

async function tellAudience(sql: PoolClient, { workflowId, ladder, subject }: Of, rung: RungDone): Promise<void> {
  for (const told of rung.audience.split(',').map((name) => name.trim())) {
    await queueNotice(sql, {
      key: `rung:${workflowId}:${ladder}:${subject}:${rung.rung}:${told}`,
      workflowId,
      severity: rung.severity,
      ...recipientOf(told),
      template: 'RUNG',
      facts: {
        time: shanghaiTime(rung.dueAt),
        action: { zh: rung.actionZh, en: rung.actionEn },
        subject,
        ladder,
        rung: String(rung.rung),
      },
    });
  }
}

const MARKS: readonly RecipientMark[] = ['approver', 'deputy', 'head'];

/** `operations deputy` is the role and, of those who hold it, the marked one. */
function recipientOf(told: string): { readonly recipientRole: string; readonly recipientMark?: RecipientMark } {
  const [role = told, ...rest] = told.split(' ');
  if (rest.length === 0) return { recipientRole: role };
  const mark = MARKS.find((one) => one === rest.join(' '));
  if (mark === undefined) throw new RangeError(`a rung cannot tell "${told}"`);
  return { recipientRole: role, recipientMark: mark };
}

const shanghaiTime = (instant: string): string =>
  new Date(Date.parse(instant) + 8 * 3_600_000).toISOString().slice(11, 16);
