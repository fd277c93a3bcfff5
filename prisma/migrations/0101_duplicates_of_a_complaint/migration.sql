-- What a duplicate says counts for the complaint that it is linked to: asked each time that one is read.
create index complaints_by_original on complaints (duplicate_of) where duplicate_of is not null;
