/** The questionnaire with its scores and the bands of classes and levels, as reviewed; what is there stays. */
import type { PoolClient } from 'pg';
import type { ReferenceRows } from '../../prisma/reference';

export async function loadRatingTerms(
  sql: PoolClient,
  { answerScores, riskBands }: Pick<ReferenceRows, 'answerScores' | 'riskBands'>,
): Promise<void> {
  for (const [place, row] of answerScores.entries()) {
    await sql.query(
      `insert into answer_scores (version, place, question, option, score, valid_from, valid_to, source)
       values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (version, question, option, valid_from) do nothing`,
      [row.version, place, row.question, row.option, row.score, row.validFrom, row.validTo, row.source],
    );
  }
  for (const row of riskBands) {
    await sql.query(
      `insert into risk_bands (scale, code, from_score, to_score, valid_from, valid_to, source)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict (scale, code, valid_from) do nothing`,
      [row.scale, row.code, row.fromScore, row.toScore, row.validFrom, row.validTo, row.source],
    );
  }
}
