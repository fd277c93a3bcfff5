-- The audit proven and searched: seals that are verified in sets, anchors outside of the database, and of which process a row is.

-- ------------------------------------------------------------------------------------------------- chain and anchors

-- No version was released with seals of the older form: the sealer covers every row again, from the first.
drop table audit_seals;
create table audit_seals (
  seal_no     bigint primary key check (seal_no > 0),
  seen        pg_snapshot not null,
  sealed_at   timestamptz not null,
  seqs        bigint[] not null,
  row_digests bytea[] not null,
  rows_total  bigint not null,
  highest_seq bigint not null,
  previous    bytea not null,
  digest      bytea not null unique,
  check (cardinality(seqs) > 0 and cardinality(seqs) = cardinality(row_digests))
);
comment on table audit_seals is
  'The chain over the audit: each seal holds the rows whose transactions its snapshot sees and the seal before did not.';
comment on column audit_seals.sealed_at is 'Begin of the sealer''s transaction, before its snapshot.';
comment on column audit_seals.rows_total is 'Rows of this seal and all before it; highest_seq: the highest number among them.';
comment on column audit_seals.digest is
  'SHA-256 of the binary form of the other columns in their order, as record_send writes it; of a row likewise (row_digests).';

create table audit_anchors (
  anchor_no   bigint generated always as identity primary key,
  seal_no     bigint not null,
  digest      bytea not null,
  anchored_at timestamptz not null default clock_timestamp()
);
comment on table audit_anchors is
  'When which seal was written to the anchors outside of the database: says what is due, proves nothing.';

-- --------------------------------------------------------------------------------------------------------- search

alter table audit add column workflow_id text, add column business_key text;
comment on column audit.workflow_id is 'Process in which it was done; business_key: that of the process, or of the object.';

create index audit_by_actor on audit (actor, seq);
create index audit_by_principal on audit (on_behalf_of, seq) where on_behalf_of is not null;
create index audit_by_process on audit (workflow_id, seq) where workflow_id is not null;
create index audit_by_business_key on audit (business_key, seq) where business_key is not null;
create index audit_by_object on audit (object_id, seq);
create index audit_by_action on audit (action, seq);
create index audit_refused on audit (seq) where outcome = 'refused';
create index audit_by_time on audit (at, seq);

-- ---------------------------------------------------------------------------------------------------------- grants

-- When and in which transaction a row was written, only the database says.
revoke insert on audit from southbound_app;
grant insert (actor, on_behalf_of, role, action, outcome, object_type, object_id, reason, before, after, request_id, workflow_id, business_key)
  on audit to southbound_app;
grant select, insert on audit_seals, audit_anchors to southbound_app;
