-- An index over the id of a process repeats its text, 49 B an entry. Its digits are a number that grows as ids do, of 20 B; those few ids
-- that share their digits are told apart by the row.
create function case_number(workflow_id text) returns bigint language sql immutable parallel safe
  return left('0' || regexp_replace(coalesce(workflow_id, ''), '\D', '', 'g'), 18)::bigint;
comment on function case_number(text) is 'Digits of an id, 17 at most: complaint:T20250623-000001 -> 20250623000001. Rows of a process are found by them; 0 where there are none.';
create function case_numbers(workflow_ids text[]) returns bigint[] language sql immutable parallel safe
  return array(select case_number(id) from unnest(workflow_ids) id);
comment on function case_numbers(text[]) is 'The same of each.';
