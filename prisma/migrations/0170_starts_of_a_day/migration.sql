-- Starts of a day or an event are counted before each: among a million messages that was a look through all of them.
create index outbox_starts on outbox (case_number(workflow_id)) where kind = 'start';
