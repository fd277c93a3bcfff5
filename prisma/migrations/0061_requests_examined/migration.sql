-- Requests that were carried out at the counter have a checklist too (A2 §17).

alter table checklist_items drop constraint checklist_items_checked_check;
alter table checklist_items add constraint checklist_items_checked_check check (checked in ('complaints', 'calls', 'requests'));
