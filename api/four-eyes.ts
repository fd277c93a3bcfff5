/** Maker never checker, asked before anything is sent: the first of four layers (design 3.5). The verb asks the same again. */
import type { Pool } from 'pg';
import { delegatedGrants, refusalsOfActor } from '../activities/intake/judge-actor';
import { BusinessError } from '../domain/errors';
import type { Caller } from './identity';
import { fault, type Fault } from './problems';
import type { TaskRow } from './reads/tasks';

/**
 * The caller in the role of a principal, where one is named: with the grants that were handed on, and no others.
 * @throws BusinessError DELEGATION_NOT_IN_FORCE
 */
export async function actingCaller(pool: Pool, caller: Caller, onBehalfOf: string | undefined): Promise<Caller> {
  if (onBehalfOf === undefined) return caller;
  const grants = await delegatedGrants(pool, caller.person, onBehalfOf);
  if (grants.length === 0) throw new BusinessError('DELEGATION_NOT_IN_FORCE');
  return { person: caller.person, grants, onBehalfOf };
}

/** Why a person may not do a task, every reason: role, side, delegation, what the maker and the checkers before are to each other. */
export async function actorFaults(pool: Pool, caller: Caller, task: TaskRow): Promise<readonly Fault[]> {
  const refusals = await refusalsOfActor(pool, caller, task);
  return refusals.map(({ code, details }) => fault(code, details));
}
