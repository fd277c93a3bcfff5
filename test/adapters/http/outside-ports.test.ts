/** What the ports make of outside systems in trouble: everything but a decision is an ordinary error. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { httpBank } from '../../../adapters/bank/http-bank';
import { httpCcnet } from '../../../adapters/ccnet/http-ccnet';
import { gatewayChannel } from '../../../adapters/messages/gateway-channel';

const order = { orderKey: 'k:1', fromAccount: 'a', toAccount: 'b', amount: '1.00', purpose: '' };
const refusal = JSON.stringify({ code: 'NO', message: { zh: '不', en: 'no' } });
const accepted = JSON.stringify({ bankReference: 'BK1', acceptedAt: '2025-06-26T01:00:00.000Z' });
const servers: Server[] = [];

afterAll(() => servers.forEach((server) => (server.closeAllConnections(), server.close())));

async function answering(status: number, body: string | null): Promise<string> {
  const server = createServer((_request, response) => {
    if (body !== null) response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  servers.push(server);
  await new Promise<void>((up) => server.listen(0, '127.0.0.1', up));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each([
  { status: 422, body: refusal, why: 'refused by rule' },
  { status: 409, body: refusal, why: 'known key, other content' },
])('an answer, not an error: $why', async ({ status, body }) => {
  expect(await httpBank(await answering(status, body)).sendTransfer(order)).toEqual({
    outcome: 'refused',
    code: 'NO',
    message: { zh: '不', en: 'no' },
  });
});

test.each([
  { status: 503, body: refusal, error: 'bank /transfers: status 503', why: 'a system that is down decides nothing' },
  { status: 404, body: 'not found', error: 'bank /transfers: status 404', why: 'somebody else answers' },
  { status: 200, body: 'welcome', error: 'bank /transfers: an answer that is not in its form', why: 'no JSON' },
  { status: 202, body: '{}', error: 'bank /transfers: an answer that is not in its form', why: 'no reference' },
  { status: 301, body: accepted, error: 'bank /transfers: status 301', why: 'moved elsewhere' },
  { status: 200, body: null, error: 'bank /transfers: no answer within 100 ms', why: 'no answer' },
])('an error: $why', async ({ status, body, error }) => {
  const patienceMs = body === null ? 100 : 10_000; // Short only where nothing comes: a busy machine answers late.
  await expect(httpBank(await answering(status, body), patienceMs).sendTransfer(order)).rejects.toThrow(error);
});

test('an error: nobody listens', async () => {
  const url = await answering(200, accepted);
  expect(await httpBank(url).sendTransfer(order)).toMatchObject({ outcome: 'accepted', bankReference: 'BK1' });
  await new Promise((closed) => (servers.at(-1)?.closeAllConnections(), servers.at(-1)?.close(closed)));
  await expect(httpBank(url).askTransfer('k:1')).rejects.toThrow('bank /transfers/k%3A1: no connection');
});

test.each(['"19004649.79"', '19004649.79'])('a balance told as %s', async (balance) => {
  const instant = '2025-06-26T02:30:00.000Z';
  const body = `{"account":"A","asOf":"${instant}","balance":${balance},"withdrawable":"0.00","movements":[]}`;
  const asked = httpCcnet(await answering(200, body)).askAccount('A');
  if (balance.startsWith('"')) expect(await asked).toMatchObject({ balance: '19004649.79' });
  else await expect(asked).rejects.toThrow('not in its form');
});

test('the key travels in the header and the content in the body', async () => {
  const heard: unknown[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      heard.push(request.method, request.url, request.headers['idempotency-key'], JSON.parse(text));
      response.end('{"number":1}');
    });
  });
  servers.push(server);
  await new Promise<void>((up) => server.listen(0, '127.0.0.1', up));
  const message = {
    key: 'm:1',
    channel: 'sms',
    recipientRole: 'operations',
    severity: 'warning',
    subject: { zh: '一', en: 'one' },
    text: { zh: '二', en: 'two' },
  } as const;
  await gatewayChannel(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 5000).send(message);
  expect(heard).toEqual(['POST', '/messages', 'm:1', message]);
});

test.each([
  ...['ZR', 'ZC', 'JY', 'FK', 'FKTH', 'GX', 'ZF'].map((business) => ({
    business,
    known: true,
    why: 'seen on sample days',
  })),
  { business: 'FG', known: true, why: 'fee and duty of non-trade transfers' },
  { business: 'XX', known: false, why: 'no business of the clearing house' },
])('a movement of business $business: $why', async ({ business, known }) => {
  const instant = '2025-06-26T02:30:00.000Z';
  const movement = { number: 1, business, amount: '-1.00', balance: '0.00', at: instant, counterAccount: '' };
  const account = { account: 'A', asOf: instant, balance: '0.00', withdrawable: '0.00', movements: [movement] };
  const asked = httpCcnet(await answering(200, JSON.stringify(account))).askAccount('A');
  if (known) expect((await asked).movements).toEqual([movement]);
  else await expect(asked).rejects.toThrow('not in its form');
});
