import { parseBusinessDate as d } from '../../../domain/calendar/business-date';
import { parseRate } from '../../../domain/scaled';
import { refusalsOfTrial, termsTried, type RiskTerms, type TriedTerms } from '../../../domain/settlement/tried-terms';

const FRIDAY = d('2025-06-20');
const FLAT = { model: 'flat22', rateE12: parseRate('0.22'), multiplierE12: parseRate('1') } as const;
const IN_FORCE: RiskTerms = {
  model: { model: 'rpf' },
  flatModel: FLAT,
  rates: [
    { code: '08001', rateE12: parseRate('0.032'), from: d('2022-06-13') },
    { code: '08002', rateE12: parseRate('0.05'), from: d('2022-06-13') },
  ],
  creditFen: 5n,
  nettedOverSecurities: true,
};

it('puts what is tried in the place of what is in force, and leaves the rest', () => {
  expect(termsTried(IN_FORCE, {}, FRIDAY)).toEqual(IN_FORCE);
  expect(termsTried(IN_FORCE, { model: 'flat22', multiplier: '1.5' }, FRIDAY)).toEqual({
    ...IN_FORCE,
    model: { ...FLAT, multiplierE12: parseRate('1.5') },
    flatModel: { ...FLAT, multiplierE12: parseRate('1.5') },
  });
  expect(termsTried(IN_FORCE, { rates: [{ code: '08001', rate: '0' }], creditFen: 0n }, FRIDAY)).toEqual({
    ...IN_FORCE,
    rates: [IN_FORCE.rates[1], { code: '08001', rateE12: 0n, from: FRIDAY }],
    creditFen: 0n,
  });
  expect(termsTried(IN_FORCE, { nettedOverSecurities: false }, FRIDAY).nettedOverSecurities).toBe(false);
});

it.each<[why: string, tried: TriedTerms, refused: readonly string[]]>([
  ['the flat model as it was last in force', { model: 'flat22' }, []],
  ['its own rate and multiplier', { model: 'flat22', rate: '0.3', multiplier: '2' }, []],
  ['a rate of the parameter file', { rates: [{ code: '08001', rate: '0.04' }] }, []],
  ['a rate of an unsettled security that has none', { rates: [{ code: '08009', rate: '0.04' }] }, []],
  ['nothing is tried', {}, ['INPUT_INVALID body']],
  ['what is left away by name is nothing too', { model: undefined, rates: undefined }, ['INPUT_INVALID body']],
  ['rates of no security', { rates: [] }, ['INPUT_INVALID rates']],
  ['a security that nobody knows', { rates: [{ code: '09999', rate: '0.1' }] }, ['TERM_UNKNOWN rates']],
  ['a multiplier is not read by rpf', { multiplier: '2' }, ['TERM_NOT_READ multiplier']],
  [
    'rates of securities are not read by the flat model',
    { model: 'flat22', rates: [{ code: '08001', rate: '0.04' }] },
    ['TERM_NOT_READ rates'],
  ],
  [
    'all that apply',
    {
      rate: '0.3',
      rates: [
        { code: '08001', rate: '0.1' },
        { code: '08001', rate: '0.2' },
        { code: '09999', rate: '0.2' },
      ],
    },
    ['INPUT_INVALID rates', 'TERM_UNKNOWN rates', 'TERM_NOT_READ rate'],
  ],
])('%s', (_, tried, refused) => {
  const refusals = refusalsOfTrial(IN_FORCE, tried, { date: FRIDAY, unsettled: ['08001', '08009'] });
  expect(refusals.map(({ code, details }) => `${code} ${String(details['field'])}`)).toEqual(refused);
});
