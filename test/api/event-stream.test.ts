/** A stream of changes to a reader who does not read: it holds nothing up, and is let go in the end. */
import express from 'express';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { streamChanges } from '../../api/event-stream';

const MEGABYTE = 1_048_576;

test('who does not read is let go, and never holds more than one look', async () => {
  let looks = 0;
  let mostHeld = 0;
  const app = express();
  const given = new Promise<boolean>((resolve) => {
    app.get('/', (_, response) => {
      const look = () => {
        looks += 1;
        mostHeld = Math.max(mostHeld, response.writableLength);
        // Another state at every look, a megabyte each.
        return Promise.resolve([{ kind: 'state', name: 'state', content: { looks, ballast: 'x'.repeat(MEGABYTE) } }]);
      };
      const watching = { look, everyMs: 2, endsAfterMs: 600_000, patienceMs: 200 };
      void streamChanges(response, watching).then(() => {
        mostHeld = Math.max(mostHeld, response.writableLength);
        resolve(response.writableEnded);
      });
    });
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const request = get({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, path: '/' });
  request.on('error', () => undefined);
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  answer.pause();
  expect(await given).toBe(true);
  expect(looks).toBeGreaterThan(0);
  expect(mostHeld).toBeLessThan(2 * MEGABYTE);
  request.destroy();
  server.closeAllConnections();
  server.close();
});
