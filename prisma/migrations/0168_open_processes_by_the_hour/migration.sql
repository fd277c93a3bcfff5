-- Open processes are gone through page by page. By the instant each would have an entry of its own, of 22 B; those of an hour share one.
drop index processes_open;
create index processes_open on processes (date_bin('1 hour', opened_at, timestamptz '2000-01-01T00:00:00Z')) where not closed;
