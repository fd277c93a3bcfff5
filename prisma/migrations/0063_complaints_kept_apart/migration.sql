-- Complaints: who is kept out is judged when somebody acts, links between complaints hold while both are locked, more time is asked of the
-- promise itself, and a proposal names the very text that it rests on.

-- ------------------------------------------------------------------------------------------------ who is kept out of a process

create table superiors_of_heads (
  role          text not null,
  superior_role text not null,
  superior_mark text check (superior_mark in ('deputy', 'head')),
  keeps_from    text not null check (keeps_from in ('all work', 'handling')),
  valid_from    date not null,
  valid_to      date,
  source        text not null,
  primary key (role, superior_role, valid_from),
  check (valid_from < valid_to)
);
comment on table superiors_of_heads is
  'Who is over the head of a department, because the directory knows no line of report. A general manager, over whom nobody is, handles no complaint about a head, and still decides.';
insert into superiors_of_heads values
  ('branch',     'region',          null, 'all work', '2014-11-17', null, 'complaints page 3; house rule, to be confirmed'),
  ('region',     'general_manager', null, 'handling', '2014-11-17', null, 'complaints page 3; house rule, to be confirmed'),
  ('brokerage',  'general_manager', null, 'handling', '2014-11-17', null, 'complaints page 3; house rule, to be confirmed'),
  ('service',    'general_manager', null, 'handling', '2014-11-17', null, 'complaints page 3; house rule, to be confirmed'),
  ('operations', 'general_manager', null, 'handling', '2014-11-17', null, 'complaints page 3; house rule, to be confirmed'),
  ('finance',    'general_manager', null, 'handling', '2014-11-17', null, 'complaints page 3; house rule, to be confirmed'),
  ('compliance', 'general_manager', null, 'handling', '2014-11-17', null, 'complaints page 3; house rule, to be confirmed');

create function superiors_of(human text, on_day date) returns table (person text, keeps_from text)
language sql stable set search_path = public, pg_temp as $$
  with own as (
    select g.role, g.side, g.branch, g.mark from grants g join people p using (person)
     where p.natural_person = human and daterange(g.valid_from, g.valid_to) @> on_day)
  select g.person, 'all work'
    from own join grants g on g.role = own.role and g.side is not distinct from own.side and g.branch is not distinct from own.branch
   where daterange(g.valid_from, g.valid_to) @> on_day and own.mark is distinct from 'head'
     and (g.mark = 'head' or (g.mark = 'deputy' and own.mark is null)) and natural_person(g.person) <> human
  union
  select g.person, s.keeps_from
    from own join superiors_of_heads s on s.role = own.role and daterange(s.valid_from, s.valid_to) @> on_day
    join grants g on g.role = s.superior_role and (s.superior_mark is null or g.mark = s.superior_mark)
   where daterange(g.valid_from, g.valid_to) @> on_day and own.mark = 'head' and natural_person(g.person) <> human
$$;
comment on function superiors_of(text, date) is
  'Direct superiors on a day: the heads, and for whoever is no deputy the deputies too, of role, side and branch; of a head whoever superiors_of_heads names.';

create function process_behind(workflow text) returns text language sql stable set search_path = public, pg_temp as $$
  select coalesce(
    case when workflow ~ '^deadline-extension:\d+$' then
      (select d.workflow_id from deadline_extensions e join deadlines d using (deadline_id) where e.extension_id = substring(workflow from '\d+$')::bigint) end,
    workflow)
$$;
comment on function process_behind(text) is 'The process whose work a process does for it: more time is decided by those who may decide about the case.';

create function kept_out_of(workflow text) returns table (human text, keeps_from text)
language sql stable set search_path = public, pg_temp as $$
  with today as (select (business_now() at time zone 'Asia/Shanghai')::date as on_day),
  named as (select natural_person(e.person) as human, e.cause from process_exclusions e where e.workflow_id = process_behind(workflow))
  select named.human, 'all work' from named
  union
  select natural_person(s.person), s.keeps_from from named, today, superiors_of(named.human, today.on_day) s where named.cause = 'complained about'
  union
  select p.natural_person, 'all work' from complainants w join client_logins l using (client_no) join people p on p.person = l.person
   where 'complaint:' || w.complaint_no = process_behind(workflow)
$$;
comment on function kept_out_of(text) is
  'The humans who do no work of a process now: whoever is named in process_exclusions, the superiors of whoever it is about as they are today, and the complainant with whatever account.';

grant select on superiors_of_heads to southbound_app;

-- ---------------------------------------------------------------------------------------------------- links between complaints

create function complaint_link_holds() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare other record;
begin
  if new.duplicate_of is not null and new.duplicate_of is distinct from old.duplicate_of then
    select state into other from complaints where complaint_no = new.duplicate_of for share;
    if other.state in ('closed', 'disputed', 'refused', 'duplicate') then
      raise exception '% is a duplicate of %, which is %', new.complaint_no, new.duplicate_of, other.state using errcode = 'check_violation';
    end if;
  end if;
  if new.group_of is not null and new.group_of is distinct from old.group_of then
    select group_of into other from complaints where complaint_no = new.group_of for share;
    if other.group_of is not null or exists (select from complaints where group_of = new.complaint_no) then
      raise exception '% cannot join %: a group has one level', new.complaint_no, new.group_of using errcode = 'check_violation';
    end if;
  end if;
  if old.group_of is not null and new.group_of is distinct from old.group_of and (new.group_of is not null or old.state <> 'assigned') then
    raise exception '% leaves % only while it waits for it', new.complaint_no, old.group_of using errcode = 'check_violation';
  end if;
  if old.about_workflow is not null and (new.about_workflow, new.about_event) is distinct from (old.about_workflow, old.about_event)
    and (new.about_workflow is null or old.state in ('decided', 'answered', 'closed', 'disputed', 'refused', 'duplicate')) then
    raise exception 'what % is about stands since its decision', new.complaint_no using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger complaint_link_holds before update of duplicate_of, group_of, about_workflow, about_event on complaints
  for each row execute function complaint_link_holds();
drop trigger complaint_is_written_once on complaints;
create trigger complaint_is_written_once before update on complaints for each row
  execute function is_written_once('complaint_no', 'workflow_id', 'channel', 'claimed_fen', 'transfer_no', 'transferred_at', 'received_at', 'registered_at',
                                   'received_by', 'duplicate_of', 'ended_at');

-- --------------------------------------------------------------------------------------------------------------- more time

-- How much was asked for stands with the promise, whichever way it was asked.
drop table complaint_extensions;

-- --------------------------------------------------------------------------------------------------------------- proposals

alter table complaint_proposals add column text_id bigint references complaint_texts;
comment on column complaint_proposals.text_id is 'The finding that it rests on, as it stood when it was proposed; none of a member of a group, whose investigation is another complaint.';

-- ------------------------------------------------------------------------------------------------------------ evidence

alter table complaint_evidence drop constraint complaint_evidence_moment_check;
alter table complaint_evidence add constraint complaint_evidence_moment_check check (moment in ('linked', 'corrected', 'closing'));
alter table complaint_evidence drop constraint complaint_evidence_complaint_no_moment_key;
alter table complaint_evidence add unique (complaint_no, moment, about_workflow);
