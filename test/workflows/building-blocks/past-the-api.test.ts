/**
 * Updates sent straight to a process, past the API: every role, of the own and the other side and branch. What the message says of the
 * actor is not believed; the directory decides, and nothing is done by anybody else than whom the task asks for.
 */
import { loadReference } from '../../../activities/books/load-reference';
import { loadRehearsalPeople } from '../../../activities/books/load-rehearsal-people';
import { ROLES, worksOnOneSide, type Role } from '../../../domain/people/roles';
import { worksInOneBranch } from '../../../domain/people/role-conflicts';
import { completeTask, recallTask, returnTask } from '../../../workflows/messages/tasks';
import { PERSON_OF } from '../../api/people';
import { openStoryStage, refusalOf, type StoryStage } from '../../support/story-stage';
import { eventually } from '../../support/eventually';
import { ofEach } from '../../support/side-by-side';

const NOW = '2025-06-23T00:05:00.000Z';

const HOME: Readonly<Partial<Record<Role, string>>> = {
  operations: 'client',
  finance: 'proprietary',
  prop: 'proprietary',
  branch: '1001',
  branch_risk: '1001',
};
/** One person a role, and those of the other side and branch. */
const PEOPLE: readonly (readonly [person: string, role: Role, place: string])[] = [
  ...ROLES.map((role) => [PERSON_OF[role], role, HOME[role] ?? ''] as const),
  ['ops-client-2', 'operations', 'client'],
  ['ops-prop-1', 'operations', 'proprietary'],
  ['fin-client-1', 'finance', 'client'],
  ['branch-1001-head', 'branch', '1001'],
  ['branch-1002', 'branch', '1002'],
  ['branch-risk-1002', 'branch_risk', '1002'],
];

/** What is asked of whom, who made it, and who may decide. */
const ASKED = [
  { role: 'operations', place: 'client', maker: 'ops-client-head', side: 'client' },
  { role: 'finance', place: 'proprietary', maker: 'fin-prop-head', side: 'proprietary' },
  { role: 'branch', place: '1001', maker: 'branch-1001b', branch: '1001' },
  { role: 'branch_risk', place: '1002', maker: 'branch-1002-head', branch: '1002' },
] as const;

/** By whom another role is asked for is told so, else what of side and branch is wrong. */
function codeFor([person, role, place]: (typeof PEOPLE)[number], asked: (typeof ASKED)[number]): string {
  if (person === 'branch-1001' && asked.maker === 'branch-1001b') return 'SAME_PERSON';
  if (role !== asked.role) return 'ROLE_MISSING';
  if (place === asked.place) return 'accepted';
  return worksOnOneSide(role) ? 'WRONG_SIDE' : worksInOneBranch(role) ? 'WRONG_BRANCH' : 'ROLE_MISSING';
}

let stage: StoryStage;
const taskOf = new Map<string, { readonly workflowId: string; readonly taskId: string }>();
beforeAll(async () => {
  stage = await openStoryStage({
    name: 'past_the_api',
    workflowsPath: require.resolve('./stories'),
    mode: 'manual',
    now: NOW,
    prepare: async (pool) => {
      await loadReference(pool);
      await loadRehearsalPeople(pool);
    },
  });
  for (const { role, place, maker, ...where } of ASKED) {
    const key = `past:${role}:${place}`;
    await stage.start('approved', key, { key, maker, role, ...where });
    const taskId = await eventually(async () => {
      const { rows } = await stage.pool.query<{ id: string }>(
        'select task_id::text as id from tasks where business_key = $1',
        [key],
      );
      return rows[0]?.id;
    });
    taskOf.set(role, { workflowId: key, taskId });
  }
});
afterAll(() => stage.close());

/** What nobody typed: a reference. */
const REASON = 'typed-text:1';
const sent = (taskId: string, person: string, role: string) => ({
  taskId,
  actor: { person, role },
  reason: REASON,
  requestId: 'r',
  at: NOW,
});
type Send = (task: { workflowId: string; taskId: string }, person: string, role: string) => Promise<unknown>;
const handle = (workflowId: string) => stage.client.workflow.getHandle(workflowId);
const complete: Send = ({ workflowId, taskId }, person, role) =>
  handle(workflowId).executeUpdate(completeTask, {
    args: [{ ...sent(taskId, person, role), revision: 2, form: { decision: 'approve', reason: REASON } }],
  });
const giveBack: Send = ({ workflowId, taskId }, person, role) =>
  handle(workflowId).executeUpdate(returnTask, { args: [{ ...sent(taskId, person, role), revision: 2 }] });
const recall: Send = ({ workflowId, taskId }, person, role) =>
  handle(workflowId).executeUpdate(recallTask, { args: [sent(taskId, person, role)] });

describe.each(ASKED)('a task of $role $place', (asked) => {
  const task = () => taskOf.get(asked.role) ?? { workflowId: '', taskId: '' };
  const strangers = PEOPLE.filter((one) => codeFor(one, asked) !== 'accepted');

  it.each([
    ['completed', complete],
    ['sent back', giveBack],
  ] as const)('is %s by nobody else, whatever role the message names', async (_, send) => {
    const found: string[] = [];
    for (const one of strangers) found.push(`${one[0]} ${await refusalOf(send(task(), one[0], asked.role))}`);
    expect(found).toEqual(strangers.map((one) => `${one[0]} ${codeFor(one, asked)}`));
  });

  it('is recalled by nobody but its maker', async () => {
    // A process has at most ten updates under way at once.
    const found = await ofEach(PEOPLE, ([person]) => refusalOf(recall(task(), person, asked.role)));
    expect([...new Set(found)]).toEqual(['ONLY_MAKER_RECALLS']);
  });

  it('is decided by whom it asks for', async () => {
    const [allowed] = PEOPLE.filter((one) => codeFor(one, asked) === 'accepted');
    expect(allowed).toBeDefined();
    const { rows } = await stage.pool.query('select state from tasks where task_id = $1', [task().taskId]);
    expect(rows).toEqual([{ state: 'open' }]);
    expect(await refusalOf(complete(task(), allowed?.[0] ?? '', 'admin'))).toBe('ROLE_MISSING');
    expect(await refusalOf(complete(task(), allowed?.[0] ?? '', asked.role))).toBe('accepted');
  });
});
