-- A trade is cancelled by notice of the exchange or the clearing house: entered by one, approved by another. What the file says stays;
-- from the evening on that the cancellation is effective it counts a second time with the other sign.

create table trade_cancellations (
  cancellation_id bigint generated always as identity primary key,
  channel         channel_code not null,
  trade_date      date not null,
  trade_no        text not null,
  settle_date     date not null,
  notice          text not null check (length(notice) between 5 and 500),
  workflow_id     text not null unique,
  request_key     text not null unique,
  made_by         text not null,
  made_at         timestamptz not null default business_now(),
  state           text not null default 'awaiting approval' check (state in ('awaiting approval', 'approved', 'refused', 'recalled')),
  approved_by     text,
  approved_for    text,
  approved_at     timestamptz,
  effective_on    date,
  after_batch     bigint,
  check ((state = 'approved') = (approved_by is not null and approved_at is not null and effective_on is not null and after_batch is not null)),
  constraint trade_cancellation_maker_never_approves check (approved_by <> made_by)
);
comment on table trade_cancellations is 'Trades that are cancelled by notice, and who decided. In force once approved.';
comment on column trade_cancellations.settle_date is 'When the trade settles, as the file says.';
comment on column trade_cancellations.effective_on is 'The first day not yet closed: its evening and those after it no longer count the trade.';
comment on column trade_cancellations.after_batch is 'Newest batch when it was approved: that one and those before it were posted with the trade.';
create unique index one_cancellation_a_trade on trade_cancellations (channel, trade_date, trade_no) where state in ('awaiting approval', 'approved');
create trigger trade_cancellation_maker_is_no_checker after insert or update on trade_cancellations for each row
  execute function maker_is_no_checker('made_by', 'approved_by approved_for');
create trigger trade_cancellation_is_written_once before update on trade_cancellations for each row
  execute function is_written_once('channel', 'trade_date', 'trade_no', 'settle_date', 'notice', 'workflow_id', 'request_key', 'made_by', 'made_at',
                                   'approved_by', 'approved_for', 'approved_at', 'effective_on', 'after_batch');

create table trade_cancellation_rounds (
  cancellation_id bigint not null references trade_cancellations,
  business_date   date not null,
  at              timestamptz not null default business_now(),
  primary key (cancellation_id, business_date)
);
comment on table trade_cancellation_rounds is 'Evenings that have taken a cancellation into account: what they had posted with the trade is taken back.';

-- What a settlement detail means for due dates, client money and risk money: as filed (times 1), and against it where the trade is cancelled
-- (times -1), which is of the day on which the cancellation is effective.
create view counted_clearing_lines as
  select l.*, 1 as times from clearing_lines_in_force l
  union all
  select c.effective_on, l.file_id, l.row_no, l.channel, l.business, l.clearing_mark, l.reserve_account, l.trade_date, l.settle_date, l.seat,
         l.securities_account, l.code, l.buy_sell, l.order_no, l.trade_no, -l.quantity, l.price_e4, l.currency, -l.consideration_cents, l.ratio_e5,
         -l.stamp_duty_cents, -l.sfc_levy_cents, -l.trading_fee_cents, -l.system_fee_cents, -l.settlement_fee_cents, -l.other_cents, -l.net_cents,
         -l.net_fen, -l.commission_fen, -1
  from trade_cancellations c
  join clearing_lines_in_force l on l.channel = c.channel and l.business_date = c.trade_date and l.trade_no = c.trade_no and l.business = 'H01'
  where c.state = 'approved';
comment on view counted_clearing_lines is 'Settlement details in force, and each cancelled trade once more with the other sign.';

-- Entries of netted trades by their records: what was due on the value date, also where a notice had moved it there; and of batches posted after a
-- cancellation the cancelled trade once more with the other sign.
create or replace view entry_lines as
  select e.business_date, e.batch_id, e.line_no, e.ledger, e.owner, e.asset, e.cause, e.cause_file_id as file_id, e.cause_row_no as row_no,
         e.amount
  from entries e
  where e.cause_file_id is null or e.cause_row_no is not null
     or not (e.ledger in ('client_money', 'commission_due') and e.cause ~ '^(trades|commission) of \d{4}-\d\d-\d\d$'
             or e.ledger = 'on_the_way' and e.cause like 'event %')
  union all
  select e.business_date, e.batch_id, e.line_no, e.ledger, e.owner, e.asset, e.cause, l.file_id, l.row_no,
         case when b.reverses is null then 1 else -1 end * case when e.cause like 'trades of %' then -l.net_fen else l.commission_fen end
  from entries e
  join batches b on b.batch_id = e.batch_id
  join files f on f.file_id = e.cause_file_id
  join clients c on c.fund_account = e.owner
  join clearing_lines l on l.business_date = f.business_date and l.file_id = f.file_id and l.business = 'H01'
    and l.securities_account = c.securities_account and l.trade_date = right(e.cause, 10)::date
    and (l.settle_date = e.value_date or l.settle_date = any(due_on(b.channel, e.value_date)))
  where e.ledger = 'client_money' and e.cause_row_no is null and e.cause ~ '^(trades|commission) of \d{4}-\d\d-\d\d$'
    and (e.cause like 'trades of %' or l.commission_fen <> 0)
  union all
  select e.business_date, e.batch_id, e.line_no, e.ledger, e.owner, e.asset, e.cause, l.file_id, l.row_no,
         case when b.reverses is null then 1 else -1 end * -l.commission_fen
  from entries e
  join batches b on b.batch_id = e.batch_id
  join files f on f.file_id = e.cause_file_id
  join clearing_lines l on l.business_date = f.business_date and l.file_id = f.file_id and l.business = 'H01'
    and l.trade_date = right(e.cause, 10)::date and l.commission_fen <> 0
    and (l.settle_date = e.value_date or l.settle_date = any(due_on(b.channel, e.value_date)))
  join broker_accounts a on a.account = l.reserve_account and a.side = e.owner
  where e.ledger = 'commission_due' and e.cause_row_no is null and e.cause ~ '^commission of \d{4}-\d\d-\d\d$'
    and exists (select from clients c where c.securities_account = l.securities_account)
  union all
  select e.business_date, e.batch_id, e.line_no, e.ledger, e.owner, e.asset, e.cause, l.file_id, l.row_no,
         case when b.reverses is null then 1 else -1 end * l.net_fen
  from entries e
  join batches b on b.batch_id = e.batch_id
  join files f on f.file_id = e.cause_file_id
  join clearing_lines l on l.business_date = f.business_date and l.file_id = f.file_id and l.settle_date = e.value_date
    and 'event ' || l.order_no = e.cause
  join broker_accounts a on a.account = l.reserve_account and a.side = e.owner
  where e.ledger = 'on_the_way' and e.cause_row_no is null and e.cause like 'event %'
  union all
  select e.business_date, e.batch_id, e.line_no, e.ledger, e.owner, e.asset, e.cause, l.file_id, l.row_no,
         case when b.reverses is null then 1 else -1 end * n.fen
  from trade_cancellations x
  join clearing_lines l on l.channel = x.channel and l.business_date = x.trade_date and l.trade_no = x.trade_no and l.business = 'H01'
  join clients c on c.securities_account = l.securities_account
  join broker_accounts a on a.account = l.reserve_account
  cross join lateral (values ('client_money', c.fund_account, 'trades of ', l.net_fen), ('client_money', c.fund_account, 'commission of ', -l.commission_fen),
                             ('commission_due', a.side::text, 'commission of ', l.commission_fen)) as n(ledger, owner, cause, fen)
  join entries e on e.ledger = n.ledger and e.owner = n.owner and e.cause_file_id = l.file_id and e.cause_row_no is null
    and e.cause = n.cause || l.trade_date and n.fen <> 0
  join batches b on b.batch_id = e.batch_id and coalesce(b.reverses, b.batch_id) > x.after_batch
    and (l.settle_date = e.value_date or l.settle_date = any(due_on(b.channel, e.value_date)))
  where x.state = 'approved';

grant select, insert on trade_cancellations, trade_cancellation_rounds to southbound_app;
grant update (state, approved_by, approved_for, approved_at, effective_on, after_batch) on trade_cancellations to southbound_app;
grant select on counted_clearing_lines to southbound_app;
grant usage on all sequences in schema public to southbound_app;
