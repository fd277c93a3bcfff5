/** Who I am here, and the test people of a rehearsal. */
import { BusinessError } from '../../domain/errors';
import { route } from '../route';
import { bilingual, side } from '../schemas';
import type { Services } from '../services';
import { z } from '../zod';

const grant = z
  .strictObject({
    role: z.string(),
    side: side.nullable(),
    branch: z.string().nullable(),
    mark: z.enum(['deputy', 'head']).nullable(),
  })
  .openapi('Grant');

export const readWhoIAm = route({
  id: 'readWhoIAm',
  method: 'get',
  path: '/v1/me',
  tag: 'people',
  summary: { zh: '本人及当日有效的角色', en: 'The caller and the roles in force today' },
  answer: z.strictObject({ person: z.string(), grants: z.array(grant) }).openapi('Me'),
  respond: ({ caller }) => Promise.resolve({ status: 200, body: { ...caller, grants: [...caller.grants] } }),
});

/** Outside a rehearsal these two routes are not there. */
function issuerOf({ rehearsalIssuer }: Services, path: string) {
  if (rehearsalIssuer === undefined) throw new BusinessError('NOT_FOUND', { what: '路径 path', key: path });
  return rehearsalIssuer;
}

const rehearsalPerson = z
  .strictObject({ person: z.string(), name: bilingual, department: z.string(), grants: z.array(grant) })
  .openapi('RehearsalPerson');

export const listRehearsalPeople = route({
  id: 'listRehearsalPeople',
  method: 'get',
  path: '/rehearsal/people',
  tag: 'people',
  summary: { zh: '演练人员', en: 'The test people of a rehearsal' },
  answer: z.strictObject({ items: z.array(rehearsalPerson) }),
  refusals: ['NOT_FOUND'],
  respond: async (_, services) => {
    issuerOf(services, '/rehearsal/people');
    const people = await services.prisma.people.findMany({
      where: { active: true },
      include: { person_names: true, grants: { orderBy: { grant_id: 'asc' } } },
      orderBy: { person: 'asc' },
    });
    const items = people.map(({ person, department, person_names: names, grants }) => ({
      person,
      department,
      name: { zh: names?.name_zh ?? '', en: names?.name_en ?? '' },
      grants: grants.map(({ role, side: ofSide, branch, mark }) => ({
        role,
        side: ofSide === null ? null : side.parse(ofSide),
        branch,
        mark: mark as 'head' | null,
      })),
    }));
    return { status: 200, body: { items } };
  },
});

export const issueRehearsalToken = route({
  id: 'issueRehearsalToken',
  method: 'post',
  path: '/rehearsal/tokens',
  tag: 'people',
  summary: { zh: '取演练人员的令牌', en: 'A token for a test person' },
  body: z.strictObject({ person: z.string().min(1).max(60).openapi({ example: 'ops-client-1' }) }),
  answer: z.strictObject({ token: z.string(), expiresInSeconds: z.number().int() }).openapi('RehearsalToken'),
  // Nothing is written: a second token for the same person is as good as the first.
  writes: false,
  refusals: ['NOT_FOUND'],
  respond: async ({ body }, services) => {
    const issuer = issuerOf(services, '/rehearsal/tokens');
    const found = await services.prisma.people.findUnique({ where: { person: body.person } });
    if (found === null || !found.active) {
      throw new BusinessError('NOT_FOUND', { what: '人员 person', key: body.person });
    }
    return { status: 200, body: await issuer.issue(found.subject) };
  },
});
