-- Few promises are ever breached: a list of them reads those alone.
create index deadlines_breached on deadlines (due_at, deadline_id) where breached_at is not null;
