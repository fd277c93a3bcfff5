/** Money of corporate actions as sheets of the report, cell by cell what its page tells as data. */
import { yuan } from '../../domain/money';
import { scaledText } from '../../domain/scaled';
import type { CorporateActionMoney, EventMoney, MoneyOnTheWay } from '../reports/corporate-action-money';
import { cny, hkd, ratio } from '../reports/money-text';
import { money, side } from '../schemas';
import { z } from '../zod';
import { COLUMN_NAMES, sheetCalled } from './sheet-names';
import type { Sheet } from './sheets';

const date = z.string().openapi({ format: 'date' });

export const corporateActionMoneyPage = z
  .strictObject({
    onTheWay: z
      .array(
        z.strictObject({
          side,
          before: money,
          cleared: money,
          subscribed: money,
          moved: money,
          otherwise: money,
          after: money,
        }),
      )
      .openapi({
        description: '在途公司行为资金：上日余额与当日变动 on the way, by the ledger: before + the four = after',
      }),
    events: z.array(
      z.strictObject({
        stage: z.enum(['cleared', 'settles']).openapi({
          description: '当日清算或当日交收 cleared today, or settling today',
        }),
        side,
        event: z.string(),
        business: z.string().openapi({ description: '业务类型 YWLX', example: 'H54' }),
        security: z.string(),
        holders: z.number().int(),
        quantity: z.string(),
        currency: z.string(),
        gross: z.string().openapi({ description: '税前及费用前 before tax and fees, in the currency of the event' }),
        tax: z.string(),
        fees: z.string(),
        net: z.string(),
        ratio: z.string(),
        cny: money,
        clearedOn: date,
        settlesOn: date,
      }),
    ),
  })
  .openapi('CorporateActionMoney');

export function corporateActionMoneyAsData({
  onTheWay,
  events,
}: CorporateActionMoney): z.input<typeof corporateActionMoneyPage> {
  return {
    onTheWay: onTheWay.map((row) => ({
      side: row.side,
      before: yuan(row.before),
      cleared: yuan(row.cleared),
      subscribed: yuan(row.subscribed),
      moved: yuan(row.moved),
      otherwise: yuan(row.otherwise),
      after: yuan(row.after),
    })),
    events: events.map((row) => ({ ...eventTexts(row), holders: row.holders, stage: row.stage, side: row.side })),
  };
}

const eventTexts = (row: EventMoney) => ({
  event: row.event,
  business: row.business,
  security: row.security,
  quantity: scaledText(row.quantity, 0),
  currency: row.currency,
  gross: hkd(row.gross),
  tax: hkd(row.tax),
  fees: hkd(row.fees),
  net: hkd(row.net),
  ratio: ratio(row.ratio_e5),
  cny: yuan(row.fen),
  clearedOn: row.cleared_on,
  settlesOn: row.settles_on,
});

const FLOW = [
  'before',
  'cleared',
  'subscribed',
  'moved',
  'otherwise',
  'after',
] as const satisfies readonly (keyof MoneyOnTheWay)[];

const EVENT_COLUMNS = [
  'event',
  'business',
  'security',
  'holders',
  'quantity',
  'currency',
  'gross',
  'tax',
  'fees',
  'net',
  'ratio',
  'cny',
  'clearedOn',
  'settlesOn',
] as const;

const named = (name: string) => ({ zh: COLUMN_NAMES[name] ?? name, en: name });
const SUBJECT = { zh: '对象', en: 'subject' };

export function corporateActionMoneySheets({ onTheWay, events }: CorporateActionMoney): Sheet[] {
  return [
    {
      ...sheetCalled('corporateActionMoney'),
      columns: [SUBJECT, ...FLOW.map(named)],
      rows: onTheWay.map((row) => [row.side, ...FLOW.map((name) => cny(row[name]))]),
    },
    {
      ...sheetCalled('corporateActionMoney events'),
      columns: [SUBJECT, ...EVENT_COLUMNS.map(named)],
      rows: events.map((row) => {
        const texts = { ...eventTexts(row), holders: String(row.holders), cny: cny(row.fen) };
        return [`${row.stage} ${row.side}`, ...EVENT_COLUMNS.map((name) => texts[name])];
      }),
    },
  ];
}
