/** Who works at a task: one takes it, puts it back, gives it to somebody; its process hears nothing of it. */
import { assignTask as assign } from '../../../activities/intake/assign-task';
import { claimTask as claim, releaseTask as release } from '../../../activities/intake/claim-task';
import { actingCaller } from '../../four-eyes';
import { task, visibleTask } from '../../reads/tasks';
import { route } from '../../route';
import { onBehalfOf, person, reason } from '../../schemas';
import { z } from '../../zod';
import { answerOf, BY_DELEGATION, ENDED, NOT_ALLOWED, SEEN, taskPath, whoOf } from './task-acts';

export const takeTask = route({
  id: 'claimTask',
  method: 'post',
  path: '/v1/tasks/{taskId}/claim',
  tag: 'tasks',
  summary: { zh: '认领任务；同时认领者只有一人成功', en: 'Claim a task; of two at once one gets it' },
  params: taskPath,
  body: z.strictObject({ onBehalfOf }),
  answer: task,
  ifMatch: true,
  refusals: [...NOT_ALLOWED, ...ENDED, ...SEEN, ...BY_DELEGATION],
  respond: async ({ params, body, caller, requestId, ifMatch }, { prisma, pool }) => {
    const acting = await actingCaller(pool, caller, body.onBehalfOf);
    await visibleTask(prisma, acting, params.taskId);
    await claim({ pool })({ taskId: params.taskId, ...whoOf(acting), requestId, ifMatch });
    return answerOf(await visibleTask(prisma, acting, params.taskId), 'done');
  },
});

export const releaseTask = route({
  id: 'releaseTask',
  method: 'post',
  path: '/v1/tasks/{taskId}/release',
  tag: 'tasks',
  summary: { zh: '放回任务', en: 'Put a claimed task back' },
  params: taskPath,
  body: z.strictObject({ onBehalfOf }),
  answer: task,
  ifMatch: true,
  refusals: [...NOT_ALLOWED, ...ENDED, ...SEEN, ...BY_DELEGATION],
  respond: async ({ params, body, caller, requestId, ifMatch }, { prisma, pool }) => {
    const acting = await actingCaller(pool, caller, body.onBehalfOf);
    await visibleTask(prisma, acting, params.taskId);
    await release({ pool })({ taskId: params.taskId, ...whoOf(acting), requestId, ifMatch });
    return answerOf(await visibleTask(prisma, acting, params.taskId), 'done');
  },
});

export const assignTask = route({
  id: 'assignTask',
  method: 'post',
  path: '/v1/tasks/{taskId}/assignment',
  tag: 'tasks',
  summary: { zh: '负责人指派或改派任务', en: 'A head, a deputy or a supervisor gives a task to a person' },
  params: taskPath,
  body: z.strictObject({
    to: person.openapi({ description: '须有权办理者 somebody who may do it', example: 'ops-client-2' }),
    reason,
    onBehalfOf,
  }),
  answer: task,
  ifMatch: true,
  refusals: [...NOT_ALLOWED, ...ENDED, 'REVISION_STALE', ...BY_DELEGATION],
  respond: async ({ params, body, caller, requestId, ifMatch }, { prisma, pool }) => {
    const acting = await actingCaller(pool, caller, body.onBehalfOf);
    await visibleTask(prisma, acting, params.taskId);
    const { to, reason: why } = body;
    await assign({ pool })({ taskId: params.taskId, ...whoOf(acting), to, reason: why, requestId, ifMatch });
    return answerOf(await visibleTask(prisma, acting, params.taskId), 'done');
  },
});
