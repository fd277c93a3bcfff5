import fc from 'fast-check';
import { addDays, parseBusinessDate as d } from '../../../domain/calendar/business-date';
import { civilWorkingDaysOf } from '../../../domain/calendar/counted-days';
import { parametersOn } from '../../../domain/parameters';
import {
  computedGrade,
  gradeDecision,
  gradeTerms,
  GRADES,
  isInRunWindow,
  type Grade,
  type GradedClient,
  type RunKind,
} from '../../../domain/rating/grade';
import { readReference } from '../../../prisma/reference';
import { codeOf } from '../refusals';

// The published case table runs in verify-cases.test.ts; here stands what it leaves open.
const { calendars, parameters, gradeStandards } = readReference();
const terms = gradeTerms(parametersOn(parameters, d('2026-01-12'), 'SH'));
const workingDays = civilWorkingDaysOf(calendars);
const client: GradedClient = {
  accountOpenedOn: d('2015-03-02'),
  assetsLastYearFen: 0n,
  assetsThisYearFen: 0n,
  commissionLastYearFen: 0n,
  standing: null,
};
const decide = (date: string, kind: RunKind, change: Partial<GradedClient>) =>
  gradeDecision({ ...client, ...change }, { date: d(date), kind }, gradeStandards, terms);
const holding = (grade: Grade, grantedOn: string) => ({ standing: { grade, grantedOn: d(grantedOn) } });

it.each([
  ['2026-01-04', 'YEARLY', true, 'the first working day, a make-up Sunday'],
  ['2026-01-03', 'YEARLY', false, 'a holiday before it'],
  ['2026-01-10', 'YEARLY', false, 'a Saturday between working days is none of them'],
  ['2026-01-15', 'YEARLY', true, 'the tenth'],
  ['2026-01-16', 'YEARLY', false, 'the eleventh'],
  ['2026-04-01', 'YEARLY', false, 'another quarter'],
  ['2026-04-03', 'QUARTERLY', true, 'the third of a quarter'],
  ['2026-04-07', 'QUARTERLY', false, 'the fourth, after a holiday'],
  ['2026-05-06', 'QUARTERLY', false, 'the first of a month is not that of a quarter'],
  ['2026-10-08', 'QUARTERLY', true, 'the first, after National Day'],
  ['2026-04-01', 'BOTH', false, 'both only in January'],
  ['2026-01-06', 'BOTH', true, 'the third of the year'],
] as const)('%s %s: %s (%s)', (date, kind, expected, _why) => {
  expect(isInRunWindow(d(date), kind, workingDays, terms)).toBe(expected);
});

it('does not guess working days', () => {
  expect(codeOf(() => isInRunWindow(d('2027-01-04'), 'YEARLY', workingDays, terms))).toBe('CALENDAR_OUT_OF_RANGE');
});

it.each([
  ['2026-01-12', '2025-01-12', 'APPLY', null, 'twelve months to the day'],
  ['2026-01-12', '2025-01-13', 'STORE', '2026-01-13', 'a day short'],
  ['2025-02-28', '2024-02-29', 'APPLY', null, 'a leap day: 28 February'],
  ['2025-02-27', '2024-02-29', 'STORE', '2025-02-28', 'a leap day, a day short'],
])('on %s a lowering of a grade granted on %s: %s until %s (%s)', (date, grantedOn, kind, appliesOn, _why) => {
  const decision = decide(date, 'YEARLY', holding('VIP', grantedOn));
  expect(decision.kind).toBe(kind);
  expect('appliesOn' in decision ? decision.appliesOn : null).toBe(appliesOn);
});

it('clears what is stored where the present grade is reached again, and only there', () => {
  const vip = { assetsLastYearFen: 500_000_000n };
  const granted = holding('VIP', '2025-07-01');
  expect(decide('2026-01-12', 'YEARLY', { ...vip, ...granted })).toMatchObject({ kind: 'KEEP', clearsStored: true });
  expect(decide('2026-04-01', 'QUARTERLY', { ...vip, ...granted })).toMatchObject({ kind: 'KEEP', clearsStored: true });
  expect(decide('2026-04-01', 'QUARTERLY', granted)).toMatchObject({ kind: 'KEEP', clearsStored: false });
});

it.each([
  ['2026-03-31', 'QUARTERLY', 'APPLY', 'the last day of the quarter before'],
  ['2026-04-01', 'QUARTERLY', 'NOT_IN_POPULATION', 'the first of the new one'],
])('an account opened on %s, %s: %s (%s)', (openedOn, kind, expected, _why) => {
  expect(decide('2026-04-02', kind as RunKind, { accountOpenedOn: d(openedOn) }).kind).toBe(expected);
});

describe('laws', () => {
  const fen = (most: number) => fc.bigInt({ min: 0n, max: BigInt(most) * 100n });
  const someClient = fc.record({
    accountOpenedOn: fc.constant(d('2015-03-02')),
    assetsLastYearFen: fen(6_000_000),
    assetsThisYearFen: fen(6_000_000),
    commissionLastYearFen: fen(60_000),
    standing: fc.option(
      fc.record({
        grade: fc.constantFrom(...GRADES),
        grantedOn: fc.integer({ min: 0, max: 700 }).map((days) => addDays(d('2024-01-01'), days)),
      }),
    ),
  });
  const rank = (grade: Grade) => GRADES.length - GRADES.indexOf(grade);

  it('more assets or more commission never give a lower grade, and the first sentence of the rule agrees', () => {
    fc.assert(
      fc.property(someClient, fen(1_000_000), fen(10_000), (some, assets, commission) => {
        const runDate = d('2026-01-12');
        const grade = computedGrade(some, gradeStandards, runDate);
        const richer = {
          ...some,
          assetsThisYearFen: some.assetsThisYearFen + assets,
          commissionLastYearFen: some.commissionLastYearFen + commission,
        };
        expect(rank(computedGrade(richer, gradeStandards, runDate))).toBeGreaterThanOrEqual(rank(grade));
        expect(grade).toBe(asTheRulesWriteIt(some));
      }),
      { numRuns: 500 },
    );
  });

  it('a quarterly run lowers nobody and stores nothing', () => {
    fc.assert(
      fc.property(someClient, (some) => {
        const decision = decide('2026-04-02', 'QUARTERLY', some);
        expect(['APPLY', 'KEEP']).toContain(decision.kind);
        if (decision.kind === 'APPLY' && some.standing !== null) {
          expect(rank(decision.computed)).toBeGreaterThan(rank(some.standing.grade));
        }
      }),
    );
  });

  /** The table of the rating page, word by word. */
  function asTheRulesWriteIt({ assetsLastYearFen, assetsThisYearFen, commissionLastYearFen }: GradedClient): Grade {
    const assets = assetsLastYearFen > assetsThisYearFen ? assetsLastYearFen : assetsThisYearFen;
    const commission = commissionLastYearFen;
    if (assets >= 500_000_000n || commission >= 5_000_000n) return 'VIP';
    if (commission >= 1_000_000n && commission < 5_000_000n) return 'CORE_A';
    if (assets >= 50_000_000n && assets < 500_000_000n && commission < 1_000_000n) return 'CORE_B';
    if (assets >= 20_000_000n && assets < 50_000_000n && commission < 1_000_000n) return 'POTENTIAL';
    if (commission >= 500_000n && commission < 1_000_000n && assets < 20_000_000n) return 'POTENTIAL';
    return 'ORDINARY';
  }
});
