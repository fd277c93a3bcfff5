-- Asked at every act: who complained of one case was looked for among the complaints of everybody, and the case behind it found out anew for each of them.

create index client_logins_by_client on client_logins (client_no);

create or replace view complaints_of_own_people as
  select 'complaint:' || w.complaint_no as workflow_id, p.natural_person as human, w.complaint_no
    from complainants w join client_logins l using (client_no) join people p on p.person = l.person;

create or replace function kept_out_of(workflow text) returns table (human text, keeps_from text)
language sql stable set search_path = public, pg_temp as $$
  with today as (select (business_now() at time zone 'Asia/Shanghai')::date as on_day),
  behind as materialized (select process_behind(workflow) as workflow_id),
  named as (select natural_person(e.person) as human, e.cause from behind join process_exclusions e using (workflow_id))
  select k.human, k.keeps_from from named, today, kept_out_by(named.human, named.cause, today.on_day) k
  union
  select c.human, 'all work' from behind b join complaints_of_own_people c on c.complaint_no = substring(b.workflow_id from '^complaint:(.+)$')
$$;

create function is_kept_out(workflow text, accounts text[]) returns boolean
language sql stable set search_path = public, pg_temp as $$
  select exists (select from kept_out_of(workflow) k, unnest(accounts) account where k.keeps_from = 'all work' and k.human = natural_person(account))
$$;
comment on function is_kept_out(text, text[]) is 'Whether whoever has one of the accounts is kept out of all work of a case.';
