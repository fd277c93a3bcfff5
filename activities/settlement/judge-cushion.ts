/**
 * Whether the cushion can lend what clients are below zero (A4 §28): judged on the evening that finds them, so that finance can raise it before the
 * morning that lends, and again on that morning.
 */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import { amountText, yuan } from '../../domain/money';
import { parseRate } from '../../domain/scaled';
import { cushionAfter, topUpFen, type Cushion } from '../../domain/settlement/overdraft-life';
import { topUpByAlarm } from '../cushion/top-up-by-alarm';
import { queueNotice } from '../outbox/queue-notice';
import { loadParameters } from '../terms/load-terms';
import type { DayKey } from './day-key';

interface ToLend {
  readonly cushion: Cushion;
  readonly toLendFen: bigint;
  readonly state: ReturnType<typeof cushionAfter>;
  /** The least amount by which no alarm is raised. */
  readonly topUpFen: bigint;
}

/**
 * In the evening, before anybody is refused: told where the next morning will reach the alarm, or more than there is, and finance is asked to
 * raise the cushion.
 */
export async function tellCushionTonight(sql: PoolClient, day: DayKey): Promise<void> {
  const judged = await judge(sql, day, 'tonight');
  await topUpByAlarm(sql, day, judged.topUpFen);
  if (judged.state === 'enough') return;
  const { cushion, toLendFen } = judged;
  await tell(
    sql,
    day,
    judged.state === 'low'
      ? { template: 'CUSHION_LOW', facts: afterLending(judged) }
      : { template: 'CUSHION_SHORT', facts: { needed: yuan(toLendFen), left: yuan(cushion.notLentFen) } },
    `cushion-tonight:${judged.state === 'low' ? 'low' : 'short'}`,
  );
}

/** @throws BusinessError CUSHION_TOO_SMALL where it cannot lend all of it */
export async function requireCushion(sql: PoolClient, day: DayKey): Promise<void> {
  const judged = await judge(sql, day, 'the evening before');
  const { cushion, toLendFen, state } = judged;
  if (state === 'too small')
    throw new BusinessError('CUSHION_TOO_SMALL', {
      needed: amountText(toLendFen),
      available: amountText(cushion.notLentFen),
    });
  if (state === 'low') await tell(sql, day, { template: 'CUSHION_LOW', facts: afterLending(judged) }, 'cushion-low');
}

const afterLending = ({ cushion, toLendFen }: ToLend) => ({
  lent: yuan(cushion.lentFen + toLendFen),
  left: yuan(cushion.notLentFen - toLendFen),
});

async function tell(
  sql: PoolClient,
  { channel, businessDate }: DayKey,
  told: { readonly template: string; readonly facts: Readonly<Record<string, ReturnType<typeof yuan>>> },
  key: string,
): Promise<void> {
  for (const role of ['finance', 'operations']) {
    await queueNotice(sql, {
      key: `${key}:${channel}:${businessDate}:${role}`,
      severity: 'critical',
      recipientRole: role,
      template: told.template,
      facts: { date: businessDate, ...told.facts },
    });
  }
}

async function judge(sql: PoolClient, day: DayKey, of: 'tonight' | 'the evening before'): Promise<ToLend> {
  const { rows } = await sql.query<Cushion & { readonly toLendFen: bigint }>(
    `with overdrawn as (
       select sum(e.amount) as short_fen from entries e join clients c on c.fund_account = e.owner
       where e.ledger = 'client_money' and e.business_date < $1::date + $2::int and c.side = 'client' group by e.owner having sum(e.amount) > 0)
     select coalesce(-sum(amount) filter (where ledger = 'cushion'), 0)::bigint as "notLentFen",
            coalesce(sum(amount) filter (where ledger = 'advance'), 0)::bigint as "lentFen",
            coalesce((select sum(short_fen) from overdrawn), 0)::bigint as "toLendFen"
     -- Tonight counts what was paid in since the evening was posted: it is there in the morning that lends.
     from entries where ledger in ('cushion', 'advance') and (business_date <= $1 or $2 = 1 and cause = 'cushion raised')`,
    [day.businessDate, of === 'tonight' ? 1 : 0],
  );
  const { toLendFen, ...cushion } = rows[0] ?? { toLendFen: 0n, notLentFen: 0n, lentFen: 0n };
  const parameter = await loadParameters(sql, day.channel, day.businessDate);
  const alarmAtE12 = parseRate(parameter('CUSHION_ALARM_AT'));
  return {
    cushion,
    toLendFen,
    state: cushionAfter(cushion, toLendFen, alarmAtE12),
    topUpFen: topUpFen(cushion, toLendFen, alarmAtE12),
  };
}
