/** Requests for permissions as people see them: where one stands, why the open step failed and how that is cured, until when. */
import { BusinessError, isErrorCode, textOf, type BilingualText } from '../../domain/errors';
import type { EligibilityFailure } from '../../domain/permissions/eligibility';
import { eligibilityTexts, RISK_LEVEL_MISMATCH_TEXT } from '../../domain/permissions/eligibility-texts';
import { REQUEST_STEP_WORDS, type RequestStep } from '../../domain/permissions/request-steps';
import type { Role } from '../../domain/people/roles';
import type { Queried } from '../as-of';
import { holdsAnyOf, type Caller } from '../identity';
import { accessTo, type RouteId } from '../policy';
import { anyJson, bilingual, instant } from '../schemas';
import { z } from '../zod';

export const requestNo = z
  .string()
  .regex(/^P\d{8}-\d{6}$/)
  .openapi({ example: 'P20250623-000001', description: '申请编号 number of the request' });

export const requestState = z.enum([
  'under way',
  'opening',
  'closing',
  'filing',
  'done',
  'withdrawn',
  'lapsed',
  'refused',
]);

/** What is asked for. */
export const requestKind = z.enum([
  'opening',
  'institution opening',
  'closing',
  'suspension',
  'lifting',
  'commission change',
]);

const STEPS = Object.keys(REQUEST_STEP_WORDS) as [RequestStep, ...RequestStep[]];
export const requestStep = z.enum(STEPS);

export const permissionCode = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{1,19}$/)
  .openapi({ example: 'HKSC', description: '权限种类 kind of permission' });

const lineFields = {
  requestNo,
  kind: requestKind,
  permission: permissionCode,
  permissionName: bilingual,
  clientNo: z.string(),
  branch: z.string(),
  state: requestState,
  step: requestStep,
  stepName: bilingual,
  stepSince: instant,
  requestedAt: instant,
  lapsesAt: instant.nullable().openapi({ description: '未完成则届时失效 lapses then; null once it has ended' }),
  endedAt: instant.nullable(),
};

export const requestLine = z.strictObject(lineFields).openapi('PermissionRequestLine');

export type RequestLine = z.input<typeof requestLine>;

const why = z
  .strictObject({
    code: z.string(),
    sentence: bilingual,
    cure: bilingual.nullable(),
    found: bilingual
      .nullable()
      .openapi({ description: '个人客户的仅本人可见 of a natural person shown to that person only' }),
    required: bilingual.nullable(),
    curedFrom: z
      .string()
      .nullable()
      .openapi({ example: '2025-09-24', description: '自该日起自行满足 cured by waiting until then' }),
  })
  .openapi('WhyAStepFailed');

export const requestView = z
  .strictObject({
    ...lineFields,
    failures: z.array(why).openapi({
      description: '当前步骤上次未通过、或申请被拒绝的原因 why the open step failed last, or the request was refused',
    }),
    warnings: z.array(z.strictObject({ code: z.string(), sentence: bilingual })),
    tryAgainFrom: instant.nullable(),
  })
  .openapi('PermissionRequest');

export const timelineLine = z
  .strictObject({
    step: requestStep,
    stepName: bilingual,
    act: z.string(),
    outcome: z.enum(['done', 'failed']),
    codes: z.array(z.string()),
    detail: anyJson,
    by: z.string(),
    onBehalfOf: z
      .string()
      .nullable()
      .openapi({ description: '代理授权的委托人 by whose right, where that was delegated' }),
    role: z.string().nullable(),
    channel: z.string().nullable(),
    at: instant,
  })
  .openapi('PermissionStep');

export const LINE_COLUMNS = `r.request_no as "requestNo", r.kind, r.permission,
  jsonb_build_object('zh', t.name_zh, 'en', t.name_en) as "permissionName", r.client_no as "clientNo", c.branch, r.state, r.step,
  r.step_since as "stepSince", r.requested_at as "requestedAt",
  case when r.state = 'under way' and r.kind not in ('suspension', 'lifting', 'commission change') then r.lapses_at end as "lapsesAt", r.ended_at as "endedAt"`;
export const REQUESTS = `permission_requests r join registered_clients c using (client_no)
  join permission_types t on t.permission = r.permission and t.valid_from = r.terms_from`;

/** What the house asks for about a client is not shown to the client before it is done: a notice tells of it then. */
export const SHOWN_TO_CLIENTS = `r.kind in ('opening', 'institution opening', 'closing')`;

export type LineRow = Omit<RequestLine, 'stepName'>;
export const lineOf = (row: LineRow): RequestLine => ({ ...row, stepName: REQUEST_STEP_WORDS[row.step] });

/**
 * Client and branches that a caller sees; null: any. A client sees the own requests, a branch those of its clients.
 * @param route counts are the roles that may call it: what somebody else's role sees of all branches does not widen an act of the branch
 */
export async function scopeOf(
  sql: Queried,
  caller: Caller,
  route: RouteId,
): Promise<readonly [clientNo: string | null, branches: readonly string[] | null]> {
  const staff = caller.grants.filter(({ role }) => role !== 'client' && isCalledBy(route, role));
  if (staff.length === 0) {
    const { rows } = await sql.query<{ client_no: string }>('select client_no from client_logins where person = $1', [
      caller.person,
    ]);
    return [rows[0]?.client_no ?? '', null];
  }
  const branches = staff.flatMap(({ branch }) => (branch === null ? [] : [branch]));
  return [null, branches.length === staff.length ? branches : null];
}

const isCalledBy = (route: RouteId, role: Role): boolean => {
  const roles = accessTo(route);
  return roles === 'public' || roles.includes(role);
};

/** The request, where the caller may see it. Whoever may not see one does not learn that there is one. */
export async function visibleRequest(sql: Queried, caller: Caller, no: string, route: RouteId): Promise<LineRow> {
  const [clientNo, branches] = await scopeOf(sql, caller, route);
  const { rows } = await sql.query<LineRow>(
    `select ${LINE_COLUMNS} from ${REQUESTS}
      where r.request_no = $1 and ($2::text is null or (r.client_no = $2 and ${SHOWN_TO_CLIENTS})) and ($3::text[] is null or c.branch = any($3))`,
    [no, clientNo, branches],
  );
  const [row] = rows;
  if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '权限申请 request', key: no });
  return row;
}

interface LastLine {
  readonly outcome: 'done' | 'failed';
  readonly codes: readonly string[];
  readonly detail: { readonly tryAgainFrom?: string | null; readonly firstDates?: Readonly<Record<string, string>> };
  readonly failures: readonly EligibilityFailure[] | null;
}

/** What was done last since the step is open, or before a request was refused, and what was said of it. */
export async function viewOf(sql: Queried, caller: Caller, row: LineRow): Promise<z.input<typeof requestView>> {
  const { rows } = await sql.query<LastLine>(
    `select s.outcome, s.codes, s.detail, f.failures
       from permission_steps s left join eligibility_findings f using (step_id)
      where s.request_no = $1 and s.outcome = 'failed'
        and ($2 = 'ended' or (s.step = $2 and s.step_id > (select coalesce(max(step_id), 0) from permission_steps where request_no = $1 and step <> $2)))
      order by s.step_id desc limit 1`,
    [row.requestNo, row.step],
  );
  const { rows: warned } = await sql.query<{ codes: readonly string[] }>(
    `select codes from permission_steps where request_no = $1 and act = 'judge eligibility' order by step_id desc limit 1`,
    [row.requestNo],
  );
  // Of a request that was refused: why.
  const last = row.state === 'under way' || row.state === 'refused' ? rows[0] : undefined;
  // What was found about a natural person is for that person; an institution is served by whoever reads this.
  const isOwn = holdsAnyOf(caller, ['client']) || row.kind === 'institution opening';
  const isWarned = warned[0]?.codes.includes('RISK_LEVEL_MISMATCH') === true;
  return {
    ...lineOf(row),
    failures: last === undefined ? [] : failuresOf(last, isOwn),
    warnings: isWarned ? [{ code: 'RISK_LEVEL_MISMATCH', sentence: RISK_LEVEL_MISMATCH_TEXT }] : [],
    tryAgainFrom: last?.detail.tryAgainFrom ?? null,
  };
}

/** Codes of steps that are no refusals of requests. */
const FAILED: Readonly<Record<string, BilingualText>> = {
  TEST_NOT_PASSED: {
    zh: '知识测试未全部答对，可在间隔之后以其他题目重试。',
    en: 'Not every answer was right: try again with other questions after the pause.',
  },
};

function failuresOf({ codes, failures, detail }: LastLine, isOwn: boolean): z.input<typeof why>[] {
  if (failures !== null) {
    return failures.map((failure) => {
      const { found, required, cure } = eligibilityTexts(failure);
      const { code, curedFrom } = failure;
      const shown = isOwn ? { found, required } : { found: null, required: null };
      return { code, sentence: textOf(code, {}), cure, ...shown, curedFrom };
    });
  }
  return codes.map((code) => ({
    code,
    sentence: isErrorCode(code)
      ? textOf(code, { ...(detail as Record<string, string>), firstDate: detail.firstDates?.[code] ?? '' })
      : (FAILED[code] ?? { zh: code, en: code }),
    cure: null,
    found: null,
    required: null,
    curedFrom: detail.firstDates?.[code] ?? null,
  }));
}
