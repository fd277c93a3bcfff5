-- The line of the register keeps its key, its digest and its answer itself: each act has one line, and each line one act.
alter table complaint_steps add column act_key text, add column content bytea, add column answer jsonb;
update complaint_steps s set act_key = a.act_key, content = decode(a.kept ->> 'content', 'hex'), answer = a.kept -> 'answer'
  from complaint_acts a where a.step_id = s.step_id;
comment on column complaint_steps.act_key is 'Unique for ever: the same key is the same act, answered the same again.';
comment on column complaint_steps.content is 'SHA-256 of what was asked under the key.';
drop table complaint_acts;
create unique index complaint_steps_by_act on complaint_steps (act_key) where act_key is not null;
-- Lines are read with their complaint only.
alter table complaint_steps drop constraint complaint_steps_pkey, add constraint complaint_steps_pkey primary key (complaint_no, step_id);
drop index complaint_steps_of_complaint;
