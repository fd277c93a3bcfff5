/** The case table of elections: which requests of holders are accepted. */
import { businessDateOf } from '../../domain/calendar/business-date';
import { electionDecision, type Elected } from '../../domain/corporate-actions/election-accept';
import { EVENT_KINDS, isServedOn } from '../../domain/corporate-actions/served-kinds';
import { lineByLine, type CaseLine, type CaseTable } from './case-table';
import { instantIn } from './wall-time';

export const electionAcceptTable: CaseTable = {
  name: 'election-accept',
  given: [
    'event_kind',
    'event_status',
    'version_newest',
    'options',
    'electable',
    'opens_at',
    'broker_deadline',
    'held',
    'option',
    'quantity',
    'version_shown',
    'requested_at',
  ],
  expected: ['result', 'codes', 'held_after'],
  linesPerCase: 'one',
  answer: lineByLine((line, { servedKinds }) => {
    const opensAt = instantIn(line, line.text('opens_at'));
    const offer = {
      isServed: isServedOn(servedKinds, line.oneOf('event_kind', EVENT_KINDS), businessDateOf(opensAt)),
      isCancelled: line.oneOf('event_status', ['ADD', 'UPD', 'DEL']) === 'DEL',
      newestVersion: line.count('version_newest'),
      options: line.list('options'),
      opensAt,
      deadlineAt: instantIn(line, line.text('broker_deadline')),
      electable: line.scaled('electable', 0),
    };
    const request = {
      option: line.text('option'),
      quantity: line.text('quantity'),
      versionShown: line.count('version_shown'),
      requestedAt: instantIn(line, line.text('requested_at')),
    };
    const { refusals, elected } = electionDecision(offer, heldIn(line), request);
    return {
      result: refusals.length === 0 ? 'ACCEPTED' : 'REFUSED',
      codes: refusals.join(';'),
      held_after: [...elected].map(([option, shares]) => `${option}:${shares}`).join(';'),
    };
  }),
};

function heldIn(line: CaseLine): Elected {
  return new Map(
    line.list('held').map((part) => {
      const [, option, shares] = /^(\w+):(\d+)$/.exec(part) ?? [];
      if (option === undefined || shares === undefined) throw line.malformed(`"${part}" is no election`);
      return [option, BigInt(shares)];
    }),
  );
}
