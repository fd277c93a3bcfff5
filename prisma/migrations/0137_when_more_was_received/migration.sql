-- What is added to a complaint by hand counts from when it came, as complaints do: the letter of yesterday, entered today, was received
-- yesterday. When it was entered stays beside it. A mail's receipt stood as if it had been written then; such rows stay as they are.
alter table complaint_texts
  add column received_at timestamptz,
  add constraint text_came_before_it_was_entered check (received_at is null or (received_at <= written_at and kind = 'supplement'));
comment on column complaint_texts.received_at is 'When a supplement came, where that was before it was entered; its words count from then.';
alter table complaint_attachments
  add column received_at timestamptz,
  add constraint attachment_came_before_it_was_entered check (received_at <= filed_at);
comment on column complaint_attachments.received_at is 'When it came, where that was before it was entered; it counts from then.';

create or replace view complaint_words as
  select null::bigint as text_id, w.complaint_no, said.kind, null::bigint as task_id, null::integer as request_no, said.text,
         c.received_by as written_by, c.registered_at as written_at, c.received_at
    from complainants w join complaints c using (complaint_no), lateral (values ('facts', w.facts), ('claim', w.claim)) said (kind, text)
   where said.text is not null
  union all
  select text_id, complaint_no, kind, task_id, request_no, text, written_by, written_at, coalesce(received_at, written_at) from complaint_texts;
