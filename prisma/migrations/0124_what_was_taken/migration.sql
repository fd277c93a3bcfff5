-- What an entitlement rests on is kept beside it: a result that comes late, or is corrected, is computed anew.
alter table corporate_action_entitlements add column accepted_quantity bigint not null default 0;
comment on column corporate_action_entitlements.accepted_quantity is
  'Shares of the choice that the clearing house had taken when it was computed; 0 where nothing rests on a choice.';

-- Of a takeover what is taken is the quantity it was computed for, unless nobody chooses.
update corporate_action_entitlements e set accepted_quantity = e.record_quantity
  from corporate_actions a where a.event_id = e.event_id and a.kind = 'TAKEOVER' and a.terms ->> 'condition' is distinct from '3';
