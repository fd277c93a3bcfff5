/**
 * A write-off of a break as what an approval decides about. With the approval the break is decided: a difference of an account is booked,
 * at the cost of the own funds (the cushion on the side of the clients), a claim is given up (A4 §11).
 */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import { bookingDay } from '../ledger/booking-day';
import { openBatch } from '../ledger/open-batch';
import { holdBreak } from './hold-break';
import { queueSignal, queueSignals } from '../outbox/queue-message';
import { businessDateNow } from '../people/standing';
import type { DayKey } from '../settlement/day-key';
import type { SubjectKind } from '../tasks/subject-kind';

interface Row {
  readonly state: string;
  readonly findingId: string;
  readonly channel: string;
  readonly businessDate: string;
  readonly class: string;
  readonly key: readonly string[] | null;
  readonly amount: string;
  /** Whether the break is still found, with the amount that was asked about. */
  readonly stands: boolean;
}

export const breakWriteOffSubject: SubjectKind = {
  lock: async (sql, id) => {
    const row = await lockWriteOff(sql, id);
    const { state, stands: _, ...content } = row;
    // What was asked for is never revised.
    return { state, revision: 1, content: { ...content } };
  },
  end: async (sql, id, end) => {
    const row = await lockWriteOff(sql, id);
    if (row.state !== 'awaiting approval') throw new BusinessError('CHANGE_NOT_OPEN', { change: id, state: row.state });
    const approved = end.state === 'approved';
    if (approved && !row.stands) throw new BusinessError('BREAK_CHANGED', { id: row.findingId });
    await sql.query(
      'update break_write_offs set state = $2, approved_by = $3, approved_for = $4, approved_at = $5 where write_off_id = $1',
      [id, end.state, approved ? end.by : null, approved ? (end.onBehalfOf ?? null) : null, approved ? end.at : null],
    );
    if (!approved) return;
    await book(sql, row);
    // The day looks again whether anything is undecided.
    await queueSignal(sql, {
      key: `break-written-off:${row.findingId}`,
      workflowId: `settlement-day:${row.channel}:${row.businessDate}`,
      signal: 'filesArrived',
    });
  },
};

/** Requests of the day whose break is gone: each process takes its task back. */
export async function recallVoidWriteOffs(sql: PoolClient, day: DayKey): Promise<void> {
  const { rows } = await sql.query<{ id: string; workflow_id: string }>(
    `select w.write_off_id::text as id, w.workflow_id from break_write_offs w join findings f using (finding_id)
     where f.channel = $1 and f.business_date = $2 and w.state = 'awaiting approval'
       and not exists (select 1 from findings_in_force s where s.finding_id = w.finding_id and s.amount_fen = w.amount_fen)`,
    [day.channel, day.businessDate],
  );
  await queueSignals(
    sql,
    rows.map(({ id, workflow_id: workflowId }) => ({ key: `break-gone:${id}`, workflowId, signal: 'breakGone' })),
  );
}

async function lockWriteOff(sql: PoolClient, id: string): Promise<Row> {
  const { rows: of } = await sql.query<{ break: string }>(
    'select finding_id::text as break from break_write_offs where write_off_id = $1',
    [id],
  );
  await holdBreak(sql, of[0]?.break ?? '');
  const { rows } = await sql.query<Row>(
    `select w.state, w.finding_id::text as "findingId", f.channel, f.business_date::text as "businessDate", f.class,
            f.attributes -> 'key' as key, w.amount_fen::text as amount,
            exists (select 1 from findings_in_force s where s.finding_id = w.finding_id and s.amount_fen = w.amount_fen) as stands
     from break_write_offs w join findings f using (finding_id) where w.write_off_id = $1 for update of w`,
    [id],
  );
  const [row] = rows;
  if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '差异核销 write-off', key: id });
  return row;
}

async function book(sql: PoolClient, row: Row): Promise<void> {
  const [ledger, account] = row.key ?? [];
  if (row.class !== 'ACCOUNT_DIFFERENT' || ledger === undefined || account === undefined) return;
  const today = await businessDateNow(sql);
  const on = await bookingDay(sql, row.channel, today);
  const batch = await openBatch(sql, {
    channel: row.channel,
    businessDate: on,
    key: `break-write-off:${row.findingId}`,
    kind: 'write-off-break',
    restsOn: [],
    cause: `break ${row.findingId} of ${row.businessDate} written off`,
  });
  if (batch === undefined) return;
  await sql.query(
    `insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause)
     select $1::date, $2::bigint, 1, $3::text, $4::text, 'CNY', $5::bigint, $6::date, 'difference written off'
     union all
     select $1::date, $2::bigint, 2, case a.side when 'client' then 'cushion' else 'break_loss' end, case a.side when 'client' then 'CUSHION' else 'proprietary' end,
            'CNY', -$5::bigint, $6::date, 'difference written off' from broker_accounts a where a.account = $4`,
    [on, batch, ledger, account, row.amount, today],
  );
}
