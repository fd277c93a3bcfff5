-- What an inspector answers about a closed complaint or a recorded call: dated rows, as every fact that changes by date. Which rows were asked stands with
-- each inspection; what was asked of those before is what the house had from the beginning.

create table checklist_items (
  checked    text not null check (checked in ('complaints', 'calls')),
  item       text not null check (item ~ '^[a-z][a-z-]{0,39}$'),
  place      integer not null check (place > 0),
  name_zh    text not null,
  name_en    text not null,
  valid_from date not null,
  valid_to   date,
  source     text not null,
  primary key (checked, item, valid_from),
  check (valid_from < valid_to),
  constraint one_wording_of_an_item_a_day exclude using gist (checked with =, item with =, daterange(valid_from, valid_to) with &&)
);
comment on table checklist_items is 'Items of the checklists of inspections, in their order, as they are in force on the day on which a sample was begun.';
comment on column inspections.checklist is 'First day of the newest of its items: with the kind it tells which list was asked.';

-- An answer of a survey is one an occasion of service: of the same case the second is refused.
create unique index one_survey_answer_a_case on survey_answers (occasion, subject) where subject is not null;

grant select, insert on checklist_items to southbound_app;
