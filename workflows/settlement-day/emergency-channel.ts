/**
 * The emergency channel: second bank, second system, one click of the head (A4 §27). It sends the order that two people approved, and never one that
 * the first bank may still carry out: the first bank is asked, and where it knows the order or does not answer the head is asked again, who may
 * have it from the bank that the order is stopped there.
 */
import { condition, patched } from '@temporalio/workflow';
import type { DraftedOrder } from '../../activities/orders/draft-order';
import { minutesAfter } from '../../domain/calendar/instants';
import type { Side } from '../../domain/channel';
import { database, outside } from '../activity-groups';
import { APPROVAL_FORM } from '../building-blocks/approval';
import type { TaskForm } from '../building-blocks/task-spec';
import { unlessOver } from '../building-blocks/unless-over';
import type { FilledForm } from '../messages/tasks';
import { SIDE, type BankingDay } from './day-in-progress';
import type { Funding } from './funding-progress';

/** Of an approval, and what the head has from the first bank. */
const EMERGENCY_FORM: TaskForm = {
  version: 2,
  schema: {
    ...APPROVAL_FORM.schema,
    properties: {
      ...(APPROVAL_FORM.schema['properties'] as object),
      stoppedAtFirstBank: {
        type: 'boolean',
        title:
          '原银行已确认不再执行（书面或录音，写入理由）the first bank has confirmed that it will not carry it out; say how in the reason',
      },
    },
  },
};

/**
 * What covers a default has no ladder of its own: once the bank was asked again about the order and nothing came, the channel is offered for it.
 * @param over the default is covered, or the batches are over
 */
export async function offerWhenSilent(
  day: BankingDay,
  side: Side,
  funding: Funding,
  { which, over }: { readonly which: string; readonly over: () => boolean },
): Promise<void> {
  const { clock, opened } = day;
  const ended = () => funding.moneyIn || over();
  await condition(() => funding.order !== undefined || ended());
  if (ended()) return;
  const minutes = opened.bankAskAgainAfterMinutes;
  const asked = minutesAfter(clock.nextOf(opened.at.fundingDeadline, minutes), minutes);
  await clock.waitUntil(asked, ended, `银行未到账则启用应急通道 ${SIDE[side].zh} is the money in, ${SIDE[side].en}`);
  if (!ended()) await offerEmergencyChannel(day, side, funding, which, over);
}

/**
 * Offered until the money is in or the batches are over. Clicked before an order is approved, it is sent as soon as one is; where a bank refuses it,
 * the next one that is approved. Nothing is sent once the batches are over, however late a bank answers.
 */
export async function offerEmergencyChannel(
  day: BankingDay,
  side: Side,
  funding: Funding,
  which: string,
  over: () => boolean = () => day.bankingOver,
): Promise<void> {
  const hasSecondBank = patched('emergency channel by a second bank');
  const tooLate = () => funding.moneyIn || over();
  const gone = '资金已到账或批次已过 the money is in, or the batches are over';
  let atFirstBank = '';
  for (let nth = 1; !tooLate(); nth += 1) {
    // What the head has from the bank is about the order that was shown, and about no later one.
    const shown = funding.order?.orderKey;
    const offer = await askHead(day, side, funding, {
      which: nth === 1 ? which : `${which}:${nth}`,
      form: hasSecondBank ? EMERGENCY_FORM : APPROVAL_FORM,
      atFirstBank,
    });
    const outcome = await day.desk.answerUnless(tooLate, offer, gone);
    if (outcome.result !== 'completed' || outcome.form['decision'] !== 'approve') return;
    const click = { form: outcome.form, by: outcome.by.person, shown };
    const known = await sendThrough(day, side, { funding, tooLate }, hasSecondBank ? click : undefined);
    if (known === undefined) return;
    atFirstBank = known;
  }
}

function askHead(
  day: BankingDay,
  side: Side,
  funding: Funding,
  { which, form, atFirstBank }: { readonly which: string; readonly form: TaskForm; readonly atFirstBank: string },
) {
  const { zh, en, role } = SIDE[side];
  const { channel, businessDate } = day.key;
  return day.desk.ask({
    businessKey: `emergency:${channel}:${businessDate}:${side}${which}`,
    kind: 'emergency-channel',
    titleZh: `${zh}启用应急划款通道`,
    titleEn: `use the emergency channel, ${en}`,
    role,
    mark: 'head',
    side,
    form,
    facts: {
      ...{ side, businessDate, order: funding.order?.orderKey ?? '尚未复核 not approved yet' },
      ...(atFirstBank === '' ? {} : { atFirstBank }),
    },
    revision: 1,
  });
}

/** What the head decided, and on which order. */
interface Click {
  readonly form: FilledForm;
  readonly by: string;
  readonly shown: string | undefined;
}

/** Answers what the first bank says where the order is not sent elsewhere; undefined where it was sent, or has lost its purpose. */
async function sendThrough(
  day: BankingDay,
  side: Side,
  { funding, tooLate }: { readonly funding: Funding; readonly tooLate: () => boolean },
  click: Click | undefined,
): Promise<string | undefined> {
  const { zh, en } = SIDE[side];
  for (;;) {
    await condition(() => funding.order !== undefined || tooLate());
    const { order } = funding;
    if (tooLate() || order === undefined) return undefined;
    if (click !== undefined) {
      const known = await openedFor(day, side, order, click, tooLate);
      if (known !== undefined || tooLate()) return known;
    }
    const sent = await unlessOver(tooLate, () => outside(`应急划款 ${zh} emergency channel, ${en}`).sendOrder(order));
    await database(`登记应急划款 ${zh} record the emergency channel, ${en}`).recordOrderProgress({
      ...day.key,
      workflowId: day.workflowId,
      order,
      state: sent?.outcome === 'refused' ? 'rejected outside' : 'sent',
      through: 'emergency channel',
      reference: sent?.reference ?? '',
      ...(sent === undefined ? { code: 'NO_ANSWER' } : sent.code === undefined ? {} : { code: sent.code }),
    });
    if (sent?.outcome !== 'refused') return undefined;
    if (funding.order === order) funding.order = undefined;
  }
}

/** Opens the channel for the order; answers why not. The first bank gets as long to answer as it gets when it is asked again. */
async function openedFor(
  day: BankingDay,
  side: Side,
  order: DraftedOrder,
  { form, by, shown }: Click,
  tooLate: () => boolean,
): Promise<string | undefined> {
  const { zh, en } = SIDE[side];
  let waited = false;
  let answered = false;
  const patience = day.clock
    .waitUntil(
      day.clock.nextOf(day.opened.at.fundingDeadline, day.opened.bankAskAgainAfterMinutes),
      () => answered || tooLate(),
      `等待原银行答复 ${zh} the first bank is asked, ${en}`,
    )
    .then((ended) => (waited = ended === 'due'));
  const opened = await unlessOver(
    () => tooLate() || waited,
    () =>
      outside(`启用应急通道 ${zh} open the emergency channel, ${en}`).openEmergencyChannel({
        order,
        stopped: form['stoppedAtFirstBank'] === true && order.orderKey === shown,
        openedBy: by,
      }),
  );
  answered = true;
  await patience;
  if (opened === undefined) return '未答复 does not answer';
  return opened.line === 'emergency bank' || opened.atFirstBank === 'unknown' ? undefined : SAYS[opened.atFirstBank];
}

/** What the first bank says of an order that is not sent elsewhere. */
const SAYS = {
  pending: '已受理未执行 taken and not carried out',
  executed: '已执行 carried out',
  refused: '已拒绝 refused',
  stopped: '未配置第二家银行 no second bank is connected',
} as const;
