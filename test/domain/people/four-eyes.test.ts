import { parseBusinessDate as d } from '../../../domain/calendar/business-date';
import { byPlace } from '../../../domain/errors';
import { fourEyesRefusals, type ActingPerson, type Delegation } from '../../../domain/people/four-eyes';
import type { Role } from '../../../domain/people/roles';

// The published case table runs in verify-cases.test.ts; here stands what it leaves open.
const task = { side: 'client', makerRole: 'operations', checkerRole: 'operations' } as const;
const decidedOn = d('2026-06-15');
const person = (name: string, change: Partial<ActingPerson> = {}): ActingPerson => ({
  person: name,
  roles: ['operations'],
  side: 'client',
  delegation: null,
  ...change,
});
const actingFor = (principal: string, role: Role | null, firstDay: string, lastDay: string): Delegation => ({
  principal,
  role,
  firstDay: d(firstDay),
  lastDay: d(lastDay),
});
const refusals = (maker: ActingPerson, checker: ActingPerson) => fourEyesRefusals({ task, maker, checker, decidedOn });

it.each([
  ['2026-06-10', '2026-06-14', ['DELEGATION_NOT_IN_FORCE', 'CHECKER_ROLE_MISSING'], 'ended yesterday'],
  ['2026-06-10', '2026-06-15', [], 'ends today'],
  ['2026-06-15', '2026-06-20', [], 'begins today'],
  ['2026-06-16', '2026-06-20', ['DELEGATION_NOT_IN_FORCE', 'CHECKER_ROLE_MISSING'], 'begins tomorrow'],
])('a role delegated from %s to %s: %j (%s)', (firstDay, lastDay, expected) => {
  const checker = person('sun.bo', {
    roles: ['compliance'],
    delegation: actingFor('zhou.an', 'operations', firstDay, lastDay),
  });
  expect(refusals(person('chen.yi'), checker)).toEqual(expected);
});

it("judges the maker's delegation too", () => {
  const maker = person('chen.yi', {
    roles: [],
    delegation: actingFor('zhou.an', 'operations', '2026-06-01', '2026-06-14'),
  });
  expect(refusals(maker, person('sun.bo'))).toEqual(['DELEGATION_NOT_IN_FORCE', 'MAKER_ROLE_MISSING']);
});

it('does not join offices by a delegation that is not in force', () => {
  const delegation = actingFor('zhou.an', 'service', '2026-06-16', '2026-06-20');
  expect(refusals(person('chen.yi'), person('sun.bo', { delegation }))).toEqual(['DELEGATION_NOT_IN_FORCE']);
});

it('reports refusals in the order of the list of errors', () => {
  const both: Role[] = ['operations', 'admin', 'branch'];
  const everything = fourEyesRefusals({
    task: { ...task, checkerRole: 'finance' },
    maker: person('chen.yi', { roles: both, side: 'proprietary' }),
    checker: person('chen.yi', { roles: both, delegation: actingFor('li.na', null, '2026-06-16', '2026-06-20') }),
    decidedOn,
  });
  expect(everything).toHaveLength(8);
  expect(everything).toEqual([...everything].sort(byPlace));
});

it('asks no side of a task that belongs to neither', () => {
  const maker = person('chen.yi', { side: null });
  const checker = person('sun.bo', { side: null });
  expect(fourEyesRefusals({ task: { ...task, side: null }, maker, checker, decidedOn })).toEqual([]);
  expect(refusals(maker, checker)).toEqual(['MAKER_WRONG_SIDE', 'CHECKER_WRONG_SIDE']);
});
