/** Terms that are sums over settlement details (`l`, counted_clearing_lines; of the trades and fees as filed clearing_lines_in_force): trades and fees, pre-clearing, client money, funding. */
import type { LineTerm, LineTerms } from './line-term';

const TRADE = `l.business = 'H01'`;
const PURCHASE = `${TRADE} and l.buy_sell = 'B'`;
const SALE = `${TRADE} and l.buy_sell = 'S'`;
/** What a purchase takes from the client and what a sale brings: the clearing house's figure and our commission (S7). */
const PAYABLE = 'l.commission_fen - l.net_fen';
const RECEIVABLE = 'l.net_fen - l.commission_fen';

/** The trades of a day and their fees, of one side. By sign as the money summary has it: a sale whose fees are more than it brings is payable. */
export const TRADE_TERMS = {
  count: { counts: TRADE, adds: '1' },
  payable: { counts: `${TRADE} and l.net_fen < 0`, adds: 'l.net_fen' },
  receivable: { counts: `${TRADE} and l.net_fen > 0`, adds: 'l.net_fen' },
  net: { counts: TRADE, adds: 'l.net_fen' },
  net_hkd: { counts: TRADE, adds: 'l.net_cents' },
  yhs: { counts: TRADE, adds: 'l.stamp_duty_cents' },
  jyzf: { counts: TRADE, adds: 'l.sfc_levy_cents' },
  jyf: { counts: TRADE, adds: 'l.trading_fee_cents' },
  syf: { counts: TRADE, adds: 'l.system_fee_cents' },
  jsf: { counts: TRADE, adds: 'l.settlement_fee_cents' },
  qtje: { counts: TRADE, adds: 'l.other_cents' },
} satisfies LineTerms;

/** Pre-clearing of a client's trades of the day (A4 §37, S7). */
export const PRE_CLEARING_TERMS = {
  trades: { counts: TRADE, adds: 'l.times' },
  payable_fen: { counts: PURCHASE, adds: PAYABLE },
  receivable_fen: { counts: SALE, adds: RECEIVABLE },
  commission_fen: { counts: TRADE, adds: 'l.commission_fen' },
} satisfies LineTerms;

/** Names of the parameters of a query, or what stands for them: the day, businesses of entitlements, businesses that clients pay at settlement. */
export interface ClientMoneyPlaces {
  readonly day: string;
  readonly entitlements: string;
  readonly paid: string;
  /** Dates of files whose lines fall due on the day, and up to the day those whose lines fall due after it. */
  readonly due: string;
  readonly later: string;
}

/** The same dates where a query asks for them itself. A verb over the lines of all clients asks before: the planner must know them. */
export const duePlaces = (channel: string, day: string): Pick<ClientMoneyPlaces, 'due' | 'later'> => ({
  due: `(select due_on(${channel}, ${day}))::date[]`,
  later: `(select due_after(${channel}, ${day}))::date[]`,
});

/** Due after the day, as the file says or because it was postponed. */
export const laterThan = (day: string, later: string): string =>
  `(l.settle_date > ${day} or l.settle_date = any(${later}))`;

/** Lines not yet settled after today are frozen or in transit; sales settled today and credits of today are not withdrawable (S17). */
export const clientMoneyTerms = ({ day, entitlements, paid, due, later }: ClientMoneyPlaces) =>
  ({
    frozen_trades: { counts: `${PURCHASE} and ${laterThan(day, later)}`, adds: PAYABLE },
    frozen_fee: { counts: `l.business = any(${paid}) and ${laterThan(day, later)}`, adds: '-l.net_fen' },
    in_transit: { counts: `${SALE} and ${laterThan(day, later)}`, adds: RECEIVABLE },
    credited: { counts: `l.business = any(${entitlements}) and l.business_date = ${day}`, adds: 'l.net_fen' },
    sales_booked: {
      counts: `${SALE} and l.settle_date = any(${due})`,
      adds: RECEIVABLE,
    },
  }) satisfies LineTerms;

/** The lines that those terms look at. */
export const clientMoneyLines = ({ day, due, later }: Pick<ClientMoneyPlaces, 'day' | 'due' | 'later'>): string =>
  `l.business_date <= ${day} and (l.settle_date >= ${day} or l.business_date = ${day}
     or l.settle_date = any(${due}) or l.settle_date = any(${later}))`;

/** What explains an overdraft (S19), over the lines that settle today; `t` is the freeze of the purchase at the counter. */
export const OVERDRAFT_TERMS = {
  payables_booked: { counts: PURCHASE, adds: PAYABLE },
  frozen_for_them: { counts: PURCHASE, adds: 'l.times * f.frozen_fen' },
  fee_booked: { counts: `l.business = 'H60'`, adds: '-l.net_fen' },
} satisfies LineTerms;

/** A term of the funding formula: what its businesses bring (+) or take (-) on the day funded (S12). */
export const fundingLines = (businesses: string): LineTerm => ({
  counts: `l.business = ${businesses}`,
  adds: 'l.net_fen',
});
