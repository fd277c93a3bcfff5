/** A later conversion of a split as a line: what a holder's temporary shares become, computed by ourselves, beside what the clearing house moved. */
import { wordKey } from '../../cursors';
import { z } from '../../zod';
import { securitiesAccount, shares } from './event-line';
import type { SettledList } from './settled-lines';

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

/** By the day of the conversion, and then by account. */
export const CONVERSIONS: SettledList = {
  route: 'listCorporateActionConversions',
  table: 'split_conversions',
  order: [
    ['leg', (text) => /^[23]$/.test(text)],
    ['securities_account', wordKey],
  ],
  columns: `l.securities_account as "securitiesAccount", c.fund_account as "fundAccount", l.side,
    case l.leg when 2 then 'first' else 'second' end as leg,
    a.terms ->> case l.leg when 2 then 'newCodeFrom' else 'newCodeAgainFrom' end as "on",
    l.out_code as "outCode", l.out_shares::text as "outShares", l.credited_out::text as "creditedOut", l.in_code as "inCode",
    l.in_shares::text as "inShares", l.credited_in::text as "creditedIn", l.fraction, l.credited_on as "creditedOn", l.state`,
};
