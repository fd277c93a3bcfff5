-- Lists of restricted persons are imported as files and approved as terms are changed; each is in force from its day on (A2 §7, §8).

alter table changeable_terms drop constraint changeable_terms_kind_check;
alter table changeable_terms add constraint changeable_terms_kind_check
  check (kind in ('parameter', 'fee_rate', 'calendar', 'restricted_list'));
alter table parameter_changes drop constraint parameter_changes_kind_check;
alter table parameter_changes add constraint parameter_changes_kind_check
  check (kind in ('parameter', 'fee_rate', 'calendar', 'restricted_list'));
comment on column parameter_changes.new_values is
  'Columns with their new values; of a calendar, days with their new kind; of a list of restricted persons its version.';

-- A list that was in force before may come back, and one that was refused may be asked for again: each time as a version of its own.
alter table restricted_lists drop constraint restricted_lists_sha256_key;
alter table restricted_lists add column request_key text unique;
alter table restricted_lists add column effective_from date;
update restricted_lists set effective_from = (decided_at at time zone 'Asia/Shanghai')::date where decision = 'approved';
alter table restricted_lists add constraint approved_has_its_day check (coalesce(decision = 'approved', false) = (effective_from is not null));
comment on column restricted_lists.request_key is 'By which request it was imported: whoever repeats it gets the same version.';
comment on column restricted_lists.effective_from is 'First day on which it is in force, as a whole, until a later one begins.';
comment on table restricted_lists is 'Whoever law or regulation forbids or limits; the approved list that began last is in force, as a whole.';
drop trigger restricted_list_is_written_once on restricted_lists;
create trigger restricted_list_is_written_once before update on restricted_lists for each row
  execute function is_written_once('version', 'sha256', 'row_count', 'source', 'reason', 'imported_by', 'imported_at', 'request_key', 'decision',
    'decided_by', 'decided_at', 'effective_from');

alter table restricted_identities add column listed_on date;
comment on column restricted_identities.listed_on is 'Since when the person is restricted, as whoever keeps the list says.';

-- Nothing of a version is changed but that it is decided, once.
revoke update on restricted_lists from southbound_app;
grant update (decision, decided_by, decided_at, effective_from) on restricted_lists to southbound_app;
