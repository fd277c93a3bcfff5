/**
 * E-mail by SMTP. The Message-ID is made from the key, so that a mail sent again after a lost answer is the same mail to
 * every system that looks. No receipts: that a server accepted a mail is all that is ever known.
 */
import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
import type { ChannelPort, SendOutcome } from './messages-port';

export interface SmtpServer {
  /** smtp://[user:password@]host:port, or smtps://. */
  readonly url: string;
  readonly from: string;
}

export function smtpChannel({ url, from }: SmtpServer, timeoutMs: number): ChannelPort {
  const transport = createTransport(
    { url, connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs },
    { from },
  );
  return {
    async send({ key, subject, text, addresses = [] }) {
      if (addresses.length === 0) return { outcome: 'refused', code: 'NO_ADDRESS' };
      const messageId = `<${createHash('sha256').update(key).digest('hex').slice(0, 40)}@southbound>`;
      try {
        await transport.sendMail({
          messageId,
          // RFC 3834: no machine answers a mail that was sent by one.
          headers: { 'Auto-Submitted': 'auto-generated' },
          // Nobody reads who else was told.
          bcc: [...addresses],
          subject: `${subject.zh} ${subject.en}`,
          text: `${text.zh}\n\n${text.en}\n`,
        });
        return { outcome: 'accepted', reference: messageId };
      } catch (error) {
        return outcomeOf(error as { readonly responseCode?: number });
      }
    },
  };
}

/** A server that says 5xx has decided; 4xx is for a while, and no answer is none. The server's words may name people: left away. */
function outcomeOf({ responseCode }: { readonly responseCode?: number }): SendOutcome {
  if (responseCode === undefined) return { outcome: 'unknown', code: 'NO_ANSWER' };
  return { outcome: responseCode >= 500 ? 'refused' : 'unknown', code: `SMTP_${responseCode}` };
}
