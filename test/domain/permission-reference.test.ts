/** Kinds of permission, question banks and agreements as reviewed: whole, in both languages, and each naming what there is. */
import { isInForce } from '../../domain/dated';
import { parseBusinessDate } from '../../domain/calendar/business-date';
import { readPermissionReference } from '../../prisma/permission-reference';
import { readReference } from '../../prisma/reference';

const { permissionTypes, testQuestions, agreementTexts, eligibilityTerms } = readPermissionReference();
const TODAY = parseBusinessDate('2025-06-23');
const chinese = /[\u4e00-\u9fff]/;

it.each(permissionTypes.map((type) => [type.permission, type] as const))(
  '%s: bank and agreements are there',
  (_, type) => {
    const bank = testQuestions.filter((row) => row.bank === type.testBank && isInForce(row, TODAY));
    expect(new Set(bank.map(({ version }) => version)).size).toBe(1);
    expect(bank.length).toBeGreaterThanOrEqual(type.testBankMinimum);
    // Three attempts of a day need not ask anything again; of Southbound the spec asks for a hundred.
    expect(type.testBankMinimum).toBeGreaterThanOrEqual(type.permission === 'HKSC' ? 100 : 3 * type.testQuestions);
    for (const agreement of type.agreements) {
      const texts = agreementTexts.filter((text) => text.agreement === agreement && isInForce(text, TODAY));
      expect([agreement, texts.map(({ approvedBy }) => approvedBy !== null)]).toEqual([agreement, [true]]);
      expect(type.documents).toContain(agreement);
    }
  },
);

it('what one kind differs in is rows: each kind has terms whose parameters there are', () => {
  const { parameters } = readReference();
  for (const { permission } of permissionTypes) {
    const rows = eligibilityTerms.filter((row) => row.permission === permission && isInForce(row, TODAY));
    expect([permission, rows.length > 0]).toEqual([permission, true]);
    for (const { parameter } of rows) expect(parameters.map(({ code }) => code)).toContain(parameter);
  }
});

it('every question is asked once, in both languages, with four different options', () => {
  for (const text of ['questionZh', 'questionEn'] as const) {
    expect(new Set(testQuestions.map((row) => row[text])).size).toBe(testQuestions.length);
  }
  for (const { questionNo, questionZh, optionsZh, optionsEn } of testQuestions) {
    expect([questionNo, chinese.test(questionZh)]).toEqual([questionNo, true]);
    expect([questionNo, new Set(optionsZh).size, new Set(optionsEn).size]).toEqual([questionNo, 4, 4]);
  }
});

it('no letter is right much more often than another', () => {
  const counts = ['A', 'B', 'C', 'D'].map((letter) => testQuestions.filter((row) => row.rightOption === letter).length);
  expect(Math.min(...counts)).toBeGreaterThanOrEqual(20);
});

it('questions that ask for a number of the house agree with the parameters', () => {
  const right = (about: string) => {
    const row = testQuestions.find(({ questionZh }) => questionZh.includes(about));
    return row?.optionsEn['ABCD'.indexOf(row.rightOption)];
  };
  const parameter = (code: string) =>
    readReference().parameters.find((row) => row.code === code && isInForce(row, TODAY))?.value ?? '';
  expect(right('自有资产按本公司规定不得低于')).toBe(
    `CNY ${Number(parameter('ASSETS_MINIMUM_CNY')).toLocaleString('en-US')}`,
  );
  expect(right('测评结果对港股通申请的有效期')).toBe({ 2: 'Two years' }[parameter('RISK_RESULT_VALID_YEARS')]);
  expect(right('资料保存期限不少于')).toBe({ 20: 'Twenty years' }[parameter('RETENTION_YEARS')]);
});
