/** The case table of identity documents: which numbers can be right. */
import { identityFaults } from '../../domain/accounts/identity-numbers';
import { lineByLine, type CaseTable } from './case-table';

export const identityNumbersTable: CaseTable = {
  name: 'identity-numbers',
  given: ['document_type', 'number', 'birthday_given', 'checked_on'],
  expected: ['result'],
  linesPerCase: 'one',
  answer: lineByLine((line) => {
    const faults = identityFaults({
      documentType: line.text('document_type'),
      number: line.text('number'),
      birthdayGiven: line.orNull('birthday_given', line.text),
      checkedOn: line.date('checked_on'),
    });
    return { result: faults.length === 0 ? 'VALID' : faults.join(';') };
  }),
};
