/** Further checks of a filled form, by the kind of its task: what it names must be there. The verb asks them under the lock of the task. */
import type { PoolClient } from 'pg';
import type { BusinessError } from '../../domain/errors';
import { mailForm } from '../complaints/received-mail';
import { complaintForms } from '../complaints/task-forms';
import { yearlyReportForm } from '../complaints/yearly-report';
import { extensionForm } from '../deadlines/extension-form';
import { inspectionForm } from '../inspections/inspection-form';
import type { FormCheck } from './form-check';
import type { TaskActor, TaskRow } from './task-row';

const CHECKS: Readonly<Record<string, FormCheck>> = {
  ...complaintForms,
  'approve-extension': extensionForm,
  'look-at-mail': mailForm,
  'submit-complaint-report': yearlyReportForm,
  'inspect-complaint': inspectionForm,
  'check-call': inspectionForm,
  'examine-request': inspectionForm,
};

/** Every reason that stands against the form; a form of the wrong shape is refused before. */
export async function refusalsOfForm(
  sql: PoolClient,
  task: TaskRow,
  form: Readonly<Record<string, unknown>>,
  actor: TaskActor,
): Promise<readonly BusinessError[]> {
  return (await CHECKS[task.kind]?.(sql, task, form, actor)) ?? [];
}
