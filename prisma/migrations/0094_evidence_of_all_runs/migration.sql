-- A process may go on in a history of its own, and the numbers of events begin anew in each: the event that a complainant means is one of a run.

alter table complaints add column about_run text check (about_run is null or about_workflow is not null);
comment on column complaints.about_run is 'Run of about_workflow whose event is meant, where it was named; else the newest run that has an event of that number when it is frozen.';
grant update (about_run) on complaints to southbound_app;

alter table complaint_evidence add column about_run text;
comment on column complaint_evidence.about_run is 'Run that was taken for the one that is meant, and is taken again when the complaint is filed; null where the engine had none.';
alter table complaint_evidence drop constraint complaint_evidence_complaint_no_moment_about_workflow_key;
alter table complaint_evidence add unique nulls not distinct (complaint_no, moment, about_workflow, about_event, about_run);

create or replace function complaint_link_holds() returns trigger
language plpgsql set search_path = public, pg_temp as $$
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
  if old.about_workflow is not null
    and (new.about_workflow, new.about_event, new.about_run) is distinct from (old.about_workflow, old.about_event, old.about_run)
    and (new.about_workflow is null or old.state in ('decided', 'answered', 'closed', 'disputed', 'refused', 'duplicate')) then
    raise exception 'what % is about stands since its decision', new.complaint_no using errcode = 'check_violation';
  end if;
  return new;
end $$;
drop trigger complaint_link_holds on complaints;
create trigger complaint_link_holds before update of duplicate_of, group_of, about_workflow, about_event, about_run on complaints
  for each row execute function complaint_link_holds();
