/** Who may act for whom: given by the principal, or by compliance for one who is absent; revoked at once. */
import { giveDelegation } from '../../../activities/intake/give-delegation';
import { revokeDelegation } from '../../../activities/intake/revoke-delegation';
import { BusinessError } from '../../../domain/errors';
import { ROLES } from '../../../domain/people/roles';
import { asOf, queryAsOf } from '../../as-of';
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { holdsAnyOf, READS_BOTH_SIDES } from '../../identity';
import { fault, refuseIfAny } from '../../problems';
import { route } from '../../route';
import { businessDate, pageOf, pageQuery, person, reason, rowId, side } from '../../schemas';
import type { Services } from '../../services';
import { z } from '../../zod';

const yuan = z.string().regex(/^\d{1,13}\.\d{2}$/);
const delegation = z
  .strictObject({
    delegationId: rowId,
    principal: z.string(),
    delegate: z.string(),
    role: z.string(),
    side: side.nullable(),
    kinds: z.array(z.string()).nullable().openapi({ description: '任务类型，空为全部 kinds of tasks, null: all' }),
    amountLimit: z
      .string()
      .nullable()
      .openapi({ description: '金额上限，人民币 up to this amount, CNY', example: '1000000.00' }),
    firstDay: z.string().openapi({ format: 'date' }),
    lastDay: z.string().openapi({ format: 'date', description: '含当日 this day included' }),
    reason: z.string(),
    madeBy: z.string(),
    state: z.enum(['awaiting approval', 'given', 'refused', 'recalled', 'withdrawn', 'revoked']),
    inForce: z.boolean(),
    approvedBy: z.string().nullable(),
    revokedBy: z.string().nullable(),
  })
  .openapi('Delegation');

const DELEGATIONS = `select delegation_id::text as "delegationId", principal, delegate, role, side, kinds,
    (amount_limit_fen / 100.0)::numeric(20, 2)::text as "amountLimit", first_day::text as "firstDay", last_day::text as "lastDay",
    reason, made_by as "madeBy", state, approved_by as "approvedBy", revoked_by as "revokedBy",
    state = 'given' and (business_now() at time zone 'Asia/Shanghai')::date between first_day and last_day as "inForce"
  from delegations`;

type Line = z.input<typeof delegation>;

async function one({ pool }: Pick<Services, 'pool'>, delegationId: string): Promise<Line> {
  const { rows } = await pool.query<Line>(`${DELEGATIONS} where delegation_id = $1`, [delegationId]);
  const [row] = rows;
  if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '代理授权 delegation', key: delegationId });
  return row;
}

export const listDelegations = route({
  id: 'listDelegations',
  method: 'get',
  path: '/v1/delegations',
  tag: 'people',
  summary: { zh: '与我有关的代理授权', en: 'Delegations of or to me; all of them for those who watch' },
  query: z.strictObject({ 'as-of': asOf, ...pageQuery }),
  answer: pageOf(delegation),
  respond: async ({ query, caller }, services) => {
    const [after = '0'] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const all = holdsAnyOf(caller, READS_BOTH_SIDES);
    const { rows } = await queryAsOf(services, query['as-of'], (sql) =>
      sql.query<Line>(
        `${DELEGATIONS} where delegation_id > $1 and ($3 or $4 in (principal, delegate, made_by)) order by delegations.delegation_id limit $2`,
        [after, query.limit + 1, all, caller.person],
      ),
    );
    return {
      status: 200,
      body: page(
        rows,
        query.limit,
        (row) => [row.delegationId],
        (row) => row,
      ),
    };
  },
});

export const giveDelegationRoute = route({
  id: 'giveDelegation',
  method: 'post',
  path: '/v1/delegations',
  tag: 'people',
  summary: { zh: '授权他人代理', en: 'Let another person act for oneself, or for one who is absent (compliance)' },
  body: z.strictObject({
    principal: person
      .optional()
      .openapi({ description: '被代理人，缺省为本人 the principal; oneself where left away' }),
    delegate: person,
    role: z.enum(ROLES as [(typeof ROLES)[number], ...(typeof ROLES)[number][]]),
    side: side.nullable().default(null),
    kinds: z.array(z.string().min(1).max(60)).min(1).max(50).nullable().default(null),
    amountLimit: yuan.nullable().default(null),
    firstDay: businessDate,
    lastDay: businessDate,
    reason,
  }),
  answer: delegation,
  statuses: [201],
  refusals: [
    'WRONG_SIDE',
    'WRONG_BRANCH',
    'NOT_FOUND',
    'SAME_PERSON',
    'CHECKER_FRONT_AND_BACK_OFFICE',
    'CHECKER_OPERATIONS_AND_TECHNOLOGY',
    'DELEGATION_OVERLAPS',
  ],
  respond: async ({ body, caller, requestId, idempotencyKey }, services) => {
    const { principal = caller.person, amountLimit, ...rest } = body;
    const amountLimitFen = amountLimit === null ? null : amountLimit.replace('.', '');
    const given = await giveDelegation(services)({
      ...rest,
      principal,
      amountLimitFen,
      person: caller.person,
      requestKey: idempotencyKey,
      requestId,
    });
    if ('refusals' in given) {
      refuseIfAny(given.refusals.map(({ code, details }) => fault(code, details, fieldOf(details))));
      throw new RangeError('a delegation was neither given nor refused');
    }
    await services.dispatchSignals().catch(() => undefined);
    const { delegationId } = given;
    return { status: 201, body: await one(services, delegationId), location: '/v1/delegations' };
  },
});

export const revokeDelegationRoute = route({
  id: 'revokeDelegation',
  method: 'post',
  path: '/v1/delegations/{delegationId}/revocation',
  tag: 'people',
  summary: { zh: '立即撤销代理授权', en: 'Revoke a delegation at once' },
  params: z.strictObject({ delegationId: rowId }),
  body: z.strictObject({ reason }),
  answer: delegation,
  refusals: ['NOT_FOUND', 'DELEGATION_NOT_OPEN'],
  respond: async ({ params, body, caller, idempotencyKey, requestId }, services) => {
    const { reason: why } = body;
    await revokeDelegation(services)({
      ...params,
      reason: why,
      person: caller.person,
      requestKey: idempotencyKey,
      requestId,
    });
    return { status: 200, body: await one(services, params.delegationId) };
  },
});

const fieldOf = (details: Readonly<Record<string, unknown>>) =>
  typeof details['field'] === 'string' ? details['field'] : null;
