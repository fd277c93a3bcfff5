-- Explained figures: by which rule a figure was made, which records stand behind an entry, what an earlier run said.

create table figure_rules (
  figure     text not null,
  version    integer not null check (version > 0),
  articles   text not null,
  formula_zh text not null,
  formula_en text not null,
  reads      text[] not null default '{}',
  valid_from date not null,
  valid_to   date,
  source     text not null,
  primary key (figure, version),
  check (valid_from < valid_to),
  exclude using gist (figure with =, daterange(valid_from, valid_to) with &&)
);
comment on table figure_rules is 'Formula and articles of the figures of a day, dated: the version in force on the day is the one that explains it.';
comment on column figure_rules.figure is 'Section and name, e.g. cash.available; a section alone holds for its figures without a row of their own.';
comment on column figure_rules.reads is 'Dated terms that the rule reads: table and code, e.g. parameters INTEREST_DAY_BASE.';

-- Figures that are computed again replace those of the run before. What that run said is kept, because people acted on it.
create table earlier_figures (
  earlier_id    bigint generated always as identity primary key,
  channel       channel_code not null,
  business_date date not null,
  computed      text not null,
  run           integer not null check (run > 0),
  subject       text not null,
  figures       jsonb not null,
  replaced_at   timestamptz not null default business_now()
);
create index earlier_figures_of_subject on earlier_figures (channel, business_date, computed, subject, run);
comment on table earlier_figures is 'What an earlier run of a day computed, by table, run and client or side; run 1 is the first.';

create function keep_earlier_figures() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into earlier_figures (channel, business_date, computed, run, subject, figures)
  select g.channel, g.business_date, tg_table_name, r.run,
         coalesce(to_jsonb(g) ->> 'fund_account', to_jsonb(g) ->> 'securities_account', to_jsonb(g) ->> 'side'), to_jsonb(g)
  from gone g
  join (select d.channel, d.business_date,
               1 + coalesce((select max(e.run) from earlier_figures e where e.channel = d.channel and e.business_date = d.business_date
                               and e.computed = tg_table_name), 0) as run
        from (select distinct channel, business_date from gone) d) r using (channel, business_date);
  return null;
end $$;
revoke all on function keep_earlier_figures() from public;

create trigger keep_earlier_figures after delete on pre_clearings referencing old table as gone
  for each statement execute function keep_earlier_figures();
create trigger keep_earlier_figures after delete on portfolio_fees referencing old table as gone
  for each statement execute function keep_earlier_figures();
create trigger keep_earlier_figures after delete on risk_money referencing old table as gone
  for each statement execute function keep_earlier_figures();
create trigger keep_earlier_figures after delete on client_figures referencing old table as gone
  for each statement execute function keep_earlier_figures();
create trigger keep_earlier_figures after delete on overdrafts referencing old table as gone
  for each statement execute function keep_earlier_figures();
create trigger keep_earlier_figures after delete on advances referencing old table as gone
  for each statement execute function keep_earlier_figures();

-- Trades are booked net, one entry a client and trade date, corporate-action money one entry an event: here they stand record by record.
create view entry_lines as
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
    and l.securities_account = c.securities_account and l.settle_date = e.value_date and l.trade_date = right(e.cause, 10)::date
  where e.ledger = 'client_money' and e.cause_row_no is null and e.cause ~ '^(trades|commission) of \d{4}-\d\d-\d\d$'
    and (e.cause like 'trades of %' or l.commission_fen <> 0)
  union all
  select e.business_date, e.batch_id, e.line_no, e.ledger, e.owner, e.asset, e.cause, l.file_id, l.row_no,
         case when b.reverses is null then 1 else -1 end * -l.commission_fen
  from entries e
  join batches b on b.batch_id = e.batch_id
  join files f on f.file_id = e.cause_file_id
  join clearing_lines l on l.business_date = f.business_date and l.file_id = f.file_id and l.business = 'H01'
    and l.settle_date = e.value_date and l.trade_date = right(e.cause, 10)::date and l.commission_fen <> 0
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
  where e.ledger = 'on_the_way' and e.cause_row_no is null and e.cause like 'event %';
comment on view entry_lines is 'Entries with the records of the files behind them: the lines of an entry sum to it.';

grant select on figure_rules, earlier_figures, entry_lines to southbound_app;
grant insert on figure_rules to southbound_app;
