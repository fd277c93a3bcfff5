/** Public face of the follow-up of permissions: its input and how it ends. */

import type { BusinessDate } from '../../domain/calendar/business-date';
import type { Channel } from '../../domain/channel';

/** `permission-follow-up:SH:2025-06-23`, channel and the day that was closed. */
export interface PermissionFollowUpInput {
  readonly channel: Channel;
  readonly businessDate: BusinessDate;
}

export type PermissionFollowUpEnd = 'nothing open' | 'left';
