/** Stages of the day, its close over decided breaks only, and signed exceptions (A4 §11; settlement page, close the day). */
import type { PoolClient } from 'pg';
import { addDays, type BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import { UNAPPLIED } from '../cancellations/apply-cancellations';
import { makersOfBreak } from '../breaks/break-makers';
import { holdBreak } from '../breaks/hold-break';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { queueEvent } from '../outbox/queue-event';
import { queueNotice } from '../outbox/queue-notice';
import { businessDateNow, standingOf } from '../people/standing';
import { loadParameters } from '../terms/load-terms';
import type { DayKey } from './day-key';
import { startFollowUp } from '../permissions/follow-up';
import { tellClosings } from '../permissions/tell-closings';
import { tellEvents } from '../corporate-actions/tell-events';
import { tellDayAfterClosed } from './evening-before';
import { STEPS_OF_EVENING } from './hold-steps';
import { verdictsOf } from './list-missing-files';
import { openBreaks } from './reconcile-day';
import { outdatedPostings } from './reverse-evening';

/** Where the day stands, as people read it. */
export const recordStage =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ channel, businessDate, stage }: DayKey & { readonly stage: string }): Promise<void> =>
    inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<{ workflow_id: string; before: string }>(
        `with before as (select stage from settlement_days where channel = $1 and business_date = $2 for update)
         update settlement_days d set stage = $3 from before
          where d.channel = $1 and d.business_date = $2 and d.closed_at is null returning d.workflow_id, before.stage as before`,
        [channel, businessDate, stage],
      );
      const [day] = rows;
      if (day === undefined || day.before === stage) return;
      await queueEvent(sql, {
        key: `${day.workflow_id}:stage`,
        recurs: true,
        type: 'settlement-day.stage',
        caseKey: day.workflow_id,
        facts: { channel, date: businessDate, stage },
      });
    });

/** A day that is to be closed, and how many verdicts about its files its last round began with; left away by rounds that counted none. */
export interface EndingDay extends DayKey {
  readonly workflowId: string;
  readonly verdicts?: number | undefined;
}

export interface DayEnd {
  /** Left away where something keeps the day open. */
  readonly closedAt?: string;
  /** Breaks without a decision. */
  readonly openBreaks: number;
  /** An earlier day that is still open: days close in their order. */
  readonly after?: BusinessDate;
}

/**
 * Closes the day, unless a file waits for its verdict or got one since the evening was posted, a step is held, a break is undecided or an earlier day
 * is open.
 */
export const closeDay =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (day: EndingDay): Promise<DayEnd> =>
    inTransaction(pool, async (sql) => {
      // A file that is noted at this moment is seen here, or sees the day closed.
      const { rows: held } = await sql.query<{ isClosed: boolean }>(
        `select closed_at is not null as "isClosed" from settlement_days where channel = $1 and business_date = $2 for update`,
        [day.channel, day.businessDate],
      );
      // What comes after the close opens no closed day, also where its answer was lost.
      const kept = held[0]?.isClosed === true ? undefined : await keptOpen(sql, day);
      if (kept !== undefined) return kept;
      const { rows } = await sql.query<{ closed_at: string; first: boolean }>(
        `with before as (select closed_at from settlement_days where channel = $1 and business_date = $2)
         update settlement_days d set closed_at = coalesce(d.closed_at, business_now()), stage = 'closed' from before
         where d.channel = $1 and d.business_date = $2 returning d.closed_at, before.closed_at is null as first`,
        [day.channel, day.businessDate],
      );
      const [closed] = rows;
      if (closed === undefined) throw new BusinessError('DAY_NOT_STARTED', { date: day.businessDate });
      if (closed.first) {
        await recordAudit(sql, {
          actor: SYSTEM_ACTOR,
          action: 'close settlement day',
          outcome: 'done',
          objectType: 'settlement day',
          objectId: `${day.channel}:${day.businessDate}`,
        });
        await queueNotice(sql, {
          key: `day-closed:${day.channel}:${day.businessDate}`,
          workflowId: day.workflowId,
          severity: 'info',
          recipientRole: 'supervisor',
          template: 'DAY_CLOSED',
          facts: { date: day.businessDate },
        });
        await queueEvent(sql, {
          key: `${day.workflowId}:closed`,
          type: 'settlement-day.closed',
          caseKey: day.workflowId,
          facts: { channel: day.channel, date: day.businessDate },
        });
        await tellClosings(sql, day);
        await tellEvents(sql, day);
        await startFollowUp(sql, day);
      }
      await tellDayAfterClosed(sql, day);
      return { closedAt: closed.closed_at, openBreaks: 0 };
    });

/** What keeps the day open; undefined where nothing does. */
async function keptOpen(sql: PoolClient, day: EndingDay): Promise<DayEnd | undefined> {
  const { rows } = await sql.query<{ waiting: boolean; after: BusinessDate | null }>(
    `select exists (select 1 from file_verdicts where channel = $1 and business_date = $2 and state = 'arrived' and kind <> 'UNKNOWN')
         or exists (select 1 from day_steps where channel = $1 and business_date = $2 and state = 'held' and step = any($3))
         -- Approved since the last round: done before the day closes.
         or exists (select 1 from step_requests where channel = $1 and business_date = $2 and state = 'approved' and applied_at is null)
         or exists (${UNAPPLIED}) as waiting,
            (select min(business_date)::text from settlement_days
             where channel = $1 and business_date < $2 and closed_at is null) as after`,
    [day.channel, day.businessDate, STEPS_OF_EVENING],
  );
  const { waiting: isHeld, after } = rows[0] ?? { waiting: true, after: null };
  const waiting = isHeld || (await isPostedOnLess(sql, day));
  const open = await openBreaks(sql, day);
  if (!waiting && open === 0 && after === null) return undefined;
  return waiting || after === null ? { openBreaks: open } : { openBreaks: open, after };
}

/** Whether a verdict came after the round began, or what was posted rests on what is no longer in force. */
const isPostedOnLess = async (sql: PoolClient, day: EndingDay): Promise<boolean> =>
  (day.verdicts !== undefined && day.verdicts !== (await verdictsOf(sql, day))) ||
  (await outdatedPostings(sql, day)) !== undefined;

export interface SignedException extends DayKey {
  readonly findingId: string;
  readonly reason: string;
  readonly expiresOn: string;
  readonly signedBy: string;
  readonly role: string;
  readonly requestId: string;
}

/**
 * Signed once; anew when the one before has run out. Whoever has a part in the break does not sign.
 * @throws BusinessError NOT_FOUND, EXCEPTION_BY_MAKER, BREAK_ALREADY_DECIDED, EXCEPTION_TOO_LONG
 */
export const recordException =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (given: SignedException): Promise<{ readonly openBreaks: number }> =>
    inTransaction(pool, async (sql) => {
      await holdBreak(sql, given.findingId);
      const { rows } = await sql.query<Signed>(
        `select d.signed_by, d.reason, d.expires_on::text, v.verdict from findings_in_force f join break_verdicts v using (finding_id)
         left join break_decisions d using (finding_id) where f.finding_id = $1 and f.channel = $2 and f.business_date = $3 and f.outcome = 'break'`,
        [given.findingId, given.channel, given.businessDate],
      );
      const [found] = rows;
      if (found === undefined) throw new BusinessError('NOT_FOUND', { what: '差异 break', key: given.findingId });
      const again =
        found.signed_by === given.signedBy && found.reason === given.reason && found.expires_on === given.expiresOn;
      if (!again) {
        await refuseMaker(sql, given);
        await refuseTooLong(sql, given);
        if (found.verdict === 'excepted' || found.verdict === 'written off')
          throw new BusinessError('BREAK_ALREADY_DECIDED', { id: given.findingId });
        await sql.query(
          `insert into break_decisions (finding_id, decision, reason, expires_on, signed_by) values ($1, 'exception', $2, $3, $4)
           on conflict (finding_id) do update set reason = excluded.reason, expires_on = excluded.expires_on, signed_by = excluded.signed_by,
             at = business_now()`,
          [given.findingId, given.reason, given.expiresOn, given.signedBy],
        );
        await recordAudit(sql, {
          actor: given.signedBy,
          role: given.role,
          action: 'sign exception for a break',
          outcome: 'done',
          objectType: 'break',
          objectId: given.findingId,
          reason: given.reason,
          ...(found.signed_by === null ? {} : { before: { signedBy: found.signed_by, expiresOn: found.expires_on } }),
          after: { expiresOn: given.expiresOn },
          requestId: given.requestId,
        });
      }
      return { openBreaks: await openBreaks(sql, given) };
    });

interface Signed {
  readonly signed_by: string | null;
  readonly reason: string | null;
  readonly expires_on: string | null;
  readonly verdict: 'open' | 'excepted' | 'expired' | 'written off';
}

/** An exception is looked at again after a while, however long the difference stays. */
async function refuseTooLong(sql: PoolClient, { channel, expiresOn }: DayKey & { readonly expiresOn: string }) {
  const today = await businessDateNow(sql);
  const days = Number.parseInt((await loadParameters(sql, channel, today))('EXCEPTION_DAYS_AT_MOST'), 10);
  const latest = addDays(today, days);
  if (expiresOn > latest) throw new BusinessError('EXCEPTION_TOO_LONG', { days, latest, field: 'expiresOn' });
}

async function refuseMaker(
  sql: PoolClient,
  { findingId, signedBy }: { readonly findingId: string; readonly signedBy: string },
): Promise<void> {
  const { naturalPerson } = await standingOf(sql, signedBy, await businessDateNow(sql));
  if ((await makersOfBreak(sql, findingId)).includes(naturalPerson))
    throw new BusinessError('EXCEPTION_BY_MAKER', { id: findingId });
}
