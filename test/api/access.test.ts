/**
 * Every route as every role, with things of the own and the other side and branch: exactly the tables of `api/policy.ts` and `api/barriers.ts`, and what was
 * refused is in the audit trail. A route that is added is asked likewise; what it needs besides is said in the tables here.
 */
import { barriers, type Barrier } from '../../api/barriers';
import { accessTo, policy, type RouteId } from '../../api/policy';
import type { Route } from '../../api/route';
import { routes } from '../../api/routes';
import { ROLES, type Role } from '../../domain/people/roles';
import { enterObjects, MARKS, OWNER, placesOf, type Objects, type Place } from './barrier-objects';
import { PERSON_OF } from './people';
import { openApiStage, type ApiStage, type Called } from './stage';
import { ofEach } from '../support/side-by-side';

interface Actor {
  readonly person: string;
  readonly role: Role;
  /** Where the person works. */
  readonly place: Place;
  readonly marked?: boolean;
}

const HOME: Readonly<Partial<Record<Role, Place>>> = {
  operations: 'client',
  finance: 'proprietary',
  prop: 'proprietary',
  branch: '1001',
  branch_risk: '1001',
};
/** One person a role; of some the other side or branch too, and heads. */
const ACTORS: readonly Actor[] = [
  ...ROLES.map((role) => ({ person: PERSON_OF[role], role, place: HOME[role] ?? 'house' })),
  { person: 'ops-prop-1', role: 'operations', place: 'proprietary' },
  { person: 'fin-client-1', role: 'finance', place: 'client' },
  { person: 'branch-1002', role: 'branch', place: '1002' },
  { person: 'branch-risk-1002', role: 'branch_risk', place: '1002' },
  { person: 'client-2', role: 'client', place: 'house' },
  { person: 'ops-client-head', role: 'operations', place: 'client', marked: true },
  { person: 'branch-1001-head', role: 'branch', place: '1001', marked: true },
];

/** Who lacks a role is told so whatever the side, the branch and the mark. */
const ONE_A_ROLE = ACTORS.filter(({ role }, at) => ACTORS.findIndex((one) => one.role === role) === at);

/** Rows that are not there and a day that is no trading day: nothing happens, whoever may ask. */
const NOTHING: Readonly<Record<string, string>> = {
  channel: 'SH',
  date: '2025-06-23',
  fileId: '999999',
  breakId: '999999',
  postponementId: '999999',
  topUpId: '999999',
  grantId: '999999',
  person: 'nobody',
  workflowId: 'nothing',
  receiver: 'nothing',
  changeId: '999999',
  attemptId: '999999',
  entryNo: '999999',
  callbackNo: 'T20250622-999999',
  attachmentId: '999999',
  mailId: '999999',
  sha256: 'a'.repeat(64),
  sampleNo: 'complaints:2025-05',
  appraisalId: '999999',
  dimension: 'product',
  nth: '1',
  calendar: 'CIVIL',
  eventNo: 'NOEVENT1',
  year: '1999',
  branch: '9999',
};

/** What the routes whose things stand behind a barrier must be asked with, to get as far as the barrier. */
const WITH: Partial<Record<RouteId, { readonly body?: object; readonly query?: string }>> = {
  completeTask: { body: { revision: 1, form: {} } },
  returnTask: { body: { revision: 1, reason: 'figures do not agree' } },
  recallTask: { body: { reason: 'figures do not agree' } },
  assignTask: { body: { to: 'newcomer', reason: 'leave of a colleague' } },
  commentTask: { body: { text: 'seen' } },
  endSubstitution: { body: {} },
  changeTaskView: { body: { name: 'x', filter: {}, shared: false, revision: 1 } },
  stopDeadlineClock: { body: { reason: 'waits for the client' } },
  resumeDeadlineClock: { body: { reason: 'the client has answered' } },
  askDeadlineExtension: { body: { further: 1, reason: 'a difficult case' } },
  revokeDelegation: { body: { reason: 'back from leave' } },
  withdrawPermissionRequest: { body: { channel: 'mobile', reason: 'changed my mind' } },
  sendOneTimeCode: { body: { channel: 'mobile' } },
  enterOneTimeCode: { body: { channel: 'mobile', code: '000000' } },
  checkEligibility: { body: { channel: 'mobile' } },
  reportListening: {
    body: {
      channel: 'mobile',
      stretches: [
        { fromSecond: 0, toSecond: 1, startedAt: '2025-06-23T08:05:00+08:00', endedAt: '2025-06-23T08:05:01+08:00' },
      ],
    },
  },
  beginTestAttempt: { body: { channel: 'mobile' } },
  answerTestAttempt: { body: { channel: 'mobile', answers: { 1: 'A' } } },
  showAgreements: { body: { channel: 'mobile' } },
  signAgreements: {
    body: { channel: 'mobile', signatures: [{ agreement: 'x', version: '1', sha256: 'a'.repeat(64) }] },
  },
  listFigures: { query: '?section=overdrafts' },
  supplementComplaint: { body: { text: 'more of it' } },
  addComplaintAttachment: { body: { fileName: 'a.txt', mediaType: 'text/plain', content: 'YWJj' } },
  nameComplainant: { body: { clientNo: 'C00000001' } },
  completeComplaintParticulars: { body: { telephone: '13800000000' } },
  askPayeeCorrection: { body: { fundAccount: '900000001', reason: 'the account is closed' } },
  nameComplaintSubject: { body: { workflowId: 'complaint:T20250623-000001' } },
  askSurvey: { body: { occasion: 'telephone consulting', subject: 'call:1', clientNo: 'C00000001' } },
  recordSurveyAnswer: { body: { occasion: 'mobile opening', satisfied: true } },
  listSurveys: { query: '?occasion=mobile%20opening&period=2025-06' },
  listSurveyAnswers: { query: '?occasion=mobile%20opening&period=2025-06' },
  readSurveyRates: { query: '?from=2025-05&to=2025-06' },
  readComplaintReport: { query: '?from=2025-06-01&to=2025-06-30' },
  readComplaintReportCsv: { query: '?from=2025-06-01&to=2025-06-30' },
  readComplaintReportXlsx: { query: '?from=2025-06-01&to=2025-06-30' },
  readComplaintReportPdf: { query: '?from=2025-06-01&to=2025-06-30' },
  readCallbackReport: { query: '?from=2025-06-01&to=2025-06-30' },
  readCallbackReportCsv: { query: '?from=2025-06-01&to=2025-06-30' },
  readCallbackReportXlsx: { query: '?from=2025-06-01&to=2025-06-30' },
  readCallbackReportPdf: { query: '?from=2025-06-01&to=2025-06-30' },
  writeComplaintText: { body: { taskId: '1', text: 'what was found' } },
  askDepartment: { body: { department: 'operations', question: 'what happened?' } },
  askComplaintExtension: { body: { furtherDays: 5, reason: 'a witness is away' } },
  handOverComplaint: { body: { person: 'service-3', reason: 'on holiday' } },
  recuseFromComplaint: { body: { reason: 'a relative of mine' } },
  fileRequestDocument: {
    body: { kind: 'closing request', paperNo: 'A-1', mediaType: 'application/pdf', content: 'JVBERi0xLjc=' },
  },
  handOverRequestPapers: { body: { custodian: '1001', receiptNo: 'R-1', receivedBy: 'branch-1001b' } },
  withdrawCounterRequest: { body: { reason: 'the client stays' } },
  returnRequestScan: { body: { entryNo: 1, reason: 'cannot be read' } },
  readRequestDocument: { body: { reason: 'review of the documents' } },
  readClient: { body: { reason: 'complaint of the client' } },
  readPersonName: { body: { reason: 'whose login it is' } },
  setClientMessageWishes: { body: { switchedOff: [], quietHours: null, reason: 'asked for by the client' } },
  readMessageContent: { body: { reason: 'complaint of the client' } },
};

/** A thing behind a barrier, and whose it is. */
interface Thing {
  readonly id: string;
  /** Further parameters of its path. */
  readonly also?: Readonly<Record<string, string>>;
  readonly what: string;
  /** Whether it is the actor's own. */
  readonly own: boolean;
  /** Whether it is of somebody of the actor's role, side and branch. */
  readonly led?: boolean;
}

/** The things that a parameter of a path names. */
const THINGS: Readonly<Record<string, (objects: Objects, actor: Actor) => readonly Thing[]>> = {
  taskId: ({ task }, { role, place }) => {
    const elsewhere: Role = role === 'service' ? 'brokerage' : 'service';
    return [
      ...placesOf(role).map((of) => ({ id: task(role, of), what: `a task of ${role} ${of}`, own: of === place })),
      { id: task(elsewhere, 'house'), what: `a task of ${elsewhere}`, own: false },
    ];
  },
  messageId: ({ message }, { role, place }) => {
    const elsewhere: Role = role === 'service' ? 'brokerage' : 'service';
    return [
      ...placesOf(role).map((of) => ({ id: message(role, of), what: `a message to ${role} ${of}`, own: of === place })),
      { id: message(elsewhere, 'house'), what: `a message to ${elsewhere}`, own: false },
    ];
  },
  deadlineId: ({ promise }, { role, place }) => {
    const elsewhere: Role = role === 'service' ? 'brokerage' : 'service';
    return [
      ...placesOf(role).map((of) => ({ id: promise(role, of), what: `a promise of ${role} ${of}`, own: of === place })),
      { id: promise(elsewhere, 'house'), what: `a promise of ${elsewhere}`, own: false },
    ];
  },
  figureId: ({ figure }, { place }) =>
    (['client', 'proprietary'] as const).map((side) => ({
      id: figure[side],
      what: `a ${side} figure`,
      own: side === place,
    })),
  // Of the overdrafts of the two sides.
  figure: (_, { place }) => [
    { id: 'overdrafts.6000000001.amount', what: 'a figure of a client', own: place === 'client' },
    { id: 'overdrafts.7000000001.amount', what: 'a figure of the own account', own: place === 'proprietary' },
  ],
  fundAccount: (_, { role, place }) => [
    { id: '6000000001', what: 'a client of 1001', own: place === '1001' || place === 'client' || role === 'service' },
    { id: '6000000002', what: 'a client of 1002', own: place === '1002' || place === 'client' || role === 'service' },
    { id: '7000000001', what: 'the own account', own: place === 'proprietary' },
  ],
  requestNo: ({ requests }, { person, place }) =>
    requests.map(({ requestNo, attemptId, entryNo, branch, login }) => ({
      id: requestNo,
      also: { attemptId, entryNo },
      what: `a request of ${login}, branch ${branch}`,
      own: login === person || branch === place,
    })),
  complaintNo: ({ complaints }, { person, place }) =>
    complaints.map(({ complaintNo, attached, branch, login }) => ({
      id: complaintNo,
      also: { ...attached },
      what: `a complaint of ${login}, branch ${branch}`,
      own: login === person || branch === place,
    })),
  caseNo: ({ overdraftCases }, { place }) =>
    overdraftCases.map(({ caseNo, branch }) => ({
      id: caseNo,
      what: `an overdraft of a client of ${branch}`,
      own: branch === place,
    })),
  ...Object.fromEntries(
    (['bulkId', 'roleGrantId', 'delegationId', 'substitutionId', 'viewId'] as const).map((name) => [
      name,
      (objects: Objects, { person, role, place }: Actor) => {
        const led = role === 'operations' && place === 'client';
        return [{ id: objects[name], what: `of ${OWNER}`, own: person === OWNER, led }];
      },
    ]),
  ),
};

const REFUSED_FOR_WHOSE = ['ROLE_MISSING', 'WRONG_SIDE', 'WRONG_BRANCH', 'NOT_FOUND'];

let api: ApiStage;
let objects: Objects;
beforeAll(async () => {
  // Nobody works: what is done to tasks is judged, and is taken by no process.
  api = await openApiStage('access', { worker: false, env: { API_ANSWER_WITHIN_MS: '200' } });
  objects = await enterObjects(api.pool, api.stage.config.documents);
});
afterAll(() => api.close());

it('has a route for every line of the policy, and a line for every route', () => {
  expect(routes.map(({ id }) => id).sort()).toEqual(Object.keys(policy).sort());
  expect(Object.keys(barriers).sort()).toEqual(Object.keys(policy).sort());
});

const mayCall = (id: RouteId, role: Role): boolean => {
  const access = accessTo(id);
  return access === 'public' || access.includes(role);
};

const parametersOf = ({ path }: Route): readonly string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

function pathOf(route: Route, thing?: Pick<Thing, 'id' | 'also'> & { readonly name: string }): string {
  const day = route.id === 'startSettlementDay' ? '2025-06-22' : NOTHING['date'];
  const values: Readonly<Record<string, string | undefined>> = {
    ...Object.fromEntries(Object.keys(THINGS).map((name) => [name, '999999'])),
    requestNo: 'P20250622-999999',
    complaintNo: 'T20250622-999999',
    caseNo: 'V20250622-999999',
    ...NOTHING,
    ...(route.id === 'readFile' ? { fileId: objects.fileId } : {}),
    date: day,
    ...(thing === undefined ? {} : { [thing.name]: thing.id, ...thing.also }),
  };
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`say in NOTHING or THINGS what {${name}} of ${route.id} is`);
    return value;
  });
  return `${path}${WITH[route.id]?.query ?? ''}`;
}

async function ask(route: Route, path: string, as?: string): Promise<Pick<Called, 'status' | 'body' | 'headers'>> {
  const method = route.method.toUpperCase() as 'GET';
  if (route.stream !== undefined) return firstOf(path, as);
  const body = method === 'GET' ? {} : { body: WITH[route.id]?.body ?? {} };
  return api.call(method, path, { ...(as === undefined ? {} : { as }), ...body });
}

type Answered = ReturnType<typeof ask>;
const answeredAs = new Map<string, Answered>();

/** Of a route as it is without a thing of its own: asked once as each person. */
function askOnce(route: Route, as: string): Answered {
  const key = `${route.id} ${as}`;
  const answer = answeredAs.get(key) ?? ask(route, pathOf(route), as);
  answeredAs.set(key, answer);
  return answer;
}

/** What a stream sends first; it would not end by itself. */
async function firstOf(path: string, as: string | undefined): Promise<Pick<Called, 'status' | 'body' | 'headers'>> {
  const left = new AbortController();
  const authorization = as === undefined ? {} : { authorization: `Bearer ${await api.tokenOf(as)}` };
  const { status, headers, body } = await fetch(`${api.url}${path}`, { headers: authorization, signal: left.signal });
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  const isStream = headers.get('content-type')?.includes('event-stream') === true;
  for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
    text += decoder.decode(read.value);
    if (isStream && text.includes('event: task')) break;
  }
  left.abort();
  return { status, headers, body: isStream ? text : (JSON.parse(text) as unknown) };
}

const codesOf = ({ body }: Pick<Called, 'body'>): readonly string[] =>
  ((body?.errors ?? []) as readonly { code: string }[]).map(({ code }) => code);

const named = routes.map((route) => [route.id, route] as const);

describe('as every role', () => {
  it.each(named)('%s', async (id, route) => {
    const answers = await ofEach(ONE_A_ROLE, async (actor) => {
      const { status, body } = await askOnce(route, actor.person);
      const refused = status === 403 && body.code === 'ROLE_MISSING' && body.errors.length === 1;
      return { ...actor, refused, broken: status === 401 || status >= 500 };
    });
    const wrong = answers.filter(
      ({ role, refused, broken }) =>
        broken || (refused && mayCall(id, role) && accessTo(id) !== 'public') || (!refused && !mayCall(id, role)),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps every attempt without the role', async () => {
    const { rows } = await api.pool.query<{ action: string; actor: string; role: string }>(
      `select distinct action, actor, role from audit where outcome = 'refused' and reason = 'ROLE_MISSING'`,
    );
    const kept = rows.map(({ action, actor, role }) => `${action} ${actor} ${role}`);
    const refused = routes.flatMap(({ id }) =>
      ONE_A_ROLE.filter(({ role }) => !mayCall(id, role)).map(({ person, role }) => `${id} ${person} ${role}`),
    );
    expect(refused.length).toBeGreaterThan(300);
    expect(kept.sort()).toEqual(refused.sort());
  });
});

const reaches = ({ all }: Barrier, { role }: Actor): boolean => all.includes(role);

function isOwn({ leaders }: Barrier, { marked = false }: Actor, { own, led = false }: Thing): boolean {
  if (leaders === 'only') return own && marked;
  return own || (leaders === 'too' && led && marked);
}

/** Places of whose things a list may tell an actor. */
function placesSeen(barrier: Barrier, actor: Actor): readonly Place[] {
  if (barrier.own === 'house' || reaches(barrier, actor)) return [...new Set(Object.values(MARKS))].sort();
  return barrier.own === 'person' || actor.place === 'house' ? [] : [actor.place];
}

const marksIn = (body: unknown): readonly Place[] => {
  const text = JSON.stringify(body);
  return [...new Set(Object.entries(MARKS).flatMap(([words, place]) => (text.includes(words) ? [place] : [])))].sort();
};

/** Lists that tell sums, and nothing by name. */
const TELLS_SUMS: readonly RouteId[] = ['countTasks', 'readJournal', 'readCorporateActionMoney'];

describe('what a list shows', () => {
  const lists = named.filter(
    ([, { method, path }]) => method === 'get' && !Object.keys(THINGS).some((name) => path.includes(`{${name}}`)),
  );
  it.each(lists)('%s', async (id, route) => {
    const barrier = barriers[id];
    const callers = ACTORS.filter(({ role }) => mayCall(id, role));
    const shown = await ofEach(callers, async (actor) => marksIn((await askOnce(route, actor.person)).body));
    const some = [...new Set(shown.flat())];
    // Behind a barrier there is something of either side: a list that shows nothing would prove nothing.
    if (barrier.own === 'side' || barrier.own === 'work')
      expect([id, some]).toEqual([
        id,
        TELLS_SUMS.includes(id) ? [] : expect.arrayContaining(['client', 'proprietary']),
      ]);
    if (barrier.own !== 'house')
      expect(callers.map(({ person }, at) => [person, shown[at]])).toEqual(
        callers.map((actor) => [actor.person, placesSeen(barrier, actor).filter((place) => some.includes(place))]),
      );
  });
});

describe('what stands behind a barrier', () => {
  // Whoever stepped back sees a complaint no more: that comes last.
  const inOrder = [...named].sort(
    ([one], [other]) => Number(one === 'recuseFromComplaint') - Number(other === 'recuseFromComplaint'),
  );
  const single = inOrder.flatMap(([id, route]) => {
    const name = parametersOf(route).find((one) => THINGS[one] !== undefined);
    return name === undefined ? [] : [[id, name, route] as const];
  });

  it('is of no route that the table calls open', () => {
    expect(single.filter(([id]) => barriers[id].own === 'house').map(([id]) => id)).toEqual([]);
  });

  it.each(single)('%s: own and other %s', async (id, name, route) => {
    const barrier = barriers[id];
    const cells = ACTORS.filter(({ role }) => mayCall(id, role)).flatMap((actor) =>
      (THINGS[name]?.(objects, actor) ?? []).map((thing) => ({ actor, thing })),
    );
    const answers = await ofEach(cells, async ({ actor, thing }) => {
      const answer = await ask(route, pathOf(route, { name, ...thing }), actor.person);
      const refused = REFUSED_FOR_WHOSE.some((code) => codesOf(answer).includes(code) && !toldOf(answer, code));
      const expected = isOwn(barrier, actor, thing) || reaches(barrier, actor) ? 'let in' : 'refused';
      return [
        `${actor.person}, ${thing.what}`,
        answer.status >= 500 || answer.status === 422 ? answer.body : refused ? 'refused' : 'let in',
        expected,
      ];
    });
    expect(answers.filter(([, found, expected]) => found !== expected)).toEqual([]);
    expect(new Set(answers.map(([, , expected]) => expected)).size).toBe(2);
  });
});

/** Fields of a body that name a person or a process: a code told of them alone is about what was sent, and not about who asks. */
const NAMED_IN_BODY = ['to', 'workflowId'];

const toldOf = ({ body }: Pick<Called, 'body'>, code: string): boolean =>
  (body.errors as readonly { code: string; field?: string | null }[])
    .filter((one) => one.code === code)
    .every((one) => NAMED_IN_BODY.includes(one.field ?? ''));

it.each(named.filter(([id]) => accessTo(id) !== 'public'))('%s without a token', async (_, route) => {
  const { status, body, headers } = await ask(route, pathOf(route));
  expect([status, body.code]).toEqual([401, 'UNAUTHENTICATED']);
  expect(headers.get('www-authenticate')).toBe('Bearer');
});

it('takes a grant at its dates: not yet, in force, no longer', async () => {
  await api.pool.query(
    `insert into people (person, subject, department) values ('later', 'rehearsal|later', 'operations')`,
  );
  const grant = (from: string, to: string | null) =>
    api.pool.query(
      `insert into grants (person, role, valid_from, valid_to, requested_by, granted_by, approved_by)
       values ('later', 'supervisor', $1, $2, 'a', 'b', 'c')`,
      [from, to],
    );
  const ask = async () => (await api.call('GET', '/v1/settlement-days', { as: 'later' })).status;
  expect(await ask()).toBe(403);
  await grant('2025-06-01', '2025-06-23'); // the last day is the day before, the clock stands on the 23rd
  await grant('2025-06-24', null);
  expect(await ask()).toBe(403);
  await grant('2025-06-23', '2025-06-24');
  expect(await ask()).toBe(200);
  await api.pool.query(`update people set active = false where person = 'later'`);
  expect(await ask()).toBe(401);
});
