/** Fills the register with sample clients, their files and what they are judged by. Safe to repeat: who is there stays as he is. */
import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { addDays, type BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { questionnaireResult, type Questionnaire, type RiskBandRow } from '../../domain/rating/questionnaire';
import { copyInto, type ColumnType, type CopiedColumn } from '../bulk/copy-into';
import { inTransaction } from '../database/transaction';
import { questionnaireInForce } from '../intake/answer-questionnaire';
import { sampleClient, type SampleClient } from './sample-clients';

/** Who brings the list of the restricted and who approves it, in a rehearsal. */
const LIST_HANDS = ['compliance-1', 'compliance-2'] as const;
const SOURCE = '演练样本 rehearsal sample';

/**
 * Seeds the first `count` clients as of the business date.
 * @returns how many there are now
 * @throws BusinessError NOT_A_REHEARSAL in a production book
 */
export const seedClients = (pool: Pool, count: number): Promise<number> =>
  inTransaction(pool, async (sql) => {
    const { rows } = await sql.query<{ kind: string; today: BusinessDate; seeded: number }>(
      `select book_kind as kind, (business_now() at time zone 'Asia/Shanghai')::date as today,
              (select count(*)::int from registered_clients where client_no < 'C9') as seeded from business_clock`,
    );
    const [book] = rows;
    if (book === undefined || book.kind === 'production') throw new BusinessError('NOT_A_REHEARSAL');
    const { questionnaire, bands } = await questionnaireInForce(sql, book.today);
    const clients = Array.from({ length: Math.max(0, count - book.seeded) }, (_, nth) =>
      sampleClient(book.seeded + nth, book.today, questionnaire.version),
    );
    await copyRegister(sql, clients, book.today);
    await copyConditions(sql, clients, book.today);
    await copyRiskResults(sql, clients, questionnaire, bands);
    await copyRestricted(sql, clients);
    await bindLogins(sql);
    return book.seeded + clients.length;
  });

/** The logins of the rehearsal act for the first clients of the sample. */
async function bindLogins(sql: PoolClient): Promise<void> {
  await sql.query(
    `insert into client_logins (person, client_no)
     select l.person, l.client_no from unnest($1::text[], $2::text[]) as l (person, client_no)
       join people using (person) join registered_clients using (client_no)
     on conflict (person) do nothing`,
    [
      ['client-1', 'client-2'],
      ['C00000001', 'C00000002'],
    ],
  );
}

async function copyRegister(sql: PoolClient, clients: readonly SampleClient[], today: BusinessDate): Promise<void> {
  await copyInto(sql, 'archives', [text('client_no', (it) => it.clientNo), day('opened_on', () => today)], [clients]);
  await copyInto(
    sql,
    'registered_clients',
    [
      text('client_no', (it) => it.clientNo),
      text('kind', (it) => it.kind),
      text('branch', (it) => it.branch),
      text('account_manager', (it) => it.accountManager),
      day('registered_on', () => today),
    ],
    [clients],
  );
  await copyInto(
    sql,
    'client_identities',
    [
      text('client_no', (it) => it.clientNo),
      text('name', (it) => it.name),
      text('document_type', (it) => it.documentType),
      text('document_no', (it) => it.documentNo),
    ],
    [clients],
  );
  await copyInto(
    sql,
    'client_fund_accounts',
    [text('fund_account', (it) => it.fundAccount), text('client_no', (it) => it.clientNo)],
    [clients],
  );
}

/** What the conditions are judged by, apart from risk results and the list of the restricted. */
async function copyConditions(sql: PoolClient, clients: readonly SampleClient[], today: BusinessDate): Promise<void> {
  await copyInto(
    sql,
    'securities_accounts',
    [
      text('account', (it) => it.account?.no ?? null),
      text('client_no', (it) => it.clientNo),
      text('state', (it) => it.account?.state ?? null),
      text('class', (it) => it.account?.class ?? null),
      text('designated_to', (it) => it.account?.designatedTo ?? null),
    ],
    [clients.filter(({ account }) => account !== null)],
  );
  await copyInto(
    sql,
    'client_assets',
    [
      text('client_no', (it) => it.clientNo),
      day('as_of', () => addDays(today, -1)),
      fen('securities_fen', (it) => it.securitiesFen),
      fen('cash_fen', (it) => it.cashFen),
      fen('margin_net_fen', (it) => it.marginNetFen),
    ],
    [clients],
  );
  await copyInto(
    sql,
    'bad_credit_records',
    [
      text('client_no', (it) => it.clientNo),
      day('recorded_on', (it) => it.badRecord?.recordedOn ?? null),
      day('removed_on', (it) => it.badRecord?.removedOn ?? null),
      text('source', () => SOURCE),
    ],
    [clients.filter(({ badRecord }) => badRecord !== null)],
  );
  await copyInto(
    sql,
    'exchange_warnings',
    [
      text('client_no', (it) => it.clientNo),
      day('warned_on', (it) => it.warnedOn),
      text('exchange', () => 'SSE'),
      text('reason', () => SOURCE),
    ],
    [clients.filter(({ warnedOn }) => warnedOn !== null)],
  );
}

const column =
  (type: ColumnType) =>
  (name: string, of: CopiedColumn<SampleClient>['of']): CopiedColumn<SampleClient> => ({ name, type, of });

const text = column('text');
const day = column('date');
const fen = column('int8');

async function copyRiskResults(
  sql: PoolClient,
  clients: readonly SampleClient[],
  questionnaire: Questionnaire,
  bands: readonly RiskBandRow[],
): Promise<void> {
  const sheets = {
    lowest: sheetOf(questionnaire, bands, (scores) => scores[0]),
    middle: sheetOf(questionnaire, bands, (scores) => scores[Math.floor(scores.length / 2)]),
    highest: sheetOf(questionnaire, bands, (scores) => scores.at(-1)),
  };
  const answered = clients.flatMap(({ clientNo, riskResult }) =>
    riskResult === null ? [] : [{ clientNo, ...riskResult, sheet: sheets[riskResult.answers] }],
  );
  await sql.query(
    `insert into risk_results (client_no, questionnaire_version, score, risk_class, risk_level, answers, answered_on, answer_key)
     select g.client_no, g.version, g.score, g.class, g.level, g.answers, g.answered_on, 'sample:' || g.client_no
     from unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::jsonb[], $7::date[])
       as g(client_no, version, score, class, level, answers, answered_on)`,
    [
      answered.map(({ clientNo }) => clientNo),
      answered.map(({ version }) => version),
      answered.map(({ sheet }) => sheet.score),
      answered.map(({ sheet }) => sheet.class),
      answered.map(({ sheet }) => sheet.level),
      answered.map(({ sheet }) => JSON.stringify(sheet.answers)),
      answered.map(({ answeredOn }) => answeredOn),
    ],
  );
}

/** One filled questionnaire: of each question the option whose score is chosen among those sorted from low to high. */
function sheetOf(
  questionnaire: Questionnaire,
  bands: readonly RiskBandRow[],
  chosen: (scores: readonly (readonly [option: string, score: number])[]) => readonly [string, number] | undefined,
) {
  const answers = new Map(
    [...questionnaire.questions].map(([question, options]) => {
      const sorted = [...options].sort(([, a], [, b]) => a - b);
      return [question, chosen(sorted)?.[0] ?? ''] as const;
    }),
  );
  const result = questionnaireResult(questionnaire, answers, bands);
  if (!('score' in result)) throw new RangeError('the sample answers are faulty');
  return { ...result, answers: Object.fromEntries(answers) };
}

/** The restricted of the sample stand on one approved list, as the real ones do. */
async function copyRestricted(sql: PoolClient, clients: readonly SampleClient[]): Promise<void> {
  const restricted = clients.filter(({ isRestricted }) => isRestricted);
  if (restricted.length === 0) return;
  const documentNos = restricted.map(({ documentNo }) => documentNo);
  const { rows } = await sql.query<{ version: number }>(
    `insert into restricted_lists (version, sha256, row_count, source, reason, imported_by, decision, decided_by, decided_at,
                                   effective_from)
     select coalesce(max(version), 0) + 1, $1, $2, $3, $3, $4, 'approved', $5, business_now(),
            (business_now() at time zone 'Asia/Shanghai')::date from restricted_lists
     returning version`,
    [createHash('sha256').update(documentNos.join('\n')).digest('hex'), restricted.length, SOURCE, ...LIST_HANDS],
  );
  // The newest list is in force as a whole: those of an earlier one come along.
  await sql.query(
    `insert into restricted_identities (version, line_no, document_type, document_no, cause)
     select $1, row_number() over (), k.document_type, k.document_no, $2 from (
       select document_type, document_no from restricted_identities where version = $1 - 1
       union all select 'RESIDENT_ID', unnest($3::text[])) k`,
    [rows[0]?.version, SOURCE, documentNos],
  );
}
