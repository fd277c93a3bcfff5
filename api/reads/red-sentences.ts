/** What of a day is red now, each with its sentence: funding, files, breaks, overdrafts, tasks that are overdue. */
import type { Pool } from 'pg';
import { shanghaiInstant, type BusinessDate } from '../../domain/calendar/business-date';
import type { Channel, Side } from '../../domain/channel';
import type { Words } from '../../domain/messages/words';
import { parameterOn, type ParameterRow } from '../../domain/parameters';
import type { DefaultCause } from '../../domain/settlement/default-cause';
import type { OverdraftCause } from '../../domain/settlement/overdraft';
import { redSentence, type RedFacts, type RedSentence } from '../../domain/settlement/red-sentence';
import { settlementDayId } from '../../workflows/messages/settlement-day';
import { businessNow } from '../business-now';
import { bilingual, instant, money } from '../schemas';
import { z } from '../zod';
import { moneyOrNull } from './columns';
import { ofProcess } from '../../activities/database/of-process';

export const redSentenceShape = z
  .strictObject({
    kind: z.enum([
      'FUNDING_LATE',
      'FUNDING_SHORT',
      'CROSS_COVER',
      'ORDER_REFUSED',
      'MISSING_FILE',
      'FILE_REFUSED',
      'STEP_HELD',
      'BREAK_OPEN',
      'OVERDRAFT',
      'CUSHION',
      'TASK_OVERDUE',
    ]),
    sentence: bilingual,
    cause: bilingual,
    value: money.nullable(),
    dueAt: instant.nullable(),
    minutesLeft: z
      .number()
      .int()
      .nullable()
      .openapi({ description: '剩余分钟，超时为负 below zero once the time is over' }),
    nextAct: bilingual,
    owner: z.string().openapi({ description: '负责角色，或经办人 role that must act, or the person who has it' }),
  })
  .openapi('RedSentence');

export interface RedAsked {
  readonly channel: string;
  readonly businessDate: BusinessDate;
  readonly sides: readonly Side[];
}

/** In the order of a day: money, files, steps, breaks, overdrafts, tasks. */
export async function redSentences(pool: Pool, asked: RedAsked): Promise<z.input<typeof redSentenceShape>[]> {
  const [{ now }, at, nameOfRole] = [await businessNow(pool), await instantsOf(pool, asked), await rolesByName(pool)];
  const facts = [
    ...(await fundingFacts(pool, asked, at)),
    ...(await crossCover(pool, asked, at)),
    ...(await refusedOrders(pool, asked, at)),
    ...(await missingFiles(pool, asked, at)),
    ...(await heldSteps(pool, asked, at)),
    ...(await openBreaks(pool, asked)),
    ...(await overdrafts(pool, asked, at)),
    ...(await overdueTasks(pool, asked, now)),
  ];
  return facts.map((fact) => shapeOf(redSentence(fact, now, nameOfRole)));
}

/** The sentence of a task whose time is over; null where it is not. */
export async function sentenceOfTask(
  pool: Pool,
  task: { readonly title: Words; readonly role: string; readonly dueAt: string | null; readonly isOpen: boolean },
): Promise<z.input<typeof redSentenceShape> | null> {
  const { now } = await businessNow(pool);
  const { title, role, dueAt, isOpen } = task;
  if (!isOpen || dueAt === null || dueAt > now) return null;
  return shapeOf(redSentence({ kind: 'TASK_OVERDUE', title, role, dueAt }, now, await rolesByName(pool)));
}

const shapeOf = ({ amountFen, ...told }: RedSentence): z.input<typeof redSentenceShape> => ({
  kind: told.kind,
  sentence: told.sentence,
  cause: told.cause,
  value: moneyOrNull(amountFen),
  dueAt: told.dueAt,
  minutesLeft: told.minutesLeft,
  nextAct: told.nextAct,
  owner: told.owner,
});

async function rolesByName(pool: Pool): Promise<(role: string) => Words> {
  const { rows } = await pool.query<{ role: string; name_zh: string }>('select role, name_zh from roles');
  const names = new Map(rows.map((row) => [row.role, { zh: row.name_zh, en: row.role }]));
  return (role) => names.get(role) ?? { zh: role, en: role };
}

interface Instants {
  readonly intraday: string;
  readonly endOfDay: string;
  readonly posting: string;
  readonly nextMorning: string;
}

async function instantsOf(pool: Pool, { channel, businessDate }: RedAsked): Promise<Instants> {
  const { rows } = await pool.query<ParameterRow>(
    `select code, channel, value, unit, valid_from as "validFrom", valid_to as "validTo" from parameters
     where code in ('CHECKPOINT_INTRADAY', 'CHECKPOINT_END_OF_DAY', 'POSTING_NOT_BEFORE', 'PLAN_READY_AT')`,
  );
  const { rows: days } = await pool.query<{ next: BusinessDate }>(
    'select next_trading_day as next from settlement_days where channel = $1 and business_date = $2',
    [channel, businessDate],
  );
  const at = (code: string, date = businessDate) =>
    shanghaiInstant(date, parameterOn(rows, code, businessDate, channel as Channel));
  return {
    intraday: at('CHECKPOINT_INTRADAY'),
    endOfDay: at('CHECKPOINT_END_OF_DAY'),
    posting: at('POSTING_NOT_BEFORE'),
    nextMorning: at('PLAN_READY_AT', days[0]?.next ?? businessDate),
  };
}

async function fundingFacts(pool: Pool, asked: RedAsked, at: Instants): Promise<RedFacts[]> {
  const of = [asked.channel, asked.businessDate, asked.sides];
  const { rows: short } = await pool.query<{ side: Side; missing: bigint; cause: DefaultCause | 'not yet found' }>(
    `select side, case when end_of_day_fen > 0 then end_of_day_fen else intraday_fen end as missing, cause from settlement_defaults
     -- One of an earlier day is red until it is covered, whatever day is looked at.
     where channel = $1 and business_date <= $2 and side = any($3) and covered_on is null order by business_date, side`,
    of,
  );
  const { rows: late } = await pool.query<{ side: Side; missing: bigint }>(
    `select c.side, c.missing_fen as missing from checkpoints c
     where c.channel = $1 and c.business_date = $2 and c.side = any($3) and c.checkpoint = '10:00' and c.missing_fen > 0
       and not exists (select from checkpoints n where n.channel = c.channel and n.business_date = c.business_date and n.side = c.side
                         and n.checkpoint = '10:30')
     order by c.side`,
    of,
  );
  return [
    ...late.map(
      ({ side, missing }) => ({ kind: 'FUNDING_LATE', side, missingFen: missing, dueAt: at.intraday }) as const,
    ),
    ...short.map(
      ({ side, missing, cause }) =>
        ({ kind: 'FUNDING_SHORT', side, missingFen: missing, cause, dueAt: at.endOfDay }) as const,
    ),
  ];
}

/** A claim of the own funds on the client side: whoever sees one of the two sides sees it, until it is repaid. */
async function crossCover(pool: Pool, asked: RedAsked, at: Instants): Promise<RedFacts[]> {
  const { rows } = await pool.query<{ owed: bigint }>(
    `select coalesce(sum(cross_cover_fen), 0)::bigint as owed from checkpoints where channel = $1 and side = 'client' and business_date <= $2`,
    [asked.channel, asked.businessDate],
  );
  const owed = rows[0]?.owed ?? 0n;
  return owed > 0n ? [{ kind: 'CROSS_COVER', owedFen: owed, dueAt: at.nextMorning }] : [];
}

/** Refused outside, and nothing was made in its place. */
async function refusedOrders(pool: Pool, asked: RedAsked, at: Instants): Promise<RedFacts[]> {
  const { rows } = await pool.query<{ side: Side; order: string; amount: bigint }>(
    `select o.side, o.business_key as "order", o.amount_fen as amount from orders o
     where o.channel = $1 and o.business_date = $2 and o.side = any($3) and o.state = 'rejected outside'
       and not exists (select from orders n where (n.channel, n.business_date, n.side, n.kind) = (o.channel, o.business_date, o.side, o.kind)
                         and n.case_key is not distinct from o.case_key and n.order_id > o.order_id)
     order by o.order_id`,
    [asked.channel, asked.businessDate, asked.sides],
  );
  return rows.map(({ side, order, amount }) => ({
    kind: 'ORDER_REFUSED',
    side,
    order,
    amountFen: amount,
    dueAt: at.endOfDay,
  }));
}

/** What waits for a refused file, by file, and what the books themselves refuse, by cause; the cushion has a sentence of its own. */
async function heldSteps(pool: Pool, asked: RedAsked, at: Instants): Promise<RedFacts[]> {
  const { rows } = await pool.query<{ cause: string; steps: string[]; to_lend: bigint }>(
    `select s.cause, array_agg(s.step order by s.step) as steps,
            (select coalesce(sum(o.amount_fen), 0)::bigint from overdrafts o join settlement_days d on d.channel = o.channel
               and d.previous_trading_day = o.business_date where d.channel = $1 and d.business_date = $2) as to_lend
     from day_steps s where s.channel = $1 and s.business_date = $2 and s.state = 'held' and s.cause not like 'missing %'
     group by s.cause order by s.cause`,
    [asked.channel, asked.businessDate],
  );
  return rows.map(({ cause, steps, to_lend }): RedFacts => {
    const file = /^refused (\S+)/.exec(cause)?.[1];
    if (file !== undefined) return { kind: 'FILE_REFUSED', file, heldSteps: steps.length, dueAt: at.posting };
    const isCushion = steps.length === 1 && steps[0] === 'advances' && cause.includes('气垫');
    return isCushion
      ? { kind: 'CUSHION', amountFen: to_lend, dueAt: at.posting }
      : { kind: 'STEP_HELD', steps, reason: cause };
  });
}

async function missingFiles(pool: Pool, asked: RedAsked, at: Instants): Promise<RedFacts[]> {
  const { rows } = await pool.query<{ file: string; held: number }>(
    `select f.file_name as file, (select count(*)::int from day_steps s where s.channel = f.channel and s.business_date = f.business_date
               and s.state = 'held') as held
     from findings_in_force f where f.channel = $1 and f.business_date = $2 and f.class = 'MISSING_FILE' order by f.file_name`,
    [asked.channel, asked.businessDate],
  );
  return rows.map(({ file, held }) => ({ kind: 'MISSING_FILE', file, heldSteps: held, dueAt: at.posting }));
}

/** By class: a thousand breaks of one cause are one sentence. */
async function openBreaks(pool: Pool, asked: RedAsked): Promise<RedFacts[]> {
  const { rows } = await pool.query<{
    class: string;
    count: number;
    amount: bigint | null;
    zh: string;
    en: string;
    assigned: string | null;
  }>(
    `select f.class, count(*)::int as count, sum(abs(f.amount_fen))::bigint as amount, min(f.reason_zh) as zh, min(f.reason_en) as en,
            case when count(v.assigned_to) = count(*) and count(distinct v.assigned_to) = 1 then min(v.assigned_to) end as assigned
     from findings_in_force f join break_verdicts v using (finding_id)
     where f.channel = $1 and f.business_date = $2 and v.verdict in ('open', 'expired')
       and coalesce(side_of_finding(f)::text = any($3), true)
     group by f.class order by f.class`,
    [asked.channel, asked.businessDate, asked.sides],
  );
  return rows.map((row) => ({
    kind: 'BREAK_OPEN',
    name: row.class,
    reason: { zh: row.zh, en: row.en },
    count: row.count,
    amountFen: row.amount,
    assignedTo: row.assigned,
  }));
}

/** Red until the cushion has advanced them. */
async function overdrafts(pool: Pool, asked: RedAsked, at: Instants): Promise<RedFacts[]> {
  const { rows } = await pool.query<{ cause: OverdraftCause; clients: number; amount: bigint }>(
    `select o.cause, count(*)::int as clients, sum(o.amount_fen)::bigint as amount from overdrafts o join clients c using (fund_account)
     where o.channel = $1 and o.business_date = $2 and c.side = any($3)
       and not exists (select from batches b join settlement_days d on d.channel = b.channel and d.business_date = $2
                       where b.channel = $1 and b.business_date = d.next_trading_day and b.kind = 'advance-overdrafts' and b.reverses is null)
     group by o.cause order by o.cause`,
    [asked.channel, asked.businessDate, asked.sides],
  );
  return rows.map(({ cause, clients, amount }) => ({
    kind: 'OVERDRAFT',
    cause,
    clients,
    amountFen: amount,
    dueAt: at.nextMorning,
  }));
}

async function overdueTasks(pool: Pool, asked: RedAsked, now: string): Promise<RedFacts[]> {
  const { rows } = await pool.query<{ zh: string; en: string; role: string; due: string }>(
    `select zh, en, role, due_at as due from tasks join task_titles using (title_id)
     where ${ofProcess('workflow_id', '$1')} and state in ('open', 'claimed') and due_at < $2 and (side is null or side = any($3)) order by due_at, task_id limit 50`,
    [settlementDayId(asked), now, asked.sides],
  );
  return rows.map(({ zh, en, role, due }) => ({
    kind: 'TASK_OVERDUE',
    title: { zh, en },
    role,
    dueAt: new Date(due).toISOString(),
  }));
}
