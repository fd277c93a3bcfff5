/** What a course does to the days at its moments: disorders of the outside, notices of the clearing house, people who act on them. */
import { shanghaiInstant, type BusinessDate } from '../../../domain/calendar/business-date';
import { minutesAfter } from '../../../domain/calendar/instants';
import type { BookProcesses } from '../../processes/book-processes';
import type { ApiClient } from '../api-client';
import type { Task, TaskLine } from '../api-answers';
import { OPERATOR, SUPERVISOR } from '../cast';
import type { Course } from './course-file';

export interface Disturbances {
  /** When the next one comes, UTC. */
  readonly nextAt: () => string | undefined;
  /** Lets everything come whose moment has come. True when something did. */
  readonly actUntil: (now: string) => Promise<boolean>;
}

interface Planned {
  readonly at: string;
  readonly act: () => Promise<void>;
}

export function openDisturbances(
  course: Course,
  api: ApiClient,
  simulators: BookProcesses['simulators'],
): Disturbances {
  let planned: readonly Planned[] = [
    ...course.faults.map(({ at, who, fault }) => ({ at: instantOf(at), act: () => disorder(simulators[who], fault) })),
    ...course.postponements.flatMap((notice) => postponement(api, notice)),
    ...course.approvals.map(({ at, kind }) => ({ at: instantOf(at), act: () => approve(api, kind) })),
  ].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return {
    nextAt: () => planned[0]?.at,
    async actUntil(now) {
      const due = planned.filter(({ at }) => at <= now);
      for (const { act } of due) await act();
      planned = planned.filter(({ at }) => at > now);
      return due.length > 0;
    },
  };
}

async function disorder(url: string, fault: Readonly<Record<string, unknown>>): Promise<void> {
  const answer = await fetch(`${url}/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fault),
  });
  if (!answer.ok) throw new Error(`模拟器不接受该差错。A simulator does not take the fault: ${await answer.text()}`);
}

/** Entered by operations, approved five minutes later by a supervisor; taken back the same way, approved when the clearing house says so. */
function postponement(api: ApiClient, notice: Course['postponements'][number]): readonly Planned[] {
  const { at, takenBackAt, ...asked } = notice;
  let id = '';
  const approvedAt = minutesAfter(instantOf(at), 5);
  return [
    {
      at: instantOf(at),
      act: async () => {
        const body = { channel: 'SH', ...asked };
        const answer = await api.write<{ postponementId: string }>(
          OPERATOR,
          'POST',
          '/v1/settlement-postponements',
          body,
        );
        id = answer.postponementId;
      },
    },
    { at: approvedAt, act: () => approve(api, 'approve-postponement') },
    ...(takenBackAt === undefined
      ? []
      : [
          {
            at: minutesAfter(instantOf(takenBackAt), -5),
            act: async () => {
              const reason = '中国结算撤销推迟通知 the clearing house takes its notice back';
              await api.write(OPERATOR, 'POST', `/v1/settlement-postponements/${id}/withdrawal`, { reason });
            },
          },
          { at: instantOf(takenBackAt), act: () => approve(api, 'approve-postponement-withdrawal') },
        ]),
  ];
}

async function approve(api: ApiClient, kind: string): Promise<void> {
  const tasks = await api.readAll<TaskLine>(SUPERVISOR, `/v1/tasks?kind=${kind}`);
  for (const { taskId } of tasks.filter((task) => task.kind === kind)) {
    const { revision } = await api.read<Task>(SUPERVISOR, `/v1/tasks/${taskId}`);
    const form = { decision: 'approve', reason: '与中国结算通知核对一致 as the notice of the clearing house says' };
    await api.write(SUPERVISOR, 'POST', `/v1/tasks/${taskId}/completion`, { revision, form });
  }
}

const instantOf = (moment: string): string => {
  const [date = '', time = ''] = moment.split(' ');
  return shanghaiInstant(date as BusinessDate, time);
};
