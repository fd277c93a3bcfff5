/** The text of a message from the template in force, filled with its facts; or what is missing for it. */
import type { ClientBase } from 'pg';
import {
  renderedMessage,
  requiredFactsOf,
  type Facts,
  type MessageTemplate,
  type Rendered,
} from '../../domain/messages/template';

type Sql = Pick<ClientBase, 'query'>;

/** A text by its template, and what fills it. */
export interface Told {
  readonly template: string;
  readonly facts: Facts;
}

export interface RenderedTemplate {
  readonly rendered: Rendered;
  readonly purpose?: string;
  readonly version?: number;
}

export interface TemplateRow {
  readonly template: string;
  readonly version: number;
  readonly purpose: string;
  readonly subject_zh: string;
  readonly subject_en: string;
  readonly text_zh: string;
  readonly text_en: string;
  readonly required_facts: string;
  readonly valid_from: string;
  readonly valid_to: string | null;
}

export const TEMPLATE_COLUMNS = `template, version, purpose, subject_zh, subject_en, text_zh, text_en, required_facts,
  valid_from::text, valid_to::text`;

export async function renderMessage(sql: Sql, told: Told): Promise<RenderedTemplate> {
  return (await renderersOf(sql, [told.template]))(told);
}

/**
 * How messages by these templates are filled in, each template read once however many there are. A template that is not there, or that
 * compliance has not approved, is the first thing that is missing.
 */
export async function renderersOf(sql: Sql, templates: readonly string[]): Promise<(told: Told) => RenderedTemplate> {
  const { rows } = await sql.query<TemplateRow>(
    `select ${TEMPLATE_COLUMNS} from message_templates, (select (business_now() at time zone 'Asia/Shanghai')::date as today) clock
     where template = any($1) and approved_on <= today and valid_from <= today and (valid_to is null or today < valid_to)`,
    [templates],
  );
  const found = new Map(rows.map((row) => [row.template, templateOf(row)]));
  return ({ template, facts }) => {
    const read = found.get(template);
    if (read === undefined) return { rendered: { missing: [`template ${template}`] } };
    return { rendered: renderedMessage(read, facts), purpose: read.purpose, version: read.version };
  };
}

export const templateOf = (row: TemplateRow): MessageTemplate => ({
  code: row.template,
  version: row.version,
  purpose: row.purpose,
  subject: { zh: row.subject_zh, en: row.subject_en },
  text: { zh: row.text_zh, en: row.text_en },
  requiredFacts: requiredFactsOf(row.required_facts),
  validFrom: row.valid_from,
  validTo: row.valid_to,
});
