-- Interest that was collected between the draft of a write-off and its booking is not given up once more.
alter table overdraft_write_offs add column interest_given_up_fen bigint check (interest_given_up_fen between 0 and interest_waived_fen);
comment on column overdraft_write_offs.interest_given_up_fen is 'Of the interest that was decided on, what was still owed when it was booked, fen; null until then.';
alter table overdraft_write_offs disable trigger user;
update overdraft_write_offs set interest_given_up_fen = interest_waived_fen where posted_on is not null;
alter table overdraft_write_offs enable trigger user;
alter table overdraft_write_offs add constraint given_up_when_posted check ((posted_on is null) = (interest_given_up_fen is null));
drop trigger write_off_is_written_once on overdraft_write_offs;
create trigger write_off_is_written_once before update on overdraft_write_offs for each row
  execute function is_written_once('case_no', 'nth', 'amount_fen', 'interest_waived_fen', 'made_by', 'made_for', 'approved_by', 'approved_at', 'posted_on', 'interest_given_up_fen');
grant update (interest_given_up_fen) on overdraft_write_offs to southbound_app;
