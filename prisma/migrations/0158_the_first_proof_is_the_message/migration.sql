-- Most messages are accepted at the first try and proved to have come by one receipt of the gateway: the message itself says that, too, as it
-- says the try. Every other receipt is a row, as it was.
alter table outbox add column proof text, add column proved_at timestamptz,
  add constraint proof_of_first_try check (num_nonnulls(proof, proved_at) <> 1 and (proof is null or accepted_on is not null));
comment on column outbox.proof is 'Number of the receipt by which the messages gateway proved that it came, on the channel that accepted it at the first try.';
create trigger first_proof_is_written_once before update on outbox for each row when (old.proof is not null)
  execute function is_written_once('proof', 'proved_at');

create view message_proofs as
select gateway, receipt, message_id, channel, outcome, at, code, person from message_receipts
union all
select 'messages', proof, message_id, accepted_on, 'delivered', proved_at, null, null from outbox where proof is not null;
comment on view message_proofs is 'Every proof of what became of a message, the first one too where the message itself says it.';
comment on table message_receipts is
  'Proof of what became of a message: of gateways by their own number, of people who read or telephoned; what the message itself says stands with it (message_proofs has all).';
grant select on message_proofs to southbound_app;
