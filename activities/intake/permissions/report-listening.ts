/** Step 3, first half: the channel reports what was played of the risk disclosure; only what can be true is believed (A2 §10). */
import type { Pool, PoolClient } from 'pg';
import { BusinessError, SeveralRefusals } from '../../../domain/errors';
import { heardSeconds, isHeardWhole, listeningFaults, type Stretch } from '../../../domain/permissions/listening';
import { stepAfter } from '../../../domain/permissions/opening-steps';
import { actOnRequest, requireStep, type Act } from '../../permissions/act-on-request';
import type { PermissionRequest } from '../../permissions/request-row';

/** Clocks of telephones. */
const CLOCK_TOLERANCE_MS = 2_000;

export interface Heard {
  readonly heardSeconds: number;
  readonly recordingSeconds: number;
  readonly isHeardWhole: boolean;
}

/**
 * Keeps the stretches, or refuses them all with every fault of theirs.
 * @throws BusinessError NOT_FOUND, STEP_NOT_OPEN, REQUEST_ENDED, REQUEST_LAPSED, STRETCH_BEFORE_STEP, the codes of listening faults
 */
export const reportListening = (pool: Pool, act: Act & { readonly stretches: readonly Stretch[] }): Promise<Heard> =>
  actOnRequest(pool, act, 'report listening', async (sql, request) => {
    requireStep(request, 'disclosure');
    const { recording, recordingSeconds } = request.terms;
    const before = await stretchesBefore(sql, request);
    refuseFaults(act.stretches, before, request);
    for (const { fromSecond, toSecond, startedAt, endedAt } of act.stretches) {
      await sql.query(
        `insert into listened_stretches (request_no, recording, from_second, to_second, started_at, ended_at)
         values ($1, $2, $3, $4, $5, $6)`,
        [request.requestNo, recording, fromSecond, toSecond, startedAt, endedAt],
      );
    }
    const all = [...before, ...act.stretches];
    const isWhole = isHeardWhole(all, recordingSeconds);
    const answer = { heardSeconds: heardSeconds(all), recordingSeconds, isHeardWhole: isWhole };
    return {
      answer,
      detail: { recording, ...answer },
      ...(isWhole ? { next: { step: stepAfter('disclosure') } } : {}),
    };
  });

function refuseFaults(stretches: readonly Stretch[], before: readonly Stretch[], request: PermissionRequest): void {
  const { now, stepSince } = request;
  const { recordingSeconds } = request.terms;
  const refusals = [
    ...listeningFaults({ reported: stretches, before, recordingSeconds, since: stepSince, now }).map(
      ({ code, nth }) => new BusinessError(code, { nth: nth + 1, field: `stretches.${nth}` }),
    ),
    // Whatever was played before the step was open was played to nobody: time that did not pass cannot be reported.
    ...stretches.flatMap(({ startedAt }, nth) =>
      Date.parse(startedAt) + CLOCK_TOLERANCE_MS < Date.parse(stepSince)
        ? [new BusinessError('STRETCH_BEFORE_STEP', { nth: nth + 1, since: stepSince, field: `stretches.${nth}` })]
        : [],
    ),
  ];
  const [first, ...others] = refusals;
  if (first !== undefined) throw new SeveralRefusals([first, ...others]);
}

/** What was believed before, of the recording that the request keeps to. */
async function stretchesBefore(sql: PoolClient, request: PermissionRequest): Promise<readonly Stretch[]> {
  const { rows } = await sql.query<Stretch>(
    `select from_second as "fromSecond", to_second as "toSecond", started_at as "startedAt", ended_at as "endedAt"
       from listened_stretches where request_no = $1 and recording = $2 order by stretch_id`,
    [request.requestNo, request.terms.recording],
  );
  return rows;
}
