/** How well complaints and callbacks are handled, as it is read: what inspections found in words, and appraisals by whoever is appraised. */
import { appraisalSubject } from '../../activities/appraisals/appraisal-row';
import { inTransaction } from '../../activities/database/transaction';
import { askAppraisal } from '../../activities/intake/quality/ask-appraisal';
import { keepOut } from '../../activities/people/keep-out';
import { completeTask } from '../../activities/tasks/complete-task';
import { openTask } from '../../activities/tasks/open-task';
import { openApiStage, type ApiStage } from './stage';

let api: ApiStage;
beforeAll(async () => {
  api = await openApiStage('quality_api', { worker: false });
});
afterAll(() => api.close());

type Item = Record<string, any>;
const itemsFor = async (as: string, path: string): Promise<Item[]> => {
  const { status, body } = await api.call('GET', path, { as });
  expect([as, status]).toEqual([as, 200]);
  return body.items as Item[];
};
const looksAt = async (objectType: string, objectId: string): Promise<string[]> =>
  (
    await api.pool.query<{ actor: string }>(
      `select actor from audit where action = 'read personal data' and object_type = $1 and object_id = $2 order by seq`,
      [objectType, objectId],
    )
  ).rows.map(({ actor }) => actor);

it('what an inspection found, and what was done about it, is read in words by those who inspect, correct or watch over it, each look audited', async () => {
  const { rows } = await api.pool.query<{ id: string; kind: string }>(
    `with sample as (insert into samples (sample_no, kind, period, workflow_id, seed, asked_by, asked_role, population, size, drawn_at)
                     select one || ':2025-05', one, '2025-05', 'sample:' || one, 's', 'audit-1', 'audit', 1, 1, business_now()
                       from unnest(array['complaints', 'requests']) one returning sample_no, kind)
     insert into inspections (sample_no, kind, subject, workflow_id, checklist, state, answers, inspected_by, inspected_at)
     select sample_no, kind, 'T20250501-000001', 'inspection:' || kind, '2014-11-17', 'inspected', '{}', 'audit-1', business_now()
       from sample returning inspection_id::text as id, kind`,
  );
  const id = rows.find(({ kind }) => kind === 'complaints')?.id ?? '';
  await api.pool.query(
    `insert into inspection_findings (inspection_id, finding_no, item, role, branch, due_days, what, state, done_by, done_at)
     values ($1, 1, 'answer', 'brokerage', null, 5, '答复未写明理由', 'done', 'brokerage-2', '2025-06-23T01:00:00Z'),
            ($1, 2, 'in-time', 'branch', '1001', 3, '延期未告知', 'open', null, null)`,
    [id],
  );
  const { taskId } = await openTask(api)({
    ...{ workflowId: 'inspection:complaints', businessKey: `inspection-finding:${id}:1`, kind: 'correct-finding' },
    ...{ titleZh: '整改', titleEn: 'correct', role: 'brokerage', formVersion: 1, facts: {}, revision: 1 },
    form: { type: 'object' },
  });
  const actor = { person: 'brokerage-2', role: 'brokerage' };
  const form = { reason: '已补发答复' };
  await completeTask(api)({ taskId, revision: 1, form, actor, requestId: 'r', at: '2025-06-23T01:00:00.000Z' });
  const read = async (as: string) =>
    (await itemsFor(as, '/v1/inspections?sample=complaints:2025-05')).flatMap(({ findings }) =>
      findings.map(({ what, done }: Item) => [what, done]),
    );
  const [first] = await itemsFor('audit-2', '/v1/inspections?sample=complaints:2025-05');
  expect(first?.['findings'][0]).toEqual({
    ...{ findingNo: 1, item: 'answer', name: { zh: '答复清楚、完整', en: 'the answer is clear and whole' } },
    ...{ what: '答复未写明理由', department: 'brokerage', branch: null, dueDays: 5, state: 'done' },
    ...{ done: '已补发答复', doneBy: 'brokerage-2', doneAt: '2025-06-23T01:00:00.000Z' },
  });
  const own = ['答复未写明理由', '已补发答复'];
  expect(await read('compliance-1')).toEqual([own, ['延期未告知', null]]);
  // It corrects the one, and reads of the other that there is one; the department of service inspects calls only.
  expect(await read('brokerage-1')).toEqual([own, [null, null]]);
  expect(await read('service-1')).toEqual([
    [null, null],
    [null, null],
  ]);
  // An inspection that found nothing has no words to be looked at.
  expect(await itemsFor('audit-1', '/v1/inspections?sample=requests:2025-05')).toMatchObject([{ findings: [] }]);
  expect(await looksAt('inspection', id)).toEqual(['audit-2', 'compliance-1', 'brokerage-1']);
});

describe('an appraisal', () => {
  const appraised = async (subjectKind: 'person' | 'department', subject: string): Promise<string> => {
    const { appraisal } = await askAppraisal(api.pool, {
      ...{
        firstDay: '2025-05-01',
        lastDay: '2025-05-31',
        subjectKind,
        subject,
        by: 'compliance-1',
        role: 'compliance',
      },
    });
    await api.pool.query(
      `with lines as (insert into appraisal_lines values ($1, 'timeliness', 1, 2, 5000, array['T20250505-000001'], array['T20250505-000001', 'T20250506-000001']))
       update appraisals set state = 'awaiting approval', outcome = 'reward', made_by = 'service-2', revision = 1, computed_at = business_now()
        where appraisal_id = $1`,
      [appraisal.appraisalId],
    );
    return appraisal.appraisalId;
  };
  const approve = (id: string) =>
    inTransaction(api.pool, async (sql) =>
      appraisalSubject.end(
        sql,
        id,
        { state: 'approved', by: 'compliance-2', at: '2025-06-23T00:05:00.000Z' },
        await appraisalSubject.lock(sql, id),
      ),
    );
  const ownOf = async (as: string) =>
    (await itemsFor(as, '/v1/me/appraisals')).map(({ appraisalId, outcome, lines }) => [
      ...[appraisalId, outcome],
      ...lines.map(({ code, numerator, ratio, among }: Item) => [code, numerator, ratio, among.length]),
    ]);

  it('is read line by line by whoever it is about once it is approved, and not before, each look audited', async () => {
    const id = await appraised('person', 'brokerage-1');
    expect(await ownOf('brokerage-1')).toEqual([]);
    await approve(id);
    expect(await ownOf('brokerage-1')).toEqual([[id, 'reward', ['timeliness', 1, '0.5000', 2]]]);
    expect(await ownOf('brokerage-2')).toEqual([]);
    expect(await looksAt('appraisal', id)).toEqual(['brokerage-1']);
    const { rows } = await api.pool.query(
      `select recipient_ref as to, missing from outbox where template = 'APPRAISAL_APPROVED'`,
    );
    expect(rows).toEqual([{ to: 'person:brokerage-1', missing: [] }]);
  });

  it('is asked for by others than whoever it is about', async () => {
    const body = { firstDay: '2025-04-01', lastDay: '2025-04-30', subjectKind: 'person', subject: 'service-1' };
    const ask = async (as: string) => {
      const { status, body: answer } = await api.call('POST', '/v1/appraisals', { as, body });
      return [status, answer.code ?? answer.state];
    };
    expect([await ask('service-1'), await ask('service-2')]).toEqual([
      [403, 'KEPT_OUT_OF_CASE'],
      [201, 'computing'],
    ]);
  });

  it('names no complaint that whoever is appraised is kept out of; its figures stay as they were approved', async () => {
    const id = await appraised('person', 'fin-client-1');
    await approve(id);
    await inTransaction(api.pool, (sql) =>
      keepOut(sql, { workflowId: 'complaint:T20250505-000001', person: 'fin-client-1', cause: 'recused', by: 'x' }),
    );
    const [own] = await itemsFor('fin-client-1', '/v1/me/appraisals');
    expect(own?.['lines']).toMatchObject([{ numerator: 1, counted: [], among: ['T20250506-000001'] }]);
  });

  it('is kept from whoever it is about until then, also where the role reads appraisals', async () => {
    const id = await appraised('person', 'service-3');
    const seen = async (as: string) => [
      (await api.call('GET', `/v1/appraisals/${id}`, { as })).status,
      (await itemsFor(as, '/v1/appraisals?subject=service-3')).length,
    ];
    expect([await seen('service-3'), await seen('service-1')]).toEqual([
      [404, 0],
      [200, 1],
    ]);
    await approve(id);
    expect(await seen('service-3')).toEqual([200, 1]);
  });

  it('of a department is read by its people, of a branch by those of that branch', async () => {
    const ids = [await appraised('department', 'branch:1001'), await appraised('department', 'operations')];
    for (const id of ids) await approve(id);
    const read = async (as: string) => (await ownOf(as)).map(([id]) => ids.indexOf(String(id)));
    expect([await read('branch-1001'), await read('branch-1002'), await read('ops-prop-1')]).toEqual([[0], [], [1]]);
  });
});
