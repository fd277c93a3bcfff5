/** Risk money and tomorrow's funding with other terms than those in force; nothing is booked (A4 §25, §27). */
import { tryRiskTerms, type RiskFigures } from '../../../activities/intake/try-risk-terms';
import { fenOf, yuan } from '../../../domain/money';
import { rolesOf, sidesReadBy } from '../../identity';
import { route } from '../../route';
import { businessDate, dayPath, money, side } from '../../schemas';
import { z } from '../../zod';

const MODELS = ['flat22', 'rpf'] as const;
const model = z
  .enum(MODELS)
  .openapi({ description: 'flat22: 单一比率 × 乘数 one rate x multiplier; rpf: 按证券比率 rates by security' });

/** A rate as the tables of terms hold it; none below zero. */
const rate = z
  .string()
  .regex(/^(0|[1-9]\d?)(\.\d{1,8})?$/)
  .openapi({ example: '0.22' });

const figures = z
  .strictObject({
    marginModel: model,
    markToMarket: money,
    margin: money,
    payable: money.openapi({ description: '应付风控资金 risk money payable' }),
    funding: money.openapi({
      description: '次日头寸，负数须划入 amount of the funding formula; below zero is sent in',
    }),
    uncertain: z.boolean().openapi({ description: '有未定项 something of the funding is not known yet' }),
  })
  .openapi('TriedFigures');

const amounts = ({ marginModel, uncertain, ...of }: RiskFigures) => ({
  marginModel,
  markToMarket: yuan(of.markToMarketFen),
  margin: yuan(of.marginFen),
  payable: yuan(of.payableFen),
  funding: yuan(of.fundingFen),
  uncertain,
});

export const tryTerms = route({
  id: 'tryRiskTerms',
  method: 'post',
  path: '/v1/settlement-days/{channel}/{date}/trials',
  tag: 'days',
  summary: { zh: '以其他条件试算，不入账', en: 'Try other terms on an evening; nothing is booked' },
  description: {
    zh: '以其他条件试算当晚风控资金与次日头寸；不入账，不改参数',
    en: 'Try risk money of the evening and the funding of the next day with other terms; nothing is booked, no term changes',
  },
  params: dayPath,
  body: z.strictObject({
    model: model.optional(),
    rate: rate.optional().openapi({ description: 'flat22 的比率 rate of flat22' }),
    multiplier: rate.optional().openapi({ description: 'flat22 的乘数 multiplier of flat22', example: '1.2' }),
    rates: z
      .array(z.strictObject({ code: z.string().regex(/^\d{5}$/), rate }))
      .max(5_000)
      .optional()
      .openapi({ description: 'rpf 的按金比率 margin rates of rpf; others as in force' }),
    marginCredit: z
      .strictObject({ currency: z.literal('CNY'), amount: z.string().regex(/^(0|[1-9]\d{0,14})\.\d{2}$/) })
      .optional()
      .openapi({ description: '按金抵免额度 margin that the clearing house does not ask for' }),
    nettedOverSecurities: z
      .boolean()
      .optional()
      .openapi({ description: '差额缴款是否在证券间轧差 whether securities offset each other in mark-to-market' }),
  }),
  answer: z
    .strictObject({
      channel: z.string(),
      businessDate,
      fundedOn: businessDate,
      sides: z.array(
        z.strictObject({
          side,
          inForce: figures.openapi({ description: '现行条件 with the terms in force' }),
          tried: figures.openapi({ description: '试算条件 with the terms tried' }),
          difference: z
            .strictObject({ markToMarket: money, margin: money, payable: money, funding: money })
            .openapi({ description: '试算减现行 tried less in force' }),
        }),
      ),
    })
    .openapi('Trial'),
  refusals: [
    'CHANNEL_UNKNOWN',
    'DAY_NOT_STARTED',
    'RISK_MONEY_NOT_COMPUTED',
    'NO_RATE_FOR_DATE',
    'NO_PARAMETER_FOR_DATE',
    'CALENDAR_OUT_OF_RANGE',
    'TERM_UNKNOWN',
    'TERM_NOT_READ',
  ],
  respond: async ({ params, body, caller, requestId }, { pool }) => {
    const { marginCredit, ...terms } = body;
    const day = { channel: params.channel, businessDate: params.date };
    const trial = await tryRiskTerms(pool, {
      ...day,
      terms: { ...terms, creditFen: marginCredit === undefined ? undefined : fenOf(marginCredit, 'marginCredit') },
      sides: sidesReadBy(caller),
      by: caller.person,
      role: rolesOf(caller)[0] ?? '',
      requestId,
    });
    return {
      status: 200,
      body: {
        ...day,
        fundedOn: trial.fundedOn,
        sides: trial.sides.map(({ side: of, inForce, tried }) => ({
          side: of,
          inForce: amounts(inForce),
          tried: amounts(tried),
          difference: {
            markToMarket: yuan(tried.markToMarketFen - inForce.markToMarketFen),
            margin: yuan(tried.marginFen - inForce.marginFen),
            payable: yuan(tried.payableFen - inForce.payableFen),
            funding: yuan(tried.fundingFen - inForce.fundingFen),
          },
        })),
      },
    };
  },
});
