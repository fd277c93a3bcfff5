/** The register of clients, the conditions read from it, and the questionnaire. */
import { createHash, randomUUID } from 'node:crypto';
import iconv from 'iconv-lite';
import { loadReference } from '../../../activities/books/load-reference';
import { answerQuestionnaire, questionnaireInForce } from '../../../activities/intake/answer-questionnaire';
import { importRestrictedList, type ImportRestrictedList } from '../../../activities/intake/import-restricted-list';
import { LIST_BYTES } from '../../../activities/clients/restricted-list-file';
import { readEligibility } from '../../../activities/clients/read-eligibility';
import { conditionOf, SAMPLE_CONDITIONS } from '../../../activities/clients/sample-clients';
import { seedClients } from '../../../activities/clients/seed-clients';
import { inTransaction } from '../../../activities/database/transaction';
import type { BusinessDate } from '../../../domain/calendar/business-date';
import { SeveralRefusals } from '../../../domain/errors';
import { enterPeople } from '../../support/people';
import { openDatabase, type TestDatabase } from '../../support/database';

const TODAY = '2025-06-23' as BusinessDate;
let book: TestDatabase;
beforeAll(async () => {
  book = await openDatabase('clients');
  await book.pool.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('clients', 'test', 'manual', '2025-06-23T01:00:00Z')`,
  );
  await loadReference(book.pool);
  await seedClients(book.pool, 10_000);
});
afterAll(() => book.close());

/** Number of the first client of a condition. */
const clientOf = (name: string) => {
  const nth = SAMPLE_CONDITIONS.findIndex((condition) => condition.name === name);
  if (nth < 0) throw new RangeError(`no sample condition ${name}`);
  return `C${String(nth + 1).padStart(8, '0')}`;
};
const judge = (clientNo: string, moment: 'application' | 'opening' = 'application', permission = 'HKSC') =>
  inTransaction(book.pool, (sql) => readEligibility(sql, { clientNo, permission, moment }));

test('10,000 clients, some in every condition, seeded once', async () => {
  expect(await seedClients(book.pool, 10_000)).toBe(10_000);
  const { rows } = await book.pool.query('select count(*) from registered_clients');
  expect(rows).toEqual([{ count: 10_000n }]);
  const counts = new Map<string, number>();
  for (let nth = 0; nth < 10_000; nth++) {
    const { name } = conditionOf(nth);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  expect(Math.min(...SAMPLE_CONDITIONS.map(({ name }) => counts.get(name) ?? 0))).toBeGreaterThan(200);
  expect(counts.get('regular')).toBeGreaterThan(5_000);
});

test.each<[condition: string, codes: string[], why: string]>([
  ['regular', [], 'everything is well'],
  ['assets one fen below the minimum', ['ASSETS_BELOW_MINIMUM'], '499,999.99'],
  ['assets at the minimum', [], '500,000.00'],
  ['margin debts take assets below the minimum', ['ASSETS_BELOW_MINIMUM'], '501,000.00 - 1,000.01'],
  ['no account', ['ACCOUNT_NOT_OPEN'], 'class and designation are not judged'],
  ['account closed', ['ACCOUNT_NOT_OPEN'], 'as without one'],
  ['account not qualified', ['ACCOUNT_NOT_QUALIFIED'], 'not standardised'],
  ['account dormant', ['ACCOUNT_NOT_QUALIFIED'], 'dormant is not qualified'],
  ['account designated elsewhere', ['ACCOUNT_NOT_DESIGNATED_HERE'], 'at another broker'],
  ['account designated nowhere', ['ACCOUNT_NOT_DESIGNATED_HERE'], 'at none'],
  ['no risk result', ['RISK_RESULT_MISSING'], 'never answered'],
  ['risk result of an older questionnaire', ['RISK_QUESTIONNAIRE_NOT_NEWEST'], 'the newest must be answered'],
  ['risk result expired yesterday', ['RISK_RESULT_EXPIRED'], 'two years and a day'],
  ['last day of the risk result', [], 'two years to the day'],
  ['conservative', [], 'a warning, never a refusal'],
  ['aggressive', [], 'the other end'],
  ['bad credit record', ['SERIOUS_BAD_CREDIT_RECORD'], 'it stands'],
  ['bad credit record removed today', [], 'removed counts from that day on'],
  ['warned three months ago', ['EXCHANGE_WARNING_RECENT'], 'the day itself still counts'],
  ['warned a day before that', [], 'three months and a day'],
  ['restricted', ['PERSON_RESTRICTED'], 'on the newest approved list'],
  ['institution', [], 'no condition on assets'],
  ['institution without account', ['ACCOUNT_NOT_OPEN'], 'the others hold for it too'],
  [
    'several at once',
    [
      'ACCOUNT_NOT_DESIGNATED_HERE',
      'RISK_RESULT_EXPIRED',
      'ASSETS_BELOW_MINIMUM',
      'SERIOUS_BAD_CREDIT_RECORD',
      'EXCHANGE_WARNING_RECENT',
      'PERSON_RESTRICTED',
    ],
    'all are told together, in their order',
  ],
])('%s: %j', async (condition, codes, _why) => {
  const judged = await judge(clientOf(condition));
  expect(judged.failures.map(({ code }) => code)).toEqual(codes);
  expect(judged.isEligible).toBe(codes.length === 0);
  expect(judged.warnings).toEqual(condition === 'conservative' ? ['RISK_LEVEL_MISMATCH'] : []);
  expect(judged.judgedOn).toBe(TODAY);
});

test('at the opening the assets are not asked again', async () => {
  expect((await judge(clientOf('assets one fen below the minimum'), 'opening')).isEligible).toBe(true);
  expect((await judge(clientOf('restricted'), 'opening')).isEligible).toBe(false);
  await expect(judge('C99999999')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

describe('STAR, by its rows only', () => {
  const clientNo = 'C00000026'; // regular, after the list of conditions
  const codesOf = async (permission = 'STAR') =>
    (await judge(clientNo, 'application', permission)).failures.map(({ code }) => code);
  /** Own assets written down at the end of a day. */
  const closeOf = (day: string, ownFen: bigint) =>
    book.pool.query(
      `insert into client_assets (client_no, as_of, securities_fen, cash_fen, margin_net_fen) values ($1, $2, 0, $3, 0)`,
      [clientNo, day, ownFen],
    );

  test('an average of twenty closes, not the last one: days before anything was written down count as nothing', async () => {
    await book.pool.query(`insert into trading_experience values ($1, '2023-06-23', 'test')`, [clientNo]);
    expect(await codesOf('HKSC')).toEqual([]);
    // CNY 800,025.00 of Sunday is the close of Friday 20 June alone: 800,025 / 20 = 40,001.25.
    const { failures } = await judge(clientNo, 'application', 'STAR');
    expect(failures).toMatchObject([
      { code: 'AVERAGE_ASSETS_BELOW_MINIMUM', found: '40001.25', required: '500000.00', over: 20 },
    ]);
    expect((await judge(clientNo, 'opening', 'STAR')).isEligible).toBe(true);
  });

  test.each([
    ['2025-05-23', 48_420_921n, ['AVERAGE_ASSETS_BELOW_MINIMUM'], 'the sum is a fen short of 20 x 500,000.00'],
    ['2025-05-22', 1n, ['AVERAGE_ASSETS_BELOW_MINIMUM'], 'a close before the twentieth does not count'],
  ])('a close of %s: %j', async (day, ownFen, codes, _why) => {
    // Twenty closes from 23 May to 20 June 2025 (no trading on 2 June): nineteen of x and Friday's 80,002,500 fen.
    await closeOf(day, ownFen);
    expect(await codesOf()).toEqual(codes);
  });

  test('a close that is written down later counts from its day on', async () => {
    // 19 x 48,420,921 + 80,002,500 = 999,999,999: one fen more on any day is the minimum.
    await closeOf('2025-06-19', 48_420_922n);
    expect(await codesOf()).toEqual([]);
  });
});

test('a list that nobody has approved restricts nobody, and the newest approved one counts as a whole', async () => {
  const regular = 'C00000025'; // the first after the list of conditions
  const newList = async (version: number, approver: string | null, effectiveFrom = TODAY as string) => {
    await book.pool.query(
      `insert into restricted_lists (version, sha256, row_count, source, reason, imported_by, decision, decided_by, decided_at,
                                     effective_from)
       values ($1, $2, 1, 'test', 'test', 'compliance-1', $3, $4, $5, $6)`,
      [
        version,
        createHash('sha256').update(String(version)).digest('hex'),
        approver && 'approved',
        approver,
        approver && '2025-06-23T01:00:00Z',
        approver && effectiveFrom,
      ],
    );
    await book.pool.query(
      `insert into restricted_identities (version, line_no, document_type, document_no, cause)
       select $1, 1, document_type, document_no, 'test' from client_identities where client_no = $2`,
      [version, regular],
    );
  };
  await newList(2, null);
  expect((await judge(regular)).isEligible).toBe(true);
  await newList(5, 'compliance-2', '2025-06-24');
  expect((await judge(regular)).isEligible).toBe(true);
  await newList(3, 'compliance-2');
  expect((await judge(regular)).failures.map(({ code }) => code)).toEqual(['PERSON_RESTRICTED']);
  expect((await judge(clientOf('restricted'))).isEligible).toBe(true);
  await expect(newList(4, 'compliance-1')).rejects.toMatchObject({ code: '23514' });
});

describe('a file of restricted persons', () => {
  const HEADER = 'document_type,document_no,cause,listed_on';
  // 11010519491231002X is the worked example of GB 11643, 91350100M000100Y43 that of GB 32100.
  const GOOD = 'RESIDENT_ID,11010519491231002X,法院限制,2025-06-23';
  const csv = (...rows: readonly string[]) => [HEADER, ...rows].join('\r\n');
  const gbk = (text: string) => iconv.encode(text, 'gbk');
  const marked = (text: string) => Buffer.from(`\ufeff${text}`);
  const importing = (content: Buffer, more: Partial<ImportRestrictedList> = {}) =>
    importRestrictedList({ pool: book.pool })({
      content,
      effectiveOn: '2025-06-30' as BusinessDate,
      reason: '名单更新 a newer list',
      actor: { person: 'list-maker' },
      requestKey: randomUUID(),
      requestId: 'test',
      ...more,
    });
  const refusedOf = async (content: Buffer, more: Partial<ImportRestrictedList> = {}) => {
    const told: unknown = await importing(content, more).catch((error: unknown) => error);
    if (!(told instanceof SeveralRefusals)) throw new TypeError(String(told));
    return told.all.map(({ code, details }) => `${code} ${String(details['field'])}`);
  };
  const kept = async () => {
    const { rows } = await book.pool.query<{ lists: bigint; persons: bigint; changes: bigint; told: bigint }>(
      `select (select count(*) from restricted_lists) as lists, (select count(*) from restricted_identities) as persons,
              (select count(*) from parameter_changes) as changes, (select count(*) from outbox) as told`,
    );
    return rows;
  };
  beforeAll(() => enterPeople(book.pool, [{ person: 'list-maker', role: 'compliance' }]));

  test.each<[why: string, content: Buffer, told: string[]]>([
    ['nothing in it', Buffer.alloc(0), ['DOCUMENT_EMPTY content']],
    ['a byte too large', Buffer.alloc(LIST_BYTES + 1, 0x20), ['DOCUMENT_TOO_LARGE content']],
    [
      'two rows that are no GBK, one that is',
      Buffer.concat([
        gbk(csv(GOOD)),
        Buffer.from('\n'),
        Buffer.from([0x80]),
        Buffer.from('\nx\n'),
        Buffer.from([0xff, 0x41]),
      ]),
      ['LIST_ENCODING_UNKNOWN content.rows[3]', 'LIST_ENCODING_UNKNOWN content.rows[5]'],
    ],
    ['UTF-8 without its mark', Buffer.from(csv(GOOD)), ['LIST_ENCODING_UNKNOWN content.rows[2]']],
    [
      'GBK behind the mark of UTF-8',
      Buffer.concat([marked(''), gbk(csv(GOOD))]),
      ['LIST_ENCODING_UNKNOWN content.rows[2]'],
    ],
    [
      'columns in another order',
      gbk('document_no,document_type,cause,listed_on'),
      ['LIST_HEADER_WRONG content.rows[1]'],
    ],
    ['no heading', gbk(GOOD), ['LIST_HEADER_WRONG content.rows[1]']],
    ['a quote that is never closed', gbk(csv('RESIDENT_ID,"110')), ['INPUT_INVALID content.rows[2]']],
    [
      'a cell too few, and one too many',
      gbk(csv('RESIDENT_ID,11010519491231002X,x', `${GOOD},x`)),
      ['INPUT_INVALID content.rows[2]', 'INPUT_INVALID content.rows[3]'],
    ],
    [
      'the same document again, written with a small x; the empty row counts as a row',
      gbk(csv(GOOD, '', 'RESIDENT_ID,11010519491231002x,x,2025-06-22')),
      ['PERSON_LISTED_TWICE content.rows[4].document_no'],
    ],
    [
      'every fault of every row at once',
      gbk(
        csv(
          'RESIDENT_ID,110105194912310021,x,2025-06-23',
          'RESIDENT_ID,990105194902310021,,2025-02-30',
          'LIBRARY_CARD,1,x,2025-06-24',
          'UNIFIED_CREDIT_CODE,91350100M000100Y44,x,23.06.2025',
        ),
      ),
      [
        'INPUT_INVALID content.rows[3].cause',
        'INPUT_INVALID content.rows[3].listed_on',
        'INPUT_INVALID content.rows[4].listed_on',
        'INPUT_INVALID content.rows[5].listed_on',
        'DOCUMENT_TYPE_UNKNOWN content.rows[4].document_type',
        'REGION_UNKNOWN content.rows[3].document_no',
        'BIRTHDAY_INVALID content.rows[3].document_no',
        'CHECK_DIGIT_WRONG content.rows[2].document_no',
        'CHECK_DIGIT_WRONG content.rows[3].document_no',
        'CHECK_DIGIT_WRONG content.rows[5].document_no',
      ],
    ],
  ])('is not taken: %s', async (_why, content, told) => {
    const before = await kept();
    const refusals = await refusedOf(content);
    expect([...refusals].sort()).toEqual([...told].sort());
    expect(await kept()).toEqual(before);
  });

  test('is not taken for a day that is over, nor twice at once, and leaves nothing; a repeated request is the same', async () => {
    const before = await kept();
    const late = { effectiveOn: '2025-06-22' as BusinessDate };
    expect(await refusedOf(gbk(csv(GOOD)), late)).toEqual([
      'EFFECTIVE_DATE_PASSED effectiveOn',
      'TERM_CHANGES_LATER effectiveOn',
    ]);
    expect(await kept()).toEqual(before);
    const requestKey = randomUUID();
    const first = await importing(marked(csv(GOOD)), { requestKey });
    expect(await importing(marked(csv(GOOD)), { requestKey })).toEqual(first);
    await expect(importing(gbk(csv(GOOD)), { requestKey })).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
    expect(await refusedOf(gbk(csv()))).toEqual(['CHANGE_PENDING undefined']);
    const { rows } = await book.pool.query(
      `select i.document_no, i.cause, i.listed_on::text, l.sha256, l.row_count, l.decision
         from restricted_lists l join restricted_identities i using (version) where l.imported_by = 'list-maker'`,
    );
    expect(rows).toEqual([
      {
        document_no: '11010519491231002X',
        cause: '法院限制',
        listed_on: '2025-06-23',
        sha256: createHash('sha256')
          .update(marked(csv(GOOD)))
          .digest('hex'),
        row_count: 1,
        decision: null,
      },
    ]);
    // Personal data stand in the table of their own only.
    const { rows: leaks } = await book.pool.query(
      `select to_jsonb(a)::text as row from audit a where to_jsonb(a)::text ~ '11010519491231002X|法院限制'
       union all select to_jsonb(c)::text from parameter_changes c where to_jsonb(c)::text ~ '11010519491231002X|法院限制'
       union all select to_jsonb(o)::text from outbox o where to_jsonb(o)::text ~ '11010519491231002X|法院限制'`,
    );
    expect(leaks).toEqual([]);
    await expect(
      book.pool.query(`update restricted_lists set row_count = 2 where imported_by = 'list-maker'`),
    ).rejects.toMatchObject({ code: '42501' });
  });
});

describe('the questionnaire', () => {
  const clientNo = clientOf('no risk result');
  const sheet = async () => {
    const { questionnaire } = await inTransaction(book.pool, (sql) => questionnaireInForce(sql, TODAY));
    const first = [...questionnaire.questions].map(([question, options]) => [question, [...options.keys()][0] ?? '']);
    return { version: questionnaire.version, answers: Object.fromEntries(first) as Record<string, string> };
  };

  test('answered, scored, kept with its answers, and the client may go on', async () => {
    const { version, answers } = await sheet();
    const filled = { key: 'sheet-1', clientNo, version, answers, by: 'client-1' };
    const first = await answerQuestionnaire(book.pool, filled);
    // The first option of each: 9 + 2 + seven products at 0 + 0 + 2 + 3 + 0 + 3 + 0 + 9 + 0 + 2 = 30.
    expect(first).toEqual({
      faults: [],
      result: {
        score: 30,
        class: 'CONSERVATIVE',
        level: 'RATHER_CONSERVATIVE',
        answeredOn: TODAY,
        validThrough: '2027-06-23',
      },
    });
    expect(await answerQuestionnaire(book.pool, filled)).toEqual(first);
    const { rows } = await book.pool.query('select answers from risk_results where client_no = $1', [clientNo]);
    expect(rows).toEqual([{ answers }]);
    expect((await judge(clientNo)).isEligible).toBe(true);
  });

  test('every faulty answer is told at once, in the order of the questions, and nothing is kept', async () => {
    const { version, answers } = await sheet();
    const faulty = { ...answers, q12: 'Z', q1: '', q3_fx: 'E' };
    const answered = await answerQuestionnaire(book.pool, {
      key: 'sheet-2',
      clientNo,
      version,
      answers: faulty,
      by: 'client-1',
    });
    expect(answered.faults).toEqual([
      { code: 'ANSWER_MISSING', question: 'q1' },
      { code: 'ANSWER_NOT_OFFERED', question: 'q3_fx' },
      { code: 'ANSWER_NOT_OFFERED', question: 'q12' },
    ]);
    const { rows } = await book.pool.query(`select count(*) from risk_results where answer_key = 'sheet-2'`);
    expect(rows).toEqual([{ count: 0n }]);
  });

  test('a revised questionnaire and a client who is not there are refused', async () => {
    const { answers } = await sheet();
    const filled = { key: 'sheet-3', clientNo, version: 'older', answers, by: 'client-1' };
    await expect(answerQuestionnaire(book.pool, filled)).rejects.toMatchObject({ code: 'QUESTIONNAIRE_REVISED' });
    await expect(answerQuestionnaire(book.pool, { ...filled, clientNo: 'C99999999' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

test('a production book takes no sample clients', async () => {
  const production = await openDatabase('clients production');
  try {
    await production.pool.query(
      `insert into business_clock (book_name, book_kind, mode) values ('p', 'production', 'real')`,
    );
    await loadReference(production.pool);
    await expect(seedClients(production.pool, 10)).rejects.toMatchObject({ code: 'NOT_A_REHEARSAL' });
  } finally {
    await production.close();
  }
});
