/** The case table of four eyes: who may check what another person made. */
import type { Side } from '../../domain/channel';
import { fourEyesRefusals, type Delegation } from '../../domain/people/four-eyes';
import { ROLES, type Role } from '../../domain/people/roles';
import type { CaseLine, CaseTable } from './case-table';

export const fourEyesTable: CaseTable = {
  name: 'four-eyes',
  given: [
    'task_side',
    'required_maker_role',
    'required_checker_role',
    'maker',
    'maker_roles',
    'maker_side',
    'maker_for',
    'checker',
    'checker_roles',
    'checker_side',
    'checker_for',
    'delegated_role',
    'delegation_from',
    'delegation_to',
    'decided_on',
  ],
  expected: ['result', 'codes'],
  linesPerCase: 'one',
  answer: (lines) =>
    lines.map((line) => {
      const refusals = fourEyesRefusals({
        task: {
          side: sideIn(line, 'task_side'),
          makerRole: line.oneOf('required_maker_role', ROLES),
          checkerRole: line.oneOf('required_checker_role', ROLES),
        },
        maker: {
          person: line.text('maker'),
          roles: rolesIn(line, 'maker_roles'),
          side: sideIn(line, 'maker_side'),
          delegation: delegationIn(line, 'maker_for'),
        },
        checker: {
          person: line.text('checker'),
          roles: rolesIn(line, 'checker_roles'),
          side: sideIn(line, 'checker_side'),
          delegation: delegationIn(line, 'checker_for'),
        },
        decidedOn: line.date('decided_on'),
      });
      return { result: refusals.length === 0 ? 'ALLOWED' : 'REFUSED', codes: refusals.join(';') };
    }),
};

/** NONE and an empty field: neither side. */
function sideIn(line: CaseLine, column: string): Side | null {
  const word = line.oneOf(column, ['CLIENT', 'PROPRIETARY', 'NONE', '']);
  return word === 'CLIENT' ? 'client' : word === 'PROPRIETARY' ? 'proprietary' : null;
}

function rolesIn(line: CaseLine, column: string): Role[] {
  return line.list(column).map((word) => {
    const role = ROLES.find((candidate) => candidate === word);
    if (role === undefined) throw line.malformed(`${column} "${word}" is no role`);
    return role;
  });
}

/** The table has one delegation a line; it belongs to whoever names a principal. */
function delegationIn(line: CaseLine, principalColumn: string): Delegation | null {
  const principal = line.text(principalColumn);
  if (principal === '') return null;
  return {
    principal,
    role: line.orNull('delegated_role', (column) => line.oneOf(column, ROLES)),
    firstDay: line.orNull('delegation_from', line.date),
    lastDay: line.orNull('delegation_to', line.date),
  };
}
