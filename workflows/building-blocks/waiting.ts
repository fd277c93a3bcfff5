/**
 * What a process waits for, told to supervisors: as current details in the Web UI (who, since when, due, what happens
 * else) and, because those need a running worker, as the search attributes Stage, AssigneeRole and DueAt.
 */
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { shanghaiWallClock } from '../../domain/calendar/instants';
import { AssigneeRole, DueAt, Stage } from '../messages/search-attributes';

/** One thing that is waited for. Texts carry no personal data. */
export interface WaitingFor {
  /** Who: a role or an outside party, in both languages: '运营复核 operations approver'. */
  readonly who: string;
  /** Role of the task, where a person of ours is waited for. */
  readonly role?: string;
  readonly whatZh: string;
  readonly whatEn: string;
  /** Business time since when, UTC, where it is known. */
  readonly since?: string;
  readonly dueAt?: string;
  /** What happens otherwise: '10:00 仍未到账则提供应急通道 else the emergency channel is offered'. */
  readonly otherwise?: string;
}

export interface Waiting {
  /** The step the process stands in, an English phrase with its Chinese. */
  readonly stage: (zh: string, en: string) => void;
  /** Adds one thing to the list; the answer takes it away again. */
  readonly on: (entry: WaitingFor) => () => void;
  /** What was due by a promise that was computed anew is due when it is. */
  readonly moved: (dueBefore: string, dueAfter: string) => void;
  /** The list, for the process's status query. */
  readonly list: () => readonly WaitingFor[];
  /** The English phrase of the stage. */
  readonly currentStage: () => string;
}

/** One a run, opened before the building blocks that report to it. */
export function openWaiting(title: { readonly zh: string; readonly en: string }): Waiting {
  let stage = { zh: '', en: '' };
  let held: readonly { entry: WaitingFor }[] = [];
  const shown = { stage: '', role: undefined as string | undefined, dueAt: undefined as string | undefined };
  let telling = false;

  // Several changes of one activation are told once: each upsert is an event of the history.
  const tell = () => {
    if (telling) return;
    telling = true;
    void Promise.resolve().then(() => {
      telling = false;
      const entries = entriesOf(held);
      setCurrentDetails(detailsOf(title, stage, entries));
      const first = byDue(entries);
      const role = first.find((entry) => entry.role !== undefined)?.role;
      const dueAt = first[0]?.dueAt;
      if (stage.en === shown.stage && role === shown.role && dueAt === shown.dueAt) return;
      Object.assign(shown, { stage: stage.en, role, dueAt });
      upsertSearchAttributes([
        { key: Stage, value: stage.en === '' ? null : stage.en },
        { key: AssigneeRole, value: role ?? null },
        { key: DueAt, value: dueAt === undefined ? null : new Date(dueAt) },
      ]);
    });
  };

  return {
    stage: (zh, en) => {
      stage = { zh, en };
      tell();
    },
    on: (entry) => {
      const added = { entry };
      held = [...held, added];
      tell();
      return () => {
        held = held.filter((kept) => kept !== added);
        tell();
      };
    },
    moved: (dueBefore, dueAfter) => {
      for (const one of held) if (one.entry.dueAt === dueBefore) one.entry = { ...one.entry, dueAt: dueAfter };
      tell();
    },
    list: () => byDue(entriesOf(held)),
    currentStage: () => stage.en,
  };
}

const entriesOf = (held: readonly { readonly entry: WaitingFor }[]) => held.map(({ entry }) => entry);

/** Due first comes first; what has no due time comes last. Equal ones stay in the order in which they were added. */
const byDue = (entries: readonly WaitingFor[]): readonly WaitingFor[] =>
  [...entries].sort((a, b) => {
    const [dueA, dueB] = [a.dueAt ?? '9', b.dueAt ?? '9'];
    return dueA < dueB ? -1 : dueA > dueB ? 1 : 0;
  });

function detailsOf(
  title: { readonly zh: string; readonly en: string },
  stage: { readonly zh: string; readonly en: string },
  entries: readonly WaitingFor[],
): string {
  const head = `### ${title.zh} ${title.en}\n**${stage.zh}** ${stage.en}\n`;
  if (entries.length === 0) return `${head}\n无等待事项 waits for nobody`;
  const rows = byDue(entries).map((entry) =>
    [
      entry.who,
      `${entry.whatZh} ${entry.whatEn}`,
      clockTime(entry.since),
      clockTime(entry.dueAt),
      entry.otherwise ?? '',
    ]
      .map((cell) => cell.replaceAll('|', '/'))
      .join(' | '),
  );
  return [
    head,
    '| 等待 waits for | 事项 what | 自 since | 期限 due | 否则 otherwise |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}

/** Shanghai time of an instant for people, `06-23 10:00`. Only shown, never decided by. */
const clockTime = (instant: string | undefined): string =>
  instant === undefined ? '' : shanghaiWallClock(instant).slice(5, 16);
