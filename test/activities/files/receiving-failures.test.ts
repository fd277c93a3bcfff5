import { CancelledFailure } from '@temporalio/activity';
import { failureCode, isOutage } from '../../../activities/files/receiving-failures';
import { BusinessError } from '../../../domain/errors';

const coded = (code: string) => Object.assign(new Error('as the outside says it'), { code });

test.each<[string, unknown, boolean]>([
  ['the database stops', coded('57P01'), true],
  ['the connection breaks', coded('08006'), true],
  ['a deadlock', coded('40P01'), true],
  ['the disk of the database is full', coded('53100'), true],
  ['nobody listens', coded('ECONNREFUSED'), true],
  ['too many open files', coded('EMFILE'), true],
  ['pg without a code', new Error('Connection terminated unexpectedly'), true],
  ['the worker is stopped', new CancelledFailure('stopped'), true],
  ['a number too large for its column', coded('22003'), false],
  ['a division by zero', coded('22012'), false],
  ['a row twice', coded('23505'), false],
  ['a statement that is wrong', coded('42601'), false],
  ['a file that nobody may read', coded('EACCES'), false],
  ['a folder in place of a file', coded('EISDIR'), false],
  ['a disk that fails', coded('EIO'), false],
  ['our own mistake', new RangeError('a denominator is above zero'), false],
  ['a refusal', new BusinessError('NO_RATE_FOR_DATE', { code: 'STAMP_DUTY', date: '2025-06-26' }), false],
  ['a file that shrinks', new Error('the file became shorter while it was read'), false],
  ['no error at all', 'thrown', false],
])('%s', (_why, failure, outage) => expect(isOutage(failure)).toBe(outage));

test('people are told a word, never the text of the failure', () => {
  expect(failureCode(coded('22003'))).toBe('22003');
  expect(failureCode(new RangeError('value "6000000037"'))).toBe('RangeError');
  expect(failureCode('thrown')).toBe('unknown');
});
