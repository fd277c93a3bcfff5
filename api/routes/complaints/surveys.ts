/** Whether clients were satisfied right after a service: who is asked, what they answer, the rates and the answers behind them. */
import { askSurveyByHand } from '../../../activities/intake/quality/ask-survey-by-hand';
import { recordSurvey } from '../../../activities/intake/quality/record-survey';
import { clientOfLogin } from '../../../activities/intake/permissions/client-of-login';
import { SURVEY_OCCASIONS } from '../../../domain/quality/survey-occasions';
import { wilson } from '../../../domain/quality/wilson';
import { businessNow } from '../../business-now';
import { keyOfCursor, pageOf as page } from '../../cursors';
import { holdsAnyOf, rolesOf } from '../../identity';
import { refuseBackwards } from '../../problems';
import { rateView, yearMonth } from '../../reads/rates';
import { route } from '../../route';
import { instant, pageOf, pageQuery, rowId } from '../../schemas';
import { z } from '../../zod';

const occasion = z.enum(SURVEY_OCCASIONS);
const SUBJECT = /^[\w:.-]{1,60}$/;
const subject = z.string().regex(SUBJECT).openapi({
  description: '所服务事项的编号，每项一答 number of what was served, each answered once',
  example: 'call:4711',
});

export const askSurveyRoute = route({
  id: 'askSurvey',
  method: 'post',
  path: '/v1/surveys',
  tag: 'complaints',
  summary: { zh: '咨询后请客户评价', en: 'Ask a client after a consultation' },
  description: {
    zh: '咨询后请客户评价：写明咨询编号与客户；手机开通后系统自动邀请',
    en: 'Ask a client after a consultation, by its number; after an opening on the mobile phone the client is asked by itself',
  },
  body: z.strictObject({
    occasion: occasion.exclude(['mobile opening']),
    subject,
    clientNo: z.string().regex(/^C\d{8}$/),
  }),
  answer: z.strictObject({ occasion, subject }).openapi('Survey'),
  statuses: [200, 201],
  refusals: ['NOT_FOUND', 'SURVEY_OF_ANOTHER_CLIENT'],
  respond: async ({ body, caller, requestId }, { pool }) => {
    const { isNew } = await askSurveyByHand(pool, { ...body, by: caller.person, role: rolesOf(caller)[0], requestId });
    const survey = { occasion: body.occasion, subject: body.subject };
    if (!isNew) return { status: 200, body: survey };
    const { today } = await businessNow(pool);
    const location = `/v1/surveys?occasion=${encodeURIComponent(body.occasion)}&period=${today.slice(0, 7)}`;
    return { status: 201, location, body: survey };
  },
});

export const recordSurveyAnswer = route({
  id: 'recordSurveyAnswer',
  method: 'post',
  path: '/v1/survey-answers',
  tag: 'complaints',
  summary: { zh: '服务后满意度', en: 'Whether somebody was satisfied with a service' },
  description: {
    zh: '服务后满意度：仅就已邀请评价的本人事项作答，答卷不记何人',
    en: 'Whether somebody was satisfied right after a service of the own that was asked about; the answer does not name the client',
  },
  body: z.strictObject({ occasion, satisfied: z.boolean(), subject }),
  // Nothing that whoever answers could read again: the answer does not name the client.
  answer: z.strictObject({ answerId: rowId }).openapi('SurveyAnswer'),
  refusals: ['NOT_FOUND', 'NOT_YOUR_CLIENT', 'SURVEY_ANSWERED_ALREADY'],
  respond: async ({ body, caller, requestId, idempotencyKey }, { pool }) => {
    const role = rolesOf(caller)[0] ?? '';
    const key = `${caller.person}:${idempotencyKey}`;
    const clientNo = holdsAnyOf(caller, ['client']) ? await clientOfLogin(pool, caller.person) : undefined;
    const answer = { ...body, key, clientNo, by: caller.person, role, requestId };
    return { status: 200, body: await recordSurvey(pool, answer) };
  },
});

const OF_MONTH = (column: string): string => `to_char(${column} at time zone 'Asia/Shanghai', 'YYYY-MM')`;

export const listSurveys = route({
  id: 'listSurveys',
  method: 'get',
  path: '/v1/surveys',
  tag: 'complaints',
  summary: {
    zh: '已邀请评价的事项：按渠道与月份，不含邀请何人',
    en: 'The services whose clients were asked, by occasion and month; who was asked is not told',
  },
  query: z.strictObject({ occasion, period: yearMonth, ...pageQuery }),
  answer: pageOf(z.strictObject({ subject, askedAt: instant }).openapi('SurveyLine')),
  respond: async ({ query }, { pool }) => {
    const [after = null] = keyOfCursor(query.cursor, [(text) => SUBJECT.test(text)]) ?? [];
    const { rows } = await pool.query<{ subject: string; askedAt: string }>(
      `select subject, asked_at as "askedAt" from surveys
        where occasion = $1 and ${OF_MONTH('asked_at')} = $2 and ($3::text is null or subject > $3) order by subject limit $4`,
      [query.occasion, query.period, after, query.limit + 1],
    );
    return {
      status: 200,
      body: page(
        rows,
        query.limit,
        (row) => [row.subject],
        (row) => row,
      ),
    };
  },
});

export const listSurveyAnswers = route({
  id: 'listSurveyAnswers',
  method: 'get',
  path: '/v1/survey-answers',
  tag: 'complaints',
  summary: {
    zh: '满意率所计的答卷：按渠道与月份，不含何人作答',
    en: 'The answers that a rate counts, by occasion and month; who answered is not told',
  },
  query: z.strictObject({
    occasion,
    period: yearMonth,
    satisfied: z.enum(['true', 'false']).optional(),
    ...pageQuery,
  }),
  answer: pageOf(
    z
      .strictObject({ answerId: rowId, subject: z.string().nullable(), satisfied: z.boolean(), answeredAt: instant })
      .openapi('SurveyAnswerLine'),
  ),
  respond: async ({ query }, { pool }) => {
    const [after = null] = keyOfCursor(query.cursor, [(text) => /^[1-9]\d{0,17}$/.test(text)]) ?? [];
    const { rows } = await pool.query<{
      answerId: string;
      subject: string | null;
      satisfied: boolean;
      answeredAt: string;
    }>(
      `select answer_id::text as "answerId", subject, satisfied, answered_at as "answeredAt" from survey_answers
        where occasion = $1 and ${OF_MONTH('answered_at')} = $2 and ($3::boolean is null or satisfied = $3)
          and ($4::bigint is null or answer_id > $4) order by answer_id limit $5`,
      [query.occasion, query.period, query.satisfied ?? null, after, query.limit + 1],
    );
    return {
      status: 200,
      body: page(
        rows,
        query.limit,
        (row) => [row.answerId],
        (row) => row,
      ),
    };
  },
});

export const readSurveyRates = route({
  id: 'readSurveyRates',
  method: 'get',
  path: '/v1/survey-rates',
  tag: 'complaints',
  summary: { zh: '各渠道各月满意率', en: 'Satisfaction by occasion and month' },
  description: {
    zh: '各渠道各月满意率，附邀请数、答卷数、其答卷清单与 95% 置信区间（Wilson）',
    en: 'Satisfaction by occasion and month, with how many were asked, the number of answers, their list, and the 95 % interval of Wilson',
  },
  query: z.strictObject({ from: yearMonth, to: yearMonth }),
  answer: z
    .strictObject({
      items: z.array(
        z.strictObject({
          occasion,
          period: z.string(),
          asked: z.number().int().openapi({ description: '当月邀请评价 asked in the month' }),
          answers: z.number().int(),
          satisfied: z.number().int(),
          satisfaction: rateView.nullable(),
          cases: z
            .strictObject({ asked: z.string(), answers: z.string(), satisfied: z.string() })
            .openapi({ description: '每个数对应的事项或答卷 the list of services or answers behind each number' }),
        }),
      ),
    })
    .openapi('SurveyRates'),
  respond: async ({ query }, { pool }) => {
    refuseBackwards(query);
    const { rows } = await pool.query<{
      occasion: z.output<typeof occasion>;
      period: string;
      asked: number;
      answers: number;
      satisfied: number;
    }>(
      `select occasion, period, count(*) filter (where satisfied is null)::int as asked,
              count(satisfied)::int as answers, count(*) filter (where satisfied)::int as satisfied
         from (select occasion, ${OF_MONTH('answered_at')} as period, satisfied from survey_answers
               union all select occasion, ${OF_MONTH('asked_at')}, null from surveys) told
        where period between $1 and $2 group by 1, 2 order by 1, 2`,
      [query.from, query.to],
    );
    const items = rows.map((row) => {
      const { occasion: of, period } = row;
      const list = (what: string, more: object = {}) =>
        `/v1/${what}?${String(new URLSearchParams({ occasion: of, period, ...more }))}`;
      return {
        ...row,
        satisfaction: wilson(row.satisfied, row.answers),
        cases: {
          asked: list('surveys'),
          answers: list('survey-answers'),
          satisfied: list('survey-answers', { satisfied: 'true' }),
        },
      };
    });
    return { status: 200, body: { items } };
  },
});
