/**
 * Finds why a side is in default, and files it: what was planned, ordered, sent in and is needed by the newest lines, and each
 * term of the formula as it was planned, as it is now and as the clearing house settled it (A4 §41).
 */
import type { PoolClient } from 'pg';
import type { Side } from '../../domain/channel';
import { amountText } from '../../domain/money';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { notBelowZero } from '../../domain/scaled';
import { defaultCause, type DefaultCause, type DefaultFacts } from '../../domain/settlement/default-cause';
import { arrivedFen, transfersIn } from '../../domain/settlement/transfers';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import type { DayKey } from './day-key';
import type { ReserveReading } from './read-reserve-account';

export interface ExplainedDefault {
  readonly cause: DefaultCause;
  /** The facts behind the cause and the terms that differ, CNY as text; what a person who calls the bank must know. */
  readonly lines: DefaultLines;
}

export interface DefaultLines {
  readonly planned: string;
  readonly ordered: string;
  readonly arrived: string;
  readonly needed: string;
  readonly terms: readonly {
    readonly term: string;
    readonly planned: string;
    readonly newest: string;
    /** Left away where the batch of 10:30 has no such amount of its own. */
    readonly settled?: string;
  }[];
}

/** Wants the newest revision of the plan computed before. Safe to repeat: the same facts file the same cause. */
export const explainDefault =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (given: DayKey & { readonly side: Side; readonly reading: ReserveReading }): Promise<ExplainedDefault> =>
    inTransaction(pool, async (sql) => {
      const of = [given.channel, given.businessDate, given.side];
      const { rows: orders } = await sql.query<{ ordered: bigint; figure_id: bigint | null }>(
        `select coalesce(sum(amount_fen), 0)::bigint as ordered, max(figure_id) as figure_id from orders
         where channel = $1 and business_date = $2 and side = $3 and kind = 'FUND' and state in ('approved', 'sent', 'executed')`,
        of,
      );
      const terms = await termsOf(sql, of, orders[0]?.figure_id ?? null);
      const total = (which: 'planned' | 'newest') => terms.reduce((sum, term) => sum + term[which], 0n);
      const facts: DefaultFacts = {
        plannedFen: notBelowZero(-total('planned')),
        orderedFen: orders[0]?.ordered ?? 0n,
        arrivedFen: arrivedFen(transfersIn(given.reading.movements)),
        neededFen: notBelowZero(-total('newest')),
      };
      const explained: ExplainedDefault = { cause: defaultCause(facts), lines: linesOf(facts, terms) };
      const { rowCount } = await sql.query(
        `update settlement_defaults set cause = $4, cause_lines = $5
         where channel = $1 and business_date = $2 and side = $3 and (cause, cause_lines) is distinct from ($4, $5::jsonb)`,
        [...of, explained.cause, JSON.stringify(explained.lines)],
      );
      if (rowCount === 1) {
        await recordAudit(sql, {
          actor: SYSTEM_ACTOR,
          action: 'cause of default found',
          outcome: 'done',
          objectType: 'settlement default',
          objectId: of.join(':'),
          after: { ...explained },
        });
      }
      return explained;
    });

interface Term {
  readonly term: string;
  readonly planned: bigint;
  readonly newest: bigint;
  readonly settled: bigint | null;
}

/** Each term by the figure that the order rests on (the first revision where nothing was ordered), by the newest, and as settled. */
async function termsOf(sql: PoolClient, of: readonly string[], figureId: bigint | null): Promise<readonly Term[]> {
  const { rows } = await sql.query<Term>(
    `with revisions as (
       select figure_id, revision from figures where channel = $1 and business_date = $2 and side = $3 and code = 'FUNDING'),
     planned as (select figure_id from revisions where figure_id = coalesce($4, figure_id) order by revision limit 1),
     newest as (select figure_id from revisions order by revision desc limit 1)
     select n.term, p.amount_fen as planned, n.amount_fen as newest,
            case n.term when 'tradeNetFen' then c.trades_fen when 'riskMoneyPayableFen' then c.risk_payable_fen
                        when 'riskMoneyReturnedFen' then c.risk_returned_fen when 'corporateActionReceivableFen' then c.corporate_fen end as settled
     from figure_terms n
     join figure_terms p on p.term = n.term and p.figure_id = (select figure_id from planned)
     left join checkpoints c on c.channel = $1 and c.business_date = $2 and c.side = $3 and c.checkpoint = '10:30'
     where n.figure_id = (select figure_id from newest) order by n.term_no`,
    [...of, figureId],
  );
  return rows;
}

const linesOf = (facts: DefaultFacts, terms: readonly Term[]): DefaultLines => ({
  planned: amountText(facts.plannedFen),
  ordered: amountText(facts.orderedFen),
  arrived: amountText(facts.arrivedFen),
  needed: amountText(facts.neededFen),
  terms: terms.map(({ term, planned, newest, settled }) => ({
    term: term.replace(/Fen$/, ''),
    planned: amountText(planned),
    newest: amountText(newest),
    ...(settled === null ? {} : { settled: amountText(settled) }),
  })),
});
