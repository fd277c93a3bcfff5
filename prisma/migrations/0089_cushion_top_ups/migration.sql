-- Own money that is added to the cushion (A4 §28): asked for by the alarm of its limit or by finance, ordered by two people, booked once it has moved.

create table cushion_top_ups (
  top_up_id     bigint generated always as identity primary key,
  channel       channel_code not null,
  business_date date not null,
  origin        text not null check (origin in ('alarm', 'finance')),
  amount_fen    bigint not null check (amount_fen > 0),
  reason        text not null check (length(reason) between 5 and 500),
  workflow_id   text not null unique,
  request_key   text not null unique,
  asked_by      text not null,
  asked_at      timestamptz not null default business_now(),
  state         text not null default 'open' check (state in ('open', 'paid', 'not needed')),
  ended_by      text,
  ended_at      timestamptz,
  check ((state = 'open') = (ended_at is null and ended_by is null))
);
comment on table cushion_top_ups is 'Each wish to raise the cushion: one at a time, paid by an order of two people, or not needed any more.';
comment on column cushion_top_ups.amount_fen is 'Asked for by finance and ordered as it stands; of the alarm the least amount by which it is raised no more, where whoever makes the order decides.';
create unique index one_open_top_up on cushion_top_ups (channel) where state = 'open';
create trigger cushion_top_up_is_written_once before update on cushion_top_ups for each row
  execute function is_written_once('channel', 'business_date', 'origin', 'reason', 'workflow_id', 'asked_by', 'ended_by', 'ended_at');

alter table orders drop constraint orders_kind_check;
alter table orders add constraint orders_kind_check check (kind in ('FUND', 'DRAW_BACK', 'COMMISSION', 'COMPENSATION', 'CUSHION'));
alter table orders drop constraint compensation_is_of_a_case;
alter table orders add constraint payment_is_of_a_case check ((kind in ('COMPENSATION', 'CUSHION')) = (case_key is not null));
alter index one_compensation_a_case rename to one_payment_a_case;
comment on column orders.case_key is 'What a compensation or a top-up of the cushion pays for; paid once whatever happens.';

insert into ledgers values
  ('cushion_paid_in', 'debit', '投入安全气垫的自有资金', 'own money placed in the cushion since the opening');

grant select, insert on cushion_top_ups to southbound_app;
grant update (amount_fen, state, ended_by, ended_at) on cushion_top_ups to southbound_app;
grant usage on all sequences in schema public to southbound_app;
