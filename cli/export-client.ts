/** `southbound export client NO` and `southbound verify export FILE`: a client's whole file as one package, and whether one is whole. */
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { faultsOfPackage, type PackageFault } from './check-package';
import { exportClientFile } from '../worker/book';
import { documentsFolder } from './places';
import { startServers } from './processes/servers';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Writes `FOLDER/NO.zip` and its digest beside it; says how much is in it. */
export async function exportClient(
  clientNo: string,
  {
    book,
    out,
    by,
    reason,
  }: { readonly book: string; readonly out: string; readonly by: string; readonly reason: string },
): Promise<void> {
  const servers = await startServers(say);
  try {
    await mkdir(out, { recursive: true });
    const file = path.join(out, `${clientNo}.zip`);
    const { entries, auditRows, sha256 } = await exportClientFile(servers.adminUrl, {
      book,
      clientNo,
      by,
      reason,
      documents: documentsFolder(book),
      to: createWriteStream(file),
    });
    await writeFile(`${file}.sha256`, `${sha256}  ${path.basename(file)}\n`);
    say(`${file}：${entries} 份文件，${auditRows} 条审计记录，摘要 ${sha256}。`);
    say(`${file}: ${entries} documents, ${auditRows} audit rows, digest ${sha256}.`);
    say(`核对 check it with: npx southbound verify export ${file}`);
  } finally {
    await servers.stop();
  }
}

const SENTENCES: Readonly<Record<PackageFault['what'], { readonly zh: string; readonly en: string }>> = {
  changed: { zh: '与摘要不符', en: 'differs from its digest' },
  missing: { zh: '缺失', en: 'is missing' },
  added: { zh: '不在清单内', en: 'is in no list' },
  unreadable: { zh: '无法读取', en: 'cannot be read' },
};

/** Says every fault; answers the exit status: 0 where the package is as it was written. */
export async function verifyExport(file: string): Promise<number> {
  const { files, faults } = await faultsOfPackage(file);
  for (const { what, path: where } of faults) say(`${where} ${SENTENCES[what].zh} ${SENTENCES[what].en}`);
  say(`${files} files, ${faults.length} faults`);
  return faults.length === 0 ? 0 : 1;
}
