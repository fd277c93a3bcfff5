/**
 * One thing that is wrong with a file, with the place and the figures that let a person check it.
 *
 * Values are texts as in the file; computed values are texts in the same unit. Attributes that say nothing for a class
 * are absent.
 */
import type { FindingOutcome } from './finding-class-entry';
import { findingClassEntry, type FindingClass } from './finding-classes';

/** The same sentence in both languages. */
export interface BothLanguages {
  readonly zh: string;
  readonly en: string;
}

/** Where it is and what it shows. */
export interface FindingPlace {
  /** Physical record number from 1, deleted records counted; in text files the line of data from 1. */
  readonly row?: number;
  /** The field; for keys the names joined with `+`. */
  readonly field?: string;
  readonly value?: string;
  readonly fileValue?: string;
  readonly computed?: string;
  /** Records that the header names, and whole records found. */
  readonly header?: number;
  readonly found?: number;
  /** Rows that one finding stands for. */
  readonly count?: number;
  /** The earlier row with the same key. */
  readonly firstRow?: number;
  readonly key?: readonly string[];
}

export interface Finding extends FindingPlace {
  readonly class: FindingClass;
  readonly outcome: FindingOutcome;
  readonly reason: BothLanguages;
}

/** A finding with the outcome of its class and its sentence, followed by what is special here. */
export function finding(name: FindingClass, place: FindingPlace, detail?: BothLanguages): Finding {
  const { outcome, zh, en } = findingClassEntry(name);
  return {
    class: name,
    outcome,
    ...place,
    reason: detail === undefined ? { zh, en } : { zh: `${zh}${detail.zh}`, en: `${en} ${detail.en}` },
  };
}

/** Whether findings keep the file from being taken. */
export function refuses(findings: readonly Finding[]): boolean {
  return findings.some((one) => one.outcome === 'refused');
}

/**
 * The findings that count once the whole file is read: a file with a refusal in its values goes no further, so what
 * the checks of rows found meanwhile is left out.
 */
export function countingFindings(findings: readonly Finding[]): readonly Finding[] {
  const stageOf = (one: Finding) => findingClassEntry(one.class).stage;
  if (!findings.some((one) => stageOf(one) === 'values')) return findings;
  return findings.filter((one) => stageOf(one) === 'structure' || stageOf(one) === 'values');
}
