-- What is approved says who is paid, so it is paid to that account, whatever is named since.

alter table complaint_proposals add column payee text;
comment on column complaint_proposals.payee is 'Fund account of whoever complains when it was proposed: where its amount is paid. Null: there was none.';

update complaint_proposals p set payee = w.fund_account from complainants w where w.complaint_no = p.complaint_no;

drop trigger proposal_is_written_once on complaint_proposals;
create trigger proposal_is_written_once before update on complaint_proposals for each row
  execute function is_written_once('complaint_no', 'nth', 'finding', 'amount_fen', 'payee', 'made_by', 'made_for', 'approved_by', 'approved_at');
