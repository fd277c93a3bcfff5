-- Transactions grow with the rows that they write: what was written since a seal stands in the last pages, and a line for sixteen pages finds it.
drop index audit_by_transaction;
create index audit_by_transaction on audit using brin (xact) with (pages_per_range = 16, autosummarize = on);
-- A digest is asked for by nobody, and digests the number of its seal: no two are the same.
alter table audit_seals drop constraint audit_seals_digest_key;

-- By its recipient only an event is looked for, which goes to a system: lists of what people were told ask by case, too, and read from the newest.
drop index outbox_of_recipient;
create index outbox_of_receiver on outbox (recipient_ref) where kind = 'notice' and purpose = 'case-event';
-- Each process once, with all that was told in it; those few are put in their order when they are read.
drop index outbox_of_process;
create index outbox_of_process on outbox (workflow_id) where kind = 'notice';
-- Starts leave the table as they are sent: where many came at once their space is used again before as many more have come.
alter table outbox set (autovacuum_vacuum_threshold = 100);
