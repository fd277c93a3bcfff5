/**
 * The clock of a system that plays the outside in a rehearsal: it stands still and is moved, before ours, so that what
 * the outside does at an instant has happened when our processes wake. Instants are ISO UTC text with milliseconds.
 */
import { z } from 'zod';
import { instantForm } from '../http/forms';
import { ask, send, type OutsideSystem } from '../http/json-call';

export interface OutsideClock {
  readonly name: string;
  /** When it does something next by itself; undefined where nothing is planned. */
  readonly next: () => Promise<string | undefined>;
  /** Moves it to an instant and lets everything due happen. One that stands later already is left there. */
  readonly moveTo: (instant: string) => Promise<void>;
}

const clockForm = z.object({ now: instantForm, next: instantForm.nullable() });
const ALREADY_LATER = 'CLOCK_BACKWARDS';

/** The clock at an address; an answer may take long, because a day's files are written within it. */
export function httpOutsideClock(name: string, baseUrl: string, timeoutMs = 60_000): OutsideClock {
  const system: OutsideSystem = { name, baseUrl, timeoutMs };
  return {
    name,
    async next() {
      return (await ask(system, '/clock', clockForm)).next ?? undefined;
    },
    async moveTo(instant) {
      const moved = await send(system, '/clock', `clock:${instant}`, { now: instant }, clockForm);
      if (moved.outcome === 'refused' && moved.code !== ALREADY_LATER) {
        throw new Error(`${name} /clock: ${moved.code} ${moved.message.en}`);
      }
    },
  };
}
