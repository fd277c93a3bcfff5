/** What an event brings each holder, computed by ourselves, beside what the clearing house credited. */
import { wordKey } from '../../cursors';
import { z } from '../../zod';
import { securitiesAccount, shares } from './event-line';
import type { SettledList } from './settled-lines';

const amount = z
  .string()
  .regex(/^-?\d+\.\d{2}$/)
  .openapi({ example: '1800.71' });

export const entitlementLine = z
  .strictObject({
    securitiesAccount,
    fundAccount: z.string(),
    side: z.enum(['client', 'proprietary']),
    recordQuantity: shares.openapi({
      description: '登记日数量，收购为确认数量 shares at the record date; of a takeover those taken up',
    }),
    perShare: z
      .string()
      .nullable()
      .openapi({ description: '适用每股金额 amount per share that holds for this holder' }),
    currency: z.string().nullable(),
    gross: amount.nullable(),
    expectedCny: amount.nullable().openapi({ description: '自算分配 share of the receipt, computed by ourselves' }),
    creditedCny: amount.nullable(),
    outCode: z.string().nullable(),
    outShares: shares.nullable(),
    creditedOut: shares.nullable(),
    inCode: z.string().nullable(),
    inShares: shares.nullable(),
    creditedIn: shares.nullable(),
    fraction: z.string().nullable(),
    rightsShares: shares.nullable().openapi({ description: '供股权：自算 rights, computed by ourselves' }),
    creditedRights: shares.nullable(),
    tradableFrom: z.string().nullable(),
    sellOnly: z.boolean(),
    creditedOn: z.string().nullable(),
    state: z.enum(['computed', 'agreed', 'differs', 'left']),
  })
  .openapi('CorporateActionEntitlement');

const money = (column: string): string => `to_char(${column} / 100.0, 'FM999999999999990.00')`;

export const ENTITLEMENTS: SettledList = {
  route: 'listCorporateActionEntitlements',
  table: 'corporate_action_entitlements',
  order: [['securities_account', wordKey]],
  columns: `l.securities_account as "securitiesAccount", c.fund_account as "fundAccount", l.side,
    l.record_quantity::text as "recordQuantity", trim_scale(l.amount_e8 / 100000000.0)::text as "perShare", l.currency,
    ${money('l.gross_cents')} as gross, ${money('l.expected_fen')} as "expectedCny", ${money('l.credited_fen')} as "creditedCny",
    l.out_code as "outCode", l.out_shares::text as "outShares", l.credited_out::text as "creditedOut", l.in_code as "inCode",
    l.in_shares::text as "inShares", l.credited_in::text as "creditedIn", l.fraction,
    l.rights_shares::text as "rightsShares", l.credited_rights::text as "creditedRights", l.sellable_from as "tradableFrom",
    l.sell_only as "sellOnly", l.credited_on as "creditedOn", l.state`,
};
