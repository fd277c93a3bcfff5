/** Messages that a person finds in our own application: those that took the channel in-app and are for this person. */

/**
 * Condition on a message `m` for the person in the parameter `place`: told to the person, to a role that the person holds today with mark,
 * side and branch and is not kept out of its case, or to the client for whom the login acts. Who approves is decided order by order, so all of the role may read it.
 */
export const ownInApp = (place: string): string => `m.kind = 'notice'
  and (m.accepted_on = 'in-app'
    or exists (select from message_attempts a where a.message_id = m.message_id and a.channel = 'in-app' and a.outcome = 'accepted'))
  and (m.recipient_ref = 'person:' || ${place}
    or m.recipient_ref in (
         select unnest(array[l.client_no, 'fund-account:' || f.fund_account])
           from client_logins l left join client_fund_accounts f using (client_no) where l.person = ${place})
    or exists (
         select from grants g, (select (business_now() at time zone 'Asia/Shanghai')::date as today) clock
          where g.person = ${place} and g.role = m.recipient_role and g.valid_from <= today and (g.valid_to is null or today < g.valid_to)
            and (m.recipient_mark is null or m.recipient_mark = 'approver' or m.recipient_mark = g.mark)
            and (m.side is null or g.side is null or m.side = g.side) and (m.branch is null or g.branch is null or m.branch = g.branch)
            and coalesce(m.case_key <> all (array(select workflow_id from processes_kept_from(array[${place}]))), true)))`;
