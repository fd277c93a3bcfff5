/** Refusals around messages, and the systems that are told of events; their place is in `domain/errors.ts`. */
import type { ErrorEntry } from '../error-entry';

export const messageRefusals = [
  {
    code: 'MESSAGE_WISH_REFUSED',
    status: 422,
    zh: '{purpose} 的渠道 {channel} 不能关闭：法定通知与警报须送达，每类消息的最后渠道保留。',
    en: 'The channel {channel} of {purpose} cannot be switched off: notices of the law and alarms must arrive, and the last channel of each kind stays.',
  },

  // Systems that are told of events
  {
    code: 'WEBHOOKS_NOT_SET_UP',
    status: 409,
    zh: '未配置 WEBHOOK_SECRET，无法签发密钥；请技术部门为接口与工作进程配置后再试。',
    en: 'There is no WEBHOOK_SECRET to derive keys from: have technology set it for API and workers, then try again.',
  },
  {
    code: 'WEBHOOK_TARGET_REFUSED',
    status: 422,
    zh: '该地址不可接收事件：{reason}。请改用外部系统的 https 地址。',
    en: 'Events cannot go to this address: {reason}. Give the https address of a system outside.',
  },
  {
    code: 'WEBHOOK_RECEIVER_KNOWN',
    status: 409,
    zh: '名称 {receiver} 已属某接收系统，请另取名称。',
    en: 'The name {receiver} is that of a receiver already: choose another one.',
  },
  {
    code: 'WEBHOOK_RECEIVER_OFF',
    status: 409,
    zh: '接收系统 {receiver} 已停用；如需恢复，请以新名称登记。',
    en: 'The receiver {receiver} was switched off: register it anew under another name.',
  },
] as const satisfies readonly ErrorEntry[];
