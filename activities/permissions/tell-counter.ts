/**
 * The counter is told what became of a request: who may trade, or no longer may, or may not buy for now, or at which commission; an
 * instruction a fund account and right. Each is asked for before it is sent, so that one whose answer was lost is not sent again.
 */
import type { CommissionInstruction, PermissionInstruction } from '../../adapters/counter/counter-port';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { lockChange, suspensionOf } from './change-row';
import type { OfRequest } from './follow-request';
import { fundAccountsOf } from './follow-closing';
import { lockRequest, type PermissionRequest, type RequestKind } from './request-row';

export type CounterAnswer = { readonly outcome: 'accepted' } | { readonly outcome: 'refused'; readonly code: string };

/** What is told of rights by each kind of request, and of which rights: buying is suspended by the rights that it needs. */
const OF_RIGHTS: Readonly<
  Record<
    Exclude<RequestKind, 'commission change'>,
    {
      readonly verb: string;
      readonly state: 'granted' | 'blocked';
      readonly of: 'counterPermissions' | 'counterBuying';
    }
  >
> = {
  opening: { verb: 'open', state: 'granted', of: 'counterPermissions' },
  'institution opening': { verb: 'open', state: 'granted', of: 'counterPermissions' },
  closing: { verb: 'close', state: 'blocked', of: 'counterPermissions' },
  suspension: { verb: 'suspend', state: 'blocked', of: 'counterBuying' },
  lifting: { verb: 'lift', state: 'granted', of: 'counterBuying' },
};

const OF_RIGHTS_OPENED: readonly RequestKind[] = ['opening', 'institution opening'];

interface Instructions {
  readonly rights: readonly PermissionInstruction[];
  readonly commissions: readonly CommissionInstruction[];
}

export interface Telling extends OfRequest {
  /** The default commission of an opening, instead of what it gives the right to. */
  readonly what?: 'commission';
}

/** @throws Error where the counter does not answer; the verb is repeated, and asks first */
export const tellCounter =
  ({ pool, counter }: Pick<Dependencies, 'pool' | 'counter'>) =>
  async (telling: Telling): Promise<CounterAnswer> => {
    const { rights, commissions } = await inTransaction(pool, (sql) => instructionsOf(sql, telling));
    if (commissions.length > 0) return tellCommissions({ pool, counter }, telling, commissions);
    return tellEach(rights, permissionsOf(counter));
  };

/** Only for a day that is still to come: one that the counter did not take before its day begins on the day after this one. */
async function tellCommissions(
  { pool, counter }: Pick<Dependencies, 'pool' | 'counter'>,
  telling: Telling,
  asked: readonly CommissionInstruction[],
): Promise<CounterAnswer> {
  const states = await Promise.all(asked.map(({ instructionKey }) => counter.askCommission(instructionKey)));
  if (states.every(({ state }) => state === 'accepted')) return { outcome: 'accepted' };
  const commissions = await inTransaction(pool, async (sql) => {
    await sql.query(
      `with clock as (select (business_now() at time zone 'Asia/Shanghai')::date as today)
       update permission_changes set begins_on = clock.today + 1 from clock
        where request_no = $1 and coalesce(begins_on, effective_on) <= clock.today`,
      [telling.requestNo],
    );
    return (await instructionsOf(sql, telling)).commissions;
  });
  return tellEach(commissions, {
    ask: (key) => counter.askCommission(key),
    send: (commission) => counter.sendCommission(commission),
  });
}

/**
 * What the counter took of a request that is not carried out after all is taken back: of an opening that operations refuses, because of two
 * rights one may have been granted before the other was refused; of a closing that something came between, because it was blocked already.
 * @throws Error where the counter does not answer; the verb is repeated, and asks first
 */
export const takeBackFromCounter =
  ({ pool, counter }: Pick<Dependencies, 'pool' | 'counter'>) =>
  async ({ requestNo }: OfRequest): Promise<CounterAnswer> => {
    const rights = await inTransaction(pool, async (sql) => {
      const told = (await instructionsOf(sql, { requestNo })).rights;
      const kept = await suspendedOf(sql, await lockRequest(sql, requestNo));
      // What a suspension blocks stays blocked, whoever blocked it once more.
      return told.filter(({ permission, state }) => state === 'granted' || !kept.includes(permission));
    });
    const back: PermissionInstruction[] = [];
    for (const right of rights) {
      if ((await counter.askPermission(right.instructionKey)).state !== 'accepted') continue;
      const state = right.state === 'granted' ? 'blocked' : 'granted';
      back.push({ ...right, instructionKey: `take-back:${right.instructionKey}`, state });
    }
    return tellEach(back, permissionsOf(counter));
  };

/** One after the other, each asked for before it is sent; the first that is refused is answered, and what comes after it is not sent. */
async function tellEach<Instruction extends { readonly instructionKey: string }>(
  instructions: readonly Instruction[],
  counter: {
    readonly ask: (instructionKey: string) => Promise<{ readonly state: string }>;
    readonly send: (instruction: Instruction) => Promise<CounterAnswer | { readonly outcome: 'accepted' }>;
  },
): Promise<CounterAnswer> {
  for (const instruction of instructions) {
    if ((await counter.ask(instruction.instructionKey)).state === 'accepted') continue;
    const answer = await counter.send(instruction);
    if (answer.outcome === 'refused') return { outcome: 'refused', code: answer.code };
  }
  return { outcome: 'accepted' };
}

const permissionsOf = (counter: Dependencies['counter']) => ({
  ask: (key: string) => counter.askPermission(key),
  send: (right: PermissionInstruction) => counter.sendPermission(right),
});

type Sql = Parameters<typeof lockRequest>[0];

async function instructionsOf(sql: Sql, { requestNo, what }: Telling): Promise<Instructions> {
  const request = await lockRequest(sql, requestNo);
  const accounts = await fundAccountsOf(sql, request.clientNo);
  if (accounts.length === 0)
    throw new Error(`the client of request ${requestNo} has no fund account that the counter could be told of`);
  if (what === 'commission') return { rights: [], commissions: await defaultCommissionsOf(sql, request, accounts) };
  if (request.kind === 'commission change')
    return { rights: [], commissions: await commissionsOf(sql, requestNo, accounts) };
  const told = { accounts, kept: await keptFrom(sql, request), nth: await timesTakenBack(sql, requestNo) };
  return { rights: rightsOf(request, request.kind, told), commissions: [] };
}

/** An instruction that was taken back is told anew under another key: the counter takes each once. */
async function timesTakenBack(sql: Sql, requestNo: string): Promise<number> {
  const { rows } = await sql.query<{ times: number }>(
    `select count(*)::int as times from permission_steps where request_no = $1 and act = 'take back closing'`,
    [requestNo],
  );
  return rows[0]?.times ?? 0;
}

/** Rights that an opening does not grant: buying that was suspended is resumed by lifting the suspension, not by closing and opening again. */
const keptFrom = async (sql: Sql, request: PermissionRequest): Promise<readonly string[]> =>
  OF_RIGHTS_OPENED.includes(request.kind) ? suspendedOf(sql, request) : [];

const suspendedOf = async (sql: Sql, request: PermissionRequest): Promise<readonly string[]> =>
  (await suspensionOf(sql, request)) === undefined ? [] : request.terms.counterBuying;

function rightsOf(
  { requestNo, permission, terms }: PermissionRequest,
  kind: keyof typeof OF_RIGHTS,
  {
    accounts,
    kept,
    nth,
  }: { readonly accounts: readonly string[]; readonly kept: readonly string[]; readonly nth: number },
): readonly PermissionInstruction[] {
  const { verb, state, of } = OF_RIGHTS[kind];
  return accounts.flatMap((fundAccount) =>
    terms[of]
      .filter((right) => !kept.includes(right))
      .map((right) => ({
        instructionKey: `${verb}:${permission}:${requestNo}:${fundAccount}:${right}${nth === 0 ? '' : `:${nth + 1}`}`,
        fundAccount,
        permission: right,
        state,
        reason: requestNo,
      })),
  );
}

/** A commission is told with its first trade date. */
async function commissionsOf(
  sql: Sql,
  requestNo: string,
  accounts: readonly string[],
): Promise<readonly CommissionInstruction[]> {
  const { permission, rateAfter, effectiveOn, beginsOn } = await lockChange(sql, requestNo);
  if (rateAfter === null || effectiveOn === null) throw new RangeError(`${requestNo} is no change of commission`);
  return accounts.map((fundAccount) => ({
    instructionKey: `commission:${permission}:${requestNo}:${fundAccount}${beginsOn === null ? '' : `:${beginsOn}`}`,
    fundAccount,
    permission,
    rate: rateAfter,
    effectiveOn: beginsOn ?? effectiveOn,
  }));
}

/** What was recorded with the opening, from its day on. */
async function defaultCommissionsOf(
  sql: Sql,
  { requestNo, permission }: PermissionRequest,
  accounts: readonly string[],
): Promise<readonly CommissionInstruction[]> {
  const { rows } = await sql.query<{ rate: string; from: string }>(
    `select rate::text, (valid_from at time zone 'Asia/Shanghai')::date as from from permission_commissions where request_no = $1`,
    [requestNo],
  );
  const [set] = rows;
  if (set === undefined) throw new RangeError(`${requestNo} has set no commission`);
  return accounts.map((fundAccount) => ({
    instructionKey: `commission:${permission}:${requestNo}:${fundAccount}`,
    fundAccount,
    permission,
    rate: set.rate,
    effectiveOn: set.from,
  }));
}
