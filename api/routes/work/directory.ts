/** The directory: who there is, with which roles on a day; logins that technology makes; people who leave. */
import { recordReading } from '../../../activities/intake/record-reading';
import { admitPerson as admit, dismissPerson as dismiss } from '../../../activities/intake/staff';
import { BusinessError } from '../../../domain/errors';
import { businessNow } from '../../business-now';
import { keyOfCursor, pageOf as page, wordKey } from '../../cursors';
import { holdsAnyOf, rolesOf } from '../../identity';
import { DIRECTORY_READERS } from '../../role-groups';
import { dateColumn, dateText, instantText } from '../../reads/columns';
import { route } from '../../route';
import { bilingual, businessDate, instant, pageOf, pageQuery, reason, rowId, saidWhy, side } from '../../schemas';
import { z } from '../../zod';

const key = z.string().regex(/^[\w-]{1,40}$/);

const personLine = z
  .strictObject({
    person: z.string(),
    department: z.string(),
    active: z.boolean(),
    leftAt: instant.nullable(),
    naturalPerson: z.string().openapi({ description: '同一自然人各账号共用 shared by the accounts of one human' }),
  })
  .openapi('PersonLine');

const heldGrant = z
  .strictObject({
    grantId: rowId,
    role: z.string(),
    side: side.nullable(),
    branch: z.string().nullable(),
    mark: z.string().nullable(),
    inChargeOf: z.array(z.string()),
    restriction: z.string().nullable(),
    validFrom: z.string(),
    validTo: z.string().nullable(),
    requestedBy: z.string(),
    grantedBy: z.string(),
    approvedBy: z.string(),
  })
  .openapi('HeldGrant');

const person = personLine
  .extend({
    asOf: z.string(),
    grants: z.array(heldGrant),
  })
  .strict()
  .openapi('Person');

interface PersonRow {
  readonly person: string;
  readonly department: string;
  readonly active: boolean;
  readonly left_at: Date | null;
  readonly natural_person: string;
}

const lineOf = (row: PersonRow): z.input<typeof personLine> => ({
  person: row.person,
  department: row.department,
  active: row.active,
  leftAt: instantText(row.left_at),
  naturalPerson: row.natural_person,
});

export const listPeople = route({
  id: 'listPeople',
  method: 'get',
  path: '/v1/people',
  tag: 'people',
  summary: { zh: '人员目录，不含姓名', en: 'The directory of people, without names' },
  query: z.strictObject({ department: z.string().min(1).max(60).optional(), ...pageQuery }),
  answer: pageOf(personLine),
  respond: async ({ query }, { prisma }) => {
    const [after = ''] = keyOfCursor(query.cursor, [wordKey]) ?? [];
    const rows = await prisma.people.findMany({
      where: {
        person: { gt: after },
        ...(query.department === undefined ? {} : { department: query.department }),
      },
      orderBy: { person: 'asc' },
      take: query.limit + 1,
    });
    return { status: 200, body: page(rows, query.limit, (row) => [row.person], lineOf) };
  },
});

export const readPerson = route({
  id: 'readPerson',
  method: 'get',
  path: '/v1/people/{person}',
  tag: 'people',
  summary: { zh: '一名人员及某日有效的角色', en: 'One person, and the roles in force on a day' },
  params: z.strictObject({ person: key }),
  query: z.strictObject({ asOf: businessDate.optional() }),
  answer: person,
  refusals: ['NOT_FOUND'],
  respond: async ({ params, query }, { prisma, pool }) => {
    const asOf = query.asOf ?? (await businessNow(pool)).today;
    const on = dateColumn(asOf);
    const row = await prisma.people.findUnique({
      where: { person: params.person },
      include: {
        grants: {
          where: { valid_from: { lte: on }, OR: [{ valid_to: null }, { valid_to: { gt: on } }] },
          orderBy: { grant_id: 'asc' },
        },
      },
    });
    if (row === null) throw new BusinessError('NOT_FOUND', { what: '人员 person', key: params.person });
    return {
      status: 200,
      body: {
        ...lineOf(row),
        asOf,
        grants: row.grants.map((grant) => ({
          grantId: String(grant.grant_id),
          role: grant.role,
          side: grant.side === null ? null : side.parse(grant.side),
          branch: grant.branch,
          mark: grant.mark,
          inChargeOf: grant.in_charge_of,
          restriction: grant.restriction,
          validFrom: dateText(grant.valid_from),
          validTo: grant.valid_to === null ? null : dateText(grant.valid_to),
          requestedBy: grant.requested_by,
          grantedBy: grant.granted_by,
          approvedBy: grant.approved_by,
        })),
      },
    };
  },
});

export const readPersonName = route({
  id: 'readPersonName',
  method: 'post',
  path: '/v1/people/{person}/name',
  tag: 'people',
  summary: { zh: '一名人员的姓名', en: 'The name of a person' },
  description: {
    zh: '一名人员的姓名：属个人信息，须在正文中说明查看理由，查看即留痕',
    en: 'The name of a person: personal, so say why in the body; who looked and why is audited before the answer',
  },
  params: z.strictObject({ person: key }),
  body: saidWhy,
  writes: false,
  answer: z.strictObject({ person: z.string(), name: bilingual.nullable() }).openapi('PersonName'),
  refusals: ['NOT_FOUND'],
  respond: async ({ params, body: said, caller, requestId }, { prisma, pool }) => {
    const row = await prisma.people.findUnique({ where: { person: params.person }, include: { person_names: true } });
    if (row === null) throw new BusinessError('NOT_FOUND', { what: '人员 person', key: params.person });
    await recordReading(pool, {
      actor: caller.person,
      role: rolesOf(caller).find((role) => DIRECTORY_READERS.some((reader) => reader === role)),
      action: 'read personal data',
      objectType: 'person',
      objectId: params.person,
      reason: said.reason,
      shown: { columns: ['name_zh', 'name_en'] },
      requestId,
    });
    const names = row.person_names;
    const name = names === null ? null : { zh: names.name_zh, en: names.name_en };
    return { status: 200, body: { person: row.person, name } };
  },
});

export const admitPerson = route({
  id: 'admitPerson',
  method: 'post',
  path: '/v1/people',
  tag: 'people',
  summary: { zh: '建立登录账号，不授予任何角色', en: 'Make a login, without any role' },
  body: z.strictObject({
    person: key,
    subject: z.string().min(1).max(200).openapi({ description: '身份提供方的 sub; `sub` of the identity provider' }),
    department: z.string().min(1).max(60),
    name: z.strictObject({ zh: z.string().min(1).max(60), en: z.string().min(1).max(60) }),
    naturalPerson: key.optional(),
  }),
  answer: z.strictObject({ person: z.string() }),
  statuses: [201],
  refusals: ['PERSON_KNOWN'],
  respond: async ({ body, caller, requestId }, { pool }) => {
    await admit({ pool })({
      ...body,
      naturalPerson: body.naturalPerson ?? null,
      actor: caller.person,
      requestId,
    });
    return { status: 201, location: `/v1/people/${body.person}`, body: { person: body.person } };
  },
});

export const dismissPerson = route({
  id: 'dismissPerson',
  method: 'post',
  path: '/v1/people/{person}/departure',
  tag: 'people',
  summary: {
    zh: '人员离岗：账号停用，角色即时终止',
    en: 'A person leaves: the login is closed, every role ends at once',
  },
  params: z.strictObject({ person: key }),
  body: z.strictObject({ reason }),
  answer: z.strictObject({ person: z.string() }),
  refusals: ['NOT_FOUND', 'PERSON_LEFT'],
  respond: async ({ params, body, caller, requestId }, { pool }) => {
    const role = holdsAnyOf(caller, ['operations']) ? 'operations' : 'admin';
    await dismiss({ pool })({ ...params, ...body, actor: caller.person, role, requestId });
    return { status: 200, body: { person: params.person } };
  },
});
