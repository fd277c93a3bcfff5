-- An answer that is given again is the first one to the letter: jsonb would put its names into another order.
alter table idempotency alter column response type json;
