/** A delegation as what an approval decides about: it is given with the approval, where the terms ask for one. */
import { BusinessError } from '../../domain/errors';
import type { SubjectKind } from '../tasks/subject-kind';
import type { Sql } from './standing';

/** @throws BusinessError NOT_FOUND, DELEGATION_NOT_OPEN; PERSON_LEFT where one of the two has left meanwhile */
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
  end: async (sql, id, end, { state, content }) => {
    if (state !== 'awaiting approval') throw new BusinessError('DELEGATION_NOT_OPEN', { delegation: id, state });
    const approved = end.state === 'approved';
    if (approved) await refuseLeavers(sql, [content['principal'], content['delegate']]);
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

async function refuseLeavers(sql: Sql, people: readonly unknown[]): Promise<void> {
  const { rows } = await sql.query<{ person: string }>(
    'select person from people where person = any ($1) and not active order by person for share',
    [people],
  );
  const [left] = rows;
  if (left !== undefined) throw new BusinessError('PERSON_LEFT', { person: left.person });
}
