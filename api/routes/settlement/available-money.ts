/** What the money of a client may be used for from the next trading day on (A4 §34). */
import { BusinessError } from '../../../domain/errors';
import { yuan } from '../../../domain/money';
import { sidesReadBy } from '../../identity';
import { availableMoney } from '../../reads/available-money';
import { route } from '../../route';
import { businessDate, channel, money } from '../../schemas';
import { z } from '../../zod';

const answer = z
  .strictObject({
    fundAccount: z.string(),
    nextTradingDay: businessDate,
    balance: money.openapi({ description: '当晚余额 balance of the evening' }),
    frozen: money,
    forAShares: money.openapi({
      description: '下一交易日开始可买 A 股 for A-shares from the start of the next trading day',
    }),
    withdrawable: money.openapi({ description: '下一交易日可取 withdrawable on the next trading day' }),
    sales: z
      .array(z.strictObject({ tradeNo: z.string(), file: z.string(), row: z.string(), amount: money }))
      .openapi({ description: '下一交易日交收的卖出，净额 sales that settle then, less commission' }),
  })
  .openapi('AvailableMoney');

export const readAvailableMoney = route({
  id: 'readAvailableMoney',
  method: 'get',
  path: '/v1/settlement-days/{channel}/{date}/available-money/{fundAccount}',
  tag: 'days',
  summary: {
    zh: '客户资金自下一交易日起可用于 A 股、可取的金额及其逐笔依据',
    en: 'What of the money of a client buys A-shares, and may be withdrawn, from the next trading day on, line by line',
  },
  params: z.strictObject({ channel, date: businessDate, fundAccount: z.string().min(1).max(40) }),
  answer,
  refusals: ['NOT_FOUND', 'CHANNEL_UNKNOWN'],
  respond: async ({ params, caller }, { pool }) => {
    const { fundAccount } = params;
    const found = await availableMoney(pool, params.channel, params.date, fundAccount);
    if (found === undefined || !sidesReadBy(caller).includes(found.side))
      throw new BusinessError('NOT_FOUND', { what: '资金账户 fund account', key: fundAccount });
    return {
      status: 200,
      body: {
        fundAccount,
        nextTradingDay: found.nextTradingDay,
        balance: yuan(found.balanceFen),
        frozen: yuan(found.frozenFen),
        forAShares: yuan(found.aSharesFen),
        withdrawable: yuan(found.withdrawableFen),
        sales: found.sales.map(({ amountFen, ...sale }) => ({ ...sale, amount: yuan(amountFen) })),
      },
    };
  },
});
