/** What the process of an overdraft case reads and does: calls that were made, the block on buying, the end of the case. */
import type { PoolClient } from 'pg';
import { addDays, shanghaiInstant } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { amountText } from '../../domain/money';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { askChange } from '../permissions/ask-change';
import { queueNotice } from '../outbox/queue-notice';
import { loadParameters } from '../terms/load-terms';
import { lockCase, type OfOverdraftCase, type OverdraftCase } from './case-row';

type Pooled = Pick<Dependencies, 'pool'>;

/** What a process knows of its case. No personal data; money as text. */
export interface FollowedOverdraft extends OfOverdraftCase {
  readonly channel: string;
  readonly branch: string;
  readonly owedSince: string;
  readonly state: OverdraftCase['state'];
  readonly isOwed: boolean;
  readonly owed: string;
  readonly interest: string;
  /** Instants at which purchases are to be blocked and recovery begins, UTC. */
  readonly blockAt: string;
  readonly recoveryAt: string;
  readonly callWithinDays: number;
  readonly recoveryWithinDays: number;
  readonly now: string;
}

export const readOverdraftCase =
  ({ pool }: Pooled) =>
  ({ caseNo }: OfOverdraftCase): Promise<FollowedOverdraft> =>
    inTransaction(pool, async (sql) => {
      const found = await lockCase(sql, caseNo);
      const parameter = await loadParameters(sql, found.channel, found.today);
      const at = (days: number) => shanghaiInstant(addDays(found.owedSince, days), parameter('DESK_OPENS_AT'));
      const { rows } = await sql.query<{ now: string }>('select business_now() as now');
      const owed = found.advanceFen + found.overdraftFen;
      return {
        caseNo,
        channel: found.channel,
        branch: found.branch,
        owedSince: found.owedSince,
        state: found.state,
        isOwed: owed > 0n,
        owed: amountText(owed),
        interest: amountText(found.interestFen),
        blockAt: at(found.blockAfterDays),
        recoveryAt: at(found.recoveryAfterDays),
        callWithinDays: Number.parseInt(parameter('OVERDRAFT_CALL_WITHIN_DAYS'), 10),
        recoveryWithinDays: Number.parseInt(parameter('OVERDRAFT_RECOVERY_WITHIN_DAYS'), 10),
        now: rows[0]?.now ?? '',
      };
    });

type Act = 'call' | 'ask for block' | 'block by hand' | 'recovery' | 'lift' | 'write off' | 'cover';

/** Writes a step once; true where it is new. */
export async function recordStep(
  sql: PoolClient,
  found: Pick<OverdraftCase, 'caseNo' | 'workflowId'>,
  step: {
    readonly act: Act;
    readonly nth?: number;
    readonly by: string;
    readonly role?: string;
    readonly detail?: object;
  },
): Promise<boolean> {
  const { act, nth = 1, by, role, detail = {} } = step;
  const { rowCount } = await sql.query(
    `insert into overdraft_steps (case_no, act, nth, detail, by) values ($1, $2, $3, $4, $5) on conflict (case_no, act, nth) do nothing`,
    [found.caseNo, act, nth, JSON.stringify(detail), by],
  );
  if (rowCount !== 1) return false;
  await recordAudit(sql, {
    actor: by,
    ...(role === undefined ? {} : { role }),
    action: `overdraft: ${act}`,
    outcome: 'done',
    objectType: 'overdraft case',
    objectId: found.caseNo,
    after: { ...detail },
    workflowId: found.workflowId,
  });
  return true;
}

/** What a person did with a task of the case. */
export const recordOverdraftAct =
  ({ pool }: Pooled) =>
  (
    given: OfOverdraftCase & {
      readonly act: 'call' | 'block by hand' | 'recovery';
      readonly nth: number;
      readonly by: { readonly person: string; readonly role: string };
      readonly result: string;
    },
  ): Promise<void> =>
    inTransaction(pool, async (sql) => {
      const found = await lockCase(sql, given.caseNo);
      const { act, nth, by, result } = given;
      await recordStep(sql, found, { act, nth, by: by.person, role: by.role, detail: { result } });
    });

/**
 * Purchases are to be blocked, or allowed again: a request that the process of suspensions decides. Answers null where there is no
 * open permission to suspend, or nothing suspended to lift: then somebody does it at the counter by hand.
 */
export const askOverdraftBlock =
  ({ pool }: Pooled) =>
  ({
    caseNo,
    kind,
  }: OfOverdraftCase & { readonly kind: 'suspension' | 'lifting' }): Promise<{
    readonly requestNo: string | null;
  }> =>
    inTransaction(pool, async (sql) => {
      const found = await lockCase(sql, caseNo);
      const act = kind === 'suspension' ? 'ask for block' : 'lift';
      const requestNo = await askedOfOpen(sql, found, kind);
      await recordStep(sql, found, { act, by: SYSTEM_ACTOR, detail: { request: requestNo } });
      return { requestNo };
    });

/** Buying was suspended after the overdraft had been covered: there was nothing to lift then, and it is asked for now. */
export async function liftWhatIsCovered(sql: PoolClient, caseNo: string): Promise<void> {
  const found = await lockCase(sql, caseNo);
  if (found.state !== 'covered') return;
  const requestNo = await askedOfOpen(sql, found, 'lifting');
  await recordStep(sql, found, { act: 'lift', nth: 2, by: SYSTEM_ACTOR, detail: { request: requestNo } });
}

/** Of the open permission of the channel; null where there is none, or nothing is to be changed. */
async function askedOfOpen(
  sql: PoolClient,
  found: OverdraftCase,
  kind: 'suspension' | 'lifting',
): Promise<string | null> {
  const { rows } = await sql.query<{ client_no: string; permission: string }>(
    `select p.client_no, p.permission from client_fund_accounts f join permissions p using (client_no)
     join permission_requests r on r.request_no = p.request_no
     join permission_types t on t.permission = p.permission and t.valid_from = r.terms_from
     where f.fund_account = $1 and p.closed_at is null and $2 = any(t.clearing_channels) order by 2 limit 1`,
    [found.fundAccount, found.channel],
  );
  const [open] = rows;
  return open === undefined ? null : asked(sql, found, open, kind);
}

async function asked(
  sql: PoolClient,
  { caseNo, owedSince }: OverdraftCase,
  open: { readonly client_no: string; readonly permission: string },
  kind: 'suspension' | 'lifting',
): Promise<string | null> {
  const reason =
    kind === 'suspension'
      ? `透支 ${caseNo} 自 ${owedSince} 未补足，提请暂停买入 overdraft uncovered since ${owedSince}: buying is to be suspended`
      : `透支 ${caseNo} 已补足，提请恢复买入 overdraft covered: buying is to be resumed`;
  try {
    const { requestNo } = await askChange(sql, {
      key: `overdraft:${caseNo}:${kind}`,
      kind,
      clientNo: open.client_no,
      permission: open.permission,
      reason,
      by: SYSTEM_ACTOR,
      role: 'operations',
      overdraftCase: caseNo,
    });
    return requestNo;
  } catch (error) {
    const settled = ['BUYING_SUSPENDED_ALREADY', 'BUYING_NOT_SUSPENDED'];
    if (error instanceof BusinessError && settled.includes(error.code)) return null;
    throw error;
  }
}

/** Nothing is owed any more: the case ends, the branch is told. */
export const coverOverdraft =
  ({ pool }: Pooled) =>
  ({ caseNo }: OfOverdraftCase): Promise<void> =>
    inTransaction(pool, async (sql) => {
      const found = await lockCase(sql, caseNo);
      if (found.state !== 'open') return;
      await sql.query(`update overdraft_cases set state = 'covered', ended_on = $2 where case_no = $1`, [
        caseNo,
        found.today,
      ]);
      await recordStep(sql, found, {
        act: 'cover',
        by: SYSTEM_ACTOR,
        detail: { interest: amountText(found.interestFen) },
      });
      await queueNotice(sql, {
        key: `overdraft-covered:${caseNo}`,
        workflowId: found.workflowId,
        severity: 'info',
        side: 'client',
        branch: found.branch,
        recipientRole: 'branch',
        template: 'OVERDRAFT_COVERED',
        facts: { case: caseNo },
      });
    });
