/** More time of a complaint: asked for, given, told, and by when at most. */
import { randomUUID } from 'node:crypto';
import { lockComplaint, lockInOrder } from '../../../activities/complaints/complaint-row';
import { inTransaction } from '../../../activities/database/transaction';
import { lockDeadline } from '../../../activities/deadlines/deadline-row';
import { askExtension } from '../../../activities/deadlines/extend-deadline';
import { extensionSubject } from '../../../activities/deadlines/extension-subject';
import { stopClock } from '../../../activities/deadlines/stop-clock';
import { recuse } from '../../../activities/intake/complaints/act-of-people';
import { askMoreTime } from '../../../activities/intake/complaints/ask-more-time';
import { completeTask } from '../../../activities/tasks/complete-task';
import { openTask } from '../../../activities/tasks/open-task';
import { recordExtended } from '../../../activities/complaints/extended-answer';
import { givenTo } from '../../support/handled-complaint';
import { untilWaiting, whileLocked } from '../../support/waiting-for-locks';
import {
  NOW,
  act,
  clockTo,
  codesOf,
  db,
  decide,
  dueOf,
  handledBy,
  onComplaintBook,
  one,
  receive,
  step,
} from '../../support/complaint-book';

onComplaintBook('more_time');

describe('more time', () => {
  it('is given, and told to the register, while an act holds the complaint: neither waits for what the other holds', async () => {
    const no = await receive();
    await handledBy(no);
    const { extensionId } = await askMoreTime(db.pool, { ...act(no, 'service-3'), furtherN: 2, reason: '证人不在' });
    await inTransaction(db.pool, async (holding) => {
      await lockInOrder(holding, [no]);
      await lockComplaint(holding, no);
      await inTransaction(db.pool, async (sql) => {
        await sql.query(`set local lock_timeout = '1s'`);
        const asked = await extensionSubject.lock(sql, extensionId);
        await extensionSubject.end(sql, extensionId, { state: 'approved', by: 'service-2', at: NOW }, asked);
      });
    });
    expect(await dueOf(no)).toEqual(['07-16']);
  });

  it('is decided while whoever decides turns out to be concerned: neither stands in the way of the other', async () => {
    const asked = async () => {
      const no = await receive({ channel: 'regulator', transfer: { number: randomUUID(), at: NOW } });
      await handledBy(no, 'service-1');
      const due = await one<{ at: string }>('select due_at as at from deadlines where subject = $1 limit 1', no);
      const of = { titleZh: '事项', titleEn: 'work', role: 'service', form: { type: 'object' }, formVersion: 1 };
      const work = { ...of, facts: {}, revision: 1, kind: 'x', workflowId: `complaint:${no}`, holder: 'service-1' };
      const { taskId } = await openTask(db)({ ...work, businessKey: `work:${no}`, dueAt: due?.at ?? '' });
      const { extensionId } = await askMoreTime(db.pool, { ...act(no, 'service-1'), furtherN: 2, reason: '证人不在' });
      const subject = { kind: 'deadline extension', id: extensionId } as const;
      const deciding = await openTask(db)({
        ...{ ...work, kind: 'approve-extension', workflowId: `deadline-extension:${extensionId}`, holder: 'service-2' },
        ...{ businessKey: `more:${no}`, madeBy: 'service-1', approval: { subject }, dueAt: due?.at ?? '' },
      });
      return { no, taskId, deciding: deciding.taskId };
    };
    type Asked = Awaited<ReturnType<typeof asked>>;
    const named = { person: 'service-1', reason: 'x', cause: 'complained about' } as const;
    const recusal = ({ no }: Asked) => recuse(db.pool, { ...act(no, 'service-3'), ...named });
    const decision = ({ deciding }: Asked) =>
      completeTask(db)({
        ...{ taskId: deciding, revision: 1, form: { decision: 'approve', reason: '同意' }, requestId: 'r', at: NOW },
        actor: { person: 'service-2', role: 'service' },
      });
    const stop = ({ no }: Asked) =>
      stopClock(db)({ businessKey: `complaint-answer:${no}:1`, reason: '等待投诉人', by: 'service-3' });
    /** One after the other comes to the row that is held, and then both go on. */
    const inTurn = async (rows: string, key: string, attempts: readonly (() => Promise<unknown>)[]) => {
      const { ends } = await whileLocked(db.pool, rows, [key], async (holding) => {
        const begun: Promise<unknown>[] = [];
        for (const attempt of attempts) {
          begun.push(attempt());
          begun.at(-1)?.catch(() => undefined);
          await untilWaiting(holding, begun.length);
        }
        return { ends: codesOf(...begun) };
      });
      return ends;
    };
    const first = await asked();
    const [recused, decided] = await inTurn('select from tasks where task_id = $1', first.taskId, [
      () => recusal(first),
      () => decision(first),
    ]);
    expect(recused).toBe('done');
    expect(['KEPT_OUT_OF_CASE', 'done']).toContain(decided);
    const second = await asked();
    const stopped = await inTurn('select from deadlines where business_key = $1', `complaint-answer:${second.no}:1`, [
      () => stop(second),
      () => decision(second),
    ]);
    expect(stopped).toEqual(['done', 'done']);
    for (let time = 0; time < 12; time += 1) {
      const next = await asked();
      const ends = await codesOf(recusal(next), decision(next), stop(next));
      for (const end of ends) expect(['KEPT_OUT_OF_CASE', 'done']).toContain(end);
    }
  });

  it('is asked of all clocks of the answer until it is given, told by whichever way it came, and a refusal uses up nothing', async () => {
    const no = await receive({ channel: 'regulator', transfer: { number: randomUUID(), at: NOW } });
    await handledBy(no, 'service-3', 'decided');
    const ask = (furtherN = 5) => askMoreTime(db.pool, { ...act(no, 'service-3'), furtherN, reason: '证人不在' });
    const first = await ask();
    expect(await codesOf(ask(4))).toEqual(['EXTENSION_ALREADY_ASKED']);
    await decide(first.extensionId, 'refused');
    expect(await dueOf(no)).toEqual(['07-14', '07-14']);
    // By the way of every promise, of the clock that began at the regulator.
    const { extensionId } = await askExtension(db)({
      businessKey: `complaint-transfer-answer:${no}:1`,
      furtherN: 5,
      reason: '证人不在',
      by: 'service-3',
    });
    await decide(extensionId, 'approved');
    expect(await dueOf(no)).toEqual(['07-21', '07-21']);
    expect(await codesOf(ask())).toEqual(['EXTENSIONS_USED_UP']);
    const told = await one(
      `select recipient_ref as to, facts ->> 'dueAt' as due from outbox where workflow_id = $1 and template = 'COMPLAINT_EXTENDED'`,
      `complaint:${no}`,
    );
    expect(told).toEqual({ to: 'C00000001', due: '2025-07-21' });
    expect(await one(`select by from complaint_steps where complaint_no = $1 and act = 'extend'`, no)).toEqual({
      by: 'service-2',
    });
  });

  it('that was given, refused or not decided is told to whoever asked and to whoever owes it by then; recalled, or by nobody who is kept out, it is not', async () => {
    const told = async (no: string) => {
      const { rows } = await db.pool.query<{ told: string }>(
        `select facts #>> '{end,en}' || ' ' || (facts ->> 'dueAt') || ' ' || recipient_ref as told from outbox
          where workflow_id = $1 and template = 'EXTENSION_DECIDED' and state = 'queued' order by message_id`,
        [`complaint:${no}`],
      );
      return rows.map((row) => row.told);
    };
    const asked = async () => {
      const no = await receive();
      await handledBy(no);
      return { no, ...(await askMoreTime(db.pool, { ...act(no, 'service-3'), furtherN: 5, reason: '证人不在' })) };
    };
    const [refused, given, lapsed, recalled, kept] = [
      await asked(),
      await asked(),
      await asked(),
      await asked(),
      await asked(),
    ];
    await decide(refused.extensionId, 'refused');
    await step(given.no, { step: 'assign', handler: { person: 'brokerage-1', role: 'brokerage' } });
    await decide(given.extensionId, 'approved');
    await decide(lapsed.extensionId, 'withdrawn');
    await decide(recalled.extensionId, 'recalled');
    await recuse(db.pool, { ...act(kept.no, 'service-3'), person: 'service-3', reason: 'x' });
    await decide(kept.extensionId, 'refused');
    expect(await told(refused.no)).toEqual(['was refused 2025-07-14 person:service-3']);
    expect(await told(given.no)).toEqual([
      'was given 2025-07-21 person:brokerage-1',
      'was given 2025-07-21 person:service-3',
    ]);
    expect(await told(lapsed.no)).toEqual(['was not decided in time and lapsed 2025-07-14 person:service-3']);
    expect([await told(recalled.no), await told(kept.no)]).toEqual([[], []]);
  });

  it('is told with the day that ends where the promise is due at the end of one', async () => {
    const no = await receive();
    // 24:00 of 8 July.
    await db.pool.query(`update deadlines set due_at = '2025-07-08T16:00:00Z' where business_key = $1`, [
      `complaint-answer:${no}:1`,
    ]);
    await inTransaction(db.pool, async (sql) =>
      recordExtended(sql, await lockDeadline(sql, `complaint-answer:${no}:1`), {
        ...{ extensionId: no, furtherN: 1, by: 'service-2' },
      }),
    );
    expect(
      await one(
        `select facts ->> 'dueAt' as due from outbox where template = 'COMPLAINT_EXTENDED' and workflow_id = $1`,
        `complaint:${no}`,
      ),
    ).toEqual({ due: '2025-07-08' });
  });

  it('moves the acceptance to its outer limit at most, and is given once in all that is owed to a complainant', async () => {
    const no = await receive();
    const accept = (furtherN: number) =>
      askExtension(db)({ businessKey: `complaint-accept:${no}`, furtherN, reason: '材料未到', by: 'service-3' });
    // Owed on Thursday 26 June; fifteen days after 23 June is 8 July. Nine working days more are 9 July, seven are 7 July.
    expect(await codesOf(accept(9))).toEqual(['EXTENSION_BEYOND_LEGAL_LIMIT']);
    const { extensionId } = await accept(7);
    await givenTo(db.pool, no, 'service-3');
    const answer = () => askMoreTime(db.pool, { ...act(no, 'service-3'), furtherN: 2, reason: '证人不在' });
    // Nor while the other one is being decided.
    expect(await codesOf(answer())).toEqual(['EXTENSIONS_USED_UP']);
    await decide(extensionId, 'approved');
    expect(await dueOf(no)).toEqual(['07-07', '07-14']);
    expect(await codesOf(answer())).toEqual(['EXTENSIONS_USED_UP']);
  });
});

describe('more time where one clock of the answer is over', () => {
  it('is neither asked nor given, by whichever of the clocks: what compliance was told stays a breach', async () => {
    // 15 working days of 30 May (31 May to 2 June are no trading days) end on 23 June; those from the receipt here on 14 July.
    const no = await receive({
      channel: 'regulator',
      transfer: { number: randomUUID(), at: '2025-05-30T02:00:00.000Z' },
    });
    await handledBy(no);
    const ask = () => askMoreTime(db.pool, { ...act(no, 'service-3'), furtherN: 2, reason: '证人不在' });
    const { extensionId } = await ask();
    const [transferDue = ''] = (
      await db.pool.query<{ due: string }>(
        `select min(due_at) as due from deadlines where workflow_id = $1 and step = 'answer'`,
        [`complaint:${no}`],
      )
    ).rows.map(({ due }) => due);
    await clockTo(transferDue);
    expect(await codesOf(decide(extensionId, 'approved'))).toEqual(['EXTENSION_AFTER_LIMIT']);
    await decide(extensionId, 'refused');
    const before = await dueOf(no);
    expect(await codesOf(ask())).toEqual(['EXTENSION_AFTER_LIMIT']);
    expect(await dueOf(no)).toEqual(before);
  });
});
