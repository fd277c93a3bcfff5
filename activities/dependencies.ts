/** What verbs are given: the book's database and the ports to the outside. Nothing else reaches them. */
import type { Pool } from 'pg';
import type { BankPort } from '../adapters/bank/bank-port';
import type { CcnetPort } from '../adapters/ccnet/ccnet-port';
import type { CounterPort } from '../adapters/counter/counter-port';
import type { CrmPort } from '../adapters/crm/crm-port';
import type { DocumentsPort } from '../adapters/documents/documents-port';
import type { MessagesPort } from '../adapters/messages/messages-port';

export interface Dependencies {
  /** Connections of the application's role to the book's database. */
  readonly pool: Pool;
  readonly bank: BankPort;
  /** Second bank and system; without one the emergency channel asks the first. */
  readonly emergencyBank?: BankPort;
  readonly ccnet: CcnetPort;
  readonly counter: CounterPort;
  readonly crm: CrmPort;
  readonly documents: DocumentsPort;
  readonly messages: MessagesPort;
  /** Folder where files arrive, one folder a business date below it. */
  readonly inbox: string;
}
