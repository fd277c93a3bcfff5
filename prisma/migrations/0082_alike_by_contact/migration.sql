-- Whoever is no client and complains again is known by the contact, as a duplicate is.
create index complainants_by_contact on complainants (lower(btrim(contact))) where contact is not null;
