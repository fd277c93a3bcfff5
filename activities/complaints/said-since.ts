/** What whoever complains said besides the first words: texts, files sent by hand, and the complaints that were linked as duplicates. */
import type { Sql } from '../people/standing';

/**
 * SQL: a row for each thing that was added to the complaint $1, with when it came and when it was entered. A duplicate counts from its receipt;
 * a file that came with a mail is part of that mail.
 */
export const ADDED = `
  select coalesce(x.received_at, x.written_at) as at, x.written_at as entered_at from complaint_texts x join said_in using (complaint_no) where x.kind = 'supplement'
  union all select coalesce(a.received_at, a.filed_at), a.filed_at from complaint_attachments a join said_in using (complaint_no) where a.mail_id is null
  union all select received_at, received_at from complaints where duplicate_of = $1`;

/** SQL: the complaint $1 and its duplicates, for `ADDED`. */
export const SAID_IN = `said_in as (select $1::text as complaint_no union all select complaint_no from complaints where duplicate_of = $1)`;

/** Whether more came after the answer that was given last. */
export const saidSinceAnswer = async (sql: Sql, complaintNo: string): Promise<boolean> =>
  (await firstSinceAnswer(sql, complaintNo)) !== null;

/** When more came first after the answer that was given last, UTC; null while nothing did. */
export const firstSinceAnswer = async (sql: Sql, complaintNo: string): Promise<string | null> =>
  (await sinceAnswer(sql, complaintNo)).first;

/** What came after the answer that was given last: how often, and when first. */
export async function sinceAnswer(
  sql: Sql,
  complaintNo: string,
): Promise<{ readonly times: number; readonly first: string | null }> {
  const { rows } = await sql.query<{ times: number; first: string | null }>(
    `with ${SAID_IN}, added as (${ADDED})
     select count(*)::int as times, min(at) as first from added
      where at > (select max(at) from complaint_steps where complaint_no = $1 and act = 'answer')`,
    [complaintNo],
  );
  return rows[0] ?? { times: 0, first: null };
}

/** Whether nobody was reached after the answer of a level, and more came since it: silence is no consent, and this is none either. */
export async function isAnswerDisputed(sql: Sql, complaintNo: string, level: number): Promise<boolean> {
  const { rows } = await sql.query<{ unreachable: boolean }>(
    `select detail ->> 'satisfaction' = 'unreachable' and (detail ->> 'level')::int = $2 as unreachable
       from complaint_steps where complaint_no = $1 and act = 'call back' order by step_id desc limit 1`,
    [complaintNo, level],
  );
  return rows[0]?.unreachable === true && (await saidSinceAnswer(sql, complaintNo));
}

/** SQL: what is kept of when something came, an instant; null where it came when it is entered, and of the future. */
export const cameBefore = (at: string): string =>
  `case when ${at}::timestamptz < business_now() then ${at}::timestamptz end`;
