/** Purposes and scripts of callbacks, as reviewed; what is there stays. */
import type { PoolClient } from 'pg';
import type { CallbackReference } from '../../prisma/callback-reference';

export async function loadCallbacks(sql: PoolClient, reference: CallbackReference): Promise<void> {
  const { followUps, purposes, consequences, scripts, questions, checklists } = reference;
  const load = (statement: string, rows: readonly unknown[]) => sql.query(statement, [JSON.stringify(rows)]);
  await load(
    `insert into callback_follow_ups (follow_up, title_zh, title_en, role, act, days, valid_from, valid_to, source)
     select "followUp", "titleZh", "titleEn", role, act, days, "validFrom", "validTo", source from jsonb_to_recordset($1::jsonb)
       as r ("followUp" text, "titleZh" text, "titleEn" text, role text, act text, days integer, "validFrom" date, "validTo" date, source text)
     on conflict do nothing`,
    followUps,
  );
  await load(
    `insert into checklist_items (checked, item, place, name_zh, name_en, valid_from, valid_to, source)
     select checked, item, place, "nameZh", "nameEn", "validFrom", "validTo", source from jsonb_to_recordset($1::jsonb)
       as r (checked text, item text, place integer, "nameZh" text, "nameEn" text, "validFrom" date, "validTo" date, source text)
     on conflict do nothing`,
    checklists,
  );
  await load(
    `insert into callback_purposes (purpose, name_zh, name_en, script, days, owner_role, ladder, asked_by, valid_from, valid_to, source)
     select purpose, "nameZh", "nameEn", script, days, "ownerRole", ladder, array(select jsonb_array_elements_text("askedBy")),
            "validFrom", "validTo", source
       from jsonb_to_recordset($1::jsonb) as r (purpose text, "nameZh" text, "nameEn" text, script text, days integer, "ownerRole" text,
            ladder text, "askedBy" jsonb, "validFrom" date, "validTo" date, source text)
     on conflict do nothing`,
    purposes,
  );
  await load(
    `insert into callback_consequences (purpose, cause, follow_up, valid_from, valid_to, source)
     select purpose, cause, "followUp", "validFrom", "validTo", source
       from jsonb_to_recordset($1::jsonb) as r (purpose text, cause text, "followUp" text, "validFrom" date, "validTo" date, source text)
     on conflict do nothing`,
    consequences,
  );
  await load(
    `insert into callback_scripts (script, version, title_zh, title_en, valid_from, valid_to, source)
     select script, version, "titleZh", "titleEn", "validFrom", "validTo", source from jsonb_to_recordset($1::jsonb)
       as r (script text, version integer, "titleZh" text, "titleEn" text, "validFrom" date, "validTo" date, source text)
     on conflict do nothing`,
    scripts,
  );
  await load(
    `insert into callback_questions (script, version, place, question, question_zh, question_en, answer, answer_zh, answer_en, follow_up)
     select script, version, place, question, "questionZh", "questionEn", answer, "answerZh", "answerEn", "followUp"
       from jsonb_to_recordset($1::jsonb) as r (script text, version integer, place integer, question text, "questionZh" text,
            "questionEn" text, answer text, "answerZh" text, "answerEn" text, "followUp" text)
     on conflict do nothing`,
    questions.map((row, at) => ({ ...row, place: at + 1 })),
  );
}
