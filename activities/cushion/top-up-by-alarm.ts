/**
 * The alarm of the cushion asks finance to raise it, and takes that back where the evening is computed anew and finds enough (A4 §28). What is
 * under way by an order that a second person has approved goes on.
 */
import type { PoolClient } from 'pg';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import type { DayKey } from '../settlement/day-key';
import { endTopUp } from './end-top-up';
import { enterTopUp, lockTopUps, openTopUp } from './enter-top-up';

/** @param amountFen the least amount by which the alarm is raised no more; zero where it is not raised */
export async function topUpByAlarm(sql: PoolClient, day: DayKey, amountFen: bigint): Promise<void> {
  const { channel, businessDate } = day;
  await lockTopUps(sql, channel);
  const open = await openTopUp(sql, channel);
  if (amountFen === 0n) {
    if (open?.origin === 'alarm') await endTopUp(sql, open.id, SYSTEM_ACTOR);
    return;
  }
  if (open === undefined) {
    await enterTopUp(sql, {
      ...{ channel, businessDate, origin: 'alarm', amountFen, by: SYSTEM_ACTOR },
      reason: '安全气垫告警 alarm of the cushion',
      key: `alarm:${channel}:${businessDate}:${await alarmsOf(sql, day)}`,
    });
  } else if (open.origin === 'alarm')
    await sql.query('update cushion_top_ups set amount_fen = $2 where top_up_id = $1', [open.id, amountFen]);
}

async function alarmsOf(sql: PoolClient, { channel, businessDate }: DayKey): Promise<string> {
  const { rows } = await sql.query<{ alarms: string }>(
    `select count(*)::text as alarms from cushion_top_ups where channel = $1 and business_date = $2 and origin = 'alarm'`,
    [channel, businessDate],
  );
  return rows[0]?.alarms ?? '0';
}
