/** `southbound verify audit`: whether the audit of a book is as it was sealed, and as the anchors say. */
import { verifyBookAudit } from '../worker/book';
import { anchorsOfBook } from './places';
import { startServers } from './processes/servers';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const SENTENCES = {
  changed: { zh: '审计记录 {n} 已被改动', en: 'audit row {n} was changed' },
  removed: { zh: '审计记录 {n} 已被删除', en: 'audit row {n} was removed' },
  inserted: { zh: '审计记录 {n} 系事后插入', en: 'audit row {n} was inserted afterwards' },
  'seal changed': { zh: '封存 {n} 已被改动', en: 'seal {n} was changed' },
  'changed within': {
    zh: '封存 {n} 中有记录已被改动，凭标记不能指明是哪一条',
    en: 'rows of seal {n} were changed, which ones its marks do not say',
  },
  'seal removed': { zh: '封存 {n} 已被删除', en: 'seal {n} was removed' },
  'cut off': {
    zh: '锚点所记的封存 {n} 已不存在或不同：其前某处起已被截断或重做',
    en: 'seal {n}, as an anchor has it, is gone or another one: from somewhere before it the audit was cut off or made anew',
  },
} as const;

/**
 * Says what was found; answers the exit status: 0 where the chain holds, 1 where it does not.
 * @param folder of the anchors; that of the book in this checkout unless told
 */
export async function verifyAuditOfBook(book: string, folder = anchorsOfBook(book)): Promise<number> {
  const servers = await startServers(say);
  try {
    const found = await verifyBookAudit(servers.adminUrl, book, folder);
    const { seals, rows, unsealed, digest, faults, anchors, brokenAt } = found;
    for (const { what, number } of faults) {
      const { zh, en } = SENTENCES[what];
      const filled = (sentence: string) => sentence.replace('{n}', String(number));
      say(`${filled(zh)}。Fault: ${filled(en)}.`);
    }
    if (brokenAt !== undefined) {
      say(`锚点 ${brokenAt} 与前一行不衔接。Fault: the anchor at ${brokenAt} does not follow from the line before it.`);
    }
    if (faults.length > 0 || brokenAt !== undefined) return 1;
    say(`审计链完整：${seals} 次封存，${rows} 条记录，${unsealed} 条待封存，末次摘要 ${digest}。`);
    say(`The chain holds: ${seals} seals, ${rows} rows, ${unsealed} not sealed yet, last digest ${digest}.`);
    say(anchorLine(anchors.at(-1), anchors.length, folder));
    return 0;
  } finally {
    await servers.stop();
  }
}

function anchorLine(newest: { sealNo: bigint; sealedAt: string } | undefined, count: number, folder: string): string {
  if (newest === undefined) {
    return `${folder} 中没有锚点，尾部是否被截断无从证明。No anchors in ${folder}: a tail that was cut off could not be seen.`;
  }
  const { sealNo, sealedAt } = newest;
  return `${count} 个锚点均相符，最新的是封存 ${sealNo}（${sealedAt}）。All ${count} anchors agree, the newest is seal ${sealNo} of ${sealedAt}.`;
}
