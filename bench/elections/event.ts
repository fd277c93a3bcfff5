/** An event that is open, with very many holders, as its process left it. */
import type { Pool } from 'pg';

export const KEY = { channel: 'SH', eventNo: 'BENCH1' } as const;

/** A000000000 and so on. */
export const accountOf = (nth: number): string => `A${String(nth).padStart(9, '0')}`;

/** @param owner as the owner of the tables: rows are copied in as no verb would */
export async function enterEvent(owner: Pool, holders: number): Promise<void> {
  await owner.query(
    `insert into corporate_actions (channel, event_no, kind, code, is_served, is_elective, state, terms, record_on, relevant_on, opens_at, client_cut_at,
                                    broker_cut_at, clearing_cut_at, hkscc_cut_at, calendar_version, holders_version, workflow_id)
     values ('SH', 'BENCH1', 'TAKEOVER', '08005', true, true, 'collecting', '{}', current_date, current_date, now() - interval '1 day',
             now() + interval '2 days', now() + interval '3 days', now() + interval '4 days', now() + interval '5 days', 'bench', 1, 'bench')`,
  );
  await owner.query(
    `insert into corporate_action_options (event_id, option, place, name_zh, name_en, filed_as, is_default, from_version)
     select event_id, o.option, o.place, o.option, o.option, o.filed_as, o.is_default, 1
       from corporate_actions, (values ('ACCEPT', 1, 'H63', false), ('DECLINE', 2, null, true)) as o (option, place, filed_as, is_default)`,
  );
  await owner.query(
    `insert into corporate_action_holders (event_id, securities_account, fund_account, side, branch, settled, unsettled_sales, in_transit, electable)
     select event_id, 'A' || lpad(nth::text, 9, '0'), '6' || lpad(nth::text, 9, '0'), 'client', '1001', 1000, 0, 0, 1000
       from corporate_actions, generate_series(0, $1 - 1) as nth`,
    [holders],
  );
  await owner.query('analyze corporate_action_holders');
}
