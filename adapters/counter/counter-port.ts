/**
 * The counter system: corrections of money frozen in the day (one message for a batch) and trading permissions. Money
 * is CNY, text with two decimals. Throws an ordinary Error where the counter cannot be reached.
 */
import type { Refused } from '../http/json-call';

export type FreezeCorrectionLine = {
  readonly fundAccount: string;
  /** Above zero: more is frozen; below: less. */
  readonly amount: string;
};

export type FreezeCorrections = {
  readonly batchKey: string;
  readonly businessDate: string;
  readonly lines: readonly FreezeCorrectionLine[];
};

export type FreezeCorrectionsAccepted = {
  readonly outcome: 'accepted';
  readonly lineCount: number;
  readonly total: string;
  readonly receivedAt: string;
};

/** unknown: the counter never heard of this batch, so it may be sent. */
export type FreezeCorrectionsState = { readonly batchKey: string; readonly state: 'accepted' | 'unknown' };

export type PermissionInstruction = {
  readonly instructionKey: string;
  readonly fundAccount: string;
  /** `southbound-purchase`, `southbound-sale`, and what other kinds of permission are called there. */
  readonly permission: string;
  readonly state: 'granted' | 'blocked';
  readonly reason: string;
};

export type PermissionAccepted = { readonly outcome: 'accepted'; readonly receivedAt: string };

/** unknown: the counter never heard of this instruction, so it may be sent. */
export type PermissionState = { readonly instructionKey: string; readonly state: 'accepted' | 'unknown' };

/** Another net commission rate of a permission, from a trade date on. */
export type CommissionInstruction = {
  readonly instructionKey: string;
  readonly fundAccount: string;
  readonly permission: string;
  /** Fraction of the consideration as text. */
  readonly rate: string;
  readonly effectiveOn: string;
};

/** A filing of an election that the clearing house has acknowledged; the counter blocks the shares, or the money that they cost, or lets go of them. */
export type ElectionInstruction = {
  /** Number of the filing. */
  readonly instructionKey: string;
  readonly fundAccount: string;
  readonly security: string;
  readonly eventNo: string;
  /** Number of the resolution of a vote, else empty. */
  readonly ballot: string;
  readonly option: string;
  /** Shares as text, negative where it withdraws. */
  readonly quantity: string;
  readonly acceptanceNo: string;
  /** Money that is frozen for a subscription, CNY, negative where it is let go; left away where nothing is paid for. */
  readonly frozenCny?: string;
};

export type CounterCommission = { readonly fundAccount: string; readonly rate: string };

/** What a fund account does today in Southbound, as the counter knows before its evening files. */
export type CounterDayState = {
  readonly fundAccount: string;
  readonly tradedToday: boolean;
  readonly liveOrder: boolean;
};

export type CounterPort = {
  /**
   * Sends a batch of corrections; sending it again under its key changes nothing. Batches of one business date add up: a later
   * one holds the difference from those before. A refused one counts for nothing.
   */
  sendFreezeCorrections(batch: FreezeCorrections): Promise<FreezeCorrectionsAccepted | Refused>;
  askFreezeCorrections(batchKey: string): Promise<FreezeCorrectionsState>;
  sendPermission(instruction: PermissionInstruction): Promise<PermissionAccepted | Refused>;
  /** Whether an instruction was taken, where the answer to it was lost. */
  askPermission(instructionKey: string): Promise<PermissionState>;
  sendCommission(instruction: CommissionInstruction): Promise<PermissionAccepted | Refused>;
  askCommission(instructionKey: string): Promise<PermissionState>;
  /** Sending it again under its key changes nothing. */
  sendElection(instruction: ElectionInstruction): Promise<PermissionAccepted | Refused>;
  /** Net rates of a permission as they hold on a trade date, a page after a fund account, in its order; an empty page is the end. */
  listCommissions(
    permission: string,
    on: string,
    after: string,
  ): Promise<{ readonly lines: readonly CounterCommission[] }>;
  /** Trades and live orders of today; of an account that it does not know there are none. */
  askDay(fundAccount: string): Promise<CounterDayState>;
};
