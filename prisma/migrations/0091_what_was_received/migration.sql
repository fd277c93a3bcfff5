-- What was received of a complaint is one confidential row: who complains, in which words, and under which key it is known again. Until now
-- its words were a row beside it, and the first line of the register a third that said again what the complaint says.

alter table complainants
  add column facts text check (length(facts) between 1 and 10000),
  add column claim text check (length(claim) between 1 and 10000),
  add column receipt_key text,
  add column receipt_content bytea,
  add constraint complainants_receipt_is_whole check ((receipt_key is null) = (receipt_content is null)),
  add constraint complainants_receipt_is_once exclude using hash (receipt_key with =);
comment on table complainants is
  'Personal: who complains, how to be reached, and the words that were received. Read by those who handle the complaint only, and each look is audited.';
comment on column complainants.receipt_key is 'Unique for ever: the same key is the same receipt, answered the same again. Every act after it has its line in complaint_steps.';
comment on column complainants.receipt_content is 'SHA-256 of what was received under the key.';

-- Only what the complaint itself says in the same words is taken out; a line or a text that says something else stays.
with said as (
  delete from complaint_steps s using complaints c
   where s.complaint_no = c.complaint_no and s.act = 'receive complaint' and s.act_key is not null and s.content is not null
     and (s.by, s.role, s.at) = (c.received_by, c.received_role, c.registered_at)
     and s.detail = (
       select jsonb_build_object('channel', c.channel, 'product', v.product, 'category', v.category)
         from (select h.version, h.product, h.category from history.complaints h where h.complaint_no = c.complaint_no
               union all select null, c.product, c.category) v order by v.version limit 1)
  returning s.complaint_no, s.act_key, s.content)
update complainants w set receipt_key = s.act_key, receipt_content = s.content from said s where s.complaint_no = w.complaint_no;

with said as (
  delete from complaint_texts t using complaints c
   where t.complaint_no = c.complaint_no and t.kind in ('facts', 'claim') and (t.written_by, t.written_at) = (c.received_by, c.registered_at)
     and t.text_id = (select min(o.text_id) from complaint_texts o where o.complaint_no = t.complaint_no and o.kind = t.kind)
  returning t.complaint_no, t.kind, t.text)
update complainants w set facts = s.facts, claim = s.claim
  from (select complaint_no, max(text) filter (where kind = 'facts') as facts, max(text) filter (where kind = 'claim') as claim
          from said group by 1) s
 where s.complaint_no = w.complaint_no;

create view complaint_register as
  select 0::bigint as step_id, c.complaint_no, 'receive complaint' as act,
         jsonb_build_object('channel', c.channel, 'product', first.product, 'category', first.category) as detail,
         c.received_by as by, c.received_role as role, c.registered_at as at
    from complaints c join complainants w using (complaint_no), lateral (
           select v.product, v.category
             from (select h.version, h.product, h.category from history.complaints h where h.complaint_no = c.complaint_no
                   union all select null, c.product, c.category) v order by v.version limit 1) first
   where w.receipt_key is not null
  union all
  select step_id, complaint_no, act, detail, by, role, at from complaint_steps;
comment on view complaint_register is 'The register of a complaint, from its receipt, which the complaint itself says as it was at first.';
create view as_of.complaint_register as select * from public.complaint_register where at <= as_of.instant();

create view complaint_words as
  select null::bigint as text_id, w.complaint_no, said.kind, null::bigint as task_id, null::integer as request_no, said.text,
         c.received_by as written_by, c.registered_at as written_at
    from complainants w join complaints c using (complaint_no), lateral (values ('facts', w.facts), ('claim', w.claim)) said (kind, text)
   where said.text is not null
  union all
  select text_id, complaint_no, kind, task_id, request_no, text, written_by, written_at from complaint_texts;
comment on view complaint_words is 'Personal: all that was written about a complaint, what was received first (it has no number of its own).';
grant select on complaint_register, complaint_words, as_of.complaint_register to southbound_app;
comment on table complaint_steps is 'The register of a complaint after its receipt: what was done, by whom, when. No personal data.';
comment on table complaint_texts is
  'Personal: what was added by the complainant; questions, answers, findings and decisions in the words of whoever does a task. What was received first stands in complainants.';
