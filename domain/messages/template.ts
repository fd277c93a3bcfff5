/**
 * Texts of messages: a template with named places, filled from facts.
 *
 * A place is written {name}. Which facts a template needs, and of which kind, is part of it: a message is never sent with
 * a hole in it, and a template that asks for a fact nobody declared is refused when it is loaded.
 */
import type { Dated } from '../dated';
import type { MoneyText } from '../money';
import type { Words } from './words';

/** text: the same in both languages; words: one text a language; money: an amount with its currency; date YYYY-MM-DD; count. */
export const FACT_KINDS = ['text', 'words', 'money', 'date', 'count'] as const;
export type FactKind = (typeof FACT_KINDS)[number];

/** Amounts are money, never bare text: so the currency cannot be forgotten. */
export type Fact = string | Words | MoneyText;
export type Facts = Readonly<Record<string, Fact>>;

export interface RequiredFact {
  readonly name: string;
  readonly kind: FactKind;
}

export interface MessageTemplate extends Dated {
  readonly code: string;
  readonly version: number;
  readonly purpose: string;
  readonly subject: Words;
  readonly text: Words;
  readonly requiredFacts: readonly RequiredFact[];
}

export type Rendered =
  | { readonly subject: Words; readonly text: Words; readonly missing?: undefined }
  /** Names of the facts that are missing or not of their kind; nothing may be sent. */
  | { readonly missing: readonly [string, ...string[]] };

const PLACE = /\{([^{}]*)\}/g;
const NAME = /^[a-z][A-Za-z0-9]*$/;

/**
 * The list of required facts as it stands in the reference data: `date:date;missing:money`.
 * @throws RangeError for an unknown kind, a name that is none, or a name twice
 */
export function requiredFactsOf(listed: string): readonly RequiredFact[] {
  const facts = listed
    .split(';')
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', kindName = ''] = part.split(':');
      const kind = FACT_KINDS.find((one) => one === kindName);
      if (kind === undefined || !NAME.test(name)) throw new RangeError(`"${part}" is no required fact (name:kind)`);
      return { name, kind };
    });
  const twice = facts.find(({ name }, at) => facts.findIndex((other) => other.name === name) !== at);
  if (twice !== undefined) throw new RangeError(`the fact ${twice.name} is required twice`);
  return facts;
}

/** What is wrong with a template: places without a required fact, required facts that one language does not tell. */
export function templateDefects({ subject, text, requiredFacts }: MessageTemplate): readonly string[] {
  const required = requiredFacts.map(({ name }) => name);
  return (['zh', 'en'] as const).flatMap((language) => {
    const told = placesOf(`${subject[language]}${text[language]}`);
    return [
      ...told.filter((name) => !required.includes(name)).map((name) => `${language}: unknown place {${name}}`),
      ...required.filter((name) => !told.includes(name)).map((name) => `${language}: does not tell {${name}}`),
    ];
  });
}

/** Subject and text filled with the facts, or what is missing; all of it at once, in the order of the template. */
export function renderedMessage(template: MessageTemplate, facts: Facts): Rendered {
  const written = new Map<string, Words>();
  const missing: string[] = [];
  for (const { name, kind } of template.requiredFacts) {
    const words = writtenFact(kind, facts[name]);
    if (words === undefined) missing.push(name);
    else written.set(name, words);
  }
  const [first, ...others] = missing;
  if (first !== undefined) return { missing: [first, ...others] };
  const fill = (words: Words): Words => ({ zh: filled(words.zh, written, 'zh'), en: filled(words.en, written, 'en') });
  return { subject: fill(template.subject), text: fill(template.text) };
}

const CURRENCY_ZH = { CNY: '元', HKD: '港元', USD: '美元', GBP: '英镑' } as const;

/** A fact as each language writes it; undefined where it is missing, empty or of another kind. */
function writtenFact(kind: FactKind, fact: Fact | undefined): Words | undefined {
  if (fact === undefined) return undefined;
  if (kind === 'money') return isMoney(fact) ? writtenMoney(fact) : undefined;
  if (kind === 'words') return typeof fact === 'object' && 'zh' in fact && fact.zh && fact.en ? fact : undefined;
  if (typeof fact !== 'string' || !FORM[kind].test(fact)) return undefined;
  return { zh: fact, en: fact };
}

const FORM = { text: /\S/, date: /^\d{4}-\d{2}-\d{2}$/, count: /^\d+$/ } as const;

const isMoney = (fact: Fact): fact is MoneyText =>
  typeof fact === 'object' && 'amount' in fact && fact.currency in CURRENCY_ZH && /^-?\d+\.\d{2}$/.test(fact.amount);

const writtenMoney = ({ currency, amount }: MoneyText): Words => ({
  zh: `${amount} ${CURRENCY_ZH[currency]}`,
  en: `${currency} ${amount}`,
});

const placesOf = (text: string): readonly string[] => [...text.matchAll(PLACE)].map(([, name = '']) => name);

const filled = (text: string, written: ReadonlyMap<string, Words>, language: 'zh' | 'en'): string =>
  text.replaceAll(PLACE, (_, name: string) => written.get(name)?.[language] ?? '');
