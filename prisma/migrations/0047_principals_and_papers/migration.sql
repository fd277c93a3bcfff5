-- Whoever decides for somebody else by delegation is named with the principal; codes that are sent to one client in a day are bounded.

alter table permission_steps add column on_behalf_of text;
comment on column permission_steps.on_behalf_of is 'Person by whose right it was done, where that was delegated.';

alter table permission_types add column code_sends_per_day integer not null default 10 check (code_sends_per_day > 0);
comment on column permission_types.code_sends_per_day is 'One-time codes that are sent to one client in a day, over all requests for the permission.';
