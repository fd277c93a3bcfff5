/** What people are told and asked: messages, tasks, promises, delegations, changes of terms, and the directory that says who they are. */
import type { Route } from '../../route';
import { listAudit } from './audit';
import { readCalendar } from './calendars';
import { readClient } from './clients';
import { askExtension, resumeClock, stopClock } from './deadline-acts';
import { listDeadlines, readDeadline, readDeadlineReport } from './deadlines';
import { giveDelegationRoute, listDelegations, revokeDelegationRoute } from './delegations';
import { admitPerson, dismissPerson, listPeople, readPerson, readPersonName } from './directory';
import {
  readClientMessageWishes,
  readOwnMessageWishes,
  setClientMessageWishes,
  setOwnMessageWishes,
} from './message-wishes';
import { listMessages, readMessage, readMessageContent } from './messages';
import { listNotices } from './notices';
import { listOwnMessages, readOwnMessageRoute } from './own-messages';
import { askChange, listChanges, readChange, recallChange, reviseChange } from './parameter-changes';
import { readProcess } from './processes';
import { importRestrictedList, listRestrictedLists } from './restricted-lists';
import { listRoleGrants, readRoleGrant, requestRoleGrant, revokeGrant } from './role-grants';
import { endSubstitution, listSubstitutions, makeSubstitution } from './substitutions';
import { completeTask, recallTask, returnTask } from './task-acts';
import { assignTask, releaseTask, takeTask } from './task-holders';
import { listTaskBulkRows, makeTaskBulk, readTaskBulk, retryTaskBulk } from './task-bulks';
import { commentTask } from './task-comments';
import {
  changeTaskView,
  listTasksOfView,
  listTaskViews,
  readTaskView,
  removeTaskView,
  saveTaskView,
} from './task-views';
import { countTasks, listTaskEvents, listTasks, readTask } from './tasks';
import { listWebhookReceivers, registerReceiver, rotateReceiverKey, switchReceiverOff } from './webhook-receivers';

export const workRoutes: readonly Route[] = [
  listNotices,
  listMessages,
  readMessage,
  readMessageContent,
  listOwnMessages,
  readOwnMessageRoute,
  readOwnMessageWishes,
  setOwnMessageWishes,
  readClientMessageWishes,
  setClientMessageWishes,
  listWebhookReceivers,
  registerReceiver,
  rotateReceiverKey,
  switchReceiverOff,
  listTasks,
  countTasks,
  readTask,
  listTaskEvents,
  completeTask,
  returnTask,
  recallTask,
  takeTask,
  releaseTask,
  assignTask,
  commentTask,
  readProcess,
  makeTaskBulk,
  readTaskBulk,
  listTaskBulkRows,
  retryTaskBulk,
  saveTaskView,
  listTaskViews,
  readTaskView,
  listTasksOfView,
  changeTaskView,
  removeTaskView,
  makeSubstitution,
  endSubstitution,
  listSubstitutions,
  listAudit,
  readClient,
  listDeadlines,
  readDeadline,
  stopClock,
  resumeClock,
  askExtension,
  readDeadlineReport,
  listDelegations,
  giveDelegationRoute,
  revokeDelegationRoute,
  askChange,
  importRestrictedList,
  listRestrictedLists,
  readCalendar,
  reviseChange,
  recallChange,
  listChanges,
  readChange,
  listPeople,
  readPerson,
  readPersonName,
  admitPerson,
  dismissPerson,
  requestRoleGrant,
  listRoleGrants,
  readRoleGrant,
  revokeGrant,
];
