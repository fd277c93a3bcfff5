-- Who takes down an election, or asks for another deadline, for a principal: neither of them decides about it.

alter table telephone_elections add column recorded_for text;
drop trigger recorder_is_no_checker on telephone_elections;
create trigger recorder_is_no_checker after insert or update on telephone_elections for each row
  when (new.state <> 'recalled') execute function maker_is_no_checker('recorded_by recorded_for', 'decided_by decided_for');
drop trigger telephone_election_is_written_once on telephone_elections;
create trigger telephone_election_is_written_once before update on telephone_elections for each row
  execute function is_written_once('event_id', 'securities_account', 'ballot', 'option', 'quantity', 'version_shown', 'recording', 'recorded_by',
    'recorded_for', 'recorded_at', 'decided_by', 'decided_at');

create index election_filings_to_release on election_filings (filing_seq)
  where counter_told and business <> 'H62' and state in ('failed', 'cancelled', 'partly')
    and counter_released <> quantity - case when state = 'partly' then confirmed else 0 end;
