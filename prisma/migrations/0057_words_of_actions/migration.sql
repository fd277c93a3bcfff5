-- What is to be corrected, in the words of whoever asks for it: shown to the department that owes it, and in the file.

alter table complaint_actions add column what text check (length(what) between 1 and 500);
alter table inspection_findings add column what text check (length(what) between 1 and 500);
comment on column complaint_actions.what is 'May be personal: typed freely. What the department is to do; none of before this version.';
comment on column inspection_findings.what is 'May be personal: typed freely. What was found wrong; none of before this version.';
select history.keep_versions_of(kept) from history.kept_tables kept where table_name in ('complaint_actions', 'inspection_findings');
