/**
 * A list of restricted persons as its rows say it: who stands on it, and every reason why the list is not taken.
 *
 * Source    A2 §7(7), §8(4). The columns are ours: whoever keeps the list sends more, of which nothing but these is needed.
 * Identity  Type and number of the document; letters are taken as capitals, as the register of clients keeps them.
 * Faults    All of them, each with its row; none repeats what stands in the row, because it is personal.
 */
import { identityFaults } from '../accounts/identity-numbers';
import { parseBusinessDate, type BusinessDate } from '../calendar/business-date';
import { BusinessError } from '../errors';

export const LIST_COLUMNS = ['document_type', 'document_no', 'cause', 'listed_on'] as const;

/** Cells of a row, and its number in the file. */
export interface ListRow {
  readonly row: number;
  readonly cells: readonly string[];
}

export interface RestrictedPerson {
  readonly row: number;
  readonly documentType: string;
  readonly documentNo: string;
  readonly cause: string;
  readonly listedOn: BusinessDate;
}

const CAUSE_CHARACTERS = 200;

/** @param today no person is listed on a later day */
export function restrictedPersons(
  [header, ...rows]: readonly ListRow[],
  today: BusinessDate,
): { readonly persons: readonly RestrictedPerson[]; readonly faults: readonly BusinessError[] } {
  const columns = LIST_COLUMNS.join(',');
  // What stands in which column is not known: nothing more can be said of the rows.
  if (header?.cells.join(',') !== columns)
    return { persons: [], faults: [new BusinessError('LIST_HEADER_WRONG', { columns, field: 'content.rows[1]' })] };
  const firstRows = new Map<string, number>();
  const persons: RestrictedPerson[] = [];
  const faults: BusinessError[] = [];
  for (const row of rows) {
    const person = personOf(row);
    faults.push(...(person === undefined ? [invalid(row.row, '', columns)] : personFaults(person, today, firstRows)));
    if (person !== undefined) persons.push(person);
  }
  return { persons, faults };
}

function personOf({ row, cells }: ListRow): RestrictedPerson | undefined {
  const [documentType, documentNo, cause, listedOn] = cells;
  if (documentType === undefined || documentNo === undefined || cause === undefined || listedOn === undefined)
    return undefined;
  if (cells.length > LIST_COLUMNS.length) return undefined;
  return { row, documentType, documentNo: documentNo.toUpperCase(), cause, listedOn: listedOn as BusinessDate };
}

function personFaults(
  { row, documentType, documentNo, cause, listedOn }: RestrictedPerson,
  today: BusinessDate,
  firstRows: Map<string, number>,
): readonly BusinessError[] {
  const number = { documentType, number: documentNo, birthdayGiven: null, checkedOn: today };
  const key = `${documentType} ${documentNo}`;
  const first = firstRows.get(key);
  firstRows.set(key, first ?? row);
  const faults: (BusinessError | false)[] = [
    ...identityFaults(number).map((code) => {
      const column = code === 'DOCUMENT_TYPE_UNKNOWN' ? 'document_type' : 'document_no';
      return new BusinessError(code, { field: fieldOf(row, column) });
    }),
    first !== undefined && new BusinessError('PERSON_LISTED_TWICE', { first, field: fieldOf(row, 'document_no') }),
    (cause === '' || cause.length > CAUSE_CHARACTERS) && invalid(row, 'cause', `1-${CAUSE_CHARACTERS} characters`),
    !isDayUpTo(listedOn, today) && invalid(row, 'listed_on', `YYYY-MM-DD <= ${today}`),
  ];
  return faults.filter((fault) => fault !== false);
}

const fieldOf = (row: number, column: string) => `content.rows[${row}]${column === '' ? '' : `.${column}`}`;

const invalid = (row: number, column: string, reason: string) =>
  new BusinessError('INPUT_INVALID', { field: fieldOf(row, column), reason });

function isDayUpTo(text: string, today: BusinessDate): boolean {
  try {
    return parseBusinessDate(text) <= today;
  } catch (error) {
    if (error instanceof BusinessError) return false;
    throw error;
  }
}
