/** Every figure of a day by its name, and why each is what it is. */
import { BusinessError } from '../../../domain/errors';
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { explanation, explanationOf } from '../../explanations/explanation';
import { figuresOfDay, isReadableBy, namedFigure } from '../../explanations/named-figures';
import { sidesReadBy } from '../../identity';
import { route } from '../../route';
import { dayPath, pageOf, pageQuery } from '../../schemas';
import { z } from '../../zod';
import { dayNotFound } from './settlement-days';

const section = z.string().regex(/^[A-Za-z]{1,40}$/);

export const listFigures = route({
  id: 'listFigures',
  method: 'get',
  path: '/v1/settlement-days/{channel}/{date}/figures',
  tag: 'days',
  summary: { zh: '当日全部指标及编号', en: 'Every figure of the day, with its id' },
  params: dayPath,
  query: z.strictObject({
    section: section.optional().openapi({ example: 'cash', description: '只看一节 of one section of the day report' }),
    subject: z.string().max(60).optional().openapi({ description: '只看一个账户或一侧 of one account or side' }),
    ...pageQuery,
  }),
  answer: pageOf(namedFigure),
  refusals: ['NOT_FOUND', 'CHANNEL_UNKNOWN'],
  respond: async ({ params, query, caller }, { pool }) => {
    const { channel, date } = params;
    const [after = '0'] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const figures = await figuresOfDay(pool, channel, date, query.section);
    if (figures === undefined) throw dayNotFound({ channel, businessDate: date });
    const sides = sidesReadBy(caller);
    const shown = figures.filter(
      (figure) =>
        isReadableBy(sides, figure) &&
        (query.subject === undefined || figure.subject.split('.').includes(query.subject)),
    );
    const from = Number(after);
    const rows = shown.slice(from, from + query.limit + 1).map((figure, place) => ({ figure, nth: from + place + 1 }));
    return {
      status: 200,
      body: page(
        rows,
        query.limit,
        ({ nth }) => [String(nth)],
        ({ figure: { figureId, section: ofSection, subject, name, side, value } }) => ({
          figureId,
          section: ofSection,
          subject,
          name,
          side,
          value,
        }),
      ),
    };
  },
});

export const explainFigure = route({
  id: 'explainFigure',
  method: 'get',
  path: '/v1/settlement-days/{channel}/{date}/figures/{figure}/explanation',
  tag: 'days',
  summary: { zh: '指标为何如此', en: 'Why a figure is what it is' },
  description: {
    zh: '指标为何如此：规则、各项、明细至文件记录，以及与前次的差异',
    en: 'Why a figure is what it is: rule, terms, lines down to the record of a file, and what changed since the last run',
  },
  params: dayPath
    .extend({
      figure: z
        .string()
        .regex(/^[\w.~-]{1,200}$/)
        .openapi({ example: 'cash.6000000001.available' }),
    })
    .strict(),
  query: z.strictObject({ ...pageQuery }),
  answer: explanation,
  refusals: ['NOT_FOUND', 'WRONG_SIDE', 'CHANNEL_UNKNOWN'],
  respond: async ({ params, query, caller }, { pool }) => {
    const { channel, date, figure: figureId } = params;
    const figures = await figuresOfDay(pool, channel, date, figureId.split('.')[0]);
    if (figures === undefined) throw dayNotFound({ channel, businessDate: date });
    const figure = figures.find((one) => one.figureId === figureId);
    if (figure === undefined) throw new BusinessError('NOT_FOUND', { what: '指标 figure', key: figureId });
    if (!isReadableBy(sidesReadBy(caller), figure))
      throw new BusinessError('WRONG_SIDE', { side: figure.side ?? '两侧 both sides' });
    const { limit, cursor } = query;
    return { status: 200, body: await explanationOf(pool, { channel, date, figure, limit, cursor }) };
  },
});
