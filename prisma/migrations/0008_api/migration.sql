-- Manners of the API: an answer is given again with its tag, and forgotten when its key is old.

alter table idempotency add column etag text;
comment on column idempotency.etag is 'Tag of the answer: whoever repeats the request must be able to go on with If-Match as the first one could.';
create index idempotency_by_age on idempotency (created_at);

-- What was answered may repeat what a client may ask to have erased; it is needed only while a request may be repeated.
grant delete on idempotency to southbound_app;
