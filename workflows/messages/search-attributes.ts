/** What a supervisor filters processes by in the Temporal Web UI. Never personal: references and words of the field. */
import { defineSearchAttributeKey } from '@temporalio/common';

/** Type of the process, e.g. `settlementDay`. */
export const ProcessType = defineSearchAttributeKey('ProcessType', 'KEYWORD');
/** Business key of the process, e.g. `SH:2025-06-23`. */
export const BusinessKey = defineSearchAttributeKey('BusinessKey', 'KEYWORD');
/** Business date, YYYY-MM-DD. */
export const BusinessDateKey = defineSearchAttributeKey('BusinessDate', 'KEYWORD');
/** Where the process stands, an English phrase. */
export const Stage = defineSearchAttributeKey('Stage', 'KEYWORD');
/** `client` or `proprietary`; left away where both are in one process. */
export const SideKey = defineSearchAttributeKey('Side', 'KEYWORD');
/** Branch, where the process belongs to one. */
export const Branch = defineSearchAttributeKey('Branch', 'KEYWORD');
/** Role that is waited for; of several the one that is due first. */
export const AssigneeRole = defineSearchAttributeKey('AssigneeRole', 'KEYWORD');
/** The earliest instant at which something is due. */
export const DueAt = defineSearchAttributeKey('DueAt', 'DATETIME');
/** True once a deadline passed unmet. */
export const Breached = defineSearchAttributeKey('Breached', 'BOOL');
/** True in a book that is no production. */
export const Rehearsal = defineSearchAttributeKey('Rehearsal', 'BOOL');
