/**
 * The deposit bank as the back office sees it: orders between the broker's bank accounts and its reserve accounts,
 * followed by asking until the bank says executed. Money is CNY, text with two decimals; instants are ISO UTC text.
 * All functions throw an ordinary Error where the bank cannot be reached or does not answer in its form.
 */
import type { Refused } from '../http/json-call';

export type TransferOrder = {
  /** The order's business key: the bank executes it once however often it is sent. */
  readonly orderKey: string;
  readonly fromAccount: string;
  readonly toAccount: string;
  readonly amount: string;
  readonly purpose: string;
};

export type TransferAccepted = {
  readonly outcome: 'accepted';
  readonly bankReference: string;
  readonly acceptedAt: string;
};

/** pending: taken and not executed; unknown: the bank never heard of this key, so it may be sent. */
export type TransferState = {
  readonly orderKey: string;
  readonly state: 'pending' | 'executed' | 'refused' | 'unknown';
  readonly executedAt: string | null;
  readonly bankReference: string | null;
};

export type BankBalance = { readonly account: string; readonly asOf: string; readonly balance: string };

export type BankPort = {
  /** Sends an order. The same key and content get the first answer again; other content is refused. */
  sendTransfer(order: TransferOrder): Promise<TransferAccepted | Refused>;
  /** What the bank knows of an order. */
  askTransfer(orderKey: string): Promise<TransferState>;
  /** The balance as of the bank's now. */
  askBalance(account: string): Promise<BankBalance>;
};

/**
 * Sends an order unless the bank already knows it: the way to repeat after an attempt whose outcome was lost. Answers
 * what the bank knew, or its answer to the order.
 */
export async function sendUnlessKnown(
  bank: BankPort,
  order: TransferOrder,
): Promise<TransferState | TransferAccepted | Refused> {
  const known = await bank.askTransfer(order.orderKey);
  return known.state === 'unknown' ? bank.sendTransfer(order) : known;
}
