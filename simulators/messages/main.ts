/**
 * What stands outside for messages: the gateway (SMS, app, voice) with its receipts, a mail server, and systems that are
 * told of events. Each keeps every message once and lists what it received, for programs and, at `/`, for people.
 * Protocol: simulators/README.md.
 */
import type { Express } from 'express';
import { z } from 'zod';
import { meets } from '../common/faults';
import { openJournal } from '../common/keeping';
import { answerOnce, bodyIn, type Answered } from '../common/refusals';
import { runSimulator, type CommonState } from '../common/simulator';
import { listenForMail, type ReceivedMail } from './mail';
import { pageOf, type ReceivedMessage } from './page';
import { openReceipts } from './receipts';
import { addWebhooks } from './webhooks';

type Kept = Answered & { readonly message: ReceivedMessage };

const wordsForm = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });

const messageForm = z
  .strictObject({
    key: z.string().min(1).max(1000),
    channel: z.enum(['sms', 'app', 'voice']),
    recipientRole: z.string().min(1).optional(),
    recipientMark: z.string().min(1).optional(),
    recipientRef: z.string().min(1).optional(),
    side: z.enum(['client', 'proprietary']).optional(),
    branch: z.string().min(1).optional(),
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

type Own = { smtpPort?: number };

runSimulator<Own>({}, (state, save, start) => {
  const journal = openJournal<Kept>(`${start.stateFile}.messages`);
  const mails = openJournal<ReceivedMail>(`${start.stateFile}.mails`);
  const byKey = new Map(journal.entries.map((kept) => [kept.message.key, kept]));
  const receipts = openReceipts(`${start.stateFile}.receipts`, state);
  const mailPort = new Promise<number>((resolve) => {
    listenForMail(state, mails, (port) => {
      save();
      resolve(port);
    });
  });

  function addMessages(app: Express, common: CommonState): void {
    app.post('/messages', (request, response) => {
      const message = bodyIn(messageForm, request, response);
      if (message === undefined) return;
      const answer = (): void =>
        answerOnce(request, response, {
          key: message.key,
          content: message,
          known: byKey.get(message.key),
          fault: common.fault,
          accept(contentHash) {
            const received = { number: byKey.size + 1, receivedAt: common.now, ...message } as ReceivedMessage;
            const told = { key: message.key, state: 'accepted', number: received.number, receivedAt: common.now };
            const kept: Kept = { contentHash, status: 202, answer: told, message: received };
            journal.append(kept);
            byKey.set(message.key, kept);
            receipts.plan(received);
            save();
            return kept;
          },
        });
      if (meets(common.fault, 'slow', message.key)) setTimeout(answer, common.fault.milliseconds ?? 1_000);
      else answer();
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
  }

  return {
    events: () => receipts.events(),
    addRoutes(app) {
      addMessages(app, state);
      receipts.addRoutes(app);
      addWebhooks(app, state, `${start.stateFile}.webhooks`);
      app.get('/mail', async (_request, response) => {
        response.json({ port: await mailPort, mails: mails.entries });
      });
      app.get('/', (_request, response) => {
        response.type('html').send(pageOf(journal.entries.map((kept) => kept.message)));
      });
    },
  };
});
