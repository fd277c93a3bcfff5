/** Maker never checker, asked before anything is sent: the first of four layers (design 3.5). */
import type { Pool } from 'pg';
import type { BusinessDate } from '../domain/calendar/business-date';
import {
  fourEyesRefusals,
  joinsFrontAndBackOffice,
  joinsOperationsAndTechnology,
  type ActingPerson,
  type FourEyesCode,
} from '../domain/people/four-eyes';
import { callerOfPerson, rolesOf, type Caller, type Demand } from './identity';
import { fault, type Fault } from './problems';
import { demandOf, type TaskRow } from './reads/tasks';

/**
 * Why a person may not decide what another made, every reason; where nobody made it, why one whose own roles must not be
 * held together may not: SAME_PERSON, ..._FRONT_AND_BACK_OFFICE, ..._OPERATIONS_AND_TECHNOLOGY, ..._WRONG_SIDE.
 */
export async function fourEyesFaults(
  pool: Pool,
  { caller, task, today }: { readonly caller: Caller; readonly task: TaskRow; readonly today: BusinessDate },
): Promise<readonly Fault[]> {
  return (await reasons(pool, caller, task, today)).map((code) => fault(code));
}

async function reasons(pool: Pool, caller: Caller, task: TaskRow, today: BusinessDate): Promise<FourEyesCode[]> {
  const roles = rolesOf(caller);
  if (task.made_by === null) {
    return [
      ...(joinsFrontAndBackOffice(roles) ? (['MAKER_FRONT_AND_BACK_OFFICE'] as const) : []),
      ...(joinsOperationsAndTechnology(roles) ? (['MAKER_OPERATIONS_AND_TECHNOLOGY'] as const) : []),
    ];
  }
  const demand = demandOf(task);
  const maker = (await callerOfPerson(pool, task.made_by)) ?? { person: task.made_by, grants: [] };
  const refusals = fourEyesRefusals({
    task: { side: demand.side, makerRole: demand.role, checkerRole: demand.role },
    maker: acting(maker, demand),
    checker: acting(caller, demand),
    decidedOn: today,
  });
  // In which role a thing was made was judged when it was made; the maker may have left since.
  return refusals.filter((code) => code !== 'MAKER_ROLE_MISSING' && code !== 'MAKER_WRONG_SIDE');
}

/** A person as the rule sees one; delegations are not granted in this book yet, so nobody acts for another. */
const acting = (person: Caller, demand: Demand): ActingPerson => ({
  person: person.person,
  roles: rolesOf(person),
  side:
    person.grants.find(({ role, side }) => role === demand.role && side === demand.side)?.side ??
    person.grants.find(({ role }) => role === demand.role)?.side ??
    null,
  delegation: null,
});
