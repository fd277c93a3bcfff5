/**
 * Notices of the clearing house are entered from its file as a person would enter them: the system makes, a supervisor approves (A4 §40). A notice is
 * known by its number and entered once, whichever version tells of it; what cannot be entered is a break on its line, all causes at once.
 */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { finding } from '../../domain/clearing-files/finding';
import { BusinessError, SeveralRefusals } from '../../domain/errors';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { listFindings, type FindingPlace, type ListedFinding } from '../files/list-findings';
import { cancellationWithin } from '../intake/cancel-trade';
import { postponementWithin, withdrawalWithin, type PostponementCause } from '../intake/postpone-settlement';
import type { DayKey } from '../settlement/day-key';

interface NoticeLine {
  readonly row_no: bigint;
  readonly notice_no: string;
  readonly act: 'POSTPONE' | 'WITHDRAW' | 'CANCEL';
  readonly from_date: BusinessDate;
  readonly to_date: BusinessDate | null;
  readonly cause: string;
  readonly trade_no: string;
  readonly words: string;
}

export async function enterNotices(sql: PoolClient, day: DayKey, place: FindingPlace): Promise<void> {
  const { rows } = await sql.query<NoticeLine>(
    `select row_no, notice_no, act, from_date::text, to_date::text, cause, trade_no, words from settlement_notices
     where business_date = $1 and file_id = $2 order by row_no`,
    [day.businessDate, place.fileId],
  );
  const breaks: ListedFinding[] = [];
  for (const line of rows) {
    try {
      await enter(sql, day, line);
    } catch (refusal) {
      if (!(refusal instanceof BusinessError)) throw refusal;
      const all = refusal instanceof SeveralRefusals ? refusal.all : [refusal];
      breaks.push(
        finding(
          'NOTICE_NOT_ENTERED',
          { row: Number(line.row_no), field: 'notice_no', value: line.notice_no },
          { zh: all.map(({ text }) => text.zh).join(''), en: all.map(({ text }) => text.en).join(' ') },
        ),
      );
    }
  }
  await listFindings(sql, day, place, breaks);
}

/** @throws BusinessError as whoever enters it by hand is answered */
async function enter(sql: PoolClient, { channel }: DayKey, line: NoticeLine): Promise<void> {
  const { notice_no, act, from_date: from, to_date: to, words } = line;
  const key = `notice:${channel}:${notice_no}`;
  const by = { key, by: SYSTEM_ACTOR, role: 'system', requestId: key };
  const notice = `${notice_no}: ${words}`;
  if (act === 'CANCEL') {
    await cancellationWithin(sql, { ...by, channel, tradeDate: from, tradeNo: line.trade_no, notice });
    return;
  }
  const until = to ?? from;
  if (act === 'POSTPONE') {
    const asked = { ...by, channel, from, to: until, cause: line.cause as PostponementCause, notice };
    await refuseOtherDays(sql, notice_no, asked, (await postponementWithin(sql, asked)).postponementId);
    return;
  }
  const { rows } = await sql.query<{ id: string }>(
    `select postponement_id::text as id from settlement_postponements
     where channel = $1 and postponed_from = $2 and postponed_to = $3 order by postponement_id desc limit 1`,
    [channel, from, until],
  );
  const [standing] = rows;
  if (standing === undefined)
    throw new BusinessError('NOT_FOUND', { what: '交收推迟 postponement', key: `${from} → ${until}` });
  await withdrawalWithin(sql, { ...by, postponementId: standing.id, reason: notice });
}

/** What is entered stands: whoever changes a notice takes the first one back. */
async function refuseOtherDays(
  sql: PoolClient,
  noticeNo: string,
  { from, to }: { readonly from: string; readonly to: string },
  postponementId: string,
): Promise<void> {
  const { rows } = await sql.query<{ from: string; to: string }>(
    `select postponed_from::text as "from", postponed_to::text as "to" from settlement_postponements where postponement_id = $1`,
    [postponementId],
  );
  const [kept] = rows;
  if (kept !== undefined && (kept.from !== from || kept.to !== to))
    throw new BusinessError('NOTICE_ENTERED_OTHERWISE', { notice: noticeNo, postponement: postponementId, ...kept });
}
