/** What becomes of a call when the server lets go of a connection: one that stood idle is no reason to end a rehearsal. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { apiClient } from '../../cli/rehearsal/api-client';

const answer = (body: object): string => {
  const text = JSON.stringify(body);
  return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\nConnection: keep-alive\r\n\r\n${text}`;
};

/** Answers as `does` says for the nth request of the nth connection, both from 1. */
async function serverThat(
  does: (socket: Socket, connection: number, nth: number) => void,
): Promise<[Server, string, () => number]> {
  let connections = 0;
  const server = createServer((socket) => {
    const connection = (connections += 1);
    let nth = 0;
    socket.on('error', () => undefined);
    socket.on('data', () => does(socket, connection, (nth += 1)));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return [server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`, () => connections];
}

test('a kept connection that is reset under a call: the call is made again on a new one', async () => {
  // The first connection answers the token and is gone when it is used again.
  const [server, url, connections] = await serverThat((socket, connection, nth) => {
    if (connection === 1 && nth > 1) socket.resetAndDestroy();
    else socket.write(answer(connection === 1 ? { token: 't' } : { now: 'later' }));
  });
  const api = apiClient(url);
  await expect(api.read('supervisor-1', '/v1/clock')).resolves.toEqual({ now: 'later' });
  expect(connections()).toBe(2);
  api.close();
  server.close();
});

test('a new connection that is reset is told', async () => {
  const [server, url, connections] = await serverThat((socket) => socket.resetAndDestroy());
  const api = apiClient(url);
  await expect(api.read('supervisor-1', '/v1/clock')).rejects.toThrow('ECONNRESET');
  expect(connections()).toBe(1);
  api.close();
  server.close();
});
