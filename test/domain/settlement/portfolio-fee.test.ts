import fc from 'fast-check';
import { parseBusinessDate as d } from '../../../domain/calendar/business-date';
import { amountText, parseAmount } from '../../../domain/money';
import { parseRatio } from '../../../domain/scaled';
import { portfolioFee, portfolioFeeTiersOn } from '../../../domain/settlement/portfolio-fee';
import { readReference } from '../../../prisma/reference';
import { codeOf } from '../refusals';

const tiers = portfolioFeeTiersOn(readReference().portfolioFeeTiers, d('2026-06-15'));
const oneDay = (value: string, ratio = '0.91500') =>
  portfolioFee({
    charged: [{ valueE4: parseAmount(value) * 100n, days: 1 }],
    tiers,
    ratioE5: parseRatio(ratio),
    minimumFen: 1n,
    dayBase: 365n,
  });

// Published vectors, facts 2.2: the fee of one calendar day, and both sides of the first tier.
it.each([
  ['1000000.00', '0.22', '0.219178'],
  ['50000000000.00', '10958.90', '10,958.904110: exactly the first tier'],
  ['60000000000.00', '12876.71', '12,876.712329'],
  ['300000000000.00', '57534.25', '57,534.246575'],
  ['1200000000000.00', '168493.15', '168,493.150685'],
])('HKD %s held for a day cost %s: %s', (value, expected) => {
  expect(amountText(oneDay(value)?.feeCents ?? -1n)).toBe(expected);
});

it('charges at least a cent of CNY of whoever holds anything, and nothing of whoever holds nothing', () => {
  expect(oneDay('0.01')).toEqual({ feeCents: 0n, feeFen: 1n });
  expect(oneDay('0.00')).toBeNull();
});

it('charges days only', () => {
  const charged = [{ valueE4: 10n ** 12n, days: 0 }];
  expect(portfolioFee({ charged, tiers, ratioE5: 91500n, minimumFen: 1n, dayBase: 365n })).toBeNull();
});

it('rounds the sum of the days once', () => {
  // 18,250 x 0.00008 / 365 = 0.004 a day: three days are 0.012, not three times 0.00.
  const charged = [
    { valueE4: 182_500_000n, days: 2 },
    { valueE4: 182_500_000n, days: 1 },
  ];
  expect(portfolioFee({ charged, tiers, ratioE5: 91500n, minimumFen: 1n, dayBase: 365n })?.feeCents).toBe(1n);
});

it('keeps the third decimal of a price: the value is not rounded before the fee', () => {
  // 22,812.50 is the tie of 0.005; 22,812.4960 would round to it, but lies below.
  const fee = (valueE4: bigint) =>
    portfolioFee({ charged: [{ valueE4, days: 1 }], tiers, ratioE5: 91500n, minimumFen: 1n, dayBase: 365n })?.feeCents;
  expect(fee(228_125_000n)).toBe(1n);
  expect(fee(228_124_960n)).toBe(0n);
});

it('knows no tiers before the link', () => {
  const question = () => portfolioFeeTiersOn(readReference().portfolioFeeTiers, d('2014-11-16'));
  expect(codeOf(question)).toBe('NO_RATE_FOR_DATE');
});

it('grows with the value and never faster than the first rate', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 10n ** 18n }), fc.bigInt({ min: 0n, max: 10n ** 18n }), (value, more) => {
      const fee = (valueE4: bigint) =>
        portfolioFee({ charged: [{ valueE4, days: 1 }], tiers, ratioE5: 100_000n, minimumFen: 0n, dayBase: 365n })
          ?.feeCents ?? 0n;
      expect(fee(value) <= fee(value + more)).toBe(true);
      // value E4 x 0.00008 / 365 in cents, rounded up: value / 100 x 8 / (100,000 x 365)
      expect(fee(value) <= (value * 8n) / (100n * 100_000n * 365n) + 1n).toBe(true);
    }),
  );
});
