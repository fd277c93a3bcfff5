/**
 * The messages gateway (SMS, mail, app, voice): keeps every message once and lists what it received, for programs and,
 * at `/`, for people. Protocol: simulators/README.md.
 */
import { z } from 'zod';
import { openJournal } from '../common/keeping';
import { answerOnce, bodyIn, type Answered } from '../common/refusals';
import { runSimulator } from '../common/simulator';
import { pageOf, type ReceivedMessage } from './page';

type Kept = Answered & { readonly message: ReceivedMessage };

const wordsForm = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });

const messageForm = z
  .strictObject({
    key: z.string().min(1).max(200),
    channel: z.enum(['sms', 'email', 'app', 'voice']),
    recipientRole: z.string().min(1).optional(),
    recipientMark: z.string().min(1).optional(),
    recipientRef: z.string().min(1).optional(),
    severity: z.enum(['info', 'warning', 'critical']),
    subject: wordsForm,
    text: wordsForm,
  })
  .refine((message) => (message.recipientRole === undefined) !== (message.recipientRef === undefined), {
    message: 'a message goes to a role or to a reference, one of them',
    path: ['recipientRole'],
  })
  .refine((message) => message.recipientMark === undefined || message.recipientRole !== undefined, {
    message: 'a mark is that of a role',
    path: ['recipientMark'],
  });

const listForm = z.strictObject({
  since: z.iso.datetime({ offset: true }).optional(),
  severity: z.enum(['info', 'warning', 'critical']).optional(),
});

runSimulator({}, (state, _save, start) => {
  const journal = openJournal<Kept>(`${start.stateFile}.messages`);
  const byKey = new Map(journal.entries.map((kept) => [kept.message.key, kept]));

  return {
    events: () => [],
    addRoutes(app) {
      app.post('/messages', (request, response) => {
        const message = bodyIn(messageForm, request, response);
        if (message === undefined) return;
        answerOnce(request, response, {
          key: message.key,
          content: message,
          known: byKey.get(message.key),
          fault: state.fault,
          accept(contentHash) {
            const received = { number: byKey.size + 1, receivedAt: state.now, ...message } as ReceivedMessage;
            const answer = { key: message.key, state: 'accepted', number: received.number, receivedAt: state.now };
            const kept: Kept = { contentHash, status: 202, answer, message: received };
            journal.append(kept);
            byKey.set(message.key, kept);
            return kept;
          },
        });
      });
      app.get('/messages', (request, response) => {
        const filter = bodyIn(listForm, { body: request.query }, response);
        if (filter === undefined) return;
        const since = filter.since === undefined ? '' : new Date(filter.since).toISOString();
        const messages = journal.entries
          .map((kept) => kept.message)
          .filter((message) => message.receivedAt >= since)
          .filter((message) => filter.severity === undefined || message.severity === filter.severity);
        response.json({ messages });
      });
      app.get('/', (_request, response) => {
        response.type('html').send(pageOf(journal.entries.map((kept) => kept.message)));
      });
    },
  };
});
