/** Public face of a complaint that the head office takes up: its input, and how it ends. */
import type { HeadOfficeCause } from '../../domain/complaints/complaint-words';

export interface HeadOfficeInput {
  readonly complaintNo: string;
  readonly cause: HeadOfficeCause;
  /** When the cause arose, UTC. */
  readonly since: string;
}

export type HeadOfficeEnd = 'followed by the head office' | 'left with its handler';
