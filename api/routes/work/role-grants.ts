/** Roles that departments ask for, what becomes of them, and how a role is taken away. */
import { requestRoleGrant as requestGrant } from '../../../activities/intake/request-role-grant';
import { revokeGrant as revoke } from '../../../activities/intake/revoke-grant';
import { BusinessError, byPlace, type ErrorCode } from '../../../domain/errors';
import { BUSINESS_LINES, CONFLICT_CODES, SENIOR_ROLES, worksInOneBranch } from '../../../domain/people/role-conflicts';
import { ROLES, worksOnOneSide, type Role } from '../../../domain/people/roles';
import { roleGrantWorkflowId } from '../../../workflows/messages/role-grant';
import { asOf, readAsOf } from '../../as-of';
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { holdsAnyOf, type Caller } from '../../identity';
import { DIRECTORY_READERS } from '../../role-groups';
import { fault, Refused, refuseIfAny, type Fault } from '../../problems';
import { dateText, instantText } from '../../reads/columns';
import { route } from '../../route';
import { businessDate, instant, pageOf, pageQuery, reason, rowId, side } from '../../schemas';
import type { Services } from '../../services';
import { invalid } from '../../validation';
import { z } from '../../zod';
import type { Prisma, role_grants as RoleGrantRow } from '../../../generated/prisma/client';

const mark = z.enum(['deputy', 'head']);
const line = z.enum(BUSINESS_LINES);
const personKey = z.string().regex(/^[\w-]{1,60}$/);

const roleGrant = z
  .strictObject({
    roleGrantId: rowId,
    person: z.string(),
    role: z.string(),
    side: side.nullable(),
    branch: z.string().nullable(),
    mark: mark.nullable(),
    inChargeOf: z.array(z.string()),
    validFrom: businessDateText(),
    validTo: businessDateText().nullable(),
    reason: z.string(),
    exceptionReason: z.string().nullable(),
    restriction: z.string().nullable(),
    state: z.enum(['requested', 'granted', 'in force', 'refused', 'recalled', 'withdrawn']),
    requestedBy: z.string(),
    requestedAt: instant,
    grantedBy: z.string().nullable(),
    approvedBy: z.string().nullable(),
    workflowId: z.string(),
  })
  .openapi('RoleGrant');

function businessDateText() {
  return z.string().openapi({ format: 'date', example: '2025-06-23' });
}

const roleGrantOf = (row: RoleGrantRow): z.input<typeof roleGrant> => ({
  roleGrantId: String(row.role_grant_id),
  person: row.person,
  role: row.role,
  side: row.side === null ? null : side.parse(row.side),
  branch: row.branch,
  mark: mark.nullable().parse(row.mark),
  inChargeOf: row.in_charge_of,
  validFrom: dateText(row.valid_from),
  validTo: row.valid_to === null ? null : dateText(row.valid_to),
  reason: row.reason,
  exceptionReason: row.exception_reason,
  restriction: row.restriction,
  state: row.state as 'requested',
  requestedBy: row.requested_by,
  requestedAt: instantText(row.requested_at) ?? '',
  grantedBy: row.granted_by,
  approvedBy: row.approved_by,
  workflowId: roleGrantWorkflowId(String(row.role_grant_id)),
});

const wanted = z.strictObject({
  person: personKey,
  role: z.enum(ROLES as readonly [Role, ...Role[]]),
  side: side.optional(),
  branch: z
    .string()
    .regex(/^\w{1,10}$/)
    .optional(),
  mark: mark.optional(),
  inChargeOf: z.array(line).max(3).default([]),
  validFrom: businessDate,
  validTo: businessDate.optional().openapi({ description: '首个不再有效之日 first day no longer in force' }),
  reason,
  exceptionReason: reason.optional().openapi({ description: '职责冲突例外的理由 why a conflict should be excepted' }),
});

export const requestRoleGrant = route({
  id: 'requestRoleGrant',
  method: 'post',
  path: '/v1/role-grants',
  tag: 'people',
  summary: {
    zh: '部门负责人为本部门人员申请角色',
    en: 'The head of a department asks for a role for one of its people',
  },
  body: wanted,
  answer: roleGrant,
  statuses: [202],
  refusals: [
    'NOT_FOUND',
    'DEPARTMENT_HEAD_NEEDED',
    'GRANT_NEEDS_OTHER_HANDS',
    'PERSON_LEFT',
    'GRANT_OVERLAPS',
    ...CONFLICT_CODES,
  ],
  respond: async ({ body, caller, requestId, idempotencyKey }, services) => {
    refuseIfAny(shapeFaults(body));
    const { roleGrantId } = await requestGrant(services)({
      ...body,
      side: body.side ?? null,
      branch: body.branch ?? null,
      mark: body.mark ?? null,
      validTo: body.validTo ?? null,
      exceptionReason: body.exceptionReason ?? null,
      requestedBy: caller.person,
      requestKey: idempotencyKey,
      requestId,
      workflowIdOf: roleGrantWorkflowId,
    }).catch(toldAtOnce);
    await services.dispatchSignals().catch(() => undefined);
    const row = await found(services, roleGrantId);
    return { status: 202, location: `/v1/role-grants/${roleGrantId}`, body: roleGrantOf(row) };
  },
});

/** A verb names the first refusal and the codes of all: each is told. */
function toldAtOnce(error: unknown): never {
  const codes: unknown = error instanceof BusinessError ? error.details['codes'] : undefined;
  if (!(error instanceof BusinessError) || !Array.isArray(codes)) throw error;
  const faults = codes.map((code) => fault(code as ErrorCode, error.details));
  const [first, ...rest] = faults.sort((a, b) => byPlace(a.code, b.code));
  if (first === undefined) throw error;
  throw new Refused([first, ...rest]);
}

/** Which of side, branch and lines a role must say, and which it must not. */
function shapeFaults(body: z.output<typeof wanted>): readonly Fault[] {
  const { role, side: ofSide, branch, inChargeOf, validFrom, validTo } = body;
  const must = (field: string, holds: boolean, zh: string, en: string): readonly Fault[] =>
    holds ? [] : [invalid(field, { zh, en })];
  const oneSide = worksOnOneSide(role);
  const oneBranch = worksInOneBranch(role);
  return [
    ...must(
      'side',
      oneSide === (ofSide !== undefined),
      oneSide ? '须指明一侧' : '不带此项',
      oneSide ? 'one side' : 'none',
    ),
    ...must(
      'branch',
      oneBranch === (branch !== undefined),
      oneBranch ? '须指明营业部' : '不带此项',
      oneBranch ? 'one branch' : 'none',
    ),
    ...must(
      'inChargeOf',
      inChargeOf.length === 0 || SENIOR_ROLES.includes(role),
      '仅限高级管理人员',
      'none but of a senior role',
    ),
    ...must('validTo', validTo === undefined || validFrom < validTo, '晚于 validFrom', 'later than validFrom'),
  ];
}

async function found({ prisma }: Services, roleGrantId: string): Promise<RoleGrantRow> {
  const row = await prisma.role_grants.findUnique({ where: { role_grant_id: BigInt(roleGrantId) } });
  if (row === null) throw new BusinessError('NOT_FOUND', { what: '角色申请 role grant', key: roleGrantId });
  return row;
}

/** Whoever keeps the directory reads all; others what they asked for and what is about them. */
const readBy = (caller: Caller): Prisma.role_grantsWhereInput =>
  holdsAnyOf(caller, DIRECTORY_READERS) ? {} : { OR: [{ requested_by: caller.person }, { person: caller.person }] };

export const listRoleGrants = route({
  id: 'listRoleGrants',
  method: 'get',
  path: '/v1/role-grants',
  tag: 'people',
  summary: { zh: '角色申请，最近的在前', en: 'Roles that were asked for, the latest first' },
  query: z.strictObject({ person: personKey.optional(), ...pageQuery }),
  answer: pageOf(roleGrant),
  respond: async ({ query, caller }, { prisma }) => {
    const [before] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const rows = await prisma.role_grants.findMany({
      where: {
        AND: [
          readBy(caller),
          query.person === undefined ? {} : { person: query.person },
          before === undefined ? {} : { role_grant_id: { lt: BigInt(before) } },
        ],
      },
      orderBy: { role_grant_id: 'desc' },
      take: query.limit + 1,
    });
    return { status: 200, body: page(rows, query.limit, (row) => [String(row.role_grant_id)], roleGrantOf) };
  },
});

export const readRoleGrant = route({
  id: 'readRoleGrant',
  method: 'get',
  path: '/v1/role-grants/{roleGrantId}',
  tag: 'people',
  summary: {
    zh: '一项角色申请：到了哪一步，经谁之手',
    en: 'One role that was asked for: how far it is, by whose hands',
  },
  params: z.strictObject({ roleGrantId: rowId }),
  query: z.strictObject({ 'as-of': asOf }),
  answer: roleGrant,
  refusals: ['NOT_FOUND'],
  respond: async ({ params, query, caller }, services) => {
    const where = { AND: [readBy(caller), { role_grant_id: BigInt(params.roleGrantId) }] };
    const row = await readAsOf(services, query['as-of'], (tables) => tables.role_grants.findFirst({ where }));
    if (row === null) throw new BusinessError('NOT_FOUND', { what: '角色申请 role grant', key: params.roleGrantId });
    return { status: 200, body: roleGrantOf(row) };
  },
});

export const revokeGrant = route({
  id: 'revokeGrant',
  method: 'post',
  path: '/v1/grants/{grantId}/revocation',
  tag: 'people',
  summary: { zh: '撤销授权，即时生效', en: 'Take a role away, at once' },
  params: z.strictObject({ grantId: rowId }),
  body: z.strictObject({ reason }),
  answer: z.strictObject({ grantId: rowId }),
  refusals: ['NOT_FOUND', 'GRANT_NOT_OPEN'],
  respond: async ({ params, body, caller, idempotencyKey, requestId }, { pool }) => {
    const by = { actor: caller.person, role: 'operations', requestKey: idempotencyKey };
    await revoke({ pool })({ ...params, ...body, ...by, requestId });
    return { status: 200, body: { grantId: params.grantId } };
  },
});
