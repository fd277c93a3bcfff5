/** A sample as its row says. */
import type { ClientBase } from 'pg';
import { BusinessError } from '../../domain/errors';

export const SAMPLE_KINDS = ['callbacks', 'campaign', 'calls', 'complaints', 'requests'] as const;
export type SampleKind = (typeof SAMPLE_KINDS)[number];

/** What a campaign is for; of other samples nothing. */
export interface CampaignTerms {
  readonly branch?: string | undefined;
  /** Percentage of the population; all where left away. */
  readonly percent?: string | undefined;
}

export interface SampleRow {
  readonly sampleNo: string;
  readonly kind: SampleKind;
  /** A month, YYYY-MM; the name of a campaign. */
  readonly period: string;
  readonly workflowId: string;
  readonly terms: CampaignTerms;
  readonly seed: string;
  readonly askedBy: string;
  readonly askedRole: string;
  readonly askedAt: string;
  readonly population: number | null;
  readonly size: number | null;
  readonly drawnAt: string | null;
  /** When what was drawn was begun, all of it. */
  readonly begunAt: string | null;
}

export const SAMPLE_COLUMNS = `sample_no as "sampleNo", kind, period, workflow_id as "workflowId", terms, seed, asked_by as "askedBy",
  asked_role as "askedRole", asked_at as "askedAt", population, size, drawn_at as "drawnAt", begun_at as "begunAt"`;

/** @throws BusinessError NOT_FOUND */
export async function lockSample(sql: Pick<ClientBase, 'query'>, sampleNo: string): Promise<SampleRow> {
  const { rows } = await sql.query<SampleRow>(`select ${SAMPLE_COLUMNS} from samples where sample_no = $1 for update`, [
    sampleNo,
  ]);
  const [row] = rows;
  if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '抽样 sample', key: sampleNo });
  return row;
}
