/** One of each thing that stands behind a barrier, of every side and branch, for the generated test of access. */
import type { Pool } from 'pg';
import { fileDocument } from '../../activities/archive/file-document';
import { openArchive } from '../../activities/archive/open-archive';
import { seedClients } from '../../activities/clients/seed-clients';
import { addAttachment } from '../../activities/intake/complaints/add-attachment';
import { receiveComplaint } from '../../activities/intake/complaints/receive-complaint';
import { givePromise } from '../../activities/deadlines/open-deadline';
import { inTransaction } from '../../activities/database/transaction';
import { folderDocuments } from '../../adapters/documents/folder-documents';
import { ROLES, worksOnOneSide, type Role } from '../../domain/people/roles';
import { worksInOneBranch } from '../../domain/people/role-conflicts';
import { openedTask } from '../support/tasks';
import { PERSON_OF } from './people';

/** Where a thing belongs: a side, a branch, or the house. */
export type Place = 'client' | 'proprietary' | '1001' | '1002' | 'house';

export interface Objects {
  /** Number of the task that asks for a role at a place. */
  readonly task: (role: Role, place: Place) => string;
  /** Number of the promise that a role owes at a place. */
  readonly promise: (role: Role, place: Place) => string;
  /** Number of the message to a role at a place. */
  readonly message: (role: Role, place: Place) => string;
  readonly figure: Readonly<Record<'client' | 'proprietary', string>>;
  readonly fileId: string;
  readonly breakId: string;
  /** Made by, or about, the person of operations. */
  readonly bulkId: string;
  readonly roleGrantId: string;
  readonly delegationId: string;
  readonly substitutionId: string;
  readonly viewId: string;
  readonly requests: readonly RequestOfClient[];
  readonly complaints: readonly ComplaintOfClient[];
  readonly overdraftCases: readonly OverdraftCaseOfBranch[];
}

interface OverdraftCaseOfBranch {
  readonly caseNo: string;
  readonly branch: string;
}

/** A complaint of the client of a login with something attached, received by a person of nobody's branch. */
interface ComplaintOfClient {
  readonly complaintNo: string;
  readonly attached: { readonly attachmentId: string; readonly sha256: string };
  readonly branch: string;
  readonly login: string;
}

/** A request of the client of a login, with an attempt at its test and a document in the client's file. */
interface RequestOfClient {
  readonly requestNo: string;
  readonly attemptId: string;
  readonly entryNo: string;
  readonly branch: string;
  readonly login: string;
}

export const OWNER = PERSON_OF.operations;
const DAY = 'settlement-day:SH:2025-06-23';
const SIDES = ['client', 'proprietary'] as const;

/** Places in which work of a role lies. */
export const placesOf = (role: Role): readonly Place[] =>
  worksOnOneSide(role) ? SIDES : worksInOneBranch(role) ? ['1001', '1002'] : ['house'];

/** What a list shows of a place: the words of the things, and the fund accounts of its clients. */
export const MARKS: Readonly<Record<string, Exclude<Place, 'house'>>> = {
  'mark client': 'client',
  'mark proprietary': 'proprietary',
  'mark 1001': '1001',
  'mark 1002': '1002',
  '6000000001': 'client',
  '7000000001': 'proprietary',
};

/** @param documents folder in which what is filed is kept */
export async function enterObjects(pool: Pool, documents: string): Promise<Objects> {
  await enterClients(pool);
  const { tasks, promises } = await enterWork(pool);
  const messages = await enterMessages(pool);
  const figure = await enterDay(pool);
  const { fileId, breakId } = await enterFindings(pool);
  const id = async (text: string, ...values: unknown[]) => String((await pool.query(text, values)).rows[0].id);
  const anyTask = tasks.get('operations client') ?? '';
  const bulkId = await id(
    `insert into task_bulks (made_by, request_key, request_id, action, row_count) values ($1, 'k', 'r', 'claim', 1) returning bulk_id as id`,
    OWNER,
  );
  await pool.query(
    `insert into task_bulk_rows (bulk_id, place, task_id, revision, state, code) values ($1, 1, $2, 1, 'refused', 'X')`,
    [bulkId, anyTask],
  );
  const requests = await enterRequests(pool, documents);
  return {
    requests,
    complaints: await enterComplaints(pool, documents),
    overdraftCases: await enterOverdraftCases(pool),
    task: (role, place) => tasks.get(`${role} ${place}`) ?? '',
    promise: (role, place) => promises.get(`${role} ${place}`) ?? '',
    message: (role, place) => messages.get(`${role} ${place}`) ?? '',
    figure,
    fileId,
    breakId,
    bulkId,
    roleGrantId: await id(
      `insert into role_grants (person, role, valid_from, reason, state, requested_by)
       values ('newcomer', 'service', '2025-06-23', 'x', 'requested', $1) returning role_grant_id as id`,
      OWNER,
    ),
    delegationId: await id(
      `insert into delegations (principal, delegate, role, first_day, last_day, reason, made_by, state)
       values ($1, 'ops-client-2', 'operations', '2025-06-23', '2025-06-24', 'x', $1, 'given') returning delegation_id as id`,
      OWNER,
    ),
    substitutionId: await id(
      `insert into substitutions (absent, substitute, first_day, last_day, made_by)
       values ($1, 'ops-client-2', '2025-06-23', '2025-06-24', $1) returning substitution_id as id`,
      OWNER,
    ),
    viewId: await id(
      `insert into task_views (owner, name, filter) values ($1, 'x', '{}') returning view_id as id`,
      OWNER,
    ),
  };
}

async function enterClients(pool: Pool): Promise<void> {
  await pool.query(`insert into people (person, subject, department) values ('newcomer', 'none|newcomer', 'service')`);
  await pool.query(
    `insert into clients values ('6000000001', 'A900000001', '1001', '21000', 'client', 'natural', 0.0003, 500),
       ('6000000002', 'A900000002', '1002', '21000', 'client', 'natural', 0.0003, 500),
       ('7000000001', 'Z900000001', '0000', '21000', 'proprietary', 'institution', 0, 0)`,
  );
}

/** Of a task that is not the client side's, as tasks of tests are unless told otherwise. */
const WITHOUT_SIDE = { side: undefined } as unknown as { readonly side: string };

/** A request for a permission of the client of each login, in two branches, with an attempt and a document. */
async function enterRequests(pool: Pool, documents: string): Promise<Objects['requests']> {
  await seedClients(pool, 100);
  const { rows } = await pool.query<
    Omit<RequestOfClient, 'entryNo'> & { readonly clientNo: string; readonly workflowId: string }
  >(
    `with asked as (
       insert into permission_requests (request_no, client_no, permission, terms_from, kind, state, step, step_since, workflow_id,
                                        requested_at, lapses_at)
       select 'P20250623-00000' || right(l.person, 1), l.client_no, t.permission, t.valid_from, 'opening', 'under way', 'identity',
              business_now(), 'permission:' || l.person, business_now(), business_now() + interval '30 days'
         from client_logins l, lateral (select permission, valid_from from permission_types order by valid_from limit 1) t
       returning request_no, client_no, workflow_id),
     tried as (
       insert into test_attempts (request_no, nth, bank, version, seed, drawn) select request_no, 1, 'x', '1', 1, '[]' from asked
       returning request_no, attempt_id)
     select a.request_no as "requestNo", t.attempt_id::text as "attemptId", c.branch, l.person as login,
            c.client_no as "clientNo", a.workflow_id as "workflowId"
       from asked a join tried t using (request_no) join registered_clients c using (client_no) join client_logins l using (client_no) order by 1`,
  );
  const requests: RequestOfClient[] = [];
  for (const { clientNo, workflowId, ...request } of rows) {
    await openArchive(pool, { clientNo, openedOn: '2025-06-23' });
    const { entryNo } = await fileDocument({ pool, documents: folderDocuments(documents) }, of(workflowId), {
      ...{
        key: `barrier:${workflowId}`,
        clientNo,
        workflowId,
        kind: 'x',
        businessDate: '2025-06-23',
        filedBy: 'newcomer',
      },
      mostBytes: 100,
    });
    requests.push({ ...request, entryNo: `${entryNo}` });
  }
  return requests;
}

async function* of(text: string): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}

/** A complaint of the client of each login, in two branches. */
async function enterComplaints(pool: Pool, documents: string): Promise<Objects['complaints']> {
  const { rows } = await pool.query<{ client_no: string; branch: string; login: string }>(
    `select client_no, branch, person as login from client_logins join registered_clients using (client_no) order by person`,
  );
  const complaints = [];
  for (const { client_no: clientNo, branch, login } of rows) {
    const { complaintNo } = await receiveComplaint(pool, {
      key: `barrier:${login}`,
      channel: 'telephone',
      product: 'southbound',
      category: 'service',
      facts: 'x',
      complainant: { clientNo },
      by: 'newcomer',
      role: 'service',
    });
    const attached = await addAttachment(
      { pool, documents: folderDocuments(documents) },
      {
        complaintNo,
        key: `barrier:${login}:attachment`,
        by: 'newcomer',
        fileName: 'a.txt',
        saidType: 'text/plain',
        bytes: Buffer.from('evidence'),
      },
    );
    complaints.push({ complaintNo, attached, branch, login });
  }
  return complaints;
}

/** An overdraft of a client of each branch. */
async function enterOverdraftCases(pool: Pool): Promise<Objects['overdraftCases']> {
  const { rows } = await pool.query<OverdraftCaseOfBranch>(
    `insert into overdraft_cases (case_no, channel, fund_account, branch, owed_since, opened_on, workflow_id,
                                  call_after_days, block_after_days, recovery_after_days)
     select 'V20250623-00000' || right(fund_account, 1), 'SH', fund_account, branch, '2025-06-20', '2025-06-23', 'overdraft:' || branch, 3, 10, 30
     from clients where side = 'client' order by fund_account returning case_no as "caseNo", branch`,
  );
  return rows;
}

/** A task and a promise of each role at each place. */
async function enterWork(pool: Pool): Promise<Readonly<Record<'tasks' | 'promises', ReadonlyMap<string, string>>>> {
  const [tasks, promises] = [new Map<string, string>(), new Map<string, string>()];
  for (const role of ROLES) {
    for (const place of placesOf(role)) {
      const [words, where] = [wordsOf(place), whereIs(place)];
      const task = { kind: 'x', workflowId: `barrier:${role}`, titleZh: words, titleEn: words, role };
      tasks.set(`${role} ${place}`, await openedTask(pool, { ...task, ...WITHOUT_SIDE, ...where }));
      await inTransaction(pool, (sql) =>
        givePromise(sql, {
          businessKey: `barrier:${role}:${place}`,
          workflowId: 'barrier',
          process: 'barrier',
          step: 'x',
          subject: words,
          owner: { role },
          ladder: 'PROMISE',
          limit: { kind: 'CALENDAR_DAYS', n: 3 },
          receivedAt: '2025-06-23T00:00:00.000Z',
          ...(where as object),
        }),
      );
      const { rows } = await pool.query('select deadline_id as id from deadlines where business_key = $1', [
        `barrier:${role}:${place}`,
      ]);
      promises.set(`${role} ${place}`, String(rows[0].id));
    }
  }
  return { tasks, promises };
}

const wordsOf = (place: Place): string => (place === 'house' ? 'of the house' : `mark ${place}`);
const whereIs = (place: Place) =>
  SIDES.some((side) => side === place) ? { side: place } : place === 'house' ? {} : { branch: place };

/** What each role was told of the day at each place. */
async function enterMessages(pool: Pool): Promise<ReadonlyMap<string, string>> {
  const messages = new Map<string, string>();
  for (const role of ROLES) {
    for (const place of placesOf(role)) {
      const { side = null, branch = null } = whereIs(place) as { readonly side?: string; readonly branch?: string };
      const { rows } = await pool.query(
        `insert into outbox (other_key, recipient_role, workflow_id, other_case, kind, severity, template, template_version, facts_told,
                             side, branch)
         values ($1, $2, $3, $4, 'notice', 'info', 'MESSAGE_BLOCKED', 1,
                 jsonb_build_object('template', $4::text, 'missing', $4::text, 'message', '1'), $5, $6) returning message_id as id`,
        [`barrier ${role} ${place}`, role, DAY, wordsOf(place), side, branch],
      );
      messages.set(`${role} ${place}`, String(rows[0].id));
      await pool.query(
        `insert into message_attempts (message_id, step, channel, at, outcome) values ($1, 1, 'in-app', business_now(), 'accepted')`,
        [rows[0].id],
      );
    }
  }
  return messages;
}

async function enterDay(pool: Pool): Promise<Objects['figure']> {
  await pool.query(
    `insert into settlement_days values ('SH', '2025-06-23', $1, 'full', true, '2025-06-20', '2025-06-24', '2025-06-25',
       '2025-06-24', '2025-06-24', 1, 'morning', '2025-06-23T00:00:00Z', null)`,
    [DAY],
  );
  await pool.query(
    `insert into broker_accounts values ('HKB1', 'SH', 'reserve', 'client'), ('HKZ1', 'SH', 'reserve', 'proprietary')`,
  );
  await pool.query(
    `insert into client_figures select 'SH', '2025-06-23', fund_account, 0, 0, 0, 0, 0, 0, 0, 0 from clients`,
  );
  const figure = { client: '', proprietary: '' };
  for (const side of SIDES) {
    const words = `mark ${side}`;
    const { rows } = await pool.query(
      `insert into figures (channel, business_date, side, code, revision, amount_fen, rule, terms_version)
       values ('SH', '2025-06-23', $1, 'FUNDING', 1, 100, $2, '1') returning figure_id as id`,
      [side, words],
    );
    figure[side] = String(rows[0].id);
    await openedTask(pool, {
      workflowId: DAY,
      titleEn: words,
      side,
      role: side === 'client' ? 'operations' : 'finance',
    });
    await pool.query(`insert into overdrafts values ('SH', '2025-06-23', $1, 1, 'other', 0, 0, 0)`, [
      side === 'client' ? '6000000001' : '7000000001',
    ]);
    await pool.query(`insert into advances values ('SH', '2025-06-23', $1, 0, 0, 1, 0, 0, '2025-06-23')`, [
      side === 'client' ? '6000000001' : '7000000001',
    ]);
  }
  return figure;
}

async function enterFindings(pool: Pool): Promise<{ readonly fileId: string; readonly breakId: string }> {
  await pool.query(`select open_business_date('2025-06-23')`);
  const { rows: files } = await pool.query(
    `insert into files (channel, business_date, kind, version, name, path, sha256, byte_count, arrived_at)
     values ('SH', '2025-06-23', 'hk_jsmx', 1, 'hk_jsmx01.623', 'x', 'a', 100, '2025-06-23T10:00:00Z') returning file_id as id`,
  );
  const fileId = String(files[0].id);
  await pool.query(
    `insert into file_states (file_id, state_no, state, cause, record_count) values ($1, 1, 'accepted', 'whole', 2)`,
    [fileId],
  );
  let breakId = '';
  for (const [side, account] of [
    ['client', 'HKB1'],
    ['proprietary', 'HKZ1'],
  ] as const) {
    const { rows } = await pool.query(
      `insert into findings (channel, business_date, file_id, file_name, class, outcome, attributes, reason_zh, reason_en, amount_fen,
                             finding_key)
       values ('SH', '2025-06-23', $1, 'f', 'X', 'break', $2, '差', $3, 1, $3) returning finding_id as id`,
      [fileId, JSON.stringify({ key: [account, 'JY'] }), `mark ${side}`],
    );
    breakId = String(rows[0].id);
  }
  return { fileId, breakId };
}
