/** A sample is asked for: once a kind and period, by whoever owns it; its process draws it. */
import { randomBytes } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { Pool } from 'pg';
import { BusinessError } from '../../../domain/errors';
import { canonicalJson } from '../../../domain/canonical-json';
import { recordAudit } from '../../audit/record-audit';
import { isBranch } from '../../complaints/department';
import { inTransaction } from '../../database/transaction';
import { queueStart } from '../../outbox/queue-message';
import { businessDateNow } from '../../people/standing';
import { lockSample, type CampaignTerms, type SampleKind, type SampleRow } from '../../samples/sample-row';
import { refuseFirst } from '../judge-actor';

export interface AskedSample {
  readonly kind: SampleKind;
  readonly period: string;
  /** Drawn by chance where left away, and kept. */
  readonly seed?: string | undefined;
  readonly terms: CampaignTerms;
  readonly by: string;
  readonly roles: readonly string[];
  readonly requestId?: string;
}

/** Who asks for which; the schedule asks for those of a month. */
const ASKED_BY: Readonly<Record<SampleKind, readonly string[]>> = {
  callbacks: ['service', 'compliance'],
  campaign: ['service', 'brokerage'],
  calls: ['service', 'compliance'],
  complaints: ['compliance', 'audit'],
  requests: ['compliance', 'audit'],
};

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

/**
 * The same sample asked for again is answered as it stands.
 * @throws SeveralRefusals INPUT_INVALID where the period of a monthly sample is no month, SAMPLE_NOT_ASKED_BY_YOU, SAMPLE_PERIOD_NOT_OVER, CAMPAIGN_TERMS_MISPLACED, BRANCH_UNKNOWN, SAMPLE_ASKED_ALREADY
 */
export const askSample = (
  pool: Pool,
  asked: AskedSample,
): Promise<{ readonly sample: SampleRow; readonly isNew: boolean }> =>
  inTransaction(pool, async (sql) => {
    const { kind, period, terms } = asked;
    const today = await businessDateNow(sql);
    const role = ASKED_BY[kind].find((one) => asked.roles.includes(one));
    const isNoMonth = kind !== 'campaign' && !MONTH.test(period);
    const isOver = kind === 'campaign' || isNoMonth || period < today.slice(0, 7);
    const isMisplaced = kind !== 'campaign' && (terms.branch !== undefined || terms.percent !== undefined);
    refuseFirst([
      ...(role === undefined
        ? [new BusinessError('SAMPLE_NOT_ASKED_BY_YOU', { kind, roles: ASKED_BY[kind].join(', '), field: 'kind' })]
        : []),
      ...(isNoMonth ? [new BusinessError('INPUT_INVALID', { field: 'period', reason: 'YYYY-MM' })] : []),
      ...(isOver ? [] : [new BusinessError('SAMPLE_PERIOD_NOT_OVER', { period, field: 'period' })]),
      ...(isMisplaced ? [new BusinessError('CAMPAIGN_TERMS_MISPLACED', { field: 'terms' })] : []),
      ...(kind === 'campaign' && terms.branch !== undefined && !(await isBranch(sql, terms.branch))
        ? [new BusinessError('BRANCH_UNKNOWN', { branch: terms.branch, field: 'branch' })]
        : []),
    ]);
    return enterSample(sql, asked, role ?? '');
  });

async function enterSample(sql: PoolClient, asked: AskedSample, role: string) {
  const { kind, period, terms, by, requestId } = asked;
  const sampleNo = `${kind}:${period}`;
  const workflowId = `sample:${sampleNo}`;
  const { rowCount } = await sql.query(
    `insert into samples (sample_no, kind, period, workflow_id, terms, seed, asked_by, asked_role) values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (sample_no) do nothing`,
    [sampleNo, kind, period, workflowId, JSON.stringify(terms), asked.seed ?? randomBytes(8).toString('hex'), by, role],
  );
  const sample = await lockSample(sql, sampleNo);
  if (rowCount === 0) {
    const isSame = canonicalJson(sample.terms) === canonicalJson(terms) && (asked.seed ?? sample.seed) === sample.seed;
    if (!isSame) throw new BusinessError('SAMPLE_ASKED_ALREADY', { sample: sampleNo });
    return { sample, isNew: false };
  }
  await recordAudit(sql, {
    actor: by,
    role,
    action: 'ask for sample',
    outcome: 'done',
    objectType: 'sample',
    objectId: sampleNo,
    after: { kind, period, terms, seed: sample.seed },
    requestId,
    workflowId,
  });
  await queueStart(sql, {
    key: `start:${workflowId}`,
    workflowId,
    type: 'sample',
    args: [{ sampleNo }],
    summary: `抽样 ${sampleNo} sample`,
    attributes: { ProcessType: 'sample', BusinessKey: sampleNo, BusinessDate: await businessDateNow(sql) },
  });
  return { sample, isNew: true };
}

/** Kinds that are drawn every month. */
export const MONTHLY_KINDS = ['callbacks', 'calls', 'complaints', 'requests'] as const satisfies readonly SampleKind[];

/** Those of the month before, asked for by the schedule on the first of the next; once, however often it rings. */
export const askMonthlySamples =
  ({ pool }: { readonly pool: Pool }) =>
  ({ period }: { readonly period: string }): Promise<null> =>
    inTransaction(pool, async (sql) => {
      for (const kind of MONTHLY_KINDS)
        await enterSample(sql, { kind, period, terms: {}, by: 'southbound', roles: [] }, 'system');
      return null;
    });
