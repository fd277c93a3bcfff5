import { plannedSteps, stepFrom, type DeliveryStep, type MessageChannel } from '../../../domain/messages/delivery';

const plan = (...channels: MessageChannel[]): readonly DeliveryStep[] =>
  channels.map((channel, at) => ({
    purpose: 'p',
    step: at + 1,
    channel,
    waitMinutes: at === channels.length - 1 ? null : 30,
    validFrom: '2025-01-01',
    validTo: null,
  }));

const off = (...channels: MessageChannel[]) => channels.map((channel) => ({ channel, wanted: false }));

it.each([
  [plan('sms', 'app', 'task'), [], true, ['sms', 'app', 'task'], 'no wish'],
  [plan('sms', 'app', 'task'), off('sms'), true, ['app', 'task'], 'one switched off'],
  [plan('sms', 'app', 'task'), off('sms'), false, ['sms', 'app', 'task'], 'the law does not let it be switched off'],
  [plan('sms', 'app', 'task'), off('sms', 'app', 'task'), true, ['task'], 'all switched off: the last stays'],
  [plan('sms', 'app'), [{ channel: 'sms', wanted: true } as const], true, ['sms', 'app'], 'a wish for what is there'],
  [[...plan('sms', 'app')].reverse(), [], true, ['sms', 'app'], 'the order is that of the steps, not of the rows'],
])(
  'takes the channels of the plan that are wanted (row %#)',
  (steps, preferences, mayBeSwitchedOff, channels, _why) => {
    expect(plannedSteps(steps, preferences, mayBeSwitchedOff).map(({ channel }) => channel)).toEqual(channels);
  },
);

it.each<[number, MessageChannel | undefined, string]>([
  [1, 'app', 'the first that is left'],
  [2, 'app', 'itself'],
  [3, 'task', 'the next'],
  [4, undefined, 'beyond the end'],
])('from step %i goes on with %s: %s', (from, channel) => {
  expect(stepFrom(plannedSteps(plan('sms', 'app', 'task'), off('sms'), true), from)?.channel).toBe(channel);
});
