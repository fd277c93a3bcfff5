import fc from 'fast-check';
import { DOCUMENT_TYPES, identityFaults } from '../../../domain/accounts/identity-numbers';
import { identityRefusals } from '../../../domain/accounts/identity-refusals';
import { addDays, compactDate, parseBusinessDate as d } from '../../../domain/calendar/business-date';
import { byPlace } from '../../../domain/errors';

// The published case table runs in verify-cases.test.ts; here stands what it leaves open.
const checkedOn = d('2026-06-15');
const faults = (documentType: string, number: string, birthdayGiven: string | null = null) =>
  identityFaults({ documentType, number, birthdayGiven, checkedOn });

it('knows the types of document that the table uses', () => {
  expect(DOCUMENT_TYPES).toEqual([
    'RESIDENT_ID',
    'HMT_RESIDENCE_PERMIT',
    'HK_MACAO_PERMIT',
    'TAIWAN_PERMIT',
    'PASSPORT',
    'UNIFIED_CREDIT_CODE',
  ]);
});

it.each([
  ['HK_MACAO_PERMIT', 'M01234567', [], 'of Macao'],
  ['HK_MACAO_PERMIT', 'h01234567', ['FORMAT_INVALID'], 'a small letter'],
  ['HK_MACAO_PERMIT', 'H0123456', ['FORMAT_INVALID'], 'seven digits'],
  ['HK_MACAO_PERMIT', 'H012345678', ['FORMAT_INVALID'], 'nine digits'],
  ['TAIWAN_PERMIT', '0123456', ['FORMAT_INVALID'], 'seven digits'],
  ['TAIWAN_PERMIT', '012345678', ['FORMAT_INVALID'], 'nine digits'],
  ['TAIWAN_PERMIT', '0123456\n', ['FORMAT_INVALID'], 'a line end is no digit'],
  ['PASSPORT', 'E123', ['FORMAT_INVALID'], 'four characters'],
  ['PASSPORT', 'E1234', [], 'five'],
  ['PASSPORT', 'E1234567890123456', [], 'seventeen'],
  ['PASSPORT', 'E12345678901234567', ['FORMAT_INVALID'], 'eighteen'],
  ['UNIFIED_CREDIT_CODE', '91310000MA1FL0000', ['LENGTH_INVALID'], 'no check character'],
  ['UNIFIED_CREDIT_CODE', '91310000MA1FL0000M', ['CHECK_DIGIT_WRONG'], 'another check character'],
  ['UNIFIED_CREDIT_CODE', '91310000ma1fl0000n', ['CHARACTER_INVALID'], 'small letters'],
  ['RESIDENT_ID', '', ['LENGTH_INVALID'], 'nothing'],
  ['RESIDENT_ID', '31000019850312991', ['LENGTH_INVALID'], '17 digits'],
  ['RESIDENT_ID', ' 10000198503129914', ['CHARACTER_INVALID'], 'a blank'],
  ['RESIDENT_ID', '٣10000198503129914', ['CHARACTER_INVALID'], 'a digit of another script'],
  ['RESIDENT_ID', '310000000003129914', ['BIRTHDAY_INVALID', 'CHECK_DIGIT_WRONG'], 'nobody is born in the year 0'],
  ['RESIDENT_ID', '310000189912319917', ['BIRTHDAY_INVALID'], 'nor on the last day of 1899'],
  ['RESIDENT_ID', '310000190001019911', [], 'but perhaps on the next'],
  ['toString', '310000198503129914', ['DOCUMENT_TYPE_UNKNOWN'], 'a word that every object knows'],
])('%s "%s": %j (%s)', (documentType, number, expected, _why) => {
  expect(faults(documentType, number)).toEqual(expected);
});

it('computes the check character of a citizen as the standard shows it', () => {
  // GB 11643: sum of weight x digit of 110000 19810907 900, modulo 11, chooses from 1 0 X 9 8 7 6 5 4 3 2.
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const digits = [1, 1, 0, 0, 0, 0, 1, 9, 8, 1, 0, 9, 0, 7, 9, 0, 0];
  const sum = weights.reduce((total, weight, i) => total + weight * (digits[i] ?? 0), 0);
  expect([sum, sum % 11]).toEqual([266, 2]);
  expect(faults('RESIDENT_ID', '11000019810907900X')).toEqual([]);
});

describe('laws', () => {
  /** A number that can be right, its check character found by trying all. */
  const citizen = fc
    .tuple(
      fc.constantFrom('11', '31', '44', '65').map((province) => `${province}0000`),
      fc.integer({ min: 0, max: 30_000 }).map((days) => compactDate(addDays(d('1930-01-01'), days))),
      fc.integer({ min: 0, max: 999 }).map((order) => `${order}`.padStart(3, '0')),
    )
    .map((parts) => {
      const rights = [...'0123456789X'].filter(
        (check) => faults('RESIDENT_ID', `${parts.join('')}${check}`).length === 0,
      );
      return { body: parts.join(''), rights };
    });

  it('exactly one check character fits', () => {
    fc.assert(
      fc.property(citizen, ({ rights }) => {
        expect(rights).toHaveLength(1);
      }),
    );
  });

  it('any single digit that is changed is found by the check character', () => {
    fc.assert(
      fc.property(
        citizen,
        fc.integer({ min: 0, max: 16 }),
        fc.integer({ min: 1, max: 9 }),
        ({ body, rights }, at, add) => {
          const digit = (Number.parseInt(body[at] ?? '', 10) + add) % 10;
          const changed = `${body.slice(0, at)}${digit}${body.slice(at + 1)}${rights[0] ?? ''}`;
          expect(faults('RESIDENT_ID', changed)).toContain('CHECK_DIGIT_WRONG');
        },
      ),
    );
  });

  it('tells faults of whatever text in the order of the list, and never throws', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(...'0123456789X'), minLength: 18, maxLength: 18 }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...DOCUMENT_TYPES, 'LIBRARY_CARD'),
        text,
        fc.option(fc.string()),
        (type, number, given) => {
          const found = faults(type, number, given);
          expect(found).toEqual([...new Set(found)].sort(byPlace));
          found.forEach((code) => expect(identityRefusals.map((entry) => entry.code)).toContain(code));
        },
      ),
    );
  });
});
