import { renderedMessage, requiredFactsOf, templateDefects, type Facts } from '../../../domain/messages/template';
import { readReference } from '../../../prisma/reference';

const template = (zh: string, en: string, facts: string) => ({
  code: 'T',
  version: 1,
  purpose: 'alarm',
  subject: { zh: '主题', en: 'subject' },
  text: { zh, en },
  requiredFacts: requiredFactsOf(facts),
  validFrom: '2025-01-01',
  validTo: null,
});

const SHORT = template(
  '{date} {side}缺口 {missing}',
  '{date}: {side} short by {missing}',
  'date:date;side:words;missing:money',
);
const facts: Facts = {
  date: '2025-06-26',
  side: { zh: '客户', en: 'client' },
  missing: { currency: 'CNY', amount: '1234.50' },
};

it.each<[string, Facts, string]>([
  [
    'all there: amounts stand with their currency',
    facts,
    '2025-06-26 客户缺口 1234.50 元|2025-06-26: client short by CNY 1234.50',
  ],
  [
    'another currency',
    { ...facts, missing: { currency: 'HKD', amount: '-0.01' } },
    '2025-06-26 客户缺口 -0.01 港元|2025-06-26: client short by HKD -0.01',
  ],
  [
    'a fact that looks like a place is not filled again',
    { ...facts, side: { zh: '{date}', en: '{date}' } },
    '2025-06-26 {date}缺口 1234.50 元|2025-06-26: {date} short by CNY 1234.50',
  ],
  [
    'one more than needed does no harm',
    { ...facts, more: 'x' },
    '2025-06-26 客户缺口 1234.50 元|2025-06-26: client short by CNY 1234.50',
  ],
])('fills a text: %s', (_why, given, text) => {
  const rendered = renderedMessage(SHORT, given);
  expect(rendered.missing === undefined && `${rendered.text.zh}|${rendered.text.en}`).toBe(text);
});

it.each<[string, Facts, readonly string[]]>([
  ['nothing given: all at once, in order', {}, ['date', 'side', 'missing']],
  ['an amount without currency', { ...facts, missing: '1234.50' }, ['missing']],
  ['a currency that nobody knows', { ...facts, missing: { currency: 'XXX', amount: '1.00' } as never }, ['missing']],
  ['one decimal', { ...facts, missing: { currency: 'CNY', amount: '1.5' } }, ['missing']],
  ['words in one language', { ...facts, side: { zh: '客户', en: '' } }, ['side']],
  ['words as bare text', { ...facts, side: 'client' }, ['side']],
  ['no date', { ...facts, date: 'tomorrow' }, ['date']],
  ['an empty date', { ...facts, date: '' }, ['date']],
])('sends nothing with a hole in it: %s', (_why, given, missing) => {
  expect(renderedMessage(SHORT, given)).toEqual({ missing });
});

it.each([
  ['text', 'x', ' '],
  ['count', '0', '-1'],
  ['count', '12', '1.5'],
])('%s takes "%s" and not "%s"', (kind, good, bad) => {
  const one = template('{x}', '{x}', `x:${kind}`);
  expect(renderedMessage(one, { x: good }).missing).toBeUndefined();
  expect(renderedMessage(one, { x: bad })).toEqual({ missing: ['x'] });
});

it.each([
  ['a place in one language that nobody fills', '{date}{who}', '{date}', 'date:date', ['zh: unknown place {who}']],
  ['a fact that English does not tell', '{date}', 'soon', 'date:date', ['en: does not tell {date}']],
  ['an empty place', '{date}{}', '{date}', 'date:date', ['zh: unknown place {}']],
  ['whole', '{date}', '{date}', 'date:date', []],
])('a template is judged when it is loaded: %s', (_why, zh, en, required, defects) => {
  expect(templateDefects(template(zh, en, required))).toEqual(defects);
});

it.each([
  ['an unknown kind', 'a:number'],
  ['no kind', 'a'],
  ['no name', ':text'],
  ['a name that is none', 'A b:text'],
  ['twice', 'a:text;a:date'],
])('refuses required facts: %s', (_why, listed) => {
  expect(() => requiredFactsOf(listed)).toThrow(RangeError);
});

it('has texts of the product that can all be filled, each with a purpose and a way to go', () => {
  const { messageTemplates, messagePurposes, deliverySteps } = readReference();
  for (const row of messageTemplates) {
    const { template: code, requiredFacts, ...rest } = row;
    expect([code, templateDefects({ ...rest, code, requiredFacts: requiredFactsOf(requiredFacts) })]).toEqual([
      code,
      [],
    ]);
    expect(messagePurposes.map(({ purpose }) => purpose)).toContain(row.purpose);
  }
  for (const { purpose } of messagePurposes) {
    expect(deliverySteps.filter((step) => step.purpose === purpose).at(-1)?.waitMinutes).toBeNull();
  }
});
