/** Who stands in for whom while somebody is away. */
import { endSubstitution as end, makeSubstitution as make } from '../../../activities/intake/substitutions';
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { holdsAnyOf, READS_BOTH_SIDES } from '../../identity';
import { instantText } from '../../reads/columns';
import { route } from '../../route';
import { businessDate, instant, pageOf, pageQuery, person, rowId } from '../../schemas';
import type { Services } from '../../services';
import { z } from '../../zod';

const substitution = z
  .strictObject({
    substitutionId: rowId,
    absent: z.string(),
    substitute: z.string(),
    firstDay: z.string(),
    lastDay: z.string().openapi({ description: '含当日 the last day, included' }),
    madeBy: z.string(),
    endedAt: instant.nullable(),
  })
  .openapi('Substitution');

const path = z.strictObject({ substitutionId: rowId });

export const makeSubstitution = route({
  id: 'makeSubstitution',
  method: 'post',
  path: '/v1/substitutions',
  tag: 'tasks',
  summary: { zh: '登记离岗与替岗人', en: 'Say who stands in while somebody is away' },
  body: z.strictObject({ absent: person, substitute: person, firstDay: businessDate, lastDay: businessDate }),
  answer: substitution,
  statuses: [201],
  refusals: ['ROLE_MISSING', 'NOT_FOUND', 'SUBSTITUTE_IS_AWAY', 'SUBSTITUTION_OVERLAPS'],
  respond: async ({ body, caller, requestId }, services) => {
    const substitutionId = await make(services)({ ...body, person: caller.person, requestId });
    return { status: 201, location: '/v1/substitutions', body: await substitutionOf(services, substitutionId) };
  },
});

export const endSubstitution = route({
  id: 'endSubstitution',
  method: 'post',
  path: '/v1/substitutions/{substitutionId}/end',
  tag: 'tasks',
  summary: { zh: '提前结束替岗', en: 'End it before its last day' },
  params: path,
  answer: substitution,
  refusals: ['ROLE_MISSING', 'NOT_FOUND', 'SUBSTITUTION_OVER'],
  respond: async ({ params, caller, requestId }, services) => {
    await end(services)({ ...params, person: caller.person, requestId });
    return { status: 200, body: await substitutionOf(services, params.substitutionId) };
  },
});

export const listSubstitutions = route({
  id: 'listSubstitutions',
  method: 'get',
  path: '/v1/substitutions',
  tag: 'tasks',
  summary: {
    zh: '替岗：本人相关的，可读两侧者读全部；最新在前',
    en: 'Substitutions that name the caller, all for those who read both sides; newest first',
  },
  query: z.strictObject(pageQuery),
  answer: pageOf(substitution),
  respond: async ({ query, caller }, { prisma }) => {
    const [before] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const { person: key } = caller;
    const rows = await prisma.substitutions.findMany({
      where: {
        ...(before === undefined ? {} : { substitution_id: { lt: BigInt(before) } }),
        ...(holdsAnyOf(caller, READS_BOTH_SIDES)
          ? {}
          : { OR: [{ absent: key }, { substitute: key }, { made_by: key }] }),
      },
      orderBy: { substitution_id: 'desc' },
      take: query.limit + 1,
    });
    return { status: 200, body: page(rows, query.limit, (row) => [String(row.substitution_id)], lineOf) };
  },
});

const substitutionOf = async ({ prisma }: Pick<Services, 'prisma'>, substitutionId: string) =>
  lineOf(await prisma.substitutions.findUniqueOrThrow({ where: { substitution_id: BigInt(substitutionId) } }));

const lineOf = (row: {
  readonly substitution_id: bigint;
  readonly absent: string;
  readonly substitute: string;
  readonly first_day: Date;
  readonly last_day: Date;
  readonly made_by: string;
  readonly ended_at: Date | null;
}): z.input<typeof substitution> => ({
  substitutionId: String(row.substitution_id),
  absent: row.absent,
  substitute: row.substitute,
  firstDay: row.first_day.toISOString().slice(0, 10),
  lastDay: row.last_day.toISOString().slice(0, 10),
  madeBy: row.made_by,
  endedAt: instantText(row.ended_at),
});
