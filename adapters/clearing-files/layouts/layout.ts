/**
 * What a layout says about one kind of file: its name, its fields, its key and when it is expected.
 *
 * A layout is a value, not code. Another market, or a broker with the official specification, adds or edits a map
 * (shanghai.ts is the first); readers, writers and checks take whatever the map says.
 */

/** Any of the listed values in each of the named fields: `{ TZLB: ['H01'], QYLB: ['HL'] }` means both. */
export type Condition = Readonly<Record<string, readonly string[]>>;

/** `Y` always filled, `T` filled where one of `requiredWhen` holds, `N` may be empty. */
export type Required = 'Y' | 'T' | 'N';

/**
 * The values that a number may have, both ends included, in units of its scale: `{ least: 1n, most: 9_999_999n }` of a
 * ratio with 5 decimals is 0.00001 to 99.99999. What is accepted must be able to be multiplied, summed and kept by everything
 * behind it, so every number of every layout has a range; a file with a number outside it is refused at that place.
 */
export interface NumberRange {
  readonly least: bigint;
  readonly most: bigint;
}

/** A date written YYYYMMDD (`compact`) or YYYY-MM-DD (`iso`), both ends of the range included. */
export interface DateForm {
  readonly kind: 'date';
  readonly written: 'compact' | 'iso';
  readonly from: string;
  readonly to: string;
}

/** Plain decimal text: no blanks, no plus sign, no exponent, no leading zeros. */
export interface NumberForm {
  readonly kind: 'number';
  /** Most digits behind the point, and the scale of the range. */
  readonly decimals: number;
  readonly fewestDecimals: number;
  readonly range: NumberRange;
}

/** The form of a text field that is more than text; a time is HHMMSS. */
export type TextForm = { readonly kind: 'time' } | DateForm | NumberForm;

/** Rules for the text of a field. The first entry of `codesWhen` or `formWhen` that holds comes before `codes` or `form`. */
export interface TextRules {
  readonly requiredWhen?: readonly Condition[];
  readonly codes?: readonly string[];
  readonly codesWhen?: readonly { readonly when: Condition; readonly codes: readonly string[] }[];
  readonly form?: TextForm;
  readonly formWhen?: readonly { readonly when: Condition; readonly form: TextForm }[];
}

/** One dBase field. `length` and `decimals` as in the file's header; an `N` field is never empty. */
export interface DbfField<Name extends string = string, Type extends 'C' | 'N' = 'C' | 'N'> extends TextRules {
  readonly name: Name;
  readonly type: Type;
  readonly length: number;
  readonly decimals: number;
  readonly required: Required;
  /** Of a number: the values it may have. */
  readonly range?: NumberRange;
}

/** One column of a text file. A `number` is read as an integer scaled by 10^decimals. */
export interface TextColumn<
  Name extends string = string,
  Type extends 'text' | 'number' = 'text' | 'number',
  Need extends 'Y' | 'N' = 'Y' | 'N',
> extends TextRules {
  readonly name: Name;
  readonly type: Type;
  readonly required: Need;
  /** Most decimals a number may have, and the scale it is read at. */
  readonly decimals: number;
  /** Fewest decimals a number may have: money has exactly 2, a price as many as it needs. */
  readonly fewestDecimals: number;
  /** Of a number: the values it may have; one that may be below zero may have a sign. */
  readonly range?: NumberRange;
  /** Of a text: most characters. dBase fields are bounded by their width, lines of text are not. */
  readonly mostCharacters?: number;
}

/**
 * One expected arrival on a trading day, as wall-clock times in Asia/Shanghai. `awaitedBy` is the moment from which
 * the file counts as missing (alarm) and after which it counts as late.
 */
export interface Arrival {
  readonly part?: string;
  readonly expectedFrom: string;
  readonly awaitedBy: string;
}

interface CommonLayout<Kind extends string> {
  readonly kind: Kind;
  /** Who writes the file. */
  readonly source: 'clearing house' | 'exchange' | 'broker';
  /**
   * The name: `{date}` YYYYMMDD, `{monthDay}` MMDD, `{part}` one of `parts`, `{digits:3}` three digits, `{version}`
   * nothing or `_v2`, `_v3` ... Everything else literally, without regard to case.
   */
  readonly namePattern: string;
  readonly parts?: readonly string[];
  readonly encoding: 'GBK';
  /** Fields that no two live rows share together; empty where rows have no key. */
  readonly keyFields: readonly string[];
  /** The field that repeats the date of the file's name (or of the day's folder). */
  readonly dateField?: string;
  /** The field that repeats the part of the file's name. */
  readonly partField?: string;
  /** A row that no file is without: values of fields, and a date that is the day's. */
  readonly requiredRow?: { readonly values: Readonly<Record<string, string>>; readonly dateField: string };
  /** Columns that are empty in the first line, because it opens the file and moves nothing. */
  readonly emptyInFirstLine?: readonly string[];
  /** The checks of single rows that apply, where there are any. */
  readonly rowChecks?: 'settlement details' | 'securities balances';
  readonly arrivals: readonly Arrival[];
}

/** A dBase III file. */
export interface DbfLayout<
  Kind extends string = string,
  Fields extends readonly DbfField[] = readonly DbfField[],
> extends CommonLayout<Kind> {
  readonly format: 'dbf';
  readonly fields: Fields;
}

/** A text file: `csv` with a header line and quotes, `bars` with `|` between fields and neither. Lines end with CRLF. */
export interface TextLayout<
  Kind extends string = string,
  Columns extends readonly TextColumn[] = readonly TextColumn[],
> extends CommonLayout<Kind> {
  readonly format: 'csv' | 'bars';
  readonly columns: Columns;
}

export type Layout = DbfLayout | TextLayout;

/** The map of one channel: every kind of file, in a version that a file's lineage can name. */
export interface ChannelLayouts {
  readonly channel: string;
  readonly version: string;
  readonly layouts: readonly Layout[];
}

/**
 * A row as it is read: `row` is the physical record number from 1 (text files: the line of data from 1); numbers are
 * bigint scaled by their decimals, an empty number of a text file is null, texts are without trailing blanks.
 */
export type RowOf<L extends Layout> =
  L extends DbfLayout<string, infer Fields>
    ? { readonly row: number } & { readonly [F in Fields[number] as F['name']]: FieldValue<F['type']> }
    : L extends TextLayout<string, infer Columns>
      ? { readonly row: number } & { readonly [C in Columns[number] as C['name']]: CellValue<C['type'], C['required']> }
      : never;

type FieldValue<Type> = Type extends 'N' ? bigint : string;
type CellValue<Type, Need> = Type extends 'number' ? (Need extends 'Y' ? bigint : bigint | null) : string;

/** A character field. */
export function c<const Name extends string>(
  name: Name,
  length: number,
  required: Required,
  rules: TextRules = {},
): DbfField<Name, 'C'> {
  return { name, type: 'C', length, decimals: 0, required, ...rules };
}

/** A number field. */
export function n<const Name extends string>(
  name: Name,
  length: number,
  decimals: number,
  range: NumberRange,
): DbfField<Name, 'N'> {
  return { name, type: 'N', length, decimals, required: 'Y', range };
}

/** A text column. */
export function text<const Name extends string, const Need extends 'Y' | 'N'>(
  name: Name,
  required: Need,
  mostCharacters: number,
  rules: TextRules = {},
): TextColumn<Name, 'text', Need> {
  return { name, type: 'text', required, decimals: 0, fewestDecimals: 0, mostCharacters, ...rules };
}

/** A number column. */
export function number<const Name extends string, const Need extends 'Y' | 'N'>(
  name: Name,
  required: Need,
  shape: { readonly decimals: number; readonly fewestDecimals?: number; readonly range: NumberRange },
): TextColumn<Name, 'number', Need> {
  const { decimals, fewestDecimals = decimals, range } = shape;
  return { name, type: 'number', required, decimals, fewestDecimals, range };
}

/** A dBase layout that keeps the names of its fields for the type of its rows. */
export function dbfLayout<const Kind extends string, const Fields extends readonly DbfField[]>(
  layout: Omit<DbfLayout<Kind, Fields>, 'format' | 'encoding'>,
): DbfLayout<Kind, Fields> {
  return { format: 'dbf', encoding: 'GBK', ...layout };
}

/** A text layout that keeps the names of its columns for the type of its rows. */
export function textLayout<const Kind extends string, const Columns extends readonly TextColumn[]>(
  layout: Omit<TextLayout<Kind, Columns>, 'encoding'>,
): TextLayout<Kind, Columns> {
  return { encoding: 'GBK', ...layout };
}
