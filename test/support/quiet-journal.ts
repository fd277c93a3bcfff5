/** A journal that nobody reads: days are driven in tests without printing. */
import type { Journal } from '../../cli/rehearsal/journal';

export const quietJournal = (): Journal => ({
  say: () => undefined,
  events: () => undefined,
  progress: () => undefined,
  paint: (_, text) => text,
});
