/** A client answers the risk questionnaire in force: scored, kept with its answers, valid for two years (RATING §5, A2 §7). */
import type { Pool, PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { riskResultValidThrough } from '../../domain/permissions/eligibility';
import {
  questionnaireOn,
  questionnaireResult,
  type AnswerFault,
  type AnswerScoreRow,
  type Questionnaire,
  type RiskBandRow,
} from '../../domain/rating/questionnaire';
import { isInForce } from '../../domain/dated';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import { queueSignals } from '../outbox/queue-message';
import { clientParameters } from '../clients/eligibility-terms';

export interface FilledQuestionnaire {
  /** Unique for ever: the same answers once. */
  readonly key: string;
  readonly clientNo: string;
  /** Version that the client was shown. */
  readonly version: string;
  /** Option by question. */
  readonly answers: Readonly<Record<string, string>>;
  readonly by: string;
  readonly role?: string;
  readonly requestId?: string;
}

export interface RiskResultGiven {
  readonly score: number;
  readonly class: string;
  readonly level: string;
  readonly answeredOn: BusinessDate;
  /** The last day on which the result counts. */
  readonly validThrough: BusinessDate;
}

/** The answers, or every fault of them in the order of the questions. */
export type Answered =
  { readonly faults: readonly AnswerFault[] } | { readonly faults: readonly []; readonly result: RiskResultGiven };

/**
 * Scores and keeps the answers; nothing is kept where one is faulty.
 * @throws BusinessError NOT_FOUND for client or questionnaire, QUESTIONNAIRE_REVISED where another version is in force by now
 */
export const answerQuestionnaire = (pool: Pool, filled: FilledQuestionnaire): Promise<Answered> =>
  inTransaction(pool, async (sql) => {
    const date = await today(sql, filled.clientNo);
    const { questionnaire, bands } = await questionnaireInForce(sql, date);
    const before = await keptResult(sql, filled.key);
    if (before !== undefined) return { faults: [], result: await withValidity(sql, before) };
    if (questionnaire.version !== filled.version) {
      throw new BusinessError('QUESTIONNAIRE_REVISED', { shown: filled.version, current: questionnaire.version });
    }
    const scored = questionnaireResult(questionnaire, new Map(Object.entries(filled.answers)), bands);
    if (!('score' in scored)) return { faults: scored.faults };
    const { score, class: riskClass, level } = scored;
    await sql.query(
      `insert into risk_results (client_no, questionnaire_version, score, risk_class, risk_level, answers, answered_on, answer_key)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [filled.clientNo, filled.version, score, riskClass, level, JSON.stringify(filled.answers), date, filled.key],
    );
    await tellOpenRequests(sql, filled);
    await recordAudit(sql, {
      actor: filled.by,
      role: filled.role,
      action: 'answer questionnaire',
      outcome: 'done',
      objectType: 'client',
      objectId: filled.clientNo,
      after: { version: filled.version, score, class: riskClass, level },
      requestId: filled.requestId,
    });
    return { faults: [], result: await withValidity(sql, { score, class: riskClass, level, answeredOn: date }) };
  });

/** Requests of the client that wait for a result judge again. */
async function tellOpenRequests(sql: PoolClient, { clientNo, key }: FilledQuestionnaire): Promise<void> {
  const { rows } = await sql.query<{ workflowId: string }>(
    `select workflow_id as "workflowId" from permission_requests
      where client_no = $1 and state = 'under way' and step in ('eligibility', 'second check')`,
    [clientNo],
  );
  await queueSignals(
    sql,
    rows.map(({ workflowId }) => ({ key: `risk-result:${key}:${workflowId}`, workflowId, signal: 'riskResultGiven' })),
  );
}

/** The questionnaire in force on a date, with the bands that scores fall into. */
export async function questionnaireInForce(
  sql: Pick<PoolClient, 'query'>,
  date: BusinessDate,
): Promise<{ readonly questionnaire: Questionnaire; readonly bands: readonly RiskBandRow[] }> {
  const dated = 'valid_from as "validFrom", valid_to as "validTo"';
  const scores = await sql.query<AnswerScoreRow>(
    `select version, question, option, score, ${dated} from answer_scores order by place`,
  );
  const bands = await sql.query<RiskBandRow>(
    `select scale, code, from_score as "fromScore", to_score as "toScore", ${dated} from risk_bands`,
  );
  return {
    questionnaire: questionnaireOn(scores.rows, date),
    bands: bands.rows.filter((band) => isInForce(band, date)),
  };
}

async function today(sql: PoolClient, clientNo: string): Promise<BusinessDate> {
  const { rows } = await sql.query<{ today: BusinessDate }>(
    `select (business_now() at time zone 'Asia/Shanghai')::date as today from registered_clients where client_no = $1`,
    [clientNo],
  );
  const [client] = rows;
  if (client === undefined) throw new BusinessError('NOT_FOUND', { what: '客户 client', key: clientNo });
  return client.today;
}

type KeptResult = Omit<RiskResultGiven, 'validThrough'>;

async function keptResult(sql: PoolClient, key: string): Promise<KeptResult | undefined> {
  const { rows } = await sql.query<KeptResult>(
    `select score, risk_class as class, risk_level as level, answered_on as "answeredOn" from risk_results where answer_key = $1`,
    [key],
  );
  return rows[0];
}

async function withValidity(sql: PoolClient, kept: KeptResult): Promise<RiskResultGiven> {
  const parameter = await clientParameters(sql, kept.answeredOn);
  const validYears = Number.parseInt(parameter('RISK_RESULT_VALID_YEARS'), 10);
  return { ...kept, validThrough: riskResultValidThrough(kept.answeredOn, validYears) };
}
