/** What the verbs of intake are given: API, mover and the worker's dispatcher call them outside of any process. */
import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import type { DocumentsPort } from '../../adapters/documents/documents-port';
import type { MessagesPort } from '../../adapters/messages/messages-port';
import type { OutsideClock } from '../../adapters/outside-clock/outside-clock';
import type { Channel } from '../../domain/channel';

export interface MailIntake {
  /** A maildir. */
  readonly folder: string;
  readonly documents: DocumentsPort;
}

export interface IntakeDependencies {
  readonly pool: Pool;
  /** Client of the book's namespace. */
  readonly temporal: Client;
  readonly messages: MessagesPort;
  /** Folder where files arrive; left away where a book takes none. */
  readonly inbox?: string;
  /** Mailbox of complaints; left away where a book takes no mail. */
  readonly mails?: MailIntake;
  /** Clocks of the simulators; none in a real book. */
  readonly outsideClocks: readonly OutsideClock[];
  /** Channels whose ticks the mover starts in a manual book, where schedules are paused. */
  readonly ticks: readonly Channel[];
}

/** Queue of the stories of a book: its name is the namespace's. */
export const storiesQueue = (temporal: Client): string => `${temporal.options.namespace}-stories`;
