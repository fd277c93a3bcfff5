-- An election in two statements: the first takes the locks and reads what is judged, the second writes.

create function offer_under_lock(asked_channel text, asked_event text, asked_account text, asked_key text)
returns table (event_id text, workflow_id text, state text, is_served boolean, version integer, opens_at timestamptz, client_cut_at timestamptz,
               broker_cut_at timestamptz, now timestamptz, electable bigint, options jsonb, standing jsonb, kept jsonb)
language plpgsql set search_path = public, pg_temp as $$
declare id bigint;
begin
  select a.event_id into id from corporate_actions a where a.channel = asked_channel::channel_code and a.event_no = asked_event;
  if id is null then return; end if;
  perform pg_advisory_xact_lock_shared(hashtextextended('elections of an event', id));
  perform from corporate_action_holders h where h.event_id = id and h.securities_account = asked_account for update;
  -- A statement of its own: it sees whatever was committed before the locks were had.
  return query
    select a.event_id::text, a.workflow_id, a.state, a.is_served, a.version, a.opens_at, a.client_cut_at, a.broker_cut_at, business_now(), h.electable,
           coalesce((select jsonb_agg(jsonb_build_object('ballot', o.ballot, 'option', o.option, 'filedAs', o.filed_as) order by o.place)
                       from corporate_action_options o where o.event_id = a.event_id and o.gone_version is null), '[]'),
           coalesce((select jsonb_agg(jsonb_build_object('ballot', e.ballot, 'option', e.option, 'quantity', e.quantity::text))
                       from elections e where e.event_id = a.event_id and e.securities_account = asked_account), '[]'),
           (select s.kept from election_steps s where s.act_key = asked_key)
      from corporate_actions a left join corporate_action_holders h on h.event_id = a.event_id and h.securities_account = asked_account
     where a.event_id = id;
end $$;
comment on function offer_under_lock(text, text, text, text) is
  'Holds the door of an event open with the others who elect, locks the holder, and reads what a request is judged by; nothing where there is no such event.';
grant execute on function offer_under_lock(text, text, text, text) to southbound_app;

-- The step of the same act is unique by its key and is written with its filings: a second index over the same key only cost each election.
alter table election_filings drop constraint election_filings_act_key_ballot_option_key;

-- Who elects is a holder: looked up once a statement instead of once a row, of which a close writes half a million.
create function elected_by_holders() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare stranger text;
begin
  select a.securities_account into stranger from added a
   where not exists (select from corporate_action_holders h where h.event_id = a.event_id and h.securities_account = a.securities_account) limit 1;
  if found then
    raise exception '% of an account that does not hold', tg_table_name using errcode = 'foreign_key_violation', constraint = tg_name;
  end if;
  return null;
end $$;
alter table elections drop constraint elections_event_id_securities_account_fkey;
alter table election_filings drop constraint election_filings_event_id_securities_account_fkey;
create trigger elections_are_of_holders after insert on elections referencing new table as added
  for each statement execute function elected_by_holders();
create trigger filings_are_of_holders after insert on election_filings referencing new table as added
  for each statement execute function elected_by_holders();
revoke update on elections from southbound_app;
grant update (quantity, version_shown, elected_by, at, cut_at) on elections to southbound_app;
