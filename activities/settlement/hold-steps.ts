/** Which evening steps can be done with the files in force, and which are held by what. Held ones are recorded with their cause. */
import { eveningSteps, heldSteps } from '../../domain/settlement/evening-steps';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import type { DayKey } from './day-key';
import { awaitedFiles } from './list-missing-files';

export interface HeldSteps {
  /** Step to what holds it, in words. */
  readonly held: Readonly<Record<string, string>>;
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
      const told = Object.fromEntries(
        [...held].map(([step, kinds]) => [step, [...new Set(kinds.flatMap(causeOf))].join('; ')]),
      );
      await sql.query(`delete from day_steps where channel = $1 and business_date = $2`, [
        day.channel,
        day.businessDate,
      ]);
      for (const { step, sections } of eveningSteps) {
        await sql.query(
          'insert into day_steps (channel, business_date, step, state, cause, sections) values ($1, $2, $3, $4, $5, $6)',
          [day.channel, day.businessDate, step, step in told ? 'held' : 'done', told[step] ?? '', sections],
        );
      }
      return { held: told };
    });
