/**
 * What a message says: the version of the template that its row names, filled with its facts. The row keeps no text, for both are written
 * once (docs/decisions/0052-a-message-is-its-template-and-facts.md).
 */
import type { ClientBase } from 'pg';
import { renderedMessage, type Facts } from '../../domain/messages/template';
import type { Words } from '../../domain/messages/words';
import { templateOf, TEMPLATE_COLUMNS, type TemplateRow } from '../outbox/render-message';

/** Columns of the outbox by which a text is known. */
export interface OfTemplate {
  readonly template: string | null;
  readonly template_version: number | null;
  readonly facts: unknown;
  /** Facts that were not there: nothing is told. */
  readonly missing: readonly string[];
}

export interface ToldTexts {
  readonly subject: Words;
  readonly text: Words;
}

export const NO_TEXT: ToldTexts = { subject: { zh: '', en: '' }, text: { zh: '', en: '' } };

/**
 * How rows read, each version of a template read once however many there are. Events for systems, and messages that lack a fact, have no text.
 * @throws RangeError for a row whose facts do not fill its own template: it was written past the verbs
 */
export async function textsOf(
  sql: Pick<ClientBase, 'query'>,
  rows: readonly OfTemplate[],
): Promise<(row: OfTemplate) => ToldTexts> {
  const { rows: found } = await sql.query<TemplateRow>(
    `select ${TEMPLATE_COLUMNS} from message_templates t
       join (select distinct * from unnest($1::text[], $2::int[]) as told (template, version)) told using (template, version)`,
    [rows.map(({ template }) => template), rows.map(({ template_version: version }) => version)],
  );
  const templates = new Map(found.map((row) => [`${row.template} ${row.version}`, templateOf(row)]));
  return ({ template, template_version: version, facts, missing }) => {
    const read = templates.get(`${template} ${version}`);
    if (read === undefined || missing.length > 0) return NO_TEXT;
    const rendered = renderedMessage(read, facts as Facts);
    if (rendered.missing !== undefined)
      throw new RangeError(`a message of ${template} lacks ${rendered.missing.join(', ')}`);
    return rendered;
  };
}
