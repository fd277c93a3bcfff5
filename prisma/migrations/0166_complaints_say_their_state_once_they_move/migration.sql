-- Of a complaint is kept when it was registered, where that was later than its receipt, and its state, where it is more than received: one act
-- receives and registers, at one instant. Open ones are listed by the number that its digits are, which has half the room of its text. The key
-- of a receipt and the number of a complainant are never changed: their indexes are filled to the brim.

drop view as_of.complaints;
drop trigger complaint_is_written_once on complaints;
drop index complaints_open;
alter table complaints drop constraint complaints_check, drop constraint complaints_check2, drop constraint complaints_check3,
  drop constraint complaints_state_check;

alter table complaints rename registered_at to registered_later_at;
alter table complaints rename state to other_state;
alter table complaints alter registered_later_at drop not null, alter registered_later_at drop default,
  alter other_state drop not null, alter other_state drop default;
alter table complaints disable trigger user;
update complaints set registered_later_at = nullif(registered_later_at, received_at), other_state = nullif(other_state, 'received')
  where registered_later_at = received_at or other_state = 'received';
alter table complaints enable trigger user;
alter table complaints
  add column registered_at timestamptz not null generated always as (coalesce(registered_later_at, received_at)) virtual,
  add column state text not null generated always as (coalesce(other_state, 'received')) virtual,
  add constraint registered_when_received check (received_at < registered_later_at),
  add constraint complaints_state_check check (other_state in ('incomplete', 'registered', 'accepted', 'assigned', 'decided', 'answered',
                                                               'reopened', 'closed', 'disputed', 'refused', 'duplicate')),
  add constraint duplicate_of_another check ((duplicate_of is not null) = coalesce(other_state = 'duplicate', false)),
  add constraint ended_in_a_last_state check
    ((ended_at is not null) = coalesce(other_state in ('closed', 'disputed', 'refused', 'duplicate'), false));
comment on column complaints.registered_later_at is 'When it was registered, where that was not at its receipt.';
comment on column complaints.other_state is 'Its state, where it is more than received.';

create index complaints_open on complaints (case_number(complaint_no)) where ended_at is null;
create trigger complaint_is_written_once before update on complaints for each row
  execute function is_written_once('complaint_no', 'channel', 'transfer_no', 'transferred_at', 'received_at', 'registered_later_at',
                                   'received_by', 'duplicate_of', 'ended_at');

-- A trigger does not see what follows from other columns.
create or replace function claimed_amount_holds() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if new.claimed_fen is not distinct from old.claimed_fen then
    return new;
  end if;
  if new.claimed_fen is null
     or old.other_state in ('decided', 'answered', 'closed', 'disputed', 'refused', 'duplicate')
     or exists (select from complaint_proposals p where p.complaint_no = old.complaint_no
                  and (p.state = 'awaiting approval' or p.state = 'approved' and p.level = old.level)) then
    raise exception 'the amount that is claimed in % holds', old.complaint_no using errcode = 'check_violation', constraint = tg_name;
  end if;
  return new;
end $$;
create or replace function complaint_link_holds() returns trigger language plpgsql set search_path = public, pg_temp as $$
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
  if old.group_of is not null and new.group_of is distinct from old.group_of and (new.group_of is not null or old.other_state is distinct from 'assigned') then
    raise exception '% leaves % only while it waits for it', new.complaint_no, old.group_of using errcode = 'check_violation';
  end if;
  if old.about_workflow is not null
    and (new.about_workflow, new.about_event, new.about_run) is distinct from (old.about_workflow, old.about_event, old.about_run)
    and (new.about_workflow is null or old.other_state in ('decided', 'answered', 'closed', 'disputed', 'refused', 'duplicate')) then
    raise exception 'what % is about stands since its decision', new.complaint_no using errcode = 'check_violation';
  end if;
  return new;
end $$;

-- Both say when it was registered: their columns bear the name that the column had.
create or replace view complaint_register as
select 0::bigint as step_id, c.complaint_no, 'receive complaint' as act,
       jsonb_build_object('channel', c.channel, 'product', first.product, 'category', first.category) as detail,
       c.received_by as by, c.received_role as role, c.registered_at as at
  from complaints c join complainants w using (complaint_no),
       lateral (select v.product, v.category
                  from (select h.version, h.product, h.category from history.complaints h where h.complaint_no = c.complaint_no
                        union all select null, c.product, c.category) v
                 order by v.version limit 1) first
 where w.receipt_key is not null
union all
select step_id, complaint_no, act, detail, by, role, at from complaint_steps;
create or replace view complaint_words as
select null::bigint as text_id, w.complaint_no, said.kind, null::bigint as task_id, null::integer as request_no, said.text,
       c.received_by as written_by, c.registered_at as written_at, c.received_at
  from complainants w join complaints c using (complaint_no), lateral (values ('facts', w.facts), ('claim', w.claim)) said (kind, text)
 where said.text is not null
union all
select text_id, complaint_no, kind, task_id, request_no, text, written_by, written_at, coalesce(received_at, written_at) from complaint_texts;

alter table history.complaints rename registered_at to registered_later_at;
alter table history.complaints rename state to other_state;
update history.complaints set registered_later_at = nullif(registered_later_at, received_at), other_state = nullif(other_state, 'received')
  where registered_later_at = received_at or other_state = 'received';
select history.keep_versions_of(kept) from history.kept_tables kept where table_name = 'complaints';

alter index complainants_receipt_is_once set (fillfactor = 100);
reindex index complainants_receipt_is_once;
alter index complainants_pkey set (fillfactor = 100);
reindex index complainants_pkey;

analyze complaints;
