/** Which evening steps can be done with the files in force, and which are held by what. Held ones are recorded with their cause. */
import type { PoolClient } from 'pg';
import { COMPARISON, eveningSteps, heldSteps } from '../../domain/settlement/evening-steps';
import { recallVoidWriteOffs } from '../breaks/write-off-subject';
import { applyCancellations } from '../cancellations/apply-cancellations';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { queueNotice } from '../outbox/queue-notice';
import type { DayKey } from './day-key';
import { tellDayAfter } from './evening-before';
import { applyStepRequests } from './step-requests';
import { awaitedFiles } from './list-missing-files';

/** Steps whose refusal keeps the day open. */
export const STEPS_OF_EVENING: readonly string[] = [COMPARISON, ...eveningSteps.map(({ step }) => step)];

export interface HeldSteps {
  /** Step to what holds it, in words. */
  readonly held: Readonly<Record<string, string>>;
  /** Steps that people had repeated or aborted, or that counted a trade that was cancelled: what they posted is taken back. Nothing in runs from before there were such. */
  readonly redo?: readonly string[];
}

export const holdSteps =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (day: DayKey): Promise<HeldSteps> =>
    inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<{ kind: string; part: number | null; name: string; state: string }>(
        `select kind, part, name, state from file_verdicts where channel = $1 and business_date = $2 order by file_id`,
        [day.channel, day.businessDate],
      );
      const awaited = awaitedFiles(day);
      const missing = awaited.filter(
        ({ kind, part }) =>
          !rows.some((row) => row.state === 'accepted' && row.kind === kind && String(row.part ?? '') === (part ?? '')),
      );
      const causeOf = (kind: string) =>
        missing
          .filter((file) => file.kind === kind)
          .map(({ part, name }) => {
            const refused = rows
              .filter((row) => row.kind === kind && String(row.part ?? '') === (part ?? '') && row.state === 'refused')
              .at(-1);
            return refused === undefined ? `missing ${name}` : `refused ${refused.name}`;
          });
      const held = heldSteps(eveningSteps, (kind) => causeOf(kind).length === 0);
      const cancelled = await applyCancellations(sql, day);
      const byHand = await applyStepRequests(sql, day);
      const redo = [...new Set([...cancelled, ...byHand.redo])];
      const told: Readonly<Record<string, string>> = {
        ...byHand.held,
        ...Object.fromEntries(
          [...held].map(([step, kinds]) => [step, [...new Set(kinds.flatMap(causeOf))].join('; ')]),
        ),
      };
      // What was held beside the story, in the morning or later, stays to be seen on the day.
      await sql.query(`delete from day_steps where channel = $1 and business_date = $2 and step = any($3)`, [
        day.channel,
        day.businessDate,
        STEPS_OF_EVENING,
      ]);
      for (const step of Object.keys(told)) await hold(sql, day, step, told[step] ?? '');
      return { held: told, ...(redo.length === 0 ? {} : { redo }) };
    });

/** Holds one step because the books refused it, and tells operations what to cure. Steps after it are held with it. */
export const holdStep =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (given: DayKey & { readonly workflowId: string; readonly step: string; readonly cause: string }): Promise<void> =>
    inTransaction(pool, async (sql) => {
      await hold(sql, given, given.step, given.cause);
      // What finance must cure, it is told too.
      for (const role of given.step === 'advances' ? ['operations', 'finance'] : ['operations'])
        await queueNotice(sql, {
          key: `step-held:${given.channel}:${given.businessDate}:${given.step}:${given.cause.slice(0, 80)}${role === 'operations' ? '' : `:${role}`}`,
          workflowId: given.workflowId,
          severity: 'critical',
          recipientRole: role,
          template: 'STEP_HELD',
          facts: { date: given.businessDate, step: given.step, cause: given.cause },
        });
    });

/** Steps that were done, as people and the report see them. With the last of its batches the evening is posted: the next day is told. */
export const recordStepsDone =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (given: DayKey & { readonly steps: readonly string[] }): Promise<void> =>
    inTransaction(pool, async (sql) => {
      await sql.query(
        `insert into day_steps (channel, business_date, step, state, cause) select $1, $2, step, 'done', '' from unnest($3::text[]) as done(step)
         on conflict (channel, business_date, step) do nothing`,
        [given.channel, given.businessDate, given.steps],
      );
      await recallVoidWriteOffs(sql, given);
      await tellDayAfter(sql, given);
    });

async function hold(sql: PoolClient, day: DayKey, step: string, cause: string): Promise<void> {
  const sections = eveningSteps.find((one) => one.step === step)?.sections ?? [];
  await sql.query(
    `insert into day_steps (channel, business_date, step, state, cause, sections) values ($1, $2, $3, 'held', $4, $5)
     on conflict (channel, business_date, step) do update set state = 'held', cause = excluded.cause, sections = excluded.sections, at = business_now()`,
    [day.channel, day.businessDate, step, cause, sections],
  );
}
