/** Whether a text has the form that its field asks for, and what to tell a person when it has not. */
import { parseBusinessDate, parseCompactDate, type BusinessDate } from '../../domain/calendar/business-date';
import type { BothLanguages } from '../../domain/clearing-files/finding';
import { parseScaled, scaledText } from '../../domain/scaled';
import type {
  Condition,
  DateForm,
  DbfField,
  NumberForm,
  NumberRange,
  Required,
  TextForm,
  TextRules,
} from './layouts/layout';

/** A file names few dates again and again; the limit keeps a file of nonsense from filling the memory. */
const REMEMBERED_DATES = 10_000;

/** Whether a text is a date that the calendar has, by one of its ways of writing. */
function dateTest(parse: (text: string) => BusinessDate): (text: string) => boolean {
  const known = new Set<string>();
  return (text) => {
    if (known.has(text)) return true;
    try {
      parse(text);
    } catch {
      return false;
    }
    if (known.size < REMEMBERED_DATES) known.add(text);
    return true;
  };
}

const isIsoDate = dateTest(parseBusinessDate);
const isCompactDate = dateTest(parseCompactDate);

/** Whether YYYY-MM-DD is a day of the calendar. */
export const isCalendarDate = (text: string): text is BusinessDate => isIsoDate(text);

const TIME = /^(?:[01]\d|2[0-3])[0-5]\d[0-5]\d$/;
const NUMBER = /^(-?)(?:0|[1-9]\d*)(?:\.(\d+))?$/;

/** What is wrong with a text that should have this form, or undefined. */
type FormCheck = (text: string) => BothLanguages | undefined;

function formCheck(form: TextForm): FormCheck {
  if (form.kind === 'time') return (text) => (TIME.test(text) ? undefined : expectedTime);
  if (form.kind === 'date') return dateCheck(form);
  return (text) => {
    const value = readNumber(text, form);
    return typeof value === 'bigint' ? undefined : value;
  };
}

function dateCheck({ written, from, to }: DateForm): FormCheck {
  const isDate = written === 'iso' ? isIsoDate : isCompactDate;
  const [first, last] = written === 'iso' ? [from, to] : [from.replaceAll('-', ''), to.replaceAll('-', '')];
  const name = written === 'iso' ? 'YYYY-MM-DD' : 'YYYYMMDD';
  const notADate = { zh: `应为有效日期 ${name}。`, en: `Expected a date ${name}.` };
  const outside = {
    zh: `日期应在 ${first} 至 ${last} 之间。`,
    en: `Expected a date from ${first} to ${last}.`,
  };
  return (text) => {
    if (!isDate(text)) return notADate;
    return text < first || text > last ? outside : undefined;
  };
}

/** Decimal text as an integer scaled by the form's decimals, or what is wrong with it. */
export function readNumber(text: string, form: NumberForm): bigint | BothLanguages {
  const [whole, sign, fraction = ''] = NUMBER.exec(text) ?? [];
  const isInForm =
    whole !== undefined &&
    (sign === '' || form.range.least < 0n) &&
    fraction.length >= form.fewestDecimals &&
    fraction.length <= form.decimals;
  if (!isInForm) return numberForm(form);
  const value = parseScaled(text, form.decimals);
  return isWithin(value, form.range) ? value : outsideRange(form.range, form.decimals);
}

/** Whether a number lies in the range of its field. */
export const isWithin = (value: bigint, { least, most }: NumberRange): boolean => value >= least && value <= most;

/** What the values of a number field are. */
export const outsideRange = ({ least, most }: NumberRange, decimals: number): BothLanguages => {
  const [from, to] = [scaledText(least, decimals), scaledText(most, decimals)];
  return { zh: `数值应在 ${from} 至 ${to} 之间。`, en: `Expected a number from ${from} to ${to}.` };
};

const numberForm = ({ decimals, fewestDecimals, range }: NumberForm): BothLanguages => {
  const digits = decimals === fewestDecimals ? `${decimals}` : `${fewestDecimals}-${decimals}`;
  const isSigned = range.least < 0n;
  return {
    zh: `应为${isSigned ? '' : '不带符号的'}数字，${digits} 位小数。`,
    en: `Expected a number${isSigned ? '' : ' without sign'} with ${digits} decimals.`,
  };
};

const expectedTime: BothLanguages = { zh: '应为有效时间 HHMMSS。', en: 'Expected a time HHMMSS.' };
export const requiredEmpty: BothLanguages = { zh: '必填字段为空。', en: 'A required field is empty.' };
export const controlCharacter: BothLanguages = { zh: '含有控制字符。', en: 'It has a control character.' };
export const unknownDeletionMark: BothLanguages = {
  zh: '记录标记应为空格或“*”。',
  en: 'The first byte of a record is a blank or "*".',
};
export const otherPart: BothLanguages = {
  zh: '与文件名的分段不符。',
  en: 'It differs from the part in the name of the file.',
};

/** What a number field expects. */
export const numberSentence = ({ length, decimals }: Pick<DbfField, 'length' | 'decimals'>): BothLanguages => ({
  zh: `应为 N(${length},${decimals})：右对齐，${decimals} 位小数。`,
  en: `Expected N(${length},${decimals}): right-aligned, with exactly ${decimals} decimals.`,
});

/** The values of the row so far, by field. A field that could not be read is undefined. */
export type RowValues = Readonly<Record<string, unknown>>;

function holds(condition: Condition, row: RowValues): boolean {
  for (const field in condition) {
    const value = row[field];
    if (typeof value !== 'string' || !condition[field]!.includes(value)) return false;
  }
  return true;
}

/** The rules of one text field, made ready once a file. */
export interface CompiledTextRules {
  readonly name: string;
  /** What is wrong with the text in this row, or undefined. */
  readonly fault: (text: string, row: RowValues) => BothLanguages | undefined;
}

/** Makes the rules of a field ready; undefined for a field that may hold anything. */
export function compileTextRules(
  field: TextRules & { readonly name: string; readonly required: Required },
): CompiledTextRules | undefined {
  const { name, required, requiredWhen = [], codes, codesWhen = [], form, formWhen = [] } = field;
  if (
    required === 'N' &&
    requiredWhen.length === 0 &&
    codes === undefined &&
    codesWhen.length === 0 &&
    form === undefined &&
    formWhen.length === 0
  ) {
    return undefined;
  }
  const setOf = (list: readonly string[]) => ({
    has: new Set(list),
    sentence: { zh: `应为 ${list.join('、')} 之一。`, en: `Expected one of ${list.join(', ')}.` },
  });
  const codeSet = codes === undefined ? undefined : setOf(codes);
  const formFault = form === undefined ? undefined : formCheck(form);
  const formFaultsWhen = formWhen.map(({ when, form: asked }) => ({ when, fault: formCheck(asked) }));
  const codeSetsWhen = codesWhen.map(({ when, codes: list }) => ({ when, set: setOf(list) }));

  // A text that passed passes again, unless it depends on the rest of the row.
  const isAlone = requiredWhen.length === 0 && codesWhen.length === 0 && formWhen.length === 0;
  let lastGood: string | undefined;

  const fault = (text: string, row: RowValues): BothLanguages | undefined => {
    if (text === lastGood) return undefined;
    const found = firstFault(text, row);
    if (isAlone && found === undefined) lastGood = text;
    return found;
  };
  const firstFault = (text: string, row: RowValues): BothLanguages | undefined => {
    if (text === '') {
      const isMissing = required === 'Y' || requiredWhen.some((condition) => holds(condition, row));
      return isMissing ? requiredEmpty : undefined;
    }
    const set =
      codeSetsWhen.length === 0 ? codeSet : (codeSetsWhen.find(({ when }) => holds(when, row))?.set ?? codeSet);
    if (set !== undefined && !set.has.has(text)) return set.sentence;
    const asked = formFaultsWhen.find(({ when }) => holds(when, row))?.fault ?? formFault;
    return asked?.(text);
  };
  return { name, fault };
}
