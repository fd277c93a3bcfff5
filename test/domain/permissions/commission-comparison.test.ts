import { commissionDifferences } from '../../../domain/permissions/commission-comparison';
import { outcomeOfReview } from '../../../domain/permissions/suitability-review';

it.each([
  ['0.0002', '0.00020000', '0.0002', [], 'the same number, written otherwise'],
  ['0.0002', '0.00020001', '0.0002', ['CRM_DIFFERENT 0.00020001'], 'the last place counts'],
  ['0.0002', undefined, '0.0002', ['CRM_MISSING null'], 'the branch wrote no rate'],
  ['0.0002', '0.0002', undefined, ['COUNTER_MISSING null'], 'the counter was told nothing'],
  ['0.0002', '0.0003', '0.00019999', ['CRM_DIFFERENT 0.0003', 'COUNTER_DIFFERENT 0.00019999'], 'both, in this order'],
])('ours %s, CRM %s, counter %s: %j (%s)', (ours, crm, counter, expected, _why) => {
  expect(commissionDifferences({ ours, crm, counter }).map(({ code, theirs }) => `${code} ${theirs}`)).toEqual(
    expected,
  );
});

it.each([
  [[], undefined, 'suitable', 'all conditions hold'],
  [[], 'reminded', 'suitable', 'the questionnaire was answered in time'],
  [['RISK_RESULT_EXPIRED'], undefined, 'reminded', 'a new answer cures it'],
  [['RISK_RESULT_EXPIRED'], 'suitable', 'reminded', 'the last review was well'],
  [['RISK_RESULT_EXPIRED'], 'suspension asked', 'reminded', 'the suspension was refused or lifted since'],
  [['RISK_RESULT_EXPIRED'], 'reminded', 'suspension asked', 'reminded in vain'],
  [
    ['RISK_RESULT_EXPIRED', 'PERSON_RESTRICTED'],
    undefined,
    'suspension asked',
    'not all of it is cured by the questionnaire',
  ],
  [['SERIOUS_BAD_CREDIT_RECORD'], undefined, 'suspension asked', 'no answer cures it'],
] as const)('%j after %s: %s (%s)', (codes, before, expected, _why) => {
  expect(outcomeOfReview(codes, before)).toBe(expected);
});
