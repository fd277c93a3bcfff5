/**
 * Money and time as the simulators read and answer them. Money is fen (1/100 yuan) inside, text with two decimals
 * outside. Instants are ISO UTC text with milliseconds, so that they compare as text; business dates are Shanghai's.
 */
const SHANGHAI_OFFSET_MS = 8 * 3600 * 1000;

/** Before anybody has set a simulator's clock. */
export const CLOCK_NOT_SET = new Date(0).toISOString();

/** Fen of money written with exactly two decimals ("-104520.60"). Throws RangeError on any other text. */
export function fenOf(money: string): bigint {
  if (!/^-?\d{1,16}\.\d{2}$/.test(money)) throw new RangeError(`"${money}" is not money with two decimals`);
  return BigInt(money.replace('.', ''));
}

/** Money text with two decimals of an amount in fen. */
export function moneyText(amountFen: bigint): string {
  const digits = (amountFen < 0n ? -amountFen : amountFen).toString().padStart(3, '0');
  return `${amountFen < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** The instant of a Shanghai wall time: date YYYY-MM-DD, time HHMMSS or HH:MM:SS. Throws RangeError where there is none. */
export function shanghaiInstant(date: string, time: string): string {
  const digits = time.replaceAll(':', '');
  const wall = `${date}T${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4)}`;
  const instantMs = /^\d{6}$/.test(digits) ? Date.parse(`${wall}+08:00`) : Number.NaN;
  if (Number.isNaN(instantMs)) throw new RangeError(`${date} ${time} is not a time of day`);
  return new Date(instantMs).toISOString();
}

/** The business date, in Shanghai, on which an instant lies. */
export function businessDateOf(instant: string): string {
  return new Date(Date.parse(instant) + SHANGHAI_OFFSET_MS).toISOString().slice(0, 10);
}

/** An instant so many minutes later. */
export function minutesLater(instant: string, minutes: number): string {
  return new Date(Date.parse(instant) + minutes * 60_000).toISOString();
}
