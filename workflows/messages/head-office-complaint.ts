/** Public face of a complaint that the head office takes up: its input, how it ends, and what ends it before. */
import { defineSignal } from '@temporalio/workflow';
import type { HeadOfficeCause } from '../../domain/complaints/complaint-words';

export interface HeadOfficeInput {
  readonly complaintNo: string;
  readonly cause: HeadOfficeCause;
  /** When the cause arose, UTC. */
  readonly since: string;
}

export type HeadOfficeEnd = 'followed by the head office' | 'left with its handler' | 'the complaint has ended';

/** The complaint has ended: nobody need say any more who follows it. */
export const followedComplaintEnded = defineSignal('followedComplaintEnded');
