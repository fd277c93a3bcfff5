/** A request for a permission as its row says, and the terms of the kind of permission that it keeps to. */
import type { ClientBase } from 'pg';
import type { Dated } from '../../domain/dated';
import { BusinessError } from '../../domain/errors';
import type { RequestStep } from '../../domain/permissions/request-steps';
import type { PermissionTypeReference } from '../../prisma/permission-reference';

type Sql = Pick<ClientBase, 'query'>;

export type RequestState = 'under way' | 'opening' | 'closing' | 'filing' | 'done' | 'withdrawn' | 'lapsed' | 'refused';

export type RequestKind =
  'opening' | 'institution opening' | 'closing' | 'suspension' | 'lifting' | 'commission change';

export interface PermissionRequest {
  readonly requestNo: string;
  readonly clientNo: string;
  readonly permission: string;
  readonly kind: RequestKind;
  readonly state: RequestState;
  readonly step: RequestStep;
  /** UTC. */
  readonly stepSince: string;
  readonly revision: number;
  readonly workflowId: string;
  /** UTC. */
  readonly requestedAt: string;
  readonly lapsesAt: string;
  /** Of the transaction, UTC. */
  readonly now: string;
  readonly today: string;
  readonly branch: string;
  /** Who made the request. */
  readonly enteredBy: string;
  readonly terms: PermissionTerms;
}

/** A kind of permission as it was in force when it was asked for. */
export type PermissionTerms = Omit<PermissionTypeReference, 'permission' | 'source' | keyof Dated>;

export const TERMS_COLUMNS = `jsonb_build_object(
  'nameZh', t.name_zh, 'nameEn', t.name_en, 'channels', t.channels, 'requestDays', t.request_days,
  'codeValidMinutes', t.code_valid_minutes, 'codeWrongCodes', t.code_wrong_codes, 'codeLockMinutes', t.code_lock_minutes, 'codeSendsPerDay', t.code_sends_per_day,
  'recording', t.recording, 'recordingSeconds', t.recording_seconds, 'testBank', t.test_bank,
  'testBankMinimum', t.test_bank_minimum, 'testQuestions', t.test_questions, 'testPauseMinutes', t.test_pause_minutes,
  'testAttemptsPerDay', t.test_attempts_per_day, 'agreements', t.agreements, 'documents', t.documents,
  'counterPermissions', t.counter_permissions, 'commissionOf', t.commission_of, 'commissionLine', t.commission_line, 'callbackDays', t.callback_days,
  'callbackScript', t.callback_script, 'counterBuying', t.counter_buying,
  'clearingChannels', t.clearing_channels)`;

/**
 * The request, locked until the transaction ends: of two acts at once one comes after the other.
 * @throws BusinessError NOT_FOUND
 */
export async function lockRequest(sql: Sql, requestNo: string): Promise<PermissionRequest> {
  const { rows } = await sql.query<PermissionRequest>(
    `select r.request_no as "requestNo", r.client_no as "clientNo", r.permission, r.kind, r.state, r.step, r.step_since as "stepSince", r.revision,
            r.workflow_id as "workflowId", r.requested_at as "requestedAt", r.lapses_at as "lapsesAt", business_now() as now,
            (business_now() at time zone 'Asia/Shanghai')::date as today, c.branch,
            (select s.by from permission_steps s where s.request_no = r.request_no order by s.step_id limit 1) as "enteredBy",
            ${TERMS_COLUMNS} as terms
       from permission_requests r
       join permission_types t on t.permission = r.permission and t.valid_from = r.terms_from
       join registered_clients c on c.client_no = r.client_no
      where r.request_no = $1 for update of r`,
    [requestNo],
  );
  const [request] = rows;
  if (request === undefined) throw new BusinessError('NOT_FOUND', { what: '权限申请 request', key: requestNo });
  return request;
}
