/** What failed when a file could not be received: the world, which comes back, or the file and ourselves, which do not. */
import { CancelledFailure } from '@temporalio/activity';

/**
 * SQLSTATE classes of a database that is away, overloaded or stopping: connection, rollback, resources, locks, operator,
 * system. All others are about what it was asked.
 */
const OUTAGE_CLASSES = new Set(['08', '40', '53', '55', '57', '58']);
/** Connections that break or are not to be had, and a process that has too many files open. */
const OUTAGE_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EMFILE',
  'ENFILE',
]);
/** pg says these without a code. */
const OUTAGE_WORDS =
  /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error/i;

/** The parts of a failure that tell what it is; whatever was thrown may have them. */
const partsOf = (failure: unknown): { readonly code?: unknown; readonly name?: unknown; readonly message?: unknown } =>
  typeof failure === 'object' && failure !== null ? failure : {};

/** Whether trying again later may help without anybody doing something about the file. */
export function isOutage(failure: unknown): boolean {
  if (failure instanceof CancelledFailure) return true;
  const { code } = partsOf(failure);
  if (typeof code !== 'string') return OUTAGE_WORDS.test(failureText(failure));
  return OUTAGE_CODES.has(code) || (/^[0-9A-Z]{5}$/.test(code) && OUTAGE_CLASSES.has(code.slice(0, 2)));
}

/** A word for people and technology: the code of the failure, else its kind. No text, which might quote the file. */
export function failureCode(failure: unknown): string {
  const { code, name } = partsOf(failure);
  return [code, name].find((word) => typeof word === 'string') ?? 'unknown';
}

/** The failure's own text, cut short, for those who look into the books. */
export function failureText(failure: unknown): string {
  const { message } = partsOf(failure);
  return typeof message === 'string' ? message.slice(0, 300) : '';
}
