/**
 * Findings of a file while it is read: few in memory, many in a file beside, because a file of a hundred thousand bad records
 * has at least as many findings, and they are listed only when its verdict is known.
 */
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Finding } from '../../domain/clearing-files/finding';
import { findingClassEntry } from '../../domain/clearing-files/finding-classes';

/** Findings that are kept in memory, and the size of a batch that is written or read. */
const MOST_IN_MEMORY = 2_000;

/** Stages whose findings count however the rest of the file is (`countingFindings`). */
const isEarly = ({ class: name }: Finding): boolean => {
  const { stage } = findingClassEntry(name);
  return stage === 'structure' || stage === 'values';
};

export class FindingSpool {
  private kept: Finding[] = [];
  private folder: string | undefined;
  private spilled: FileHandle | undefined;
  private all = 0;
  private early = 0;
  private refusals = 0;
  private hasBadValues = false;

  /** Takes findings in their order. */
  async add(findings: readonly Finding[]): Promise<void> {
    for (const found of findings) {
      this.all += 1;
      if (isEarly(found)) this.early += 1;
      if (found.outcome === 'refused') this.refusals += 1;
      if (findingClassEntry(found.class).stage === 'values') this.hasBadValues = true;
      this.kept.push(found);
      if (this.kept.length >= MOST_IN_MEMORY) await this.spill();
    }
  }

  /** Whether they keep the file from being taken. */
  get refuses(): boolean {
    return this.refusals > 0;
  }

  /** How many count: with a bad value the file goes no further, so what later checks found meanwhile is left out. */
  get counting(): number {
    return this.hasBadValues ? this.early : this.all;
  }

  /** Those that count, in their order, some at a time. */
  async *batches(): AsyncGenerator<readonly Finding[], void> {
    const counts = (found: Finding) => !this.hasBadValues || isEarly(found);
    if (this.spilled !== undefined) {
      let batch: Finding[] = [];
      const lines = createInterface({ input: createReadStream(this.spilledAt()), crlfDelay: Infinity });
      for await (const line of lines) {
        const found = JSON.parse(line) as Finding;
        if (counts(found)) batch.push(found);
        if (batch.length < MOST_IN_MEMORY) continue;
        yield batch;
        batch = [];
      }
      yield batch;
    }
    yield this.kept.filter(counts);
  }

  /** Removes what lies beside. */
  async close(): Promise<void> {
    await this.spilled?.close();
    if (this.folder !== undefined) await rm(this.folder, { recursive: true, force: true });
  }

  private async spill(): Promise<void> {
    if (this.spilled === undefined) {
      this.folder = await mkdtemp(path.join(tmpdir(), 'southbound-findings-'));
      this.spilled = await open(this.spilledAt(), 'w', 0o600);
    }
    await this.spilled.appendFile(this.kept.map((found) => `${JSON.stringify(found)}\n`).join(''));
    this.kept = [];
  }

  private readonly spilledAt = () => path.join(this.folder ?? '', 'findings');
}
