/** After which services clients are asked whether they were satisfied (complaints page, "Satisfaction"). */
import type { Words } from '../messages/words';

export const SURVEY_OCCASIONS = ['mobile opening', 'telephone consulting', 'online consulting'] as const;
export type SurveyOccasion = (typeof SURVEY_OCCASIONS)[number];

/** How they are called when a client is asked. */
export const SURVEY_OCCASION_NAMES: Readonly<Record<SurveyOccasion, Words>> = {
  'mobile opening': { zh: '手机开通', en: 'opening on the mobile phone' },
  'telephone consulting': { zh: '电话咨询', en: 'consulting by telephone' },
  'online consulting': { zh: '在线咨询', en: 'consulting online' },
};
