/** Reports of a channel about a disclosure that cannot be true. */
import type { ErrorEntry } from '../error-entry';

export const disclosureRefusals = [
  {
    code: 'STRETCH_OUTSIDE_RECORDING',
    status: 422,
    zh: '第 {nth} 段不在录音之内，请按实际播放重新上报。',
    en: 'Stretch {nth} lies outside the recording: report what was played.',
  },
  {
    code: 'STRETCH_QUICKER_THAN_TIME',
    status: 422,
    zh: '第 {nth} 段的收听长度超过实际经过的时间，请完整收听。',
    en: 'Stretch {nth} is longer than the time that passed: listen to it.',
  },
  {
    code: 'STRETCH_IN_THE_FUTURE',
    status: 422,
    zh: '第 {nth} 段结束于将来，请校准时钟后上报。',
    en: 'Stretch {nth} ends in the future: set the clock and report again.',
  },
  {
    code: 'STRETCHES_AT_ONCE',
    status: 422,
    zh: '第 {nth} 段与另一段同时播放，请逐段收听。',
    en: 'Stretch {nth} was played at the same time as another: listen to one after the other.',
  },
] as const satisfies readonly ErrorEntry[];

export type DisclosureRefusal = (typeof disclosureRefusals)[number]['code'];
