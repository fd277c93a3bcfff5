-- The sender of filings finds what does not agree beside the process of the event, which is woken for it, or started again where it is over.
alter table corporate_actions add column breaks_told bigint not null default 0;
comment on column corporate_actions.breaks_told is
  'State of the newest break of the filings for which the process of the event was woken, or started again.';
