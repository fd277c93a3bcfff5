/** Which way a message goes: its channels in their order, and what comes after each outcome. */
import type { Dated } from '../dated';

/** in-app: read in our own application; task: a person is asked to telephone; the others leave the house. */
export type MessageChannel = 'sms' | 'app' | 'voice' | 'email' | 'in-app' | 'webhook' | 'task';

/** One channel of the plan of a purpose. */
export interface DeliveryStep extends Dated {
  readonly purpose: string;
  readonly step: number;
  readonly channel: MessageChannel;
  /** Minutes that the channel has for proof of delivery; null: it is not left. */
  readonly waitMinutes: number | null;
}

/** Where a recipient's wish is known. */
export interface Preference {
  readonly channel: MessageChannel;
  readonly wanted: boolean;
}

/**
 * The steps that a recipient gets: those switched off are left out where the law allows it. The last one always
 * stays, so that nothing is lost by a wish.
 */
export function plannedSteps(
  steps: readonly DeliveryStep[],
  preferences: readonly Preference[],
  mayBeSwitchedOff: boolean,
): readonly DeliveryStep[] {
  const inOrder = [...steps].sort((left, right) => left.step - right.step);
  if (!mayBeSwitchedOff) return inOrder;
  const unwanted = new Set(preferences.filter(({ wanted }) => !wanted).map(({ channel }) => channel));
  return inOrder.filter(({ channel }, at) => at === inOrder.length - 1 || !unwanted.has(channel));
}

/**
 * The same steps for whoever left an address of e-mail and nothing else: the first one goes by e-mail instead, within the same time; no gateway
 * of telephones could find whom it is for.
 */
export const byMailFirst = (planned: readonly DeliveryStep[]): readonly DeliveryStep[] =>
  planned.map((step, at) => (at === 0 ? { ...step, channel: 'email' } : step));

/** The step from which to go on: the first that is not below a number; undefined where the plan is at its end. */
export const stepFrom = (planned: readonly DeliveryStep[], from: number): DeliveryStep | undefined =>
  planned.find(({ step }) => step >= from);

/** Channels that bring proof: of delivery by their gateway, in-app by whoever reads. Of the others an acceptance is all there is. */
export const bringsReceipts = (channel: MessageChannel): boolean =>
  channel === 'sms' || channel === 'app' || channel === 'voice' || channel === 'in-app';
