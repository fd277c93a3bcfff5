/** The kinds of complaints of a rehearsal: what comes in, and how fast and how well people do their part of it. */
import { createHash } from 'node:crypto';

export type CallResult = 'yes' | 'no' | 'not reached';

export interface ComplaintKind {
  readonly kind: string;
  /** Of a thousand complaints. */
  readonly share: number;
  readonly channel: 'telephone' | 'letter' | 'branch' | 'regulator';
  /** False: whoever complains is no client of the house. */
  readonly isClient: boolean;
  readonly registration: 'complete' | 'ask back' | 'duplicate';
  /** Calendar days after which the complainant adds what was asked for; null: never. */
  readonly addsAfterDays: number | null;
  readonly acceptance: 'accept' | 'refuse';
  readonly acceptAfterDays: number;
  /** Whether it goes with the investigation of another one. */
  readonly joins: boolean;
  readonly isRecused: boolean;
  /** Calendar days after which the handler proposes; null: never. */
  readonly proposeAfterDays: number | null;
  /** Calendar days after which a department that was asked answers; null: never; undefined: none is asked. */
  readonly departmentAfterDays: number | null | undefined;
  readonly isUrgent: boolean;
  readonly asksMoreTime: boolean;
  readonly amount: '0.00' | '8000.00' | '12000.00';
  /** What the calls after the first and the second answer end in. */
  readonly calls: readonly CallResult[];
  /** Calendar days after which each corrective action is done. */
  readonly actionsAfterDays: readonly number[];
}

const ORDINARY: Omit<ComplaintKind, 'kind' | 'share'> = {
  channel: 'telephone',
  isClient: true,
  registration: 'complete',
  addsAfterDays: 3,
  acceptance: 'accept',
  acceptAfterDays: 0,
  joins: false,
  isRecused: false,
  proposeAfterDays: 1,
  departmentAfterDays: undefined,
  isUrgent: false,
  asksMoreTime: false,
  amount: '0.00',
  calls: ['yes', 'yes'],
  actionsAfterDays: [],
};

const kind = (name: string, share: number, other: Partial<ComplaintKind> = {}): ComplaintKind => ({
  ...ORDINARY,
  ...other,
  kind: name,
  share,
});

/** Their shares make a thousand. */
export const KINDS: readonly ComplaintKind[] = [
  kind('ordinary', 210),
  kind('urgent', 10, { isUrgent: true }),
  kind('of a stranger', 50, { isClient: false, channel: 'letter' }),
  kind('refused', 120, { acceptance: 'refuse', channel: 'branch' }),
  kind('duplicate', 60, { registration: 'duplicate' }),
  kind('asked back', 60, { registration: 'ask back' }),
  kind('asked back, silent', 15, { registration: 'ask back', addsAfterDays: null }),
  kind('transferred by the regulator', 75, { channel: 'regulator' }),
  kind('compensated', 50, { amount: '8000.00' }),
  kind('compensated above the amount', 20, { amount: '12000.00' }),
  kind('a department answers', 50, { departmentAfterDays: 4, proposeAfterDays: 6 }),
  kind('a department is silent', 20, { departmentAfterDays: null, proposeAfterDays: 6 }),
  kind('more time', 30, { asksMoreTime: true, proposeAfterDays: 25 }),
  kind('answered after the warning', 40, { proposeAfterDays: 18 }),
  kind('answered late', 40, { proposeAfterDays: 27 }),
  kind('accepted late', 30, { acceptAfterDays: 7 }),
  kind('never answered', 10, { proposeAfterDays: null }),
  kind('handler recused', 20, { isRecused: true }),
  kind('of a group', 20, { joins: true }),
  kind('reopened', 15, { calls: ['no', 'yes'] }),
  kind('disputed', 15, { calls: ['no', 'no'] }),
  kind('not reached', 15, { calls: ['not reached', 'not reached'] }),
  kind('corrected in time', 15, { actionsAfterDays: [2, 5] }),
  kind('corrected late', 10, { actionsAfterDays: [20] }),
];

/** Whether others can be linked to it as long as the rehearsal goes. */
export const staysOpen = ({ kind }: ComplaintKind): boolean => kind === 'never answered';

/** A number from 0 to below `below` for a seed and a name: the same again on every machine. */
export function drawn(seed: number, name: string, below: number): number {
  return createHash('sha256').update(`${seed}:${name}`).digest().readUInt32BE(0) % below;
}

/**
 * So many complaints by the shares of their kinds, shuffled by the seed: of few each kind comes once before any comes again, so that a short
 * rehearsal shows as many kinds as it can.
 */
export function seededKinds(count: number, seed: number): readonly ComplaintKind[] {
  const rest = KINDS.map((one) => ({ one, owed: Math.max(1, Math.round((one.share * count) / 1_000)) }));
  const dealt: ComplaintKind[] = [];
  for (let round = 1; dealt.length < count; round += 1) {
    const again = rest.filter(({ owed }) => owed >= round);
    dealt.push(...(again.length === 0 ? KINDS : again.map(({ one }) => one)).slice(0, count - dealt.length));
  }
  return dealt
    .map((one, place) => ({ one, order: drawn(seed, `order:${place}`, 2 ** 31) }))
    .sort((a, b) => a.order - b.order)
    .map(({ one }) => one);
}
