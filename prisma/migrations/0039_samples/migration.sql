-- Samples that are drawn by a seed and can be drawn again, what is inspected of them, the appraisal of whoever handles complaints, and surveys.

alter table callback_follow_ups drop constraint callback_follow_ups_act_check;
alter table callback_follow_ups add constraint callback_follow_ups_act_check check (act in ('task', 'suspension', 'complaint'));
comment on column callback_follow_ups.act is
  'task: somebody of the role does it; suspension: operations is asked to suspend buying; complaint: one is received in the name of the client.';

-- -------------------------------------------------------------------------------------------------------------- samples

create table samples (
  sample_no   text primary key check (sample_no ~ '^(callbacks|campaign|calls|complaints):[\w.-]{1,40}$'),
  kind        text not null check (kind in ('callbacks', 'campaign', 'calls', 'complaints')),
  period      text not null,
  workflow_id text not null unique,
  terms       jsonb not null default '{}',
  seed        text not null check (length(seed) between 1 and 64),
  asked_by    text not null,
  asked_role  text not null,
  asked_at    timestamptz not null default business_now(),
  population  integer check (population >= 0),
  size        integer check (size between 0 and population),
  drawn_at    timestamptz,
  begun_at    timestamptz,
  check ((drawn_at is null) = (population is null) and (drawn_at is null) = (size is null)),
  unique (kind, period)
);
comment on table samples is 'What was drawn, out of how many, by which seed: with the population that is kept beside it, it can be drawn again.';
comment on column samples.terms is 'Share and least number by which the size was computed, and for a campaign whom it is for.';
create trigger sample_is_written_once before update on samples for each row
  execute function is_written_once('kind', 'period', 'seed', 'asked_by', 'population', 'size', 'drawn_at', 'begun_at');

create table sample_strata (
  sample_no  text not null references samples,
  stratum    text not null,
  population integer not null check (population > 0),
  size       integer not null check (size between 0 and population),
  primary key (sample_no, stratum)
);
comment on table sample_strata is 'How many of each branch, by the largest remainder.';

create table sample_members (
  sample_no text not null references samples,
  member    text not null,
  stratum   text not null,
  is_drawn  boolean not null,
  primary key (sample_no, member)
);
create index sample_members_drawn on sample_members (sample_no, member) where is_drawn;
comment on table sample_members is 'The whole population of a sample and which of it were drawn: the first of each stratum by the SHA-256 of "seed:member".';

-- ---------------------------------------------------------------------------------------------------------- inspections

create table inspections (
  inspection_id bigint generated always as identity primary key,
  sample_no     text not null references samples,
  kind          text not null check (kind in ('complaints', 'calls')),
  subject       text not null,
  workflow_id   text not null unique,
  state         text not null default 'open' check (state in ('open', 'inspected', 'ended')),
  checklist     text not null,
  answers       jsonb,
  inspected_by  text,
  inspected_at  timestamptz,
  ended_at      timestamptz,
  unique (sample_no, subject),
  check ((state = 'open') = (answers is null) and (answers is null) = (inspected_by is null) and (inspected_by is null) = (inspected_at is null)),
  check ((state = 'ended') = (ended_at is not null))
);
create index inspections_of_subject on inspections (subject);
comment on table inspections is 'A closed complaint, or a recorded call, looked at by a checklist; subject: number of the complaint, number of the attempt.';
create trigger inspection_is_written_once before update on inspections for each row
  execute function is_written_once('sample_no', 'subject', 'answers', 'inspected_by', 'inspected_at', 'ended_at');

create table inspection_findings (
  inspection_id bigint not null references inspections,
  finding_no    integer not null check (finding_no > 0),
  item          text not null,
  role          text not null,
  branch        text,
  due_days      integer not null check (due_days > 0),
  state         text not null default 'open' check (state in ('open', 'done')),
  done_by       text,
  done_at       timestamptz,
  primary key (inspection_id, finding_no),
  check ((state = 'done') = (done_by is not null and done_at is not null))
);
comment on table inspection_findings is 'What an inspection found wrong, who corrects it by when, tracked to its end.';

-- ------------------------------------------------------------------------------------------------------------- appraisal

create table appraisals (
  appraisal_id bigint generated always as identity primary key,
  first_day    date not null,
  last_day     date not null,
  subject_kind text not null check (subject_kind in ('department', 'person')),
  subject      text not null,
  workflow_id  text not null unique,
  asked_by     text not null,
  asked_at     timestamptz not null default business_now(),
  computed_at  timestamptz,
  revision     integer not null default 0,
  outcome      text check (outcome in ('reward', 'none', 'sanction')),
  made_by      text,
  made_for     text,
  state        text not null default 'computing' check (state in ('computing', 'open', 'awaiting approval', 'approved', 'refused', 'recalled', 'withdrawn')),
  approved_by  text,
  approved_for text,
  approved_at  timestamptz,
  check (first_day <= last_day),
  check ((state = 'approved') = (approved_by is not null and approved_at is not null)),
  check (state not in ('awaiting approval', 'approved') or (outcome is not null and made_by is not null)),
  unique (subject_kind, subject, first_day, last_day)
);
comment on table appraisals is 'How complaints were handled in a period by a department or a person, and the reward or sanction that it ends in.';
create trigger appraisal_maker_is_no_checker after insert or update on appraisals for each row
  execute function maker_is_no_checker('made_by made_for', 'approved_by approved_for');

create table appraisal_lines (
  appraisal_id bigint not null references appraisals,
  code         text not null check (code in ('timeliness', 'reopened', 'satisfaction', 'findings')),
  numerator    integer not null check (numerator >= 0),
  denominator  integer not null check (denominator >= 0),
  ratio_e4     integer,
  counted      text[] not null,
  among        text[] not null,
  primary key (appraisal_id, code),
  check ((denominator = 0) = (ratio_e4 is null)),
  check (cardinality(among) = denominator)
);
comment on table appraisal_lines is 'Each figure with what it was counted from: numbers of the complaints. Computed, never typed.';

-- --------------------------------------------------------------------------------------------------------------- surveys

create table survey_answers (
  answer_id   bigint generated always as identity primary key,
  answer_key  text not null unique,
  occasion    text not null check (occasion in ('mobile opening', 'telephone consulting', 'online consulting')),
  subject     text,
  satisfied   boolean not null,
  answered_at timestamptz not null default business_now(),
  recorded_by text not null
);
create index survey_answers_of_occasion on survey_answers (occasion, answered_at);
comment on table survey_answers is 'Answers to "were you satisfied" after a service: one an occasion of service, without who answered.';

create index complaints_received on complaints (received_at, complaint_no);

grant select, insert on samples, sample_strata, sample_members, inspections, inspection_findings, appraisals, appraisal_lines, survey_answers to southbound_app;
grant update (population, size, drawn_at, begun_at) on samples to southbound_app;
grant update (state, answers, inspected_by, inspected_at, ended_at) on inspections to southbound_app;
grant update (state, done_by, done_at) on inspection_findings to southbound_app;
grant update (computed_at, revision, outcome, made_by, made_for, state, approved_by, approved_for, approved_at) on appraisals to southbound_app;
grant usage on all sequences in schema public to southbound_app;
