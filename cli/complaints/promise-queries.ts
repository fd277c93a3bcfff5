/**
 * What must hold of the promises of a book and of its complaints, asked in SQL of its own: nothing of the product's rules, queries or reads is
 * used, and each query answers one line for whatever does not hold. Beside them faults that each query must find once they are planted.
 */

/** Working days of people, from the newest calendar of the book alone. */
const WORKING_DAYS = `working as (
  select d::date as day from generate_series((select min(received_at)::date - 7 from deadlines), (select max(received_at)::date + 150 from deadlines), '1 day') d
    left join calendar_days c on c.calendar = 'CIVIL' and c.day = d::date
         and c.version = (select max(version) from calendar_versions where calendar = 'CIVIL')
   where coalesce(c.kind = 'OPEN', extract(isodow from d) <= 5))`;

/** Neither stopped nor put off: what was promised at first is what is owed. */
const UNMOVED = `not exists (select from deadline_stops s where s.deadline_id = p.deadline_id)
   and not exists (select from deadline_extensions x where x.deadline_id = p.deadline_id and x.state = 'approved')`;

const SHANGHAI = `at time zone 'Asia/Shanghai'`;

export interface Check {
  readonly what: string;
  readonly query: string;
  /** A statement after which the query finds something; of one row, so that the others stay as they are. */
  readonly plant: string;
}

const OF_PERSON = `(select person from people order by person limit 1)`;
const A_COMPLAINT = `(select min(complaint_no) from complaints)`;

export const CHECKS: readonly Check[] = [
  {
    what: 'over, and neither ended nor escalated',
    query: `select business_key as found from deadlines where state = 'running' and due_at < (select now from business_clock)`,
    plant: `update deadlines set ended_as = null, breached_at = null, due_at = (select now from business_clock) - interval '1 hour', ended_at = null, ended_by = null
             where deadline_id = (select min(deadline_id) from deadlines)`,
  },
  {
    what: 'due at another time than the calendar says',
    query: `with ${WORKING_DAYS}
      select business_key || ' ' || due_at as found from deadlines p
       where limit_kind = 'BUSINESS_DAYS' and ${UNMOVED}
         and due_at is distinct from ((select day from working where day > (p.received_at ${SHANGHAI})::date order by day offset p.limit_n - 1 limit 1)
                                      + time '17:30') ${SHANGHAI}`,
    plant: `update deadlines p set due_at = due_at + interval '1 day' where deadline_id = (
              select min(deadline_id) from deadlines p where limit_kind = 'BUSINESS_DAYS' and ${UNMOVED})`,
  },
  {
    what: 'a rung passed in silence',
    query: `select business_key || ' rung ' || r.rung as found from deadlines p, business_clock c, unnest(rung_instants(p.rungs, p.due_at)) with ordinality r(at, rung)
       where r.at < coalesce(p.ended_at, c.now)
         and not exists (select from ladder_rungs l where l.subject = p.business_key and l.rung = r.rung and l.due_at = r.at)`,
    plant: `delete from ladder_rungs d where (d.workflow_id, d.subject, d.rung) = (
              select l.workflow_id, l.subject, l.rung from ladder_rungs l join deadlines p on p.business_key = l.subject
               where l.state = 'acted' and ${UNMOVED} order by 2, 3 limit 1)`,
  },
  {
    what: 'a rung rang at another instant than its own',
    query: `select l.subject || ' rung ' || l.rung || ' ' || done_at as found from ladder_rungs l join deadlines p on p.business_key = l.subject
       where l.state <> 'met' and ${UNMOVED} and done_at <> greatest(l.due_at, p.opened_at)`,
    plant: `update ladder_rungs l set done_at = done_at + interval '1 minute' where (subject, rung) = (
              select l.subject, l.rung from ladder_rungs l join deadlines p on p.business_key = l.subject
               where l.state <> 'met' and ${UNMOVED} order by 1, 2 limit 1)`,
  },
  {
    what: 'a rung rang twice',
    query: `select subject || ' rung ' || rung as found from ladder_rungs group by subject, ladder, rung, due_at having count(*) > 1`,
    plant: `insert into ladder_rungs (workflow_id, ladder, rung, subject, due_at, audience, action_zh, action_en, state, done_at, done_by, round)
            select workflow_id, ladder, rung, subject, due_at, audience, action_zh, action_en, state, done_at, done_by, round + 1
              from ladder_rungs order by subject, rung limit 1`,
  },
  {
    what: 'late, and never escalated',
    query: `select business_key as found from deadlines p
       where state in ('breached', 'met late')
         and not exists (select from ladder_rungs l where l.subject = p.business_key and l.due_at = p.due_at and l.state = 'escalated')`,
    plant: `update ladder_rungs set state = 'acted' where (subject, rung) = (select subject, max(rung) from ladder_rungs where state = 'escalated' group by subject order by 1 limit 1)`,
  },
  {
    what: 'a rung told nobody, or a role that no person holds',
    query: `select l.subject || ' rung ' || l.rung || ' ' || told as found
        from ladder_rungs l join deadlines p on p.business_key = l.subject, lateral (select trim(t) as told from unnest(string_to_array(l.audience, ',')) t) t
       where l.state <> 'met'
         and not exists (
           select from outbox o join grants g on g.role = o.recipient_role and (o.recipient_mark is null or g.mark = o.recipient_mark)
            where o.kind = 'notice' and o.workflow_id = l.workflow_id and o.facts ->> 'subject' = l.subject and o.facts ->> 'rung' = l.rung::text
              and ((o.recipient_role = split_part(told, ' ', 1) and o.recipient_mark is not distinct from nullif(split_part(told, ' ', 2), ''))
                -- Compliance is warned in place of a head whom the case concerns, the general manager in place of compliance.
                or ((told like '% head' and o.recipient_role in ('compliance', 'general_manager')
                     or told = 'compliance' and o.recipient_role = 'general_manager') and o.recipient_mark is null
                    and exists (select from process_exclusions e where e.workflow_id = process_behind(l.workflow_id)))))`,
    plant: `delete from outbox where message_id = (select max(message_id) from outbox where kind = 'notice' and recipient_role is not null and facts ->> 'rung' = '3')`,
  },
  {
    what: 'met after it was due, or by nobody',
    query: `select business_key as found from deadlines p
       where state = 'met' and (ended_at > due_at or not exists (select from people where person = ended_by))`,
    plant: `update deadlines set ended_by = 'nobody' where deadline_id = (select min(deadline_id) from deadlines where state = 'met')`,
  },
  {
    what: 'said to be done, and the register does not say so',
    query: `select business_key as found from deadlines p join complaints c using (workflow_id)
       where p.state in ('met', 'met late') and p.step in ('accept', 'answer') and not exists (
         select from complaint_steps s where s.complaint_no = c.complaint_no and s.by = p.ended_by and s.at = p.ended_at
            and s.act = any(case p.step when 'accept' then array['accept', 'refuse'] else array['answer'] end))
      union all
      select business_key from deadlines p join complaint_requests r on p.business_key = 'complaint-request:' || r.complaint_no || ':' || r.request_no
       where p.state in ('met', 'met late') and (r.state <> 'answered' or r.ended_by <> p.ended_by or r.ended_at <> p.ended_at)
      union all
      select business_key from deadlines p join complaint_actions a on p.business_key = 'complaint-action:' || a.complaint_no || ':' || a.action_no
       where p.state in ('met', 'met late') and (a.state <> 'done' or a.done_by <> p.ended_by or a.done_at <> p.ended_at)`,
    plant: `delete from complaint_steps where step_id = (select min(step_id) from complaint_steps where act = 'accept')`,
  },
  {
    what: 'withdrawn, and the audit does not say why',
    query: `select business_key as found from deadlines p where state = 'withdrawn' and not exists (
         select from audit a where a.object_id = p.business_key and a.action = 'deadline withdrawn' and a.reason is not null)`,
    plant: `update audit set reason = null where seq = (select min(seq) from audit where action = 'deadline withdrawn')`,
  },
  {
    what: 'a complaint without a promise that it owes',
    query: `select owed as found from (
         select 'complaint-accept:' || complaint_no as owed from complaints
         union all select 'complaint-answer:' || complaint_no || ':1' from complaints
         union all select 'complaint-transfer-' || stage || ':' || complaint_no || case stage when 'answer' then ':1' else '' end
                     from complaints, (values ('accept'), ('answer')) s (stage) where transfer_no is not null
         union all select 'complaint-answer:' || complaint_no || ':2' from complaints where level = 2
         union all select 'complaint-pay:' || complaint_no || ':' || proposal_id from complaint_proposals where state = 'approved' and amount_fen > 0
         union all select 'complaint-' || case s.act when 'mediate' then 'mediate' else 'close' end || ':' || s.complaint_no from complaint_steps s
                    where s.act in ('mediate', 'close', 'dispute')
         union all select 'head-office-complaint:' || complaint_no || ':reopened' from complaints where level = 2
         union all select 'head-office-complaint:' || complaint_no || ':urgent' from complaints where urgency = 'urgent'
         union all select 'head-office-complaint:' || group_of || ':collective' from complaints where group_of is not null group by group_of having count(*) >= 4
         union all select 'complaint-request:' || complaint_no || ':' || request_no from complaint_requests
         union all select 'complaint-action:' || complaint_no || ':' || action_no from complaint_actions) o
       where not exists (select from deadlines p where p.business_key = o.owed)`,
    plant: `delete from deadlines where business_key = 'complaint-answer:' || ${A_COMPLAINT} || ':1'`,
  },
  {
    what: 'ended, and still owes its acceptance or its answer',
    query: `select business_key as found from deadlines p join complaints c using (workflow_id)
       where c.ended_at is not null and p.ended_at is null and p.step in ('accept', 'answer')`,
    plant: `update deadlines set ended_at = null, ended_by = null, ended_as = null, breached_at = null, due_at = (select now from business_clock) + interval '1 hour'
             where deadline_id = (select min(p.deadline_id) from deadlines p join complaints c using (workflow_id) where c.ended_at is not null)`,
  },
  {
    what: 'neither acknowledged at once nor begun',
    query: `select complaint_no as found from complaints c
       where not exists (select from outbox o where o.kind = 'notice' and case_number(o.workflow_id) = case_number(c.workflow_id)
                            and o.workflow_id = c.workflow_id and o.template = 'COMPLAINT_RECEIVED' and o.created_at = c.registered_at)
          or not exists (select from processes p where p.workflow_id = c.workflow_id)`,
    plant: `delete from outbox where template = 'COMPLAINT_RECEIVED' and workflow_id = 'complaint:' || ${A_COMPLAINT}`,
  },
  {
    what: 'handled, decided or called by whoever must not',
    query: `select c.complaint_no as found from complaints c join process_exclusions e on e.workflow_id = c.workflow_id and e.person = c.handler and e.taken_back_at is null
      union all select complaint_no from complaint_proposals where approved_by in (made_by, made_for)
      union all select k.subject from callbacks k join callback_attempts a using (callback_no) join complaint_register s on s.complaint_no = k.subject and s.by = a.begun_by
                      -- Whoever called may mediate, and write of it, afterwards.
                       and s.at < a.begun_at`,
    plant: `insert into process_exclusions (workflow_id, person, cause, entered_by)
            select workflow_id, handler, 'recused', ${OF_PERSON} from complaints where handler is not null order by 1 limit 1`,
  },
  {
    what: 'paid otherwise than decided',
    query: `with decided as (select complaint_no || ':' || proposal_id as case_key, amount_fen from complaint_proposals where state = 'approved' and amount_fen > 0),
         booked as (select split_part(b.batch_key, 'compensation:', 2) as case_key, sum(e.amount) as fen from batches b join entries e using (batch_id, business_date)
                     where b.kind = 'pay-compensation' and e.ledger = 'compensation_cost' group by 1)
      select coalesce(d.case_key, b.case_key) as found from decided d full join booked b using (case_key)
       where d.amount_fen is distinct from b.fen
         and not (b.fen is null and not exists (select from orders o where o.case_key = d.case_key and o.state = 'executed'))
      union all select case_key from orders where case_key is not null and state in ('sent', 'executed') group by 1 having count(*) > 1
      union all select case_key from orders where case_key is not null and state in ('sent', 'executed') and (approved_by is null or approved_by = made_by)`,
    plant: `update complaint_proposals set amount_fen = amount_fen + 1 where proposal_id = (
              select split_part(case_key, ':', 2)::bigint from orders where case_key is not null and state = 'executed' order by case_key limit 1)`,
  },
];
