/** The messages as a page for a person, newest first, Chinese and English; nothing is fetched from elsewhere. */
import type { Words } from '../common/refusals';

export type ReceivedMessage = {
  readonly number: number;
  readonly receivedAt: string;
  readonly key: string;
  readonly channel: 'sms' | 'email' | 'app' | 'voice';
  readonly recipientRole?: string;
  readonly recipientMark?: string;
  readonly recipientRef?: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly subject: Words;
  readonly text: Words;
};

const SHOWN_AT_MOST = 1000;
const CHANNELS = { sms: '短信 SMS', email: '邮件 mail', app: '应用 app', voice: '电话 voice' } as const;
const SEVERITIES = { info: '提示 info', warning: '警告 warning', critical: '严重 critical' } as const;
const SHANGHAI_TIME = new Intl.DateTimeFormat('sv-SE', {
  dateStyle: 'short',
  timeStyle: 'medium',
  timeZone: 'Asia/Shanghai',
});

/** The page; at most the newest 1,000 messages. */
export function pageOf(messages: readonly ReceivedMessage[]): string {
  const newest = messages.slice(-SHOWN_AT_MOST).reverse();
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>消息 Messages</title><style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: #1c2430 }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: .5rem .6rem; border-bottom: 1px solid #d8dde5 }
td p { margin: 0 } .en { color: #5a6575 } .critical td:first-child { border-left: 5px solid #b3261e } .warning td:first-child { border-left: 5px solid #c77700 } .info td:first-child { border-left: 5px solid #7a8699 }
</style></head><body>
<h1>已收到的消息 <span class="en">Messages received</span></h1>
<p>共 ${messages.length} 条，最新在前。<span class="en">${messages.length} in all, newest first${messages.length > SHOWN_AT_MOST ? `; the newest ${SHOWN_AT_MOST} are shown` : ''}.</span></p>
<table><thead><tr><th>时间 Time</th><th>级别 Severity</th><th>渠道 Channel</th><th>收件人 To</th><th>内容 Message</th></tr></thead>
<tbody>
${newest.map(rowOf).join('\n')}
</tbody></table></body></html>`;
}

function rowOf(message: ReceivedMessage): string {
  return `<tr class="${message.severity}"><td>${SHANGHAI_TIME.format(new Date(message.receivedAt))}</td>
<td>${SEVERITIES[message.severity]}</td><td>${CHANNELS[message.channel]}</td>
<td>${escaped([message.recipientRole ?? message.recipientRef, message.recipientMark].filter(Boolean).join(' '))}</td>
<td><p><strong>${escaped(message.subject.zh)}</strong></p><p>${escaped(message.text.zh)}</p>
<p class="en"><strong>${escaped(message.subject.en)}</strong></p><p class="en">${escaped(message.text.en)}</p></td></tr>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
