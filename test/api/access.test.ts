/** Every route as every role: exactly the table of `api/policy.ts`, and what was refused is in the audit trail. */
import { accessTo, policy } from '../../api/policy';
import { routes } from '../../api/routes';
import { ROLES } from '../../domain/people/roles';
import { PERSON_OF } from './people';
import { openApiStage, type ApiStage } from './stage';

/** A day that is no trading day and rows that are not there: nothing happens, whoever may ask. */
const VALUES: Readonly<Record<string, string>> = {
  channel: 'SH',
  date: '2025-06-22',
  fileId: '999999',
  figureId: '999999',
  taskId: '999999',
  breakId: '999999',
  grantId: '999999',
  roleGrantId: '999999',
  person: 'nobody',
  bulkId: '999999',
  substitutionId: '999999',
  fundAccount: '999999',
  requestNo: 'P20250622-999999',
  attemptId: '999999',
  workflowId: 'nothing',
  changeId: '999999',
  delegationId: '999999',
};

let api: ApiStage;
beforeAll(async () => {
  api = await openApiStage('access', { worker: false });
});
afterAll(() => api.close());

it('has a route for every line of the policy, and a line for every route', () => {
  expect(routes.map(({ id }) => id).sort()).toEqual(Object.keys(policy).sort());
});

const table = routes.flatMap((route) => ROLES.map((role) => ({ route, role, id: route.id })));

it.each(table)('$id as $role', async ({ route, role, id }) => {
  const access = accessTo(id);
  const where = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => VALUES[name] ?? '');
  const method = route.method.toUpperCase() as 'GET';
  const { status, body } = await api.call(method, where, {
    as: PERSON_OF[role],
    ...(method === 'GET' ? {} : { body: {} }),
  });
  const refusedForRole = status === 403 && body.code === 'ROLE_MISSING';
  expect(refusedForRole).toBe(access !== 'public' && !access.includes(role));
  expect(status).not.toBe(401);
  expect(status).not.toBe(500);
});

it.each(routes.filter(({ id }) => accessTo(id) !== 'public'))('$id without a token', async (route) => {
  const where = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => VALUES[name] ?? '');
  const { status, body, headers } = await api.call(route.method.toUpperCase() as 'GET', where);
  expect([status, body.code]).toEqual([401, 'UNAUTHENTICATED']);
  expect(headers.get('www-authenticate')).toBe('Bearer');
});

it('keeps every attempt without the role', async () => {
  const { rows } = await api.pool.query<{ action: string; actor: string; role: string }>(
    `select distinct action, actor, role from audit where outcome = 'refused' and reason = 'ROLE_MISSING'`,
  );
  const kept = rows.map(({ action, actor, role }) => `${action} ${actor} ${role}`);
  const refused = table
    .filter(({ id, role }) => {
      const access = accessTo(id);
      return access !== 'public' && !access.includes(role);
    })
    .map(({ id, role }) => `${id} ${PERSON_OF[role]} ${role}`);
  expect(refused.length).toBeGreaterThan(100);
  expect(kept.sort()).toEqual(refused.sort());
});

it('takes a grant at its dates: not yet, in force, no longer', async () => {
  await api.pool.query(
    `insert into people (person, subject, department) values ('later', 'rehearsal|later', 'operations')`,
  );
  const grant = (from: string, to: string | null) =>
    api.pool.query(
      `insert into grants (person, role, valid_from, valid_to, requested_by, granted_by, approved_by)
       values ('later', 'supervisor', $1, $2, 'a', 'b', 'c')`,
      [from, to],
    );
  const ask = async () => (await api.call('GET', '/v1/settlement-days', { as: 'later' })).status;
  expect(await ask()).toBe(403);
  await grant('2025-06-01', '2025-06-23'); // the last day is the day before, the clock stands on the 23rd
  await grant('2025-06-24', null);
  expect(await ask()).toBe(403);
  await grant('2025-06-23', '2025-06-24');
  expect(await ask()).toBe(200);
  await api.pool.query(`update people set active = false where person = 'later'`);
  expect(await ask()).toBe(401);
});
