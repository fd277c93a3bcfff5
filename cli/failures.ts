/** What a person is told when a command cannot do its work: one sentence in each language, and what to do. */
import { BusinessError } from '../domain/errors';

/** Faults of the machine that have a cure of their own. */
const CURES: Readonly<Record<string, string>> = {
  ENOSPC: '磁盘已满，请清理后重试。The disk is full: make room and start again.',
  EACCES: '没有访问权限，请检查文件夹的属主。Access was refused: check who owns the folder.',
  EADDRINUSE: '端口被占用，请停止占用者后重试。A port is taken: stop what uses it and start again.',
  EMFILE: '打开的文件过多，请调高 ulimit -n。Too many open files: raise ulimit -n.',
};

export function sentenceOf(error: unknown): string {
  if (error instanceof BusinessError) return `${error.text.zh}${error.text.en}`;
  if (!(error instanceof Error)) return String(error);
  const { code } = error as Error & { readonly code?: unknown };
  const cure = typeof code === 'string' ? CURES[code] : undefined;
  return cure === undefined ? error.message : `${cure} (${error.message})`;
}
