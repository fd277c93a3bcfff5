/** The clock, who one is, and what operation watches. */
import type { Route } from '../../route';
import { moveClock, readClock } from './clock';
import { readLiveness, readMetrics, readReadiness } from './operation';
import { issueRehearsalToken, listRehearsalPeople, readWhoIAm } from './people';

export const operationRoutes: readonly Route[] = [
  readClock,
  moveClock,
  readWhoIAm,
  listRehearsalPeople,
  issueRehearsalToken,
  readLiveness,
  readReadiness,
  readMetrics,
];
