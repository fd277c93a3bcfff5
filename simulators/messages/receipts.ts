/** Receipts of delivery: each message gets one, at once or later, told twice or never, as the fault says. */
import type { Express } from 'express';
import { delayMinutes, meets } from '../common/faults';
import type { Event } from '../common/drops';
import { openJournal } from '../common/keeping';
import type { CommonState } from '../common/simulator';
import { minutesLater } from '../common/values';
import type { ReceivedMessage } from './page';

type Receipt = {
  readonly receipt: string;
  readonly key: string;
  readonly channel: string;
  readonly outcome: 'delivered' | 'undelivered';
  readonly at: string;
  readonly code?: string;
};

/** Planned receipts live as long as the process: one that is killed in between has lost them, as a gateway may. */
export function openReceipts(path: string, state: CommonState) {
  const told = openJournal<Receipt>(path);
  const planned = new Map<string, Event>();

  function tell(message: ReceivedMessage, at: string): void {
    const undelivered = meets(state.fault, 'undelivered', message.key);
    const receipt: Receipt = {
      receipt: `r-${message.number}`,
      key: message.key,
      channel: message.channel,
      outcome: undelivered ? 'undelivered' : 'delivered',
      at,
      ...(undelivered ? { code: 'NUMBER_NOT_IN_USE' } : {}),
    };
    told.append(receipt);
    if (meets(state.fault, 'doubled', message.key)) told.append(receipt);
  }

  return {
    /** `silent` loses the receipt, `late` brings it minutes later. */
    plan(message: ReceivedMessage): void {
      if (meets(state.fault, 'silent', message.key)) return;
      const at = minutesLater(state.now, delayMinutes(state.fault, message.key));
      if (at === state.now) return tell(message, at);
      planned.set(message.key, {
        at,
        happen(now) {
          planned.delete(message.key);
          tell(message, now);
        },
      });
    },
    events: (): readonly Event[] => [...planned.values()],
    addRoutes(app: Express): void {
      app.get('/receipts', (request, response) => {
        const after = Number(request.query['after'] ?? '') || 0;
        const receipts = told.entries.slice(after, after + 500);
        response.json({ receipts, next: String(after + receipts.length) });
      });
    },
  };
}
