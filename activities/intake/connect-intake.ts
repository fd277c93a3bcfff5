/** What intake stands on, made from addresses: for those who see intake and not the adapters below it. */
import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import type { DocumentsPort } from '../../adapters/documents/documents-port';
import { folderDocuments } from '../../adapters/documents/folder-documents';
import { connectMessages, type MessageAddresses } from '../../adapters/messages/connect-messages';
import { httpOutsideClock } from '../../adapters/outside-clock/outside-clock';
import type { Channel } from '../../domain/channel';
import type { IntakeDependencies } from './dependencies';

/** Where scans and recordings are kept. */
export const connectDocuments = (folder: string): DocumentsPort => folderDocuments(folder);

export type { DocumentsPort };

export interface IntakeAddresses {
  readonly inbox?: string;
  /** Mailbox of complaints, a maildir, and where what it brings is kept. */
  readonly mails?: { readonly folder: string; readonly documents: string };
  readonly messages: MessageAddresses;
  /** Systems that play the outside in a rehearsal and have a clock of their own, by name. */
  readonly simulators: Readonly<Record<string, string>>;
  readonly ticks: readonly Channel[];
}

export const connectIntake = (pool: Pool, temporal: Client, given: IntakeAddresses): IntakeDependencies => ({
  pool,
  temporal,
  messages: connectMessages(given.messages),
  ...(given.inbox === undefined ? {} : { inbox: given.inbox }),
  ...(given.mails === undefined
    ? {}
    : { mails: { folder: given.mails.folder, documents: folderDocuments(given.mails.documents) } }),
  outsideClocks: Object.entries(given.simulators).map(([name, url]) => httpOutsideClock(name, url)),
  ticks: given.ticks,
});
