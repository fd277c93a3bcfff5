import fc from 'fast-check';
import { parseBusinessDate as d } from '../../../domain/calendar/business-date';
import {
  electionDecision,
  type Elected,
  type ElectionOffer,
  type ElectionRequest,
} from '../../../domain/corporate-actions/election-accept';
import { EVENT_KINDS, isServedOn } from '../../../domain/corporate-actions/served-kinds';
import { byPlace } from '../../../domain/errors';
import { readReference } from '../../../prisma/reference';
import { codeOf } from '../refusals';

// The published case table runs in verify-cases.test.ts; here stands what it leaves open.
const offer: ElectionOffer = {
  isServed: true,
  isCancelled: false,
  newestVersion: 2,
  options: ['ACCEPT', 'DECLINE'],
  opensAt: '2026-06-01T01:00:00.000Z',
  deadlineAt: '2026-06-12T07:00:00.000Z',
  electable: 1000n,
};
const request: ElectionRequest = {
  option: 'ACCEPT',
  quantity: '100',
  versionShown: 2,
  requestedAt: '2026-06-05T02:00:00.000Z',
};
const held = (shares: Readonly<Record<string, bigint>>): Elected => new Map(Object.entries(shares));
const decide = (
  change: Partial<ElectionRequest>,
  standing: Readonly<Record<string, bigint>> = {},
  offered: Partial<ElectionOffer> = {},
) => electionDecision({ ...offer, ...offered }, held(standing), { ...request, ...change });

it.each([
  ['2026-06-01T00:59:59.999Z', ['ELECTION_NOT_OPEN'], 'a millisecond before the opening'],
  ['2026-06-01T01:00:00.000Z', [], 'the opening itself'],
  ['2026-06-12T06:59:59.999Z', [], 'the last millisecond'],
  ['2026-06-12T07:00:00.000Z', ['AFTER_DEADLINE'], 'the deadline itself'],
  ['2026-06-12T07:00:00.001Z', ['AFTER_DEADLINE'], 'a millisecond late'],
])('requested at %s: %j (%s)', (requestedAt, expected, _why) => {
  expect(decide({ requestedAt }).refusals).toEqual(expected);
});

it.each([
  ['1000', {}, [], { ACCEPT: 1000n }, 'all'],
  ['1001', {}, ['EXCEEDS_ELECTABLE'], {}, 'one more'],
  ['1000', { ACCEPT: 600n }, [], { ACCEPT: 1000n }, 'replaces what stands on the option'],
  ['100.00', {}, [], { ACCEPT: 100n }, 'zeros behind the point are whole'],
  ['0.00000001', {}, ['QUANTITY_NOT_WHOLE'], {}, 'the least fraction'],
  ['-0.5', {}, ['QUANTITY_NOT_WHOLE'], {}, 'a fraction first, then the sign'],
  ['-1', {}, ['QUANTITY_NEGATIVE'], {}, 'one below nothing'],
  ['-0', { ACCEPT: 5n }, [], {}, 'nothing, written with a sign, withdraws'],
  ['600', { DECLINE: 400n }, [], { ACCEPT: 600n, DECLINE: 400n }, 'the rest'],
  ['601', { DECLINE: 400n }, ['EXCEEDS_ELECTABLE'], { DECLINE: 400n }, 'one more than the rest'],
  ['99999999999999999999', {}, ['EXCEEDS_ELECTABLE'], {}, 'beyond what a machine number holds'],
] as const)('%s onto %j: %j, %j (%s)', (quantity, standing, refusals, expected, _why) => {
  expect(decide({ quantity }, standing)).toEqual({ refusals, elected: held(expected) });
});

it('lets a holder withdraw what an event that was changed no longer covers', () => {
  const standing = { ACCEPT: 400n, DECLINE: 400n };
  const offered = { electable: 300n };
  expect(decide({ quantity: '0' }, standing, offered).elected).toEqual(held({ DECLINE: 400n }));
  expect(decide({ quantity: '100' }, standing, offered).refusals).toEqual(['EXCEEDS_ELECTABLE']);
  expect(decide({ quantity: '0' }, standing, { electable: 0n }).refusals).toEqual([]);
  // What stands on an option that is gone takes its part of what can be elected.
  const gone = decide({ quantity: '600' }, { OLD: 401n });
  expect([gone.refusals, [...gone.elected]]).toEqual([['EXCEEDS_ELECTABLE'], [['OLD', 401n]]]);
  const beside = decide({ quantity: '599' }, { OLD: 401n });
  expect([...beside.elected]).toEqual([
    ['ACCEPT', 599n],
    ['OLD', 401n],
  ]);
});

it('tells a cancelled event without its version, and a kind that is not served first', () => {
  const everything = { option: 'STOCK', quantity: '-1', versionShown: 1, requestedAt: offer.deadlineAt };
  expect(decide(everything, {}, { isCancelled: true, isServed: false }).refusals).toEqual([
    'EVENT_KIND_NOT_SERVED',
    'EVENT_CANCELLED',
    'AFTER_DEADLINE',
    'OPTION_UNKNOWN',
    'QUANTITY_NEGATIVE',
  ]);
  expect(decide({ versionShown: 3 }).refusals).toEqual(['EVENT_VERSION_OUTDATED']);
});

it.each(['', 'all', '1e3', '1,000', ' 1', '0.000000001'])('refuses "%s", which is no quantity', (quantity) => {
  expect(codeOf(() => decide({ quantity }))).toBe('INPUT_INVALID');
});

describe('laws', () => {
  const requests = fc.array(
    fc.record({
      option: fc.constantFrom('ACCEPT', 'DECLINE', 'STOCK'),
      quantity: fc.oneof(fc.integer({ min: -50, max: 1_200 }).map(String), fc.constantFrom('0', '0.5', '350')),
      versionShown: fc.constantFrom(1, 2),
      requestedAt: fc.constantFrom(request.requestedAt, request.requestedAt, offer.deadlineAt),
    }),
    { maxLength: 12 },
  );

  it('whatever is asked, no more than can be elected stands, nothing below zero, nothing on another option', () => {
    fc.assert(
      fc.property(requests, fc.bigInt({ min: 0n, max: 1_000n }), (asked, electable) => {
        let elected: Elected = new Map();
        for (const each of asked) {
          const decision = electionDecision({ ...offer, electable }, elected, each);
          if (decision.refusals.length > 0) expect(decision.elected).toEqual(elected);
          expect(decision.refusals).toEqual([...decision.refusals].sort(byPlace));
          elected = decision.elected;
          const sum = [...elected.values()].reduce((total, shares) => total + shares, 0n);
          expect(sum <= electable).toBe(true);
          for (const [option, shares] of elected) expect(offer.options.includes(option) && shares > 0n).toBe(true);
        }
      }),
    );
  });
});

describe('kinds that are served', () => {
  const { servedKinds } = readReference();
  const servedOn = (date: string) => EVENT_KINDS.filter((kind) => isServedOn(servedKinds, kind, d(date)));

  it('are those of 2014 at first, and today rights, offers and scrip too', () => {
    const of2014 = [
      'CASH_DIVIDEND',
      'BONUS_SHARES',
      'DISTRIBUTED_WARRANTS',
      'VOTING',
      'SPLIT_OR_CONSOLIDATION',
      'TAKEOVER',
    ];
    expect(servedOn('2014-11-17')).toEqual(of2014);
    expect(servedOn('2026-06-15')).toEqual([...of2014, 'RIGHTS_ISSUE', 'OPEN_OFFER', 'SCRIP_DIVIDEND']);
    expect(servedOn('2014-11-16')).toEqual([]);
  });

  it.each([
    ['2015-01-11', false],
    ['2015-01-12', true],
  ])('a rights issue on %s: %s', (date, expected) => {
    expect(isServedOn(servedKinds, 'RIGHTS_ISSUE', d(date))).toBe(expected);
  });

  it('each have a row in every year', () => {
    expect(new Set(servedKinds.map(({ kind }) => kind))).toEqual(new Set(EVENT_KINDS));
  });
});
