-- What came by mail says in its words what is asked for, how much, and at which telephone: whoever works at the complaint fills it in. The claim
-- and the telephone are lines among the words of the complaint, as often as they are corrected, beside what was received; the amount that
-- counts stands in the complaint, and the register says which one it took the place of.
alter table complainants
  add column telephone text check (telephone ~ '^[+(]?[0-9][0-9 ()-]{3,28}[0-9]$');
comment on column complainants.telephone is
  'Where whoever complains is called, as it was filled in later; every one before it stands in complaint_texts. What was left at the receipt is the contact, by which mails are known.';
grant update (telephone) on complainants to southbound_app;

alter table complaint_texts
  drop constraint complaint_texts_kind_check,
  add constraint complaint_texts_kind_check check (kind in ('facts', 'claim', 'telephone', 'supplement', 'question', 'task'));
comment on table complaint_texts is
  'Personal: what was added by the complainant; a claim and a telephone that were filled in later; questions, answers, findings and decisions in the words of whoever does a task. What was received first stands in complainants.';

drop trigger complaint_is_written_once on complaints;
create trigger complaint_is_written_once before update on complaints for each row
  execute function is_written_once('complaint_no', 'workflow_id', 'channel', 'transfer_no', 'transferred_at', 'received_at', 'registered_at',
    'received_by', 'duplicate_of', 'ended_at');

create function claimed_amount_holds() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if new.claimed_fen is not distinct from old.claimed_fen then
    return new;
  end if;
  if new.claimed_fen is null
     or old.state in ('decided', 'answered', 'closed', 'disputed', 'refused', 'duplicate')
     or exists (select from complaint_proposals p where p.complaint_no = old.complaint_no
                  and (p.state = 'awaiting approval' or p.state = 'approved' and p.level = old.level)) then
    raise exception 'the amount that is claimed in % holds', old.complaint_no using errcode = 'check_violation', constraint = tg_name;
  end if;
  return new;
end $$;
comment on function claimed_amount_holds() is 'The amount that is claimed is filled in and corrected, never taken away; not while its outcome is being decided, nor after.';
create trigger claimed_amount_holds before update of claimed_fen on complaints for each row execute function claimed_amount_holds();
grant update (claimed_fen) on complaints to southbound_app;
