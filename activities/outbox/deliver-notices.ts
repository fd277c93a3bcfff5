/**
 * Delivers what the outbox holds: takes the receipts that came, then brings each message that is due one step further on
 * its way. A message that cannot be sent stays and is tried again by the next caller; the activity itself does not fail, so
 * messages that are down hold up no process.
 *
 * One at a time in a book: events of a case would overtake one another otherwise. Within a round several go at once.
 */
import type { Pool } from 'pg';
import type { Dependencies } from '../dependencies';
import { whileAlone } from '../database/alone';
import { inTransaction } from '../database/transaction';
import { deliverMessage, type DeliveryRound } from './deliver-message';
import { loadDeliveryTerms } from './delivery-terms';
import { dueMessages, inOrderOfCases, type DueMessage } from './due-messages';
import { leaveWaiting, recordBehind } from './record-delivery';
import { releaseBlocked } from './release-blocked';
import { takeReceipts } from './take-receipts';

const PAGE = 500;
const AT_ONCE = 8;

export interface Delivery {
  /** Messages that went on: accepted by a channel, held until the morning, or given to a person. */
  readonly sent: number;
  readonly unsent: number;
}

const NOTHING: Delivery = { sent: 0, unsent: 0 };

type Deps = Pick<Dependencies, 'pool' | 'messages'>;

export const deliverNotices =
  (deps: Deps) =>
  (_: Readonly<Record<string, never>>): Promise<Delivery> =>
    deliverUnsentNotices(deps);

/** As the activity, for the dispatcher and the mover. */
export const deliverUnsentNotices = (deps: Deps): Promise<Delivery> =>
  whileAlone(
    deps.pool,
    'delivery of messages',
    () => deliverAll(deps),
    () => NOTHING,
  );

async function deliverAll({ pool, messages }: Deps): Promise<Delivery> {
  if (messages.receipts.length > 0 && (await awaitsReceipts(pool))) await takeReceipts(pool, messages.receipts);
  await releaseBlocked(pool);
  const looked = new Set<string>();
  const unanswered = new Map<string, number>();
  let sent = 0;
  for (;;) {
    const due = await dueMessages(pool, looked, PAGE);
    if (due.length === 0) return { sent, unsent: looked.size - sent };
    const terms = await inTransaction(pool, (sql) => loadDeliveryTerms(sql, due));
    sent += await deliverPage({ pool, messages, terms, unanswered, down: [], behind: [] }, due);
    for (const { message_id: id } of due) looked.add(id);
  }
}

/** Lists of one case one after the other; a list ends at the first that is not accepted. */
async function deliverPage(round: DeliveryRound, due: readonly DueMessage[]): Promise<number> {
  const lists = [...inOrderOfCases(due)];
  let sent = 0;
  const deliverLists = async (): Promise<void> => {
    for (let list = lists.shift(); list !== undefined; list = lists.shift()) {
      for (const [place, message] of list.entries()) {
        if (await deliverMessage(round, message)) {
          sent += 1;
          continue;
        }
        round.behind.push(...list.slice(place + 1));
        break;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, deliverLists));
  await leaveWaiting(round.pool, round.down);
  await recordBehind(round.pool, round.behind);
  return sent;
}

async function awaitsReceipts(pool: Pool): Promise<boolean> {
  const { rowCount } = await pool.query(
    `select 1 from outbox where kind = 'notice' and state in ('sent', 'failed over') and due_at is not null limit 1`,
  );
  return rowCount === 1;
}
