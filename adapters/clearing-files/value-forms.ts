/** Whether a text has the form that its field asks for, and what to tell a person when it has not. */
import { parseBusinessDate, parseCompactDate, type BusinessDate } from '../../domain/calendar/business-date';
import type { BothLanguages } from '../../domain/clearing-files/finding';
import type { Condition, DbfField, Required, TextForm, TextRules } from './layouts/layout';

/** A file names few dates again and again; the limit keeps a file of nonsense from filling the memory. */
const REMEMBERED_DATES = 10_000;
const knownDates = new Set<string>();

function isDateBy(parse: (text: string) => BusinessDate, text: string): boolean {
  if (knownDates.has(text)) return true;
  try {
    parse(text);
  } catch {
    return false;
  }
  if (knownDates.size < REMEMBERED_DATES) knownDates.add(text);
  return true;
}

/** Whether YYYY-MM-DD is a day of the calendar. */
export function isCalendarDate(text: string): text is BusinessDate {
  return isDateBy(parseBusinessDate, text);
}

const TIME = /^(?:[01]\d|2[0-3])[0-5]\d[0-5]\d$/;
const RATIO = /^\d{1,6}\.\d{5}$/;
const UNSIGNED_NUMBER = /^\d+(?:\.\d+)?$/;
const SIGNED_NUMBER = /^-?\d+(?:\.\d+)?$/;

const formChecks: Readonly<Record<TextForm, (text: string) => boolean>> = {
  date: (text) => isDateBy(parseCompactDate, text),
  isoDate: isCalendarDate,
  time: (text) => TIME.test(text),
  ratio: (text) => RATIO.test(text),
  unsignedNumber: (text) => UNSIGNED_NUMBER.test(text),
  signedNumber: (text) => SIGNED_NUMBER.test(text),
};

const formSentences: Readonly<Record<TextForm, BothLanguages>> = {
  date: { zh: '应为有效日期 YYYYMMDD。', en: 'Expected a date YYYYMMDD.' },
  isoDate: { zh: '应为有效日期 YYYY-MM-DD。', en: 'Expected a date YYYY-MM-DD.' },
  time: { zh: '应为有效时间 HHMMSS。', en: 'Expected a time HHMMSS.' },
  ratio: { zh: '应为五位小数的汇率。', en: 'Expected a ratio with 5 decimals.' },
  unsignedNumber: { zh: '应为不带符号的数字。', en: 'Expected a number without sign.' },
  signedNumber: { zh: '应为数字。', en: 'Expected a number.' },
};

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
    const asked = formWhen.length === 0 ? form : (formWhen.find(({ when }) => holds(when, row))?.form ?? form);
    return asked === undefined || formChecks[asked](text) ? undefined : formSentences[asked];
  };
  return { name, fault };
}
