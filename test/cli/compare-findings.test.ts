/** Findings and refused files of each published variant: what it names is enough, anything else is a difference. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { FileLine, Finding } from '../../cli/rehearsal/api-answers';
import { compareFindings } from '../../cli/rehearsal/compare-findings';
import type { ExpectedFinding } from '../../cli/rehearsal/days-folder';

const FAULTS = path.join(__dirname, '../../samples/faults-a');

interface Expected {
  readonly refused: readonly string[];
  readonly findings: readonly ExpectedFinding[];
}
const expectationOf = (kind: string): Expected =>
  JSON.parse(readFileSync(path.join(FAULTS, kind, 'expect.json'), 'utf8')) as Expected;

/** As the API lists a finding: common attributes by name, those of its class beside them. */
function asListed(wanted: ExpectedFinding): Finding {
  const { class: name, file, row, field, value, fileValue, computed, ...attributes } = wanted;
  const text = (given: unknown) =>
    given === undefined ? null : typeof given === 'string' ? given : JSON.stringify(given);
  return {
    findingId: '1',
    class: name,
    outcome: 'break',
    fileName: file,
    row: text(row),
    field: text(field),
    value: text(value),
    fileValue: text(fileValue),
    computed: text(computed),
    attributes,
    reason: { zh: '', en: '' },
    foundAt: '2025-06-26T12:00:00.000Z',
  };
}

const fileLine = (name: string, state: FileLine['state']): FileLine => ({
  fileId: '1',
  name,
  arrivedAt: '2025-06-26T12:00:00.000Z',
  state,
  cause: null,
  recordCount: null,
  decidedAt: null,
  findingCount: 0,
});

const listed = ({ refused, findings }: Expected) => ({
  files: [...refused.map((name) => fileLine(name, 'refused')), fileLine('reff040626.txt', 'accepted')],
  findings: findings.map(asListed),
});

test.each(readdirSync(FAULTS))('%s: exactly what it names', (kind) => {
  const expected = expectationOf(kind);
  const { files, findings } = listed(expected);
  expect(compareFindings(expected, files, findings).differences).toEqual([]);
});

test('attributes that a variant does not name are not compared', () => {
  const expected = expectationOf('truncated_file');
  const { files, findings } = listed(expected);
  const more = findings.map((one) => ({ ...one, value: 'anything', attributes: { header: 5 } }));
  expect(compareFindings(expected, files, more).differences).toEqual([]);
});

const planted: readonly {
  readonly why: string;
  readonly kind: string;
  readonly change: (given: ReturnType<typeof listed>) => ReturnType<typeof listed>;
  readonly difference: RegExp;
}[] = [
  {
    why: 'another row',
    kind: 'truncated_file',
    change: ({ files, findings }) => ({ files, findings: findings.map((one) => ({ ...one, row: '160' })) }),
    difference: /row expected 161, found 160/,
  },
  {
    why: 'another computed value',
    kind: 'one_cent_row',
    change: ({ files, findings }) => ({ files, findings: findings.map((one) => ({ ...one, computed: '-64312.02' })) }),
    difference: /computed expected -64312\.03, found -64312\.02/,
  },
  {
    why: 'an attribute of its class is missing',
    kind: 'duplicate_row',
    change: ({ files, findings }) => ({ files, findings: findings.map((one) => ({ ...one, attributes: {} })) }),
    difference: /firstRow expected 21, found nothing/,
  },
  {
    why: 'a finding is missing',
    kind: 'unknown_account',
    change: ({ files, findings }) => ({ files, findings: findings.slice(1) }),
    difference: /finding expected and not there: UNKNOWN_ACCOUNT/,
  },
  {
    why: 'the same finding twice',
    kind: 'unknown_account',
    change: ({ files, findings }) => ({ files, findings: [...findings, ...findings.slice(1)] }),
    difference: /finding not expected: COUNTER_DIFFERENT/,
  },
  {
    why: 'a file that should be refused was taken',
    kind: 'bad_gbk',
    change: ({ findings }) => ({ files: [fileLine('hk_tzxx20250626.dbf', 'accepted')], findings }),
    difference: /file expected to be refused and is not: hk_tzxx20250626\.dbf/,
  },
  {
    why: 'a file was refused that nobody expected',
    kind: 'missing_file',
    change: ({ findings }) => ({ files: [fileLine('hk_zqye20250626.dbf', 'refused')], findings }),
    difference: /file refused and not expected to be: hk_zqye20250626\.dbf/,
  },
];

test.each(planted)('$why', ({ kind, change, difference }) => {
  const expected = expectationOf(kind);
  const { files, findings } = change(listed(expected));
  const { differences } = compareFindings(expected, files, findings);
  expect(differences).toEqual([expect.stringMatching(difference)]);
});
