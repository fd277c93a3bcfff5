/**
 * Changing a dated term: which values it may take, and every reason why a change may not be asked for (A1 §27).
 *
 * A term is a row with a validity: a change ends the row in force the day before and begins a new one; nothing that held is
 * overwritten, and nothing changes for a day that has begun to be settled by another value unless the change says so.
 */
import type { BusinessDate } from '../calendar/business-date';
import type { ErrorCode, ErrorDetails } from '../errors';
import { REPAYMENT_ORDERS } from '../settlement/overdraft-life';

/** Kinds that are asked for by their values; a list of restricted persons is asked for by its file. */
export const VALUED_KINDS = ['parameter', 'fee_rate', 'calendar'] as const;
export const TERM_KINDS = [...VALUED_KINDS, 'restricted_list'] as const;
export type TermKind = (typeof TERM_KINDS)[number];

/** Values of a term by their columns, of a calendar by its days, of a list its version; null: the column holds nothing, e.g. a fee without a maximum. */
export type TermValues = Readonly<Record<string, string | null>>;

/** The row in force on the effective date. */
export interface TermInForce {
  readonly values: TermValues;
  /** Of a parameter: its unit, by which the form of its value is known; of a calendar its code. */
  readonly unit: string;
  readonly validFrom: BusinessDate;
}

/** Form of a value: as a pattern, and in words. */
interface Form {
  readonly pattern: RegExp;
  readonly words: string;
}

const TIME: Form = { pattern: /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/, words: 'HH:MM[:SS] (Asia/Shanghai)' };
const COUNT: Form = { pattern: /^[1-9]\d{0,3}$/, words: '1-9999' };
const FRACTION: Form = { pattern: /^0(\.\d{1,10})?$/, words: '0 <= x < 1, at most 10 decimals' };
const AMOUNT: Form = { pattern: /^\d{1,10}\.\d{2}$/, words: '0.00' };
const LIMIT: Form = {
  pattern: /^[1-9]\d{0,3} (BUSINESS_DAYS|CALENDAR_DAYS)$/,
  words: '1-9999 BUSINESS_DAYS | CALENDAR_DAYS',
};
const YES_NO: Form = { pattern: /^(true|false)$/, words: 'true | false' };
const DAY: Form = { pattern: /^(OPEN|HALF|CLOSED)$/, words: 'OPEN | HALF | CLOSED' };
const WORKING_DAY: Form = { pattern: /^(OPEN|CLOSED)$/, words: 'OPEN | CLOSED' };
const REPAYMENT: Form = {
  pattern: new RegExp(`^(${REPAYMENT_ORDERS.join('|')})$`),
  words: REPAYMENT_ORDERS.join(' | '),
};
const ROUNDING: Form = { pattern: /^(UP_WHOLE_HKD|HALF_AWAY_CENT)$/, words: 'UP_WHOLE_HKD | HALF_AWAY_CENT' };

const MONTH_AND_DAY: Form = { pattern: /^(?!02-(29|3))(0[1-9]|1[0-2])-(0[1-9]|[12]\d|30)$/, words: 'MM-DD' };

/** Forms of parameters by their unit; a unit that is not here cannot be changed, because nobody can say what is right. */
const FORM_OF_UNIT: Readonly<Record<string, Form>> = {
  time: TIME,
  minutes: COUNT,
  days: COUNT,
  'calendar days': COUNT,
  'trading days': COUNT,
  'Hong Kong settlement days': COUNT,
  months: COUNT,
  years: COUNT,
  fraction: FRACTION,
  'fraction a day': FRACTION,
  'fraction a year': FRACTION,
  CNY: AMOUNT,
  HKD: AMOUNT,
  'yes/no': YES_NO,
  limit: LIMIT,
  'repayment order': REPAYMENT,
  'month and day': MONTH_AND_DAY,
};

/** Columns of a fee; those that may hold nothing end with `?`. */
const FEE_COLUMNS: Readonly<Record<string, Form>> = {
  rate: FRACTION,
  flat_hkd: AMOUNT,
  'minimum_hkd?': AMOUNT,
  'maximum_hkd?': AMOUNT,
  rounding: ROUNDING,
};

export interface AskedChange {
  readonly kind: TermKind;
  readonly code: string;
  readonly values: TermValues;
  readonly effectiveOn: BusinessDate;
}

/** What stands against the change in the book. */
export interface ChangeSurroundings {
  readonly today: BusinessDate;
  /** Nothing: no row of this code and part is in force on the effective date. */
  readonly inForce: TermInForce | undefined;
  /** Where nothing is in force then: the row that ended before. What is asked for fills the gap; nothing was settled by another value, so the day may be over. */
  readonly ended: TermInForce | undefined;
  /** Whether a rule reads the term. */
  readonly isRead: boolean;
  /** First day of a later row of the same term, approved before. */
  readonly laterFrom: BusinessDate | undefined;
  /** From the first to the last day that any calendar knows. */
  readonly known: { readonly from: BusinessDate; readonly to: BusinessDate };
  /** Number of a change of the same term that is not in force yet. */
  readonly pending: string | undefined;
}

/** A reason with what its sentence names. */
export interface ChangeRefusal {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
}

/** Every reason why the change may not be asked for; none: it may. */
export function changeRefusals(asked: AskedChange, around: ChangeSurroundings): readonly ChangeRefusal[] {
  const { code, effectiveOn: date } = asked;
  const { inForce, ended, isRead, today, known, laterFrom, pending } = around;
  const row = inForce ?? ended;
  const isNew = fillsUnknown(asked, inForce);
  const refusals: (ChangeRefusal | false)[] = [
    row === undefined && refusal('TERM_UNKNOWN', { code, date }),
    row !== undefined && !isRead && refusal('TERM_NOT_READ', { code }),
    date < today &&
      ended === undefined &&
      !isNew &&
      refusal('EFFECTIVE_DATE_PASSED', { date, today, field: 'effectiveOn' }),
    // Nobody can say what such a day is; and a year that was mistyped would stand in the way of every later change.
    date > known.to && !isNew && refusal('CALENDAR_OUT_OF_RANGE', { date, ...known, field: 'effectiveOn' }),
    inForce?.validFrom === date && refusal('TERM_BEGINS_THEN', { code, date, field: 'effectiveOn' }),
    // The gap ends where the later row begins.
    laterFrom !== undefined &&
      ended === undefined &&
      refusal('TERM_CHANGES_LATER', { code, date: laterFrom, field: 'effectiveOn' }),
    pending !== undefined && refusal('CHANGE_PENDING', { code, change: pending }),
  ];
  const ofValues = row === undefined ? [] : valueRefusals(asked, row);
  const same = inForce !== undefined && ofValues.length === 0 && isSame(asked.values, inForce.values);
  return [
    ...refusals.filter((one) => one !== false),
    ...ofValues,
    ...(same ? [refusal('VALUE_UNCHANGED', { code, field: 'values' })] : []),
  ];
}

/** Whether a calendar grows from that day on: nothing was ever computed by what nobody knew, so the day may be over. */
export const fillsUnknown = (
  { kind, effectiveOn }: Pick<AskedChange, 'kind' | 'effectiveOn'>,
  inForce: Pick<TermInForce, 'values'> | undefined,
): boolean => kind === 'calendar' && inForce?.values[effectiveOn] === null;

/** Each value in the form of its column: a column that there is not, a wrong form, none where one is needed. */
function valueRefusals(asked: AskedChange, inForce: TermInForce): readonly ChangeRefusal[] {
  if (asked.kind === 'calendar') return dayRefusals(asked, inForce);
  // Which versions there are to ask for stands in the book.
  if (asked.kind === 'restricted_list') return [];
  const { kind, values } = asked;
  const { unit } = inForce;
  const columns: Readonly<Record<string, Form | undefined>> =
    kind === 'fee_rate' ? FEE_COLUMNS : { value: FORM_OF_UNIT[unit] };
  const wrong = (name: string, reason: string) => refusal('INPUT_INVALID', { field: `values.${name}`, reason });
  if (Object.keys(values).length === 0) return [wrong(Object.keys(columns).join(', '), kind)];
  return Object.entries(values).flatMap(([name, value]) => {
    if (!(name in columns) && !(`${name}?` in columns)) return [refusal('FIELD_UNKNOWN', { field: `values.${name}` })];
    const form = columns[name] ?? columns[`${name}?`];
    if (form === undefined) return [wrong(name, `unit ${unit}`)];
    if (value === null) return `${name}?` in columns ? [] : [wrong(name, form.words)];
    return form.pattern.test(value) ? [] : [wrong(name, form.words)];
  });
}

/** Each day one that the calendar knows or grows by, and the first of them the day from which the correction is told. */
function dayRefusals(
  { values, effectiveOn }: AskedChange,
  { unit, values: held }: TermInForce,
): readonly ChangeRefusal[] {
  const { pattern, words } = unit === 'CIVIL' ? WORKING_DAY : DAY;
  const [first] = Object.keys(values).sort();
  const wrong = (field: string, reason: string) => refusal('INPUT_INVALID', { field, reason });
  if (first === undefined) return [wrong('values', words)];
  return [
    ...Object.entries(values).flatMap(([date, kind]) => {
      if (held[date] === undefined) return [wrong(`values.${date}`, KNOWN_DAY)];
      return kind !== null && pattern.test(kind) ? [] : [wrong(`values.${date}`, words)];
    }),
    ...(first === effectiveOn ? [] : [wrong('effectiveOn', `${first}, the first day that changes`)]),
  ];
}

const KNOWN_DAY = 'a known day of the calendar, or one that follows the last known one without a gap, YYYY-MM-DD';

const isSame = (asked: TermValues, held: TermValues): boolean =>
  Object.entries(asked).every(([name, value]) => plain(value) === plain(held[name] ?? null));

/** One spelling of a value: 0.10 is 0.1, 10:00:00 is 10:00. */
function plain(value: string | null): string | null {
  if (value === null) return null;
  if (/^\d+\.\d+$/.test(value)) return value.replace(/\.?0+$/, '');
  return value.replace(/^(\d\d:\d\d):00$/, '$1');
}

const refusal = (code: ErrorCode, details: Readonly<Record<string, string>>): ChangeRefusal => ({
  code,
  details: details as ErrorDetails,
});
