/** What follows for each member that was drawn: a callback, or an inspection. A page at a time, each member once. */
import type { PoolClient } from 'pg';
import { askCallback } from '../callbacks/ask-callback';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { queueStart } from '../outbox/queue-message';
import { businessDateNow } from '../people/standing';
import type { OfSample } from './draw-sample';
import { lockSample, type SampleRow } from './sample-row';

const PAGE = 50;

/** Where to go on; null: all are begun. */
export const beginSampled =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ sampleNo, after }: OfSample & { readonly after: string }): Promise<{ readonly next: string | null }> =>
    inTransaction(pool, async (sql) => {
      const sample = await lockSample(sql, sampleNo);
      const { rows } = await sql.query<{ member: string; stratum: string }>(
        `select member, stratum from sample_members where sample_no = $1 and is_drawn and member > $2 order by member limit $3`,
        [sampleNo, after, PAGE],
      );
      const hands = await handsOf(sql, sample);
      for (const { member, stratum } of rows) {
        if (sample.kind === 'callbacks' || sample.kind === 'campaign') await call(sql, sample, member, hands);
        else await inspect(sql, sample, { subject: member, branch: stratum });
      }
      if (rows.length === PAGE) return { next: rows.at(-1)?.member ?? null };
      await sql.query('update samples set begun_at = coalesce(begun_at, business_now()) where sample_no = $1', [sampleNo]);
      return { next: null };
    });

/** Whoever asked for the sample does not call; the schedule is nobody who could. */
async function handsOf(sql: PoolClient, { askedBy }: SampleRow): Promise<readonly string[]> {
  const { rows } = await sql.query<{ person: string }>('select person from people where person = $1', [askedBy]);
  return rows.map(({ person }) => person);
}

async function call(
  sql: PoolClient,
  { sampleNo, kind, askedBy, askedRole }: SampleRow,
  clientNo: string,
  hands: readonly string[],
): Promise<void> {
  await askCallback(sql, {
    businessKey: `${sampleNo}:${clientNo}`,
    purpose: kind === 'campaign' ? 'campaign' : 'sample',
    subject: sampleNo,
    clientNo,
    hands,
    askedBy,
    role: askedRole,
  });
}

async function inspect(
  sql: PoolClient,
  { sampleNo, kind }: SampleRow,
  { subject, branch }: { readonly subject: string; readonly branch: string },
): Promise<void> {
  const workflowId = `inspection:${sampleNo}:${subject}`;
  const { rows } = await sql.query<{ id: string }>(
    `insert into inspections (sample_no, kind, subject, workflow_id, checklist)
     select $1, $2, $3, $4, max(valid_from)::text from checklist_items
      where checked = $2 and daterange(valid_from, valid_to) @> (business_now() at time zone 'Asia/Shanghai')::date
     on conflict (sample_no, subject) do nothing returning inspection_id::text as id`,
    [sampleNo, kind, subject, workflowId],
  );
  const [entered] = rows;
  if (entered === undefined) return;
  await queueStart(sql, {
    key: `start:${workflowId}`,
    workflowId,
    type: 'inspection',
    args: [{ inspectionId: entered.id }],
    summary: kind === 'calls' ? `回访质检 quality of a call` : `检查 ${subject} inspection`,
    attributes: {
      ProcessType: 'inspection',
      BusinessKey: `${sampleNo}:${subject}`,
      BusinessDate: await businessDateNow(sql),
      ...(branch === '-' ? {} : { Branch: branch }),
    },
  });
}
