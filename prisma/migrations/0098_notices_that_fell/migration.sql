-- A version that came about because a resend of the notice file does not tell the event any more rests on no row of it.

alter table corporate_action_versions drop constraint corporate_action_versions_row_nos_check;
comment on column corporate_action_versions.row_nos is 'Rows of the file that tell it; none where the file, a resend, tells the event no more.';
