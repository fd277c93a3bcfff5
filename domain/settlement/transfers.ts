/**
 * Which transfers of a day carry out which orders of one account. What comes in one sum for an order is that order's; what is left, because a bank sends
 * in parts or somebody sends by hand, carries out the orders in their order, as soon as it adds up.
 *
 * Source    A4 §27: followed until the money is in the reserve account
 * Units     fen above zero
 */
export interface OrderedTransfer {
  readonly orderKey: string;
  readonly amountFen: bigint;
}

export interface Transfer {
  readonly amountFen: bigint;
  /** Instant or time of the day, in an order that text compares. */
  readonly at: string;
}

/** A movement of a reserve account as it travels, its amount whole fen as text. */
export interface MovementText {
  /** ZR into the account, ZC out of it, and what the clearing house settles. */
  readonly business: string;
  readonly amountFen: string;
  readonly at: string;
}

/** What a person or a hand sent into the account; what was settled there is no transfer. */
export const transfersIn = (movements: readonly MovementText[]): readonly Transfer[] =>
  movements
    .filter(({ business }) => business === 'ZR')
    .map(({ amountFen, at }) => ({ amountFen: BigInt(amountFen), at }));

/** Orders as they travel, their amounts whole fen as text. */
export const orderedTransfers = (
  orders: readonly { readonly orderKey: string; readonly amountFen: string }[],
): readonly OrderedTransfer[] => orders.map(({ orderKey, amountFen }) => ({ orderKey, amountFen: BigInt(amountFen) }));

/** All that has come, in fen, whatever it came for. */
export const arrivedFen = (transfers: readonly Transfer[]): bigint => sumOf(transfers);

/**
 * An amount less what approved orders still bring: what no transfer has carried out is under way, and nothing is sent twice.
 * @returns fen; zero and below: nothing is to be sent
 */
export function lessUnderWayFen(
  amountFen: bigint,
  orders: readonly OrderedTransfer[],
  transfers: readonly Transfer[],
): bigint {
  const done = carriedOut(orders, transfers);
  return amountFen - sumOf(orders.filter(({ orderKey }) => !done.has(orderKey)));
}

/**
 * What a funding plan still wants sent: the plan less what has come and what is under way, whoever sent it.
 * @param planFen the funding figure, below zero where money is wanted (S12)
 * @returns fen; zero and below: nothing is to be sent
 */
export const stillToSendFen = (
  planFen: bigint,
  orders: readonly OrderedTransfer[],
  transfers: readonly Transfer[],
): bigint => lessUnderWayFen(-planFen - arrivedFen(transfers), orders, transfers);

const sumOf = (amounts: readonly { readonly amountFen: bigint }[]): bigint =>
  amounts.reduce((sum, { amountFen }) => sum + amountFen, 0n);

/**
 * Order to the moment at which its money was there; orders that wait are left away.
 * @param orders in the order in which they were made
 * @param transfers in the order of their time
 */
export function carriedOut(
  orders: readonly OrderedTransfer[],
  transfers: readonly Transfer[],
): ReadonlyMap<string, string> {
  const done = new Map<string, string>();
  const left = [...transfers];
  for (const { orderKey, amountFen } of orders) {
    const whole = left.findIndex((transfer) => transfer.amountFen === amountFen);
    const [found] = whole === -1 ? [] : left.splice(whole, 1);
    if (found !== undefined) done.set(orderKey, found.at);
  }
  let rest = 0n;
  let at = '';
  for (const { orderKey, amountFen } of orders.filter((order) => !done.has(order.orderKey))) {
    while (rest < amountFen) {
      const next = left.shift();
      if (next === undefined) return done;
      rest += next.amountFen;
      at = next.at;
    }
    rest -= amountFen;
    done.set(orderKey, at);
  }
  return done;
}
