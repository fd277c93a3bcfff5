/** The page on events tells every event with its facts, as the API document does. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { EVENT_TYPES, events } from '../../domain/messages/events';

const text = (file: string) => readFileSync(path.join(__dirname, '../../docs', file), 'utf8');

it('the page lists each event with its facts, in their order', () => {
  const rows = [...text('events.md').matchAll(/^\| `([a-z.-]+)`.*\| ([^|]+)\|$/gm)].map(([, type, facts = '']) => [
    type,
    [...facts.matchAll(/`(\w+)`/g)].map(([, name]) => name),
  ]);
  expect(rows).toEqual(EVENT_TYPES.map((type) => [type, Object.keys(events[type].facts)]));
});

it('the API document has each as a webhook', () => {
  const { webhooks } = JSON.parse(text('openapi.json')) as { readonly webhooks: object };
  expect(Object.keys(webhooks).sort()).toEqual([...EVENT_TYPES].sort());
});
