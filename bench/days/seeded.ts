/**
 * Numbers that look drawn by lot and follow from a seed and their place alone. Nothing is drawn one after the other, so
 * the trades of one account can be told without telling all trades before them, and nothing has to be kept.
 */

/** A whole number from 0 to 2^32 - 1 for a place (murmur3's finish over the four numbers). */
export function drawn(seed: number, first: number, second: number, third: number): number {
  let mixed = scrambled(seed ^ 0x9e3779b9);
  mixed = scrambled(mixed ^ first);
  mixed = scrambled(mixed ^ second);
  return scrambled(mixed ^ third);
}

function scrambled(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** An order of 0 .. count - 1 that jumps about, and the way back. */
export interface Shuffle {
  readonly at: (place: number) => number;
  readonly placeOf: (value: number) => number;
}

/** value = place x step modulo count, the step prime to the count: every value comes once. */
export function shuffled(count: number): Shuffle {
  let step = Math.max(1, Math.floor(count * 0.618));
  while (commonDivisor(step, count) !== 1) step += 1;
  const back = inverse(step, count);
  return { at: (place) => (place * step) % count, placeOf: (value) => (value * back) % count };
}

const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b));

/** The number that undoes a multiplication modulo count (extended Euclid). */
function inverse(step: number, count: number): number {
  let [rest, next, factor, nextFactor] = [step % count, count, 1, 0];
  while (next !== 0) {
    const times = Math.floor(rest / next);
    [rest, next] = [next, rest - times * next];
    [factor, nextFactor] = [nextFactor, factor - times * nextFactor];
  }
  return ((factor % count) + count) % count;
}
