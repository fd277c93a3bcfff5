/** A further check of a filled form, by the kind of its task. */
import type { PoolClient } from 'pg';
import type { BusinessError } from '../../domain/errors';
import type { TaskActor, TaskRow } from './task-row';

export type FormCheck = (
  sql: PoolClient,
  task: TaskRow,
  form: Readonly<Record<string, unknown>>,
  actor: TaskActor,
) => Promise<readonly BusinessError[]>;
