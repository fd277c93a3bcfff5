/** Loads the texts of messages, their purposes and their ways into a book. A text that cannot be filled is refused here. */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import { requiredFactsOf, templateDefects } from '../../domain/messages/template';
import type { MessageTemplateReference, ReferenceRows } from '../../prisma/reference';

/** @throws BusinessError INPUT_INVALID naming every template with a place that nobody fills, or a purpose that is none */
export async function loadMessages(
  sql: PoolClient,
  reference: Pick<ReferenceRows, 'messagePurposes' | 'deliverySteps' | 'messageTemplates'>,
): Promise<void> {
  const { messagePurposes, deliverySteps, messageTemplates } = reference;
  requireFillable(
    messageTemplates,
    messagePurposes.map(({ purpose }) => purpose),
  );
  for (const row of messagePurposes) {
    await sql.query(
      `insert into message_purposes (purpose, name_zh, name_en, obeys_quiet_hours, may_be_switched_off, task_role, task_hours, valid_from, valid_to,
                                     source)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (purpose, valid_from) do nothing`,
      [
        row.purpose,
        row.nameZh,
        row.nameEn,
        row.obeysQuietHours,
        row.mayBeSwitchedOff,
        row.taskRole,
        row.taskHours,
        row.validFrom,
        row.validTo,
        row.source,
      ],
    );
  }
  for (const row of deliverySteps) {
    await sql.query(
      `insert into delivery_steps (purpose, step, channel, wait_minutes, valid_from, valid_to, source)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict (purpose, step, valid_from) do nothing`,
      [row.purpose, row.step, row.channel, row.waitMinutes, row.validFrom, row.validTo, row.source],
    );
  }
  for (const row of messageTemplates) await loadTemplate(sql, row);
}

async function loadTemplate(sql: PoolClient, row: MessageTemplateReference): Promise<void> {
  await sql.query(
    `insert into message_templates (template, version, purpose, subject_zh, subject_en, text_zh, text_en, required_facts,
                                    approved_by, approved_on, valid_from, valid_to, source)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict (template, version) do nothing`,
    [
      row.template,
      row.version,
      row.purpose,
      row.subject.zh,
      row.subject.en,
      row.text.zh,
      row.text.en,
      row.requiredFacts,
      row.approvedBy,
      row.approvedOn,
      row.validFrom,
      row.validTo,
      row.source,
    ],
  );
}

function requireFillable(rows: readonly MessageTemplateReference[], purposes: readonly string[]): void {
  const defects = rows.flatMap((row) => {
    const place = `${row.template} version ${row.version}`;
    const unknown = purposes.includes(row.purpose) ? [] : [`${place}: there is no purpose ${row.purpose}`];
    try {
      const { template: code, requiredFacts: listed, ...rest } = row;
      const found = templateDefects({ ...rest, code, requiredFacts: requiredFactsOf(listed) });
      return [...unknown, ...found.map((defect) => `${place}, ${defect}`)];
    } catch (error) {
      return [...unknown, `${place}: ${(error as Error).message}`];
    }
  });
  if (defects.length > 0)
    throw new BusinessError('INPUT_INVALID', { field: 'message_templates.csv', reason: defects.join('; ') });
}
