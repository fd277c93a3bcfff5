-- Messages of a case from another process (a callback, a reminder, an event of the holder); of its own process they are found by that one.
create index outbox_of_other_case on outbox (case_key) where kind = 'notice' and case_key is not null and case_key is distinct from workflow_id;
-- By whoever was told, systems too; who complains is found by the complaint, so messages of complaints are not in it.
drop index outbox_of_receiver;
create index outbox_of_recipient on outbox (recipient_ref)
  where kind = 'notice' and recipient_ref is not null
    and (recipient_role is not null or purpose = 'case-event' or coalesce(case_key, '') not like 'complaint:%');
