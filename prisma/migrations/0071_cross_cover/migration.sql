-- What the clearing house takes from the proprietary reserve account for a client shortfall: a claim of the own funds, apart from everything else.

insert into ledgers values
  ('cross_cover', 'debit', '关联交收往来', 'client shortfalls covered by the clearing house from the proprietary reserve account');

alter table checkpoints add column cross_cover_fen bigint not null default 0;
