/**
 * What an earlier file of the day told of an event and its resend tells no more: the event stands as the version before had it, or, where there
 * was none, is cancelled. Of a cancellation that falls, what it took from holders stands again. People are asked, because a row may be missing by
 * mistake.
 */
import type { PoolClient } from 'pg';
import type { EventChange, EventNotice, EventTerms } from '../../domain/corporate-actions/event-notice';
import type { EventKind } from '../../domain/corporate-actions/served-kinds';
import type { NoticeFile } from './read-notices';

const FALLEN =
  '重发的公告文件不再包含该事件，按此前版本执行 the resend of the notice file does not tell the event any more: it stands as before that file';

/** As notices of the resend, without rows of it. */
export async function fallenNotices(
  sql: PoolClient,
  { channel, businessDate, fileId }: NoticeFile,
  told: readonly EventNotice[],
): Promise<readonly EventNotice[]> {
  const { rows } = await sql.query<{
    event_no: string;
    kind: EventKind;
    code: string;
    state: string;
    change: EventChange | null;
    terms: EventTerms | null;
    own: EventTerms;
  }>(
    `with newest as (
       select distinct on (event_id) v.* from corporate_action_versions v where v.is_taken order by event_id, v.version desc)
     select a.event_no, coalesce(b.kind, a.kind) as kind, coalesce(b.code, a.code) as code, a.state, b.change, b.terms, a.terms as own
       from newest n join corporate_actions a using (event_id)
       left join lateral (
         select change, terms, kind, code from corporate_action_versions v
          where v.event_id = n.event_id and v.is_taken and v.version < n.version and v.business_date < $2 order by v.version desc limit 1) b on true
      where a.channel = $1 and n.business_date = $2 and n.file_id is distinct from $3 and not a.event_no = any($4)
      order by a.event_id`,
    [channel, businessDate, fileId, told.map(({ eventNo }) => eventNo)],
  );
  return rows.map(({ event_no: eventNo, kind, code, state, change, terms, own }) => ({
    eventNo,
    kind,
    code,
    change: change === null || change === 'DEL' ? 'DEL' : state === 'cancelled' ? 'ADD' : 'UPD',
    terms: terms ?? own,
    rowNos: [],
    contradiction: FALLEN,
    isFallback: true,
  }));
}
