/** By when a complaint is accepted and answered, and how its clock stands. */
import { complaintClocks } from '../../../activities/complaints/complaint-clocks';
import { readComplaint } from '../../../activities/complaints/follow-complaint';
import { resumeClock, stopClock } from '../../../activities/deadlines/stop-clock';
import { supplementComplaint } from '../../../activities/intake/complaints/act-of-people';
import { asOwner } from '../../support/as-owner';
import { act, clockTo, codesOf, db, dueOf, onComplaintBook, one, receive } from '../../support/complaint-book';
import { registered } from '../../support/handled-complaint';

onComplaintBook('clocks');

describe('clocks', () => {
  const limitsAt = async (receivedAt: string, against?: string) => {
    await clockTo(receivedAt);
    const complaintNo = await receive(against === undefined ? {} : { against });
    const clocks = await complaintClocks(db)({ complaintNo });
    const alarm = await one(
      `select severity, recipient_role as told from outbox where workflow_id = $1 and template = 'COMPLAINT_CLOCK_UNKNOWN'`,
      `complaint:${complaintNo}`,
    );
    return [clocks.map(({ limit }) => `${limit.n} ${limit.kind}`), alarm];
  };

  it.each<[why: string, receivedAt: string, against: string | undefined, told: string | undefined]>([
    ['all is known', '2026-06-15T02:00:00.000Z', undefined, undefined],
    ['60 days lie past the known calendar, 15 working days do not', '2026-11-16T02:00:00.000Z', undefined, undefined],
    [
      'nothing of the answer can be dated: compliance is told, and the work begins',
      '2026-12-28T02:00:00.000Z',
      undefined,
      'compliance',
    ],
    [
      'nor of one that keeps all of compliance out: the general manager is told',
      '2026-12-28T02:00:00.000Z',
      'compliance-1',
      'general_manager',
    ],
  ])('%s', async (_why, receivedAt, against, told) => {
    const alarm = told === undefined ? undefined : { severity: 'critical', told };
    expect(await limitsAt(receivedAt, against)).toEqual([['3 BUSINESS_DAYS', '15 BUSINESS_DAYS'], alarm]);
  });

  it('is that of the day of receipt, and the outer one of the law where that is due sooner', async () => {
    // From September on 100 working days, which end next year: the 60 days of the law end before.
    const answer = `code = 'COMPLAINT_ANSWER_WITHIN'`;
    await asOwner(
      db.ownerUrl,
      `update parameters set valid_to = '2025-09-01' where ${answer};
       insert into parameters (code, channel, value, unit, valid_from, source)
       select code, channel, '100 BUSINESS_DAYS', unit, valid_to, source from parameters where ${answer}`,
    );
    try {
      expect([await limitsAt('2025-08-31T15:59:59.000Z'), await limitsAt('2025-08-31T16:00:00.000Z')]).toEqual([
        [['3 BUSINESS_DAYS', '15 BUSINESS_DAYS'], undefined],
        [['3 BUSINESS_DAYS', '60 CALENDAR_DAYS'], undefined],
      ]);
    } finally {
      await asOwner(
        db.ownerUrl,
        `delete from parameters where ${answer} and valid_from = '2025-09-01'; update parameters set valid_to = null where ${answer}`,
      );
    }
  });

  it.each([
    ['the year is mistyped', { receivedAt: '2015-06-20T02:00:00.000Z' }],
    [
      'the regulator had it before',
      { channel: 'regulator', transfer: { number: 'x', at: '2023-12-20T02:00:00.000Z' } },
    ],
  ] as const)('a receipt before the first known day is refused: %s', async (_why, more) => {
    expect(await codesOf(receive(more))).toEqual(['RECEIVED_BEFORE_CALENDAR']);
  });
});

describe('a clock that stands', () => {
  const of = (no: string) => ({ businessKey: `complaint-answer:${no}:1`, reason: 'x', by: 'service-3' });
  const stopsOf = async (no: string) => {
    const { rows } = await db.pool.query<{ stood: string }>(
      `select to_char(from_at at time zone 'UTC', 'MM-DD HH24:MI') || ' ' || to_char(to_at at time zone 'UTC', 'MM-DD HH24:MI') as stood
         from deadline_stops s join deadlines d using (deadline_id) where d.workflow_id = $1 order by stop_id`,
      [`complaint:${no}`],
    );
    return rows.map(({ stood }) => stood);
  };

  const dueByIt = (no: string, key: string) =>
    db.pool.query(
      `insert into tasks (workflow_id, other_key, kind, title_id, role, form_id, form_version, facts_told, revision, state, due_at)
       select workflow_id, $2, 'any', task_title('x', 'x'), 'service', task_form('{}'), 1, '{}', 1, 'open', due_at from deadlines where business_key = $1`,
      [of(no).businessKey, key],
    );

  it('stands from act to act, however late the process hears of them', async () => {
    const no = await receive();
    await registered(db.pool, no);
    await clockTo('2025-06-26T02:00:00.000Z');
    // Work that is asked for while it stands, as all that is open, is due when the promise is.
    await dueByIt(no, 'asked before');
    await stopClock(db)({ ...of(no), at: '2025-06-24T02:00:00.000Z' });
    await dueByIt(no, 'asked while it stood');
    await resumeClock(db)({ ...of(no), at: '2025-06-25T02:00:00.000Z' });
    // The next one begins no earlier than that, and no act lies in the future.
    await stopClock(db)({ ...of(no), at: '2025-06-24T02:00:00.000Z' });
    await resumeClock(db)({ ...of(no), at: '2025-07-26T02:00:00.000Z' });
    expect(await stopsOf(no)).toEqual(['06-24 02:00 06-25 02:00', '06-25 02:00 06-26 02:00']);
    // Two working days later than without.
    expect(await dueOf(no)).toEqual(['07-16']);
    const { rows: work } = await db.pool.query(
      `select to_char(due_at at time zone 'Asia/Shanghai', 'MM-DD') as due from tasks where workflow_id = $1 and kind = 'any'`,
      [`complaint:${no}`],
    );
    expect(work).toEqual([{ due: '07-16' }, { due: '07-16' }]);
    // Asked a minute before what was due, and heard of after it.
    await clockTo('2025-07-16T09:31:00.000Z');
    expect(await codesOf(stopClock(db)(of(no)))).toEqual(['STOP_AFTER_LIMIT']);
    expect(await codesOf(stopClock(db)({ ...of(no), at: '2025-07-16T09:29:00.000Z' }))).toEqual(['done']);
  });

  it('the first supplement since it was asked back says when the complainant is waited for no more', async () => {
    const no = await receive();
    const add = async (at: string) => {
      await clockTo(at);
      await supplementComplaint(db.pool, { ...act(no, 'service-3'), text: 'more' });
    };
    await add('2025-06-23T03:00:00.000Z');
    await db.pool.query(
      `insert into tasks (workflow_id, other_key, kind, title_id, role, form_id, form_version, facts_told, revision, state, outcome, done_at)
       values ($1, 'asked back ' || $1, 'register-complaint', task_title('x', 'x'), 'service', task_form('{}'), 1, '{}', 1, 'done',
               '{"result": "completed", "form": {"decision": "ask back"}}', '2025-06-23T04:00:00Z')`,
      [`complaint:${no}`],
    );
    expect(await readComplaint(db)({ complaintNo: no })).toMatchObject({ supplements: 1, supplementedAt: null });
    await add('2025-06-24T01:05:00.000Z');
    await add('2025-06-25T02:00:00.000Z');
    expect(await readComplaint(db)({ complaintNo: no })).toMatchObject({
      supplements: 3,
      supplementedAt: '2025-06-24T01:05:00.000Z',
    });
  });

  it('near the end of the calendar stands as long as what is due can be dated, and compliance is told, or the general manager in its place', async () => {
    await clockTo('2026-12-01T02:00:00.000Z');
    const no = await receive({ against: 'compliance-1' });
    await registered(db.pool, no);
    expect(await dueOf(no)).toEqual(['12-22']);
    expect(await codesOf(stopClock(db)(of(no)))).toEqual(['done']);
    // Seven working days are left after 22 December, to the last known day: from Tuesday 1 they are over on Thursday 10.
    expect([await dueOf(no), await stopsOf(no)]).toEqual([['12-31'], ['12-01 02:00 12-10 02:00']]);
    // Compliance, or who does its part, hears that it runs again sooner than after its thirty days.
    expect(
      await one(
        `select recipient_role as role, facts from outbox where template = 'STOP_SHORTENED' and workflow_id = $1`,
        `complaint:${no}`,
      ),
    ).toEqual({ role: 'general_manager', facts: { deadline: `complaint-answer:${no}:1`, until: '2026-12-10' } });
  });
});
