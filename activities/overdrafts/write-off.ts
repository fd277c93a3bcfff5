/**
 * An advance that nobody will repay is written off: proposed by whoever recovers it, decided by finance and then the general manager, booked
 * as a loss of the own funds. The interest that accrued on it is waived with it (A4 §28; A5 §10).
 */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { amountText } from '../../domain/money';
import { notBelowZero, smaller } from '../../domain/scaled';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { bookingDay } from '../ledger/booking-day';
import { openBatch } from '../ledger/open-batch';
import type { SubjectKind } from '../tasks/subject-kind';
import { lockCase, type OfOverdraftCase, type OverdraftCase } from './case-row';
import { recordStep } from './follow-case';

type Pooled = Pick<Dependencies, 'pool'>;

export interface DraftedWriteOff {
  readonly writeOffId: string;
  readonly amountFen: string;
  readonly amount: string;
  readonly interest: string;
}

/** The advance as it stands, as the row that others decide about. Answers null where nothing is advanced any more. */
export const draftWriteOff =
  ({ pool }: Pooled) =>
  (
    given: OfOverdraftCase & { readonly nth: number; readonly madeBy: string; readonly madeFor?: string },
  ): Promise<DraftedWriteOff | null> =>
    inTransaction(pool, async (sql) => {
      const { caseNo, nth, madeBy, madeFor } = given;
      const found = await lockCase(sql, caseNo);
      if (found.advanceFen === 0n) return null;
      await sql.query(
        `insert into overdraft_write_offs (case_no, nth, amount_fen, interest_waived_fen, made_by, made_for)
         values ($1, $2, $3, $4, $5, $6) on conflict (case_no, nth) do nothing`,
        [caseNo, nth, found.advanceFen, notBelowZero(found.interestFen), madeBy, madeFor ?? null],
      );
      const { rows } = await sql.query<{ id: string; fen: bigint; waived: bigint }>(
        `select write_off_id::text as id, amount_fen as fen, interest_waived_fen as waived from overdraft_write_offs
         where case_no = $1 and nth = $2`,
        [caseNo, nth],
      );
      const [row] = rows;
      if (row === undefined) throw new RangeError(`write-off ${nth} of ${caseNo} was drafted and is not there`);
      return {
        writeOffId: row.id,
        amountFen: String(row.fen),
        amount: amountText(row.fen),
        interest: amountText(row.waived),
      };
    });

/** A write-off as what an approval decides about. */
export const writeOffSubject: SubjectKind = {
  lock: async (sql, id) => {
    const { rows } = await sql.query<{ state: string }>(
      `select state, nth, case_no, amount_fen::text as amount, interest_waived_fen::text as interest, made_by, made_for
         from overdraft_write_offs where write_off_id = $1 for update`,
      [id],
    );
    const [row] = rows;
    if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '透支核销 write-off', key: id });
    const { state, ...content } = row;
    // What was drafted is never revised: refused, another one is drafted.
    return { state, revision: 1, content };
  },
  end: async (sql, id, end, { state }) => {
    if (state !== 'awaiting approval') throw new BusinessError('CHANGE_NOT_OPEN', { change: id, state });
    const approved = end.state === 'approved';
    await sql.query(
      'update overdraft_write_offs set state = $2, approved_by = $3, approved_for = $4, approved_at = $5 where write_off_id = $1',
      [id, end.state, approved ? end.by : null, approved ? (end.onBehalfOf ?? null) : null, approved ? end.at : null],
    );
  },
};

/**
 * Books an approved write-off once; what was repaid, or collected of the interest, in between is not written off. The case ends with it.
 * @throws BusinessError NOT_FOUND, OVERDRAFT_CASE_ENDED
 */
export const postWriteOff =
  ({ pool }: Pooled) =>
  ({ caseNo, writeOffId }: OfOverdraftCase & { readonly writeOffId: string }): Promise<void> =>
    inTransaction(pool, async (sql) => {
      const found = await lockCase(sql, caseNo);
      const { rows } = await sql.query<{ fen: bigint; waived: bigint; approved_by: string; posted_on: string | null }>(
        `select amount_fen as fen, interest_waived_fen as waived, approved_by, posted_on::text from overdraft_write_offs
         where write_off_id = $1 and case_no = $2 and state = 'approved'`,
        [writeOffId, caseNo],
      );
      const [approved] = rows;
      if (approved === undefined) throw new BusinessError('NOT_FOUND', { what: '透支核销 write-off', key: writeOffId });
      if (approved.posted_on !== null) return;
      if (found.state !== 'open') throw new BusinessError('OVERDRAFT_CASE_ENDED', { case: caseNo, state: found.state });
      const fen = smaller(approved.fen, found.advanceFen);
      const on = await bookingDay(sql, found.channel, found.today);
      await book(sql, found, fen, on);
      const givenUpFen = smaller(approved.waived, notBelowZero(found.interestFen));
      await sql.query(
        'update overdraft_write_offs set posted_on = $2, interest_given_up_fen = $3 where write_off_id = $1',
        [writeOffId, on, givenUpFen],
      );
      await sql.query(`update overdraft_cases set state = 'written off', ended_on = $2 where case_no = $1`, [
        caseNo,
        found.today,
      ]);
      await recordStep(sql, found, {
        act: 'write off',
        by: approved.approved_by,
        detail: { amount: amountText(fen), interestWaived: amountText(givenUpFen) },
      });
    });

/** The claim becomes a loss; the cushion stays lent by it until finance raises it. */
async function book(
  sql: PoolClient,
  { caseNo, channel, fundAccount, today }: Pick<OverdraftCase, 'caseNo' | 'channel' | 'fundAccount' | 'today'>,
  fen: bigint,
  on: BusinessDate,
): Promise<void> {
  const batch = await openBatch(sql, {
    channel,
    businessDate: on,
    key: `overdraft-write-off:${caseNo}`,
    kind: 'write-off-overdraft',
    restsOn: [],
    cause: `advance of the case ${caseNo} written off`,
  });
  if (batch === undefined || fen === 0n) return;
  await sql.query(
    `insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause)
     values ($1, $2, 1, 'overdraft_loss', 'CUSHION', 'CNY', $4::bigint, $5, 'advance written off'),
            ($1, $2, 2, 'advance', $3, 'CNY', -$4::bigint, $5, 'advance written off')`,
    [on, batch, fundAccount, fen, today],
  );
}
