/**
 * The people of a rehearsal of complaints. They see what the API shows them and do what the kind of the complaint says: at once, late, or
 * never. What was overtaken by the time somebody comes to it is nothing to do any more; any other refusal is told at the end.
 */
import { createHash } from 'node:crypto';
import { ApiRefusal, type ApiClient } from '../rehearsal/api-client';
import type { Task, TaskLine } from '../rehearsal/api-answers';
import { CALLER, DECIDERS, DOERS, HANDLERS, HIGHER, ofNoComplaint, PEOPLE, RECEIVER } from './cast-list';
import type { ComplaintKind } from './kinds';

export interface Known {
  readonly complaintNo: string;
  readonly kind: ComplaintKind;
  readonly nth: number;
  /** The complaint whose client complains: this one, of a duplicate an earlier one. */
  readonly ofClient: number;
  /** How often it was assigned and called back, and what was asked of others in between. */
  assigned: number;
  called: number;
  readonly asked: Set<string>;
  /** When the complainant adds what was asked for, UTC. */
  addsAt: string | undefined;
  isOpen: boolean;
}

const OVERTAKEN: readonly string[] = [
  'TASK_NOT_OPEN',
  'TASK_WITHDRAWN',
  'REVISION_STALE',
  'COMPLAINT_ENDED',
  'CALLBACK_NOT_OPEN',
  'REQUESTS_STILL_OPEN',
];
const AT_ONCE = 8;

type Listed = TaskLine & { readonly claimedBy: string | null };
type Read = Task & { readonly claimedBy: string | null };

interface OpenCallback {
  readonly callbackNo: string;
  readonly subject: string;
  readonly attempts: readonly { readonly nth: number }[];
  readonly window: { readonly mayCallNow: boolean } | null;
}

export class Cast {
  readonly known = new Map<string, Known>();
  readonly troubles: string[] = [];
  /** What was read of tasks before. */
  private readonly read = new Map<string, Read>();

  constructor(private readonly api: ApiClient) {}

  /** Everybody does what is due by now. Answers how many acts there were. @param sitting of the day, from 0 */
  async work(now: string, sitting: number): Promise<number> {
    const tasks = await this.tasks();
    const adding = [...this.known.values()].filter(({ addsAt }) => addsAt !== undefined && addsAt <= now);
    const calls = await this.api.readAll<OpenCallback>(CALLER, '/v1/callbacks?state=open');
    let acts = 0;
    const each = async (subject: string, act: () => Promise<boolean>) => {
      try {
        if (await act()) acts += 1;
      } catch (error) {
        if (!(error instanceof ApiRefusal)) throw error;
        if (!OVERTAKEN.includes(error.code)) this.troubles.push(`${now} ${subject}: ${error.code} ${error.message}`);
      }
    };
    await atOnce([
      ...tasks.map(
        ({ person, line }) =>
          () =>
            each(`${line.kind} ${line.taskId}`, () => this.act(person, line, now)),
      ),
      ...adding.map((one) => () => each(one.complaintNo, () => this.add(one))),
      ...calls.map(
        ({ callbackNo }) =>
          () =>
            each(callbackNo, () => this.call(callbackNo, sitting)),
      ),
    ]);
    return acts;
  }

  /** Open tasks, each with whoever does it. */
  private async tasks(): Promise<readonly { readonly person: string; readonly line: Listed }[]> {
    const lists = await Promise.all(
      PEOPLE.map(async (person) =>
        (await this.api.readAll<Listed>(person, '/v1/tasks'))
          .filter((line) => doerOf(line) === person)
          .map((line) => ({ person, line })),
      ),
    );
    return lists.flat();
  }

  private async act(person: string, line: Listed, now: string): Promise<boolean> {
    const task = this.read.get(line.taskId) ?? (await this.api.read<Read>(person, `/v1/tasks/${line.taskId}`));
    this.read.set(line.taskId, task);
    const no = task.facts['complaint'];
    const known = typeof no === 'string' ? this.known.get(no) : undefined;
    const age = daysBetween(task.openedAt, now);
    const done = known === undefined ? { form: ofNoComplaint(task) } : await this.ofComplaint(known, task, age, now);
    if (done?.form === undefined) return false;
    const key = `${person}:${task.taskId}:${task.revision}`;
    if (done.text !== undefined)
      await this.api.write(person, 'POST', `/v1/complaints/${known?.complaintNo ?? ''}/texts`, {
        taskId: task.taskId,
        text: done.text,
      });
    const completion = { revision: task.revision, form: done.form };
    await this.api.write(person, 'POST', `/v1/tasks/${task.taskId}/completion`, completion, key);
    done.after?.();
    return true;
  }

  /** What somebody does with a task of a complaint now; nothing before its time. */
  private async ofComplaint(known: Known, task: Read, age: number, now: string): Promise<Done | undefined> {
    const { kind } = known;
    switch (task.kind) {
      case 'register-complaint':
        return this.registration(known, task, now);
      case 'accept-complaint':
        if (age < kind.acceptAfterDays) return undefined;
        return kind.acceptance === 'accept'
          ? { form: { decision: 'accept', ...replyOf(kind, known) } }
          : {
              form: { decision: 'refuse', ground: 'no facts', ...replyOf(kind, known) },
              text: '所述事实无法核实',
              after: () => void (known.isOpen = false),
            };
      case 'assign-complaint':
        return { form: this.assignment(known, task), after: () => void (known.assigned += 1) };
      case 'propose-complaint-outcome':
      case 'propose-group-outcome':
        return this.proposal(known, task, age);
      case 'answer-complaint-request':
        return kind.departmentAfterDays === null || age < (kind.departmentAfterDays ?? 0)
          ? undefined
          : { form: { answered: true }, text: '已核查当日系统记录' };
      case 'answer-complaint':
        // Who is no client gets a letter.
        return {
          form: {
            answered: true,
            ...replyOf(kind, known),
            ...(kind.isClient ? {} : { delivery: { by: 'letter', reference: `L-${known.nth}-1` } }),
          },
          text: '处理结果如下',
        };
      case 'take-up-complaint':
        return { form: { decision: 'left with its handler', reason: '已阅，由承办人继续办理' } };
      case 'offer-mediation':
        return { form: { mediation: 'failed' } };
      case 'close-complaint':
        return {
          form: {
            rootCause: 'system',
            reasonableness: 'reasonable',
            accountability: 'none',
            ...(task.facts['channel'] === 'regulator' || task.facts['channel'] === 'exchange'
              ? { transferKind: 'complaint' }
              : {}),
            actions: kind.actionsAfterDays.map(() => ({ role: 'operations', dueDays: 10, what: '增设备用线路' })),
          },
          after: () => void (known.isOpen = false),
        };
      case 'do-corrective-action':
        return age < (kind.actionsAfterDays[Number(task.facts['action']) - 1] ?? 0)
          ? undefined
          : { form: { reason: '整改已经完成' } };
      default:
        return { form: ofNoComplaint(task) };
    }
  }

  private registration(known: Known, task: Task, now: string): Done {
    const { kind } = known;
    const other = [...this.known.values()].find((one) => one !== known && one.nth === known.ofClient);
    if (kind.registration === 'duplicate' && other !== undefined)
      return {
        form: { decision: 'duplicate', duplicateOf: other.complaintNo },
        after: () => void (known.isOpen = false),
      };
    if (kind.registration !== 'ask back' || task.facts['asked'] !== 0)
      return { form: { decision: 'complete', ...(kind.isUrgent ? { urgency: 'urgent' } : {}) } };
    return {
      form: { decision: 'ask back' },
      text: '请补充交易日期',
      after: () => void (known.addsAt = kind.addsAfterDays === null ? undefined : daysLater(now, kind.addsAfterDays)),
    };
  }

  private assignment(known: Known, task: Task): object {
    if (task.facts['level'] === 2) return HIGHER;
    if (known.kind.joins) {
      // Once an investigation is under way, it serves the others of its cause.
      const lead = [...this.known.values()].find(
        (one) => one.isOpen && one.assigned > 0 && !one.kind.joins && one.kind.isClient,
      );
      if (lead !== undefined && lead.nth !== known.nth) return { groupOf: lead.complaintNo };
    }
    return HANDLERS[(known.nth + known.assigned) % HANDLERS.length] as object;
  }

  /** The handler asks others first, or steps back; then proposes. */
  private async proposal(known: Known, task: Read, age: number): Promise<Done | undefined> {
    const { kind, complaintNo } = known;
    const handler = task.claimedBy ?? '';
    const once = async (what: string, path: string, body: object) => {
      if (known.asked.has(what)) return false;
      known.asked.add(what);
      await this.api.write(handler, 'POST', `/v1/complaints/${complaintNo}/${path}`, body);
      return true;
    };
    if (kind.isRecused && (await once('recusal', 'recusals', { reason: '系投诉人亲属' }))) return undefined;
    if (kind.departmentAfterDays !== undefined)
      await once('request', 'requests', { department: 'operations', question: '当日系统是否中断？', dueDays: 5 });
    if (kind.asksMoreTime && age >= 10)
      await once('more time', 'extensions', { furtherDays: 10, reason: '证人不在本地' });
    const after = kind.joins ? 0 : kind.proposeAfterDays;
    if (after === null || age < after) return undefined;
    const form = { finding: kind.amount === '0.00' ? 'not upheld' : 'upheld', amount: kind.amount };
    return task.kind === 'propose-group-outcome' ? { form } : { form, text: '经调查认定' };
  }

  /** What was missing comes from whoever complains, by the one who received it. */
  private async add(known: Known): Promise<boolean> {
    known.addsAt = undefined;
    await this.api.write(RECEIVER, 'POST', `/v1/complaints/${known.complaintNo}/supplements`, { text: '6 月 20 日' });
    return true;
  }

  private nextCall(known: Known) {
    return known.kind.calls[known.called] ?? 'yes';
  }

  private async call(callbackNo: string, sitting: number): Promise<boolean> {
    const path = `/v1/callbacks/${callbackNo}`;
    const { subject, window, attempts: before } = await this.api.read<OpenCallback>(CALLER, path);
    const known = this.known.get(subject);
    if (known === undefined || window?.mayCallNow !== true) return false;
    const said = this.nextCall(known);
    // Of three attempts each is later in the day than the one before, so the first is made in the morning.
    if (said === 'not reached' && before.length % 3 !== sitting) return false;
    const { attempts } = await this.api.write<OpenCallback>(CALLER, 'POST', `${path}/attempts`);
    const nth = attempts.at(-1)?.nth ?? 1;
    const recording = {
      reference: `REC-${callbackNo}-${nth}`,
      sha256: createHash('sha256').update(`${callbackNo}:${nth}`).digest('hex'),
    };
    await this.api.write(CALLER, 'POST', `${path}/attempts/${nth}/result`, {
      ...(said === 'not reached'
        ? { result: 'no answer' }
        : { result: 'reached', answers: { satisfied: said }, recording }),
    });
    if (said !== 'not reached') known.called += 1;
    return true;
  }
}

interface Done {
  readonly form: object | undefined;
  readonly text?: string;
  readonly after?: () => void;
}

const doerOf = ({ claimedBy, kind, role }: Listed): string | undefined =>
  claimedBy ?? DOERS[kind] ?? (kind.startsWith('approve-') || kind === 'assign-complaint' ? DECIDERS[role] : undefined);

const DAY_MS = 86_400_000;
const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / DAY_MS;
const daysLater = (at: string, days: number): string => new Date(Date.parse(at) + days * DAY_MS).toISOString();

export async function atOnce(works: readonly (() => Promise<void>)[]): Promise<void> {
  const rest = works.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const work of rest) await work();
    }),
  );
}

/** Of what a regulator passed on it is told there too. */
const replyOf = ({ channel }: ComplaintKind, { nth }: Known): { readonly reply?: string } =>
  channel === 'regulator' ? { reply: `12386-R-${nth}` } : {};
