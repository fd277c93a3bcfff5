/**
 * Anchors in a folder: a file a day (UTC), a line an anchor, each line with a digest over itself and the line before it.
 * Files are only ever appended to, so a folder that takes no other writes (a WORM share, an append-only mount) will do.
 */
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Anchor, AnchorStore, KeptAnchors } from './anchors-port';

const NAME = /^\d{4}-\d{2}-\d{2}\.anchors$/;
/** What stands before the first line. */
const NOTHING = '';

interface Line {
  readonly place: string;
  readonly text: string;
  readonly digest: string;
}

/** @param today the day that names the file, `YYYY-MM-DD` in UTC */
export function anchorsFolder(folder: string, today = () => new Date().toISOString().slice(0, 10)): AnchorStore {
  return {
    append: async (anchor) => {
      await mkdir(folder, { recursive: true });
      const newest = await newestDigest(folder);
      const text = anchorText(anchor);
      // A line that a crash left half written is ended here, and is none: its digest is missing.
      await appendForGood(folder, `${today()}.anchors`, `\n${text}\t${lineDigest(newest, text)}\n`);
    },
    read: async () =>
      keptAnchors((await Promise.all((await namesIn(folder)).map((name) => linesOf(folder, name)))).flat()),
  };
}

const lineDigest = (before: string, text: string): string =>
  createHash('sha256').update(`${before}\n${text}`, 'utf8').digest('hex');

const anchorText = ({ sealNo, digest, rows, highestSeq, sealedAt, closedDays }: Anchor): string =>
  JSON.stringify({
    seal: String(sealNo),
    digest,
    rows: String(rows),
    highest: String(highestSeq),
    sealedAt,
    closedDays,
  });

function anchorOf(text: string): Anchor {
  const line = JSON.parse(text) as Record<'seal' | 'digest' | 'rows' | 'highest' | 'sealedAt', string> & {
    readonly closedDays: readonly string[];
  };
  const { seal, digest, rows, highest, sealedAt, closedDays } = line;
  return { sealNo: BigInt(seal), digest, rows: BigInt(rows), highestSeq: BigInt(highest), sealedAt, closedDays };
}

/** On the disk when it returns, the name of the file with it. */
async function appendForGood(folder: string, name: string, text: string): Promise<void> {
  const file = await open(path.join(folder, name), 'a');
  try {
    await file.appendFile(text, 'utf8');
    await file.sync();
  } finally {
    await file.close();
  }
  const names = await open(folder, 'r');
  // Some file systems have no such thing as a folder on disk.
  await names.sync().catch(() => undefined);
  await names.close();
}

const namesIn = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder).catch(onlyWhereThereIsNone)).filter((name) => NAME.test(name)).sort();

async function linesOf(folder: string, name: string): Promise<readonly Line[]> {
  const text = await readFile(path.join(folder, name), 'utf8');
  return text.split('\n').flatMap((line, place): Line[] => {
    const [, content, digest] = /^(\{.*\})\t([0-9a-f]{64})$/.exec(line) ?? [];
    if (content === undefined || digest === undefined) return [];
    return [{ place: `${name}:${place + 1}`, text: content, digest }];
  });
}

async function newestDigest(folder: string): Promise<string> {
  for (const name of [...(await namesIn(folder))].reverse()) {
    const last = (await linesOf(folder, name)).at(-1);
    if (last !== undefined) return last.digest;
  }
  return NOTHING;
}

function onlyWhereThereIsNone(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

function keptAnchors(lines: readonly Line[]): KeptAnchors {
  const broken = lines.find(
    ({ text, digest }, place) => digest !== lineDigest(lines[place - 1]?.digest ?? NOTHING, text),
  );
  const whole = broken === undefined ? lines : lines.slice(0, lines.indexOf(broken));
  const anchors = whole.map(({ text }) => anchorOf(text));
  return broken === undefined ? { anchors } : { anchors, brokenAt: broken.place };
}
