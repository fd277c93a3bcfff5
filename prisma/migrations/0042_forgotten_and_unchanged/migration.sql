-- Rows that results rest on are ended, never rewritten: what a client scored, which band that was, and what stood in the credit records
-- on a day stays to be seen as it was judged. The same for terms of figures and ladders.
revoke update on answer_scores, risk_bands, bad_credit_records, securities_accounts, portfolio_fee_tiers, margin_models, risk_rates,
  ladder_terms from southbound_app;
grant update (valid_to) on answer_scores, risk_bands, portfolio_fee_tiers, margin_models, risk_rates, ladder_terms to southbound_app;
grant update (removed_on) on bad_credit_records to southbound_app;
-- A securities account is closed, judged anew and designated elsewhere; it never becomes that of another client.
grant update (state, class, designated_to) on securities_accounts to southbound_app;

-- A code is also forgotten where it reached nobody, and where its time was over before it was sent.
drop trigger code_is_forgotten on outbox;
create trigger code_is_forgotten before update on outbox for each row
  when (new.template = 'ONE_TIME_CODE' and new.facts ? 'code'
        and (new.sent_at is not null or new.state in ('not reached', 'task')
             or business_now() >= new.created_at + (new.facts ->> 'minutes')::int * interval '1 minute'))
  execute function code_is_forgotten();

-- A commission that the counter took only when its day had come: no trade is charged backwards.
alter table permission_changes add column begins_on date check (begins_on > effective_on);
comment on column permission_changes.begins_on is 'First trade date that is charged at the new rate, where the counter took it too late for the one that was asked for.';
grant update (begins_on) on permission_changes to southbound_app;
