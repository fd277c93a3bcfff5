import { gatewayChannel } from '../../adapters/messages/gateway-channel';
import type { OutgoingMessage } from '../../adapters/messages/messages-port';
import { instant, onStage } from './stage';

const alarm: OutgoingMessage = {
  key: 'alarm:1',
  channel: 'sms',
  recipientRole: 'operations-head',
  severity: 'critical',
  subject: { zh: '10:00 资金未到账', en: 'Money missing at 10:00' },
  text: { zh: '客户备付金缺 <1.00>', en: 'Client reserve short of <1.00>' },
};

test('keeps a message once, at the business time of its first coming, over a kill', async () => {
  const stage = await onStage('messages');
  await stage.clockTo('2025-06-26 10:00:00');
  const accepted = { outcome: 'accepted', reference: '1' };
  expect(await gatewayChannel(stage.url(), 5000).send(alarm)).toEqual(accepted);
  await stage.killAndRestart();
  await stage.clockTo('2025-06-26 10:05:00');
  const gateway = gatewayChannel(stage.url(), 5000);
  expect(await gateway.send(alarm)).toEqual(accepted);
  expect(await gateway.send({ ...alarm, severity: 'info' })).toMatchObject({ code: 'KEY_WITH_OTHER_CONTENT' });
  const info: OutgoingMessage = {
    key: 'note:1',
    channel: 'app',
    recipientRef: 'client:42',
    severity: 'info',
    subject: alarm.subject,
    text: alarm.text,
  };
  await gateway.send(info);
  const keys = async (query: string): Promise<unknown[]> =>
    ((await stage.get(`/messages${query}`)).body['messages'] as { key: string }[]).map((message) => message.key);
  expect(await keys('')).toEqual(['alarm:1', 'note:1']);
  expect(await keys('?severity=critical')).toEqual(['alarm:1']);
  expect(await keys(`?since=${instant('2025-06-26 10:05:00')}`)).toEqual(['note:1']);
  expect(await keys('?since=2025-06-26T10:05:00%2B08:00')).toEqual(['note:1']);
  expect(await stage.get('/messages?severity=loud')).toMatchObject({ status: 400 });
});

test('shows the messages to a person in Chinese and English, texts escaped', async () => {
  const stage = await onStage('messages');
  await stage.clockTo('2025-06-26 10:00:00');
  await gatewayChannel(stage.url(), 5000).send(alarm);
  const page = await (await fetch(stage.url())).text();
  for (const shown of [
    '2025-06-26 10:00:00',
    '10:00 资金未到账',
    'Money missing at 10:00',
    '客户备付金缺 &lt;1.00&gt;',
  ]) {
    expect(page).toContain(shown);
  }
  expect(page).not.toContain('<1.00>');
});

test.each([
  { change: { recipientRef: 'client:42' }, why: 'a role and a reference' },
  { change: { recipientRole: undefined }, why: 'nobody' },
  { change: { channel: 'fax' }, why: 'no such channel' },
  { change: { subject: { zh: '只有中文' } }, why: 'no English' },
])('refused: $why', async ({ change }) => {
  const stage = await onStage('messages');
  const refused = await stage.post('/messages', { ...alarm, ...change }, { 'Idempotency-Key': alarm.key });
  expect(refused).toMatchObject({ status: 400, body: { code: 'MALFORMED' } });
  expect((await stage.get('/messages')).body['messages']).toEqual([]);
});
