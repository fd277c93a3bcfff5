/** A later conversion of a split as a line: what a holder's temporary shares become, computed by ourselves, beside what the clearing house moved. */
import { z } from '../../zod';
import { securitiesAccount, shares } from './event-line';

export const conversionLine = z
  .strictObject({
    securitiesAccount,
    fundAccount: z.string(),
    side: z.enum(['client', 'proprietary']),
    leg: z.enum(['first', 'second']).openapi({
      description: '新代码的首日或第二日 on the first day of the new code, or on the second',
    }),
    on: z.string().nullable().openapi({ format: 'date', description: '转换日 day of the conversion' }),
    outCode: z.string(),
    outShares: shares,
    creditedOut: shares.nullable(),
    inCode: z.string(),
    inShares: shares,
    creditedIn: shares.nullable(),
    fraction: z.string().nullable().openapi({ description: '不足一股的部分 what makes no whole share' }),
    creditedOn: z.string().nullable(),
    state: z.enum(['computed', 'agreed', 'differs', 'left']),
  })
  .openapi('CorporateActionConversion');

/** SQL on a conversion `s` of the event `a` and its client `c`; `legNo` goes on in the list. */
export const CONVERSION_LINE = `s.securities_account as "securitiesAccount", c.fund_account as "fundAccount", s.side,
  case s.leg when 2 then 'first' else 'second' end as leg, s.leg::text as "legNo",
  a.terms ->> case s.leg when 2 then 'newCodeFrom' else 'newCodeAgainFrom' end as "on",
  s.out_code as "outCode", s.out_shares::text as "outShares", s.credited_out::text as "creditedOut", s.in_code as "inCode",
  s.in_shares::text as "inShares", s.credited_in::text as "creditedIn", s.fraction, s.credited_on as "creditedOn", s.state`;
