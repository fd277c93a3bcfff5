/** What the histories of processes must say of the promises in the rows, and the rows of them. */

export interface PromiseRow {
  readonly businessKey: string;
  readonly workflowId: string;
  readonly state: 'running' | 'breached' | 'met' | 'met late' | 'withdrawn';
  /** Those that rang with something left to do. */
  readonly rungs: readonly { readonly rung: number; readonly state: 'acted' | 'escalated' }[];
}

export interface History {
  /** Of the newest run, as the engine names it. */
  readonly status: string;
  /** Activities that came to their end, in the order of their ends. */
  readonly done: readonly {
    readonly activity: string;
    readonly input: unknown;
    readonly result: unknown;
    /** How many acts of people the process had accepted before. */
    readonly actsBefore: number;
  }[];
}

interface Rang {
  readonly subject: string;
  readonly rungs: readonly { readonly rung: number; readonly state: string }[];
}

const keyOf = (input: unknown): unknown => (input as { readonly businessKey?: unknown } | undefined)?.businessKey;
const recordedBy = (result: unknown): number => (result as { readonly recorded?: number } | undefined)?.recorded ?? 0;
interface Opened {
  readonly promises?: readonly { readonly businessKey?: unknown; readonly climbed?: unknown }[];
}
/** What a process owes first is given with its first task: with the receipt, or by a call of its own. */
const firstOf = (result: unknown): NonNullable<Opened['promises']> => {
  const { promises, opened } = (result ?? {}) as Opened & { readonly opened?: Opened };
  return promises ?? opened?.promises ?? [];
};
const endOf = (result: unknown): unknown => (result as { readonly ended?: unknown } | undefined)?.ended;

export function historyFaults(
  promises: readonly PromiseRow[],
  histories: ReadonlyMap<string, History>,
): readonly string[] {
  const faults: string[] = [];
  for (const [workflowId, { status }] of histories)
    if (!['RUNNING', 'COMPLETED', 'CONTINUED_AS_NEW'].includes(status)) faults.push(`${workflowId} is ${status}`);
  for (const { businessKey, workflowId, state, rungs } of promises) {
    const done = histories.get(workflowId)?.done ?? [];
    const of = (activity: string) =>
      done.filter((one) => one.activity === activity && keyOf(one.input) === businessKey);
    const rang = done.filter(
      ({ activity, input }) => activity === 'recordRungs' && (input as Rang).subject === businessKey,
    );
    const isGivenFirst = done.some(
      ({ activity, result }) =>
        (activity === 'openComplaint' || activity === 'openWork') &&
        firstOf(result).some((one) => one.businessKey === businessKey && (one.climbed ?? null) !== null),
    );
    if (!isGivenFirst && of('openDeadline').length === 0)
      faults.push(`${businessKey}: the history gives no such promise`);
    const kept = [
      ...of('meetDeadline'),
      ...rang.filter(({ result }) => endOf(result) === 'met' || endOf(result) === 'met late'),
    ];
    const isMet = state === 'met' || state === 'met late';
    if (isMet && kept.length === 0) faults.push(`${businessKey}: ${state} in its row, and not in its history`);
    if (!isMet && kept.length > 0) faults.push(`${businessKey}: met in its history, and ${state} in its row`);
    if (isMet && businessKey.startsWith('complaint-') && kept.some(({ actsBefore }) => actsBefore === 0))
      faults.push(`${businessKey}: met before anybody did anything`);
    if (state === 'withdrawn' && of('withdrawDeadline').length === 0)
      faults.push(`${businessKey}: withdrawn in its row, and not in its history`);
    const recorded = rang.reduce((sum, { result }) => sum + recordedBy(result), 0);
    const told = rang.flatMap(({ input }) => (input as Rang).rungs);
    for (const { rung } of rungs)
      if (!told.some((one) => one.rung === rung))
        faults.push(`${businessKey}: rung ${rung} in its row, and not in its history`);
    if (recorded < rungs.length)
      faults.push(`${businessKey}: ${rungs.length} rungs in rows, ${recorded} in its history`);
  }
  return faults;
}

/** Histories with one fault each; none where no history has what would be taken out. */
export function tampered(
  histories: ReadonlyMap<string, History>,
): readonly { readonly what: string; readonly histories: ReadonlyMap<string, History> | undefined }[] {
  const without = (activity: string) => {
    const what = `${activity} taken out of a history`;
    const found = [...histories].find(([, { done }]) => done.some((one) => one.activity === activity));
    if (found === undefined) return { what, histories: undefined };
    const [id, history] = found;
    const place = history.done.findIndex((one) => one.activity === activity);
    const done = history.done.filter((_, nth) => nth !== place);
    return { what, histories: new Map([...histories, [id, { ...history, done }]]) };
  };
  const [first] = histories;
  return [
    ...['openComplaint', 'openDeadline', 'meetDeadline', 'withdrawDeadline', 'recordRungs'].map(without),
    ...(first === undefined
      ? []
      : [
          {
            what: 'a process that failed',
            histories: new Map([...histories, [first[0], { ...first[1], status: 'FAILED' }]]),
          },
        ]),
  ];
}
