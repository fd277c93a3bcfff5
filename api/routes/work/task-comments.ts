/** What people write about a task for others to read. */
import { commentTask as comment } from '../../../activities/intake/comment-task';
import { actingCaller } from '../../four-eyes';
import { rolesOf } from '../../identity';
import { visibleTask } from '../../reads/tasks';
import { route } from '../../route';
import { onBehalfOf, person, rowId } from '../../schemas';
import { z } from '../../zod';
import { BARRED, pathOf, taskPath, whoOf } from './task-acts';

export const commentTask = route({
  id: 'commentTask',
  method: 'post',
  path: '/v1/tasks/{taskId}/comments',
  tag: 'tasks',
  summary: {
    zh: '备注任务；请勿写入客户个人信息，以编号代之',
    en: 'Comment on a task; no personal data of clients, write references instead',
  },
  params: taskPath,
  body: z.strictObject({
    text: z.string().trim().min(1).max(2_000),
    mentions: z
      .array(person)
      .max(20)
      .default([])
      .openapi({ description: '提及的人员 people whose attention it asks for' }),
    onBehalfOf,
  }),
  answer: z.strictObject({ eventId: rowId }).openapi('TaskComment'),
  statuses: [201],
  refusals: [...BARRED, 'DELEGATION_NOT_IN_FORCE'],
  respond: async (
    { params, body: { onBehalfOf: principal, ...said }, caller, requestId, idempotencyKey },
    services,
  ) => {
    const { prisma, pool } = services;
    const acting = await actingCaller(pool, caller, principal);
    const row = await visibleTask(prisma, acting, params.taskId);
    const roles = rolesOf(acting);
    const eventId = await comment({ pool })({
      taskId: params.taskId,
      ...whoOf(acting),
      role: roles.find((role) => role === row.role) ?? roles[0] ?? row.role,
      ...said,
      requestKey: idempotencyKey,
      requestId,
    });
    return { status: 201, location: `${pathOf(params.taskId)}/events`, body: { eventId } };
  },
});
