/**
 * The counter system: lays its own files into the inbox in the evening, and takes corrections of frozen money (one
 * message for a batch) and trading permissions; beside it the CRM with its commission lines. Protocol: simulators/README.md.
 */
import type { Express } from 'express';
import { z } from 'zod';
import { readDays } from '../common/days';
import { dropEvents, OWN_FILES_AT, plannedDrops, type DropRecord } from '../common/drops';
import { openJournal, type Journal } from '../common/keeping';
import { answerOnce, bodyIn, type Answered } from '../common/refusals';
import { runSimulator, type CommonState } from '../common/simulator';
import { fenOf, moneyText } from '../common/values';

type Instruction = Answered & { readonly key: string; readonly receivedAt: string; readonly content: object };

const isTheirs = (name: string): boolean => /^(counter_|elections_).*\.csv$/.test(name);

const correctionsForm = z.strictObject({
  batchKey: z.string().min(1).max(200),
  businessDate: z.iso.date(),
  lines: z.array(
    z.strictObject({
      fundAccount: z.string().min(1),
      amount: z.string().regex(/^-?\d{1,16}\.\d{2}$/, 'money is text with two decimals; more frozen is above zero'),
    }),
  ),
});
type Corrections = z.infer<typeof correctionsForm>;

const permissionForm = z.strictObject({
  instructionKey: z.string().min(1).max(200),
  fundAccount: z.string().min(1),
  permission: z.enum([
    'southbound-purchase',
    'southbound-sale',
    'star-trade',
    'star-purchase',
    'star-margin-trade',
    'star-margin-purchase',
  ]),
  state: z.enum(['granted', 'blocked']),
  reason: z.string().max(200),
});

const commissionForm = z.strictObject({
  instructionKey: z.string().min(1).max(200),
  fundAccount: z.string().min(1),
  permission: z.string().regex(/^[A-Z][A-Z0-9_]*$/),
  rate: z.string().regex(/^0\.\d{1,8}$/, 'a fraction as text'),
  effectiveOn: z.iso.date(),
});

const electionForm = z.strictObject({
  // What lets go of shares is the number of the filing and more.
  instructionKey: z.string().min(1).max(200),
  fundAccount: z.string().min(1),
  security: z.string().regex(/^\d{5}$/),
  eventNo: z.string().min(1).max(16),
  ballot: z.string().max(20),
  option: z.string().min(1).max(20),
  quantity: z.string().regex(/^-?\d{1,15}$/),
  acceptanceNo: z.string().min(1),
  frozenCny: z
    .string()
    .regex(/^-?\d+\.\d{2}$/)
    .optional(),
});

runSimulator<{ readonly drops: DropRecord }>({ drops: { came: {}, comeAgain: {} } }, (state, save, start) => {
  const days = readDays(start.dataFolder, start.overlayFolder);
  const played = days.filter((day) => start.from === undefined || day.businessDate >= start.from);
  const drops = plannedDrops(played, isTheirs, OWN_FILES_AT);
  const corrections = openJournal<Instruction>(`${start.stateFile}.freeze-corrections`);
  const permissions = openJournal<Instruction>(`${start.stateFile}.permissions`);
  const commissions = openJournal<Instruction>(`${start.stateFile}.commissions`);
  const elections = openJournal<Instruction>(`${start.stateFile}.elections`);

  return {
    events: () => dropEvents(drops, state.drops, start.inbox, state.fault),
    addRoutes(app) {
      addFreezeCorrections(app, state, corrections);
      addInstructions(app, { name: 'permissions', form: permissionForm }, state, permissions);
      addInstructions(app, { name: 'commissions', form: commissionForm }, state, commissions);
      addInstructions(app, { name: 'elections', form: electionForm }, state, elections);
      addCommissionRates(app, commissions);
      addCommissionLines(app, commissions);
      addDays(app);
    },
  };
});

function addFreezeCorrections(app: Express, state: CommonState, journal: Journal<Instruction>): void {
  app.post('/freeze-corrections', (request, response) => {
    const batch = bodyIn(correctionsForm, request, response);
    if (batch === undefined) return;
    const receivedAt = state.now;
    answerOnce(request, response, {
      key: batch.batchKey,
      content: batch,
      known: journal.entries.find((known) => known.key === batch.batchKey),
      fault: state.fault,
      accept: (contentHash) => keep(journal, batch.batchKey, contentHash, batch, { ...summaryOf(batch), receivedAt }),
    });
  });
  app.get('/freeze-corrections', (request, response) => {
    const { businessDate } = request.query;
    const batches = journal.entries.filter(
      (entry) => businessDate === undefined || (entry.content as Corrections).businessDate === businessDate,
    );
    response.json({ batches: batches.map((entry) => entry.answer) });
  });
  app.get('/freeze-corrections/:batchKey', (request, response) => {
    const entry = journal.entries.find((known) => known.key === request.params.batchKey);
    if (entry === undefined) return void response.json({ batchKey: request.params.batchKey, state: 'unknown' });
    response.json({ ...(entry.answer as object), lines: (entry.content as Corrections).lines });
  });
}

interface InstructionKind {
  /** Place of the routes, and name of their list. */
  readonly name: 'permissions' | 'commissions' | 'elections';
  readonly form: z.ZodType<{ readonly instructionKey: string }>;
}

function addInstructions(
  app: Express,
  { name, form }: InstructionKind,
  state: CommonState,
  journal: Journal<Instruction>,
): void {
  const known = new Map(journal.entries.map((entry) => [entry.key, entry]));
  app.post(`/${name}`, (request, response) => {
    const instruction = bodyIn(form, request, response);
    if (instruction === undefined) return;
    const receivedAt = state.now;
    answerOnce(request, response, {
      key: instruction.instructionKey,
      content: instruction,
      known: known.get(instruction.instructionKey),
      fault: state.fault,
      accept: (contentHash) => {
        const key = instruction.instructionKey;
        const kept = keep(journal, key, contentHash, instruction, { ...instruction, receivedAt });
        known.set(key, kept);
        return kept;
      },
    });
  });
  app.get(`/${name}`, (_request, response) => {
    response.json({ [name]: journal.entries.map((entry) => entry.answer) });
  });
  app.get(`/${name}/:instructionKey`, (request, response) => {
    const { instructionKey } = request.params;
    response.json({ instructionKey, state: known.has(instructionKey) ? 'accepted' : 'unknown' });
  });
}

const dayStateForm = z.strictObject({
  fundAccount: z.string().min(1),
  tradedToday: z.boolean(),
  liveOrder: z.boolean(),
});

/** Trades and live orders of today of an account: none, unless a test says so. */
function addDays(app: Express): void {
  const days = new Map<string, z.infer<typeof dayStateForm>>();
  app.post('/days', (request, response) => {
    const day = bodyIn(dayStateForm, request, response);
    if (day === undefined) return;
    days.set(day.fundAccount, day);
    response.status(202).json(day);
  });
  app.get('/days/:fundAccount', (request, response) => {
    const { fundAccount } = request.params;
    response.json(days.get(fundAccount) ?? { fundAccount, tradedToday: false, liveOrder: false });
  });
}

type Commission = z.infer<typeof commissionForm>;

/** Of each fund account the rate that was told last and holds on the date. */
function ratesOn(journal: Journal<Instruction>, on: string, permission?: string): ReadonlyMap<string, string> {
  const told = journal.entries.map((entry) => entry.content as Commission);
  const inForce = told.filter(
    (it) => it.effectiveOn <= on && (permission === undefined || it.permission === permission),
  );
  const byDay = [...inForce].sort((one, other) => (one.effectiveOn < other.effectiveOn ? -1 : 1));
  return new Map(byDay.map((it) => [it.fundAccount, it.rate]));
}

const text = z.string().default('');
const asked = (query: unknown) => z.object({ on: text, after: text, line: text, permission: text }).parse(query);

const PAGE = 1_000;
const pageAfter = (rates: ReadonlyMap<string, string>, after: string): (readonly [string, string])[] =>
  [...rates.entries()]
    .filter(([key]) => key > after)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .slice(0, PAGE);

function addCommissionRates(app: Express, journal: Journal<Instruction>): void {
  app.get('/commission-rates', (request, response) => {
    const { permission, on, after } = asked(request.query);
    const lines = pageAfter(ratesOn(journal, on, permission), after);
    response.json({ lines: lines.map(([fundAccount, rate]) => ({ fundAccount, rate })) });
  });
}

const lineForm = z.strictObject({ clientNo: z.string().min(1), rate: commissionForm.shape.rate });

/**
 * The CRM stands beside the counter here: net rates of A-share trades from 0.0002 to 0.0003 by the client's number, the same for ever. Its
 * Southbound lines are what the counter was told, unless a test says that the branch wrote something else.
 */
function addCommissionLines(app: Express, journal: Journal<Instruction>): void {
  const written = new Map<string, string>();
  app.post('/commission-lines', (request, response) => {
    const line = bodyIn(lineForm, request, response);
    if (line === undefined) return;
    written.set(line.clientNo, line.rate);
    response.status(202).json(line);
  });
  app.get('/commission-lines', (request, response) => {
    const { line, on, after } = asked(request.query);
    const told = [...ratesOn(journal, on, 'HKSC')].map(([account, rate]) => [clientOf(account), rate] as const);
    const lines = line === 'southbound' ? pageAfter(new Map([...told, ...written]), after) : [];
    response.json({ lines: lines.map(([clientNo, rate]) => ({ clientNo, rate })) });
  });
  app.get('/commission-lines/:clientNo/:line', (request, response) => {
    const { clientNo, line } = request.params;
    const step = Number(/\d{1,6}$/.exec(clientNo)?.[0] ?? '0') % 11;
    response.json({ clientNo, line, rate: line === 'a-share-online' ? `0.000${200 + 10 * step}` : null });
  });
}

/** Accounts of the sample are the number of their client with a nine before it. */
const clientOf = (fundAccount: string): string => `C${fundAccount.slice(1)}`;

function keep(
  journal: Journal<Instruction>,
  key: string,
  contentHash: string,
  content: object,
  answer: { readonly receivedAt: string },
): Instruction {
  const instruction = { key, contentHash, status: 202, answer, receivedAt: answer.receivedAt, content };
  journal.append(instruction);
  return instruction;
}

function summaryOf(batch: Corrections): object {
  const totalFen = batch.lines.reduce((sumFen, line) => sumFen + fenOf(line.amount), 0n);
  return {
    batchKey: batch.batchKey,
    businessDate: batch.businessDate,
    state: 'accepted',
    lineCount: batch.lines.length,
    total: moneyText(totalFen),
  };
}
