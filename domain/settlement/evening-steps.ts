/**
 * The steps of the evening, in their order, and what each needs. A refused or missing file holds the steps that need it - only
 * those - and with them the sections of the day's report that they make (clearing files, section 7; S18).
 */

export interface EveningStep {
  readonly step: string;
  /** Kinds of files that must be in force, all parts of them. */
  readonly needs: readonly string[];
  /** Steps that must be done before. */
  readonly after: readonly string[];
  /** Sections of the report that are held with the step; a dot names a part of a section. */
  readonly sections: readonly string[];
}

/** What is done before the steps: which files lack, what they say of one another, what rests on none any more. */
export const COMPARISON = 'comparison';

const MONEY_SECTIONS = ['cash', 'preClearingNegative', 'overdrafts', 'advances', 'clientMoneyIdentity'];

export const eveningSteps: readonly EveningStep[] = [
  { step: 'reference rates', needs: ['hk_ckhl'], after: [], sections: ['rates.reference'] },
  {
    step: 'settlement ratios',
    needs: ['hk_tzxx'],
    after: [],
    sections: ['rates.settlement', 'corporateActions.split'],
  },
  { step: 'account movements', needs: ['hk_zjbd'], after: [], sections: ['clientMoneyIdentity'] },
  {
    step: 'account balances',
    needs: ['hk_zjye'],
    after: [],
    sections: ['accounts.reserve', 'accounts.riskFund', 'clientMoneyIdentity'],
  },
  {
    step: 'bank statements',
    needs: ['bank_client', 'bank_own'],
    after: [],
    sections: ['accounts.bank', 'clientMoneyIdentity'],
  },
  { step: 'client cash', needs: ['counter_cash'], after: [], sections: MONEY_SECTIONS },
  { step: 'trades', needs: [], after: [], sections: MONEY_SECTIONS },
  { step: 'portfolio fee', needs: [], after: [], sections: MONEY_SECTIONS },
  {
    step: 'entitlements',
    needs: ['hk_jsmx'],
    after: [],
    sections: ['corporateActions.dividends', 'corporateActions.takeover', 'portfolioFee', ...MONEY_SECTIONS],
  },
  { step: 'share movements', needs: ['hk_zqbd'], after: [], sections: ['positions', 'corporateActions.bonus'] },
  {
    step: 'pre-clearing',
    needs: ['hk_jsmx', 'counter_trades'],
    after: [],
    sections: ['trades', 'feesHKD', 'preClearing'],
  },
  {
    step: 'repayments',
    needs: [],
    after: ['client cash', 'trades', 'portfolio fee', 'entitlements'],
    sections: MONEY_SECTIONS,
  },
  { step: 'client figures', needs: ['hk_jsmx'], after: ['repayments'], sections: MONEY_SECTIONS },
  { step: 'overdrafts', needs: ['hk_jsmx'], after: ['client figures'], sections: ['overdrafts', 'advances'] },
  { step: 'own portfolio fee', needs: ['hk_jsmx', 'hkexclpr04'], after: ['share movements'], sections: [] },
  {
    step: 'risk money',
    needs: ['hk_jsmx', 'hk_tzxx', 'hkexclpr04'],
    after: ['share movements'],
    sections: ['riskMoney'],
  },
  { step: 'forecast', needs: ['hk_jsmx', 'hk_zjye'], after: ['risk money'], sections: ['forecastNext'] },
  {
    step: 'reconciliation',
    needs: [
      'hk_zqye',
      'hk_zjye',
      'hk_zjhz',
      'hk_zjbd',
      'bank_client',
      'bank_own',
      'counter_trades',
      'HK_YWHB',
      'reff04',
      'elections',
    ],
    after: ['account movements', 'overdrafts', 'own portfolio fee', 'forecast', 'pre-clearing'],
    sections: ['reconciliation'],
  },
];

/** Which steps are held, each with the files or steps that hold it. */
export function heldSteps(
  steps: readonly EveningStep[],
  inForce: (kind: string) => boolean,
): ReadonlyMap<string, readonly string[]> {
  const held = new Map<string, readonly string[]>();
  for (const { step, needs, after } of steps) {
    const causes = [...needs.filter((kind) => !inForce(kind)), ...after.flatMap((before) => held.get(before) ?? [])];
    if (causes.length > 0) held.set(step, [...new Set(causes)]);
  }
  return held;
}
