/** When the simulators do something next: each is asked by its own protocol (simulators/README.md). */

/** The earliest own event of all; undefined where nothing is planned. */
export const outsideClocks = (urls: readonly string[]) => async (): Promise<string | undefined> => {
  const answers = await Promise.all(urls.map(nextOf));
  return answers.filter((next) => next !== null).sort()[0];
};

async function nextOf(url: string): Promise<string | null> {
  // A connection that was kept may just have been closed by the other side: asked once more, on a new one.
  const answer = await fetch(`${url}/clock`).catch(() => fetch(`${url}/clock`));
  return ((await answer.json()) as { readonly now: string; readonly next: string | null }).next;
}
