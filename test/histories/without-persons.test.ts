/**
 * Nothing personal stands in what the engine keeps (invariant 8): all payloads of the recorded runs are decoded and looked through for names,
 * numbers of documents, telephones and accounts. Whatever comes into the corpus is looked through with it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { sampleClient } from '../../activities/clients/sample-clients';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { CORPUS } from '../support/kept-history';

/** What may not be found, by what it looks like. A digest or a number of ours is longer, or not of digits alone. */
const PERSONAL: Readonly<Record<string, RegExp>> = {
  'number of an identity document': /(?<![0-9a-zA-Z])[1-9]\d{5}(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])\d{3}[0-9X](?![0-9a-zA-Z])/,
  'unified social credit code': /(?<![0-9a-zA-Z])9[0-9A-HJ-NP-RT-UW-Y]{17}(?![0-9a-zA-Z])/,
  telephone: /(?<![0-9a-zA-Z.-])1[3-9]\d{9}(?![0-9a-zA-Z])/,
  'name of a client': /演客\d|演示机构\d/,
  'mail address': /[\w.+-]+@[\w-]+\.[a-z]{2,}/i,
};

/** What says whose request it is, where a reference does: of processes of permissions, callbacks and corporate actions. */
const ACCOUNTS: Readonly<Record<string, RegExp>> = {
  'securities account': /(?<![0-9a-zA-Z])[A-Z]\d{9}(?![0-9a-zA-Z])/,
  'fund account': /(?<![0-9a-zA-Z.-])9\d{8}(?![0-9a-zA-Z])/,
};

const BY_REFERENCE = /^(permission|institution|commission|callback|retention|corporate-action|telephone-election|election)/;

/** Everything of a history that somebody could read: texts as they stand, payloads decoded. */
function readable(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(readable).join('\n');
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .map(([key, of]) =>
      key === 'data' && typeof of === 'string' ? Buffer.from(of, 'base64').toString('utf8') : readable(of),
    )
    .join('\n');
}

/** What the engine writes of its own clock. */
const NANOS = /"nanos":\d+/g;

const foundIn = (text: string, name = 'permission'): readonly string[] =>
  Object.entries(BY_REFERENCE.test(name) ? { ...PERSONAL, ...ACCOUNTS } : PERSONAL).flatMap(([what, looks]) => {
    const found = looks.exec(text.replaceAll(NANOS, ''));
    return found === null ? [] : [`${what}: ${found[0]}`];
  });

const corpus = readdirSync(path.join(CORPUS, 'product')).filter((name) => name.endsWith('.json'));

describe('the histories of the product', () => {
  test.each(corpus)('%s holds nothing personal', (name) => {
    const text = readable(JSON.parse(readFileSync(path.join(CORPUS, 'product', name), 'utf8')));
    expect(text.length).toBeGreaterThan(1_000);
    expect(foundIn(text, name)).toEqual([]);
  });

  test('what is personal would be found, wherever it stood', () => {
    for (const nth of [0, 3, 21]) {
      const { name, documentNo, fundAccount, account } = sampleClient(nth, '2025-06-23' as BusinessDate, '1');
      const securities = account?.no ?? 'A900000001';
      for (const personal of [name, documentNo, fundAccount, securities, '13912345678', 'somebody@mail.example']) {
        const data = Buffer.from(JSON.stringify({ deep: [personal] })).toString('base64');
        const event = { attributes: { input: { payloads: [{ metadata: {}, data }] } } };
        expect([personal, foundIn(readable(event)).length > 0]).toEqual([personal, true]);
        expect([personal, foundIn(readable({ summary: `of ${personal} today` })).length > 0]).toEqual([personal, true]);
      }
    }
    // Numbers of ours, digests and instants are none.
    const ours = `P20250623-000001 C00000001 permission-opening:HKSC:P20250623-000001 ${'1391234567'.repeat(6)}abcd 2025-06-23T01:00:00.000Z`;
    expect(foundIn(ours)).toEqual([]);
  });
});
