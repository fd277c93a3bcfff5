/** What a field should have been, in words: its type, or a shape with a value that has it. */
import type { BilingualText } from '../errors';

const TYPES_ZH: Readonly<Record<string, string>> = {
  string: '文本',
  number: '数字',
  int: '整数',
  integer: '整数',
  boolean: '是或否',
  object: '对象',
  array: '列表',
};

/** One or several types of JSON. */
export const expectedType = (...types: readonly string[]): BilingualText => ({
  zh: types.map((type) => TYPES_ZH[type] ?? type).join('或'),
  en: types.join(' or '),
});

/** Of a text that shows nothing: blanks are long enough for a schema, and say nothing. */
export const MORE_THAN_BLANKS: BilingualText = { zh: '不得只有空白', en: 'more than blanks' };

const DATE: BilingualText = { zh: '日期 YYYY-MM-DD，如 2025-06-23', en: 'a date YYYY-MM-DD, such as 2025-06-23' };
const INSTANT: BilingualText = {
  zh: '带时区的时刻，如 2025-06-23T09:30:00+08:00',
  en: 'an instant with its time zone, such as 2025-06-23T09:30:00+08:00',
};

/** Formats as the validators of routes and of forms name them. */
const FORMATS: Readonly<Record<string, BilingualText>> = {
  date: DATE,
  datetime: INSTANT,
  'date-time': INSTANT,
  base64: { zh: 'Base64 文本', en: 'Base64 text' },
};

/** Values of the fields that people fill in. A pattern that many of them have is said by none. */
const SAMPLES: readonly string[] = [
  '1234.56',
  '0.22',
  '0.00025',
  'T20250623-000001',
  'P20250623-000001',
  'K20250623-000001',
  'V20250630-000001',
  'C00000001',
  'A900000005',
  '2025-06',
  '22:00',
  'complaints:2025-06',
  '42',
  '2025',
  '00700',
  '600000',
  '0123456789',
  '0123456789abcdef'.repeat(4),
];

/** A format by its name, or a pattern with a value that has it, where one is known. */
export function expectedShape({
  format,
  pattern,
}: {
  readonly format?: string | undefined;
  readonly pattern?: string | undefined;
}): BilingualText {
  const named = format === undefined ? undefined : FORMATS[format];
  if (named !== undefined) return named;
  const shape = pattern ?? format ?? '';
  const fit = pattern === undefined ? [] : SAMPLES.filter((value) => hasShape(value, pattern));
  const [sample] = fit;
  if (sample === undefined || fit.length > 2) return { zh: `符合 ${shape}`, en: `text like ${shape}` };
  return { zh: `如 ${sample}，即符合 ${shape}`, en: `text such as ${sample}, like ${shape}` };
}

/** Patterns come as they are written (`^\d$`), or as a regular expression shows itself (`/^\d$/u`). */
function hasShape(value: string, pattern: string): boolean {
  const [, source = pattern] = /^\/(.*)\/[a-z]*$/s.exec(pattern) ?? [];
  try {
    return new RegExp(source, 'u').test(value);
  } catch {
    return false;
  }
}
