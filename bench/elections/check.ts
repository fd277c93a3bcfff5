/**
 * Looks for acknowledged elections that are missing and for late ones. It knows what clients noted outside of the database and what the clearing
 * house noted in its own journal, and reads the rows by SQL of its own; nothing of the product judges here.
 */
import { readFileSync } from 'node:fs';
import type { Pool } from 'pg';

/** What a client was told, and its own clock when it asked. Instants are UTC. */
export interface Acknowledged {
  readonly account: string;
  /** Place in the order of the client's own requests. */
  readonly nth: number;
  /** Shares on the option that is filed, as text. */
  readonly quantity: string;
  readonly askedAt: string;
  readonly electedAt: string;
}

/** All zero is the promise. */
export interface Checked {
  /** Accounts whose last acknowledgement is not what stands. */
  readonly missing: number;
  /** Acknowledgements of what was asked, or is said to have been elected, at or after the cut. */
  readonly late: number;
  /** Accounts that have another sum over all options than they can elect: no default, or twice. */
  readonly incomplete: number;
  /** Options whose sum in the tally of the close is not the sum of what clients noted, and for the default the rest. */
  readonly tallied: number;
  /** Filings that the clearing house has not acknowledged. */
  readonly unfiled: number;
  /** Accounts for which the clearing house holds, or the book says that it has acknowledged, another sum than what clients noted. */
  readonly differing: number;
}

/** What the clearing house took: account and signed shares as text, once for each filing that it noted. */
export interface TakenFiling {
  readonly account: string;
  readonly quantity: string;
}

/** The journal of filings of the simulated clearing house, a line each. */
export const journalOf = (path: string): readonly TakenFiling[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { filing } = JSON.parse(line) as { readonly filing: { readonly ZQZH: string; readonly SL: string } };
      return { account: filing.ZQZH, quantity: filing.SL };
    });

export async function check(
  pool: Pool,
  noted: readonly Acknowledged[],
  filedOption: string,
  journal: readonly TakenFiling[],
): Promise<Checked> {
  const { rows: events } = await pool.query<{ cut: string }>('select client_cut_at as cut from corporate_actions');
  const cut = events[0]?.cut ?? '';
  const last = new Map<string, Acknowledged>();
  for (const one of noted) if ((last.get(one.account)?.nth ?? -1) < one.nth) last.set(one.account, one);
  const { rows } = await pool.query<Omit<Checked, 'late'>>(
    `with told as (select account, quantity from unnest($1::text[], $2::bigint[]) as t (account, quantity)),
     standing as (select securities_account as account, quantity from elections where option = $3),
     whole as (
       select h.securities_account, h.electable, coalesce(sum(e.quantity), 0) as quantity from corporate_action_holders h
         left join elections e using (event_id, securities_account) group by 1, 2),
     tally as (
       select line ->> 'option' as option, (line ->> 'quantity')::bigint as quantity
         from corporate_action_steps, jsonb_array_elements(detail -> 'tally') line where act = 'close elections'),
     wanted as (
       select $3 as option, coalesce(sum(quantity), 0)::bigint as quantity from told
       union all
       select option, (select sum(electable) from corporate_action_holders) - (select coalesce(sum(quantity), 0) from told)
         from corporate_action_options where is_default),
     house as (select account, sum(quantity) as quantity from unnest($4::text[], $5::bigint[]) as j (account, quantity) group by 1),
     filed as (select securities_account as account, sum(confirmed) filter (where state = 'confirmed') as confirmed from election_filings group by 1)
     select (select count(*) from told full join standing s using (account) where coalesce(s.quantity, 0) <> coalesce(told.quantity, 0))::int as missing,
            (select count(*) from whole where quantity <> electable)::int as incomplete,
            (select count(*) from wanted full join tally using (option) where wanted.quantity is distinct from tally.quantity)::int as tallied,
            (select count(*) from election_filings where state <> 'confirmed')::int as unfiled,
            (select count(*) from told full join filed f using (account) full join house j using (account)
              where coalesce(f.confirmed, 0) <> coalesce(told.quantity, 0) or coalesce(j.quantity, 0) <> coalesce(told.quantity, 0))::int as differing`,
    [
      [...last.keys()],
      [...last.values()].map(({ quantity }) => quantity),
      filedOption,
      journal.map(({ account }) => account),
      journal.map(({ quantity }) => quantity),
    ],
  );
  const late = noted.filter(({ askedAt, electedAt }) => askedAt >= cut || electedAt >= cut).length;
  const found = rows[0] ?? { missing: -1, incomplete: -1, tallied: -1, unfiled: -1, differing: -1 };
  return { ...found, late };
}
