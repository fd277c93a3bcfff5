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
