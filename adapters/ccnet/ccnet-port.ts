/**
 * CCNET, the line to the clearing house: what stands in the reserve and risk-fund accounts, orders to pay reserve money
 * out, filings. "In the reserve account" means that CCNET says so. Money is CNY, text with two decimals; instants are
 * ISO UTC text. All functions throw an ordinary Error where CCNET cannot be reached or does not answer in its form.
 */
import type { Refused } from '../http/json-call';

/**
 * ZR in from bank, ZC out to bank, JY trades, FK risk money, FKTH risk money back, GX corporate actions, FG fee and duty of
 * non-trade transfers, ZF portfolio fee, GL cross-cover of a client shortfall from the proprietary account and its return: the businesses of hk_zjbd.
 */
export type MovementBusiness = 'ZR' | 'ZC' | 'JY' | 'FK' | 'FKTH' | 'GX' | 'FG' | 'ZF' | 'GL';

export type AccountMovement = {
  /** Running number in account and day. */
  readonly number: number;
  readonly business: MovementBusiness;
  /** Signed from the account's view. */
  readonly amount: string;
  readonly balance: string;
  readonly at: string;
  readonly counterAccount: string;
};

/** The account at CCNET's now, with the movements of the business date so far. */
export type AccountAnswer = {
  readonly account: string;
  readonly asOf: string;
  /** May be negative: a default. */
  readonly balance: string;
  readonly withdrawable: string;
  readonly movements: readonly AccountMovement[];
};

export type WithdrawalOrder = {
  readonly orderKey: string;
  /** Reserve account. */
  readonly account: string;
  readonly amount: string;
  /** The side's own bank account; any other is refused [A4 §8]. */
  readonly bankAccount: string;
};

export type WithdrawalAccepted = {
  readonly outcome: 'accepted';
  readonly reference: string;
  readonly acceptedAt: string;
};

/** unknown: CCNET never heard of this key, so it may be sent. */
export type WithdrawalState = {
  readonly orderKey: string;
  readonly state: 'accepted' | 'executed' | 'refused' | 'unknown';
  readonly executedAt: string | null;
};

/**
 * A filing with the names of HK_YWHB: vote H62, takeover H63, rights H64-H66. Quantity is text; negative withdraws. Of a vote it is the
 * sum that is voted, with the resolution and its quantities beside it (names assumed); it replaces the vote filed before.
 */
export type Filing = {
  readonly SBBH: string;
  readonly YWLX: 'H62' | 'H63' | 'H64' | 'H65' | 'H66';
  readonly SBLX: 'HSB' | 'HCX';
  readonly ZQZH: string;
  readonly ZQDM: string;
  readonly GXDM: string;
  readonly SL: string;
  readonly vote?: { readonly YABH: string; readonly ZCSL: string; readonly FDSL: string; readonly QQSL: string };
};

export type FilingAccepted = {
  readonly outcome: 'accepted';
  readonly acceptedAt: string;
  /** Acceptance number, SLBH. */
  readonly acceptanceNo: string;
};

export type FilingState = {
  readonly SBBH: string;
  readonly state: 'accepted' | 'confirmed' | 'success' | 'failed' | 'cancelled' | 'unknown';
  /** None where the filing is not known. */
  readonly acceptanceNo: string | null;
};

export type CcnetPort = {
  askAccount(account: string): Promise<AccountAnswer>;
  /** Sends an order out of a reserve account. The same key and content get the first answer again. */
  sendWithdrawal(order: WithdrawalOrder): Promise<WithdrawalAccepted | Refused>;
  askWithdrawal(orderKey: string): Promise<WithdrawalState>;
  /** Files under SBBH, its key. */
  sendFiling(filing: Filing): Promise<FilingAccepted | Refused>;
  askFiling(number: string): Promise<FilingState>;
};

/** Sends an order out of a reserve account unless CCNET already knows it; answers what it knew, or its answer. */
export async function withdrawUnlessKnown(
  ccnet: CcnetPort,
  order: WithdrawalOrder,
): Promise<WithdrawalState | WithdrawalAccepted | Refused> {
  const known = await ccnet.askWithdrawal(order.orderKey);
  return known.state === 'unknown' ? ccnet.sendWithdrawal(order) : known;
}
