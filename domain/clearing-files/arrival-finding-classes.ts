/** What can be wrong with a clearing file itself, whatever it holds: whether and when it came, under which name and version. */
import type { FindingClassEntry } from './finding-class-entry';

export const arrivalFindingClasses = [
  { class: 'MISSING_FILE', stage: 'arrival', outcome: 'alarm', zh: '文件未到。', en: 'The file is not there.' },
  { class: 'LATE_FILE', stage: 'arrival', outcome: 'alarm', zh: '文件迟到。', en: 'The file arrived late.' },
  {
    class: 'SAME_FILE_AGAIN',
    stage: 'arrival',
    outcome: 'info',
    zh: '与现行版本完全相同，不作变更。',
    en: 'The same bytes as the version in force; nothing changes.',
  },
  {
    class: 'NEWER_VERSION',
    stage: 'arrival',
    outcome: 'info',
    zh: '新版本文件，替换现行版本。',
    en: 'A newer version replaces the version in force.',
  },
  {
    class: 'VERSION_NOT_HIGHER',
    stage: 'arrival',
    outcome: 'refused',
    zh: '内容不同而版本号不高于现行版本，未采用。',
    en: 'Other bytes, but no higher version than the one in force; it is not taken.',
  },
  {
    class: 'UNKNOWN_NAME',
    stage: 'arrival',
    outcome: 'refused',
    zh: '文件名不符合任何接口规定，未采用。',
    en: 'No layout knows a file of this name; it is not taken.',
  },
  {
    class: 'CHANGED_AFTER_ARRIVAL',
    stage: 'arrival',
    outcome: 'refused',
    zh: '文件在到达后被改写或移走，到达时的内容已无法读取，未采用。',
    en: 'The file was overwritten or taken away after it had arrived; what arrived cannot be read and is not taken.',
  },
  {
    class: 'NOT_RECEIVED',
    stage: 'arrival',
    outcome: 'refused',
    zh: '收取文件时发生系统错误，未采用。',
    en: 'The system failed over this file; it is not taken.',
  },
] as const satisfies readonly FindingClassEntry[];
