/** Public face of a sample and of what is inspected of it. */
export interface SampleInput {
  /** Kind and period: `complaints:2025-06`. */
  readonly sampleNo: string;
}

export interface SampleResult {
  readonly population: number;
  readonly size: number;
}

export interface InspectionInput {
  readonly inspectionId: string;
}

export type InspectionEnd = 'nothing found' | 'corrected';
