/**
 * A principal lets another person act in one role for some days; compliance does it for one who is absent. It holds at once, or from
 * the approval on where the terms ask for one; it ends by itself with its last day, or at once when it is revoked (A1 §27).
 */
import type { Pool, PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { Side } from '../../domain/channel';
import { BusinessError } from '../../domain/errors';
import { checkersOf } from '../../domain/people/approval-terms';
import { joinsFrontAndBackOffice, joinsOperationsAndTechnology } from '../../domain/people/role-conflicts';
import { worksOnOneSide, type Role } from '../../domain/people/roles';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import { queueStart } from '../outbox/queue-message';
import { businessDateNow, standingOf, type Standing } from '../people/standing';
import { loadApprovalTerms } from '../terms/load-terms';
import { keptRequest, knownRequest } from './keyed-request';
import { byReference } from './typed-texts';

export interface GiveDelegation {
  readonly principal: string;
  readonly delegate: string;
  readonly role: Role;
  readonly side: Side | null;
  readonly kinds: readonly string[] | null;
  readonly amountLimitFen: string | null;
  readonly firstDay: BusinessDate;
  readonly lastDay: BusinessDate;
  readonly reason: string;
  readonly person: string;
  /** The giver's key of the request: the same is the same delegation. */
  readonly requestKey: string;
  readonly requestId: string;
}

/** Kind of the approval, by which the terms say who checks it, if anybody. */
const APPROVING = 'approve-delegation';

export type GivenDelegation = { readonly delegationId: string } | { readonly refusals: readonly BusinessError[] };

/** Safe to repeat. @throws BusinessError IDEMPOTENCY_MISMATCH where the same request asked for something else */
export const giveDelegation =
  ({ pool }: { readonly pool: Pool }) =>
  (asked: GiveDelegation): Promise<GivenDelegation> =>
    inTransaction(pool, async (sql) => {
      const { person, requestKey, requestId, ...content } = asked;
      const request = keptRequest({ person, requestKey, content });
      const known = await knownRequest(sql, 'delegations', request);
      if (known !== undefined) return { delegationId: known };
      await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`delegation:${asked.principal}`]);
      const today = await businessDateNow(sql);
      const [principal, delegate, maker] = [
        await standingOf(sql, asked.principal, today),
        await standingOf(sql, asked.delegate, today),
        await standingOf(sql, asked.person, today),
      ];
      const refusals = [
        ...refusalsOf(asked, { principal, delegate, maker, today }),
        ...((await overlaps(sql, asked))
          ? [new BusinessError('DELEGATION_OVERLAPS', { principal: asked.principal })]
          : []),
      ];
      if (refusals.length > 0) return { refusals };

      const risk = asked.person !== asked.principal ? 'absent' : isMarked(principal, asked) ? 'marked' : 'own';
      const terms = { kind: APPROVING, risk, amountFen: 0n, date: today };
      const needsApproval = checkersOf(await loadApprovalTerms(sql), terms).length > 0;
      const { rows } = await sql.query<{ delegation_id: string }>(
        `insert into delegations (principal, delegate, role, side, kinds, amount_limit_fen, first_day, last_day, reason, made_by, state,
                                  request_key, request_sha256)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) returning delegation_id::text`,
        [
          asked.principal,
          asked.delegate,
          asked.role,
          asked.side,
          asked.kinds,
          asked.amountLimitFen,
          asked.firstDay,
          asked.lastDay,
          asked.reason,
          person,
          needsApproval ? 'awaiting approval' : 'given',
          request.key,
          request.sha256,
        ],
      );
      const delegationId = rows[0]?.delegation_id ?? '';
      if (needsApproval) await startProcess(sql, asked, delegationId, risk);
      const { principal: from, delegate: to, role, firstDay, lastDay } = asked;
      await recordAudit(sql, {
        actor: person,
        action: 'give a delegation',
        outcome: 'done',
        objectType: 'delegation',
        objectId: delegationId,
        reason: asked.reason,
        after: { principal: from, delegate: to, role, firstDay, lastDay },
        requestId,
      });
      return { delegationId };
    });

interface Around {
  readonly principal: Standing;
  readonly delegate: Standing;
  readonly maker: Standing;
  readonly today: BusinessDate;
}

function refusalsOf(asked: GiveDelegation, { principal, delegate, maker, today }: Around): readonly BusinessError[] {
  const { role, side, firstDay, lastDay, person } = asked;
  const handed = principal.grants.filter((grant) => grant.role === role && (side === null || grant.side === side));
  const together = [...delegate.grants.map((grant) => grant.role), role];
  const sameSide = handed.some((grant) => delegate.grants.some((own) => own.side === grant.side));
  const refusals: (BusinessError | false)[] = [
    person !== asked.principal &&
      !maker.grants.some((grant) => grant.role === 'compliance') &&
      new BusinessError('ROLE_MISSING', { role: 'compliance' }),
    handed.length === 0 && new BusinessError('ROLE_MISSING', { role }),
    worksOnOneSide(role) && !sameSide && new BusinessError('WRONG_SIDE', { side: handed[0]?.side ?? side ?? '' }),
    handed.length > 0 &&
      handed.every(({ branch }) => branch !== null && !delegate.grants.some((own) => own.branch === branch)) &&
      new BusinessError('WRONG_BRANCH', { branch: handed[0]?.branch ?? '' }),
    !delegate.active && new BusinessError('NOT_FOUND', { what: '人员 person', key: asked.delegate }),
    lastDay < firstDay && new BusinessError('INPUT_INVALID', { field: 'lastDay', reason: `>= ${firstDay}` }),
    lastDay < today && new BusinessError('INPUT_INVALID', { field: 'lastDay', reason: `>= ${today}` }),
    [principal.naturalPerson, maker.naturalPerson].includes(delegate.naturalPerson) && new BusinessError('SAME_PERSON'),
    joinsFrontAndBackOffice(together) && new BusinessError('CHECKER_FRONT_AND_BACK_OFFICE'),
    joinsOperationsAndTechnology(together) && new BusinessError('CHECKER_OPERATIONS_AND_TECHNOLOGY'),
  ];
  return refusals.filter((one) => one !== false);
}

async function overlaps(sql: PoolClient, asked: GiveDelegation): Promise<boolean> {
  const { rowCount } = await sql.query(
    `select 1 from delegations where principal = $1 and delegate = $2 and role = $3 and side is not distinct from $4
        and state in ('awaiting approval', 'given') and first_day <= $6 and $5 <= last_day`,
    [asked.principal, asked.delegate, asked.role, asked.side, asked.firstDay, asked.lastDay],
  );
  return rowCount !== 0;
}

const isMarked = ({ grants }: Standing, { role }: GiveDelegation): boolean =>
  grants.some((grant) => grant.role === role && grant.mark !== null);

async function startProcess(sql: PoolClient, asked: GiveDelegation, delegationId: string, risk: string): Promise<void> {
  const { principal, delegate, role, firstDay, lastDay, person } = asked;
  const workflowId = `delegation:${delegationId}`;
  const reason = await byReference(sql, workflowId, 'reason', asked.reason);
  await queueStart(sql, {
    key: `start:${workflowId}`,
    workflowId,
    type: 'delegation',
    args: [{ delegationId, risk, madeBy: person, facts: { principal, delegate, role, firstDay, lastDay, reason } }],
    summary: `代理授权 ${delegationId} delegation`,
    attributes: { ProcessType: 'delegation', BusinessKey: delegationId, BusinessDate: firstDay },
  });
}
