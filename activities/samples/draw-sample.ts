/**
 * Draws a sample: the population is kept whole, the parts of the strata by the largest remainder, and of each stratum the first by the
 * SHA-256 of "seed:member". Whoever has seed and population draws the same again, with any tool.
 */
import type { PoolClient } from 'pg';
import { businessDateOf } from '../../domain/calendar/business-date';
import { sampleSize, strataSizes, type SampleSize, type Stratum } from '../../domain/samples/draw';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import { BRANCH } from '../callbacks/callback-row';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { loadParameters } from '../terms/load-terms';
import { lockSample, type SampleKind, type SampleRow } from './sample-row';

export interface OfSample {
  readonly sampleNo: string;
}

/**
 * Members and strata, by parameters $1 period (a month) or name, $2 branch of a campaign. Clients who were called for a sample in the same
 * year are in no further one; a stratum is a branch, `-` where there is none.
 */
const POPULATIONS: Readonly<Record<SampleKind, string>> = {
  callbacks: `select c.client_no as member, c.branch as stratum from registered_clients c
     where c.registered_on < (($1 || '-01')::date + interval '1 month') and $2::text is null
       and not exists (select from callbacks k where k.client_no = c.client_no and k.purpose = 'sample'
                          and to_char(k.asked_at at time zone 'Asia/Shanghai', 'YYYY') = left($1, 4))`,
  campaign: `select c.client_no as member, c.branch as stratum from registered_clients c where ($2::text is null or c.branch = $2) and $1::text is not null`,
  calls: `select a.attempt_id::text as member, coalesce(${BRANCH}, '-') as stratum
      from callback_attempts a join callback_results r using (attempt_id) join callbacks k using (callback_no)
      left join registered_clients c using (client_no)
     where r.result = 'reached' and to_char(a.begun_at at time zone 'Asia/Shanghai', 'YYYY-MM') = $1 and $2::text is null`,
  complaints: `select complaint_no as member, coalesce(branch, '-') as stratum from complaints
     where state in ('closed', 'disputed') and to_char(ended_at at time zone 'Asia/Shanghai', 'YYYY-MM') = $1 and $2::text is null`,
  requests: `select r.request_no as member, c.branch as stratum from permission_requests r join registered_clients c using (client_no)
     where r.kind in ('institution opening', 'closing') and r.state = 'done'
       and to_char(r.ended_at at time zone 'Asia/Shanghai', 'YYYY-MM') = $1 and $2::text is null`,
};

const PARAMETERS: Readonly<Record<Exclude<SampleKind, 'campaign'>, { readonly percent: string; readonly atLeast: string }>> = {
  callbacks: { percent: 'CALLBACK_SAMPLE_MONTHLY_PERCENT', atLeast: 'CALLBACK_SAMPLE_AT_LEAST' },
  calls: { percent: 'CALL_QUALITY_PERCENT', atLeast: 'CALL_QUALITY_AT_LEAST' },
  complaints: { percent: 'INSPECTION_PERCENT', atLeast: 'INSPECTION_AT_LEAST' },
  requests: { percent: 'REQUEST_EXAMINATION_PERCENT', atLeast: 'REQUEST_EXAMINATION_AT_LEAST' },
};

/** Once: a sample that was drawn stays as it is. */
export const drawSample =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ sampleNo }: OfSample): Promise<{ readonly population: number; readonly size: number }> =>
    inTransaction(pool, async (sql) => {
      // What is counted and what is drawn is one and the same population.
      await sql.query('set transaction isolation level repeatable read');
      const sample = await lockSample(sql, sampleNo);
      if (sample.population !== null && sample.size !== null) return { population: sample.population, size: sample.size };
      const values = [sample.period, sample.terms.branch ?? null];
      const { rows: strata } = await sql.query<Stratum>(
        `select stratum, count(*)::int as population from (${POPULATIONS[sample.kind]}) p group by stratum order by stratum`,
        values,
      );
      const population = strata.reduce((sum, stratum) => sum + stratum.population, 0);
      const size = sampleSize(population, await sizeTerms(sql, sample));
      const sizes = strataSizes(strata, size);
      await keep(sql, sample, values, strata.map((stratum) => ({ ...stratum, size: sizes.get(stratum.stratum) ?? 0 })));
      await sql.query('update samples set population = $2, size = $3, drawn_at = business_now() where sample_no = $1', [
        sampleNo,
        population,
        size,
      ]);
      await recordAudit(sql, {
        actor: SYSTEM_ACTOR,
        action: 'draw sample',
        outcome: 'done',
        objectType: 'sample',
        objectId: sampleNo,
        after: { population, size, seed: sample.seed, strata: Object.fromEntries(sizes) },
        workflowId: sample.workflowId,
      });
      return { population, size };
    });

async function sizeTerms(sql: PoolClient, { kind, terms, askedAt }: SampleRow): Promise<SampleSize> {
  if (kind === 'campaign') return { percent: terms.percent ?? '100', atLeast: 0 };
  const parameter = await loadParameters(sql, 'SH', businessDateOf(askedAt));
  const { percent, atLeast } = PARAMETERS[kind];
  return { percent: parameter(percent), atLeast: Number.parseInt(parameter(atLeast), 10) };
}

async function keep(
  sql: PoolClient,
  { sampleNo, kind, seed }: SampleRow,
  values: readonly unknown[],
  strata: readonly (Stratum & { readonly size: number })[],
): Promise<void> {
  await sql.query(
    `insert into sample_strata (sample_no, stratum, population, size)
     select $1, stratum, population, size from jsonb_to_recordset($2::jsonb) as s (stratum text, population integer, size integer)`,
    [sampleNo, JSON.stringify(strata)],
  );
  await sql.query(
    `insert into sample_members (sample_no, member, stratum, is_drawn)
     select $3, p.member, p.stratum,
            row_number() over (partition by p.stratum order by encode(sha256(convert_to($4 || ':' || p.member, 'UTF8')), 'hex'), p.member) <= s.size
       from (${POPULATIONS[kind]}) p join sample_strata s on s.sample_no = $3 and s.stratum = p.stratum`,
    [...values, sampleNo, seed],
  );
}
