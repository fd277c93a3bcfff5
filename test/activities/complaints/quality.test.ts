/** How well complaints are handled: what is late for whom, inspections, samples, surveys and what is reported of a year. */
import { randomUUID } from 'node:crypto';
import { computeAppraisal } from '../../../activities/appraisals/compute-appraisal';
import { askYearlyReports } from '../../../activities/complaints/ask-yearly-reports';
import { askComplaintCallback } from '../../../activities/complaints/ask-complaint-callback';
import { prepareYearlyReport } from '../../../activities/complaints/yearly-report';
import { inTransaction } from '../../../activities/database/transaction';
import { endInspection } from '../../../activities/inspections/follow-inspection';
import { askAppraisal } from '../../../activities/intake/quality/ask-appraisal';
import { askMonthlySamples, askSample } from '../../../activities/intake/quality/ask-sample';
import { checkMissedSamples } from '../../../activities/intake/quality/check-missed-samples';
import { askSurveyByHand } from '../../../activities/intake/quality/ask-survey-by-hand';
import { recordSurvey } from '../../../activities/intake/quality/record-survey';
import { refusalsOfForm } from '../../../activities/tasks/form-checks';
import type { TaskRow } from '../../../activities/tasks/task-row';
import { folderDocuments } from '../../../adapters/documents/folder-documents';
import { newFolder } from '../../simulators/stage';
import { auditOf, clockTo, codesOf, db, onComplaintBook, receive } from '../../support/complaint-book';

onComplaintBook('quality');

it('is late for whoever held it when it became late, and for nobody else', async () => {
  const DAY = (day: string) => `2025-${day}T02:00:00.000Z`;
  const handled = async (late: { readonly accept?: string; readonly answer?: string }, isAnswered = true) => {
    const no = await receive();
    for (const [step, at] of Object.entries(late))
      await db.pool.query(`update deadlines set due_at = $3, breached_at = $3 where workflow_id = $1 and step = $2`, [
        `complaint:${no}`,
        step,
        DAY(at),
      ]);
    const handler = { person: 'branch-1001', role: 'branch', branch: '1001' };
    for (const [day, name, by, detail] of [
      ['06-25', 'accept', 'service-1', {}],
      ['06-26', 'assign', 'service-2', { handler }],
      ['07-04', 'decide', 'service-2', {}],
      ['07-15', 'answer', 'service-3', {}],
    ] as const) {
      if (!isAnswered && (name === 'decide' || name === 'answer')) continue;
      await db.pool.query(
        `insert into complaint_steps (complaint_no, act, detail, by, role, at) values ($1, $2, $3, $4, 'service', $5)`,
        [no, name, JSON.stringify(detail), by, DAY(day)],
      );
    }
    if (!isAnswered) return no;
    await db.pool.query(
      `insert into complaint_proposals (complaint_no, nth, finding, amount_fen, made_by, made_at, level, state, approved_by, approved_at)
       values ($1, 1, 'upheld', 0, 'branch-1001', $2, 1, 'approved', 'service-2', $3)`,
      [no, DAY('07-01'), DAY('07-04')],
    );
    return no;
  };
  /** Not answered yet: it waits for a department. */
  const waiting = async (kind: string, opened: string, late: string) => {
    const no = await handled({ answer: late }, false);
    await db.pool.query(
      `insert into tasks (workflow_id, other_key, kind, title_id, role, form_id, form_version, facts_told, revision, state, opened_at)
       values ('complaint:' || $1, $2 || ':' || $1, $2, task_title('x', 'x'), 'service', task_form('{}'), 1, '{}', 1, 'open', $3)`,
      [no, kind, DAY(opened)],
    );
    if (kind === 'approve-complaint-proposal')
      await db.pool.query(
        `insert into complaint_proposals (complaint_no, nth, finding, amount_fen, made_by, made_at, level) values ($1, 1, 'upheld', 0, 'branch-1001', $2, 1)`,
        [no, DAY('07-01')],
      );
    return no;
  };
  const cases = {
    'in time': await handled({}),
    'acceptance late': await handled({ accept: '06-24' }),
    'before it was assigned': await handled({ answer: '06-24' }),
    'with the handler': await handled({ answer: '06-29' }),
    'being approved': await handled({ answer: '07-02' }),
    'being written': await handled({ answer: '07-10' }),
    'with the handler, who has not answered yet': await handled({ answer: '07-20' }, false),
    'not answered, and not late': await handled({}, false),
    'not answered, and late after the period': await handled({ answer: '08-01' }, false),
    // Proposed on 1 July, asked anew of others on the tenth.
    'proposed, and late while it is approved': await waiting('approve-complaint-proposal', '07-10', '07-02'),
    'proposed, and late before': await waiting('approve-complaint-proposal', '07-10', '06-29'),
    'late while it is written': await waiting('answer-complaint', '07-04', '07-10'),
  };
  await clockTo('2025-08-01T02:00:00.000Z');
  const figures: Record<string, readonly string[]> = {};
  for (const subject of ['service-1', 'service-2', 'branch-1001', 'service-3', 'service']) {
    const { appraisal } = await askAppraisal(db.pool, {
      ...{ firstDay: '2025-06-01', lastDay: '2025-07-31', subject, by: 'compliance-1', role: 'compliance' },
      subjectKind: subject === 'service' ? 'department' : 'person',
    });
    await computeAppraisal(db)(appraisal);
    const { rows } = await db.pool.query<{ counted: string[]; among: string[] }>(
      `select counted, among from appraisal_lines where appraisal_id = $1 and code = 'timeliness'`,
      [appraisal.appraisalId],
    );
    figures[subject] = Object.values(cases).map((no) =>
      rows[0]?.among.includes(no) !== true ? '-' : rows[0].counted.includes(no) ? 'in time' : 'late',
    );
  }
  const accepted = Array<string>(6).fill('in time');
  expect(figures).toEqual({
    'service-1': ['in time', 'late', 'in time', 'in time', 'in time', 'in time', ...accepted],
    'service-2': ['-', '-', 'late', '-', 'late', '-', '-', '-', '-', '-', '-', '-'],
    'branch-1001': ['in time', 'in time', 'in time', 'late', 'in time', 'in time', 'late', '-', '-', '-', 'late', '-'],
    'service-3': ['-', '-', '-', '-', '-', 'late', '-', '-', '-', '-', '-', '-'],
    service: [
      'in time',
      'late',
      'late',
      'in time',
      'late',
      'late',
      'in time',
      'in time',
      'in time',
      'late',
      'in time',
      'late',
    ],
  });
});

describe('an inspection', () => {
  const inspected = async (kind: 'calls' | 'complaints', subject: string) => {
    await db.pool.query(
      `insert into samples (sample_no, kind, period, workflow_id, seed, asked_by, asked_role)
       values ($1 || ':2025-05', $1, '2025-05', 'sample:' || $1, 's', 'audit-1', 'audit') on conflict do nothing`,
      [kind],
    );
    await db.pool.query(
      `insert into inspections (sample_no, kind, subject, workflow_id, checklist) values ($1 || ':2025-05', $1, $2, 'inspection:' || $2, '{}')`,
      [kind, subject],
    );
    return (person: string, findings: readonly object[] = []) =>
      inTransaction(db.pool, async (sql) => {
        const task = {
          workflow_id: `inspection:${subject}`,
          kind: kind === 'calls' ? 'check-call' : 'inspect-complaint',
        } as TaskRow;
        const refusals = await refusalsOfForm(sql, task, { findings }, { person, role: 'service' });
        return refusals.map(({ code }) => code).join(' ');
      });
  };

  it('is done by nobody who called or recorded the call, nor by whoever had a hand in the complaint', async () => {
    const no = await receive();
    const { callbackNo } = await askComplaintCallback(db)({ complaintNo: no, level: 1 });
    const { rows } = await db.pool.query<{ id: string }>(
      `with begun as (insert into callback_attempts (callback_no, nth, attempt_key, begun_by) values ($1, 1, $1, 'service-1') returning attempt_id)
       select attempt_id::text as id from begun`,
      [callbackNo],
    );
    await db.pool.query(
      `insert into callback_results (attempt_id, result, answers, recorded_by) values ($1, 'no answer', '{}', 'service-2')`,
      [rows[0]?.id],
    );
    const call = await inspected('calls', rows[0]?.id ?? '');
    const own = 'INSPECTED_BY_OWN_HANDS';
    // Called, recorded, and received the complaint that it is about.
    expect([await call('service-1'), await call('service-2'), await call('service-3')]).toEqual([own, own, own]);
    expect(await call('audit-1')).toBe('');
    const complaint = await inspected('complaints', no);
    // Received it.
    expect([await complaint('service-3'), await complaint('audit-1')]).toEqual([own, '']);
  });

  it('of a complaint is done by nobody who called about it, decided or proposed for somebody, investigated its group, or paid', async () => {
    const [no, lead] = [await receive(), await receive()];
    await db.pool.query('update complaints set group_of = $2 where complaint_no = $1', [no, lead]);
    await db.pool.query(`update complaints set handler = 'region-1', handler_role = 'region' where complaint_no = $1`, [
      lead,
    ]);
    const { callbackNo } = await askComplaintCallback(db)({ complaintNo: no, level: 1 });
    await db.pool.query(
      `insert into callback_attempts (callback_no, nth, attempt_key, begun_by) values ($1, 1, $1, 'service-1')`,
      [callbackNo],
    );
    const { rows } = await db.pool.query<{ id: string }>(
      `insert into complaint_proposals (complaint_no, nth, level, finding, amount_fen, payee, made_by, made_for, state, approved_by, approved_at)
       values ($1, 1, 1, 'upheld', 100, '900000001', 'brokerage-1', 'brokerage-2', 'approved', 'general-manager', business_now())
       returning proposal_id::text as id`,
      [no],
    );
    // Of two who approved in turn the row names the last.
    const { rows: asked } = await db.pool.query<{ id: string }>(
      `insert into tasks (workflow_id, other_key, kind, title_id, role, form_id, form_version, facts_told, revision, state, subject_kind, subject_id, made_by)
       values ('complaint:' || $1, $1, 'approve-complaint-proposal', task_title('x', 'x'), 'compliance', task_form('{}'), 1, '{}', 1, 'open',
               'complaint proposal', $2, 'brokerage-1') returning task_id::text as id`,
      [no, rows[0]?.id],
    );
    await db.pool.query(
      `insert into approvals (task_id, first_task, revision, maker, checker, checker_for, decision, reason, decided_at)
       values ($1, $1, 1, 'brokerage-1', 'compliance-1', 'compliance-2', 'approved', 'x', business_now())`,
      [asked[0]?.id],
    );
    const inspects = await inspected('complaints', no);
    const hands = ['service-1', 'brokerage-2', 'compliance-1', 'compliance-2', 'region-1'];
    expect(await Promise.all(hands.map(async (person) => [person, await inspects(person)]))).toEqual(
      hands.map((person) => [person, 'INSPECTED_BY_OWN_HANDS']),
    );
    expect(await inspects('audit-1')).toBe('');
  });

  it('leaves a trace of its end, once', async () => {
    const no = await receive();
    await inspected('complaints', no);
    const [it] = (
      await db.pool.query<{ id: string }>(
        `update inspections set state = 'inspected', answers = '{}', inspected_by = 'audit-1', inspected_at = business_now()
          where subject = $1 returning inspection_id::text as id`,
        [no],
      )
    ).rows;
    for (let time = 1; time <= 2; time += 1) await endInspection(db)({ inspectionId: it?.id ?? '' });
    expect(await auditOf('end inspection', it?.id ?? '')).toEqual([
      { actor: 'southbound', role: null, of: null, after: { state: 'ended' } },
    ]);
  });

  it('gives what it finds to departments that there are', async () => {
    const complaint = await inspected('complaints', await receive());
    const found = (more: object) => complaint('audit-1', [{ item: 'answer', dueDays: 5, what: 'x', ...more }]);
    expect([
      await found({ role: 'branch', branch: '9999' }),
      await found({ role: 'branch' }),
      await found({ role: 'branch', branch: '1001' }),
    ]).toEqual(['BRANCH_UNKNOWN', 'BRANCH_MISSING', '']);
  });
});

it.each([
  ['the last day before the first', { lastDay: '2025-04-30' }, 'INPUT_INVALID'],
  ['a branch there is not', { subject: 'branch:9999' }, 'BRANCH_UNKNOWN'],
  ['a part of a department that is no branch', { subject: 'service:foo' }, 'BRANCH_UNKNOWN'],
  ['branches without a name', { subject: 'branch' }, 'BRANCH_MISSING'],
  ['clients', { subject: 'client' }, 'NOT_FOUND'],
  ['those who decide in the end', { subject: 'general_manager' }, 'NOT_FOUND'],
  ['a branch', { subject: 'branch:1001' }, 'done'],
])('an appraisal of %s: %s', async (_what, more, code) => {
  const asked = { firstDay: '2025-05-01', lastDay: '2025-05-31', subject: 'service' };
  const by = { by: 'compliance-1', role: 'compliance' };
  expect(await codesOf(askAppraisal(db.pool, { ...asked, ...more, ...by, subjectKind: 'department' }))).toEqual([code]);
});

it('a sample of a month names one, a campaign of a branch one that is there', async () => {
  const ask = (period: string, kind: 'callbacks' | 'campaign' = 'callbacks', terms = {}) =>
    codesOf(askSample(db.pool, { kind, period, terms, by: 'service-1', roles: ['service'] }));
  const periods = ['2025', '2025-00', '2025-5', '2025-13', '2025-05'];
  expect((await Promise.all(periods.map((period) => ask(period)))).flat()).toEqual([
    ...Array.from({ length: 4 }, () => 'INPUT_INVALID'),
    'done',
  ]);
  expect(await ask('spring', 'campaign', { branch: '9999' })).toEqual(['BRANCH_UNKNOWN']);
  expect(await ask('spring', 'campaign')).toEqual(['done']);
});

it('the yearly report is submitted by the risk post of the branch, and by compliance where a branch has none', async () => {
  const documents = folderDocuments(newFolder());
  const submits = async (branch?: string) => {
    await db.pool.query(
      `insert into yearly_complaint_reports (year, branch, workflow_id) values (2024, $1, 'complaint-report:2024:' || $1)`,
      [branch ?? '-'],
    );
    const by = { person: 'service-1', role: 'service' };
    const of = { year: '2024', ...(branch === undefined ? {} : { branch }) };
    return (await prepareYearlyReport({ pool: db.pool, documents })({ ...of, revision: 1, summary: '全年无投诉', by }))
      .submits;
  };
  expect([await submits(), await submits('1001'), await submits('1003')]).toEqual([
    'compliance',
    'branch_risk',
    'compliance',
  ]);
});

it('of two answers of one occasion at once one is taken, the other is told so', async () => {
  for (const subject of ['chat:at-once', 'chat:after'])
    await askSurveyByHand(db.pool, {
      ...{ occasion: 'online consulting', subject, clientNo: 'C00000001', by: 'service-1' },
    });
  const answer = ({ key = randomUUID(), subject = 'chat:at-once', satisfied = true } = {}) =>
    recordSurvey(db.pool, {
      ...{ key, occasion: 'online consulting', subject, satisfied },
      ...{ by: 'service-1', role: 'service' },
    });
  expect((await codesOf(answer(), answer(), answer())).sort()).toEqual([
    'SURVEY_ANSWERED_ALREADY',
    'SURVEY_ANSWERED_ALREADY',
    'done',
  ]);
  // A key stands for one answer.
  const [key, subject] = [randomUUID(), 'chat:after'];
  const first = await answer({ key, subject });
  expect(await answer({ key, subject })).toEqual(first);
  expect(await codesOf(answer({ key, subject, satisfied: false }), answer({ key }))).toEqual(
    Array(2).fill('IDEMPOTENCY_MISMATCH'),
  );
});

it('a month whose samples nobody asked for is told once from the second of the next, a year whose complaints nobody is to report too', async () => {
  await db.pool.query(`insert into processes (workflow_id, opened_at) values ('first', '2025-06-20T02:00:00Z')`);
  await askMonthlySamples(db)({ period: '2025-10' });
  const told: number[] = [];
  for (const now of [
    // The book was not at work on the first of June.
    '2025-06-24T02:00:00.000Z',
    // The first of July in Shanghai, and the second.
    '2025-07-01T15:59:59.000Z',
    '2025-07-01T16:00:00.000Z',
    '2025-07-20T02:00:00.000Z',
    '2025-11-02T02:00:00.000Z',
    // December, and the year.
    '2026-01-02T02:00:00.000Z',
  ])
    told.push(await checkMissedSamples(db.pool, now));
  expect(told).toEqual([0, 0, 2, 0, 0, 4]);
  await askYearlyReports(db)({ year: '2026' });
  await askMonthlySamples(db)({ period: '2027-01' });
  expect(await checkMissedSamples(db.pool, '2027-02-02T02:00:00.000Z')).toBe(0);
  const { rows } = await db.pool.query<{ key: string }>(
    `select message_key as key from outbox where template = 'MISSED_SAMPLES' and state = 'queued' and recipient_role = 'compliance' order by 1`,
  );
  expect(rows.map(({ key }) => key)).toEqual([
    'missed-reports:2025:compliance',
    'missed-samples:2025-06:compliance',
    'missed-samples:2025-12:compliance',
  ]);
});
