/** What happened on a day between two looks at the API, in the order in which it happened, in a person's words. */
import type { Side } from '../../domain/channel';
import type {
  Break,
  Checkpoint,
  Figure,
  FileLine,
  Notice,
  Order,
  Rung,
  SettlementDay,
  SettlementDefault,
  SideOfDay,
  Step,
} from './api-answers';
import { grouped, type Tone } from './text';

/** One look at a day. */
export interface DayLook {
  readonly day: SettlementDay;
  readonly files: readonly FileLine[];
  readonly breaks: readonly Break[];
  readonly notices: readonly Notice[];
}

export interface DayEvent {
  /** UTC. */
  readonly at: string;
  readonly side: Side | null;
  readonly zh: string;
  readonly en: string;
  readonly amount?: string;
  /** Who decided or was told. */
  readonly who?: string;
  readonly tone: Tone;
}

/** An event with the key under which it is told once. */
type Keyed = DayEvent & { readonly key: string };

/** Events of a look that were not told yet. `told` remembers them. */
export function newEvents(look: DayLook, told: Set<string>): DayEvent[] {
  const fresh = eventsOf(look).filter(({ key }) => !told.has(key));
  for (const { key } of fresh) told.add(key);
  return fresh.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

const eventsOf = ({ day, files, breaks, notices }: DayLook): Keyed[] => [
  ...files.flatMap(fileEvents),
  ...day.sides.flatMap(sideEvents),
  ...day.ladder.flatMap(rungEvents),
  ...stepEvents(day.steps),
  ...breaks.flatMap(breakEvents),
  ...noticeEvents(notices),
  ...(day.closedAt === null
    ? []
    : [
        {
          key: 'closed',
          at: day.closedAt,
          side: null,
          zh: '交收日关闭',
          en: 'the day is closed',
          tone: 'good' as const,
        },
      ]),
];

function fileEvents(file: FileLine): Keyed[] {
  const key = `file:${file.fileId}:${file.state}`;
  const at = file.decidedAt ?? file.arrivedAt;
  const records = file.recordCount === null ? '' : `, ${file.recordCount} records`;
  switch (file.state) {
    case 'arrived':
      return [];
    case 'accepted':
      return [{ key, at, side: null, zh: `文件接受 ${file.name}`, en: `taken${records}`, tone: 'faint' }];
    case 'superseded':
      return [
        { key, at, side: null, zh: `文件被新版替代 ${file.name}`, en: 'replaced by a newer version', tone: 'plain' },
      ];
    case 'refused':
      return [{ key, at, side: null, zh: `文件拒收 ${file.name}`, en: `refused: ${file.cause ?? ''}`, tone: 'bad' }];
  }
}

const ORDERS: Readonly<Record<Order['kind'], { readonly zh: string; readonly en: string }>> = {
  FUND: { zh: '划付指令', en: 'funding order' },
  DRAW_BACK: { zh: '提款指令', en: 'draw-back order' },
  COMMISSION: { zh: '佣金划转', en: 'commission order' },
};

function sideEvents({ side, figures, orders, checkpoints, default: failed }: SideOfDay): Keyed[] {
  return [
    ...figures
      .filter(({ code }) => code === 'FUNDING')
      .map(({ figureId, revision, value, computedAt }): Keyed => ({
        key: `figure:${figureId}`,
        at: computedAt,
        side,
        zh: '头寸计划',
        en: revision <= 1 ? 'funding plan' : `funding plan, revision ${revision}`,
        amount: value.amount,
        tone: 'plain',
      })),
    ...orders.flatMap((order) => orderEvents(side, order)),
    ...checkpoints.flatMap((checkpoint) => checkpointEvents(side, checkpoint, fundingOf(figures))),
    ...(failed === null ? [] : defaultEvents(side, failed, checkpoints)),
  ];
}

function orderEvents(side: Side, order: Order): Keyed[] {
  const { zh, en } = ORDERS[order.kind];
  const event = (
    state: string,
    at: string | null,
    stateZh: string,
    stateEn: string,
    who?: string,
    tone: Tone = 'plain',
  ) =>
    at === null
      ? []
      : [
          {
            key: `order:${order.orderId}:${state}`,
            at,
            side,
            zh: `${zh}${stateZh}`,
            en: `${en} ${stateEn}`,
            amount: order.value.amount,
            tone,
            ...(who === undefined ? {} : { who }),
          } satisfies Keyed,
        ];
  return [
    ...event('made', order.madeAt, '经办', 'made', order.madeBy),
    ...event('approved', order.approvedAt, '复核通过', 'approved', order.approvedBy ?? undefined),
    ...event('executed', order.executedAt, '到账', 'executed', undefined, 'good'),
    ...(order.state === 'refused' || order.state === 'recalled' || order.state === 'rejected outside'
      ? event(order.state, order.approvedAt ?? order.sentAt ?? order.madeAt, '未成', order.state, undefined, 'bad')
      : []),
  ];
}

/** What the side had to bring in this morning; nothing where money was left over. */
const fundingOf = (figures: readonly Figure[]): string | undefined => {
  const amount = figures.find(({ code }) => code === 'FUNDING')?.value.amount;
  return amount?.startsWith('-') ? amount.slice(1) : undefined;
};

function checkpointEvents(side: Side, read: Checkpoint, funding: string | undefined): Keyed[] {
  const { checkpoint, total, balance, missing, readAt } = read;
  const common = { key: `checkpoint:${side}:${checkpoint}`, at: readAt, side };
  const isMissing = !isZero(missing.amount);
  if (checkpoint !== '10:00') {
    const tone = isMissing || balance.amount.startsWith('-') ? 'bad' : 'plain';
    const en = `settled, balance ${grouped(balance.amount)}`;
    return [{ ...common, zh: `${checkpoint} 交收，余额`, en, amount: total.amount, tone }];
  }
  if (isMissing) {
    return [{ ...common, zh: '10:00 资金未到', en: 'not in before 10:00:00', amount: missing.amount, tone: 'bad' }];
  }
  return funding === undefined
    ? []
    : [{ ...common, zh: '10:00 资金到位', en: 'money in before 10:00:00', amount: funding, tone: 'plain' }];
}

function defaultEvents(side: Side, failed: SettlementDefault, checkpoints: readonly Checkpoint[]): Keyed[] {
  const { intraday, endOfDay, cause, coveredAt, penalty } = failed;
  const missed = (checkpoint: Checkpoint['checkpoint'], amount: string, zh: string, en: string): Keyed[] => {
    const at = checkpoints.find((one) => one.checkpoint === checkpoint)?.readAt;
    if (isZero(amount) || at === undefined) return [];
    return [{ key: `default:${side}:${checkpoint}`, at, side, zh, en, amount, tone: 'bad' }];
  };
  return [
    ...missed('10:30', intraday.amount, '日间违约', 'intraday default'),
    ...missed('18:00', endOfDay.amount, '日终违约', 'end-of-day default'),
    ...(coveredAt === null
      ? []
      : [
          {
            key: `default:${side}:covered`,
            at: coveredAt,
            side,
            zh: '违约补足，违约金',
            en: `covered, penalty; cause: ${cause}`,
            tone: 'good' as const,
            ...(penalty === null ? {} : { amount: penalty.amount }),
          },
        ]),
  ];
}

/** Rungs that were met in time are no news. */
function rungEvents({ ladder, rung, subject, doneAt, audience, action, state }: Rung): Keyed[] {
  if (state === 'met') return [];
  return [
    {
      key: `rung:${ladder}:${rung}:${subject}`,
      at: doneAt,
      side: /client/i.test(ladder) ? 'client' : /proprietary/i.test(ladder) ? 'proprietary' : null,
      zh: action.zh,
      en: action.en,
      who: audience,
      tone: state === 'escalated' ? 'bad' : 'strong',
    },
  ];
}

/** What is done is one line; what is held is one line for each cause. */
function stepEvents(steps: readonly Step[]): Keyed[] {
  const events: Keyed[] = [];
  const causes = new Map<string, Step[]>();
  for (const step of steps.filter(({ state }) => state === 'held')) {
    causes.set(step.cause, [...(causes.get(step.cause) ?? []), step]);
  }
  for (const [cause, held] of causes) {
    const names = held.map(({ step }) => step).join(', ');
    const key = `held:${cause}:${names}`;
    events.push({
      key,
      at: held[0]?.at ?? '',
      side: null,
      zh: `暂停 ${held.length} 步`,
      en: `held by ${cause}: ${names}`,
      tone: 'bad',
    });
  }
  const done = steps.filter(({ state }) => state === 'done');
  if (done[0] !== undefined) {
    const en = `${done.length} steps of the evening run`;
    events.push({
      key: `done:${done.length}`,
      at: done[0].at,
      side: null,
      zh: `日终处理 ${done.length} 步`,
      en,
      tone: 'plain',
    });
  }
  return events;
}

function breakEvents(found: Break): Keyed[] {
  const { breakId, fileName, row, reason, foundAt, difference, decision } = found;
  const event: Keyed = {
    key: `break:${breakId}`,
    at: foundAt,
    side: null,
    zh: `差异 ${found.class}`,
    en: `${fileName}${row === null ? '' : ` row ${row}`}: ${reason.en}`,
    tone: 'bad',
    ...(difference === null ? {} : { amount: difference.amount }),
  };
  if (decision === null) return [event];
  return [
    event,
    {
      key: `break:${breakId}:signed`,
      at: decision.at,
      side: null,
      zh: `签署例外 ${found.class}`,
      en: 'exception signed',
      who: decision.signedBy,
      tone: 'strong',
    },
  ];
}

/** Notices of what stands above already, with its figure: rungs, defaults, refused files. */
const TOLD_ABOVE = /^(期限 |文件被拒收)|交收违约$/;

/** Alarms, once for all whom they went to. */
function noticeEvents(notices: readonly Notice[]): Keyed[] {
  const events = new Map<string, Keyed & { readonly roles: readonly string[] }>();
  for (const { severity, subject, createdAt, recipientRole } of notices) {
    if (severity === 'info' || TOLD_ABOVE.test(subject.zh)) continue;
    const key = `notice:${createdAt}:${subject.zh}`;
    const roles = [...(events.get(key)?.roles ?? []), recipientRole ?? 'client'];
    const tone = severity === 'critical' ? 'bad' : 'plain';
    events.set(key, {
      key,
      at: createdAt,
      side: null,
      zh: subject.zh,
      en: subject.en,
      who: peopleOf(roles),
      roles,
      tone,
    });
  }
  return [...events.values()].map(({ roles: _, ...event }) => event);
}

/** `client` three times is `client x3`. */
const peopleOf = (roles: readonly string[]): string =>
  [...new Set(roles)]
    .map((role) => {
      const times = roles.filter((one) => one === role).length;
      return times === 1 ? role : `${role} x${times}`;
    })
    .join(',');

const isZero = (amount: string): boolean => /^-?0+(\.0+)?$/.test(amount);
