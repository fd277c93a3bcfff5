/**
 * The complaints of a year and how they were handled, reported to the regulator of the place by the end of April: by the firm and by each
 * branch. One prepares, another submits or has it prepared anew. `complaint-report:YEAR` and `complaint-report:YEAR:BRANCH`.
 */
import { database } from './activity-groups';
import { BusinessClock } from './building-blocks/business-clock';
import { leaveToDispatcher } from './building-blocks/delivery';
import { TaskDesk } from './building-blocks/human-task';
import type { TaskForm } from './building-blocks/task-spec';
import { dueFrom, Owed } from './building-blocks/owed';
import { Promises } from './building-blocks/promises';
import { formOfAll } from './building-blocks/task-forms';
import { openWaiting } from './building-blocks/waiting';
import type { YearlyReportEnd, YearlyReportInput } from './messages/yearly-complaint-report';

const PREPARE: TaskForm = formOfAll({
  summary: {
    type: 'string',
    minLength: 20,
    maxLength: 2000,
    title: '全年投诉及处理情况说明 how the complaints of the year were handled',
  },
});

const SUBMIT: TaskForm = formOfAll({
  submittedOn: { type: 'string', format: 'date', title: '报送日期 day of submission' },
  reference: { type: 'string', minLength: 1, maxLength: 80, title: '报送文号或回执 number or receipt' },
});

export async function yearlyComplaintReport(reported: YearlyReportInput): Promise<YearlyReportEnd> {
  const { year, branch } = reported;
  const waiting = openWaiting({ zh: `${year} 年度投诉报告`, en: `yearly report of complaints ${year}` });
  const desk = TaskDesk.open(waiting);
  const promises = Promises.open(waiting);
  const clock = await BusinessClock.open();
  const {
    workflowId: key,
    since,
    days,
  } = await database('读取年度报告 read what is reported').readYearlyReport(reported);
  const prepares = branch === undefined ? 'service' : 'branch';
  const at = branch === undefined ? {} : { branch };
  const promise = await Owed.give(
    { desk, promises, clock },
    {
      businessKey: key,
      step: 'report',
      subject: key,
      // A branch owes it as such: its risk post has no head to be warned.
      owner: { role: branch === undefined ? 'compliance' : 'branch' },
      ...at,
      ladder: 'PROMISE',
      limit: { kind: 'CALENDAR_DAYS', n: days },
      receivedAt: since,
      titleZh: '报送年度投诉报告',
      titleEn: 'submit the yearly report of complaints',
    },
  );
  for (let revision = 1, sentBack = ''; ; revision += 1) {
    waiting.stage('编制报告', 'being prepared');
    const task = await desk.ask({
      businessKey: `${key}:prepare:${revision}`,
      kind: 'prepare-complaint-report',
      titleZh: '编制年度投诉报告',
      titleEn: 'prepare the yearly report of complaints',
      role: prepares,
      ...at,
      ...dueFrom(promise),
      form: PREPARE,
      facts: { year, ...at, ...(sentBack === '' ? {} : { sentBack }) },
      revision,
      bulk: false,
    });
    const written = await task.answered;
    if (written.result !== 'completed') throw new RangeError(`task ${key}:prepare was ${written.result}`);
    const { by: maker, form } = written;
    const prepared = await database('归档报告 keep the report as prepared').prepareYearlyReport({
      ...reported,
      revision,
      summary: String(form['summary']),
      by: { person: maker.person, role: maker.role },
    });
    const { sha256, received } = prepared;
    // An earlier version took it that every branch has a risk post.
    const submits = prepared.submits ?? (branch === undefined ? 'compliance' : 'branch_risk');
    waiting.stage('报送', 'to be submitted');
    const check = await desk.ask({
      businessKey: `${key}:submit:${revision}`,
      kind: 'submit-complaint-report',
      titleZh: '复核并报送年度投诉报告',
      titleEn: 'check and submit the yearly report of complaints',
      role: submits,
      ...(submits === 'branch_risk' ? at : {}),
      ...dueFrom(promise),
      form: SUBMIT,
      facts: { year, ...at, sha256, received },
      revision,
      bulk: false,
      madeBy: maker.person,
      ...(maker.onBehalfOf === undefined ? {} : { madeFor: maker.onBehalfOf }),
    });
    const outcome = await check.answered;
    if (outcome.result === 'withdrawn') throw new RangeError(`task ${key}:submit was withdrawn`);
    if (outcome.result !== 'completed') {
      sentBack = outcome.reason;
      continue;
    }
    const { by } = outcome;
    await database('登记报送 record the submission').recordYearlyReport({
      ...reported,
      submittedOn: String(outcome.form['submittedOn']),
      reference: String(outcome.form['reference']),
      by: { person: by.person, role: by.role },
    });
    await promise.meet({ by: by.person, at: outcome.at });
    waiting.stage('已报送', 'submitted');
    leaveToDispatcher();
    await desk.closing();
    return { sha256 };
  }
}
