/** Systems that are told of events: each takes an id once and lists, in the order of coming, what it was sent. */
import type { Express } from 'express';
import { meets } from '../common/faults';
import { openJournal } from '../common/keeping';
import { refuse } from '../common/refusals';
import type { CommonState } from '../common/simulator';

type ReceivedEvent = {
  readonly receiver: string;
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
  readonly receivedAt: string;
  /** How often this id had come before: a sender that had no answer sends again. */
  readonly repeats: number;
  readonly body: unknown;
};

export function addWebhooks(app: Express, state: CommonState, path: string): void {
  const journal = openJournal<ReceivedEvent>(path);
  app.post('/webhooks/:receiver', (request, response) => {
    const id = request.get('webhook-id') ?? '';
    const { receiver } = request.params;
    const repeats = journal.entries.filter((event) => event.receiver === receiver && event.id === id).length;
    if (repeats === 0 && meets(state.fault, 'refuse', id)) {
      refuse(response, state.fault.status ?? 422, 'REFUSED_FOR_DRILL', { zh: '演练: 对方拒绝', en: 'drill: refused' });
      return;
    }
    journal.append({
      receiver,
      id,
      timestamp: request.get('webhook-timestamp') ?? '',
      signature: request.get('webhook-signature') ?? '',
      receivedAt: state.now,
      repeats,
      body: request.body as unknown,
    });
    if (repeats === 0 && meets(state.fault, 'twice', id)) {
      request.socket.destroy();
      return;
    }
    const answer = (): void => void response.status(204).end();
    if (meets(state.fault, 'slow', id)) setTimeout(answer, state.fault.milliseconds ?? 1_000);
    else answer();
  });
  app.get('/webhooks', (_request, response) => void response.json({ events: journal.entries }));
}
