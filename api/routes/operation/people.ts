/** Who I am here, and the test people of a rehearsal. */
import { BusinessError } from '../../../domain/errors';
import { route } from '../../route';
import { bilingual, rowId, side } from '../../schemas';
import type { Services } from '../../services';
import { z } from '../../zod';

const TODAY = `(business_now() at time zone 'Asia/Shanghai')::date`;

const grant = z
  .strictObject({
    role: z.string(),
    side: side.nullable(),
    branch: z.string().nullable(),
    mark: z.enum(['deputy', 'head']).nullable(),
  })
  .openapi('Grant');

const heldGrant = grant
  .extend({
    inChargeOf: z.array(z.string()).openapi({ description: '分管业务 lines of business in the charge of the person' }),
    restriction: z.string().nullable().openapi({
      description: '例外授权的限制 of an approved exception: what the person takes no part in',
      example: 'no single-security decisions',
    }),
    validTo: z.string().nullable().openapi({ format: 'date', description: '首个不再有效之日 first day not in force' }),
  })
  .strict()
  .openapi('OwnGrant');

const heldDelegation = z
  .strictObject({
    delegationId: rowId,
    person: z.string().openapi({ description: '另一方 the other one of the two' }),
    role: z.string(),
    side: side.nullable(),
    branch: z.string().nullable(),
    lastDay: z.string().openapi({ format: 'date', description: '含当日 this day included' }),
  })
  .openapi('OwnDelegation');

export const readWhoIAm = route({
  id: 'readWhoIAm',
  method: 'get',
  path: '/v1/me',
  tag: 'people',
  summary: {
    zh: '本人、当日有效的角色与代理授权',
    en: 'The caller, the roles in force today, and who acts for whom today',
  },
  answer: z
    .strictObject({
      person: z.string(),
      grants: z.array(heldGrant),
      actsFor: z.array(heldDelegation).openapi({ description: '代理他人 for whom the caller may act' }),
      actedForBy: z.array(heldDelegation).openapi({ description: '由他人代理 who may act for the caller' }),
    })
    .openapi('Me'),
  respond: async ({ caller: { person } }, { pool }) => {
    const { rows: grants } = await pool.query<z.input<typeof heldGrant>>(
      `select role, side, branch, mark, in_charge_of as "inChargeOf", restriction, valid_to::text as "validTo" from grants
        where person = $1 and valid_from <= ${TODAY} and (valid_to is null or ${TODAY} < valid_to) order by grant_id`,
      [person],
    );
    const { rows: delegations } = await pool.query<z.input<typeof heldDelegation> & { readonly own: boolean }>(
      `select delegation_id::text as "delegationId", case when principal = $1 then delegate else principal end as person, role, side,
              branch, last_day::text as "lastDay", principal = $1 as own
         from delegations where $1 in (principal, delegate) and state = 'given' and ${TODAY} between first_day and last_day
        order by delegation_id`,
      [person],
    );
    const given = (own: boolean) => delegations.flatMap(({ own: isOwn, ...line }) => (isOwn === own ? [line] : []));
    return { status: 200, body: { person, grants, actsFor: given(false), actedForBy: given(true) } };
  },
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
