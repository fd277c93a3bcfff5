import {
  callFaults,
  outcomeOf,
  troublesOf,
  type ScriptQuestion,
  type ToldCall,
} from '../../../domain/callbacks/call-result';

const answer = (name: string, followUp: string | null = null) => ({ answer: name, zh: name, en: name, followUp });
const script: readonly ScriptQuestion[] = [
  { question: 'applied', zh: '一', en: '1', answers: [answer('yes'), answer('somebody-else', 'operation')] },
  { question: 'risk', zh: '二', en: '2', answers: [answer('yes'), answer('did-not-know', 'review')] },
  { question: 'loss', zh: '三', en: '3', answers: [answer('yes'), answer('no', 'review')] },
];
const allRight = { applied: 'yes', risk: 'yes', loss: 'yes' };
const call = (more: Partial<ToldCall>): ToldCall => ({
  result: 'reached',
  answers: allRight,
  hasRecording: true,
  ...more,
});

it.each<[why: string, told: ToldCall, faults: string[]]>([
  ['a talk with every answer', call({}), []],
  ['a trouble answer is an answer', call({ answers: { ...allRight, risk: 'did-not-know' } }), []],
  [
    'one question was not asked',
    call({ answers: { applied: 'yes', risk: 'yes' } }),
    ['answers.loss CALLBACK_ANSWER_MISSING'],
  ],
  [
    'an answer nobody offered',
    call({ answers: { ...allRight, loss: 'maybe' } }),
    ['answers.loss CALLBACK_ANSWER_NOT_OFFERED'],
  ],
  [
    'a question of another script',
    call({ answers: { ...allRight, star: 'yes' } }),
    ['answers.star CALLBACK_QUESTION_UNKNOWN'],
  ],
  [
    'all that is wrong at once',
    call({ answers: { star: 'yes', risk: 'perhaps', loss: 'yes' }, hasRecording: false }),
    [
      'answers.star CALLBACK_QUESTION_UNKNOWN',
      'answers.applied CALLBACK_ANSWER_MISSING',
      'answers.risk CALLBACK_ANSWER_NOT_OFFERED',
      'recording RECORDING_MISSING',
    ],
  ],
  ['a talk without a recording', call({ hasRecording: false }), ['recording RECORDING_MISSING']],
  ['nobody answered', call({ result: 'no answer', answers: {}, hasRecording: false }), []],
  ['nobody answered, and yet there are answers', call({ result: 'no answer' }), ['answers ANSWERS_WITHOUT_TALK']],
  [
    'a wrong number that makes doubt',
    call({ result: 'wrong number', answers: {}, doubt: 'odd' }),
    ['doubt ANSWERS_WITHOUT_TALK'],
  ],
  [
    'who refuses was heard: a recording',
    call({ result: 'refused', answers: {}, hasRecording: false }),
    ['recording RECORDING_MISSING'],
  ],
])('%s', (_why, told, faults) => {
  expect(callFaults(told, script).map(({ code, details }) => `${String(details['field'])} ${code}`)).toEqual(faults);
});

it.each<[why: string, told: ToldCall, outcome: string | null, followUps: string[]]>([
  ['all right', call({}), 'confirmed', []],
  ['one trouble answer', call({ answers: { ...allRight, applied: 'somebody-else' } }), 'doubtful', ['operation']],
  [
    'two that bring the same',
    call({ answers: { ...allRight, risk: 'did-not-know', loss: 'no' } }),
    'doubtful',
    ['review'],
  ],
  [
    'two that bring different things',
    call({ answers: { applied: 'somebody-else', risk: 'yes', loss: 'no' } }),
    'doubtful',
    ['operation', 'review'],
  ],
  ['the caller doubts', call({ doubt: 'somebody spoke in the background' }), 'doubtful', []],
  ['refused to talk', call({ result: 'refused', answers: {} }), 'refused', []],
  ['nobody answered: it goes on', call({ result: 'no answer', answers: {} }), null, []],
  ['a wrong number: it goes on', call({ result: 'wrong number', answers: {} }), null, []],
])('%s: %s', (_why, told, outcome, followUps) => {
  expect(outcomeOf(told, script)).toBe(outcome);
  expect(troublesOf(told.answers, script)).toEqual(followUps);
});
