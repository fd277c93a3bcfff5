/**
 * Risk money with other terms than those in force: what a trial changes, and why it is refused (A4 §25; what-if on tomorrow).
 *
 * Rates and multipliers as text with up to eight digits behind the point, none below zero; credit in fen.
 */
import type { BusinessDate } from '../calendar/business-date';
import { BusinessError } from '../errors';
import { parseRate } from '../scaled';
import type { MarginModel, SecurityRiskRate } from './risk-money';

/** What risk money of an evening is computed with. */
export interface RiskTerms {
  readonly model: MarginModel;
  /** The flat model as it was last in force: also answers what it would ask. */
  readonly flatModel: Extract<MarginModel, { model: 'flat22' }>;
  readonly rates: readonly SecurityRiskRate[];
  readonly creditFen: bigint;
  readonly nettedOverSecurities: boolean;
}

/** What is tried; left away: as in force. */
export interface TriedTerms {
  readonly model?: MarginModel['model'] | undefined;
  /** Of the flat model. */
  readonly rate?: string | undefined;
  readonly multiplier?: string | undefined;
  /** Of the parameter file, by security. */
  readonly rates?: readonly { readonly code: string; readonly rate: string }[] | undefined;
  readonly creditFen?: bigint | undefined;
  readonly nettedOverSecurities?: boolean | undefined;
}

/**
 * The terms with what is tried put in their place.
 * @param date from which a tried rate counts: the evening itself, so that it is the newest
 */
export function termsTried(inForce: RiskTerms, tried: TriedTerms, date: BusinessDate): RiskTerms {
  const flatModel = {
    model: 'flat22' as const,
    rateE12: tried.rate === undefined ? inForce.flatModel.rateE12 : parseRate(tried.rate),
    multiplierE12: tried.multiplier === undefined ? inForce.flatModel.multiplierE12 : parseRate(tried.multiplier),
  };
  const rates = tried.rates ?? [];
  const others = inForce.rates.filter(({ code }) => !rates.some((rate) => rate.code === code));
  return {
    model: (tried.model ?? inForce.model.model) === 'rpf' ? { model: 'rpf' } : flatModel,
    flatModel,
    rates: [...others, ...rates.map(({ code, rate }) => ({ code, rateE12: parseRate(rate), from: date }))],
    creditFen: tried.creditFen ?? inForce.creditFen,
    nettedOverSecurities: tried.nettedOverSecurities ?? inForce.nettedOverSecurities,
  };
}

/**
 * All that apply: a trial that names nothing, one security twice, a security of which nobody knows anything, or a term that the
 * model does not read. A trial that silently changed nothing would be believed.
 *
 * @param unsettled securities of the evening's unsettled trades: of these a rate may be tried before there is one
 */
export function refusalsOfTrial(
  inForce: Pick<RiskTerms, 'model' | 'rates'>,
  tried: TriedTerms,
  given: { readonly date: BusinessDate; readonly unsettled: readonly string[] },
): readonly BusinessError[] {
  const model = tried.model ?? inForce.model.model;
  const codes = (tried.rates ?? []).map(({ code }) => code);
  const known = new Set([...inForce.rates.map(({ code }) => code), ...given.unsettled]);
  const named = Object.values(tried).filter((value) => value !== undefined);
  const unread = model === 'rpf' ? (['rate', 'multiplier'] as const) : (['rates'] as const);
  const invalid = (field: string, reason: string) => new BusinessError('INPUT_INVALID', { field, reason });
  return [
    ...(named.length === 0 ? [invalid('body', '至少试算一项条件 at least one term to try')] : []),
    ...(tried.rates?.length === 0 ? [invalid('rates', '至少一只证券 at least one security')] : []),
    ...(new Set(codes).size < codes.length ? [invalid('rates', '每只证券一个比率 one rate a security')] : []),
    ...[...new Set(codes)]
      .filter((code) => !known.has(code))
      .map((code) => new BusinessError('TERM_UNKNOWN', { code: `MARGIN ${code}`, date: given.date, field: 'rates' })),
    ...unread
      .filter((field) => tried[field] !== undefined)
      .map((field) => new BusinessError('TERM_NOT_READ', { code: `${field} (${model})`, field })),
  ];
}
