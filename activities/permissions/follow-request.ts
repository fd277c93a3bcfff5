/** What the process of an opening reads and does between the steps of the client. */
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { CURED_BY_QUESTIONNAIRE } from '../../domain/permissions/suitability-review';
import { REQUEST_STEP_WORDS, type RequestStep } from '../../domain/permissions/request-steps';
import type { Words } from '../../domain/messages/words';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { actOnRequest } from './act-on-request';
import { papersShown, type ShownPaper } from './papers-shown';
import { judgeConditions } from './judge-conditions';
import { lockRequest, type PermissionRequest, type RequestState } from './request-row';
import { tellClient } from './tell-client';

export interface OfRequest {
  readonly requestNo: string;
}

/** What a process knows of its request. No personal data. */
export interface FollowedRequest extends OfRequest {
  readonly permission: string;
  readonly name: Words;
  readonly branch: string;
  readonly state: RequestState;
  readonly step: RequestStep;
  readonly stepName: Words;
  readonly stepSince: string;
  readonly revision: number;
  readonly lapsesAt: string;
  /** Why the open step failed last: codes of conditions or of the test; none where it was not tried or went well. */
  readonly failedBy: readonly string[];
  /** Whether the second check has been made since it is due. */
  readonly isCheckedAgain: boolean;
  /** Documents that a second person looks at, of a request at the counter. */
  readonly papers: readonly ShownPaper[];
}

type Sql = Parameters<typeof lockRequest>[0];
type Pooled = Pick<Dependencies, 'pool'>;

export const readRequest =
  ({ pool }: Pooled) =>
  ({ requestNo }: OfRequest): Promise<FollowedRequest> =>
    inTransaction(pool, async (sql) => {
      const request = await lockRequest(sql, requestNo);
      const lines = await linesOfStep(sql, request);
      const last = lines.at(-1);
      return {
        ...viewOf(request),
        failedBy: last?.outcome === 'failed' ? last.codes : [],
        isCheckedAgain: request.step === 'second check' && lines.some(isJudgement),
        papers: request.state === 'under way' ? await papersShown(sql, request.workflowId) : [],
      };
    });

function viewOf(request: PermissionRequest): Omit<FollowedRequest, 'failedBy' | 'isCheckedAgain' | 'papers'> {
  const { requestNo, permission, terms, branch, state, step, stepSince, revision, lapsesAt } = request;
  const name = { zh: terms.nameZh, en: terms.nameEn };
  return {
    requestNo,
    permission,
    name,
    branch,
    state,
    step,
    stepName: REQUEST_STEP_WORDS[step],
    stepSince,
    revision,
    lapsesAt,
  };
}

/** Lets the request lapse, where it is still under way and its time has come; the client is told. */
export const lapseRequest =
  ({ pool }: Pooled) =>
  ({ requestNo }: OfRequest): Promise<RequestState> =>
    actOnRequest(pool, ownAct(requestNo, 'lapse'), 'lapse request', async (sql, request) => {
      if (request.state !== 'under way' || request.now < request.lapsesAt) return { answer: request.state, idle: true };
      await tellClient(sql, request, {
        key: `permission-lapsed:${requestNo}`,
        template: 'PERMISSION_LAPSED',
        facts: { days: String(request.terms.requestDays) },
      });
      return {
        answer: 'lapsed',
        detail: { lapsesAt: request.lapsesAt },
        next: { step: 'ended', state: 'lapsed', cause: 'lapsed' },
      };
    });

/**
 * Judges the conditions without being asked: the second check, and again where a new answer to the questionnaire may have cured
 * what failed. `nth` tells one judgement from another.
 */
export const judgeAgain =
  ({ pool }: Pooled) =>
  ({ requestNo, nth }: OfRequest & { readonly nth: string }): Promise<boolean> =>
    actOnRequest(pool, ownAct(requestNo, `judge:${nth}`), 'judge eligibility', async (sql, request) => {
      if (request.state !== 'under way' || !(await isToBeJudged(sql, request))) return { answer: false, idle: true };
      const judged = await judgeConditions(sql, request);
      return { ...judged, answer: judged.answer.isEligible };
    });

async function isToBeJudged(sql: Sql, request: PermissionRequest): Promise<boolean> {
  if (request.step !== 'eligibility' && request.step !== 'second check') return false;
  const last = (await linesOfStep(sql, request)).findLast(isJudgement);
  if (last === undefined) return request.step === 'second check';
  return last.codes.some((code) => (CURED_BY_QUESTIONNAIRE as readonly string[]).includes(code));
}

interface Line {
  readonly act: string;
  readonly codes: readonly string[];
  readonly outcome: 'done' | 'failed';
}

const isJudgement = ({ act }: Line): boolean => act === 'judge eligibility';

/** What was done since the step is open, in its order; a step may be open again within the same instant. */
async function linesOfStep(sql: Sql, { requestNo, step }: PermissionRequest): Promise<readonly Line[]> {
  const { rows } = await sql.query<Line>(
    `select act, codes, outcome from permission_steps
      where request_no = $1 and step = $2
        and step_id > (select coalesce(max(step_id), 0) from permission_steps where request_no = $1 and step <> $2)
      order by step_id`,
    [requestNo, step],
  );
  return rows;
}

/** An act of the system's own, once for its name. */
export const ownAct = (requestNo: string, name: string) => ({
  requestNo,
  key: `${SYSTEM_ACTOR}:${requestNo}:${name}`,
  by: SYSTEM_ACTOR,
});
