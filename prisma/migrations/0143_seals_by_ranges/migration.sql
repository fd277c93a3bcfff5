-- A seal says which rows it holds by ranges of their numbers, and of each row's digest the first bytes only; the whole digests go into one. Seals that stand keep their form.
alter table audit_seals
  alter column seqs drop not null,
  alter column row_digests drop not null,
  alter column previous drop not null,
  add column row_ranges int8multirange,
  add column row_marks bytea,
  add column rows_digest bytea,
  drop constraint audit_seals_check,
  add constraint seal_holds_rows check (
    case when row_ranges is null
      then num_nulls(seqs, row_digests, previous) = 0 and num_nonnulls(row_marks, rows_digest) = 0
           and cardinality(seqs) > 0 and cardinality(seqs) = cardinality(row_digests)
      else num_nonnulls(seqs, row_digests, previous) = 0 and num_nulls(row_marks, rows_digest) = 0
           and not isempty(row_ranges) and octet_length(row_marks) > 0 and octet_length(rows_digest) = 32 end);
-- Digests do not get smaller.
alter table audit_seals alter column row_marks set storage external;

comment on column audit_seals.row_ranges is 'Numbers of the rows that it holds; null: a seal of the older form, with seqs, row_digests and previous.';
comment on column audit_seals.row_marks is 'The first eight bytes of the digest of each row, in the order of their numbers: name a row that was changed.';
comment on column audit_seals.rows_digest is 'SHA-256 of the digests of its rows, whole, in the order of their numbers: proves them.';
comment on column audit_seals.previous is 'Digest of the seal before, as a seal of the older form repeats it.';
comment on column audit_seals.digest is
  'SHA-256 of the binary form, as record_send writes it, of seal_no, seen, sealed_at, row_ranges, row_marks, rows_digest, rows_total, highest_seq and the digest of the seal before; in the older form of the columns that it has, in their order.';
