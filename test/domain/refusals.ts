import { BusinessError, type ErrorCode } from '../../domain/errors';

/** The refusal that a question ends with; anything else that it throws is thrown on. */
export function refusalOf(question: () => unknown): BusinessError | undefined {
  try {
    question();
  } catch (error) {
    if (error instanceof BusinessError) return error;
    throw error;
  }
  return undefined;
}

/** The code of the refusal that a question ends with. */
export const codeOf = (question: () => unknown): ErrorCode | undefined => refusalOf(question)?.code;
