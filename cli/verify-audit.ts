/** `southbound verify audit`: whether the audit of a book is as it was sealed. */
import { verifyBookAudit } from '../worker/book';
import { startServers } from './processes/servers';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const SENTENCES = {
  changed: { zh: '审计记录 {n} 已被改动', en: 'audit row {n} was changed' },
  removed: { zh: '审计记录 {n} 已被删除', en: 'audit row {n} was removed' },
  inserted: { zh: '审计记录 {n} 系事后插入', en: 'audit row {n} was inserted' },
  'seal changed': { zh: '封存 {n} 已被改动', en: 'seal {n} was changed' },
  'seal removed': { zh: '封存 {n} 已被删除', en: 'seal {n} was removed' },
} as const;

/** Says what was found; answers the exit status: 0 where the chain holds, 1 where it does not. */
export async function verifyAuditOfBook(book: string): Promise<number> {
  const servers = await startServers(say);
  try {
    const { seals, rows, unsealed, digest, fault } = await verifyBookAudit(servers.adminUrl, book);
    if (fault !== undefined) {
      const { zh, en } = SENTENCES[fault.what];
      const filled = (sentence: string) => sentence.replace('{n}', String(fault.number));
      say(`${filled(zh)}。First fault: ${filled(en)}.`);
      return 1;
    }
    say(`审计链完整：${seals} 次封存，${rows} 条记录，${unsealed} 条待封存，末次摘要 ${digest}。`);
    say(`The chain holds: ${seals} seals, ${rows} rows, ${unsealed} not sealed yet, last digest ${digest}.`);
    return 0;
  } finally {
    await servers.stop();
  }
}
