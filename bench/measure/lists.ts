/** How long pages of lists take: asked over HTTP with real tokens, the API in this process. */
import { readApiConfig } from '../../api/config';
import { startApi } from '../../api/run';

/** Milliseconds of each time that something was asked. */
export type Times = readonly number[];

export interface AskedList {
  readonly what: string;
  readonly rows: number;
  readonly times: Times;
}

export async function askedLists({
  appUrl,
  book,
  rounds,
  lists,
}: {
  readonly appUrl: string;
  readonly book: string;
  readonly rounds: number;
  readonly lists: readonly { readonly what: string; readonly as: string; readonly path: string }[];
}): Promise<readonly AskedList[]> {
  const api = await startApi(
    readApiConfig({
      BOOK_DATABASE_URL: appUrl,
      BOOK_NAME: book,
      API_PORT: '0',
      REHEARSAL_ISSUER: '1',
      MOVER_TICKS: '',
      LOG_LEVEL: 'error',
      API_REQUESTS_PER_MINUTE: '1000000',
      API_PERSON_REQUESTS_PER_MINUTE: '1000000',
    }),
  );
  try {
    const asked: AskedList[] = [];
    for (const { what, as, path } of lists) {
      const authorization = `Bearer ${await tokenOf(api.url, as)}`;
      let rows = 0;
      const ask = async () => {
        const answer = await fetch(`${api.url}${path}`, { headers: { authorization } });
        if (answer.status !== 200) throw new Error(`${what}: ${answer.status} ${await answer.text()}`);
        const { items, lines, groups } = (await answer.json()) as Partial<
          Record<'items' | 'lines' | 'groups', unknown[]>
        >;
        rows = (items ?? lines ?? groups ?? []).length;
      };
      // The first one of all opens connections and compiles code, which is the API's start and not its lists.
      await ask();
      const taken = await times(rounds, ask);
      asked.push({ what, rows, times: taken });
    }
    return asked;
  } finally {
    await api.stop();
  }
}

async function tokenOf(url: string, person: string): Promise<string> {
  const answer = await fetch(`${url}/rehearsal/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ person }),
  });
  return ((await answer.json()) as { token: string }).token;
}

export async function times(rounds: number, ask: () => Promise<void>): Promise<Times> {
  const taken: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    await ask();
    taken.push(performance.now() - began);
  }
  return taken;
}

/** The value below which a share of the times lies, itself included. */
export function quantile(taken: Times, share: number): number {
  const sorted = [...taken].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
