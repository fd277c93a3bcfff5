-- Work that waits for people, beyond open and done: who holds it and by whom it was given, who stands in for whom, what was said about
-- it, many at once, and lists that are found quickly whatever has been done before.

-- --------------------------------------------------------------------------------------------------- who holds a task

alter table tasks
  add column assigned_by text,
  add column bulk_allowed boolean not null default true,
  -- Lists are read on by this time: what a cursor cannot say to the microsecond must not be kept so.
  alter column due_at type timestamptz(3),
  add constraint assigned_to_somebody check (assigned_by is null or claimed_by is not null),
  add constraint claimed_by_somebody check (state <> 'claimed' or claimed_by is not null);
comment on column tasks.claimed_by is 'Who holds the task: claimed it, was assigned it, or had it sent back.';
comment on column tasks.assigned_by is 'Who gave the task to its holder; none where the holder claimed it.';
comment on column tasks.bulk_allowed is 'False where each needs a look of its own: not completed in bulk.';

create table substitutions (
  substitution_id bigint generated always as identity primary key,
  absent          text not null references people,
  substitute      text not null references people,
  first_day       date not null,
  last_day        date not null,
  made_by         text not null references people,
  made_for        text references people,
  made_at         timestamptz not null default business_now(),
  ended_by        text references people,
  ended_at        timestamptz,
  check (first_day <= last_day),
  check (absent <> substitute),
  check ((ended_by is null) = (ended_at is null)),
  constraint one_substitute_at_a_time exclude using gist (absent with =, daterange(first_day, last_day, '[]') with &&) where (ended_at is null)
);
comment on table substitutions is
  'Somebody is away, from the first to the last day included: what they hold may be done by the substitute, who needs the role as anybody does.';
create index substitutions_of_substitute on substitutions (substitute, last_day) where ended_at is null;

create function holders_for(doer text) returns setof text language sql stable as $$
  select doer
  union
  select s.absent from substitutions s
   where s.substitute = doer and s.ended_at is null
     and (business_now() at time zone 'Asia/Shanghai')::date between s.first_day and s.last_day
$$;
comment on function holders_for(text) is 'Whose held tasks a person may do today: the own ones and those of everybody for whom the person stands in.';

-- ------------------------------------------------------------------------------------------- what happened to a task

create table task_events (
  event_id       bigint generated always as identity primary key,
  task_id        bigint not null references tasks,
  kind           text not null check (kind in ('opened', 'claimed', 'released', 'assigned', 'commented', 'returned', 'completed', 'recalled', 'withdrawn')),
  at             timestamptz not null default business_now(),
  actor          text not null,
  on_behalf_of   text,
  substitute_for text,
  role           text,
  given_to       text,
  reason         text,
  revision       integer not null,
  request_id     text
);
comment on table task_events is 'Who did what with a task, in order; never changed.';
comment on column task_events.substitute_for is 'Who is away and held the task.';
create index task_events_of_task on task_events (task_id, event_id);

create table task_comments (
  event_id bigint primary key references task_events,
  text     text not null check (text <> ''),
  mentions text[] not null default '{}'
);
comment on table task_comments is 'What people wrote about a task: free text, which may name clients, and therefore stands in a table of its own.';
create index task_comments_by_mention on task_comments using gin (mentions);

-- ------------------------------------------------------------------------------------------------------ many at once

create table task_bulks (
  bulk_id      bigint generated always as identity primary key,
  made_by      text not null references people,
  made_for     text references people,
  request_key  text not null,
  request_id   text not null,
  action       text not null check (action in ('claim', 'release', 'assign', 'complete')),
  form         jsonb,
  given_to     text references people,
  reason       text,
  row_count    integer not null check (row_count > 0),
  made_at      timestamptz not null default business_now(),
  unique (made_by, request_key),
  check ((action = 'complete') = (form is not null)),
  check ((action = 'assign') = (given_to is not null))
);
comment on table task_bulks is 'One action on a list of tasks that was frozen and counted when it was asked for.';

create table task_bulk_rows (
  bulk_id  bigint not null references task_bulks,
  place    integer not null check (place > 0),
  task_id  bigint not null references tasks,
  revision integer not null,
  state    text not null default 'waiting' check (state in ('waiting', 'done', 'refused', 'failed')),
  attempt  integer not null default 1,
  tries    integer not null default 0,
  code     text,
  sentence jsonb,
  done_at  timestamptz,
  primary key (bulk_id, place),
  unique (bulk_id, task_id),
  check ((state in ('refused', 'failed')) = (code is not null))
);
comment on table task_bulk_rows is 'Result of each task: done, refused with its code, or failed for a reason that is not the task''s.';
comment on column task_bulk_rows.attempt is 'Counts the times that people asked; tries counts calls that ended without an answer in the attempt.';
create index task_bulk_rows_waiting on task_bulk_rows (bulk_id, place) where state = 'waiting';

-- ------------------------------------------------------------------------------------------------------- saved views

create table task_views (
  view_id    bigint generated always as identity primary key,
  owner      text not null references people,
  name       text not null check (name <> ''),
  filter     jsonb not null,
  shared     boolean not null default false,
  revision   integer not null default 1,
  removed    boolean not null default false,
  changed_at timestamptz not null default business_now()
);
create unique index task_views_of_owner on task_views (owner, name) where not removed;
comment on table task_views is 'Filters of the list of tasks that a person keeps; a shared one shows others the rows of it that they may see.';

-- ----------------------------------------------------------------------------------------------------- finding tasks

-- Pairs of neighbouring characters: trigrams find no Chinese word of two, and none at all in a database of locale C.
create function character_pairs(searched text) returns text[] language sql immutable parallel safe
begin atomic
  select coalesce(array_agg(distinct substr(lower(searched), n, 2)), '{}'::text[]) from generate_series(1, length(searched) - 1) n;
end;

drop index tasks_open;
create index tasks_open on tasks (role, side, (coalesce(due_at, 'infinity')), task_id) where state in ('open', 'claimed');
create index tasks_ended on tasks (role, side, (coalesce(due_at, 'infinity')), task_id) where state in ('done', 'withdrawn');
create index tasks_open_by_due on tasks ((coalesce(due_at, 'infinity')), task_id) where state in ('open', 'claimed');
create index tasks_ended_by_due on tasks ((coalesce(due_at, 'infinity')), task_id) where state in ('done', 'withdrawn');
create index tasks_held on tasks (claimed_by, (coalesce(due_at, 'infinity')), task_id) where state = 'claimed';
create index tasks_made on tasks (made_by) where made_by is not null and state in ('open', 'claimed');
create index tasks_by_text on tasks using gin (character_pairs(title_zh || ' ' || title_en || ' ' || business_key));

-- ------------------------------------------------------------------------------------------------------------ grants

grant select on substitutions, task_events, task_comments, task_bulks, task_bulk_rows, task_views to southbound_app;
grant insert on substitutions, task_events, task_comments, task_bulks, task_bulk_rows, task_views to southbound_app;
grant update (ended_by, ended_at) on substitutions to southbound_app;
grant update (state, attempt, tries, code, sentence, done_at) on task_bulk_rows to southbound_app;
grant update (name, filter, shared, revision, removed, changed_at) on task_views to southbound_app;
grant usage on all sequences in schema public to southbound_app;
