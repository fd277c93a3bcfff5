/** One message on its way: the channel of its step, and the next one where that channel is at its end. */
import type { Pool } from 'pg';
import type { MessagesPort, OutgoingMessage, OutsideChannel, SendOutcome } from '../../adapters/messages/messages-port';
import { bringsReceipts, stepFrom, type DeliveryStep } from '../../domain/messages/delivery';
import { addressesOf, keyNosOf } from './addresses';
import type { DeliveryTerms } from './delivery-terms';
import type { DueMessage } from './due-messages';
import {
  recordAccepted,
  recordFallOver,
  recordHeld,
  recordLeft,
  recordNotReached,
  recordNoWay,
  recordTask,
  recordUnanswered,
  type Waiting,
} from './record-delivery';

export interface DeliveryRound {
  readonly pool: Pool;
  readonly messages: MessagesPort;
  readonly terms: DeliveryTerms;
  /** Channels by how often running they gave no answer in this round. */
  readonly unanswered: Map<string, number>;
  /** What waits for a channel that is down and was not asked, and what waits behind another one: written once for all. */
  readonly down: Waiting[];
  readonly behind: DueMessage[];
}

/** So many unanswered in a row, and the channel is taken to be down for this round: time-outs would add up. */
const DOWN_AFTER = 3;
const NOT_CONNECTED = 'NOT_CONNECTED';

/** @returns whether the message needs no further look of its own now: accepted, held or with a person */
export async function deliverMessage(round: DeliveryRound, message: DueMessage): Promise<boolean> {
  const { pool, terms } = round;
  const steps = terms.stepsOf(message, round.messages.channels.email !== undefined);
  let step = stepFrom(steps, message.step) ?? steps.at(-1);
  if (step === undefined) {
    await recordNoWay(pool, message);
    return false;
  }
  let current = message;
  // Accepted and due again: the time for proof of delivery is over, or it is proved that it did not come.
  if (message.state === 'sent') {
    const next = stepFrom(steps, step.step + 1);
    if (next === undefined) {
      await (message.is_undelivered ? recordNotReached(pool, message, step) : recordLeft(pool, message));
      return true;
    }
    await recordFallOver(pool, message, step, next);
    [step, current] = [next, fresh(message)];
  }
  const goesAt = terms.sendableAt(message);
  if (goesAt > terms.now && step.channel !== 'in-app') {
    await recordHeld(pool, message, goesAt);
    return true;
  }
  for (;;) {
    const next = stepFrom(steps, step.step + 1);
    if (step.channel === 'task') return handOver(round, current, step);
    const sent = await sendBy(round, current, step);
    if (sent?.outcome === 'accepted') {
      const wait = bringsReceipts(step.channel) && next !== undefined ? step.waitMinutes : null;
      await recordAccepted(pool, current, step, sent, wait);
      return true;
    }
    const isOver = current.falls_over_at !== null && current.falls_over_at <= terms.now;
    // Whoever is not connected here may be so in another process of the book; any other refusal at the end is the end.
    if (next === undefined && sent?.outcome === 'refused' && sent.code !== NOT_CONNECTED) {
      await recordNotReached(pool, current, step, sent);
      return true;
    }
    if (next === undefined || (sent?.outcome !== 'refused' && !isOver)) {
      if (sent === undefined) round.down.push({ message: current, step, code: 'CHANNEL_DOWN' });
      else await recordUnanswered(pool, current, step, sent);
      return false;
    }
    await recordFallOver(pool, current, step, next, sent);
    [step, current] = [next, fresh(current)];
  }
}

const fresh = (message: DueMessage): DueMessage => ({
  ...message,
  attempts: 0,
  falls_over_at: null,
  state: 'failed over',
});

async function handOver({ pool, terms }: DeliveryRound, message: DueMessage, step: DeliveryStep): Promise<boolean> {
  const role = terms.taskRoleOf(message);
  if (role === null) {
    await recordNoWay(pool, message);
    return false;
  }
  await recordTask(pool, message, step, role);
  return true;
}

/** Undefined where the channel is down and was not asked. */
async function sendBy(
  round: DeliveryRound,
  message: DueMessage,
  { step, channel }: DeliveryStep,
): Promise<SendOutcome | undefined> {
  // Whoever may read it finds it in our own application: nothing is to be sent.
  if (channel === 'in-app') return { outcome: 'accepted', reference: 'in-app' };
  const port = round.messages.channels[channel as OutsideChannel];
  if (port === undefined) return { outcome: 'refused', code: NOT_CONNECTED };
  // One receiver of events that is down says nothing about the others.
  const line = channel === 'webhook' ? `webhook ${message.recipient_ref}` : channel;
  const unanswered = () => round.unanswered.get(line) ?? 0;
  if (unanswered() >= DOWN_AFTER) return undefined;
  const sent = await port.send(await outgoing(round, message, step, channel as OutsideChannel));
  round.unanswered.set(line, sent.outcome === 'unknown' ? unanswered() + 1 : 0);
  return sent;
}

async function outgoing(
  { pool, terms }: DeliveryRound,
  message: DueMessage,
  step: number,
  channel: OutsideChannel,
): Promise<OutgoingMessage> {
  const addresses =
    channel === 'email' || channel === 'webhook' ? await addressesOf(pool, message, channel) : undefined;
  return {
    key: keyOnChannel(message.message_key, step),
    channel,
    severity: message.severity,
    ...(message.recipient_role === null ? {} : { recipientRole: message.recipient_role }),
    ...(message.recipient_mark === null ? {} : { recipientMark: message.recipient_mark }),
    ...(message.recipient_ref === null ? {} : { recipientRef: message.recipient_ref }),
    ...(message.side === null || message.recipient_role === null ? {} : { side: message.side }),
    ...(message.branch === null || message.recipient_role === null ? {} : { branch: message.branch }),
    subject: message.subject,
    text: message.text,
    ...(addresses === undefined ? {} : { addresses }),
    ...(channel === 'webhook'
      ? {
          event: {
            type: message.template ?? '',
            caseKey: message.case_key ?? '',
            at: message.created_at,
            facts: message.facts,
            keyNos: await keyNosOf(pool, message.recipient_ref ?? ''),
            publicOnly: terms.isProduction,
          },
        }
      : {}),
  };
}

/** A gateway of several channels takes a key once: each step has its own. Keys travel in headers, so letters beyond ASCII are written out. */
const keyOnChannel = (key: string, step: number): string => encodeURI(step === 1 ? key : `${key}#${step}`);

/** The message's own key again. */
export const keyOfMessage = (key: string): string => decodeURI(key).replace(/#\d+$/, '');
