/** Operations opens for an institution, sends it back to whoever entered it, or refuses; the conditions are judged again (A2 §8, §11). */
import type { Dependencies } from '../dependencies';
import { queueNotice } from '../outbox/queue-notice';
import { actOnRequest } from './act-on-request';
import { ownAct, type OfRequest } from './follow-request';
import { judgeConditions } from './judge-conditions';
import type { PermissionRequest, RequestState } from './request-row';
import type { PoolClient } from 'pg';

export interface InstitutionDecision extends OfRequest {
  readonly nth: number;
  readonly decision: 'approved' | 'refused' | 'returned';
  readonly reason: string;
  readonly by: string;
  readonly onBehalfOf?: string;
  readonly role: string;
}

export const decideInstitution =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ requestNo, nth, decision, reason, by, onBehalfOf, role }: InstitutionDecision): Promise<RequestState> =>
    actOnRequest<RequestState>(
      pool,
      { ...ownAct(requestNo, `operations:${nth}`), by, onBehalfOf, role },
      'decide opening',
      async (sql, request) => {
        // Withdrawn, or lapsed, while operations decided: what has ended stays as it ended.
        if (request.state !== 'under way' || request.step !== 'operations')
          return { answer: request.state, idle: true };
        const detail = { decision, reason };
        if (decision === 'returned')
          return { answer: request.state, outcome: 'failed', detail, next: { step: 'documents' } };
        if (decision === 'refused') {
          await tellRefused(sql, request);
          const next = { step: 'ended', state: 'refused', cause: 'operations refused' } as const;
          return { answer: 'refused', outcome: 'failed', detail, next };
        }
        const judged = await judgeConditions(sql, request);
        if (judged.answer.isEligible) return { ...judged, answer: 'opening', detail };
        await tellRefused(sql, request);
        const next = { step: 'ended', state: 'refused', cause: 'not eligible' } as const;
        return { ...judged, answer: 'refused', detail, next };
      },
    );

const tellRefused = (sql: PoolClient, { requestNo, workflowId, clientNo, terms }: PermissionRequest) =>
  queueNotice(sql, {
    key: `permission-refused:${requestNo}`,
    workflowId,
    severity: 'info',
    recipientRef: clientNo,
    template: 'PERMISSION_REFUSED',
    facts: { permission: { zh: terms.nameZh, en: terms.nameEn }, request: requestNo },
  });
