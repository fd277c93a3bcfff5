/**
 * A role that was asked for, as what approvals decide about: operations grants it, compliance approves it. At each step the
 * hands and the conflicts are judged anew, because roles may have changed in between (A1 §15, A5 §17).
 */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import { refuseFirst } from '../intake/judge-actor';
import { businessDateNow } from '../people/standing';
import type { SubjectEnd, SubjectKind } from '../tasks/subject-kind';
import { judgeGrant } from './judge-grant';
import { lockRoleGrant, type RoleGrantRow } from './role-grant-row';

export const roleGrantSubject: SubjectKind = {
  lock: async (sql, id) => {
    const { state, revision, requestedAt: _, grantedFor: __, ...content } = await lockRoleGrant(sql, id);
    return { state, revision, content };
  },
  end: async (sql, id, end) => {
    const row = await lockRoleGrant(sql, id);
    if (row.state !== 'requested' && row.state !== 'granted')
      throw new BusinessError('GRANT_NOT_OPEN', { grant: id, state: row.state });
    if (end.state === 'approved') await takeStep(sql, row, end);
    else
      await sql.query('update role_grants set state = $2, ended_by = $3, ended_at = $4 where role_grant_id = $1', [
        id,
        end.state,
        end.by,
        end.at,
      ]);
  },
};

/** @throws BusinessError the first refusal, with the codes of all: GRANT_NEEDS_OTHER_HANDS, PERSON_LEFT, GRANT_OVERLAPS, ROLES_... */
async function takeStep(sql: PoolClient, row: RoleGrantRow, end: SubjectEnd): Promise<void> {
  const today = await businessDateNow(sql);
  const { refusals, restriction } = await judgeGrant(sql, row, today);
  const lapsed = row.validTo !== null && row.validTo <= today;
  refuseFirst([
    ...((await hasOwnHands(sql, row, end)) ? [new BusinessError('GRANT_NEEDS_OTHER_HANDS')] : []),
    ...(lapsed ? [new BusinessError('GRANT_NOT_OPEN', { grant: row.roleGrantId, state: '已过期 lapsed' })] : []),
    ...refusals,
  ]);
  if (row.state === 'requested') {
    await sql.query(
      `update role_grants set state = 'granted', revision = revision + 1, granted_by = $2, granted_for = $5, granted_at = $3,
                              restriction = $4
        where role_grant_id = $1`,
      [row.roleGrantId, end.by, end.at, restriction, end.onBehalfOf ?? null],
    );
    return;
  }
  await sql.query(
    `insert into grants (person, role, side, branch, mark, in_charge_of, restriction, valid_from, valid_to,
                         requested_by, granted_by, approved_by, role_grant_id)
     select person, role, side, branch, mark, in_charge_of, $3, greatest(valid_from, $4::date), valid_to,
            requested_by, granted_by, $2, role_grant_id
       from role_grants where role_grant_id = $1`,
    [row.roleGrantId, end.by, restriction, today],
  );
  await sql.query(
    `update role_grants set state = 'in force', approved_by = $2, approved_for = $5, approved_at = $3, restriction = $4
      where role_grant_id = $1`,
    [row.roleGrantId, end.by, end.at, restriction, end.onBehalfOf ?? null],
  );
}

/** Whether whoever decides, or the principal, is the person who gets the role, or has had a hand in it, by the human. */
async function hasOwnHands(sql: PoolClient, row: RoleGrantRow, { by, onBehalfOf }: SubjectEnd): Promise<boolean> {
  const { rows } = await sql.query<{ same: boolean }>(
    `select exists (select from unnest($1::text[]) one, unnest($2::text[]) other
                     where one is not null and other is not null and natural_person(one) = natural_person(other)) as same`,
    [
      [by, onBehalfOf ?? null],
      [row.person, row.requestedBy, row.grantedBy, row.grantedFor],
    ],
  );
  return rows[0]?.same === true;
}
