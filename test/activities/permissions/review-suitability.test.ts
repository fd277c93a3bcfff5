/** Who holds a permission is judged again: twelve months after the opening, thirty days after a reminder, each once a day. */
import { reviewSuitability } from '../../../activities/permissions/review-suitability';
import { parseBusinessDate } from '../../../domain/calendar/business-date';
import { openDatabase, type TestDatabase } from '../../support/database';
import { clientAt, clientOf, fillPermissionBook, START } from './stage';

let book: TestDatabase;
let pool: TestDatabase['pool'];
beforeAll(async () => {
  book = await openDatabase('reviews');
  ({ pool } = book);
  await pool.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('reviews', 'test', 'manual', $1)`,
    [START],
  );
  await fillPermissionBook(pool, 60);
});
afterAll(() => book.close());

let nth = 0;
/** A permission that was opened at noon of a day. */
async function heldSince(clientNo: string, date: string): Promise<string> {
  const requestNo = `P20240620-${String((nth += 1)).padStart(6, '0')}`;
  const at = `${date}T04:00:00.000Z`;
  await pool.query(
    `insert into permission_requests (request_no, client_no, permission, terms_from, kind, state, step, step_since, workflow_id,
                                      requested_at, lapses_at, ended_at)
     values ($1, $2, 'HKSC', '2014-11-17', 'opening', 'done', 'ended', $3, 'opened:' || $1, $3, $3, $3)`,
    [requestNo, clientNo, at],
  );
  await pool.query(`insert into permissions values ($1, $2, 'HKSC', $3, null)`, [requestNo, clientNo, at]);
  return requestNo;
}

const review = async (instant: string) => {
  await pool.query('update business_clock set now = $1', [instant]);
  const businessDate = parseBusinessDate(instant.slice(0, 10));
  return reviewSuitability({ pool })({ channel: 'SH', businessDate, workflowId: 'permission-follow-up:SH:test' });
};
const outcomesOf = async (requestNo: string) => {
  const { rows } = await pool.query<{ line: string }>(
    `select reviewed_on || ' ' || outcome || ' ' || array_to_string(codes, ',') as line from suitability_reviews
      where opened_by = $1 order by reviewed_on`,
    [requestNo],
  );
  return rows.map(({ line }) => line.trim());
};

test('who is due is judged, told or brought before operations; the others are left alone', async () => {
  const client = clientAt(pool);
  const held = {
    due: await heldSince(client.nextRegular(), '2024-06-23'),
    notDue: await heldSince(client.nextRegular(), '2024-06-24'),
    poorer: await heldSince(clientOf('assets one fen below the minimum'), '2024-06-23'),
    stale: await heldSince(clientOf('risk result expired yesterday'), '2024-06-23'),
    lastDay: await heldSince(clientOf('last day of the risk result'), '2024-06-23'),
    bad: await heldSince(clientOf('bad credit record'), '2024-06-23'),
    restricted: await heldSince(clientOf('restricted'), '2024-06-23'),
  };
  // Buying is suspended for the restricted one already.
  await pool.query('insert into permission_suspensions (request_no, opened_by) values ($1, $2)', [
    held.notDue,
    held.restricted,
  ]);
  expect(await review(START)).toEqual({ suitable: 3, reminded: 1, suspensionsAsked: 1 });
  expect(await outcomesOf(held.due)).toEqual(['2025-06-23 suitable']);
  expect(await outcomesOf(held.notDue)).toEqual([]);
  // Assets are those of the application, and not asked again.
  expect(await outcomesOf(held.poorer)).toEqual(['2025-06-23 suitable']);
  expect(await outcomesOf(held.lastDay)).toEqual(['2025-06-23 suitable']);
  expect(await outcomesOf(held.stale)).toEqual(['2025-06-23 reminded RISK_RESULT_EXPIRED']);
  expect(await outcomesOf(held.bad)).toEqual(['2025-06-23 suspension asked SERIOUS_BAD_CREDIT_RECORD']);
  expect(await outcomesOf(held.restricted)).toEqual(['2025-06-23 suspended already PERSON_RESTRICTED']);
  // Again on the same day nobody is due.
  expect(await review(START)).toEqual({ suitable: 0, reminded: 0, suspensionsAsked: 0 });

  const { rows: asked } = await pool.query(
    `select c.cause, c.made_by, c.opened_by, r.kind, r.state, o.kind as sent
       from permission_changes c join permission_requests r using (request_no) join waiting_messages o on o.workflow_id = r.workflow_id`,
  );
  const ofReview = { cause: 'review', made_by: 'southbound', kind: 'suspension', state: 'under way', sent: 'start' };
  expect(asked).toEqual([{ ...ofReview, opened_by: held.bad }]);
  const { rows: told } = await pool.query(
    `select recipient_ref, facts ->> 'until' as until from outbox where template = 'SUITABILITY_REVIEW'`,
  );
  expect(told).toEqual([{ recipient_ref: clientOf('risk result expired yesterday'), until: '2025-07-23' }]);

  // Thirty days after the reminder, nothing was answered: the day before it is not asked, on the day it is.
  await review('2025-07-22T01:00:00.000Z');
  expect(await outcomesOf(held.stale)).toHaveLength(1);
  expect(await outcomesOf(held.notDue)).toHaveLength(1);
  expect(await review('2025-07-23T01:00:00.000Z')).toEqual({ suitable: 0, reminded: 0, suspensionsAsked: 1 });
  expect((await outcomesOf(held.stale)).at(-1)).toBe('2025-07-23 suspension asked RISK_RESULT_EXPIRED');
});
