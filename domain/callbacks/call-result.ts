/**
 * What came of a call: whether its result can be taken, how the callback ends by it, and what follows.
 *
 * Source    A2 §5; complaints page, "Callback, as a service of its own".
 * Doubtful  A trouble answer, or what the caller heard besides and wrote down, makes the callback doubtful.
 * Ends      A talk and a refusal to talk end the callback at once; attempts that reached nobody end it when none is left, by decision.
 */
import { BusinessError } from '../errors';

export const CALL_RESULTS = ['reached', 'no answer', 'wrong number', 'refused'] as const;
export type CallResult = (typeof CALL_RESULTS)[number];

/** `withdrawn`: what the client was to be called about is over. */
export type CallbackOutcome = 'confirmed' | 'doubtful' | 'refused' | 'unreachable' | 'withdrawn';

/** Kind of the document that a callback leaves in the file of the client. */
export const CALLBACK_RECORD = 'callback record';

/** An answer that is offered; `followUp`: what it brings where it means trouble. */
export interface OfferedAnswer {
  readonly answer: string;
  readonly zh: string;
  readonly en: string;
  readonly followUp: string | null;
}

export interface ScriptQuestion {
  readonly question: string;
  readonly zh: string;
  readonly en: string;
  readonly answers: readonly OfferedAnswer[];
}

/** A call as its caller tells of it. */
export interface ToldCall {
  readonly result: CallResult;
  /** Answer by question. */
  readonly answers: Readonly<Record<string, string>>;
  /** What was heard besides and makes the caller doubt. */
  readonly doubt?: string | undefined;
  readonly hasRecording: boolean;
}

/** Everything that speaks against the result, at once, each with its field. */
export function callFaults(call: ToldCall, script: readonly ScriptQuestion[]): readonly BusinessError[] {
  const { result, answers, doubt, hasRecording } = call;
  const given = Object.entries(answers);
  const isTalk = result === 'reached';
  const recording =
    (isTalk || result === 'refused') && !hasRecording
      ? [new BusinessError('RECORDING_MISSING', { field: 'recording' })]
      : [];
  if (!isTalk) {
    const field = given.length > 0 ? 'answers' : 'doubt';
    const isTold = given.length > 0 || doubt !== undefined;
    return isTold ? [new BusinessError('ANSWERS_WITHOUT_TALK', { result, field }), ...recording] : recording;
  }
  const unknown = given
    .filter(([question]) => !script.some((one) => one.question === question))
    .map(([question]) => new BusinessError('CALLBACK_QUESTION_UNKNOWN', { question, field: `answers.${question}` }));
  const wrong = script.flatMap(({ question, answers: offered }) => {
    const field = `answers.${question}`;
    const answer = answers[question];
    if (answer === undefined) return [new BusinessError('CALLBACK_ANSWER_MISSING', { question, field })];
    if (offered.some((one) => one.answer === answer)) return [];
    const words = offered.map((one) => one.answer).join(', ');
    return [new BusinessError('CALLBACK_ANSWER_NOT_OFFERED', { question, answers: words, field })];
  });
  return [...unknown, ...wrong, ...recording];
}

/** How the callback ends by this call; null: it goes on. */
export function outcomeOf(call: ToldCall, script: readonly ScriptQuestion[]): CallbackOutcome | null {
  if (call.result === 'refused') return 'refused';
  if (call.result !== 'reached') return null;
  return call.doubt !== undefined || troublesOf(call.answers, script).length > 0 ? 'doubtful' : 'confirmed';
}

/** What the answers bring, each once, in the order of the script. */
export const troublesOf = (
  answers: Readonly<Record<string, string>>,
  script: readonly ScriptQuestion[],
): readonly string[] => [
  ...new Set(
    script.flatMap(({ question, answers: offered }) => {
      const followUp = offered.find(({ answer }) => answer === answers[question])?.followUp ?? null;
      return followUp === null ? [] : [followUp];
    }),
  ),
];
