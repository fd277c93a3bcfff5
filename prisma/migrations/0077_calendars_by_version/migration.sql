-- The versions that a promise was computed with name their calendars: 'SEHK 1, SSE 2'. They need not stand beside them once more.
drop view as_of.deadlines;
alter table deadlines disable trigger user;
alter table deadlines drop column calendars;
alter table deadlines enable trigger user;
alter table history.deadlines drop column if exists calendars;
select history.keep_versions_of(kept) from history.kept_tables kept where table_name = 'deadlines';
comment on column deadlines.calendar_version is
  'Calendars that the instants rest on, with the versions that they were computed with: CIVIL 1, or SEHK 1, SSE 2. A corrected one computes them anew.';
