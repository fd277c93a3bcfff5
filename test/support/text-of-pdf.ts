/** What a PDF says. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** In a process of its own: the library that reads it is an ES module only. */
export const textOfPdf = (pdf: Buffer): string =>
  execFileSync(process.execPath, [path.join(__dirname, 'pdf-text.mjs')], { input: pdf }).toString();
