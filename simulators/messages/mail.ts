/** A mail server that delivers to nobody: takes mail by SMTP, keeps each Message-ID once. Faults as for messages. */
import { SMTPServer } from 'smtp-server';
import type { AddressInfo } from 'node:net';
import { meets, type Fault } from '../common/faults';
import type { Journal } from '../common/keeping';

export type ReceivedMail = {
  readonly number: number;
  readonly receivedAt: string;
  readonly messageId: string;
  readonly from: string;
  readonly to: readonly string[];
  /** As it came, headers and all. */
  readonly content: string;
};

const MAIL_BYTES = 1_000_000;

type MailState = { readonly now: string; readonly fault: Fault; smtpPort?: number };

/** Listens on the port of an earlier run, or on any; calls back with it. */
export function listenForMail(
  state: MailState,
  journal: Journal<ReceivedMail>,
  listening: (port: number) => void,
): void {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: MAIL_BYTES,
    onData(stream, session, answer) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => void chunks.push(chunk));
      stream.on('end', () => {
        const content = Buffer.concat(chunks).toString('utf8');
        const messageId = /^message-id:\s*(\S+)/im.exec(content)?.[1] ?? '';
        const known = journal.entries.some((mail) => mail.messageId === messageId);
        const { fault } = state;
        if (!known && meets(fault, 'refuse', messageId)) {
          const code = fault.status === 503 ? 451 : 550;
          return answer(Object.assign(new Error('refused for drill'), { responseCode: code }));
        }
        if (!known) {
          journal.append({
            number: journal.entries.length + 1,
            receivedAt: state.now,
            messageId,
            from: session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address,
            to: session.envelope.rcptTo.map(({ address }) => address),
            content,
          });
        }
        // Taken, and the line cut before the answer: the sender cannot know.
        if (!known && meets(fault, 'twice', messageId)) return server.connections.forEach((one) => one.close());
        setTimeout(() => answer(), meets(fault, 'slow', messageId) ? (fault.milliseconds ?? 1_000) : 0);
      });
    },
  });
  server.on('error', (failure) => void process.stderr.write(`mail: ${failure.message}\n`));
  server.listen(state.smtpPort ?? 0, '127.0.0.1', () => {
    state.smtpPort = (server.server.address() as AddressInfo).port;
    listening(state.smtpPort);
  });
}
