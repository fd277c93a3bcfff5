-- The archive: one client, one file (A2 §13-15). Documents are kept by their digest in a store of their own; here stands what they
-- are, whose file they belong to, who filed and who reviewed them. Nothing is changed; nothing goes before its retention ends.

create table archives (
  client_no text primary key check (client_no ~ '^C\d{8}$'),
  opened_on date not null
);
comment on table archives is 'The single file of a client; its number names the client everywhere. No personal data.';
create table archive_ends (
  client_no   text primary key references archives,
  ended_on    date not null,
  reason      text not null,
  recorded_by text not null,
  at          timestamptz not null default business_now()
);
comment on table archive_ends is 'The end of the relationship, from which retention counts. While there is none, nothing goes.';
create table retention_holds (
  hold_id     bigint generated always as identity primary key,
  client_no   text not null references archives,
  held_until  date not null,
  source      text not null,
  recorded_by text not null,
  at          timestamptz not null default business_now()
);
comment on table retention_holds is 'A longer period of law, court or dispute. It only ever lengthens: holds are added, never taken back.';

create table documents (
  sha256     text primary key check (sha256 ~ '^[0-9a-f]{64}$'),
  byte_count bigint not null check (byte_count > 0),
  media_type text not null,
  kept_at    timestamptz not null default business_now()
);
comment on table documents is 'What the store of documents holds, by digest.';
create table archive_entries (
  entry_id      bigint generated always as identity primary key,
  entry_key     text not null unique,
  client_no     text not null references archives,
  entry_no      integer not null check (entry_no > 0),
  kind          text not null,
  sha256        text not null references documents,
  business_date date not null,
  workflow_id   text,
  paper_no      text,
  filed_by      text not null,
  filed_at      timestamptz not null default business_now(),
  unique (client_no, entry_no)
);
comment on column archive_entries.paper_no is 'Number of the paper that was scanned: such an entry needs a review by a second person and a hand-over.';
create index archive_entries_of_process on archive_entries (workflow_id);
create index archive_entries_of_document on archive_entries (sha256);
create table archive_reviews (
  entry_id    bigint primary key references archive_entries,
  filed_by    text not null,
  reviewed_by text not null,
  outcome     text not null check (outcome in ('legible', 'scan again')),
  reason      text not null,
  at          timestamptz not null default business_now(),
  constraint filer_never_reviews check (filed_by <> reviewed_by)
);
create table paper_handovers (
  entry_id       bigint primary key references archive_entries,
  custodian      text not null,
  receipt_no     text not null unique,
  handed_over_by text not null,
  received_by    text not null,
  handed_over_on date not null,
  at             timestamptz not null default business_now(),
  constraint giver_is_not_receiver check (handed_over_by <> received_by)
);
comment on table paper_handovers is 'Paper goes to its custodian, branch or region, against a receipt.';

-- Who reviews is compared with who filed, whatever the row says.
create function review_names_the_filer() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  new.filed_by := (select e.filed_by from archive_entries e where e.entry_id = new.entry_id);
  return new;
end $$;
create trigger review_names_the_filer before insert on archive_reviews for each row execute function review_names_the_filer();

create trigger reviewer_is_no_filer after insert on archive_reviews for each row
  execute function maker_is_no_checker('filed_by', 'reviewed_by');
create trigger giver_is_no_receiver after insert on paper_handovers for each row
  execute function maker_is_no_checker('handed_over_by', 'received_by');

create function archive_kept_until(asked text) returns date language sql stable set search_path = public, pg_temp as $$
  select greatest((a.ended_on + make_interval(years => p.value::int))::date,
                  (select max(h.held_until) from retention_holds h where h.client_no = asked))
    from archive_ends a
    join parameters p on p.code = 'RETENTION_YEARS' and p.valid_from <= (business_now() at time zone 'Asia/Shanghai')::date
     and (p.valid_to is null or (business_now() at time zone 'Asia/Shanghai')::date < p.valid_to)
   where a.client_no = asked
$$;
comment on function archive_kept_until(text) is 'Last day of retention of a client''s file; null while the relationship lasts: for ever, as far as anybody knows.';

-- The lock holds against the owner of the tables too: whoever empties an archive has to take the lock away first, which shows.
create function archive_is_kept() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
  whose text := to_jsonb(old) ->> 'client_no';
  kept_until date;
begin
  if tg_op <> 'DELETE' then
    raise exception 'what is in the archive is never changed' using errcode = '42501';
  end if;
  if whose is null then
    select e.client_no into whose from archive_entries e where e.entry_id = (to_jsonb(old) ->> 'entry_id')::bigint;
  end if;
  kept_until := archive_kept_until(whose);
  if kept_until is null or (business_now() at time zone 'Asia/Shanghai')::date <= kept_until then
    raise exception 'the file of % is kept until %', whose, coalesce(kept_until::text, 'its retention ends; the relationship lasts')
      using errcode = '42501';
  end if;
  return old;
end $$;
create function archive_is_not_emptied() returns trigger language plpgsql as $$
begin
  raise exception 'the archive is never emptied' using errcode = '42501';
end $$;
create function documents_are_kept() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if tg_op <> 'DELETE' or exists (select from archive_entries e where e.sha256 = old.sha256) then
    raise exception 'a document that a file names is never changed or taken away' using errcode = '42501';
  end if;
  return old;
end $$;
do $$
declare kept text;
begin
  foreach kept in array array['archives', 'archive_ends', 'retention_holds', 'archive_entries', 'archive_reviews', 'paper_handovers'] loop
    execute format('create trigger archive_is_kept before update or delete on %I for each row execute function archive_is_kept()', kept);
    execute format('create trigger archive_is_not_emptied before truncate on %I for each statement execute function archive_is_not_emptied()', kept);
  end loop;
end $$;
create trigger documents_are_kept before update or delete on documents for each row execute function documents_are_kept();
create trigger documents_are_not_emptied before truncate on documents for each statement execute function archive_is_not_emptied();

grant select, insert on archives, archive_ends, retention_holds, documents, archive_entries, archive_reviews, paper_handovers
  to southbound_app;
grant usage on all sequences in schema public to southbound_app;
grant execute on function archive_kept_until(text) to southbound_app;
