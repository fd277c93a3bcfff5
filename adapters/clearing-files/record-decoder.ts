/**
 * One dBase record as a row.
 *
 * This runs a million times an evening: offsets, rules and decoders are made ready once a file, ASCII text costs no
 * table, and a number becomes a bigint without a text in between.
 */
import { finding, type BothLanguages, type Finding } from '../../domain/clearing-files/finding';
import type { DbfStructure } from './dbf-structure';
import { decodeGbk, markedGbk, shownMarks } from './gbk';
import type { DbfField, DbfLayout } from './layouts/layout';
import {
  compileTextRules,
  controlCharacter,
  isWithin,
  numberSentence,
  otherPart,
  outsideRange,
  unknownDeletionMark,
} from './value-forms';

const BLANK = 0x20;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const FIRST_NOT_ASCII = 0x7f;
/** Every number of so many digits is exact as a double. */
const EXACT_DIGITS = 15;

type Row = Record<string, string | bigint | number | undefined>;

/**
 * Reads the record that begins at `offset` of `bytes`; undefined where something in it is wrong, which is reported.
 * `isNewBuffer` says that the bytes of earlier records are no longer there.
 */
export type RecordDecoder = (bytes: Buffer, offset: number, row: number, isNewBuffer: boolean) => Row | undefined;

/** A field made ready, with the text it had last and where that stands in the buffer. */
interface ReadyField extends DbfField {
  readonly isNumber: boolean;
  readonly start: number;
  readonly end: number;
  lastText: string | undefined;
  lastAt: number;
}

/** Makes the decoder of one file. It remembers the texts of the record before. */
export function recordDecoder(
  layout: DbfLayout,
  structure: DbfStructure,
  part: string | undefined,
  report: (found: Finding) => void,
): RecordDecoder {
  const fields = layout.fields.map((field): ReadyField => {
    const start = structure.offsets.get(field.name)!;
    return { ...field, isNumber: field.type === 'N', start, end: start + field.length, lastText: undefined, lastAt: 0 };
  });
  const rules = layout.fields.filter(({ type }) => type === 'C').flatMap((field) => compileTextRules(field) ?? []);
  const { partField } = layout;
  const template = rowTemplate(layout);
  let faults = 0;
  const refuse = (found: Finding) => {
    faults++;
    report(found);
  };

  return (bytes, offset, rowNumber, isNewBuffer) => {
    const row: Row = { ...template };
    row['row'] = rowNumber;
    faults = 0;
    for (let index = 0; index < fields.length; index++) {
      const field = fields[index]!;
      const start = offset + field.start;
      const end = offset + field.end;
      if (field.isNumber) {
        const value = scaledNumber(bytes, start, end, field.decimals);
        if (value === undefined) refuse(badNumber(bytes, start, end, field, rowNumber, numberSentence(field)));
        else if (field.range !== undefined && !isWithin(value, field.range)) {
          const sentence = outsideRange(field.range, field.decimals);
          refuse(badNumber(bytes, start, end, field, rowNumber, sentence));
        } else row[field.name] = value;
        continue;
      }
      // Most texts of a file repeat from row to row: the same bytes are the same text, already decoded.
      if (isNewBuffer || field.lastText === undefined || !areSame(bytes, field.lastAt, start, field.length)) {
        field.lastText = textValue(bytes, start, end);
      }
      field.lastAt = start;
      if (field.lastText === undefined) refuse(badText(bytes, start, end, field, rowNumber));
      else row[field.name] = field.lastText;
    }
    for (let index = 0; index < rules.length; index++) {
      const rule = rules[index]!;
      const text = row[rule.name];
      if (typeof text !== 'string') continue;
      const fault = rule.fault(text, row);
      if (fault !== undefined) refuse(finding('BAD_VALUE', { row: rowNumber, field: rule.name, value: text }, fault));
    }
    if (part !== undefined && partField !== undefined && faults === 0 && row[partField] !== part) {
      refuse(finding('BAD_VALUE', { row: rowNumber, field: partField, value: String(row[partField]) }, otherPart));
    }
    return faults === 0 ? row : undefined;
  };
}

function areSame(bytes: Buffer, at: number, other: number, length: number): boolean {
  for (let index = 0; index < length; index++) if (bytes[at + index] !== bytes[other + index]) return false;
  return true;
}

/** A finding for a record whose first byte is neither blank nor `*`. */
export function badDeletionMark(byte: number, row: number): Finding {
  const value = shownMarks(markedGbk(Buffer.from([byte]), 0, 1).text);
  return finding('BAD_VALUE', { row, value }, unknownDeletionMark);
}

/**
 * An empty row with every property in place. Copying it is several times cheaper than adding thirty properties one by
 * one; parsed from text because an object built by computed names would be a slow dictionary.
 */
function rowTemplate(layout: DbfLayout): Row {
  const names = ['row', ...layout.fields.map(({ name }) => name)];
  return JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}:null`).join(',')}}`) as Row;
}

/**
 * A number in the `N` form, scaled by its decimals: blanks, an optional `-`, at least one digit, the point and exactly
 * the stated decimals up to the field's end. Undefined for anything else.
 */
function scaledNumber(bytes: Buffer, start: number, end: number, decimals: number): bigint | undefined {
  let at = start;
  while (at < end && bytes[at] === BLANK) at++;
  const isNegative = bytes[at] === MINUS && at < end;
  if (isNegative) at++;
  const first = at;
  const pointAt = decimals === 0 ? end : end - decimals - 1;
  if (first >= pointAt) return undefined;
  let value = 0;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    if (at === pointAt) {
      if (byte !== POINT) return undefined;
    } else if (byte < ZERO || byte > NINE) return undefined;
    else value = value * 10 + (byte - ZERO);
  }
  if (end - first > EXACT_DIGITS) {
    const digits =
      bytes.toString('latin1', first, pointAt) + (decimals === 0 ? '' : bytes.toString('latin1', pointAt + 1, end));
    const exact = BigInt(digits);
    return isNegative ? -exact : exact;
  }
  return BigInt(isNegative ? -value : value);
}

/** A text without its trailing blanks; undefined where it is not GBK or has a control character. */
function textValue(bytes: Buffer, start: number, fieldEnd: number): string | undefined {
  let end = fieldEnd;
  while (end > start && bytes[end - 1] === BLANK) end--;
  let highest = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte < BLANK || byte === FIRST_NOT_ASCII) return undefined;
    if (byte > highest) highest = byte;
  }
  return highest < FIRST_NOT_ASCII ? bytes.toString('latin1', start, end) : decodeGbk(bytes, start, end);
}

function badNumber(
  bytes: Buffer,
  start: number,
  end: number,
  field: DbfField,
  row: number,
  sentence: BothLanguages,
): Finding {
  const value = shownMarks(markedGbk(bytes, start, end).text).trim();
  return finding('BAD_VALUE', { row, field: field.name, value }, sentence);
}

/** Why a text could not be read; the field then has no value. */
function badText(bytes: Buffer, start: number, end: number, field: DbfField, row: number): Finding {
  const value = shownMarks(markedGbk(bytes, start, end).text).trimEnd();
  const isGbk = decodeGbk(bytes, start, end) !== undefined;
  const place = { row, field: field.name, value };
  return isGbk ? finding('BAD_VALUE', place, controlCharacter) : finding('BAD_ENCODING', place);
}
