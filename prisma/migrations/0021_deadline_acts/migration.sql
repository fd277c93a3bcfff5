-- What becomes of promises beside being kept: a process that ended without keeping them, and what people do to them.

-- ------------------------------------------------------------------------------------------ processes that have ended

alter table processes
  add column runs integer not null default 0 check (runs >= 0),
  add column ended text check (ended in ('completed', 'failed', 'cancelled', 'terminated', 'timed out', 'not found')),
  add constraint ended_when_closed check (closed or ended is null);
comment on column processes.runs is 'Runs that have registered. Whoever finds a run ended closes the row only where no other run has begun since.';
comment on column processes.ended is 'How the last run ended; nothing while it is open, and of rows closed before this was kept.';

alter table deadlines drop constraint deadlines_state_check;
alter table deadlines add constraint deadlines_state_check
  check (state in ('running', 'breached', 'met', 'met late', 'withdrawn', 'abandoned'));
alter table deadlines drop constraint ended_by_somebody;
alter table deadlines add constraint ended_by_somebody
  check ((state in ('met', 'met late', 'withdrawn', 'abandoned')) = (ended_at is not null and ended_by is not null));
comment on column deadlines.state is
  'running, breached: open. met, met late. withdrawn: nothing is owed any more. abandoned: still owed, but its process has ended without it.';

-- ---------------------------------------------------------------------------------------------- what people do to them

alter table deadline_stops add column stopped_for text, add column resumed_for text, add column resume_reason text;
comment on column deadline_stops.stopped_for is 'Principal for whom the clock was stopped by delegation.';

-- Why it was decided so stands with the approval.
alter table deadline_extensions drop column decision_reason, add column asked_for text, add column decided_for text;
comment on column deadline_extensions.asked_for is 'Principal for whom more time was asked by delegation.';
create trigger extension_maker_is_no_checker after insert or update on deadline_extensions for each row
  when (new.state <> 'recalled') execute function maker_is_no_checker('asked_by asked_for', 'decided_by decided_for');
create trigger extension_is_written_once before update on deadline_extensions for each row
  execute function is_written_once('deadline_id', 'extension_no', 'further_n', 'reason', 'asked_by', 'asked_for', 'asked_at', 'decided_by', 'decided_for',
    'decided_at');

-- ------------------------------------------------------------------------- calendars are corrected as terms are changed

alter table changeable_terms drop constraint changeable_terms_kind_check;
alter table changeable_terms add constraint changeable_terms_kind_check check (kind in ('parameter', 'fee_rate', 'calendar'));
alter table parameter_changes drop constraint parameter_changes_kind_check;
alter table parameter_changes add constraint parameter_changes_kind_check check (kind in ('parameter', 'fee_rate', 'calendar'));
comment on column parameter_changes.new_values is 'Columns with their new values; of a calendar, days with their new kind.';
