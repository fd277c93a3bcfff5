/**
 * Whether two people who complained are one: by what they are known by, and never by what stands where nothing is known. Strangers who are
 * taken for one lose an answer of their own; one who is taken for two gets two.
 */

/** Who complains, as it was taken down. */
export interface Complainant {
  readonly clientNo: string | null;
  readonly contact: string | null;
  readonly name: string | null;
}

/** The number of the client; who is no client by the contact, by the name where either has none that can be compared. */
export function isSameComplainant(one: Complainant, other: Complainant): boolean {
  if (one.clientNo !== null && other.clientNo !== null) return one.clientNo === other.clientNo;
  const [contact, otherContact] = [comparableContact(one.contact), comparableContact(other.contact)];
  if (contact !== undefined && otherContact !== undefined) return contact === otherContact;
  const name = comparableName(one.name);
  return name !== undefined && name === comparableName(other.name);
}

/** Whether both are one telephone number or one address. */
export function isSameContact(one: string | null, other: string | null): boolean {
  const contact = comparableContact(one);
  return contact !== undefined && contact === comparableContact(other);
}

const ADDRESS = /[^\s@]@[^\s@]/;
/** As few digits as a landline has without its area code; what is typed between them counts for nothing. */
const NUMBER = /\d{7}/;
const BETWEEN_DIGITS = /[\s()./+-]/g;
/** Typed where a number was asked for and there was none. */
const NO_NUMBER = /^\D*(?:(\d)\1*|0?1234567\d*)\D*$/;

/**
 * A contact as it is compared: without blanks around it, in small letters. Undefined where it reaches nobody: without a mail address and
 * without a run of digits that could be a number ("-", "无", "n/a", "0", "来信地址").
 */
export function comparableContact(contact: string | null): string | undefined {
  const written = contact?.trim().toLowerCase() ?? '';
  const digits = written.normalize('NFKC').replace(BETWEEN_DIGITS, '');
  const isNumber = NUMBER.test(digits) && !NO_NUMBER.test(digits);
  return isNumber || ADDRESS.test(written) ? written : undefined;
}

/** Words in place of a name, alone or before what whoever complains is: a client, a caller. */
const NAMELESS = /^(?:匿名|无名|未知|不详|某某|anonymous|unknown)|^(?:无|没有|客户|投诉人|先生|女士|none|n\/?a)$/i;

function comparableName(name: string | null): string | undefined {
  const written = name?.trim() ?? '';
  const letters = written.match(/\p{L}/gu)?.length ?? 0;
  return letters < 2 || NAMELESS.test(written) ? undefined : written;
}
