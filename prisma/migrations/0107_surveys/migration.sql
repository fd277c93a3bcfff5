-- A survey is asked for after a service, of the client who was served; who was not asked answers none.

create table surveys (
  occasion  text not null check (occasion in ('mobile opening', 'telephone consulting', 'online consulting')),
  subject   text not null check (subject ~ '^[\w:.-]{1,60}$'),
  client_no text references registered_clients,
  asked_by  text not null,
  asked_at  timestamptz not null default business_now(),
  primary key (occasion, subject)
);
comment on table surveys is 'Services after which the client is asked whether they were satisfying: an opening on the mobile phone, a consultation.';
comment on column surveys.client_no is 'Whose service it was: nobody else answers. Null: answered before it was asked for by number.';
create index surveys_asked on surveys (asked_at);

insert into surveys (occasion, subject, asked_by, asked_at)
  select occasion, subject, min(recorded_by), min(answered_at) from survey_answers where subject is not null group by 1, 2;
alter table survey_answers add constraint survey_answers_occasion_fkey foreign key (occasion, subject) references surveys;
drop index one_survey_answer_a_case;
create unique index one_survey_answer_a_case on survey_answers (occasion, subject);

grant select, insert on surveys to southbound_app;
