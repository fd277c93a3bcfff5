/** The CRM, where the branch keeps the net commission rates of clients, a line a kind of trade. Throws an ordinary Error where it cannot be reached. */
export type CommissionLine = {
  readonly clientNo: string;
  /** `a-share-online`: net rate of Shanghai A-share trades that were ordered online. */
  readonly line: string;
  /** Fraction of the consideration as text, fees collected for others not in it; null where the client has no such line. */
  readonly rate: string | null;
};

export type ClientCommission = { readonly clientNo: string; readonly rate: string };

export type CrmPort = {
  /** The line as it stands at this moment. */
  askCommission(clientNo: string, line: string): Promise<CommissionLine>;
  /** Who has such a line, with its rate on a trade date: a page after a client, in the order of their numbers; an empty page is the end. */
  listCommissions(line: string, on: string, after: string): Promise<{ readonly lines: readonly ClientCommission[] }>;
};
