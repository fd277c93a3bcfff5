/**
 * What all simulators share: a process on 127.0.0.1 with a clock that others move, faults for drills, and a state that
 * survives a kill. Requests are answered one at a time, so nothing here can overlap.
 */
import { parseArgs } from 'node:util';
import type { AddressInfo } from 'node:net';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { z } from 'zod';
import type { Event } from './drops';
import { faultForm, NO_FAULT, type Fault } from './faults';
import { readState, writeState } from './keeping';
import { bodyIn, refuse } from './refusals';
import { CLOCK_NOT_SET } from './values';

export type CommonState = { now: string; fault: Fault };

/** What a simulator was started with. `from` is the first business date that is played. */
export type Start = {
  readonly dataFolder: string;
  readonly overlayFolder: string | undefined;
  readonly from: string | undefined;
  readonly inbox: string;
  readonly stateFile: string;
};

/**
 * A simulator's own part: its routes, and what is still to happen. `save` lets happen what a change has made due and
 * keeps the state; it is called before the answer.
 */
export type Part = { addRoutes(app: Express): void; events(): readonly Event[] };
export type Play<Own> = (state: Own & CommonState, save: () => void, start: Start) => Part;

const clockForm = z.strictObject({ now: z.iso.datetime({ offset: true }) });

/**
 * Starts the simulator that the command line describes; prints `listening on PORT` when it answers. Ends with status 1
 * and one sentence where it cannot start.
 */
export function runSimulator<Own extends object>(initial: Own, play: Play<Own>): void {
  try {
    listen(initial, play);
  } catch (failure) {
    giveUp(failure as Error);
  }
}

function listen<Own extends object>(initial: Own, play: Play<Own>): void {
  const { start, port } = readCommandLine();
  const state = readState<Own & CommonState>(start.stateFile, { now: CLOCK_NOT_SET, fault: NO_FAULT, ...initial });
  const save = (): void => {
    advance(state, part, state.now);
    writeState(start.stateFile, state);
  };
  const part: Part = play(state, save, start);

  const app = express();
  app.disable('x-powered-by');
  app.use(express.json({ limit: '256mb' }));
  app.get('/process', (_request, response) => void response.json({ pid: process.pid }));
  addClock(app, state, save, part);
  part.addRoutes(app);
  app.use((request: Request, response: Response) =>
    refuse(response, 404, 'NO_SUCH_ADDRESS', { zh: `没有 ${request.path}`, en: `there is no ${request.path}` }),
  );
  app.use(answerFailure);

  const server = app.listen(port, '127.0.0.1', (failure?: Error) => {
    if (failure !== undefined) return giveUp(failure);
    process.stdout.write(`listening on ${(server.address() as AddressInfo).port}\n`);
  });
  endWithParent();
}

function giveUp(failure: Error): void {
  process.stderr.write(`${failure.message}\n`);
  process.exit(1);
}

/** Everything due up to an instant, in order of time, each at its own instant or now where it was held up. */
function advance(state: CommonState, part: Part, to: string): void {
  for (let event = earliest(part); event !== undefined && event.at <= to; event = earliest(part)) {
    if (event.at > state.now) state.now = event.at;
    event.happen(state.now);
  }
  state.now = to;
}

function earliest(part: Part): Event | undefined {
  return part
    .events()
    .reduce<Event | undefined>((first, event) => (first && first.at <= event.at ? first : event), undefined);
}

function addClock(app: Express, state: CommonState, save: () => void, part: Part): void {
  const clock = (): object => ({ now: state.now, next: earliest(part)?.at ?? null });
  app.get('/clock', (_request, response) => void response.json(clock()));
  app.post('/clock', (request, response) => {
    const body = bodyIn(clockForm, request, response);
    if (body === undefined) return;
    const to = new Date(body.now).toISOString();
    if (to < state.now) {
      refuse(response, 409, 'CLOCK_BACKWARDS', {
        zh: `时钟只能向前: 现在 ${state.now}`,
        en: `the clock goes forward only: it is ${state.now}`,
      });
      return;
    }
    advance(state, part, to);
    save();
    response.json(clock());
  });
  app.get('/faults', (_request, response) => void response.json(state.fault));
  app.post('/faults', (request, response) => {
    const fault = bodyIn(faultForm, request, response);
    if (fault === undefined) return;
    state.fault = fault;
    save();
    response.json(state.fault);
  });
}

function readCommandLine(): { readonly start: Start; readonly port: number } {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      data: { type: 'string' },
      overlay: { type: 'string' },
      from: { type: 'string' },
      inbox: { type: 'string' },
      state: { type: 'string' },
    },
  });
  if (values.data === undefined || values.inbox === undefined || values.state === undefined) {
    throw new Error(
      'usage: --data FOLDER --inbox FOLDER --state FILE [--overlay FOLDER] [--from YYYY-MM-DD] [--port N]',
    );
  }
  const start = {
    dataFolder: values.data,
    overlayFolder: values.overlay,
    from: values.from,
    inbox: values.inbox,
    stateFile: values.state,
  };
  return { start, port: Number(values.port) };
}

/** Whoever started this process with a channel takes it along when it dies, even when it is killed. */
function endWithParent(): void {
  if (process.channel === undefined) return;
  process.on('disconnect', () => process.exit(0));
}

function answerFailure(failure: unknown, _request: Request, response: Response, next: NextFunction): void {
  if (response.headersSent) return next(failure);
  const status = (failure as { status?: number }).status ?? 500;
  if (status >= 500) process.stderr.write(`${String((failure as Error).stack)}\n`);
  const text = String((failure as Error).message);
  refuse(response, status, status < 500 ? 'MALFORMED' : 'SIMULATOR_FAILED', { zh: `模拟器出错: ${text}`, en: text });
}
