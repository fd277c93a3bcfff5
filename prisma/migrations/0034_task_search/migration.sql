-- Text search of tasks: runs of three characters find a business key among a million, pairs stay for texts of two. What waits and what has
-- ended are indexed apart, as the lists ask for them.

drop index tasks_by_text;
drop function character_pairs(text);
create function character_runs(searched text, of integer) returns text[] language sql immutable parallel safe
begin atomic
  select coalesce(array_agg(distinct substr(lower(searched), n, of)), '{}'::text[]) from generate_series(1, length(searched) - of + 1) n;
end;
comment on function character_runs(text, integer) is 'Every run of so many neighbouring characters; of Chinese, too, which has no words between blanks.';
create index tasks_open_by_text on tasks using gin ((character_runs(title_zh || ' ' || title_en || ' ' || business_key, 2)
  || character_runs(title_zh || ' ' || title_en || ' ' || business_key, 3))) where state in ('open', 'claimed');
create index tasks_ended_by_text on tasks using gin ((character_runs(title_zh || ' ' || title_en || ' ' || business_key, 2)
  || character_runs(title_zh || ' ' || title_en || ' ' || business_key, 3))) where state in ('done', 'withdrawn');
