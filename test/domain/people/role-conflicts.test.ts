import { parseBusinessDate as d } from '../../../domain/calendar/business-date';
import {
  conflictsBroughtBy,
  dutiesOf,
  joinsFrontAndBackOffice,
  joinsOperationsAndTechnology,
  type BusinessLine,
  type HeldRole,
} from '../../../domain/people/role-conflicts';
import { officeOf, ROLES, type Role } from '../../../domain/people/roles';
import { readReference } from '../../../prisma/reference';

const conflicts = readReference().roleConflicts;
const on = d('2025-06-23');
const held = (role: Role, change: Partial<HeldRole> = {}): HeldRole => ({
  role,
  side: null,
  mark: null,
  inChargeOf: [],
  ...change,
});
const over = (...inChargeOf: BusinessLine[]) => held('general_manager', { inChargeOf });
const client = { side: 'client' } as const;
const own = { side: 'proprietary' } as const;
const codes = (asked: HeldRole, before: readonly HeldRole[], date = on) =>
  conflictsBroughtBy(asked, before, conflicts, date).map(({ code, rule }) => `${code} ${rule}`);

const FRONT_BACK = 'ROLES_FRONT_AND_BACK_OFFICE never';
const SIDES_APART = 'ROLES_CLIENT_AND_PROPRIETARY_SIDE never';
const EXCEPTION = 'ROLES_NEED_EXCEPTION exception';

it.each<[HeldRole, readonly HeldRole[], readonly string[], string]>([
  [held('operations', client), [], [], 'a first role'],
  [held('supervisor'), [held('operations', client)], [], 'neither office goes with both'],
  [held('supervisor'), [held('service')], [], 'neither office goes with both'],
  [held('service'), [held('operations', client)], [FRONT_BACK], 'front beside back'],
  [held('operations', client), [held('service')], [FRONT_BACK], 'back beside front: the order does not matter'],
  [held('region'), [held('branch')], [], 'two front roles'],
  [held('admin'), [held('operations', client)], ['ROLES_OPERATIONS_AND_TECHNOLOGY never'], 'A1 §27'],
  [held('admin'), [held('finance', own)], [], 'technology beside finance is none of the conflicts named'],
  [held('admin'), [held('brokerage')], [FRONT_BACK], 'technology is back office'],
  [held('operations', own), [held('operations', client)], [SIDES_APART], 'both sides of one role'],
  [held('finance', own), [held('operations', client)], [SIDES_APART], 'sides apart across roles'],
  [held('finance', client), [held('operations', client)], [], 'one side'],
  [held('compliance', own), [held('audit', client)], [EXCEPTION], 'only operations, finance and prop have sides'],
  [
    held('prop', own),
    [held('operations', client), held('admin')],
    [FRONT_BACK, SIDES_APART],
    'all new conflicts at once, in the order of the data; the one there already is not told again',
  ],
  [
    over('asset management', 'proprietary trading'),
    [],
    ['ROLES_ASSET_MANAGEMENT_AND_PROPRIETARY never'],
    'within one grant',
  ],
  [
    over('asset management'),
    [over('proprietary trading')],
    ['ROLES_ASSET_MANAGEMENT_AND_PROPRIETARY never'],
    'across grants',
  ],
  [
    over('asset management'),
    [held('prop', { ...own, mark: 'head' })],
    ['ROLES_ASSET_MANAGEMENT_AND_PROPRIETARY never'],
    'the head of proprietary trading is in charge of it',
  ],
  [over('asset management'), [held('prop', { ...own, mark: 'deputy' })], [], 'a deputy is not'],
  [over('brokerage'), [over('proprietary trading')], [EXCEPTION], 'others: only as an exception'],
  [over('brokerage'), [over('brokerage')], [], 'the same line twice'],
  [
    over('brokerage', 'asset management', 'proprietary trading'),
    [],
    ['ROLES_ASSET_MANAGEMENT_AND_PROPRIETARY never', EXCEPTION, EXCEPTION],
    'an exception does not open what is never allowed',
  ],
  [held('branch_risk'), [held('branch')], [FRONT_BACK], 'within the branch too'],
  [held('supervisor'), [held('branch_risk')], ['ROLES_BESIDE_BRANCH_RISK never'], 'checks in the branch, nothing else'],
  [held('compliance'), [held('finance', own)], [EXCEPTION], 'compliance reviews finance'],
])('%j beside %j: %j (%s)', (asked, before, expected) => {
  expect(codes(asked, before)).toEqual(expected);
});

it('takes the rows in force on the date', () => {
  const ended = conflicts.map((row) => ({ ...row, validFrom: '2025-01-01', validTo: '2025-06-23' }));
  const found = (date: string) => conflictsBroughtBy(held('service'), [held('audit')], ended, d(date)).length;
  expect(['2024-12-31', '2025-01-01', '2025-06-22', '2025-06-23'].map(found)).toEqual([0, 1, 1, 0]);
});

it('brings every role its own duty and its office', () => {
  for (const role of ROLES) {
    const office = officeOf(role);
    expect(dutiesOf(held(role))).toEqual(office === 'neither' ? [role] : [role, `${office} office`]);
  }
});

it('says of every pair of roles the same as the rule of four eyes', () => {
  const pairs = ROLES.flatMap((one) => ROLES.map((other) => [one, other] as const));
  for (const [one, other] of pairs) {
    const found = codes(held(other), [held(one)]);
    expect([one, other, found.includes(FRONT_BACK)]).toEqual([one, other, joinsFrontAndBackOffice([one, other])]);
    expect([one, other, found.includes('ROLES_OPERATIONS_AND_TECHNOLOGY never')]).toEqual([
      one,
      other,
      joinsOperationsAndTechnology([one, other]),
    ]);
  }
});

it('has a restriction for every exception and for nothing else', () => {
  for (const { rule, restriction } of conflicts) expect(restriction === null).toBe(rule === 'never');
});
