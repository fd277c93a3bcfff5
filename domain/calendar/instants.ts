/** Instants, UTC as ISO text: shifted by minutes, and shown as the clock on the wall in Shanghai, UTC+8 all year round since 1992. */

export const SHANGHAI_OFFSET_SECONDS = 8 * 3_600;

/**
 * The wall clock in Shanghai at an instant, `2025-06-26 10:00:00`: what people are shown, nothing is decided by it. Takes an instant without
 * milliseconds too, as others write it.
 * @throws RangeError for text that is no instant
 */
export const shanghaiWallClock = (instant: string): string =>
  new Date(Date.parse(instant) + SHANGHAI_OFFSET_SECONDS * 1_000).toISOString().slice(0, 19).replace('T', ' ');

/**
 * An instant so many minutes after another; before it where they are negative.
 * @throws RangeError for text that is no instant
 */
export const minutesAfter = (instant: string, minutes: number): string =>
  new Date(Date.parse(instant) + minutes * 60_000).toISOString();
