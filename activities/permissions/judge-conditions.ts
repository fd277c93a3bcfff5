/** The conditions of a permission judged for a request: at the application, and again at the opening without the assets (A2 §7). */
import type { PoolClient } from 'pg';
import { businessDateOf } from '../../domain/calendar/business-date';
import type { Eligibility } from '../../domain/permissions/eligibility';
import { CURED_BY_QUESTIONNAIRE } from '../../domain/permissions/suitability-review';
import { stepAfter } from '../../domain/permissions/opening-steps';
import { readEligibility } from '../clients/read-eligibility';
import type { Done } from './act-on-request';
import { unsignedAgreements } from './current-agreements';
import type { PermissionRequest } from './request-row';
import { tellClient } from './tell-client';

export type Judged = Eligibility & { readonly judgedOn: string };

/** Judges, keeps what was found, reminds of the questionnaire, and says where the request goes on. */
export async function judgeConditions(sql: PoolClient, request: PermissionRequest): Promise<Done<Judged>> {
  const moment = request.step === 'second check' || request.step === 'operations' ? 'opening' : 'application';
  const judged = await readEligibility(sql, {
    clientNo: request.clientNo,
    permission: request.permission,
    moment,
  });
  const codes = judged.failures.map(({ code }) => code);
  if (codes.some((code) => (CURED_BY_QUESTIONNAIRE as readonly string[]).includes(code))) {
    await remindOfQuestionnaire(sql, request);
  }
  return {
    answer: judged,
    outcome: judged.isEligible ? 'done' : 'failed',
    codes: [...codes, ...judged.warnings],
    detail: { moment, judgedOn: judged.judgedOn },
    // Also where nothing moves: the process shows what it waits for.
    next: judged.isEligible ? await nextOf(sql, request) : { step: request.step },
    keep: async (_, stepId) => {
      await sql.query(
        'insert into eligibility_findings (step_id, moment, judged_on, failures, warnings) values ($1, $2, $3, $4, $5)',
        [stepId, moment, judged.judgedOn, JSON.stringify(judged.failures), judged.warnings],
      );
    },
  };
}

/** A text that was revised while the request waited is signed anew before the permission is opened. */
async function nextOf(sql: PoolClient, request: PermissionRequest): Promise<NonNullable<Done<Judged>['next']>> {
  if (request.step === 'operations') return { step: 'counter', state: 'opening' };
  if (request.step !== 'second check') return { step: stepAfter(request.step) };
  const unsigned = await unsignedAgreements(sql, request);
  return unsigned.length > 0 ? { step: 'agreements' } : { step: 'counter', state: 'opening' };
}

/** Once a day. */
async function remindOfQuestionnaire(sql: PoolClient, request: PermissionRequest): Promise<void> {
  await tellClient(sql, request, {
    key: `questionnaire-needed:${request.requestNo}:${request.today}`,
    template: 'QUESTIONNAIRE_NEEDED',
    facts: { until: businessDateOf(request.lapsesAt) },
  });
}
