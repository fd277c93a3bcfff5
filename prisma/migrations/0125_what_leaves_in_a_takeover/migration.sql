-- Shares leave in every takeover, for cash as well: they are awaited and compared as what comes is.
update corporate_action_entitlements e set out_code = a.code, out_shares = e.record_quantity
  from corporate_actions a where a.event_id = e.event_id and a.kind = 'TAKEOVER' and e.out_shares is null and e.record_quantity > 0;
