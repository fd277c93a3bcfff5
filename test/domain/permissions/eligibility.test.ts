import fc from 'fast-check';
import { addDays, parseBusinessDate as d } from '../../../domain/calendar/business-date';
import { byPlace } from '../../../domain/errors';
import { eligibilityOn, type EligibilityFacts, type EligibilityTerms } from '../../../domain/permissions/eligibility';
import { eligibilityRefusals } from '../../../domain/permissions/eligibility-refusals';
import { eligibilityTexts, RISK_LEVEL_MISMATCH_TEXT } from '../../../domain/permissions/eligibility-texts';

// The published case table runs in verify-cases.test.ts; here stands what it leaves open.
const terms: EligibilityTerms = {
  riskResultValidYears: 2,
  assetsMinimumFen: 500_000_00n,
  exchangeWarningLookBackMonths: 3,
};
const today = d('2026-06-15');
const good: EligibilityFacts = {
  clientKind: 'NATURAL',
  account: { state: 'OPEN', isQualified: true, isDesignatedHere: true },
  riskResult: { answeredOn: d('2025-11-03'), isNewestQuestionnaire: true, level: 'STEADY' },
  securitiesFen: 700_000_00n,
  cashFen: 0n,
  marginNetFen: 0n,
  hasSeriousBadRecord: false,
  lastExchangeWarningOn: null,
  isRestricted: false,
};
const codes = (date: string, change: Partial<EligibilityFacts>, moment?: 'application' | 'opening') =>
  eligibilityOn(d(date), { ...good, ...change }, terms, moment).failures.map(({ code }) => code);
const resultOf = (answeredOn: string): Pick<EligibilityFacts, 'riskResult'> => ({
  riskResult: { answeredOn: d(answeredOn), isNewestQuestionnaire: true, level: 'STEADY' },
});

it.each([
  [499_999_99n, 0n, 0n, ['ASSETS_BELOW_MINIMUM'], 'a cent short'],
  [500_000_00n, 0n, 0n, [], 'to the cent'],
  [0n, 500_000_00n, -1n, ['ASSETS_BELOW_MINIMUM'], 'a cent of net debt on the margin account'],
  [0n, 0n, 500_000_00n, [], 'all of it on the margin account'],
  [0n, 0n, 499_999_99n, ['ASSETS_BELOW_MINIMUM'], 'all of it on the margin account, a cent short'],
  [600_000_00n, 0n, -700_000_00n, ['ASSETS_BELOW_MINIMUM'], 'own assets below zero'],
])('securities %s, cash %s, margin net %s fen: %j (%s)', (securitiesFen, cashFen, marginNetFen, expected, _why) => {
  const assets = { securitiesFen, cashFen, marginNetFen };
  expect(codes(today, assets)).toEqual(expected);
  expect(codes(today, { ...assets, clientKind: 'INSTITUTION' })).toEqual([]);
  expect(codes(today, assets, 'opening')).toEqual([]);
});

it.each([
  ['2024-06-15', '2026-06-14', [], 'two years less a day'],
  ['2024-06-15', '2026-06-15', [], 'two years to the day'],
  ['2024-06-15', '2026-06-16', ['RISK_RESULT_EXPIRED'], 'two years and a day'],
  ['2024-02-28', '2026-02-28', [], 'the day before a leap day, to the day'],
  ['2024-02-29', '2026-02-28', [], 'a leap day: through 28 February'],
  ['2024-02-29', '2026-03-01', ['RISK_RESULT_EXPIRED'], 'a leap day: not on 1 March'],
  ['2024-03-01', '2026-03-01', [], 'the day after a leap day, to the day'],
  ['2026-02-28', '2028-02-28', [], 'no leap day given: through 28 February of a leap year'],
  ['2026-02-28', '2028-02-29', ['RISK_RESULT_EXPIRED'], 'and not on its 29th'],
])('a result of %s on %s: %j (%s)', (answeredOn, date, expected, _why) => {
  expect(codes(date, resultOf(answeredOn))).toEqual(expected);
});

it.each([
  ['2026-05-31', '2026-02-27', [], null, 'clamped to 28 February, a day older'],
  ['2026-05-31', '2026-02-28', ['EXCHANGE_WARNING_RECENT'], '2026-06-01', 'clamped: 28 to 31 May all look back to it'],
  ['2026-05-28', '2026-02-28', ['EXCHANGE_WARNING_RECENT'], '2026-06-01', 'three months to the day'],
  ['2026-06-01', '2026-02-28', [], null, 'gone on 1 June'],
  ['2026-07-31', '2026-04-30', ['EXCHANGE_WARNING_RECENT'], '2026-08-01', '31 July looks back to 30 April'],
  ['2026-08-01', '2026-04-30', [], null, 'gone on 1 August'],
  ['2026-06-14', '2026-03-15', ['EXCHANGE_WARNING_RECENT'], '2026-06-16', 'a day before three months are over'],
  ['2026-06-15', '2026-03-15', ['EXCHANGE_WARNING_RECENT'], '2026-06-16', 'three months to the day'],
  ['2026-06-16', '2026-03-15', [], null, 'three months and a day'],
  ['2026-01-31', '2025-10-31', ['EXCHANGE_WARNING_RECENT'], '2026-02-01', 'over the turn of the year'],
])('on %s, warned on %s: %j, cured from %s (%s)', (date, warnedOn, expected, curedFrom, _why) => {
  const facts = { ...good, lastExchangeWarningOn: d(warnedOn) };
  const { failures } = eligibilityOn(d(date), facts, terms);
  expect(failures.map(({ code }) => code)).toEqual(expected);
  if (curedFrom === null) return;
  expect(failures[0]?.curedFrom).toBe(curedFrom);
  expect(eligibilityOn(d(curedFrom), facts, terms).isEligible).toBe(true);
  expect(eligibilityOn(addDays(d(curedFrom), -1), facts, terms).isEligible).toBe(false);
});

describe('terms of a kind that asks for an average and for experience', () => {
  const star: EligibilityTerms = {
    riskResultValidYears: 2,
    assetsMinimumFen: 500_000_00n,
    assetsDays: 20,
    experienceMonths: 24,
  };
  const experienced: EligibilityFacts = {
    ...good,
    earlierClosesFen: Array.from({ length: 19 }, () => 500_000_00n),
    firstTradedOn: d('2024-01-02'),
  };
  const starCodes = (date: string, change: Partial<EligibilityFacts>, moment?: 'application' | 'opening') =>
    eligibilityOn(d(date), { ...experienced, ...change }, star, moment).failures.map(({ code }) => code);

  it.each([
    [500_000_00n, [], 'to the cent on each day'],
    [499_999_99n, ['AVERAGE_ASSETS_BELOW_MINIMUM'], 'a cent short on one day of twenty: cut, not rounded up'],
    [500_000_01n, [], 'a cent over on one day'],
  ])('twenty closes, the last of %s fen: %j (%s)', (securitiesFen, expected, _why) => {
    expect(starCodes(today, { securitiesFen })).toEqual(expected);
    expect(starCodes(today, { securitiesFen }, 'opening')).toEqual([]);
    expect(starCodes(today, { securitiesFen, clientKind: 'INSTITUTION' })).toEqual([]);
  });

  it('debts of the margin account are taken off: borrowed money does not count', () => {
    expect(starCodes(today, { securitiesFen: 600_000_00n, marginNetFen: -100_000_01n })).toEqual([
      'AVERAGE_ASSETS_BELOW_MINIMUM',
    ]);
    const earlierClosesFen = Array.from({ length: 19 }, () => -1n);
    const [failure] = eligibilityOn(today, { ...experienced, securitiesFen: 0n, earlierClosesFen }, star).failures;
    // -19 fen over twenty days: cut downwards.
    expect(failure?.found).toBe('-0.01');
  });

  it('an average needs as many closes as the terms say', () => {
    expect(() => starCodes(today, { earlierClosesFen: [] })).toThrow(RangeError);
  });

  it.each([
    ['2024-06-15', '2026-06-14', ['EXPERIENCE_TOO_SHORT'], '24 months less a day'],
    ['2024-06-15', '2026-06-15', [], '24 months to the day'],
    ['2024-06-15', '2026-06-16', [], '24 months and a day'],
    ['2024-02-29', '2026-02-27', ['EXPERIENCE_TOO_SHORT'], 'a leap day: not on the 27th'],
    ['2024-02-29', '2026-02-28', [], 'a leap day: clamped to the 28th'],
    [null, '2026-06-15', ['EXPERIENCE_MISSING'], 'never traded'],
  ])('first traded on %s, asked on %s: %j (%s)', (first, date, expected, _why) => {
    const firstTradedOn = first === null ? null : d(first);
    const change = {
      firstTradedOn,
      riskResult: { answeredOn: d('2025-11-03'), isNewestQuestionnaire: true, level: 'STEADY' },
    } as const;
    expect(starCodes(date, change)).toEqual(expected);
    // Asked for again at the opening: it is no matter of assets.
    expect(starCodes(date, change, 'opening')).toEqual(expected);
    expect(starCodes(date, { ...change, clientKind: 'INSTITUTION' })).toEqual([]);
  });

  it('says how long and until when', () => {
    const [tooShort] = eligibilityOn(today, { ...experienced, firstTradedOn: d('2024-06-16') }, star).failures;
    expect(tooShort).toMatchObject({ curedFrom: '2026-06-16', over: 24 });
    expect(tooShort && eligibilityTexts(tooShort)).toMatchObject({
      found: { en: 'the first trade was on 2024-06-16' },
      required: { zh: '自首笔交易起满 24 个月' },
      cure: { en: 'apply again from 2026-06-16 on' },
    });
  });

  it('asks for nothing that the terms leave away', () => {
    const warned = { ...good, lastExchangeWarningOn: today, riskResult: null, securitiesFen: 0n };
    expect(eligibilityOn(today, warned, {}).failures).toEqual([]);
  });
});

it('warns a conservative client, whatever else is found', () => {
  const riskResult = { answeredOn: today, isNewestQuestionnaire: true, level: 'CONSERVATIVE' } as const;
  expect(eligibilityOn(today, { ...good, riskResult }, terms)).toEqual({
    isEligible: true,
    failures: [],
    warnings: ['RISK_LEVEL_MISMATCH'],
  });
  expect(eligibilityOn(today, { ...good, riskResult, isRestricted: true }, terms).warnings).toHaveLength(1);
  expect(RISK_LEVEL_MISMATCH_TEXT.zh).toContain('保守型');
});

it('says what was found, what is required and what cures it, in both languages', () => {
  const [failure] = eligibilityOn(today, { ...good, securitiesFen: 499_999_99n }, terms).failures;
  expect(failure && eligibilityTexts(failure)).toEqual({
    found: {
      zh: '证券、资金与信用账户净资产合计 499999.99 元',
      en: 'securities, cash and margin net assets CNY 499999.99',
    },
    required: { zh: '不低于 500000.00 元', en: 'at least CNY 500000.00' },
    cure: { zh: '请转入资产，达到要求后再次申请', en: 'bring in assets and apply again when they reach it' },
  });
  const [expired] = eligibilityOn(today, { ...good, ...resultOf('2024-02-29') }, terms).failures;
  expect(expired && eligibilityTexts(expired).found.en).toBe('the result was valid through 2026-02-28');
  const [warned] = eligibilityOn(today, { ...good, lastExchangeWarningOn: today }, terms).failures;
  expect(warned && eligibilityTexts(warned).cure.en).toBe('apply again from 2026-09-16 on');
});

describe('laws', () => {
  const someDate = fc.integer({ min: 0, max: 1095 }).map((days) => addDays(d('2023-06-15'), days));
  const someFacts = fc.record({
    clientKind: fc.constantFrom('NATURAL', 'INSTITUTION'),
    account: fc.record({
      state: fc.constantFrom('OPEN', 'CLOSED', 'NONE'),
      isQualified: fc.boolean(),
      isDesignatedHere: fc.boolean(),
    }),
    riskResult: fc.option(
      fc.record({
        answeredOn: someDate,
        isNewestQuestionnaire: fc.boolean(),
        level: fc.constantFrom('CONSERVATIVE', 'STEADY'),
      }),
    ),
    securitiesFen: fc.bigInt({ min: 0n, max: 100_000_000n }),
    cashFen: fc.bigInt({ min: 0n, max: 1_000n }),
    marginNetFen: fc.bigInt({ min: -1_000_000n, max: 1_000_000n }),
    hasSeriousBadRecord: fc.boolean(),
    lastExchangeWarningOn: fc.option(someDate),
    isRestricted: fc.boolean(),
  });

  it('tells each failure once, in the order of the list, with all three texts', () => {
    fc.assert(
      fc.property(someFacts, (facts) => {
        const { failures, isEligible } = eligibilityOn(today, facts, terms);
        const told = failures.map(({ code }) => code);
        expect(told).toEqual([...new Set(told)].sort(byPlace));
        expect(isEligible).toBe(told.length === 0);
        for (const text of failures
          .map(eligibilityTexts)
          .flatMap(({ found, required, cure }) => [found, required, cure])) {
          expect(`${text.zh}${text.en}`).not.toMatch(/[{}]|null|undefined/);
        }
      }),
    );
  });

  it('judges each condition for itself: curing one leaves all the others as they were', () => {
    const cures: readonly [Partial<EligibilityFacts>, readonly string[]][] = [
      [{ securitiesFen: 10n ** 12n }, ['ASSETS_BELOW_MINIMUM']],
      [{ hasSeriousBadRecord: false }, ['SERIOUS_BAD_CREDIT_RECORD']],
      [{ lastExchangeWarningOn: null }, ['EXCHANGE_WARNING_RECENT']],
      [{ isRestricted: false }, ['PERSON_RESTRICTED']],
      [
        { riskResult: good.riskResult },
        ['RISK_RESULT_MISSING', 'RISK_QUESTIONNAIRE_NOT_NEWEST', 'RISK_RESULT_EXPIRED'],
      ],
      [{ account: good.account }, ['ACCOUNT_NOT_OPEN', 'ACCOUNT_NOT_QUALIFIED', 'ACCOUNT_NOT_DESIGNATED_HERE']],
    ];
    // Southbound asks for neither average nor experience.
    const ofOtherKinds = ['AVERAGE_ASSETS_BELOW_MINIMUM', 'EXPERIENCE_MISSING', 'EXPERIENCE_TOO_SHORT'];
    const codesOfSouthbound = eligibilityRefusals
      .map(({ code }) => code)
      .filter((code) => !ofOtherKinds.includes(code));
    expect(cures.flatMap(([, cured]) => cured).sort()).toEqual(codesOfSouthbound.sort());
    fc.assert(
      fc.property(someFacts, fc.constantFrom(...cures), (facts, [cure, cured]) => {
        const before = eligibilityOn(today, facts, terms).failures.map(({ code }) => code);
        const after = eligibilityOn(today, { ...facts, ...cure }, terms).failures.map(({ code }) => code);
        expect(after).toEqual(before.filter((code) => !cured.includes(code)));
      }),
    );
  });
});
