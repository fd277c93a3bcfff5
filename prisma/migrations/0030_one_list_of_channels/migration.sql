-- In whose books trades of a permission settle is said once: a closing looks where commissions are charged (A2 §12).

comment on column permission_types.clearing_channels is
  'Channels whose trades are charged at the commission of the permission, and in whose books they settle; none: we clear none of them, and nothing of them blocks a closing.';
alter table permission_counter_terms drop column settlement_channels;
