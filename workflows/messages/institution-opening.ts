/** Public face of an opening by an institution. */

/** `institution-opening:HKSC:P20250623-000001`, kind of permission and number of the request. */
export interface InstitutionOpeningInput {
  readonly requestNo: string;
}

export type InstitutionOpeningEnd = 'done' | 'withdrawn' | 'lapsed' | 'refused';
