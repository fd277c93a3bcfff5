/**
 * Who may not call a client back: the own account manager, whoever had a hand in it, and whoever is kept out of the complaint that it is
 * about when the call is made; by the human, whatever account is used.
 */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../../domain/errors';
import type { CallbackRow } from '../../callbacks/callback-row';

export async function refusalsOfCaller(
  sql: PoolClient,
  { callbackNo, clientNo, workflowId }: CallbackRow,
  caller: string,
): Promise<readonly BusinessError[]> {
  const { rows } = await sql.query<{ manages: boolean; had_a_hand: boolean; kept_out: boolean }>(
    `select natural_person(c.account_manager) = natural_person($3) as manages,
            exists (select from callback_hands h where h.callback_no = $1 and natural_person(h.person) = natural_person($3)) as had_a_hand,
            is_kept_out($4, array[$3]) as kept_out
       from (values ($2)) k (client_no) left join registered_clients c using (client_no)`,
    [callbackNo, clientNo, caller, workflowId],
  );
  return [
    ...(rows[0]?.manages === true ? [new BusinessError('CALLER_IS_ACCOUNT_MANAGER')] : []),
    ...(rows[0]?.kept_out === true ? [new BusinessError('KEPT_OUT_OF_CASE')] : []),
    ...(rows[0]?.had_a_hand === true ? [new BusinessError('CALLER_HAD_A_HAND')] : []),
  ];
}
