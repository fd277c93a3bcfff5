import { historyFromJSON } from '@temporalio/common/lib/proto-utils';

// Two copies of protobufjs in node_modules do not know each other's classes, and then no recorded history can be read
// ("type must be a Type"). A direct dependency on the version that Temporal asks for keeps it at one.
test('a recorded history can be read', () => {
  expect(historyFromJSON({ events: [] }).events).toEqual([]);
});
