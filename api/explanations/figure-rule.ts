/** The rule of a figure: formula and articles in the version in force on the day, and the dated terms that it reads. */
import type { Pool } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { bilingual } from '../schemas';
import { z } from '../zod';

const date = z.string().openapi({ format: 'date' });

const datedTerm = z.strictObject({
  table: z.string(),
  code: z.string(),
  value: z.string(),
  validFrom: date,
  validTo: date.nullable(),
  source: z.string(),
});

export const figureRule = z
  .strictObject({
    figure: z.string().openapi({ example: 'cash.available' }),
    version: z.number().int(),
    articles: z.string().openapi({ example: 'A4 §34; S17' }),
    formula: bilingual,
    validFrom: date,
    validTo: date.nullable(),
    source: z.string(),
    terms: z
      .array(datedTerm)
      .openapi({ description: '当日适用的参数 the dated terms that it reads, as in force on the day' }),
  })
  .openapi('FigureRule');

interface RuleRow {
  readonly figure: string;
  readonly version: number;
  readonly articles: string;
  readonly formula_zh: string;
  readonly formula_en: string;
  readonly reads: readonly string[];
  readonly valid_from: string;
  readonly valid_to: string | null;
  readonly source: string;
}

interface Asked {
  readonly channel: string;
  readonly date: BusinessDate;
  readonly section: string;
  readonly name: string;
}

/** That of the figure by name, else that of its section. Undefined where no rule was in force on the day. */
export async function ruleOf(pool: Pool, asked: Asked): Promise<z.input<typeof figureRule> | undefined> {
  const { rows } = await pool.query<RuleRow>(
    `select figure, version, articles, formula_zh, formula_en, reads, valid_from, valid_to, source from figure_rules
     where figure = any($1) and valid_from <= $2 and (valid_to is null or $2 < valid_to) order by figure desc limit 1`,
    [[`${asked.section}.${asked.name}`, asked.section], asked.date],
  );
  const [rule] = rows;
  if (rule === undefined) return undefined;
  return {
    figure: rule.figure,
    version: rule.version,
    articles: rule.articles,
    formula: { zh: rule.formula_zh, en: rule.formula_en },
    validFrom: rule.valid_from,
    validTo: rule.valid_to,
    source: rule.source,
    terms: await termsRead(pool, asked, rule.reads),
  };
}

type TermRow = z.input<typeof datedTerm>;

/** Rows in force on the day ($1 channel, $2 date, $3 code) of each table of dated terms. */
const TERMS_IN: Readonly<Record<string, string>> = {
  parameters: `select code, value, valid_from, valid_to, source,
                      row_number() over (partition by code order by channel desc) as nth from parameters where channel in ($1, '') and code = $3`,
  fee_rates: `select code, rate::text || case when flat_hkd <> 0 then ' + ' || flat_hkd || ' HKD' else '' end as value, valid_from, valid_to, source,
                     1 as nth from fee_rates where $1::text is not null and $3 = ''`,
  portfolio_fee_tiers: `select above_hkd || ' - ' || coalesce(up_to_hkd::text, '') as code, rate_per_year::text as value, valid_from, valid_to, source,
                        1 as nth from portfolio_fee_tiers where $1::text is not null and $3 = ''`,
  margin_models: `select model as code, coalesce(rate::text || ' x ' || multiplier, 'rates by security') as value, valid_from, valid_to, source, 1 as nth
                  from margin_models where $1::text is not null and $3 = ''`,
  risk_rates: `select code, rate::text as value, valid_from, valid_to, source, 1 as nth from risk_rates where channel = $1 and $3 = ''`,
};

async function termsRead(pool: Pool, { channel, date: day }: Asked, reads: readonly string[]): Promise<TermRow[]> {
  const terms: TermRow[] = [];
  for (const read of reads) {
    const [table = '', code = ''] = read.split(' ');
    const rowsOf = TERMS_IN[table];
    if (rowsOf === undefined) throw new RangeError(`a rule reads ${read}, which no table of dated terms holds`);
    const { rows } = await pool.query<
      Omit<TermRow, 'table' | 'validFrom' | 'validTo'> & { valid_from: string; valid_to: string | null }
    >(
      `select code, value, valid_from, valid_to, source from (${rowsOf}
         and valid_from <= $2 and (valid_to is null or $2 < valid_to)) t where nth = 1 order by code, valid_from`,
      [channel, day, code],
    );
    terms.push(
      ...rows.map((row) => ({
        table,
        code: row.code,
        value: row.value,
        validFrom: row.valid_from,
        validTo: row.valid_to,
        source: row.source,
      })),
    );
  }
  return terms;
}
