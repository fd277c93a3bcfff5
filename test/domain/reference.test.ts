import { mkdtempSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addDays, parseBusinessDate, shanghaiInstant } from '../../domain/calendar/business-date';
import type { ServedKindRow } from '../../domain/corporate-actions/served-kinds';
import { isInForce, type Dated } from '../../domain/dated';
import type { ConcentrationLimitRow } from '../../domain/margin/concentration';
import { parameterOn, type ParameterRow } from '../../domain/parameters';
import { officeOf, ROLES } from '../../domain/people/roles';
import type { GradeStandardRow } from '../../domain/rating/grade';
import type { AnswerScoreRow, RiskBandRow } from '../../domain/rating/questionnaire';
import { readReference, REFERENCE_FOLDER } from '../../prisma/reference';
import { codeOf } from './refusals';

const reference = readReference();
const {
  feeRates,
  portfolioFeeTiers,
  marginModels,
  parameters,
  calendars,
  ladders,
  figureRules,
  roles,
  roleConflicts,
  answerScores,
  riskBands,
  servedKinds,
  gradeStandards,
  concentrationLimits,
} = reference;
const key = (...parts: (string | number)[]) => parts.join(' ');

it.each<[string, readonly Dated[], (row: never) => string]>([
  ['fee_rates', feeRates, ({ code }: { code: string }) => code],
  ['portfolio_fee_tiers', portfolioFeeTiers, ({ tier }: { tier: number }) => key(tier)],
  ['margin_models', marginModels, () => 'margin'],
  ['parameters', parameters, ({ code, channel }: ParameterRow) => key(code, channel)],
  ['calendars', calendars.filter(({ kind }) => kind !== 'KNOWN'), ({ code }: { code: string }) => code],
  ['ladders', ladders, ({ ladder, rung }: { ladder: string; rung: number }) => key(ladder, rung)],
  ['figure_rules', figureRules, ({ figure }: { figure: string }) => figure],
  ['roles', roles, ({ code }: { code: string }) => code],
  ['role_conflicts', roleConflicts, ({ one, other }: { one: string; other: string }) => key(one, other)],
  ['answer_scores', answerScores, ({ question, option }: AnswerScoreRow) => key(question, option)],
  ['grade_standards', gradeStandards, ({ grade }: GradeStandardRow) => grade],
  [
    'concentration_limits',
    concentrationLimits,
    ({ table, board, fromPercent }: ConcentrationLimitRow) => key(table, board, fromPercent ?? ''),
  ],
  ['served_kinds', servedKinds, ({ kind }: ServedKindRow) => kind],
  ['risk_bands', riskBands, ({ scale, code }: RiskBandRow) => key(scale, code)],
  ['message_purposes', reference.messagePurposes, ({ purpose }: { purpose: string }) => purpose],
  [
    'delivery_steps',
    reference.deliverySteps,
    ({ purpose, step }: { purpose: string; step: number }) => key(purpose, step),
  ],
  ['message_templates', reference.messageTemplates, ({ template }: { template: string }) => template],
])('%s: dates exist, ends lie after beginnings, no two rows of a key are in force on one day', (_, rows, keyOf) => {
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) {
    const validFrom = parseBusinessDate(row.validFrom);
    if (row.validTo !== null) expect(parseBusinessDate(row.validTo) > validFrom).toBe(true);
    // Every overlap begins on the first day of one of the two.
    const together = rows.filter(
      (other) => keyOf(other as never) === keyOf(row as never) && isInForce(other, validFrom),
    );
    expect(together).toEqual([row]);
  }
});

it('leaves no gap between the rows of a fee', () => {
  for (const { code, validTo } of feeRates) {
    if (validTo === null) continue;
    expect(feeRates.filter((row) => row.code === code && row.validFrom === validTo)).toHaveLength(1);
  }
});

it('builds tiers that meet', () => {
  portfolioFeeTiers.slice(1).forEach(({ aboveHkd }, i) => expect(aboveHkd).toBe(portfolioFeeTiers[i]?.upToHkd));
  expect(portfolioFeeTiers[0]?.aboveHkd).toBe('0.00');
  expect(portfolioFeeTiers.at(-1)?.upToHkd).toBeNull();
});

it('has bands of risk that meet, from the lowest to the highest score that the rating rules name', () => {
  for (const scale of ['CLASS', 'LEVEL']) {
    const bands = riskBands.filter((band) => band.scale === scale);
    bands.slice(1).forEach(({ fromScore }, i) => expect(fromScore).toBe((bands[i]?.toScore ?? 0) + 1));
    expect([bands[0]?.fromScore, bands.at(-1)?.toScore]).toEqual([9, 100]);
  }
});

it('has the offices of the roles as the rule of four eyes knows them', () => {
  expect(roles.map(({ code, office }) => [code, office])).toEqual(ROLES.map((role) => [role, officeOf(role)]));
});

it('has ladders whose times and roles exist; a time that is a parameter is named, not repeated', () => {
  const date = parseBusinessDate('2025-06-26');
  const timeOf = (time: string) => (/^\d/.test(time) ? time : parameterOn(parameters, time, date, 'SH'));
  for (const { clockTime, audienceRoles } of ladders) {
    if (!/^\d+%$/.test(clockTime)) expect(shanghaiInstant(date, timeOf(clockTime))).toMatch(/Z$/);
    // OWNER is the role that owes a promise.
    audienceRoles.forEach((role) => expect([...ROLES, 'OWNER']).toContain(role));
  }
  const namesOf = (ladder: string) => ladders.filter((row) => row.ladder === ladder).map(({ clockTime }) => clockTime);
  for (const ladder of ['FUNDING_CLIENT', 'FUNDING_PROPRIETARY']) {
    const times = namesOf(ladder).map((time) => shanghaiInstant(date, timeOf(time)));
    expect(times).toEqual([...times].sort());
    expect(namesOf(ladder).at(0)).toBe('PLAN_READY_AT');
    expect(namesOf(ladder).at(-1)).toBe('FUNDING_DEADLINE');
  }
  expect(namesOf('FILES')).toEqual(['FILE_ALARM_FIRST', 'FILE_ALARM_SECOND']);
  expect(namesOf('PROMISE')).toEqual(['50%', '80%', '100%']);
});

it('closes exchanges and civil life on the same mainland holidays, make-up days apart', () => {
  const closedDays = (calendar: string) =>
    new Set(
      calendars
        .filter(({ code, kind }) => code === calendar && kind === 'CLOSED')
        .flatMap(({ validFrom, validTo }) => {
          const days: string[] = [];
          for (let day = validFrom; day < validTo; day = addDays(day, 1)) days.push(day);
          return days;
        }),
    );
  expect(closedDays('SZSE')).toEqual(closedDays('SSE'));
  // The exchanges stayed closed on the eve of Lunar New Year 2024, a civil working day.
  expect(closedDays('CIVIL')).toEqual(new Set([...closedDays('SSE')].filter((day) => day !== '2024-02-09')));
  const makeUpDays = calendars.filter(({ code, kind }) => code === 'CIVIL' && kind === 'OPEN');
  expect(makeUpDays).toHaveLength(19);
});

describe('parameters', () => {
  const row: ParameterRow = {
    code: 'X',
    channel: '',
    value: '1',
    unit: '',
    validFrom: '2025-01-01',
    validTo: '2025-07-01',
  };
  const rows = [
    row,
    { ...row, channel: 'SZ', value: '2' } as const,
    { ...row, value: '3', validFrom: '2025-07-01', validTo: null },
  ];

  it.each([
    ['2025-01-01', 'SH', '1', 'first day'],
    ['2025-06-30', 'SH', '1', 'last day'],
    ['2025-07-01', 'SH', '3', 'the next value'],
    ['2025-06-30', 'SZ', '2', "the channel's own row wins"],
    ['2025-07-01', 'SZ', '3', 'while it is in force'],
  ] as const)('on %s in %s: %s (%s)', (date, channel, expected, _why) => {
    expect(parameterOn(rows, 'X', parseBusinessDate(date), channel)).toBe(expected);
  });

  it('has no value before the first day and for no unknown code', () => {
    expect(codeOf(() => parameterOn(rows, 'X', parseBusinessDate('2024-12-31'), 'SH'))).toBe('NO_PARAMETER_FOR_DATE');
    expect(codeOf(() => parameterOn(rows, 'Y', parseBusinessDate('2025-01-01'), 'SH'))).toBe('NO_PARAMETER_FOR_DATE');
  });
});

it.each([
  ['fee_rates.csv', 'STAMP_DUTY,YHS,0.001,', 'STAMP_DUTY,YHS,0.1%,', 'fee_rates.csv line 2, column rate'],
  ['fee_rates.csv', 'STAMP_DUTY,YHS', 'STAMP,YHS', 'fee_rates.csv line 2, column code'],
  ['fee_rates.csv', 'minimum_hkd', 'minimum', 'fee_rates.csv line 2: the column minimum_hkd is missing'],
  ['roles.csv', ',who uses it', ',', 'roles.csv line 2, column source'],
  ['role_conflicts.csv', 'operations,admin', 'operations,technology', 'role_conflicts.csv line 3, column other'],
  ['calendars.csv', 'SSE,KNOWN,2024-01-01', 'SSE,KNOWN,01.01.2024', 'calendars.csv line 2, column valid_from'],
])('a mistake in %s ("%s" -> "%s") is named', (file, right, wrong, message) => {
  const folder = mkdtempSync(join(tmpdir(), 'reference-'));
  cpSync(REFERENCE_FOLDER, folder, { recursive: true });
  writeFileSync(join(folder, file), readFileSync(join(folder, file), 'utf8').replace(right, wrong));
  expect(() => readReference(folder)).toThrow(message);
});
