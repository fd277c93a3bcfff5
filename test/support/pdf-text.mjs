// The text of a PDF from standard input, page after page: read by another library than the one that writes it.
import { buffer } from 'node:stream/consumers';
import { extractText } from 'unpdf';

const { text } = await extractText(new Uint8Array(await buffer(process.stdin)), { mergePages: true });
process.stdout.write(text);
