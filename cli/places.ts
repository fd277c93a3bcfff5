/** Where a checkout keeps what it runs on. `SOUTHBOUND_DATA` names another place. */
import path from 'node:path';

export const ROOT = path.join(__dirname, '..');

/** Servers, books and results of this checkout; git does not see it. */
export const dataFolder = (): string => path.resolve(process.env['SOUTHBOUND_DATA'] || path.join(ROOT, '.southbound'));

/** Inbox, memory of the simulators, logs and process numbers of one book. */
export const bookFolder = (book: string): string => path.join(dataFolder(), 'books', book);

/** Where the documents of a book are kept: `DOCUMENTS_DIR`, else beside its inbox. */
export const documentsFolder = (book: string): string =>
  process.env['DOCUMENTS_DIR'] || path.join(bookFolder(book), 'documents');

/** Where the audit of a book is anchored: beside its database, not in it. */
export const anchorsOfBook = (book: string): string => path.join(bookFolder(book), 'anchors');

export const resultsFolder = (book: string): string => path.join(dataFolder(), 'results', book);
