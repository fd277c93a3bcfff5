-- Which bank an order may be sent to: the house bank, until a head of department has opened the emergency channel for it, which happens once and is never undone.

alter table orders add column sent_through text not null default 'bank' check (sent_through in ('bank', 'emergency bank'));
alter table orders add constraint only_transfers_have_a_second_bank check (sent_through = 'bank' or kind <> 'DRAW_BACK');
