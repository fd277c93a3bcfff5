/**
 * Events as a notice file tells them, in the transaction in which the file is taken: every version is kept and compared with the one
 * before, the newest is in force, and the process of the event is started or told. What does not fit is kept too, and people are asked. What a
 * resend of the day's file tells no more falls with the file before it.
 */
import type { PoolClient } from 'pg';
import type { Channel } from '../../domain/channel';
import { eventNotices, type NoticeRow } from '../../domain/corporate-actions/event-notice';
import { loadMarketCalendar } from '../calendar/load-market-calendar';
import { announceEvent } from './announce-event';
import { fallenNotices } from './fallen-notices';
import { changeEvent } from './change-event';
import { eventIfKnown, lockEvent, shutDoor, type EventKey } from './event-row';
import { noticeRows, servedKinds, type NoticeFile, type Told } from './read-notices';

/**
 * Safe to repeat: an event has one version of a file.
 * @param rows of the file where they are not kept in the book
 */
export async function recordEvents(
  sql: PoolClient,
  file: NoticeFile,
  rows?: readonly NoticeRow[],
): Promise<{ readonly versions: number }> {
  const told = eventNotices(rows ?? (await noticeRows(sql, file)));
  const fallen = file.isResend === true ? await fallenNotices(sql, file, told) : [];
  const notices = [...told, ...fallen];
  if (notices.length === 0) return { versions: 0 };
  const { calendar, versions } = await loadMarketCalendar(sql, file.channel as Channel);
  const served = await servedKinds(sql);
  let written = 0;
  for (const notice of notices) {
    if (await recordEvent(sql, { file, notice, calendar, calendarVersion: versions, served })) written += 1;
  }
  return { versions: written };
}

async function recordEvent(sql: PoolClient, told: Told): Promise<boolean> {
  const { file, notice } = told;
  const key: EventKey = { channel: file.channel, eventNo: notice.eventNo };
  const known = await eventIfKnown(sql, key);
  if (known === undefined) return announceEvent(sql, key, told);
  await shutDoor(sql, known.eventId);
  return changeEvent(sql, await lockEvent(sql, key), told);
}
