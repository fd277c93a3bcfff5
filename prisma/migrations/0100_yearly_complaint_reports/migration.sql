-- What the firm and each branch report every year to their regulators of the complaints of the year before.

create table yearly_complaint_reports (
  year           integer not null check (year between 2014 and 9998),
  branch         text not null check (branch ~ '^(-|\d{4})$'),
  workflow_id    text not null unique,
  state          text not null default 'open' check (state in ('open', 'prepared', 'submitted')),
  sha256         text references documents,
  revision       integer not null default 0,
  prepared_by    text,
  prepared_at    timestamptz,
  submitted_by   text,
  submitted_on   date,
  reference      text,
  submitted_at   timestamptz,
  asked_at       timestamptz not null default business_now(),
  primary key (year, branch),
  check ((state = 'open') = (sha256 is null) and (sha256 is null) = (prepared_by is null) and (sha256 is null) = (prepared_at is null)),
  check ((state = 'submitted') = (submitted_by is not null and submitted_on is not null and reference is not null and submitted_at is not null)),
  constraint yearly_report_is_submitted_by_another check (submitted_by <> prepared_by),
  check (submitted_on > make_date(year, 12, 31))
);
comment on table yearly_complaint_reports is 'Complaints of a year as reported to a regulator: by the firm (branch -) and by each branch to its own; the document that was submitted.';
create trigger yearly_complaint_report_is_written_once before update on yearly_complaint_reports for each row
  execute function is_written_once('year', 'branch', 'workflow_id', 'submitted_by', 'submitted_on', 'reference', 'submitted_at');
grant select, insert on yearly_complaint_reports to southbound_app;
grant update (state, sha256, revision, prepared_by, prepared_at, submitted_by, submitted_on, reference, submitted_at) on yearly_complaint_reports to southbound_app;
