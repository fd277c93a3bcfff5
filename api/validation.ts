/** What came in, against its schemas: every fault is found before anything is refused. */
import { isErrorCode, textOf, type BilingualText, type ErrorCode } from '../domain/errors';
import { isBlank } from '../domain/texts/blank';
import { expectedShape, expectedType, MORE_THAN_BLANKS } from '../domain/texts/expected';
import { fault, type Fault } from './problems';
import type { z } from './zod';

type Issue = z.core.$ZodIssue;

/** Faults of a failed parse. `prefix` names the place of the whole, e.g. `form`. */
export function faultsOf(error: z.ZodError, input: unknown, prefix = ''): Fault[] {
  return error.issues.flatMap((issue) => faultsOfIssue(issue, input, prefix));
}

/** Deeper than any form of the document; what looks into it goes down step by step, and would not come back from a far deeper one. */
const DEEPEST = 32;

/** One fault where lists and objects stand in one another deeper than anybody reads. */
export function depthFaults(value: unknown): Fault[] {
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth <= DEEPEST; depth += 1) {
    level = level.flatMap((one): readonly unknown[] =>
      one !== null && typeof one === 'object' ? Object.values(one) : [],
    );
    if (level.length === 0) return [];
  }
  return [invalid('body', { zh: `嵌套不超过 ${DEEPEST} 层`, en: `nested at most ${DEEPEST} deep` })];
}

/**
 * Amounts that came as JSON numbers, wherever they stand: a number with a point is a binary float on the way, and an
 * amount must not pass through one. A field is an amount when its name ends so.
 */
export function amountFaults(value: unknown, path: readonly (string | number)[] = []): Fault[] {
  if (typeof value === 'number' && /amount$/i.test(String(path.at(-1) ?? ''))) {
    const field = path.join('.');
    return [fault('AMOUNT_NOT_TEXT', { field }, field)];
  }
  if (value === null || typeof value !== 'object') return [];
  return membersOf(value).flatMap(([name, member]) => amountFaults(member, [...path, name]));
}

/** Text that no database column holds: with a zero byte, or with half of a character. Names of fields are text too. */
export function textFaults(value: unknown, path: readonly (string | number)[] = []): Fault[] {
  const isFit = (text: string) => !/[\0\p{Surrogate}]/u.test(text);
  const unfit = () => [
    invalid(path.join('.') || 'body', {
      zh: '完整的 UTF-8 文本，不含零字节',
      en: 'whole UTF-8 text without zero bytes',
    }),
  ];
  if (typeof value === 'string') return isFit(value) ? [] : unfit();
  if (value === null || typeof value !== 'object') return [];
  if (!Array.isArray(value) && !Object.keys(value).every(isFit)) return unfit();
  return membersOf(value).flatMap(([name, member]) => textFaults(member, [...path, name]));
}

/** Texts that show nothing to whoever reads them. What may be left away is left away, or is the empty text. */
export function blankFaults(value: unknown, path: readonly (string | number)[] = []): Fault[] {
  if (typeof value === 'string')
    return value !== '' && isBlank(value) ? [invalid(path.join('.') || 'body', MORE_THAN_BLANKS)] : [];
  if (value === null || typeof value !== 'object') return [];
  return membersOf(value).flatMap(([name, member]) => blankFaults(member, [...path, name]));
}

const membersOf = (value: object): [string | number, unknown][] =>
  Array.isArray(value) ? [...value.entries()] : Object.entries(value);

/** Faults without repetition: the first one told of a field and code stays. */
export function withoutRepetition(faults: readonly Fault[]): Fault[] {
  const amounts = new Set(faults.filter(({ code }) => code === 'AMOUNT_NOT_TEXT').map(({ field }) => field));
  const seen = new Set<string>();
  return faults.filter(({ field, code }) => {
    // "Must be text" says it better than "expected text".
    if (code === 'INPUT_INVALID' && amounts.has(field)) return false;
    const key = `${field} ${code}`;
    return !seen.has(key) && Boolean(seen.add(key));
  });
}

function faultsOfIssue(issue: Issue, input: unknown, prefix: string): Fault[] {
  const path = issue.path.map(String);
  const field = [...(prefix === '' ? [] : [prefix]), ...path].join('.') || 'body';
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const unknown = [...(prefix === '' ? [] : [prefix]), ...path, key].join('.');
      return fault('FIELD_UNKNOWN', { field: unknown }, unknown);
    });
  }
  if (isErrorCode(issue.message)) {
    const value = printable(valueAt(input, issue.path));
    return [fault(issue.message, { field, value, channel: value }, field)];
  }
  return [invalid(field, expectation(issue))];
}

/** A field that is not what it should be. */
export function invalid(field: string, expected: BilingualText): Fault {
  const code: ErrorCode = 'INPUT_INVALID';
  const zh = textOf(code, { field, reason: expected.zh }).zh;
  const en = textOf(code, { field, reason: expected.en }).en;
  return { field, code, sentence: { zh, en } };
}

/** What was expected, in words. */
function expectation(issue: Issue): BilingualText {
  switch (issue.code) {
    case 'invalid_type':
      return expectedType(issue.expected);
    case 'invalid_value': {
      const values = issue.values.map(String).join(', ');
      return { zh: `${values} 之一`, en: `one of ${values}` };
    }
    case 'too_small':
      return {
        zh: `至少 ${issue.minimum}${lengthZh(issue.origin)}`,
        en: `at least ${issue.minimum}${lengthEn(issue.origin)}`,
      };
    case 'too_big':
      return {
        zh: `至多 ${issue.maximum}${lengthZh(issue.origin)}`,
        en: `at most ${issue.maximum}${lengthEn(issue.origin)}`,
      };
    case 'invalid_format':
      return expectedShape({ format: issue.format, pattern: issue.pattern });
    default:
      return { zh: '符合接口文档', en: 'what the API document says' };
  }
}

const lengthZh = (origin: string): string => (origin === 'string' ? ' 个字符' : origin === 'array' ? ' 项' : '');
const lengthEn = (origin: string): string => (origin === 'string' ? ' characters' : origin === 'array' ? ' items' : '');

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const step of path) {
    if (value === null || typeof value !== 'object') return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

/** Short text of what was given, for sentences that repeat it (dates and channels only). */
function printable(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 40) : typeof value;
}
