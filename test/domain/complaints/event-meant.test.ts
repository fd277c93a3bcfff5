/** Numbers of events begin anew in each run of a process. */
import { eventMeant } from '../../../domain/complaints/event-meant';

const run = (runId: string, count: number) => ({
  runId,
  events: Array.from({ length: count }, (_, n) => ({ eventId: String(n + 1), of: runId })),
});
const RUNS = [run('first', 60), run('second', 20)];

it.each([
  ['both have it: the newest', null, '7', 'second', 'second'],
  ['only an earlier one has it', null, '57', 'first', 'first'],
  ['the run is named', 'first', '7', 'first', 'first'],
  ['the run that is named has none of that number', 'second', '57', 'second', undefined],
  ['the run that is named is gone: another one is not taken for it', 'gone', '7', undefined, undefined],
  ['none has it', null, '99', 'second', undefined],
  ['no event is named', null, null, 'second', undefined],
])('%s', (_, named, event, runId, of) => {
  expect(eventMeant(RUNS, { run: named, event })).toEqual({
    run: runId,
    event: of === undefined ? undefined : { eventId: event, of },
  });
});

it('of nothing there is no run', () => {
  expect(eventMeant([], { run: null, event: '1' })).toEqual({ run: undefined, event: undefined });
});
