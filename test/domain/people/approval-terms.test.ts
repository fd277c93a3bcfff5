/** How many check, and who: by kind, class of risk and amount, from the reviewed terms (A1 §27). */
import { parseBusinessDate } from '../../../domain/calendar/business-date';
import { checkersOf, type ApprovalTerm } from '../../../domain/people/approval-terms';
import { readReference } from '../../../prisma/reference';

const terms = readReference().approvalTerms.map(({ fromCny, role, mark, ...term }): ApprovalTerm => ({
  ...term,
  fromFen: BigInt(fromCny.replace('.', '')),
  role,
  mark: mark as ApprovalTerm['mark'],
}));
const date = parseBusinessDate('2025-06-23');
const asked = (kind: string, risk: string, amountFen: bigint, on = date) =>
  checkersOf(terms, { kind, risk, amountFen, date: on }).map(({ role, mark }) => `${role ?? 'as asked'} ${mark ?? ''}`);

it.each<readonly [why: string, kind: string, risk: string, fen: bigint, checkers: readonly string[]]>([
  ['an order one fen below the amount', 'approve-order', '', 49_999_999_999n, ['as asked ']],
  ['an order of the amount itself', 'approve-order', '', 50_000_000_000n, ['as asked ', 'as asked head']],
  ['an order far above it', 'approve-order', '', 900_000_000_000n, ['as asked ', 'as asked head']],
  ['compensation up to the amount', 'approve-complaint-proposal', '', 1_000_000n, ['service head']],
  ['one fen more', 'approve-complaint-proposal', '', 1_000_001n, ['compliance ', 'general_manager ']],
  [
    'of a complaint for which nobody of compliance is left',
    'approve-complaint-proposal',
    'compliance concerned',
    1_000_001n,
    ['general_manager '],
  ],
  [
    'more time where nobody of compliance is left',
    'approve-extension',
    'compliance concerned',
    0n,
    ['general_manager '],
  ],
  ['a class of risk without a term of its own', 'approve-order', 'money', 1n, ['as asked ']],
  ['terms of money, whatever the amount', 'approve-parameter-change', 'money', 0n, ['compliance ', 'general_manager ']],
  ['terms of a deadline', 'approve-parameter-change', 'deadline', 0n, ['supervisor ']],
  ['terms of another class', 'approve-parameter-change', 'anything', 0n, ['compliance ']],
  ['a delegation by the principal: nobody need check', 'approve-delegation', 'own', 0n, []],
  [
    'what compliance may not approve, a sanction or none',
    'approve-appraisal',
    'compliance concerned',
    0n,
    ['general_manager '],
  ],
  ['one of an absent principal', 'approve-delegation', 'absent', 0n, ['compliance head']],
])('%s', (_, kind, risk, fen, checkers) => {
  expect(asked(kind, risk, fen)).toEqual(checkers);
});

it('before the first terms nobody is guessed', () => {
  expect(() => asked('approve-order', '', 0n, parseBusinessDate('2014-11-16'))).toThrow(
    expect.objectContaining({ code: 'NO_PARAMETER_FOR_DATE' }) as Error,
  );
});
