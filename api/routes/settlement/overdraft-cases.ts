/** Overdrafts that stay uncovered: called about, blocked, recovered, written off (A1 §13, A5 §10). */
import type { Pool } from 'pg';
import { BusinessError } from '../../../domain/errors';
import { yuan } from '../../../domain/money';
import { keyOfCursor, pageOf as page, wordKey } from '../../cursors';
import type { Caller } from '../../identity';
import type { RouteId } from '../../policy';
import { scopeOf } from '../../reads/permission-requests';
import { route } from '../../route';
import { anyJson, businessDate, channel, instant, money, pageOf, pageQuery } from '../../schemas';
import { z } from '../../zod';

const caseNo = z
  .string()
  .regex(/^V\d{8}-\d{6}$/)
  .openapi({ example: 'V20250630-000001', description: '透支追偿编号 number of the overdraft case' });
const state = z.enum(['open', 'covered', 'written off']);

const dayOrNull = z.string().nullable().openapi({ format: 'date' });

const LINE = {
  caseNo,
  channel,
  branch: z.string(),
  owedSince: businessDate,
  openedOn: businessDate,
  state,
  endedOn: dayOrNull,
  workflowId: z.string(),
};
const line = z.strictObject(LINE).openapi('OverdraftCaseLine');

const view = z
  .strictObject({
    ...LINE,
    fundAccount: z.string(),
    terms: z.strictObject({
      callAfterDays: z.number().int(),
      blockAfterDays: z.number().int(),
      recoveryAfterDays: z.number().int(),
    }),
    suspension: z.string().nullable().openapi({ description: '暂停买入的申请 request that suspends buying' }),
    steps: z.array(
      z.strictObject({ act: z.string(), nth: z.number().int(), detail: anyJson, by: z.string(), at: instant }),
    ),
    writeOffs: z.array(
      z.strictObject({
        nth: z.number().int(),
        amount: money,
        interestWaived: money,
        state: z.enum(['awaiting approval', 'approved', 'refused', 'recalled', 'withdrawn']),
        madeBy: z.string(),
        approvedBy: z.string().nullable(),
        postedOn: dayOrNull,
      }),
    ),
  })
  .openapi('OverdraftCase');

interface Row {
  readonly case_no: string;
  readonly channel: 'SH';
  readonly branch: string;
  readonly owed_since: string;
  readonly opened_on: string;
  readonly state: z.infer<typeof state>;
  readonly ended_on: string | null;
  readonly workflow_id: string;
  readonly fund_account: string;
  readonly call_after_days: number;
  readonly block_after_days: number;
  readonly recovery_after_days: number;
}

const CASES = `select o.case_no, o.channel, o.branch, o.owed_since::text, o.opened_on::text, o.state, o.ended_on::text, o.workflow_id,
    o.fund_account, o.call_after_days, o.block_after_days, o.recovery_after_days
  from overdraft_cases o`;

const lineOf = (row: Row): z.input<typeof line> => ({
  caseNo: row.case_no,
  channel: row.channel,
  branch: row.branch,
  owedSince: row.owed_since,
  openedOn: row.opened_on,
  state: row.state,
  endedOn: row.ended_on,
  workflowId: row.workflow_id,
});

export const listOverdraftCases = route({
  id: 'listOverdraftCases',
  method: 'get',
  path: '/v1/overdraft-cases',
  tag: 'days',
  summary: { zh: '透支追偿清单', en: 'Overdraft cases' },
  query: z.strictObject({ state: state.optional(), ...pageQuery }),
  answer: pageOf(line),
  respond: async ({ query, caller }, { pool }) => {
    const [after = ''] = keyOfCursor(query.cursor, [wordKey]) ?? [];
    const { rows } = await pool.query<Row>(
      `${CASES} where o.case_no > $1 and ($2::text is null or o.state = $2) and ($3::text[] is null or o.branch = any($3))
       order by o.case_no limit $4`,
      [after, query.state ?? null, await branchesOf(pool, caller, 'listOverdraftCases'), query.limit + 1],
    );
    return { status: 200, body: page(rows, query.limit, (row) => [row.case_no], lineOf) };
  },
});

export const readOverdraftCase = route({
  id: 'readOverdraftCase',
  method: 'get',
  path: '/v1/overdraft-cases/{caseNo}',
  tag: 'days',
  summary: { zh: '透支追偿及其经过', en: 'An overdraft case with what was done about it' },
  params: z.strictObject({ caseNo }),
  answer: view,
  refusals: ['NOT_FOUND'],
  respond: async ({ params, caller }, { pool }) => {
    const { rows } = await pool.query<Row>(
      `${CASES} where o.case_no = $1 and ($2::text[] is null or o.branch = any($2))`,
      [params.caseNo, await branchesOf(pool, caller, 'readOverdraftCase')],
    );
    const [row] = rows;
    if (row === undefined)
      throw new BusinessError('NOT_FOUND', { what: '透支追偿 overdraft case', key: params.caseNo });
    return { status: 200, body: await viewOf(pool, row) };
  },
});

/** Branches whose clients the caller sees; all where null. */
const branchesOf = async (pool: Pool, caller: Caller, route: RouteId): Promise<readonly string[] | null> =>
  (await scopeOf(pool, caller, route))[1];

async function viewOf(pool: Pool, row: Row): Promise<z.input<typeof view>> {
  const { rows: steps } = await pool.query<{ act: string; nth: number; detail: unknown; by: string; at: string }>(
    'select act, nth, detail, by, at from overdraft_steps where case_no = $1 order by step_id',
    [row.case_no],
  );
  const { rows: writeOffs } = await pool.query<{
    nth: number;
    amount_fen: bigint;
    interest_waived_fen: bigint;
    state: 'approved';
    made_by: string;
    approved_by: string | null;
    posted_on: string | null;
  }>(
    `select nth, amount_fen, interest_waived_fen, state, made_by, approved_by, posted_on::text from overdraft_write_offs
     where case_no = $1 order by nth`,
    [row.case_no],
  );
  const { rows: asked } = await pool.query<{ no: string }>(
    `select c.request_no as no from permission_changes c join permission_requests r using (request_no)
     where c.overdraft_case = $1 and r.kind = 'suspension'`,
    [row.case_no],
  );
  return {
    ...lineOf(row),
    fundAccount: row.fund_account,
    terms: {
      callAfterDays: row.call_after_days,
      blockAfterDays: row.block_after_days,
      recoveryAfterDays: row.recovery_after_days,
    },
    suspension: asked[0]?.no ?? null,
    steps,
    writeOffs: writeOffs.map((one) => ({
      nth: one.nth,
      amount: yuan(one.amount_fen),
      interestWaived: yuan(one.interest_waived_fen),
      state: one.state,
      madeBy: one.made_by,
      approvedBy: one.approved_by,
      postedOn: one.posted_on,
    })),
  };
}
