/** A verb that fails again and again is told once; a refusal by the rules and a first failure are not. */
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import type { Context } from '@temporalio/activity';
import { BusinessError } from '../../domain/errors';
import { stuckVerbsAreTold } from '../../worker/stuck-verbs';
import { openDatabase, type TestDatabase } from '../support/database';

let book: TestDatabase;
beforeAll(async () => {
  book = await openDatabase('stuck');
  await book.pool.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('stuck', 'test', 'manual', now())`,
  );
});
afterAll(() => book.close());
// The clock of this process stands: ages are what they are said to be, however long a test takes.
beforeEach(() => jest.spyOn(Date, 'now').mockReturnValue(Date.parse('2025-06-26T02:00:00.000Z')));
afterEach(() => jest.restoreAllMocks());

/** The interceptor of a verb that was scheduled so long ago, or of a local one that was tried so often. */
function interceptorOf(activityId: string, scheduledMsAgo: number, tries?: number): ActivityInboundCallsInterceptor {
  const info = {
    isLocal: tries !== undefined,
    attempt: tries ?? 1,
    activityId,
    activityType: 'readReserveAccount',
    scheduledTimestampMs: Date.now() - scheduledMsAgo,
    workflowExecution: { workflowId: 'settlement-day:SH:2025-06-26', runId: 'r' },
  };
  return stuckVerbsAreTold(book.pool)({ info } as unknown as Context).inbound!;
}

const failing = (interceptor: ActivityInboundCallsInterceptor, error: Error) =>
  interceptor.execute!({ args: [], headers: {} }, () => Promise.reject(error));

const told = async (activityId: string) => {
  const { rows } = await book.pool.query<{ recipient_role: string }>(
    `select recipient_role from outbox where message_key like $1 order by 1`,
    [`stuck:settlement-day:SH:2025-06-26:${activityId}:%`],
  );
  return rows.map((row) => row.recipient_role);
};

const down = new Error('clearing house /accounts: no connection');
test.each([
  ['a second before ten minutes', '1', 599_000, down, []],
  ['ten minutes', '2', 600_000, down, ['admin', 'operations']],
  ['a refusal by the rules ends the step, it is not stuck', '3', 900_000, new BusinessError('SAME_PERSON'), []],
])('%s', async (_why, activityId, scheduledMsAgo, error, expected) => {
  await expect(failing(interceptorOf(activityId, scheduledMsAgo), error)).rejects.toBe(error);
  await expect(failing(interceptorOf(activityId, scheduledMsAgo), error)).rejects.toBe(error);
  expect(await told(activityId)).toEqual(expected);
});

test.each([
  ['44 tries of a local verb', '4', 44, []],
  ['45 of them', '5', 45, ['admin', 'operations']],
])('%s', async (_why, activityId, tries, expected) => {
  const local = interceptorOf(activityId, 0, tries);
  await expect(failing(local, down)).rejects.toBe(down);
  await expect(failing(local, down)).rejects.toBe(down);
  expect(await told(activityId)).toEqual(expected);
});
