-- A list of the promises of a kind of process that has few or none read all promises. Few kinds have very many: the index holds each kind once.
create index deadlines_by_process on deadlines (process);
