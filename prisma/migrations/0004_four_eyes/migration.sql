-- Four eyes as the database itself keeps them: which accounts belong to one human, who stands in for whom, how many people check
-- what, and what exactly was approved. Reaches no further than the application's role: the owner of the tables could take it away.
-- Functions that triggers call look in public first: a temporary table of the same name must not be taken for ours.

-- ------------------------------------------------------------------------------------------- accounts of one human

alter table people add column natural_person text;
update people set natural_person = person;
alter table people alter column natural_person set not null,
  add foreign key (natural_person) references people (person) deferrable initially deferred;
comment on column people.natural_person is
  'Reference shared by the accounts of one human: the key of the first of them. Maker and checker are compared by it.';

create function natural_person_is_known() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    new.natural_person := coalesce(new.natural_person, new.person);
  elsif new.person <> old.person then
    raise exception 'the key of a person is written once';
  elsif new.natural_person <> old.natural_person and (old.natural_person <> old.person
      or exists (select from people where natural_person = old.person and person <> old.person)) then
    raise exception 'accounts of one human are joined and never parted: %', old.person using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger natural_person_is_known before insert or update on people for each row execute function natural_person_is_known();

create function natural_person(account text) returns text language sql stable set search_path = public, pg_temp as
$$ select coalesce((select p.natural_person from people p where p.person = account), account) $$;
comment on function natural_person(text) is 'The human behind an account; a key that the directory does not know is a human of its own.';

-- Arguments: groups of columns, names separated by spaces; nobody of one group may be the human of another.
create function maker_is_no_checker() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare written jsonb := to_jsonb(new); one text; other text;
begin
  for i in 0 .. tg_nargs - 2 loop
    for j in i + 1 .. tg_nargs - 1 loop
      select a.name, b.name into one, other
        from unnest(string_to_array(tg_argv[i], ' ')) a (name), unnest(string_to_array(tg_argv[j], ' ')) b (name)
       where natural_person(written ->> a.name) = natural_person(written ->> b.name) limit 1;
      if found then
        raise exception '% and % of % are one person', one, other, tg_table_name using errcode = 'check_violation', constraint = tg_name;
      end if;
    end loop;
  end loop;
  return new;
end $$;
comment on function maker_is_no_checker() is 'Last layer of four eyes, for every table that names a maker and a checker.';

-- Arguments: columns that are never changed.
create function is_written_once() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare before jsonb := to_jsonb(old); written jsonb := to_jsonb(new);
begin
  for i in 0 .. tg_nargs - 1 loop
    if before -> tg_argv[i] <> 'null' and before -> tg_argv[i] is distinct from written -> tg_argv[i] then
      raise exception '% of % is written once', tg_argv[i], tg_table_name using errcode = 'check_violation', constraint = tg_name;
    end if;
  end loop;
  return new;
end $$;

-- ------------------------------------------------------------------------------------- how many people check what

create table approval_terms (
  kind       text not null,
  risk       text not null default '',
  from_fen   bigint not null default 0 check (from_fen >= 0),
  checker    integer not null check (checker between 0 and 2),
  role       text references roles,
  mark       text check (mark in ('deputy', 'head')),
  valid_from date not null,
  valid_to   date,
  source     text not null,
  primary key (kind, risk, from_fen, checker, valid_from),
  check (valid_from < valid_to),
  exclude using gist (kind with =, risk with =, from_fen with =, checker with =, daterange(valid_from, valid_to) with &&)
);
comment on table approval_terms is
  'Who checks which kind of approval: one row a checker, first and second, of the highest amount reached; checker 0 says that nobody need. No role: the one that the process names.';
insert into approval_terms (kind, checker, valid_from, source) values ('', 1, '2014-11-17', 'A1 §27: one checker where nothing else is said');

-- --------------------------------------------------------------------------------------- tasks, orders, approvals

alter table tasks
  add column made_for text,
  add column first_task bigint references tasks,
  add column checkers integer not null default 1 check (checkers between 1 and 2),
  add column amount_fen bigint,
  add column subject_kind text,
  add column subject_id text,
  add column content_sha256 text,
  add check ((subject_kind is null) = (subject_id is null)),
  add constraint approval_has_a_maker check (content_sha256 is null or made_by is not null);
-- Approvals that are open while this runs: of an order, and shown before digests were kept.
update tasks t set subject_kind = 'order', subject_id = o.order_id::text from orders o where t.business_key = 'approve:' || o.business_key;
comment on column tasks.subject_kind is 'Of an approval: kind and number of the row that it decides about.';
comment on column tasks.made_for is 'Principal for whom the maker acted.';
comment on column tasks.first_task is 'Of the task of a second checker: the task of the first.';
comment on column tasks.content_sha256 is 'What is shown for approval, frozen: the subject, the facts and the revision.';
create index tasks_of_first on tasks (first_task) where first_task is not null;
create trigger task_maker_is_written_once before update on tasks for each row
  execute function is_written_once('made_by', 'made_for', 'first_task', 'subject_kind', 'subject_id', 'business_key');

alter table orders add column made_for text, add column approved_for text;
create trigger order_is_written_once before update on orders for each row
  execute function is_written_once('made_by', 'made_for', 'kind', 'side', 'revision', 'amount_fen', 'from_account', 'to_account', 'approved_by', 'approved_for');
create trigger order_maker_is_no_checker after insert or update on orders for each row
  execute function maker_is_no_checker('made_by made_for', 'approved_by approved_for');

alter table approvals
  add column maker_for text,
  add column checker_for text,
  add column first_task bigint references tasks,
  add column content_sha256 text;
update approvals set first_task = task_id;
alter table approvals alter column first_task set not null;
create index approvals_of_first on approvals (first_task);
create trigger maker_is_no_checker after insert or update on approvals for each row
  execute function maker_is_no_checker('maker maker_for', 'checker checker_for');
create trigger grant_maker_is_no_checker after insert or update on grants for each row
  execute function maker_is_no_checker('person', 'granted_by', 'approved_by');

create function approval_is_of_its_task() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare decided tasks; ordered orders;
begin
  select * into decided from tasks t where t.task_id = new.task_id;
  if (new.maker, new.maker_for) is distinct from (decided.made_by, decided.made_for)
     or new.first_task is distinct from coalesce(decided.first_task, decided.task_id) then
    raise exception 'an approval names the maker of its task' using errcode = 'check_violation', constraint = tg_name;
  end if;
  select * into ordered from orders o where o.order_id = new.order_id;
  if found and (new.maker, new.maker_for) is distinct from (ordered.made_by, ordered.made_for) then
    raise exception 'an approval names the maker of its order' using errcode = 'check_violation', constraint = tg_name;
  end if;
  -- Of two checkers at once the second waits here and then sees the first.
  perform from tasks t where t.task_id = new.first_task for update;
  if exists (select from approvals a,
                    unnest(array[a.checker, a.checker_for]) one, unnest(array[new.checker, new.checker_for]) other
              where a.first_task = new.first_task and a.task_id <> new.task_id
                and natural_person(one) = natural_person(other)) then
    raise exception 'both checkers are one person' using errcode = 'check_violation', constraint = tg_name;
  end if;
  return new;
end $$;
create trigger approval_is_of_its_task after insert on approvals for each row execute function approval_is_of_its_task();

-- ----------------------------------------------------------------------------------------------------- delegations

create table delegations (
  delegation_id    bigint generated always as identity primary key,
  principal        text not null references people,
  delegate         text not null references people,
  role             text not null references roles,
  side             side_of_business,
  branch           text,
  kinds            text[] check (cardinality(kinds) > 0),
  amount_limit_fen bigint check (amount_limit_fen > 0),
  first_day        date not null,
  last_day         date not null,
  reason           text not null,
  made_by          text not null references people,
  made_at          timestamptz not null default business_now(),
  revision         integer not null default 1,
  state            text not null check (state in ('awaiting approval', 'given', 'refused', 'recalled', 'withdrawn', 'revoked')),
  approved_by      text references people,
  approved_for     text references people,
  approved_at      timestamptz,
  revoked_by       text references people,
  revoked_at       timestamptz,
  revoke_reason    text,
  check (first_day <= last_day),
  check ((state = 'revoked') = (revoked_at is not null)),
  constraint one_delegation_at_a_time exclude using gist (principal with =, delegate with =, role with =,
    coalesce(side::text, '') with =, daterange(first_day, last_day, '[]') with &&) where (state in ('awaiting approval', 'given'))
);
comment on table delegations is
  'A principal lets another person act in one role, from the first to the last day included; it ends by itself, or at once when revoked.';
create index delegations_of_delegate on delegations (delegate, last_day);
create trigger delegation_maker_is_no_checker after insert or update on delegations for each row
  execute function maker_is_no_checker('principal made_by', 'delegate', 'approved_by approved_for');
create trigger delegation_is_written_once before update on delegations for each row
  execute function is_written_once('principal', 'delegate', 'role', 'side', 'branch', 'kinds', 'amount_limit_fen', 'first_day', 'last_day',
    'made_by', 'approved_by', 'approved_at', 'revoked_by', 'revoked_at');

-- ------------------------------------------------------------------------------------------- changes of dated terms

create table changeable_terms (
  kind         text not null check (kind in ('parameter', 'fee_rate')),
  code         text not null,
  asked_by     text[] not null check (cardinality(asked_by) > 0),
  risk         text not null,
  process_type text not null,
  read_by_zh   text not null,
  read_by_en   text not null,
  valid_from   date not null,
  valid_to     date,
  source       text not null,
  primary key (kind, code, valid_from),
  check (valid_from < valid_to),
  exclude using gist (kind with =, code with =, daterange(valid_from, valid_to) with &&)
);
comment on table changeable_terms is 'Which terms a rule reads, which process reads them, and which roles may ask for another value.';

create table parameter_changes (
  change_id    bigint generated always as identity primary key,
  kind         text not null check (kind in ('parameter', 'fee_rate')),
  code         text not null,
  part         text not null default '',
  old_values   jsonb not null,
  new_values   jsonb not null,
  effective_on date not null,
  reason       text not null,
  risk         text not null,
  revision     integer not null default 1,
  made_by      text not null references people,
  made_for     text references people,
  made_role    text not null references roles,
  made_at      timestamptz not null default business_now(),
  state        text not null check (state in ('awaiting approval', 'approved', 'in force', 'refused', 'recalled', 'withdrawn')),
  approved_by  text references people,
  approved_for text references people,
  approved_at  timestamptz,
  in_force_at  timestamptz,
  constraint change_without_checker check (state not in ('approved', 'in force') or approved_by is not null)
);
comment on column parameter_changes.part is 'Of a parameter: the channel; empty for every channel without a row of its own.';
create unique index one_change_at_a_time on parameter_changes (kind, code, part) where state in ('awaiting approval', 'approved');
create trigger change_maker_is_no_checker after insert or update on parameter_changes for each row
  execute function maker_is_no_checker('made_by made_for', 'approved_by approved_for');
create trigger change_is_written_once before update on parameter_changes for each row
  execute function is_written_once('kind', 'code', 'part', 'made_by', 'made_for', 'made_role', 'approved_by', 'approved_for', 'approved_at');

create function draft_changes_with_its_revision() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if (new.old_values, new.new_values, new.effective_on, new.reason, new.risk)
     is distinct from (old.old_values, old.new_values, old.effective_on, old.reason, old.risk)
     and (old.state <> 'awaiting approval' or new.state <> old.state or new.revision <> old.revision + 1) then
    raise exception 'a draft changes with its revision, and until it is decided' using errcode = 'check_violation', constraint = tg_name;
  end if;
  return new;
end $$;
create trigger draft_changes_with_its_revision before update on parameter_changes for each row
  execute function draft_changes_with_its_revision();

-- History stays as it was: of a dated term the application ends the validity, and nothing else.
revoke update on parameters, fee_rates from southbound_app;
grant update (valid_to) on parameters, fee_rates to southbound_app;

-- ---------------------------------------------------------------------------------------------------------- grants

grant select, insert on approval_terms, delegations, changeable_terms, parameter_changes to southbound_app;
grant update (valid_to) on approval_terms, changeable_terms to southbound_app;
grant update (old_values, new_values, effective_on, reason, risk, revision, state, approved_by, approved_for, approved_at, in_force_at)
  on parameter_changes to southbound_app;
grant update (state, approved_by, approved_for, approved_at, revoked_by, revoked_at, revoke_reason) on delegations to southbound_app;
grant usage on all sequences in schema public to southbound_app;
