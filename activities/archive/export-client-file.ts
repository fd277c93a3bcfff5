/** The file of a client leaves the house: who takes it out, and why, is kept before the first byte does, whatever becomes of the package. */
import type { Writable } from 'node:stream';
import type { Pool } from 'pg';
import type { DocumentsPort } from '../../adapters/documents/documents-port';
import { recordAudit } from '../audit/record-audit';
import { writeClientPackage, type ClientPackage } from './client-package';

export interface ClientFileTaken {
  readonly clientNo: string;
  /** Login of the operator. */
  readonly by: string;
  readonly reason: string;
}

/** @throws BusinessError NOT_FOUND, DOCUMENT_DAMAGED; that it was tried is kept all the same */
export async function takeClientFile(
  stores: { readonly pool: Pool; readonly documents: DocumentsPort },
  { clientNo, by, reason }: ClientFileTaken,
  to: Writable,
): Promise<ClientPackage> {
  const audit = (action: string, after?: object): Promise<void> =>
    recordAudit(stores.pool, {
      actor: by,
      action,
      outcome: 'done',
      objectType: 'archive',
      objectId: clientNo,
      reason,
      ...(after === undefined ? {} : { after }),
    });
  await audit('begin export of client file');
  const exported = await writeClientPackage(stores, clientNo, to);
  await audit('export client file', exported);
  return exported;
}
