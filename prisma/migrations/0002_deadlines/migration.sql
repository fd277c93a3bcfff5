-- Promises: what is due by when, on which calendar, how it ended; stops of the clock, extensions, and every new computation.

-- A rung rings at a share of the span too.
alter table ladder_terms drop constraint ladder_terms_at_time_check;
alter table ladder_terms add constraint ladder_terms_at_time_check
  check (at_time ~ '^\d{2}:\d{2}(:\d{2})?$' or at_time ~ '^[A-Z_]+$' or at_time ~ '^(100|[1-9]\d?)%$');
comment on column ladder_terms.at_time is 'Clock time, the code of the parameter that holds it, or a share of the span: 50%.';
comment on column ladder_terms.audience is 'Roles, each with its mark where one is meant: "operations head". OWNER is the role that owes the promise.';

-- A rung whose time a new computation moved into the future rings again, in a round of its own.
alter table ladder_rungs add column round integer not null default 1 check (round > 0);
alter table ladder_rungs drop constraint ladder_rungs_pkey;
alter table ladder_rungs add primary key (workflow_id, ladder, rung, subject, round);

create table deadlines (
  deadline_id      bigint generated always as identity primary key,
  business_key     text not null unique,
  workflow_id      text not null,
  process          text not null,
  step             text not null,
  subject          text not null,
  side             side_of_business,
  branch           text,
  owner_role       text not null references roles,
  owner_team       text,
  owner_person     text,
  ladder           text not null,
  limit_kind       text not null
    check (limit_kind in ('BUSINESS_DAYS', 'BUSINESS_HOURS', 'CALENDAR_DAYS', 'TRADING_DAYS', 'SETTLEMENT_DAYS', 'CLOCK_TIME')),
  limit_n          integer not null,
  limit_time       text check (limit_time ~ '^\d{2}:\d{2}(:\d{2})?$'),
  received_at      timestamptz not null,
  channel          channel_code not null,
  calendars        text[] not null,
  calendar_version text not null,
  stopped_days_at_most integer not null check (stopped_days_at_most >= 0),
  due_at           timestamptz not null,
  rungs            jsonb not null,
  revision         integer not null default 1 check (revision > 0),
  state            text not null default 'running' check (state in ('running', 'breached', 'met', 'met late', 'withdrawn')),
  breached_at      timestamptz,
  ended_at         timestamptz,
  ended_by         text,
  opened_at        timestamptz not null default business_now(),
  constraint limit_has_a_length check (limit_n >= case limit_kind when 'CLOCK_TIME' then 0 else 1 end),
  constraint clock_limit_has_a_time check ((limit_kind = 'CLOCK_TIME') = (limit_time is not null)),
  constraint ended_by_somebody check ((state in ('met', 'met late', 'withdrawn')) = (ended_at is not null and ended_by is not null)),
  constraint met_in_time check (state <> 'met' or ended_at <= due_at),
  constraint met_late check (state <> 'met late' or ended_at > due_at),
  constraint breached_when_due check (state <> 'breached' or (breached_at is not null and breached_at >= due_at))
);
comment on table deadlines is 'Promises: who owes what by when. due_at and rungs were computed once, with the calendar version beside them.';
comment on column deadlines.subject is 'Business key of what is promised; never personal.';
comment on column deadlines.calendars is 'Calendars that the instants rest on: CIVIL, or the two exchanges. A corrected one computes them anew.';
comment on column deadlines.calendar_version is 'Versions that the instants were computed with, e.g. SEHK 1, SSE 2.';
comment on column deadlines.rungs is 'Instant of each rung, [{"rung": 1, "dueAt": "..."}], in the order of the ladder.';
comment on column deadlines.revision is 'Grows with each new computation; a rung rings only for the revision that it was climbed with.';
comment on column deadlines.breached_at is 'When the last rung rang unmet; kept when the promise is met late.';
create index deadlines_by_due on deadlines (due_at, deadline_id);
create index deadlines_open on deadlines (due_at, deadline_id) where ended_at is null;
create index deadlines_of_process on deadlines (workflow_id);

create table deadline_stops (
  stop_id     bigint generated always as identity primary key,
  deadline_id bigint not null references deadlines,
  from_at     timestamptz not null,
  to_at       timestamptz not null,
  reason      text not null check (length(reason) between 1 and 500),
  stopped_by  text not null,
  resumed_at  timestamptz,
  resumed_by  text,
  check (from_at <= to_at),
  check ((resumed_at is null) = (resumed_by is null)),
  constraint resumed_where_it_ends check (resumed_at is null or resumed_at = to_at),
  constraint stops_do_not_overlap exclude using gist (deadline_id with =, tstzrange(from_at, to_at) with &&)
);
comment on table deadline_stops is
  'The clock of a promise stood from from_at to to_at (excluded). Nobody resumed: to_at is where the bound ends the stop by itself.';
create index deadline_stops_of on deadline_stops (deadline_id);

create function stops_stay_bounded() returns trigger language plpgsql as $$
begin
  perform 1 from deadlines d
    where d.deadline_id = new.deadline_id
      and (select sum(s.to_at - s.from_at) from deadline_stops s where s.deadline_id = d.deadline_id)
          > make_interval(hours => 24 * d.stopped_days_at_most);
  if found then raise exception 'the clock of deadline % stands longer than its bound', new.deadline_id using errcode = '23514'; end if;
  return null;
end $$;
create constraint trigger stops_stay_bounded after insert or update on deadline_stops
  for each row execute function stops_stay_bounded();

create table deadline_extensions (
  extension_id bigint generated always as identity primary key,
  deadline_id  bigint not null references deadlines,
  extension_no integer not null check (extension_no > 0),
  further_n    integer not null check (further_n > 0),
  reason       text not null check (length(reason) between 1 and 500),
  due_before   timestamptz not null,
  asked_by     text not null,
  asked_at     timestamptz not null default business_now(),
  state        text not null default 'asked' check (state in ('asked', 'approved', 'refused', 'recalled', 'lapsed')),
  decided_by   text,
  decided_at   timestamptz,
  decision_reason text,
  unique (deadline_id, extension_no),
  constraint maker_never_extends check (decided_by is null or state = 'recalled' or decided_by <> asked_by),
  constraint decided_when_ended check ((state = 'asked') = (decided_at is null)),
  constraint decided_by_somebody check (state not in ('approved', 'refused', 'recalled') or decided_by is not null),
  constraint asked_before_the_limit check (asked_at < due_before),
  constraint approved_before_the_limit check (state <> 'approved' or decided_at < due_before)
);
comment on table deadline_extensions is
  'More time: asked before the limit, decided by a second person before it too. due_before is the limit until then, as it stood at the last step.';
create unique index deadline_extensions_asked on deadline_extensions (deadline_id) where state = 'asked';

create table deadline_changes (
  deadline_id    bigint not null references deadlines,
  revision       integer not null check (revision > 1),
  cause          text not null check (cause in ('stopped', 'resumed', 'extended', 'calendar corrected')),
  due_before     timestamptz not null,
  due_after      timestamptz not null,
  rungs_before   jsonb not null,
  rungs_after    jsonb not null,
  version_before text not null,
  version_after  text not null,
  by             text not null,
  at             timestamptz not null default business_now(),
  primary key (deadline_id, revision)
);
comment on table deadline_changes is 'Every new computation of a promise: old and new instants with the calendar versions behind them.';

-- ---------------------------------------------------------------------------------------------------------- grants

grant select on deadlines, deadline_stops, deadline_extensions, deadline_changes to southbound_app;
grant usage on all sequences in schema public to southbound_app;
grant insert on deadline_changes to southbound_app;
grant insert, update on deadlines, deadline_stops, deadline_extensions to southbound_app;
