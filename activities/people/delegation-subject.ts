/** A delegation as what an approval decides about: it is given with the approval, where the terms ask for one. */
import { BusinessError } from '../../domain/errors';
import type { SubjectKind } from '../tasks/subject-kind';

/** @throws BusinessError NOT_FOUND, DELEGATION_NOT_OPEN */
export const delegationSubject: SubjectKind = {
  lock: async (sql, id) => {
    const { rows } = await sql.query<{ state: string; revision: number }>(
      `select state, revision, principal, delegate, role, side, branch, kinds, amount_limit_fen::text, first_day::text, last_day::text,
              reason, made_by from delegations where delegation_id = $1 for update`,
      [id],
    );
    const [row] = rows;
    if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '代理授权 delegation', key: id });
    const { state, revision, ...content } = row;
    return { state, revision, content };
  },
  end: async (sql, id, end, { state }) => {
    if (state !== 'awaiting approval') throw new BusinessError('DELEGATION_NOT_OPEN', { delegation: id, state });
    const approved = end.state === 'approved';
    await sql.query(
      'update delegations set state = $2, approved_by = $3, approved_for = $4, approved_at = $5 where delegation_id = $1',
      [
        id,
        approved ? 'given' : end.state,
        approved ? end.by : null,
        approved ? (end.onBehalfOf ?? null) : null,
        approved ? end.at : null,
      ],
    );
  },
};
