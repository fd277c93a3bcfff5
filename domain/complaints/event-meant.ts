/** Which event of which run a complainant means: a process that goes on in a history of its own counts its events anew. */

export interface Run<Event extends { readonly eventId: string }> {
  readonly runId: string;
  readonly events: readonly Event[];
}

/**
 * The run that is named, else the newest that has an event of that number (whoever looks one up sees the newest first), else the newest.
 * `event` is undefined where none is named, or the run has none of that number; all of it where there is no such run.
 * @param runs oldest first
 */
export function eventMeant<Event extends { readonly eventId: string }>(
  runs: readonly Run<Event>[],
  named: { readonly run: string | null; readonly event: string | null },
): { readonly run: string | undefined; readonly event: Event | undefined } {
  const eventOf = (run: Run<Event> | undefined) => run?.events.find(({ eventId }) => eventId === named.event);
  const run =
    named.run === null
      ? (runs.findLast((one) => eventOf(one) !== undefined) ?? runs.at(-1))
      : runs.find(({ runId }) => runId === named.run);
  return { run: run?.runId, event: eventOf(run) };
}
