/** Kinds of permission with their question banks and agreements, as reviewed; what is there stays. */
import type { PoolClient } from 'pg';
import type { PermissionReference } from '../../prisma/permission-reference';

export async function loadPermissionTypes(
  sql: PoolClient,
  { permissionTypes, testQuestions, agreementTexts, eligibilityTerms, counterTerms }: PermissionReference,
): Promise<void> {
  for (const row of permissionTypes) await loadType(sql, row);
  await loadQuestions(sql, testQuestions);
  await loadCounterTerms(sql, counterTerms);
  for (const row of eligibilityTerms) {
    await sql.query(
      `insert into eligibility_terms (permission, term, parameter, valid_from, valid_to, source) values ($1, $2, $3, $4, $5, $6)
       on conflict (permission, term, valid_from) do nothing`,
      [row.permission, row.term, row.parameter, row.validFrom, row.validTo, row.source],
    );
  }
  for (const row of agreementTexts) {
    await sql.query(
      `insert into agreement_texts (agreement, version, title_zh, title_en, text_zh, text_en, sha256, written_by, approved_by, approved_on,
                                    valid_from, valid_to, source)
       values ($1, $2, $3, $4, $5, $6, encode(sha256(convert_to($5 || e'\\n' || $6, 'UTF8')), 'hex'), $7, $8, $9, $10, $11, $12)
       on conflict (agreement, version) do nothing`,
      [
        row.agreement,
        row.version,
        row.titleZh,
        row.titleEn,
        row.textZh,
        row.textEn,
        row.writtenBy,
        row.approvedBy,
        row.approvedOn,
        row.validFrom,
        row.validTo,
        row.source,
      ],
    );
  }
}

async function loadType(sql: PoolClient, row: PermissionReference['permissionTypes'][number]): Promise<void> {
  await sql.query(
    `insert into permission_types (permission, name_zh, name_en, channels, request_days, code_valid_minutes, code_wrong_codes,
       code_lock_minutes, recording, recording_seconds, test_bank, test_bank_minimum, test_questions, test_pause_minutes,
       test_attempts_per_day, agreements, documents, counter_permissions, commission_of, callback_days, callback_script, counter_buying,
       clearing_channels, commission_line, code_sends_per_day, valid_from, valid_to, source)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)
     on conflict (permission, valid_from) do nothing`,
    [
      row.permission,
      row.nameZh,
      row.nameEn,
      row.channels,
      row.requestDays,
      row.codeValidMinutes,
      row.codeWrongCodes,
      row.codeLockMinutes,
      row.recording,
      row.recordingSeconds,
      row.testBank,
      row.testBankMinimum,
      row.testQuestions,
      row.testPauseMinutes,
      row.testAttemptsPerDay,
      row.agreements,
      row.documents,
      row.counterPermissions,
      row.commissionOf,
      row.callbackDays,
      row.callbackScript,
      row.counterBuying,
      row.clearingChannels,
      row.commissionLine,
      row.codeSendsPerDay,
      row.validFrom,
      row.validTo,
      row.source,
    ],
  );
}

/** A bank is large: its rows go in one statement. */
async function loadQuestions(sql: PoolClient, rows: PermissionReference['testQuestions']): Promise<void> {
  await sql.query(
    `insert into test_questions (bank, version, question_no, question_zh, question_en, options_zh, options_en, right_option, valid_from,
                                 valid_to, source)
     select q ->> 'bank', q ->> 'version', (q ->> 'questionNo')::int, q ->> 'questionZh', q ->> 'questionEn',
            array(select jsonb_array_elements_text(q -> 'optionsZh')), array(select jsonb_array_elements_text(q -> 'optionsEn')),
            q ->> 'rightOption', (q ->> 'validFrom')::date, (q ->> 'validTo')::date, q ->> 'source'
       from jsonb_array_elements($1::jsonb) q
     on conflict (bank, version, question_no) do nothing`,
    [JSON.stringify(rows)],
  );
}

async function loadCounterTerms(sql: PoolClient, rows: PermissionReference['counterTerms']): Promise<void> {
  for (const row of rows) {
    await sql.query(
      `insert into permission_counter_terms (permission, closing_documents, holdings_document, closing_days,
         institution_documents, scan_types, scan_bytes_at_most, valid_from, valid_to, source)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (permission, valid_from) do nothing`,
      [
        row.permission,
        row.closingDocuments,
        row.holdingsDocument,
        row.closingDays,
        row.institutionDocuments,
        row.scanTypes,
        row.scanBytesAtMost,
        row.validFrom,
        row.validTo,
        row.source,
      ],
    );
  }
}
