-- Every holder sees how all have voted: counted as filings go out and are answered, not once more for each holder who looks.

create table meeting_votes (
  event_id bigint not null references corporate_actions,
  ballot   text not null,
  option   text not null check (option in ('for', 'against', 'abstain')),
  quantity bigint not null,
  primary key (event_id, ballot, option)
);
comment on table meeting_votes is 'Shares voted on each resolution for all holders of the firm together: of each holder the newest vote that was sent and not turned away.';

create function is_submitted(state text) returns boolean language sql immutable as $$
  select state in ('sent', 'confirmed', 'success', 'partly')
$$;

insert into meeting_votes
select v.event_id, v.ballot, choice.key, sum(choice.value::bigint)
  from (select distinct on (event_id, securities_account, ballot) event_id, ballot, votes from election_filings
         where business = 'H62' and is_submitted(state) order by event_id, securities_account, ballot, filing_seq desc) v,
       lateral jsonb_each_text(v.votes) choice
 group by 1, 2, 3;

create function count_submitted_votes() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  -- One after the other for each meeting: who counts sees what the one before has counted.
  perform pg_advisory_xact_lock(hashtextextended('votes of a meeting', event_id))
     from (select distinct a.event_id from after a join before b using (filing_no)
            where a.business = 'H62' and is_submitted(a.state) <> is_submitted(b.state) order by 1) meetings;
  if not found then
    return null;
  end if;
  insert into meeting_votes as counted
  with changed as (
    select distinct a.event_id, a.securities_account, a.ballot from after a join before b using (filing_no)
     where a.business = 'H62' and is_submitted(a.state) <> is_submitted(b.state)),
  filings as (
    select f.event_id, f.securities_account, f.ballot, f.filing_seq, f.votes, f.state as state, coalesce(b.state, f.state) as state_before
      from changed join election_filings f using (event_id, securities_account, ballot) left join before b using (filing_no)),
  moved as (
    (select distinct on (event_id, securities_account, ballot) event_id, ballot, votes, 1 as sign from filings
      where is_submitted(state) order by event_id, securities_account, ballot, filing_seq desc)
    union all
    (select distinct on (event_id, securities_account, ballot) event_id, ballot, votes, -1 from filings
      where is_submitted(state_before) order by event_id, securities_account, ballot, filing_seq desc)),
  sums as (
    select event_id, ballot, choice.key as option, sum(sign * choice.value::bigint)::bigint as more
      from moved, lateral jsonb_each_text(votes) choice group by 1, 2, 3)
  select event_id, ballot, option, more from sums where more <> 0
  on conflict (event_id, ballot, option) do update set quantity = counted.quantity + excluded.quantity;
  return null;
end $$;
create trigger votes_are_counted after update on election_filings referencing old table as before new table as after
  for each statement execute function count_submitted_votes();

grant select on meeting_votes to southbound_app;
grant execute on function is_submitted(text) to southbound_app;
