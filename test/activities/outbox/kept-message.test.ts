/** What the row of a message keeps: not what follows from its template and its process. It reads as it was told. */
import { loadReference } from '../../../activities/books/load-reference';
import { queueEach, queueNotice } from '../../../activities/outbox/queue-notice';
import { openDatabase, type TestDatabase } from '../../support/database';

let book: TestDatabase;
beforeAll(async () => {
  book = await openDatabase('kept_message');
  await book.pool.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('kept_message', 'test', 'manual', '2025-06-23T02:00:00Z')`,
  );
  await loadReference(book.pool);
});
afterAll(() => book.close());

const rowOf = async (key: string): Promise<Record<string, unknown>> =>
  (await book.pool.query<Record<string, unknown>>('select * from outbox where message_key = $1', [key])).rows[0]!;

const OF_COMPLAINT = { of_its_process: true, other_case: null, is_client_notice: true, other_purpose: null };
const NOTHING_ELSE = { names_its_case: true, facts_told: null };
const WHOLE = { other_key: null, key_tail: '' };
const TO_COMPLAINANT = { to_its_case: true, other_ref: null };

it.each([
  {
    why: 'to whoever complains and is no client: all of it follows',
    told: { template: 'COMPLAINT_RECEIVED', workflowId: 'complaint:T-1', key: 'complaint-received:T-1' },
    to: { recipientRef: 'T-1' },
    facts: { complaint: 'T-1' },
    kept: { ...OF_COMPLAINT, ...NOTHING_ELSE, ...WHOLE, ...TO_COMPLAINANT },
  },
  {
    why: 'to a client, for the second time',
    told: { template: 'COMPLAINT_RECEIVED', workflowId: 'complaint:T-2', key: 'complaint-received:T-2:2' },
    to: { recipientRef: 'C90000006' },
    facts: { complaint: 'T-2' },
    kept: {
      ...OF_COMPLAINT,
      ...NOTHING_ELSE,
      ...{ other_key: null, key_tail: ':2', to_its_case: false, other_ref: 'C90000006' },
    },
  },
  {
    why: 'of another complaint than that of its process, and with more facts',
    told: { template: 'COMPLAINT_RECEIVED', workflowId: 'complaint:T-3', key: 'received:T-3' },
    to: { recipientRef: 'T-30' },
    facts: { complaint: 'T-30', until: '2025-07-01' },
    kept: {
      ...OF_COMPLAINT,
      ...{ names_its_case: false, facts_told: { complaint: 'T-30', until: '2025-07-01' } },
      ...{ other_key: 'received:T-3', key_tail: null, to_its_case: false, other_ref: 'T-30' },
    },
  },
  {
    why: 'of none, to a role',
    told: { template: 'OVERDRAFT_CALL', key: 'overdraft-call:' },
    to: { recipientRole: 'service' },
    facts: { complaint: '' },
    kept: {
      ...{ other_key: 'overdraft-call:', key_tail: null, of_its_process: false, other_case: null },
      ...{ names_its_case: false, facts_told: { complaint: '' }, to_its_case: false, other_ref: null },
    },
  },
  {
    why: 'with facts besides',
    told: { template: 'COMPLAINT_RECEIVED', workflowId: 'complaint:T-4', key: 'complaint-received:T-4' },
    to: { recipientRef: 'T-4' },
    facts: { complaint: 'T-4', more: { zh: '甲', en: 'a' } },
    kept: {
      ...{ ...OF_COMPLAINT, ...WHOLE, ...TO_COMPLAINANT },
      ...{ names_its_case: true, facts_told: { more: { zh: '甲', en: 'a' } } },
    },
  },
])('$why', async ({ told, to, facts, kept }) => {
  const notice = { ...told, ...to, facts, severity: 'info' as const };
  expect(await queueNotice(book.pool, notice)).toBe(true);
  const row = await rowOf(told.key);
  const asTold = {
    ...{ facts, template: told.template, case_key: told.workflowId ?? null },
    recipient_ref: to.recipientRef ?? null,
  };
  expect(row).toMatchObject({ ...asTold, ...kept });
  // Told once, however it is said: by the parts or as a whole, alone or with others.
  expect([await queueNotice(book.pool, notice), await queueEach(book.pool, [notice])]).toEqual([false, 0]);
  await expect(
    book.pool.query(`insert into outbox (other_key, kind, severity) values ($1, 'signal', 'info')`, [told.key]),
  ).rejects.toThrow('messages_are_told_once');
  // Several at once are kept likewise.
  const other = { ...notice, key: `${told.key}:again` };
  expect(await queueEach(book.pool, [other])).toBe(1);
  expect(await rowOf(other.key)).toMatchObject({
    ...{ ...asTold, ...kept, purpose: row['purpose'], state: row['state'], missing: row['missing'] },
    ...(kept.key_tail === null ? { other_key: other.key } : { key_tail: `${kept.key_tail}:again` }),
  });
});

it('is not told otherwise afterwards, neither by what is kept nor by what follows', async () => {
  const key = 'complaint-received:T-9';
  const told = { template: 'COMPLAINT_RECEIVED', workflowId: 'complaint:T-9', severity: 'info' } as const;
  await queueNotice(book.pool, { ...told, key, recipientRef: 'T-9', facts: { complaint: 'T-9' } });
  const before = await rowOf(key);
  for (const [change, refusal] of [
    [`facts_told = '{"complaint": "T-8"}'`, /facts_told of outbox is written once/],
    [`names_its_case = false`, /names_its_case of outbox is written once/],
    [`to_its_case = false`, /to_its_case of outbox is written once/],
    [`other_ref = 'T-8'`, /recipient_is_told_once/],
    [`of_its_process = false, other_case = 'complaint:T-8'`, /of_its_process of outbox is written once/],
    [`other_case = 'complaint:T-8'`, /case_is_told_once/],
    [`other_purpose = 'case-event'`, /purpose_is_told_once/],
    [`key_tail = ':2'`, /key_tail of outbox is written once/],
    [`other_key = 'complaint-received:T-8'`, /key_is_told_once/],
  ] as const)
    await expect(book.pool.query(`update outbox set ${change} where message_key = $1`, [key])).rejects.toThrow(refusal);
  expect(await rowOf(key)).toEqual(before);
});
