import { openMarket } from '../../bench/days/market';

const market = openMarket({ trades: 503, clients: 41, seed: 3, days: 3 });

test('the trades of the accounts are the trades of the day: none twice, none left out', () => {
  for (const day of market.days) {
    const numbers = Array.from({ length: market.spec.clients }, (_, account) =>
      market.tradesOf(day.index, account).map((trade) => {
        expect(trade).toEqual(market.trade(day.index, trade.number - 1));
        expect(trade.account).toBe(account);
        return trade.number;
      }),
    ).flat();
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: day.trades }, (_, place) => place + 1));
  }
});

test('nobody sells what is not held: no balance falls below zero, whatever settles', () => {
  for (let account = 0; account < market.spec.clients; account += 1) {
    const sold = new Map<number, number>();
    for (const { index } of market.days) {
      for (const { security, isBuy, quantity } of market.tradesOf(index, account)) {
        if (!isBuy) sold.set(security, (sold.get(security) ?? 0) + quantity);
      }
    }
    for (const [security, quantity] of sold) {
      expect(quantity).toBeLessThan(market.openingHoldings(account).get(security) ?? 0);
    }
  }
});

test('the trades of the first day settle on the third: its holdings are the opening ones and their net', () => {
  for (let account = 0; account < market.spec.clients; account += 1) {
    const expected = new Map(market.openingHoldings(account));
    expect(market.holdings(1, account)).toEqual(expected);
    for (const { security, isBuy, quantity } of market.tradesOf(0, account)) {
      expected.set(security, (expected.get(security) ?? 0) + (isBuy ? quantity : -quantity));
    }
    expect(new Map(market.holdings(2, account))).toEqual(expected);
  }
});

test.each([
  [{ trades: 10, clients: 1 }, 'one account cannot be both sides'],
  [{ trades: 0, clients: 2 }, 'no trades'],
])('%o is no market (%s)', (given) => {
  expect(() => openMarket({ ...given, seed: 1, days: 1 })).toThrow(RangeError);
});
