-- A callback after an opening has no purpose any more once the permission is closed.

alter table callbacks drop constraint callbacks_outcome_check;
alter table callbacks add constraint callbacks_outcome_check
  check (outcome in ('confirmed', 'doubtful', 'refused', 'unreachable', 'withdrawn'));
comment on column callbacks.outcome is 'withdrawn: what the client was to be called about is over.';
