/** Why a figure is what it is: its terms, and the lines of a term down to file and record number. */
import { addDays, type BusinessDate } from '../../../domain/calendar/business-date';
import { BusinessError } from '../../../domain/errors';
import { sidesReadBy } from '../../identity';
import { dateColumn } from '../../reads/columns';
import { figureLines, readFigureLines } from '../../reads/figure-lines';
import { figure, figureOf } from '../../reads/day-figure';
import { route } from '../../route';
import { anyJson, dayPath, pageQuery, rowId, side } from '../../schemas';
import { z } from '../../zod';

export const readFigure = route({
  id: 'readFigure',
  method: 'get',
  path: '/v1/settlement-days/{channel}/{date}/figures/{figureId}',
  tag: 'days',
  summary: { zh: '一个指标的各项与明细', en: 'A figure with its terms, and the lines of one term' },
  params: dayPath.extend({ figureId: rowId }).strict(),
  query: z.strictObject({
    term: z.coerce
      .number()
      .int()
      .min(1)
      .optional()
      .openapi({ type: 'integer', description: '要看明细的项 the term whose lines are wanted' }),
    ...pageQuery,
  }),
  answer: z
    .strictObject({
      side,
      figure,
      lines: figureLines
        .extend({ termNo: z.number().int(), source: anyJson })
        .strict()
        .nullable()
        .openapi({ description: '未指定 term 时为空 null unless a term was asked for' }),
    })
    .openapi('FigureWithLines'),
  refusals: ['NOT_FOUND', 'WRONG_SIDE', 'CHANNEL_UNKNOWN'],
  respond: async ({ params, query, caller }, { prisma, pool }) => {
    const { figureId, channel, date } = params;
    const row = await prisma.figures.findFirst({
      where: { figure_id: BigInt(figureId), channel, business_date: dateColumn(date) },
      include: { figure_terms: { orderBy: { term_no: 'asc' } } },
    });
    if (row === null) throw new BusinessError('NOT_FOUND', { what: '指标 figure', key: figureId });
    const ofSide = side.parse(row.side);
    if (!sidesReadBy(caller).includes(ofSide)) throw new BusinessError('WRONG_SIDE', { side: ofSide });
    const body = { side: ofSide, figure: figureOf(row) };
    if (query.term === undefined) return { status: 200, body: { ...body, lines: null } };

    const term = row.figure_terms.find(({ term_no: termNo }) => termNo === query.term);
    if (term === undefined) throw new BusinessError('NOT_FOUND', { what: '项 term', key: String(query.term) });
    const { source, term_no: termNo } = term;
    const { limit, cursor } = query;
    const lines = await readFigureLines(pool, {
      channel,
      knownBefore: knownBefore(row.code, date),
      source,
      limit,
      cursor,
    });
    return { status: 200, body: { ...body, lines: { ...lines, termNo, source } } };
  },
});

/** The morning's plan stands on the evening before; a forecast is made in the evening, on that evening's files too. */
const knownBefore = (code: string, date: BusinessDate): BusinessDate =>
  code.startsWith('FORECAST') ? addDays(date, 1) : date;
