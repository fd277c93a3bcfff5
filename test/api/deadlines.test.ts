/** Promises over HTTP: who sees which, and reports that equal plain SQL. */
import { givePromise, openDeadline } from '../../activities/deadlines/open-deadline';
import { recordRungs } from '../../activities/ladders/record-rungs';
import { parseBusinessDate, shanghaiInstant } from '../../domain/calendar/business-date';
import { openApiStage, type ApiStage } from './stage';

let api: ApiStage;
beforeAll(async () => {
  api = await openApiStage('deadlines_api', { worker: false });
  const sql = await api.pool.connect();
  try {
    // Sixty promises of three processes, four steps, teams and people (some with none); how they end goes by place.
    for (let place = 0; place < 60; place += 1) {
      await givePromise(sql, {
        businessKey: `report:${place}`,
        workflowId: `report:${place}`,
        process: ['complaint', 'callback', 'permission'][place % 3]!,
        step: ['accept', 'answer'][place % 2]!,
        subject: `R-${place}`,
        owner: {
          role: 'service',
          ...(place % 5 === 0 ? {} : { team: `team ${place % 2}` }),
          ...(place % 7 === 0 ? {} : { person: `service-${place % 4}` }),
        },
        ladder: 'PROMISE',
        limit: { kind: 'BUSINESS_HOURS', n: 1 + (place % 40) },
        receivedAt: new Date(Date.parse('2025-06-16T01:00:00.000Z') + place * 3_600_000).toISOString(),
      });
    }
  } finally {
    sql.release();
  }
  const end = (rest: number, values: string) =>
    api.pool.query(
      `update deadlines set ${values} where business_key like 'report:%' and split_part(business_key, ':', 2)::int % 6 = $1`,
      [rest],
    );
  // In time, at the instant itself, late, breached and open, withdrawn after a breach, withdrawn before; nothing done to some.
  await end(0, `ended_as = 'met', ended_at = received_at + (due_at - received_at) * 0.37, ended_by = 'service-1'`);
  await end(1, `ended_as = 'met', ended_at = due_at, ended_by = 'service-2'`);
  await end(
    2,
    `ended_as = 'met late', ended_at = due_at + interval '90 minutes', ended_by = 'service-1', breached_at = due_at`,
  );
  await end(3, `breached_at = due_at`);
  await api.pool
    .query(`update deadlines set ended_as = 'withdrawn', ended_at = due_at, ended_by = 'southbound', breached_at = due_at
                         where business_key in ('report:4', 'report:10')`);
  await api.pool.query(
    `update deadlines set ended_as = 'withdrawn', ended_at = received_at, ended_by = 'southbound' where business_key = 'report:16'`,
  );
});
afterAll(() => api.close());

it('shows the funding of a settlement day that came after its last clock time as met late, with every rung that was missed', async () => {
  const date = parseBusinessDate('2025-06-13');
  const promise = { businessKey: 'FUNDING_CLIENT:SH:2025-06-13', subject: 'SH:2025-06-13:client' };
  const of = { workflowId: 'settlement-day:SH:2025-06-13', ladder: 'FUNDING_CLIENT' };
  const { rungs, dueAt } = await openDeadline({ pool: api.pool })({
    ...{
      ...promise,
      ...of,
      process: 'settlementDay',
      step: 'FUNDING_CLIENT',
      side: 'client',
      owner: { role: 'operations' },
    },
    ...{ limit: { kind: 'LADDER', on: date }, receivedAt: shanghaiInstant(date, '00:00') },
  });
  const late = new Date(Date.parse(dueAt) + 5 * 60_000).toISOString();
  const done = rungs.map(({ condition: _, ...rung }) => ({
    ...rung,
    state: 'met' as const,
    doneBy: 'ops-client-1',
    doneAt: late,
  }));
  const recorded = await recordRungs({ pool: api.pool })({
    ...{ ...of, subject: promise.businessKey, rungs: done, promise: { businessKey: promise.businessKey, revision: 1 } },
  });
  expect(recorded).toEqual({ recorded: rungs.length, ended: 'met late' });
  const { body } = await api.call('GET', '/v1/deadlines?process=settlementDay', { as: 'ops-client-1' });
  expect(body.items).toMatchObject([{ state: 'met late', dueAt }]);
  const read = await api.call('GET', `/v1/deadlines/${body.items[0].deadlineId}`, { as: 'ops-client-1' });
  expect(read.body).toMatchObject({ state: 'met late', endedAt: late, endedBy: 'ops-client-1' });
  const report = await api.call('GET', `/v1/deadline-reports?from=${date}&to=${date}`, { as: 'audit-1' });
  expect(report.body.groups).toMatchObject([{ key: 'settlementDay', due: 1, onTime: 0, late: 1, breaches: 1 }]);
  const { rows } = await api.pool.query<{ state: string }>(
    'select distinct state from ladder_rungs where subject = $1 order by 1',
    [promise.businessKey],
  );
  expect(rows.map(({ state }) => state)).not.toContain('met');
});

const FROM = '2025-06-17';
const TO = '2025-06-27';
const one = async (query: string, values: unknown[] = []): Promise<string | null> => {
  const { rows } = await api.pool.query<{ found: string | null }>(`select (${query})::text as found`, values);
  return rows[0]?.found ?? null;
};

describe('a report equals plain SQL', () => {
  const column = { process: 'process', team: 'owner_team', person: 'owner_person', step: `process || ' / ' || step` };
  it.each(['process', 'step', 'team', 'person'] as const)('by %s', async (by) => {
    const { status, body } = await api.call('GET', `/v1/deadline-reports?from=${FROM}&to=${TO}&by=${by}`, {
      as: 'audit-1',
    });
    expect(status).toBe(200);
    const { rows } = await api.pool.query<{ key: string | null }>(
      `select distinct ${column[by]} as key from deadlines
        where (due_at at time zone 'Asia/Shanghai')::date between $1 and $2 order by 1 nulls last`,
      [FROM, TO],
    );
    expect(body.groups.map(({ key }: { key: string | null }) => key)).toEqual(rows.map(({ key }) => key));
    expect(rows.length).toBeGreaterThan(2);
    for (const figures of [...body.groups, { ...body.total, isTotal: true }]) {
      // Nothing here falls due at midnight, so the date of the instant is the day of the promise.
      const among = `deadlines where (due_at at time zone 'Asia/Shanghai')::date between '${FROM}' and '${TO}'
        ${figures.isTotal === true ? '' : `and ${column[by]} is not distinct from ${figures.key === null ? 'null' : `'${figures.key}'`}`}`;
      const count = async (where: string) => Number(await one(`select count(*) from ${among} and ${where}`));
      const inTime = await count('ended_at <= due_at and breached_at is null and ended_by <> $$southbound$$');
      const late = await count('ended_at > due_at');
      const overdue = await count(
        `((ended_at is null and due_at < '2025-06-23T00:05:00Z') or (ended_by = 'southbound' and breached_at is not null)
          or (ended_at is null and breached_at is not null and due_at >= '2025-06-23T00:05:00Z'))`,
      );
      const judged = inTime + late + overdue;
      const nth = async (share: number) => {
        const done = inTime + late;
        if (done === 0) return null;
        const text = await one(
          `select round(extract(epoch from ended_at - received_at)) from ${among} and ended_by like 'service%'
            order by ended_at - received_at offset ${Math.ceil((share * done) / 100) - 1} limit 1`,
        );
        return Number(text);
      };
      expect(figures).toMatchObject({
        onTime: inTime,
        late,
        overdue,
        breaches: late + overdue,
        withdrawn: await count(`state = 'withdrawn' and breached_at is null`),
        open: await count(`ended_at is null and breached_at is null and due_at >= '2025-06-23T00:05:00Z'`),
        due: await count('true'),
        onTimePercent: judged === 0 ? null : await one(`select round(${inTime} * 100 / ${judged}::numeric, 2)`),
        medianSeconds: await nth(50),
        percentile90Seconds: await nth(90),
      });
    }
    // Of the group that names none too, each number opens its list.
    for (const figures of [body.total, body.groups.at(-1)]) {
      for (const [measure, list] of Object.entries(figures.cases as Record<string, string>)) {
        const { items } = (await api.call('GET', `${list}&limit=200`, { as: 'audit-1' })).body;
        expect([by, figures.key, measure, items.length]).toEqual([by, figures.key, measure, figures[measure]]);
      }
    }
    expect(body.total.late * body.total.overdue * body.total.open * body.total.withdrawn).toBeGreaterThan(0);
  });

  it('counts the end of a day to the day that ends', async () => {
    await api.pool.query(
      `insert into deadlines (other_key, other_workflow, other_process, step, subject, owner_role, other_limit_kind, limit_n, received_at,
                              civil_version, due_at, rungs)
       values ('midnight', 'midnight', 'midnight', 'x', 'x', 'service', 'CALENDAR_DAYS', 1, '2025-07-01T00:00:00+08:00',
               1, '2025-07-03T00:00:00+08:00', '')`,
    );
    const due = async (from: string, to: string) =>
      (await api.call('GET', `/v1/deadline-reports?from=${from}&to=${to}`, { as: 'audit-1' })).body.groups.filter(
        ({ key }: { key: string }) => key === 'midnight',
      ).length;
    expect([await due('2025-07-02', '2025-07-02'), await due('2025-07-03', '2025-07-03')]).toEqual([1, 0]);
  });

  it('refuses a span that ends before it begins, and dates that are none', async () => {
    const ask = async (query: string) =>
      (await api.call('GET', `/v1/deadline-reports?${query}`, { as: 'audit-1' })).body;
    expect((await ask('from=2025-06-27&to=2025-06-26')).errors).toMatchObject([{ field: 'to', code: 'INPUT_INVALID' }]);
    expect((await ask('from=2025-06-31&to=x')).errors.map(({ field }: { field: string }) => field)).toEqual([
      'from',
      'to',
    ]);
  });
});

describe('the list', () => {
  const keys = async (query: string, as = 'audit-1') => {
    const { status, body } = await api.call('GET', `/v1/deadlines?${query}`, { as });
    expect(status).toBe(200);
    return body.items.map(({ businessKey }: { businessKey: string }) => businessKey) as string[];
  };

  const pages = async (query: string) => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await api.call('GET', `/v1/deadlines?limit=7&${query}${cursor}`, { as: 'audit-1' });
      seen.push(...body.items.map(({ businessKey }: { businessKey: string }) => businessKey));
      cursor = body.next === null ? '' : `&cursor=${body.next}`;
    } while (cursor !== '');
    return seen;
  };

  it('goes through all of them page by page, the first due first', async () => {
    const seen: { businessKey: string; dueAt: string }[] = [];
    let cursor = '';
    do {
      const { body } = await api.call('GET', `/v1/deadlines?limit=23${cursor}`, { as: 'audit-1' });
      seen.push(...body.items);
      cursor = body.next === null ? '' : `&cursor=${body.next}`;
    } while (cursor !== '');
    expect(new Set(seen.map(({ businessKey }) => businessKey)).size).toBe(seen.length);
    expect(seen.length).toBe(Number(await one('select count(*) from deadlines')));
    expect(seen.map(({ dueAt }) => dueAt)).toEqual(seen.map(({ dueAt }) => dueAt).sort());
  });

  it('filters by state, breach, process and due time', async () => {
    expect((await keys('state=withdrawn')).sort()).toEqual(['report:10', 'report:16', 'report:4']);
    expect(await keys('process=midnight&open=true&dueBefore=2025-07-02T16:00:00.001Z')).toEqual(['midnight']);
    expect(await keys('process=midnight&dueBefore=2025-07-02T16:00:00Z')).toEqual([]);
    const late = await keys('breached=true&open=true&limit=200');
    expect(late.every((key) => Number(key.split(':')[1]) % 6 === 3)).toBe(true);
    expect(late).toHaveLength(10);
  });

  it.each([
    ['state=running', `ended_at is null and breached_at is null`],
    ['state=breached', `ended_at is null and breached_at is not null`],
    ['state=met', `state = 'met'`],
    ['state=met%20late', `state = 'met late'`],
    ['open=true', `ended_at is null`],
    ['open=false', `ended_at is not null`],
    ['open=true&state=breached', `state = 'breached'`],
    // Both conditions hold, so there is none.
    ['open=false&state=running', `false`],
    ['open=true&state=met', `false`],
  ])('of %s equals plain SQL, page by page', async (query, condition) => {
    const { rows } = await api.pool.query<{ key: string }>(
      `select business_key as key from deadlines where ${condition} order by due_at, deadline_id`,
    );
    expect(await pages(query)).toEqual(rows.map(({ key }) => key));
  });

  it('shows others what their own role owes', async () => {
    expect((await keys('limit=200', 'service-1')).length).toBeGreaterThan(50);
    expect(await keys('limit=200', 'ops-client-1')).toEqual(['FUNDING_CLIENT:SH:2025-06-13']);
  });

  it('goes by number where more than a page are due at one instant', async () => {
    const places = Array.from({ length: 30 }, (_, place) => place);
    for (const place of places) {
      await openDeadline({ pool: api.pool })({
        ...{
          businessKey: `at-once:${place}`,
          workflowId: 'at-once',
          process: 'atOnce',
          step: 'answer',
          subject: `${place}`,
        },
        ...{ owner: { role: 'service' }, ladder: 'PROMISE', limit: { kind: 'BUSINESS_HOURS', n: 8 } },
        receivedAt: '2025-06-16T01:00:00.000Z',
      });
    }
    // The first of them lies behind all others on the disk.
    await api.pool.query(`update deadlines set later_revision = 2 where business_key = 'at-once:0'`);
    expect(await pages('state=running&process=atOnce')).toEqual(places.map((place) => `at-once:${place}`));
  });
});
