/**
 * Whether the number of an identity document can be right: length, characters, region, birthday, check character.
 *
 * Source    STD step 7. Forms by public standards: GB 11643 (citizens and residence permits), GB 32100 (institutions),
 *           because no page of ours gives them.
 * Order     A number that has not the form of its document is judged no further; otherwise region, birthday and check
 *           character are judged together.
 * Regions   The two digits of a mainland province. 71, 81 and 82 are no regions of an identity card: whoever lives there
 *           holds a residence permit (810000, 820000, 830000) or a travel permit.
 */
import { parseCompactDate, type BusinessDate } from '../calendar/business-date';
import { BusinessError, type ErrorCode } from '../errors';
import type { IdentityRefusal } from './identity-refusals';

export type IdentityFault = Extract<ErrorCode, IdentityRefusal>;

export interface IdentityNumber {
  readonly documentType: string;
  readonly number: string;
  /** As the person wrote it, YYYY-MM-DD, a day that may not exist; compared with the one in the number. */
  readonly birthdayGiven: string | null;
  readonly checkedOn: BusinessDate;
}

const MAINLAND_PROVINCES = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65'.split(' '),
);
const PERMIT_REGIONS = new Set(['810000', '820000', '830000']);

/** GB 11643: 17 digits weighted with 2^17 .. 2^1 modulo 11; the remainder chooses the last character. */
const CITIZEN_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CITIZEN_CHECKS = '10X98765432';
/** GB 32100: the characters in the order of their values, 17 of them weighted with 3^0 .. 3^16 modulo 31. */
const INSTITUTION_CHARACTERS = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const INSTITUTION_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/** Nobody who was born before lives: the year is a slip of the hand (ours). */
const EARLIEST_BIRTHDAY = '1900-01-01';

type Judge = (identity: IdentityNumber) => IdentityFault[];

const ofForm =
  (form: RegExp): Judge =>
  ({ number }) =>
    form.test(number) ? [] : ['FORMAT_INVALID'];

const JUDGES: ReadonlyMap<string, Judge> = new Map<string, Judge>([
  ['RESIDENT_ID', (identity) => citizenFaults(identity, (number) => MAINLAND_PROVINCES.has(number.slice(0, 2)))],
  ['HMT_RESIDENCE_PERMIT', (identity) => citizenFaults(identity, (number) => PERMIT_REGIONS.has(number.slice(0, 6)))],
  ['HK_MACAO_PERMIT', ofForm(/^[HM]\d{8}$/)],
  ['TAIWAN_PERMIT', ofForm(/^\d{8}$/)],
  ['PASSPORT', ofForm(/^[A-Z0-9]{5,17}$/)],
  ['UNIFIED_CREDIT_CODE', institutionFaults],
]);

/** The types of document that are taken. */
export const DOCUMENT_TYPES: readonly string[] = [...JUDGES.keys()];

/** Every reason why the number cannot be right, in the order of the list; none: it can. */
export const identityFaults = (identity: IdentityNumber): readonly IdentityFault[] =>
  JUDGES.get(identity.documentType)?.(identity) ?? ['DOCUMENT_TYPE_UNKNOWN'];

/** An `x` is taken as `X`. */
function citizenFaults(identity: IdentityNumber, isRegion: (number: string) => boolean): IdentityFault[] {
  const number = identity.number.toUpperCase();
  if (number.length !== 18) return ['LENGTH_INVALID'];
  if (!/^\d{17}[\dX]$/.test(number)) return ['CHARACTER_INVALID'];
  const faults: (IdentityFault | false)[] = [
    !isRegion(number) && 'REGION_UNKNOWN',
    birthdayFault(number.slice(6, 14), identity),
    citizenCheckCharacter(number) !== number[17] && 'CHECK_DIGIT_WRONG',
  ];
  return faults.filter((fault) => fault !== false);
}

function birthdayFault(digits: string, { birthdayGiven, checkedOn }: IdentityNumber): IdentityFault | false {
  let birthday: BusinessDate;
  try {
    birthday = parseCompactDate(digits);
  } catch (error) {
    if (error instanceof BusinessError) return 'BIRTHDAY_INVALID';
    throw error;
  }
  if (birthday < EARLIEST_BIRTHDAY) return 'BIRTHDAY_INVALID';
  if (birthday > checkedOn) return 'BIRTHDAY_IN_FUTURE';
  return birthdayGiven !== null && birthdayGiven !== birthday && 'BIRTHDAY_MISMATCH';
}

function institutionFaults({ number }: IdentityNumber): IdentityFault[] {
  if (number.length !== 18) return ['LENGTH_INVALID'];
  if ([...number].some((character) => !INSTITUTION_CHARACTERS.includes(character))) return ['CHARACTER_INVALID'];
  return institutionCheckCharacter(number) === number[17] ? [] : ['CHECK_DIGIT_WRONG'];
}

/** The eighteenth character that the first seventeen of a citizen's number ask for (GB 11643). */
export const citizenCheckCharacter = (number: string): string =>
  CITIZEN_CHECKS.charAt(weightedSum(number, CITIZEN_WEIGHTS, '0123456789') % 11);

/** The eighteenth character that the first seventeen of a unified social credit code ask for (GB 32100). */
export const institutionCheckCharacter = (number: string): string =>
  INSTITUTION_CHARACTERS.charAt((31 - (weightedSum(number, INSTITUTION_WEIGHTS, INSTITUTION_CHARACTERS) % 31)) % 31);

/** The sum of the values of the first characters, each with its weight; a value is the place among `characters`. */
const weightedSum = (number: string, weights: readonly number[], characters: string): number =>
  weights.reduce((sum, weight, place) => sum + weight * characters.indexOf(number[place] ?? ''), 0);
