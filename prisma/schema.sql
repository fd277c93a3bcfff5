-- What the migrations make, read from the catalogue by tools/schema-dump.ts (npm run schema:dump). To read and review, not to run.

-- Extensions ----------------------------------------------------------------------------------------------------

extension btree_gist

-- Domains and enumerations --------------------------------------------------------------------------------------

domain channel_code as text
  constraint channel_code_check CHECK ((VALUE ~ '^[A-Z]{2}$'::text))

domain message_channel as text
  constraint message_channel_check CHECK ((VALUE = ANY (ARRAY['sms'::text, 'app'::text, 'voice'::text, 'email'::text, 'in-app'::text, 'webhook'::text, 'task'::text])))

domain side_of_business as text
  constraint side_of_business_check CHECK ((VALUE = ANY (ARRAY['client'::text, 'proprietary'::text])))

-- Sequences of their own ----------------------------------------------------------------------------------------

sequence corporate_action_break_states as bigint

-- Tables --------------------------------------------------------------------------------------------------------

table advances (
  channel channel_code not null
  business_date date not null
  fund_account text not null
  advanced_fen bigint not null
  repaid_fen bigint not null
  outstanding_fen bigint not null
  overdraft_fen bigint not null
  interest_numerator numeric(40,0) not null  -- Sum of owed fen x calendar days x yearly rate (E12) since the first day, never reset; penalty interest in fen is this / 10^12 / day base (S18).
  owed_since date  -- First evening since which the client has owed without a break; null where nothing is owed.
  constraint advances_pkey PRIMARY KEY (channel, business_date, fund_account)
)
CREATE TRIGGER keep_earlier_figures AFTER DELETE ON advances REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION keep_earlier_figures()

table agreement_showings (
  showing_id bigint not null generated always as identity
  request_no text not null
  agreement text not null
  version text not null
  at timestamp with time zone not null default business_now()
  constraint agreement_showings_agreement_version_fkey FOREIGN KEY (agreement, version) REFERENCES agreement_texts(agreement, version)
  constraint agreement_showings_pkey PRIMARY KEY (showing_id)
  constraint agreement_showings_request_no_fkey FOREIGN KEY (request_no) REFERENCES permission_requests(request_no)
)
CREATE INDEX agreement_showings_of_request ON agreement_showings USING btree (request_no, agreement, version)

table agreement_signatures (
  signature_id bigint not null generated always as identity
  request_no text not null
  agreement text not null
  version text not null
  sha256 text not null
  by text not null
  channel text not null
  at timestamp with time zone not null default business_now()
  constraint agreement_signatures_agreement_version_fkey FOREIGN KEY (agreement, version) REFERENCES agreement_texts(agreement, version)
  constraint agreement_signatures_pkey PRIMARY KEY (signature_id)
  constraint agreement_signatures_request_no_agreement_version_key UNIQUE (request_no, agreement, version)
  constraint agreement_signatures_request_no_fkey FOREIGN KEY (request_no) REFERENCES permission_requests(request_no)
)

table agreement_texts  -- Texts of agreements by version, with the digest of what is shown. Before compliance has approved it a text is not used. (
  agreement text not null
  version text not null
  title_zh text not null
  title_en text not null
  text_zh text not null
  text_en text not null
  sha256 text not null
  valid_from date not null
  valid_to date
  written_by text not null
  approved_by text
  approved_on date
  source text not null
  constraint agreement_texts_agreement_daterange_excl EXCLUDE USING gist (agreement WITH =, daterange(valid_from, valid_to) WITH &&) WHERE ((approved_on IS NOT NULL))
  constraint agreement_texts_check CHECK ((sha256 = encode(sha256(convert_to(((text_zh || '
'::text) || text_en), 'UTF8'::name)), 'hex'::text)))
  constraint agreement_texts_check1 CHECK ((valid_from < valid_to))
  constraint agreement_texts_check2 CHECK (((approved_by IS NULL) = (approved_on IS NULL)))
  constraint agreement_texts_pkey PRIMARY KEY (agreement, version)
  constraint writer_never_approves CHECK ((approved_by <> written_by))
)
CREATE TRIGGER agreement_text_is_written_once BEFORE UPDATE ON agreement_texts FOR EACH ROW EXECUTE FUNCTION is_written_once('agreement', 'version', 'text_zh', 'text_en', 'sha256', 'written_by', 'approved_by', 'approved_on')
CREATE TRIGGER writer_is_no_approver AFTER INSERT OR UPDATE ON agreement_texts FOR EACH ROW EXECUTE FUNCTION maker_is_no_checker('written_by', 'approved_by')

table answer_scores (
  version text not null
  place integer not null  -- Order in which questions and options are shown.
  question text not null
  option text not null
  score integer not null
  valid_from date not null
  valid_to date
  source text not null
  constraint answer_scores_check CHECK ((valid_from < valid_to))
  constraint answer_scores_option_check CHECK ((option ~ '^[A-Z]$'::text))
  constraint answer_scores_pkey PRIMARY KEY (version, question, option, valid_from)
  constraint answer_scores_question_option_daterange_excl EXCLUDE USING gist (question WITH =, option WITH =, daterange(valid_from, valid_to) WITH &&)
)

table appraisal_lines  -- Each figure with what it was counted from: numbers of the complaints. Computed, never typed. (
  appraisal_id bigint not null
  code text not null
  numerator integer not null
  denominator integer not null
  ratio_e4 integer
  counted text[] not null
  among text[] not null
  constraint appraisal_lines_appraisal_id_fkey FOREIGN KEY (appraisal_id) REFERENCES appraisals(appraisal_id)
  constraint appraisal_lines_check CHECK (((denominator = 0) = (ratio_e4 IS NULL)))
  constraint appraisal_lines_check1 CHECK ((cardinality(among) = denominator))
  constraint appraisal_lines_code_check CHECK ((code = ANY (ARRAY['timeliness'::text, 'reopened'::text, 'satisfaction'::text, 'findings'::text])))
  constraint appraisal_lines_denominator_check CHECK ((denominator >= 0))
  constraint appraisal_lines_numerator_check CHECK ((numerator >= 0))
  constraint appraisal_lines_pkey PRIMARY KEY (appraisal_id, code)
)

table appraisals  -- How complaints were handled in a period by a department or a person, and the reward or sanction that it ends in. (
  appraisal_id bigint not null generated always as identity
  first_day date not null
  last_day date not null
  subject_kind text not null
  subject text not null
  workflow_id text not null
  asked_by text not null
  asked_at timestamp with time zone not null default business_now()
  computed_at timestamp with time zone
  revision integer not null default 0
  outcome text
  made_by text
  made_for text
  state text not null default 'computing'::text
  approved_by text
  approved_for text
  approved_at timestamp with time zone
  constraint appraisals_check CHECK ((first_day <= last_day))
  constraint appraisals_check1 CHECK (((state = 'approved'::text) = ((approved_by IS NOT NULL) AND (approved_at IS NOT NULL))))
  constraint appraisals_check2 CHECK (((state <> ALL (ARRAY['awaiting approval'::text, 'approved'::text])) OR ((outcome IS NOT NULL) AND (made_by IS NOT NULL))))
  constraint appraisals_outcome_check CHECK ((outcome = ANY (ARRAY['reward'::text, 'none'::text, 'sanction'::text])))
  constraint appraisals_pkey PRIMARY KEY (appraisal_id)
  constraint appraisals_state_check CHECK ((state = ANY (ARRAY['computing'::text, 'open'::text, 'awaiting approval'::text, 'approved'::text, 'refused'::text, 'recalled'::text, 'withdrawn'::text])))
  constraint appraisals_subject_kind_check CHECK ((subject_kind = ANY (ARRAY['department'::text, 'person'::text])))
  constraint appraisals_subject_kind_subject_first_day_last_day_key UNIQUE (subject_kind, subject, first_day, last_day)
  constraint appraisals_workflow_id_key UNIQUE (workflow_id)
)
CREATE TRIGGER appraisal_maker_is_no_checker AFTER INSERT OR UPDATE ON appraisals FOR EACH ROW EXECUTE FUNCTION maker_is_no_checker('made_by made_for', 'approved_by approved_for')

table approval_terms  -- Who checks which kind of approval: one row a checker, first and second, of the highest amount reached; checker 0 says that nobody need. No role: the one that the process names. (
  kind text not null
  risk text not null default ''::text
  from_fen bigint not null default 0
  checker integer not null
  role text
  mark text
  valid_from date not null
  valid_to date
  source text not null
  constraint approval_terms_check CHECK ((valid_from < valid_to))
  constraint approval_terms_checker_check CHECK (((checker >= 0) AND (checker <= 2)))
  constraint approval_terms_from_fen_check CHECK ((from_fen >= 0))
  constraint approval_terms_kind_risk_from_fen_checker_daterange_excl EXCLUDE USING gist (kind WITH =, risk WITH =, from_fen WITH =, checker WITH =, daterange(valid_from, valid_to) WITH &&)
  constraint approval_terms_mark_check CHECK ((mark = ANY (ARRAY['deputy'::text, 'head'::text])))
  constraint approval_terms_pkey PRIMARY KEY (kind, risk, from_fen, checker, valid_from)
  constraint approval_terms_role_fkey FOREIGN KEY (role) REFERENCES roles(role)
)

table approvals (
  task_id bigint not null
  order_id bigint
  revision integer not null
  maker text not null
  checker text not null
  decision text not null
  reason text not null
  decided_at timestamp with time zone not null
  maker_for text
  checker_for text
  first_task bigint not null
  content_sha256 text
  constraint approvals_decision_check CHECK ((decision = ANY (ARRAY['approved'::text, 'refused'::text])))
  constraint approvals_first_task_fkey FOREIGN KEY (first_task) REFERENCES tasks(task_id)
  constraint approvals_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders(order_id)
  constraint approvals_pkey PRIMARY KEY (task_id)
  constraint approvals_task_id_fkey FOREIGN KEY (task_id) REFERENCES tasks(task_id)
  constraint maker_never_checks CHECK ((maker <> checker))
)
CREATE INDEX approvals_of_first ON approvals USING btree (first_task)
CREATE TRIGGER approval_is_of_its_task AFTER INSERT ON approvals FOR EACH ROW EXECUTE FUNCTION approval_is_of_its_task()
CREATE TRIGGER checker_is_not_kept_out BEFORE INSERT ON approvals FOR EACH ROW EXECUTE FUNCTION checker_is_not_kept_out()
CREATE TRIGGER handler_is_no_checker BEFORE INSERT ON approvals FOR EACH ROW EXECUTE FUNCTION handler_is_no_checker()
CREATE TRIGGER maker_is_no_checker AFTER INSERT OR UPDATE ON approvals FOR EACH ROW EXECUTE FUNCTION maker_is_no_checker('maker maker_for', 'checker checker_for')

table archive_ends  -- The end of the relationship, from which retention counts. While there is none, nothing goes. (
  client_no text not null
  ended_on date not null
  reason text not null
  recorded_by text not null
  at timestamp with time zone not null default business_now()
  constraint archive_ends_client_no_fkey FOREIGN KEY (client_no) REFERENCES archives(client_no)
  constraint archive_ends_pkey PRIMARY KEY (client_no)
)
CREATE TRIGGER archive_is_kept BEFORE DELETE OR UPDATE ON archive_ends FOR EACH ROW EXECUTE FUNCTION archive_is_kept()
CREATE TRIGGER archive_is_not_emptied BEFORE TRUNCATE ON archive_ends FOR EACH STATEMENT EXECUTE FUNCTION archive_is_not_emptied()

table archive_entries (
  entry_id bigint not null generated always as identity
  entry_key text not null
  client_no text not null
  entry_no integer not null
  kind text not null
  sha256 text not null
  business_date date not null
  workflow_id text
  paper_no text  -- Number of the paper that was scanned: such an entry needs a review by a second person and a hand-over.
  filed_by text not null
  filed_at timestamp with time zone not null default business_now()
  constraint archive_entries_client_no_entry_no_key UNIQUE (client_no, entry_no)
  constraint archive_entries_client_no_fkey FOREIGN KEY (client_no) REFERENCES archives(client_no)
  constraint archive_entries_entry_key_key UNIQUE (entry_key)
  constraint archive_entries_entry_no_check CHECK ((entry_no > 0))
  constraint archive_entries_pkey PRIMARY KEY (entry_id)
  constraint archive_entries_sha256_fkey FOREIGN KEY (sha256) REFERENCES documents(sha256)
)
CREATE INDEX archive_entries_of_document ON archive_entries USING btree (sha256)
CREATE INDEX archive_entries_of_process ON archive_entries USING btree (workflow_id)
CREATE TRIGGER archive_is_kept BEFORE DELETE OR UPDATE ON archive_entries FOR EACH ROW EXECUTE FUNCTION archive_is_kept()
CREATE TRIGGER archive_is_not_emptied BEFORE TRUNCATE ON archive_entries FOR EACH STATEMENT EXECUTE FUNCTION archive_is_not_emptied()

table archive_reviews (
  entry_id bigint not null
  filed_by text not null
  reviewed_by text not null
  outcome text not null
  reason text not null
  at timestamp with time zone not null default business_now()
  constraint archive_reviews_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES archive_entries(entry_id)
  constraint archive_reviews_outcome_check CHECK ((outcome = ANY (ARRAY['legible'::text, 'scan again'::text])))
  constraint archive_reviews_pkey PRIMARY KEY (entry_id)
  constraint filer_never_reviews CHECK ((filed_by <> reviewed_by))
)
CREATE TRIGGER archive_is_kept BEFORE DELETE OR UPDATE ON archive_reviews FOR EACH ROW EXECUTE FUNCTION archive_is_kept()
CREATE TRIGGER archive_is_not_emptied BEFORE TRUNCATE ON archive_reviews FOR EACH STATEMENT EXECUTE FUNCTION archive_is_not_emptied()
CREATE TRIGGER review_names_the_filer BEFORE INSERT ON archive_reviews FOR EACH ROW EXECUTE FUNCTION review_names_the_filer()
CREATE TRIGGER reviewer_is_no_filer AFTER INSERT ON archive_reviews FOR EACH ROW EXECUTE FUNCTION maker_is_no_checker('filed_by', 'reviewed_by')

table archives  -- The single file of a client; its number names the client everywhere. No personal data. (
  client_no text not null
  opened_on date not null
  constraint archives_client_no_check CHECK ((client_no ~ '^C\d{8}$'::text))
  constraint archives_pkey PRIMARY KEY (client_no)
)
CREATE TRIGGER archive_is_kept BEFORE DELETE OR UPDATE ON archives FOR EACH ROW EXECUTE FUNCTION archive_is_kept()
CREATE TRIGGER archive_is_not_emptied BEFORE TRUNCATE ON archives FOR EACH STATEMENT EXECUTE FUNCTION archive_is_not_emptied()

table audit (
  xact bigint not null default ((pg_current_xact_id())::text)::bigint  -- Transaction that wrote the row. Before seq, because columns get their defaults in this order: who has a number has a transaction.
  seq bigint not null generated always as identity
  at timestamp with time zone not null default business_now()
  recorded_at timestamp with time zone not null default clock_timestamp()
  actor text not null
  on_behalf_of text
  role text
  action text not null
  outcome text not null
  object_type text not null
  object_id text not null
  reason text
  before jsonb
  after_kept jsonb  -- What was after, of rows that were written before it was kept as text.
  request_id text
  other_workflow text  -- Process in which it was done, where that is not the one of its object.
  business_key text
  is_of_its_object boolean  -- It was done in the process of its object, whose id is the kind of the object and its key.
  told text  -- What was after, as JSON text.
  workflow_id text generated always as (
CASE
    WHEN is_of_its_object THEN ((object_type || ':'::text) || object_id)
    ELSE other_workflow
END) virtual  -- Process in which it was done; business_key: that of the object, where it is not that of the process.
  after jsonb generated always as (COALESCE((told)::jsonb, after_kept)) virtual
  constraint after_is_told_once CHECK (((told IS NULL) OR (after_kept IS NULL)))
  constraint audit_outcome_check CHECK ((outcome = ANY (ARRAY['done'::text, 'refused'::text])))
  constraint audit_pkey PRIMARY KEY (seq)
  constraint object_is_found_by_its_process CHECK (((is_of_its_object IS NOT TRUE) OR (strpos(object_type, ':'::text) = 0)))
  constraint process_is_told_once CHECK (((is_of_its_object IS NOT TRUE) OR (other_workflow IS NULL)))
  constraint told_can_be_read CHECK (((told IS NULL) OR ((told)::jsonb IS NOT NULL)))
)
CREATE INDEX audit_by_action ON audit USING btree (action)
CREATE INDEX audit_by_actor ON audit USING btree (actor) WHERE (actor <> 'southbound'::text)
CREATE INDEX audit_by_business_key ON audit USING btree (business_key) WHERE (business_key IS NOT NULL)
CREATE INDEX audit_by_object ON audit USING btree (object_number(object_id))
CREATE INDEX audit_by_principal ON audit USING btree (on_behalf_of, seq) WHERE (on_behalf_of IS NOT NULL)
CREATE INDEX audit_by_process ON audit USING btree (case_number(other_workflow)) WHERE (other_workflow IS NOT NULL)
CREATE INDEX audit_by_time ON audit USING brin (at) WITH (pages_per_range='16', autosummarize='on')
CREATE INDEX audit_by_transaction ON audit USING brin (xact) WITH (pages_per_range='16', autosummarize='on')
CREATE INDEX audit_refused ON audit USING btree (seq) WHERE (outcome = 'refused'::text)
CREATE INDEX audit_refused_by_request ON audit USING btree (request_id) WHERE (outcome = 'refused'::text)

table audit_anchors  -- When which seal was written to the anchors outside of the database: says what is due, proves nothing. (
  anchor_no bigint not null generated always as identity
  seal_no bigint not null
  digest bytea not null
  anchored_at timestamp with time zone not null default clock_timestamp()
  constraint audit_anchors_pkey PRIMARY KEY (anchor_no)
)

table audit_seals  -- The chain over the audit: each seal holds the rows whose transactions its snapshot sees and the seal before did not. (
  seal_no bigint not null
  seen pg_snapshot not null
  sealed_at timestamp with time zone not null  -- Begin of the sealer's transaction, before its snapshot.
  seqs bigint[]
  row_digests bytea[]
  rows_total bigint not null  -- Rows of this seal and all before it; highest_seq: the highest number among them.
  highest_seq bigint not null
  previous bytea  -- Digest of the seal before, as a seal of the older form repeats it.
  digest bytea not null  -- SHA-256 of the binary form, as record_send writes it, of seal_no, seen, sealed_at, row_ranges, row_marks, rows_digest, rows_total, highest_seq and the digest of the seal before; in the older form of the columns that it has, in their order.
  row_ranges int8multirange  -- Numbers of the rows that it holds; null: a seal of the older form, with seqs, row_digests and previous.
  row_marks bytea  -- The first eight bytes of the digest of each row, in the order of their numbers: name a row that was changed.
  rows_digest bytea  -- SHA-256 of the digests of its rows, whole, in the order of their numbers: proves them.
  constraint audit_seals_pkey PRIMARY KEY (seal_no)
  constraint audit_seals_seal_no_check CHECK ((seal_no > 0))
  constraint seal_holds_rows CHECK (
CASE
    WHEN (row_ranges IS NULL) THEN ((num_nulls(seqs, row_digests, previous) = 0) AND (num_nonnulls(row_marks, rows_digest) = 0) AND (cardinality(seqs) > 0) AND (cardinality(seqs) = cardinality(row_digests)))
    ELSE ((num_nonnulls(seqs, row_digests, previous) = 0) AND (num_nulls(row_marks, rows_digest) = 0) AND (NOT isempty(row_ranges)) AND (octet_length(row_marks) > 0) AND (octet_length(rows_digest) = 32))
END)
)

table bad_credit_records (
  client_no text not null
  recorded_on date not null
  removed_on date
  source text not null
  constraint bad_credit_records_check CHECK ((recorded_on <= removed_on))
  constraint bad_credit_records_client_no_fkey FOREIGN KEY (client_no) REFERENCES registered_clients(client_no)
  constraint bad_credit_records_pkey PRIMARY KEY (client_no, recorded_on)
)

table bank_lines (
  business_date date not null
  file_id bigint not null
  row_no bigint not null
  channel channel_code not null
  account text not null
  at_time text not null
  reference text not null
  description text not null
  debit_fen bigint not null
  credit_fen bigint not null
  balance_fen bigint not null
  counterparty text not null
) partition by RANGE (business_date)

table batches  -- One business key a batch: the same key with other content is refused, with the same content it is done already. (
  batch_id bigint not null generated always as identity
  batch_key text not null
  channel channel_code not null
  business_date date not null
  kind text not null
  content_sha256 text not null
  reverses bigint
  rests_on bigint[] not null default '{}'::bigint[]
  cause text not null
  opened_in xid8 not null default pg_current_xact_id()
  posted_at timestamp with time zone not null default business_now()
  constraint batches_batch_key_key UNIQUE (batch_key)
  constraint batches_pkey PRIMARY KEY (batch_id)
  constraint batches_reverses_fkey FOREIGN KEY (reverses) REFERENCES batches(batch_id)
  constraint batches_reverses_key UNIQUE (reverses)
)
CREATE INDEX batches_of_day ON batches USING btree (channel, business_date)
CREATE INDEX batches_rest_on ON batches USING gin (rests_on)
CREATE CONSTRAINT TRIGGER batch_sums_to_zero AFTER INSERT ON batches DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION batch_sums_to_zero()
CREATE TRIGGER stamp_batch BEFORE INSERT ON batches FOR EACH ROW EXECUTE FUNCTION stamp_batch()

table break_assignments  -- Who looks into a break, the last row counts. Whoever looks into it signs no exception for it. (
  assignment_id bigint not null generated always as identity
  finding_id bigint not null
  assigned_to text not null
  assigned_by text not null
  reason text not null
  request_key text not null
  at timestamp with time zone not null default business_now()
  constraint break_assignments_assigned_to_fkey FOREIGN KEY (assigned_to) REFERENCES people(person)
  constraint break_assignments_finding_id_fkey FOREIGN KEY (finding_id) REFERENCES findings(finding_id)
  constraint break_assignments_pkey PRIMARY KEY (assignment_id)
  constraint break_assignments_reason_check CHECK (((length(reason) >= 5) AND (length(reason) <= 500)))
  constraint break_assignments_request_key_key UNIQUE (request_key)
)
CREATE INDEX break_assignments_of_break ON break_assignments USING btree (finding_id, assignment_id)

table break_decisions (
  finding_id bigint not null
  decision text not null
  reason text not null
  expires_on date not null
  signed_by text not null
  at timestamp with time zone not null default business_now()
  constraint break_decisions_decision_check CHECK ((decision = 'exception'::text))
  constraint break_decisions_finding_id_fkey FOREIGN KEY (finding_id) REFERENCES findings(finding_id)
  constraint break_decisions_pkey PRIMARY KEY (finding_id)
  constraint break_decisions_reason_check CHECK ((length(reason) >= 5))
)

table break_write_offs  -- What is given up of a break; decided by others, by amount. A difference of an account is booked with the approval. (
  write_off_id bigint not null generated always as identity
  finding_id bigint not null
  amount_fen bigint not null  -- Outside less our books, fen.
  reason text not null
  workflow_id text not null
  request_key text not null
  made_by text not null
  made_for text
  made_at timestamp with time zone not null default business_now()
  state text not null default 'awaiting approval'::text
  approved_by text
  approved_for text
  approved_at timestamp with time zone
  constraint break_write_off_maker_never_approves CHECK ((approved_by <> made_by))
  constraint break_write_offs_amount_fen_check CHECK ((amount_fen <> 0))
  constraint break_write_offs_check CHECK (((state = 'approved'::text) = ((approved_by IS NOT NULL) AND (approved_at IS NOT NULL))))
  constraint break_write_offs_finding_id_fkey FOREIGN KEY (finding_id) REFERENCES findings(finding_id)
  constraint break_write_offs_pkey PRIMARY KEY (write_off_id)
  constraint break_write_offs_reason_check CHECK (((length(reason) >= 5) AND (length(reason) <= 500)))
  constraint break_write_offs_request_key_key UNIQUE (request_key)
  constraint break_write_offs_state_check CHECK ((state = ANY (ARRAY['awaiting approval'::text, 'approved'::text, 'refused'::text, 'recalled'::text, 'withdrawn'::text])))
  constraint break_write_offs_workflow_id_key UNIQUE (workflow_id)
)
CREATE UNIQUE INDEX one_write_off_a_break ON break_write_offs USING btree (finding_id) WHERE (state = ANY (ARRAY['awaiting approval'::text, 'approved'::text]))
CREATE TRIGGER break_write_off_is_written_once BEFORE UPDATE ON break_write_offs FOR EACH ROW EXECUTE FUNCTION is_written_once('finding_id', 'amount_fen', 'reason', 'workflow_id', 'made_by', 'made_for', 'approved_by', 'approved_at')
CREATE TRIGGER break_write_off_maker_is_no_checker AFTER INSERT OR UPDATE ON break_write_offs FOR EACH ROW EXECUTE FUNCTION maker_is_no_checker('made_by made_for', 'approved_by approved_for')

table broker_accounts (
  account text not null
  channel channel_code not null
  kind text not null
  side side_of_business not null
  constraint broker_accounts_channel_kind_side_key UNIQUE (channel, kind, side)
  constraint broker_accounts_kind_check CHECK ((kind = ANY (ARRAY['reserve'::text, 'risk_fund'::text, 'bank'::text, 'cushion'::text])))
  constraint broker_accounts_pkey PRIMARY KEY (account)
)

table business_clock  -- The one clock of the book. Kind and mode are written once, when the book is made. (
  one boolean not null default true
  book_name text not null
  book_kind text not null
  mode text not null
  now timestamp with time zone
  moves bigint not null default 0
  constraint business_clock_book_kind_check CHECK ((book_kind = ANY (ARRAY['production'::text, 'rehearsal'::text, 'drill'::text, 'test'::text])))
  constraint business_clock_mode_check CHECK ((mode = ANY (ARRAY['real'::text, 'manual'::text])))
  constraint business_clock_one_check CHECK (one)
  constraint business_clock_pkey PRIMARY KEY (one)
  constraint manual_clock_stands_somewhere CHECK (((mode = 'manual'::text) = (now IS NOT NULL)))
  constraint production_runs_on_real_time CHECK (((book_kind <> 'production'::text) OR (mode = 'real'::text)))
)
CREATE TRIGGER clock_kind_is_final BEFORE DELETE OR UPDATE ON business_clock FOR EACH ROW EXECUTE FUNCTION clock_kind_is_final()

table calendar_days  -- Days that differ from Monday to Friday open, inside the known range of their version. (
  calendar text not null
  version integer not null
  day date not null
  kind text not null
  reason text not null
  source text not null
  constraint calendar_days_calendar_version_fkey FOREIGN KEY (calendar, version) REFERENCES calendar_versions(calendar, version)
  constraint calendar_days_kind_check CHECK ((kind = ANY (ARRAY['OPEN'::text, 'HALF'::text, 'CLOSED'::text])))
  constraint calendar_days_pkey PRIMARY KEY (calendar, version, day)
)

table calendar_versions (
  calendar text not null
  version integer not null
  known_from date not null
  known_to date not null
  source text not null
  loaded_at timestamp with time zone not null default clock_timestamp()
  known_at timestamp with time zone not null default COALESCE(business_now(), clock_timestamp())  -- From when on the book counted by it, on the business clock; loaded_at is real time.
  constraint calendar_versions_check CHECK ((known_from <= known_to))
  constraint calendar_versions_pkey PRIMARY KEY (calendar, version)
)

table callback_attempts (
  attempt_id bigint not null generated always as identity
  callback_no text not null
  nth integer not null
  attempt_key text not null
  begun_by text not null
  begun_at timestamp with time zone not null default business_now()
  constraint callback_attempts_attempt_key_key UNIQUE (attempt_key)
  constraint callback_attempts_callback_no_fkey FOREIGN KEY (callback_no) REFERENCES callbacks(callback_no)
  constraint callback_attempts_callback_no_nth_key UNIQUE (callback_no, nth)
  constraint callback_attempts_nth_check CHECK ((nth > 0))
  constraint callback_attempts_pkey PRIMARY KEY (attempt_id)
)
CREATE TRIGGER caller_is_nobody_concerned BEFORE INSERT ON callback_attempts FOR EACH ROW EXECUTE FUNCTION caller_is_nobody_concerned('begun_by')

table callback_consequences  -- What follows from how a callback went, besides what single answers bring. (
  purpose text not null
  cause text not null  -- doubtful: the callback ended so, by an answer or by doubt; doubt: what was heard besides the answers.
  follow_up text not null
  valid_from date not null
  valid_to date
  source text not null
  constraint callback_consequences_cause_check CHECK ((cause = ANY (ARRAY['doubtful'::text, 'doubt'::text, 'refused'::text, 'unreachable'::text, 'wrong number'::text])))
  constraint callback_consequences_check CHECK ((valid_from < valid_to))
  constraint callback_consequences_pkey PRIMARY KEY (purpose, cause, follow_up, valid_from)
)

table callback_follow_ups (
  follow_up text not null
  title_zh text not null
  title_en text not null
  role text not null
  act text not null  -- task: somebody of the role does it; suspension: operations is asked to suspend buying; complaint: one is received in the name of the client.
  valid_from date not null
  valid_to date
  source text not null
  days integer  -- Working days in which a task is done, from the call that brings it.
  constraint callback_follow_ups_act_check CHECK ((act = ANY (ARRAY['task'::text, 'suspension'::text, 'complaint'::text])))
  constraint callback_follow_ups_check CHECK ((valid_from < valid_to))
  constraint callback_follow_ups_check1 CHECK (((act = 'task'::text) = (days IS NOT NULL)))
  constraint callback_follow_ups_days_check CHECK ((days > 0))
  constraint callback_follow_ups_follow_up_daterange_excl EXCLUDE USING gist (follow_up WITH =, daterange(valid_from, valid_to) WITH &&)
  constraint callback_follow_ups_pkey PRIMARY KEY (follow_up, valid_from)
  constraint callback_follow_ups_role_fkey FOREIGN KEY (role) REFERENCES roles(role)
)

table callback_hands  -- Who had a hand in what the client is called about, and does not call. (
  callback_no text not null
  person text not null
  constraint callback_hands_callback_no_fkey FOREIGN KEY (callback_no) REFERENCES callbacks(callback_no)
  constraint callback_hands_pkey PRIMARY KEY (callback_no, person)
)

table callback_numbers  -- The last number given on a day, as of requests. (
  business_date date not null
  last_no integer not null
  constraint callback_numbers_pkey PRIMARY KEY (business_date)
)

table callback_purposes (
  purpose text not null
  name_zh text not null
  name_en text not null
  script text  -- Null: whoever asks names it, as a kind of permission does; so with days.
  days integer
  owner_role text not null
  ladder text not null
  asked_by text[] not null  -- Roles that ask for one by hand; none: its process asks.
  valid_from date not null
  valid_to date
  source text not null
  constraint callback_purposes_check CHECK ((valid_from < valid_to))
  constraint callback_purposes_days_check CHECK ((days > 0))
  constraint callback_purposes_owner_role_fkey FOREIGN KEY (owner_role) REFERENCES roles(role)
  constraint callback_purposes_pkey PRIMARY KEY (purpose, valid_from)
  constraint callback_purposes_purpose_daterange_excl EXCLUDE USING gist (purpose WITH =, daterange(valid_from, valid_to) WITH &&)
)

table callback_questions  -- A line an answer that is offered, in the order of the call; answers of a question stand together. (
  script text not null
  version integer not null
  place integer not null
  question text not null
  question_zh text not null
  question_en text not null
  answer text not null
  answer_zh text not null
  answer_en text not null
  follow_up text  -- What a trouble answer brings; null: no trouble.
  constraint callback_questions_pkey PRIMARY KEY (script, version, place)
  constraint callback_questions_script_version_fkey FOREIGN KEY (script, version) REFERENCES callback_scripts(script, version)
  constraint callback_questions_script_version_question_answer_key UNIQUE (script, version, question, answer)
)

table callback_results  -- Personal: what a client answered, and where the recording of the call is kept. (
  attempt_id bigint not null
  result text not null
  answers jsonb not null
  doubt text
  recording text
  recording_sha256 text
  recorded_by text not null
  recorded_at timestamp with time zone not null default business_now()
  constraint callback_results_attempt_id_fkey FOREIGN KEY (attempt_id) REFERENCES callback_attempts(attempt_id)
  constraint callback_results_check CHECK (((recording IS NULL) = (recording_sha256 IS NULL)))
  constraint callback_results_pkey PRIMARY KEY (attempt_id)
  constraint callback_results_recording_key UNIQUE (recording)
  constraint callback_results_recording_sha256_check CHECK ((recording_sha256 ~ '^[0-9a-f]{64}$'::text))
  constraint callback_results_result_check CHECK ((result = ANY (ARRAY['reached'::text, 'no answer'::text, 'wrong number'::text, 'refused'::text])))
  constraint talk_is_recorded CHECK (((result <> ALL (ARRAY['reached'::text, 'refused'::text])) OR (recording IS NOT NULL)))
)
CREATE TRIGGER result_is_of_nobody_concerned BEFORE INSERT ON callback_results FOR EACH ROW EXECUTE FUNCTION caller_is_nobody_concerned('recorded_by')

table callback_scripts (
  script text not null
  version integer not null
  title_zh text not null
  title_en text not null
  valid_from date not null
  valid_to date
  source text not null
  constraint callback_scripts_check CHECK ((valid_from < valid_to))
  constraint callback_scripts_pkey PRIMARY KEY (script, version)
  constraint callback_scripts_script_daterange_excl EXCLUDE USING gist (script WITH =, daterange(valid_from, valid_to) WITH &&)
  constraint callback_scripts_version_check CHECK ((version > 0))
)

table callbacks (
  callback_no text not null
  business_key text not null
  purpose text not null
  purpose_from date not null
  subject text not null  -- Business key of what it is about: request, complaint, sample; never personal.
  client_no text  -- Null: who complained and is no client; name and telephone stand with the complaint, which is the subject.
  script text not null
  script_version integer not null
  days integer not null
  filed_with text  -- Process whose file the record completes, and which is told how the callback ended.
  asked_by text not null
  reason text
  state text not null default 'open'::text
  rounds integer not null default 1  -- Rounds of attempts: one, and one more each time it is decided to try an unreachable client again.
  outcome text  -- withdrawn: what the client was to be called about is over.
  given_up text  -- What was decided about a client who was not reached: what follows from it, or nothing.
  revision integer not null default 1
  workflow_id text not null
  asked_at timestamp with time zone not null default business_now()
  ended_at timestamp with time zone
  ended_by text
  constraint callbacks_business_key_key UNIQUE (business_key)
  constraint callbacks_callback_no_check CHECK ((callback_no ~ '^K\d{8}-\d{6}$'::text))
  constraint callbacks_client_no_fkey FOREIGN KEY (client_no) REFERENCES registered_clients(client_no)
  constraint callbacks_days_check CHECK ((days > 0))
  constraint callbacks_given_up_check CHECK ((given_up = ANY (ARRAY['suspend'::text, 'leave'::text])))
  constraint callbacks_outcome_check CHECK ((outcome = ANY (ARRAY['confirmed'::text, 'doubtful'::text, 'refused'::text, 'unreachable'::text, 'withdrawn'::text])))
  constraint callbacks_pkey PRIMARY KEY (callback_no)
  constraint callbacks_purpose_purpose_from_fkey FOREIGN KEY (purpose, purpose_from) REFERENCES callback_purposes(purpose, valid_from)
  constraint callbacks_revision_check CHECK ((revision > 0))
  constraint callbacks_rounds_check CHECK ((rounds > 0))
  constraint callbacks_script_script_version_fkey FOREIGN KEY (script, script_version) REFERENCES callback_scripts(script, version)
  constraint callbacks_state_check CHECK ((state = ANY (ARRAY['open'::text, 'escalated'::text, 'ended'::text])))
  constraint callbacks_workflow_id_key UNIQUE (workflow_id)
  constraint called_is_known CHECK (((client_no IS NOT NULL) OR (purpose = 'complaint-answer'::text)))
  constraint ended_with_an_outcome CHECK (((state = 'ended'::text) = ((outcome IS NOT NULL) AND (ended_at IS NOT NULL) AND (ended_by IS NOT NULL))))
  constraint given_up_by_decision CHECK (((NOT (outcome IS DISTINCT FROM 'unreachable'::text)) = (given_up IS NOT NULL)))
)
CREATE INDEX callbacks_of_client ON callbacks USING btree (client_no, callback_no)
CREATE INDEX callbacks_of_complaint ON callbacks USING btree (filed_with) WHERE (purpose = 'complaint-answer'::text)
CREATE INDEX callbacks_open ON callbacks USING btree (state, callback_no) WHERE (state <> 'ended'::text)
CREATE TRIGGER callback_is_written_once BEFORE UPDATE ON callbacks FOR EACH ROW EXECUTE FUNCTION is_written_once('business_key', 'purpose', 'subject', 'client_no', 'script', 'script_version', 'days', 'outcome', 'given_up', 'ended_at', 'ended_by')
CREATE TRIGGER zz_keep_versions AFTER INSERT OR DELETE OR UPDATE ON callbacks FOR EACH ROW EXECUTE FUNCTION history.keep_callbacks()

table changeable_terms  -- Which terms a rule reads, which process reads them, and which roles may ask for another value. (
  kind text not null
  code text not null
  asked_by text[] not null
  risk text not null
  process_type text not null
  read_by_zh text not null
  read_by_en text not null
  valid_from date not null
  valid_to date
  source text not null
  constraint changeable_terms_asked_by_check CHECK ((cardinality(asked_by) > 0))
  constraint changeable_terms_check CHECK ((valid_from < valid_to))
  constraint changeable_terms_kind_check CHECK ((kind = ANY (ARRAY['parameter'::text, 'fee_rate'::text, 'calendar'::text, 'restricted_list'::text])))
  constraint changeable_terms_kind_code_daterange_excl EXCLUDE USING gist (kind WITH =, code WITH =, daterange(valid_from, valid_to) WITH &&)
  constraint changeable_terms_pkey PRIMARY KEY (kind, code, valid_from)
)

table checklist_items  -- Items of the checklists of inspections, in their order, as they are in force on the day on which a sample was begun. (
  checked text not null
  item text not null
  place integer not null
  name_zh text not null
  name_en text not null
  valid_from date not null
  valid_to date
  source text not null
  constraint checklist_items_check CHECK ((valid_from < valid_to))
  constraint checklist_items_checked_check CHECK ((checked = ANY (ARRAY['complaints'::text, 'calls'::text, 'requests'::text])))
  constraint checklist_items_item_check CHECK ((item ~ '^[a-z][a-z-]{0,39}$'::text))
  constraint checklist_items_pkey PRIMARY KEY (checked, item, valid_from)
  constraint checklist_items_place_check CHECK ((place > 0))
  constraint one_wording_of_an_item_a_day EXCLUDE USING gist (checked WITH =, item WITH =, daterange(valid_from, valid_to) WITH &&)
)

table checkpoints (
  channel channel_code not null
  business_date date not null
  side side_of_business not null
  checkpoint text not null
  trades_fen bigint not null
  risk_payable_fen bigint not null
  risk_returned_fen bigint not null
  corporate_fen bigint not null
  fee_fen bigint not null
  total_fen bigint not null
  balance_fen bigint not null
  missing_fen bigint not null
  read_at timestamp with time zone not null default business_now()
  cross_cover_fen bigint not null default 0
  constraint checkpoints_checkpoint_check CHECK ((checkpoint = ANY (ARRAY['10:00'::text, '10:30'::text, '18:00'::text])))
  constraint checkpoints_missing_fen_check CHECK ((missing_fen >= 0))
  constraint checkpoints_pkey PRIMARY KEY (channel, business_date, side, checkpoint)
)
CREATE TRIGGER zz_keep_versions AFTER INSERT OR DELETE OR UPDATE ON checkpoints FOR EACH ROW EXECUTE FUNCTION history.keep_checkpoints()

table clearing_lines (
  business_date date not null
  file_id bigint not null
  row_no bigint not null
  channel channel_code not null
  business text not null
  clearing_mark text not null
  reserve_account text not null
  trade_date date not null
  settle_date date not null
  seat text not null
  securities_account text not null
  code text not null
  buy_sell text not null
  order_no text not null
  trade_no text not null
  quantity bigint not null
  price_e4 bigint not null
  currency text not null
  consideration_cents bigint not null
  ratio_e5 bigint not null
  stamp_duty_cents bigint not null
  sfc_levy_cents bigint not null
  trading_fee_cents bigint not null
  system_fee_cents bigint not null
  settlement_fee_cents bigint not null
  other_cents bigint not null
  net_cents bigint not null
  net_fen bigint not null
  commission_fen bigint not null
) partition by RANGE (business_date)

table client_assets (
  client_no text not null
  as_of date not null
  securities_fen bigint not null
  cash_fen bigint not null
  margin_net_fen bigint not null  -- Assets less debts of the margin account at the close of as_of; below zero it takes away from the rest.
  constraint client_assets_client_no_fkey FOREIGN KEY (client_no) REFERENCES registered_clients(client_no)
  constraint client_assets_pkey PRIMARY KEY (client_no, as_of)
)

table client_figures (
  channel channel_code not null
  business_date date not null
  fund_account text not null
  balance_fen bigint not null
  frozen_trades_fen bigint not null
  frozen_fee_fen bigint not null
  in_transit_fen bigint not null
  credited_today_fen bigint not null
  sales_booked_today_fen bigint not null
  available_fen bigint not null
  withdrawable_fen bigint not null
  constraint client_figures_pkey PRIMARY KEY (channel, business_date, fund_account)
)
CREATE TRIGGER keep_earlier_figures AFTER DELETE ON client_figures REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION keep_earlier_figures()

table client_fund_accounts (
  fund_account text not null
  client_no text not null
  constraint client_fund_accounts_client_no_fkey FOREIGN KEY (client_no) REFERENCES registered_clients(client_no)
  constraint client_fund_accounts_pkey PRIMARY KEY (fund_account)
)
CREATE INDEX client_fund_accounts_of_client ON client_fund_accounts USING btree (client_no)

table client_identities  -- Personal: name and identity document of each client, kept apart. (
  client_no text not null
  name text not null
  document_type text not null
  document_no text not null
  constraint client_identities_client_no_fkey FOREIGN KEY (client_no) REFERENCES registered_clients(client_no)
  constraint client_identities_document_type_document_no_key UNIQUE (document_type, document_no)
  constraint client_identities_pkey PRIMARY KEY (client_no)
)

table client_logins  -- Which client a login with the role client acts for; a login acts for one client and no other. (
  person text not null
  client_no text not null
  granted_at timestamp with time zone not null default business_now()
  constraint client_logins_client_no_fkey FOREIGN KEY (client_no) REFERENCES registered_clients(client_no)
  constraint client_logins_person_fkey FOREIGN KEY (person) REFERENCES people(person)
  constraint client_logins_pkey PRIMARY KEY (person)
)
CREATE INDEX client_logins_by_client ON client_logins USING btree (client_no)

table client_names  -- Personal: the only column of the settlement tables that names a person. (
  fund_account text not null
  name text not null
  constraint client_names_fund_account_fkey FOREIGN KEY (fund_account) REFERENCES clients(fund_account)
  constraint client_names_pkey PRIMARY KEY (fund_account)
)

table clients (
  fund_account text not null
  securities_account text not null
  branch text not null
  seat text not null
  side side_of_business not null
  kind text not null
  commission_rate numeric(12,8) not null
  commission_minimum_fen bigint not null
  constraint clients_commission_minimum_fen_check CHECK ((commission_minimum_fen >= 0))
  constraint clients_commission_rate_check CHECK ((commission_rate >= (0)::numeric))
  constraint clients_kind_check CHECK ((kind = ANY (ARRAY['natural'::text, 'institution'::text])))
  constraint clients_pkey PRIMARY KEY (fund_account)
  constraint clients_securities_account_key UNIQUE (securities_account)
)

table clock_waits  -- Awaited instants of a manual book: who waits for what. (
  workflow_id text not null
  wait integer not null
  at timestamp with time zone not null
  summary text not null
  constraint clock_waits_pkey PRIMARY KEY (workflow_id, wait)
)
CREATE INDEX clock_waits_at ON clock_waits USING btree (at)

table closing_prices (
  business_date date not null
  file_id bigint not null
  row_no bigint not null
  channel channel_code not null
  code text not null
  price_e4 bigint not null
) partition by RANGE (business_date)

table commission_breaks  -- Where CRM or counter have another rate than the commission in force at the end of the day. (
  break_id bigint not null generated always as identity
  permission text not null
  business_date date not null
  opened_by text not null
  fund_account text not null
  code text not null
  ours numeric(12,8) not null
  theirs numeric(12,8)
  found_at timestamp with time zone not null default business_now()
  gone_at timestamp with time zone  -- Looked at again, and not found any more.
  left_by text  -- Who decided that it stays as it is.
  left_reason text
  constraint commission_breaks_code_check CHECK ((code = ANY (ARRAY['CRM_MISSING'::text, 'CRM_DIFFERENT'::text, 'COUNTER_MISSING'::text, 'COUNTER_DIFFERENT'::text])))
  constraint commission_breaks_left_reason_check CHECK (((length(left_reason) >= 5) AND (length(left_reason) <= 500)))
  constraint commission_breaks_opened_by_fkey FOREIGN KEY (opened_by) REFERENCES permissions(request_no)
  constraint commission_breaks_permission_business_date_fund_account_cod_key UNIQUE (permission, business_date, fund_account, code)
  constraint commission_breaks_pkey PRIMARY KEY (break_id)
  constraint left_by_somebody CHECK (((left_by IS NULL) = (left_reason IS NULL)))
  constraint missing_has_no_rate CHECK (((theirs IS NULL) = (code = ANY (ARRAY['CRM_MISSING'::text, 'COUNTER_MISSING'::text]))))
)
CREATE INDEX commission_breaks_open ON commission_breaks USING btree (permission, business_date) WHERE ((gone_at IS NULL) AND (left_by IS NULL))
CREATE TRIGGER commission_break_is_written_once BEFORE UPDATE ON commission_breaks FOR EACH ROW EXECUTE FUNCTION is_written_once('permission', 'business_date', 'opened_by', 'fund_account', 'code', 'ours', 'theirs', 'found_at', 'gone_at', 'left_by', 'left_reason')

table complainants  -- Personal: who complains, how to be reached, and the words that were received. Read by those who handle the complaint only, and each look is audited. (
  complaint_no text not null
  name text
  contact text
  client_no text
  fund_account text
  facts text
  claim text
  receipt_key text  -- Unique for ever: the same key is the same receipt, answered the same again. Every act after it has its line in complaint_steps.
  receipt_content bytea  -- First half of the SHA-256 of what was received under the key.
  telephone text  -- Where whoever complains is called, as it was filled in later; every one before it stands in complaint_texts. What was left at the receipt is the contact, by which mails are known.
  constraint complainants_check CHECK (((name IS NOT NULL) OR (client_no IS NOT NULL)))
  constraint complainants_claim_check CHECK (((length(claim) >= 1) AND (length(claim) <= 10000)))
  constraint complainants_client_no_fkey FOREIGN KEY (client_no) REFERENCES registered_clients(client_no)
  constraint complainants_complaint_no_fkey FOREIGN KEY (complaint_no) REFERENCES complaints(complaint_no)
  constraint complainants_facts_check CHECK (((length(facts) >= 1) AND (length(facts) <= 10000)))
  constraint complainants_pkey PRIMARY KEY (complaint_no)
  constraint complainants_receipt_content_check CHECK ((length(receipt_content) = 16))
  constraint complainants_receipt_is_once EXCLUDE USING hash (receipt_key WITH =) WITH (fillfactor='100')
  constraint complainants_receipt_is_whole CHECK (((receipt_key IS NULL) = (receipt_content IS NULL)))
  constraint complainants_telephone_check CHECK ((telephone ~ '^[+(]?[0-9][0-9 ()-]{3,28}[0-9]$'::text))
)
CREATE INDEX complainants_by_client ON complainants USING btree (client_no) WHERE (client_no IS NOT NULL)
CREATE INDEX complainants_by_contact ON complainants USING btree (lower(btrim(contact))) WHERE (contact IS NOT NULL)

table complaint_actions  -- Corrective actions that follow from a complaint, each owed by a department and tracked to its end. (
  complaint_no text not null
  action_no integer not null
  role text not null
  branch text
  due_days integer not null
  state text not null default 'open'::text
  done_by text
  done_at timestamp with time zone
  what text  -- May be personal: typed freely. What the department is to do; none of before this version.
  constraint complaint_actions_action_no_check CHECK ((action_no > 0))
  constraint complaint_actions_check CHECK (((state = 'done'::text) = ((done_by IS NOT NULL) AND (done_at IS NOT NULL))))
  constraint complaint_actions_complaint_no_fkey FOREIGN KEY (complaint_no) REFERENCES complaints(complaint_no)
  constraint complaint_actions_due_days_check CHECK ((due_days > 0))
  constraint complaint_actions_pkey PRIMARY KEY (complaint_no, action_no)
  constraint complaint_actions_state_check CHECK ((state = ANY (ARRAY['open'::text, 'done'::text])))
  constraint complaint_actions_what_check CHECK (((length(what) >= 1) AND (length(what) <= 500)))
)
CREATE TRIGGER zz_keep_versions AFTER INSERT OR DELETE OR UPDATE ON complaint_actions FOR EACH ROW EXECUTE FUNCTION history.keep_complaint_actions()

table complaint_attachments  -- Personal: what came with a complaint, by its name and by what its bytes are; fault: why it was not taken (the mail that it came with is kept whole). (
  attachment_id bigint not null generated always as identity
  complaint_no text not null
  mail_id bigint
  file_name text
  said_type text
  media_type text not null
  byte_count bigint not null
  sha256 text
  fault text
  filed_by text not null
  filed_at timestamp with time zone not null default business_now()
  received_at timestamp with time zone  -- When it came, where that was before it was entered; it counts from then.
  constraint attachment_came_before_it_was_entered CHECK ((received_at <= filed_at))
  constraint complaint_attachments_byte_count_check CHECK ((byte_count >= 0))
  constraint complaint_attachments_check CHECK (((sha256 IS NULL) = (fault IS NOT NULL)))
  constraint complaint_attachments_complaint_no_fkey FOREIGN KEY (complaint_no) REFERENCES complaints(complaint_no)
  constraint complaint_attachments_mail_id_fkey FOREIGN KEY (mail_id) REFERENCES received_mails(mail_id)
  constraint complaint_attachments_pkey PRIMARY KEY (attachment_id)
  constraint complaint_attachments_sha256_fkey FOREIGN KEY (sha256) REFERENCES documents(sha256)
)
CREATE INDEX complaint_attachments_of_complaint ON complaint_attachments USING btree (complaint_no, attachment_id)

table complaint_closings  -- Why it came to the complaint, as a code of the house. (
  complaint_no text not null
  root_cause text not null
  ended_as text not null
  closed_by text not null
  closed_at timestamp with time zone not null default business_now()
  constraint complaint_closings_complaint_no_fkey FOREIGN KEY (complaint_no) REFERENCES complaints(complaint_no)
  constraint complaint_closings_ended_as_check CHECK ((ended_as = ANY (ARRAY['closed'::text, 'disputed'::text])))
  constraint complaint_closings_pkey PRIMARY KEY (complaint_no)
)

table complaint_documents  -- What belongs to a complaint in the store of documents, by digest: what came with it, frozen evidence, the complete file. (
  document_id bigint not null generated always as identity
  complaint_no text not null
  kind text not null
  sha256 text not null
  filed_by text not null
  filed_at timestamp with time zone not null default business_now()
  constraint complaint_documents_complaint_no_fkey FOREIGN KEY (complaint_no) REFERENCES complaints(complaint_no)
  constraint complaint_documents_complaint_no_kind_sha256_key UNIQUE (complaint_no, kind, sha256)
  constraint complaint_documents_kind_check CHECK ((kind = ANY (ARRAY['attachment'::text, 'mail'::text, 'evidence'::text, 'file'::text, 'callback record'::text, 'call recording'::text])))
  constraint complaint_documents_pkey PRIMARY KEY (document_id)
  constraint complaint_documents_sha256_fkey FOREIGN KEY (sha256) REFERENCES documents(sha256)
)

table complaint_evidence  -- The process that a complaint is about as it was: its history, its rows, and a manifest with the digest of each. event_type is null where no event is named, or the history has none of that number. (
  evidence_id bigint not null generated always as identity
  complaint_no text not null
  moment text not null
  about_workflow text not null
  about_event bigint
  event_type text
  event_at timestamp with time zone
  event_count integer
  row_count integer not null
  history_sha256 text  -- Null where the process engine has no history of the process any more: the rows stand.
  rows_sha256 text not null
  sha256 text not null
  frozen_at timestamp with time zone not null default business_now()
  about_run text  -- Run that was taken for the one that is meant, and is taken again when the complaint is filed; null where the engine had none.
  constraint complaint_evidence_check CHECK (((history_sha256 IS NULL) = (event_count IS NULL)))
  constraint complaint_evidence_check1 CHECK (((event_type IS NULL) = (event_at IS NULL)))
  constraint complaint_evidence_complaint_no_fkey FOREIGN KEY (complaint_no) REFERENCES complaints(complaint_no)
  constraint complaint_evidence_complaint_no_moment_about_workflow_about_key UNIQUE NULLS NOT DISTINCT (complaint_no, moment, about_workflow, about_event, about_run)
  constraint complaint_evidence_history_sha256_fkey FOREIGN KEY (history_sha256) REFERENCES documents(sha256)
  constraint complaint_evidence_moment_check CHECK ((moment = ANY (ARRAY['linked'::text, 'corrected'::text, 'closing'::text])))
  constraint complaint_evidence_pkey PRIMARY KEY (evidence_id)
  constraint complaint_evidence_rows_sha256_fkey FOREIGN KEY (rows_sha256) REFERENCES documents(sha256)
  constraint complaint_evidence_sha256_fkey FOREIGN KEY (sha256) REFERENCES documents(sha256)
)

table complaint_numbers  -- The last number given on a day; whoever takes one waits for the one before, so numbers have no holes. (
  business_date date not null
  last_no integer not null
  constraint complaint_numbers_pkey PRIMARY KEY (business_date)
)

table complaint_proposals  -- What a handler proposes to decide, and how much to pay; decided by others. (
  proposal_id bigint not null generated always as identity
  complaint_no text not null
  nth integer not null
  level integer not null
  finding text not null
  amount_fen bigint not null
  made_by text not null
  made_for text
  made_at timestamp with time zone not null default business_now()
  state text not null default 'awaiting approval'::text
  approved_by text
  approved_for text
  approved_at timestamp with time zone
  text_id bigint  -- The finding that it rests on, as it stood when it was proposed; none of a member of a group, whose investigation is another complaint.
  payee text  -- Fund account of whoever complains when it was proposed: where its amount is paid. Null: there was none.
  constraint complaint_proposals_amount_fen_check CHECK ((amount_fen >= 0))
  constraint complaint_proposals_check CHECK (((state = 'approved'::text) = ((approved_by IS NOT NULL) AND (approved_at IS NOT NULL))))
  constraint complaint_proposals_complaint_no_fkey FOREIGN KEY (complaint_no) REFERENCES complaints(complaint_no)
  constraint complaint_proposals_complaint_no_nth_key UNIQUE (complaint_no, nth)
  constraint complaint_proposals_finding_check CHECK ((finding = ANY (ARRAY['upheld'::text, 'partly upheld'::text, 'not upheld'::text])))
  constraint complaint_proposals_nth_check CHECK ((nth > 0))
  constraint complaint_proposals_pkey PRIMARY KEY (proposal_id)
  constraint complaint_proposals_state_check CHECK ((state = ANY (ARRAY['awaiting approval'::text, 'approved'::text, 'refused'::text, 'recalled'::text, 'withdrawn'::text])))
  constraint complaint_proposals_text_id_fkey FOREIGN KEY (text_id) REFERENCES complaint_texts(text_id)
  constraint proposer_never_approves CHECK ((approved_by <> made_by))
)
CREATE TRIGGER proposal_is_written_once BEFORE UPDATE ON complaint_proposals FOR EACH ROW EXECUTE FUNCTION is_written_once('complaint_no', 'nth', 'finding', 'amount_fen', 'payee', 'made_by', 'made_for', 'approved_by', 'approved_at')
CREATE TRIGGER proposer_is_no_approver AFTER INSERT OR UPDATE ON complaint_proposals FOR EACH ROW EXECUTE FUNCTION maker_is_no_checker('made_by made_for', 'approved_by approved_for')

table complaint_requests  -- Sub-requests of an investigation to departments: each with its due date, its answer, or the word of compliance to go on without. (
  complaint_no text not null
  request_no integer not null
  role text not null
  branch text
  due_days integer not null
  asked_by text not null
  asked_at timestamp with time zone not null default business_now()
  state text not null default 'open'::text
  ended_by text
  ended_at timestamp with time zone
  constraint complaint_requests_check CHECK (((state = 'open'::text) = (ended_at IS NULL)))
  constraint complaint_requests_check1 CHECK (((ended_at IS NULL) = (ended_by IS NULL)))
  constraint complaint_requests_complaint_no_fkey FOREIGN KEY (complaint_no) REFERENCES complaints(complaint_no)
  constraint complaint_requests_due_days_check CHECK ((due_days > 0))
  constraint complaint_requests_pkey PRIMARY KEY (complaint_no, request_no)
  constraint complaint_requests_request_no_check CHECK ((request_no > 0))
  constraint complaint_requests_state_check CHECK ((state = ANY (ARRAY['open'::text, 'answered'::text, 'gone on without'::text])))
)
CREATE TRIGGER zz_keep_versions AFTER INSERT OR DELETE OR UPDATE ON complaint_requests FOR EACH ROW EXECUTE FUNCTION history.keep_complaint_requests()

table complaint_steps  -- The register of a complaint after its receipt: what was done, by whom, when. No personal data. (
  step_id bigint not null generated always as identity
  complaint_no text not null
  act text not null
  detail jsonb not null default '{}'::jsonb
  by text not null
  role text
  at timestamp with time zone not null default business_now()
  act_key text  -- Unique for ever: the same key is the same act, answered the same again.
  content bytea  -- SHA-256 of what was asked under the key.
  answer jsonb
  constraint complaint_steps_complaint_no_fkey FOREIGN KEY (complaint_no) REFERENCES complaints(complaint_no)
  constraint complaint_steps_pkey PRIMARY KEY (complaint_no, step_id)
)
CREATE INDEX complaints_followed ON complaint_steps USING btree (complaint_no) WHERE ((act = 'take up'::text) AND ((detail ->> 'decision'::text) = 'followed by the head office'::text))
CREATE UNIQUE INDEX complaint_steps_by_act ON complaint_steps USING btree (act_key) WHERE (act_key IS NOT NULL)

table complaint_texts  -- Personal: what was added by the complainant; a claim and a telephone that were filled in later; questions, answers, findings and decisions in the words of whoever does a task. What was received first stands in complainants. (
  text_id bigint not null generated always as identity
  complaint_no text not null
  kind text not null
  task_id bigint
  request_no integer
  text text not null
  written_by text not null
  written_at timestamp with time zone not null default business_now()
  received_at timestamp with time zone  -- When a supplement came, where that was before it was entered; its words count from then.
  constraint complaint_texts_check CHECK (((kind = 'task'::text) = (task_id IS NOT NULL)))
  constraint complaint_texts_check1 CHECK (((kind = 'question'::text) = (request_no IS NOT NULL)))
  constraint complaint_texts_complaint_no_fkey FOREIGN KEY (complaint_no) REFERENCES complaints(complaint_no)
  constraint complaint_texts_kind_check CHECK ((kind = ANY (ARRAY['facts'::text, 'claim'::text, 'telephone'::text, 'supplement'::text, 'question'::text, 'task'::text])))
  constraint complaint_texts_pkey PRIMARY KEY (text_id)
  constraint complaint_texts_task_id_fkey FOREIGN KEY (task_id) REFERENCES tasks(task_id)
  constraint complaint_texts_text_check CHECK (((length(text) >= 1) AND (length(text) <= 10000)))
  constraint text_came_before_it_was_entered CHECK (((received_at IS NULL) OR ((received_at <= written_at) AND (kind = 'supplement'::text))))
)
CREATE INDEX complaint_texts_of_complaint ON complaint_texts USING btree (complaint_no, text_id)
CREATE INDEX complaint_texts_of_task ON complaint_texts USING btree (task_id, text_id) WHERE (task_id IS NOT NULL)

table complaints  -- One complaint a row, without anything personal. Its clocks run from received_at, those of a transfer also from transferred_at. (
  received_at timestamp with time zone not null
  registered_later_at timestamp with time zone  -- When it was registered, where that was not at its receipt.
  claimed_fen bigint
  about_event bigint  -- Event of the history of about_workflow that the complainant means.
  transferred_at timestamp with time zone
  ended_at timestamp with time zone
  revision smallint not null default 1  -- Counted with every act of intake: the process is told, and reads what is newer than it knows.
  level smallint not null default 1
  complaint_no text not null
  channel text not null
  product text not null  -- As it was received; whoever registers it may say better, and the register keeps both.
  category text not null
  subcategory text
  branch text
  other_urgency text  -- Its urgency, where that is not ordinary.
  about_workflow text
  about_run text  -- Run of about_workflow whose event is meant, where it was named; else the newest run that has an event of that number when it is frozen.
  transfer_no text
  received_by text not null  -- Whoever received it first owes its registration (first-receiver duty).
  received_role text not null
  other_state text  -- Its state, where it is more than received.
  handler text
  handler_role text
  handler_branch text
  duplicate_of text
  group_of text  -- The complaint of the same cause whose investigation serves this one too; the answer is its own.
  workflow_id text not null generated always as (('complaint:'::text || complaint_no)) virtual  -- Each has one process, which bears its number.
  urgency text not null generated always as (COALESCE(other_urgency, 'ordinary'::text)) virtual  -- As whoever received or registered it says; an urgent one is taken up by the head office the same day.
  registered_at timestamp with time zone not null generated always as (COALESCE(registered_later_at, received_at)) virtual
  state text not null generated always as (COALESCE(other_state, 'received'::text)) virtual
  constraint complaints_channel_check CHECK ((channel = ANY (ARRAY['telephone'::text, 'email'::text, 'web'::text, 'app'::text, 'branch'::text, 'letter'::text, 'regulator'::text, 'exchange'::text])))
  constraint complaints_check1 CHECK (((duplicate_of <> complaint_no) AND (group_of <> complaint_no)))
  constraint complaints_check4 CHECK (((channel = ANY (ARRAY['regulator'::text, 'exchange'::text])) = ((transfer_no IS NOT NULL) AND (transferred_at IS NOT NULL))))
  constraint complaints_check5 CHECK ((transferred_at <= received_at))
  constraint complaints_check6 CHECK (((handler IS NULL) = (handler_role IS NULL)))
  constraint complaints_check7 CHECK (((about_event IS NULL) OR (about_workflow IS NOT NULL)))
  constraint complaints_check8 CHECK (((about_run IS NULL) OR (about_workflow IS NOT NULL)))
  constraint complaints_claimed_fen_check CHECK ((claimed_fen > 0))
  constraint complaints_complaint_no_check CHECK ((complaint_no ~ '^T\d{8}-\d{6}$'::text))
  constraint complaints_duplicate_of_fkey FOREIGN KEY (duplicate_of) REFERENCES complaints(complaint_no)
  constraint complaints_group_of_fkey FOREIGN KEY (group_of) REFERENCES complaints(complaint_no)
  constraint complaints_level_check CHECK ((level = ANY (ARRAY[1, 2])))
  constraint complaints_pkey PRIMARY KEY (complaint_no)
  constraint complaints_revision_check CHECK ((revision > 0))
  constraint complaints_state_check CHECK ((other_state = ANY (ARRAY['incomplete'::text, 'registered'::text, 'accepted'::text, 'assigned'::text, 'decided'::text, 'answered'::text, 'reopened'::text, 'closed'::text, 'disputed'::text, 'refused'::text, 'duplicate'::text])))
  constraint complaints_urgency_check CHECK ((other_urgency = 'urgent'::text))
  constraint duplicate_of_another CHECK (((duplicate_of IS NOT NULL) = COALESCE((other_state = 'duplicate'::text), false)))
  constraint ended_in_a_last_state CHECK (((ended_at IS NOT NULL) = COALESCE((other_state = ANY (ARRAY['closed'::text, 'disputed'::text, 'refused'::text, 'duplicate'::text])), false)))
  constraint registered_when_received CHECK ((received_at < registered_later_at))
)
CREATE INDEX complaints_by_original ON complaints USING btree (duplicate_of) WHERE (duplicate_of IS NOT NULL)
CREATE INDEX complaints_of_group ON complaints USING btree (group_of) WHERE (group_of IS NOT NULL)
CREATE INDEX complaints_of_handler ON complaints USING btree (handler) WHERE ((ended_at IS NULL) AND (handler IS NOT NULL))
CREATE INDEX complaints_open ON complaints USING btree (case_number(complaint_no)) WHERE (ended_at IS NULL)
CREATE INDEX complaints_received ON complaints USING brin (received_at) WITH (pages_per_range='16', autosummarize='on')
CREATE UNIQUE INDEX one_complaint_a_transfer ON complaints USING btree (channel, transfer_no) WHERE (transfer_no IS NOT NULL)
CREATE TRIGGER claimed_amount_holds BEFORE UPDATE OF claimed_fen ON complaints FOR EACH ROW EXECUTE FUNCTION claimed_amount_holds()
CREATE TRIGGER complaint_is_written_once BEFORE UPDATE ON complaints FOR EACH ROW EXECUTE FUNCTION is_written_once('complaint_no', 'channel', 'transfer_no', 'transferred_at', 'received_at', 'registered_later_at', 'received_by', 'duplicate_of', 'ended_at')
CREATE TRIGGER complaint_link_holds BEFORE UPDATE OF duplicate_of, group_of, about_workflow, about_event, about_run ON complaints FOR EACH ROW EXECUTE FUNCTION complaint_link_holds()
CREATE TRIGGER registration_stays BEFORE UPDATE ON complaints FOR EACH ROW WHEN ((old.registered_later_at IS DISTINCT FROM new.registered_later_at)) EXECUTE FUNCTION registration_stays()
CREATE TRIGGER zz_keep_versions AFTER DELETE OR UPDATE ON complaints FOR EACH ROW EXECUTE FUNCTION history.keep_complaints()

table contact_addresses  -- Personal: where somebody is reached. person:KEY of the directory, or fund-account:NUMBER. (
  recipient_ref text not null
  kind text not null
  address text not null
  constraint contact_addresses_kind_check CHECK ((kind = ANY (ARRAY['email'::text, 'phone'::text])))
  constraint contact_addresses_pkey PRIMARY KEY (recipient_ref, kind)
)

table corporate_action_breaks  -- What does not agree: held, submitted and acknowledged (tally, filing), result, computed and credited, notices among themselves. (
  break_id bigint not null generated always as identity
  event_id bigint not null
  kind text not null
  break_key text not null
  facts jsonb not null
  found_at timestamp with time zone not null default business_now()
  cleared_at timestamp with time zone
  cleared_by text
  reason text
  state_no bigint not null default nextval('corporate_action_break_states'::regclass)  -- Moves whenever the break is found, or its facts are others: what a task showed it by.
  approved_by text  -- Second person, where leaving it as it stands needs one.
  constraint corporate_action_breaks_check CHECK (((cleared_at IS NULL) = (cleared_by IS NULL)))
  constraint corporate_action_breaks_event_id_fkey FOREIGN KEY (event_id) REFERENCES corporate_actions(event_id)
  constraint corporate_action_breaks_event_id_kind_break_key_key UNIQUE (event_id, kind, break_key)
  constraint corporate_action_breaks_kind_check CHECK ((kind = ANY (ARRAY['tally'::text, 'filing'::text, 'result'::text, 'entitlement'::text, 'contradiction'::text])))
  constraint corporate_action_breaks_pkey PRIMARY KEY (break_id)
  constraint two_people_leave_it CHECK (((approved_by IS NULL) OR ((cleared_by IS NOT NULL) AND (approved_by <> cleared_by))))
)

table corporate_action_entitlements  -- Computed by ourselves from the holding at the record date and the terms, beside what the clearing house credited. (
  event_id bigint not null
  securities_account text not null
  side side_of_business not null
  record_quantity bigint not null
  amount_e8 bigint  -- Amount per share used for this holder, in the currency: after tax for natural persons, before it for others.
  currency text
  gross_cents bigint
  expected_fen bigint  -- Our own share of what was exchanged; negative: paid for what was subscribed.
  credited_fen bigint
  out_code text
  out_shares bigint
  in_code text
  in_shares bigint
  credited_out bigint
  credited_in bigint
  fraction text
  sellable_from date
  sell_only boolean not null default false
  state text not null default 'computed'::text  -- left: a person looked at the difference and left it as it stands.
  credited_on date
  rights_shares bigint  -- Rights that follow from the holding of the record date, before any is exercised; null where there are none.
  credited_rights bigint
  accepted_quantity bigint not null default 0  -- Shares of the choice that the clearing house had taken when it was computed; 0 where nothing rests on a choice.
  constraint corporate_action_entitlements_currency_check CHECK ((currency = ANY (ARRAY['HKD'::text, 'USD'::text, 'GBP'::text, 'CNY'::text])))
  constraint corporate_action_entitlements_event_id_fkey FOREIGN KEY (event_id) REFERENCES corporate_actions(event_id)
  constraint corporate_action_entitlements_gross_cents_check CHECK ((gross_cents >= 0))
  constraint corporate_action_entitlements_pkey PRIMARY KEY (event_id, securities_account)
  constraint corporate_action_entitlements_record_quantity_check CHECK ((record_quantity >= 0))
  constraint corporate_action_entitlements_rights_shares_check CHECK ((rights_shares >= 0))
  constraint corporate_action_entitlements_state_check CHECK ((state = ANY (ARRAY['computed'::text, 'agreed'::text, 'differs'::text, 'left'::text])))
)

table corporate_action_holders  -- Who held on the relevant day, and how much can be elected: settled, less what is sold and not settled yet. (
  event_id bigint not null
  securities_account text not null
  fund_account text not null
  side side_of_business not null
  branch text not null
  settled bigint not null
  unsettled_sales bigint not null
  in_transit bigint not null  -- Bought and not settled on the relevant day: not electable.
  electable bigint not null
  elected bigint not null default 0  -- Largest sum elected on one ballot: of an event with one choice the sum over its options.
  excess bigint not null default 0  -- Elected when more was electable than is now; withdrawn step by step, never elected anew.
  answered_at timestamp(3) with time zone
  waived_at timestamp(3) with time zone
  reopened_version integer  -- Version that touched what had been elected: the holder was told and may choose again.
  unreachable_since timestamp with time zone
  unreachable_by text
  record_holding bigint  -- Holding of the record date from which follows what may be subscribed for, which stands in settled; null where the holding itself is elected for.
  constraint corporate_action_holders_electable_check CHECK ((electable >= 0))
  constraint corporate_action_holders_elected_check CHECK ((elected >= 0))
  constraint corporate_action_holders_event_id_fkey FOREIGN KEY (event_id) REFERENCES corporate_actions(event_id)
  constraint corporate_action_holders_excess_check CHECK ((excess >= 0))
  constraint corporate_action_holders_in_transit_check CHECK ((in_transit >= 0))
  constraint corporate_action_holders_pkey PRIMARY KEY (event_id, securities_account)
  constraint corporate_action_holders_record_holding_check CHECK ((record_holding >= 0))
  constraint corporate_action_holders_settled_check CHECK ((settled >= 0))
  constraint corporate_action_holders_unsettled_sales_check CHECK ((unsettled_sales >= 0))
  constraint never_more_than_can_be_elected CHECK ((elected <= (electable + excess)))
  constraint transit_is_not_electable CHECK ((electable <= settled))
)
CREATE INDEX corporate_action_holders_of_client ON corporate_action_holders USING btree (fund_account, event_id)
CREATE INDEX corporate_action_holders_silent ON corporate_action_holders USING btree (event_id, securities_account) WHERE ((answered_at IS NULL) AND (electable > 0))

table corporate_action_options (
  event_id bigint not null
  ballot text not null default ''::text  -- Number of the resolution that is voted on; empty where an event has one choice.
  option text not null
  place integer not null
  name_zh text not null
  name_en text not null
  filed_as text  -- Business of the filing with the clearing house; null: nothing is filed for it.
  is_default boolean not null
  from_version integer not null
  gone_version integer
  constraint corporate_action_options_event_id_fkey FOREIGN KEY (event_id) REFERENCES corporate_actions(event_id)
  constraint corporate_action_options_filed_as_check CHECK ((filed_as = ANY (ARRAY['H62'::text, 'H63'::text, 'H64'::text, 'H65'::text, 'H66'::text])))
  constraint corporate_action_options_pkey PRIMARY KEY (event_id, ballot, option)
  constraint corporate_action_options_place_check CHECK ((place > 0))
)

table corporate_action_steps  -- Timeline of an event; a step with the same key is written once. (
  step_id bigint not null generated always as identity
  event_id bigint not null
  act text not null
  step_key text not null
  detail jsonb not null default '{}'::jsonb
  by text not null
  role text
  at timestamp with time zone not null default business_now()
  constraint corporate_action_steps_event_id_fkey FOREIGN KEY (event_id) REFERENCES corporate_actions(event_id)
  constraint corporate_action_steps_event_id_step_key_key UNIQUE (event_id, step_key)
  constraint corporate_action_steps_pkey PRIMARY KEY (step_id)
)

table corporate_action_versions  -- Every version of an event as its notice told it, with what differs from the one before; never changed. (
  event_id bigint not null
  version integer not null
  change text not null
  channel channel_code not null
  business_date date not null
  file_id bigint  -- That told it; null: the house, by a calendar that grew or was corrected.
  row_nos bigint[] not null  -- Rows of the file that tell it; none where the file, a resend, tells the event no more.
  terms jsonb not null
  differences jsonb not null default '[]'::jsonb  -- [{"term": "price", "before": "5.60", "after": "5.85"}]
  touches_elections boolean not null
  contradiction text  -- Why the notice does not fit what is known of the event; people are asked.
  is_taken boolean not null default true  -- False: kept and not in force, e.g. the cancellation of an event whose money has been paid.
  recorded_at timestamp with time zone not null default business_now()
  kind text not null
  code text not null
  constraint corporate_action_versions_change_check CHECK ((change = ANY (ARRAY['ADD'::text, 'UPD'::text, 'DEL'::text])))
  constraint corporate_action_versions_event_id_file_id_key UNIQUE (event_id, file_id)
  constraint corporate_action_versions_event_id_fkey FOREIGN KEY (event_id) REFERENCES corporate_actions(event_id)
  constraint corporate_action_versions_file_id_fkey FOREIGN KEY (file_id) REFERENCES files(file_id)
  constraint corporate_action_versions_pkey PRIMARY KEY (event_id, version)
  constraint corporate_action_versions_version_check CHECK ((version > 0))
)

table corporate_actions  -- One event of a security, as the newest version of its notice has it. (
  event_id bigint not null generated always as identity
  channel channel_code not null
  event_no text not null
  kind text not null
  code text not null
  is_served boolean not null
  is_elective boolean not null
  version integer not null default 1
  state text not null default 'announced'::text
  terms jsonb not null
  record_on date
  relevant_on date  -- Day whose settled holding says who can elect; that of the record date, or a mainland trading day before it. Null: the calendar does not know it yet.
  pay_on date
  opens_at timestamp(3) with time zone
  client_cut_at timestamp(3) with time zone  -- Until then, excluded, holders elect by themselves; until broker_cut_at the house takes elections by telephone.
  broker_cut_at timestamp(3) with time zone
  clearing_cut_at timestamp(3) with time zone
  hkscc_cut_at timestamp(3) with time zone
  calendar_version text not null  -- By which its dates were computed; a newer one computes them anew.
  holders_version integer not null default 0  -- Version for which the holders were determined last; 0: not yet.
  revision integer not null default 1
  workflow_id text not null
  announced_at timestamp with time zone not null default business_now()
  closed_at timestamp with time zone
  entitled_on date  -- Settlement day whose books the entitlements were computed from.
  paid_on date
  ended_at timestamp with time zone
  round integer not null default 1  -- Time for which elections are collected: 2 where an event was opened again after its close or its cancellation.
  proven_round integer  -- Round whose elections were seen held = submitted = acknowledged.
  breaks_told bigint not null default 0  -- State of the newest break of the filings for which the process of the event was woken, or started again.
  constraint corporate_actions_channel_event_no_key UNIQUE (channel, event_no)
  constraint corporate_actions_event_no_check CHECK (((length(event_no) >= 1) AND (length(event_no) <= 16)))
  constraint corporate_actions_pkey PRIMARY KEY (event_id)
  constraint corporate_actions_revision_check CHECK ((revision > 0))
  constraint corporate_actions_round_check CHECK ((round > 0))
  constraint corporate_actions_state_check CHECK ((state = ANY (ARRAY['announced'::text, 'collecting'::text, 'closing'::text, 'closed'::text, 'ended'::text, 'cancelled'::text])))
  constraint corporate_actions_version_check CHECK ((version > 0))
  constraint corporate_actions_workflow_id_key UNIQUE (workflow_id)
  constraint cuts_are_whole CHECK ((num_nulls(opens_at, client_cut_at, broker_cut_at, clearing_cut_at, hkscc_cut_at) = ANY (ARRAY[0, 5])))
  constraint cuts_in_their_order CHECK (((client_cut_at < broker_cut_at) AND (broker_cut_at < clearing_cut_at) AND (clearing_cut_at < hkscc_cut_at)))
  constraint elections_are_served CHECK ((is_served OR (NOT is_elective)))
  constraint elections_have_cuts CHECK (((NOT is_elective) OR (broker_cut_at IS NOT NULL)))
  constraint elections_open_before_they_close CHECK ((opens_at < client_cut_at))
  constraint ended_when_over CHECK (((ended_at IS NULL) = (state <> ALL (ARRAY['ended'::text, 'cancelled'::text]))))
)
CREATE INDEX corporate_actions_by_cut ON corporate_actions USING btree (broker_cut_at, event_id) WHERE (broker_cut_at IS NOT NULL)
CREATE INDEX corporate_actions_open ON corporate_actions USING btree (channel, code) WHERE (ended_at IS NULL)
CREATE TRIGGER broker_cut_moves_by_approval BEFORE UPDATE ON corporate_actions FOR EACH ROW WHEN (((old.client_cut_at IS DISTINCT FROM new.client_cut_at) OR (old.broker_cut_at IS DISTINCT FROM new.broker_cut_at))) EXECUTE FUNCTION broker_cut_moves_by_approval()

table counter_cash (
  business_date date not null
  file_id bigint not null
  row_no bigint not null
  channel channel_code not null
  fund_account text not null
  at_time text not null
  amount_fen bigint not null
) partition by RANGE (business_date)

table counter_trades (
  business_date date not null
  file_id bigint not null
  row_no bigint not null
  channel channel_code not null
  fund_account text not null
  securities_account text not null
  code text not null
  buy_sell text not null
  quantity bigint not null
  price_e4 bigint not null
  order_no text not null
  trade_no text not null
  traded_at text not null
  frozen_fen bigint not null
) partition by RANGE (business_date)

table cushion_top_ups  -- Each wish to raise the cushion: one at a time, paid by an order of two people, or not needed any more. (
  top_up_id bigint not null generated always as identity
  channel channel_code not null
  business_date date not null
  origin text not null
  amount_fen bigint not null  -- Asked for by finance and ordered as it stands; of the alarm the least amount by which it is raised no more, where whoever makes the order decides.
  reason text not null
  workflow_id text not null
  request_key text not null
  asked_by text not null
  asked_at timestamp with time zone not null default business_now()
  state text not null default 'open'::text
  ended_by text
  ended_at timestamp with time zone
  constraint cushion_top_ups_amount_fen_check CHECK ((amount_fen > 0))
  constraint cushion_top_ups_check CHECK (((state = 'open'::text) = ((ended_at IS NULL) AND (ended_by IS NULL))))
  constraint cushion_top_ups_origin_check CHECK ((origin = ANY (ARRAY['alarm'::text, 'finance'::text])))
  constraint cushion_top_ups_pkey PRIMARY KEY (top_up_id)
  constraint cushion_top_ups_reason_check CHECK (((length(reason) >= 5) AND (length(reason) <= 500)))
  constraint cushion_top_ups_request_key_key UNIQUE (request_key)
  constraint cushion_top_ups_state_check CHECK ((state = ANY (ARRAY['open'::text, 'paid'::text, 'not needed'::text])))
  constraint cushion_top_ups_workflow_id_key UNIQUE (workflow_id)
)
CREATE UNIQUE INDEX one_open_top_up ON cushion_top_ups USING btree (channel) WHERE (state = 'open'::text)
CREATE TRIGGER cushion_top_up_is_written_once BEFORE UPDATE ON cushion_top_ups FOR EACH ROW EXECUTE FUNCTION is_written_once('channel', 'business_date', 'origin', 'reason', 'workflow_id', 'asked_by', 'ended_by', 'ended_at')

table day_steps (
  channel channel_code not null
  business_date date not null
  step text not null
  state text not null
  cause text not null
  sections text[] not null default '{}'::text[]
  at timestamp with time zone not null default business_now()
  constraint day_steps_pkey PRIMARY KEY (channel, business_date, step)
  constraint day_steps_state_check CHECK ((state = ANY (ARRAY['held'::text, 'done'::text])))
)
CREATE TRIGGER zz_keep_versions AFTER INSERT OR DELETE OR UPDATE ON day_steps FOR EACH ROW EXECUTE FUNCTION history.keep_day_steps()

table deadline_changes  -- Every new computation of a promise: old and new instants with the calendar versions behind them. (
  deadline_id bigint not null
  revision integer not null
  cause text not null
  due_before timestamp with time zone not null
  due_after timestamp with time zone not null
  rungs_before jsonb not null
  rungs_after jsonb not null
  version_before text not null
  version_after text not null
  by text not null
  at timestamp with time zone not null default business_now()
  constraint deadline_changes_cause_check CHECK ((cause = ANY (ARRAY['stopped'::text, 'resumed'::text, 'extended'::text, 'calendar corrected'::text])))
  constraint deadline_changes_deadline_id_fkey FOREIGN KEY (deadline_id) REFERENCES deadlines(deadline_id)
  constraint deadline_changes_pkey PRIMARY KEY (deadline_id, revision)
  constraint deadline_changes_revision_check CHECK ((revision > 1))
)

table deadline_extensions  -- More time: asked before the limit, decided by a second person before it too. due_before is the limit until then, as it stood at the last step. (
  extension_id bigint not null generated always as identity
  deadline_id bigint not null
  extension_no integer not null
  further_n integer not null
  reason text not null
  due_before timestamp with time zone not null
  asked_by text not null
  asked_at timestamp with time zone not null default business_now()
  state text not null default 'asked'::text
  decided_by text
  decided_at timestamp with time zone
  asked_for text  -- Principal for whom more time was asked by delegation.
  decided_for text
  constraint approved_before_the_limit CHECK (((state <> 'approved'::text) OR (decided_at < due_before)))
  constraint asked_before_the_limit CHECK ((asked_at < due_before))
  constraint deadline_extensions_deadline_id_extension_no_key UNIQUE (deadline_id, extension_no)
  constraint deadline_extensions_deadline_id_fkey FOREIGN KEY (deadline_id) REFERENCES deadlines(deadline_id)
  constraint deadline_extensions_extension_no_check CHECK ((extension_no > 0))
  constraint deadline_extensions_further_n_check CHECK ((further_n > 0))
  constraint deadline_extensions_pkey PRIMARY KEY (extension_id)
  constraint deadline_extensions_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 500)))
  constraint deadline_extensions_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'approved'::text, 'refused'::text, 'recalled'::text, 'lapsed'::text])))
  constraint decided_by_somebody CHECK (((state <> ALL (ARRAY['approved'::text, 'refused'::text, 'recalled'::text])) OR (decided_by IS NOT NULL)))
  constraint decided_when_ended CHECK (((state = 'asked'::text) = (decided_at IS NULL)))
  constraint maker_never_extends CHECK (((decided_by IS NULL) OR (state = 'recalled'::text) OR (decided_by <> asked_by)))
)
CREATE UNIQUE INDEX deadline_extensions_asked ON deadline_extensions USING btree (deadline_id) WHERE (state = 'asked'::text)
CREATE TRIGGER extension_is_written_once BEFORE UPDATE ON deadline_extensions FOR EACH ROW EXECUTE FUNCTION is_written_once('deadline_id', 'extension_no', 'further_n', 'reason', 'asked_by', 'asked_for', 'asked_at', 'decided_by', 'decided_for', 'decided_at')
CREATE TRIGGER extension_maker_is_no_checker AFTER INSERT OR UPDATE ON deadline_extensions FOR EACH ROW WHEN ((new.state <> 'recalled'::text)) EXECUTE FUNCTION maker_is_no_checker('asked_by asked_for', 'decided_by decided_for')
CREATE TRIGGER zz_keep_versions AFTER INSERT OR DELETE OR UPDATE ON deadline_extensions FOR EACH ROW EXECUTE FUNCTION history.keep_deadline_extensions()

table deadline_stops  -- The clock of a promise stood from from_at to to_at (excluded). Nobody resumed: to_at is where the bound ends the stop by itself. (
  stop_id bigint not null generated always as identity
  deadline_id bigint not null
  from_at timestamp with time zone not null
  to_at timestamp with time zone not null
  reason text not null
  stopped_by text not null
  resumed_at timestamp with time zone
  resumed_by text
  stopped_for text  -- Principal for whom the clock was stopped by delegation.
  resumed_for text
  resume_reason text
  constraint deadline_stops_check CHECK ((from_at <= to_at))
  constraint deadline_stops_check1 CHECK (((resumed_at IS NULL) = (resumed_by IS NULL)))
  constraint deadline_stops_deadline_id_fkey FOREIGN KEY (deadline_id) REFERENCES deadlines(deadline_id)
  constraint deadline_stops_pkey PRIMARY KEY (stop_id)
  constraint deadline_stops_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 500)))
  constraint resumed_where_it_ends CHECK (((resumed_at IS NULL) OR (resumed_at = to_at)))
  constraint stops_do_not_overlap EXCLUDE USING gist (deadline_id WITH =, tstzrange(from_at, to_at) WITH &&)
)
CREATE INDEX deadline_stops_of ON deadline_stops USING btree (deadline_id)
CREATE CONSTRAINT TRIGGER stops_stay_bounded AFTER INSERT OR UPDATE ON deadline_stops NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION stops_stay_bounded()
CREATE TRIGGER zz_keep_versions AFTER INSERT OR DELETE OR UPDATE ON deadline_stops FOR EACH ROW EXECUTE FUNCTION history.keep_deadline_stops()

table deadlines  -- Promises: who owes what by when. due_at and rungs were computed once, with the calendar version beside them. (
  deadline_id bigint not null generated always as identity
  received_at timestamp with time zone not null
  due_at timestamp with time zone not null
  opened_later_at timestamp with time zone default business_now()  -- When it was given, where that was not at the receipt.
  breached_at timestamp with time zone  -- When the last rung rang unmet; kept when the promise is met late.
  ended_at timestamp with time zone
  limit_n smallint not null
  civil_version smallint  -- Version of the civil calendar, where it rests on nothing else.
  other_stop_days smallint  -- How many days its clock may stand in all, where that is not 30.
  later_revision smallint  -- Its revision from the second on.
  side side_of_business
  other_process text  -- Type of the process that owes it, where that is no complaint.
  step text not null
  subject text not null  -- Business key of what is promised; never personal.
  other_workflow text  -- Process that owes it, where it is not the one of its subject.
  other_key text  -- Its key of business, where that does not begin with process, step and subject.
  key_tail text  -- What its key of business has after process, step and subject; null where nothing.
  branch text
  owner_role text not null
  owner_team text
  owner_person text
  other_ladder text  -- Terms of its ladder, where they are not those of promises.
  other_limit_kind text  -- What its limit counts, where that is not working days.
  limit_time text
  other_channel text  -- Whose days and parameters hold, where that is not Shanghai.
  other_calendars text  -- Calendars that it rests on with their versions, where that is not the civil one alone.
  ended_as text  -- met, met late. withdrawn: nothing is owed any more. abandoned: still owed, but its process has ended without it.
  ended_by text
  rungs bytea not null  -- Instant of each rung, by its number, as `rung_instants` reads them; mostly without the last, which is due_at.
  process text not null generated always as (COALESCE(other_process, 'complaint'::text)) virtual
  workflow_id text not null generated always as (COALESCE(other_workflow, ((COALESCE(other_process, 'complaint'::text) || ':'::text) || subject))) virtual
  business_key text not null generated always as (COALESCE(other_key, (((((COALESCE(other_process, 'complaint'::text) || '-'::text) || step) || ':'::text) || subject) || COALESCE(key_tail, ''::text)))) virtual
  opened_at timestamp with time zone not null generated always as (COALESCE(opened_later_at, received_at)) virtual
  ladder text not null generated always as (COALESCE(other_ladder, 'PROMISE'::text)) virtual
  limit_kind text not null generated always as (COALESCE(other_limit_kind, 'BUSINESS_DAYS'::text)) virtual
  channel text not null generated always as (COALESCE(other_channel, 'SH'::text)) virtual
  calendar_version text not null generated always as (COALESCE(other_calendars, ('CIVIL '::text || (civil_version)::text))) virtual  -- Calendars that the instants rest on, with the versions that they were computed with: CIVIL 1, or SEHK 1, SSE 2. A corrected one computes them anew.
  stopped_days_at_most integer not null generated always as (COALESCE((other_stop_days)::integer, 30)) virtual
  revision integer not null generated always as (COALESCE((later_revision)::integer, 1)) virtual  -- Grows with each new computation; a rung rings only for the revision that it was climbed with.
  state text not null generated always as (COALESCE(ended_as,
CASE
    WHEN (breached_at IS NULL) THEN 'running'::text
    ELSE 'breached'::text
END)) virtual  -- How it ended; open it is running, or breached.
  constraint breached_when_due CHECK (((ended_as IS NOT NULL) OR (breached_at >= due_at)))
  constraint calendars_are_told_once CHECK ((num_nonnulls(civil_version, other_calendars) = 1))
  constraint clock_limit_has_a_time CHECK ((COALESCE((other_limit_kind = 'CLOCK_TIME'::text), false) = (limit_time IS NOT NULL)))
  constraint deadlines_ended_as_check CHECK ((ended_as = ANY (ARRAY['met'::text, 'met late'::text, 'withdrawn'::text, 'abandoned'::text])))
  constraint deadlines_later_revision_check CHECK ((later_revision > 1))
  constraint deadlines_limit_time_check CHECK ((limit_time ~ '^\d{2}:\d{2}(:\d{2})?$'::text))
  constraint deadlines_other_channel_check CHECK ((other_channel ~ '^[A-Z]{2}$'::text))
  constraint deadlines_other_limit_kind_check CHECK ((other_limit_kind = ANY (ARRAY['BUSINESS_HOURS'::text, 'CALENDAR_DAYS'::text, 'TRADING_DAYS'::text, 'SETTLEMENT_DAYS'::text, 'CLOCK_TIME'::text])))
  constraint deadlines_other_stop_days_check CHECK ((other_stop_days >= 0))
  constraint deadlines_owner_role_fkey FOREIGN KEY (owner_role) REFERENCES roles(role)
  constraint deadlines_pkey PRIMARY KEY (deadline_id)
  constraint ended_by_somebody CHECK (((ended_as IS NOT NULL) = ((ended_at IS NOT NULL) AND (ended_by IS NOT NULL))))
  constraint key_is_told_once CHECK ((num_nonnulls(other_key, key_tail) <= 1))
  constraint limit_has_a_length CHECK ((limit_n >=
CASE other_limit_kind
    WHEN 'CLOCK_TIME'::text THEN 0
    ELSE 1
END))
  constraint met_in_time CHECK (((ended_as <> 'met'::text) OR (ended_at <= due_at)))
  constraint met_late CHECK (((ended_as <> 'met late'::text) OR (ended_at > due_at)))
  constraint rungs_are_instants CHECK (((length(rungs) % 5) = ANY (ARRAY[0, 1, 2])))
)
CREATE INDEX deadlines_breached ON deadlines USING btree (due_at, deadline_id) WHERE (breached_at IS NOT NULL)
CREATE INDEX deadlines_by_rung ON deadlines USING gin (rung_minutes(rungs, due_at)) WITH (fastupdate=off) WHERE (ended_at IS NULL)
CREATE INDEX deadlines_ended ON deadlines USING btree (due_at, deadline_id) WHERE (ended_at IS NOT NULL)
CREATE INDEX deadlines_ended_by_process ON deadlines USING btree (COALESCE(other_process, 'complaint'::text)) WHERE (ended_at IS NOT NULL)
CREATE INDEX deadlines_ended_otherwise ON deadlines USING btree (due_at, deadline_id) WHERE ((ended_at IS NOT NULL) AND (COALESCE(ended_as,
CASE
    WHEN (breached_at IS NULL) THEN 'running'::text
    ELSE 'breached'::text
END) <> 'met'::text))
CREATE INDEX deadlines_of_other_number ON deadlines USING btree (case_number(COALESCE(other_workflow, ((COALESCE(other_process, 'complaint'::text) || ':'::text) || subject)))) WHERE (promise_number(COALESCE(other_key, (((((COALESCE(other_process, 'complaint'::text) || '-'::text) || step) || ':'::text) || subject) || COALESCE(key_tail, ''::text)))) <> case_number(COALESCE(other_workflow, ((COALESCE(other_process, 'complaint'::text) || ':'::text) || subject))))
CREATE INDEX deadlines_open ON deadlines USING btree (due_at) WHERE (ended_at IS NULL)
CREATE UNIQUE INDEX promises_are_given_once ON deadlines USING btree (promise_number(COALESCE(other_key, (((((COALESCE(other_process, 'complaint'::text) || '-'::text) || step) || ':'::text) || subject) || COALESCE(key_tail, ''::text)))), hashtextextended(COALESCE(other_key, (((((COALESCE(other_process, 'complaint'::text) || '-'::text) || step) || ':'::text) || subject) || COALESCE(key_tail, ''::text))), (0)::bigint))
CREATE TRIGGER zz_keep_versions AFTER DELETE OR UPDATE ON deadlines FOR EACH ROW EXECUTE FUNCTION history.keep_deadlines()

table delegations  -- A principal lets another person act in one role, from the first to the last day included; it ends by itself, or at once when revoked. (
  delegation_id bigint not null generated always as identity
  principal text not null
  delegate text not null
  role text not null
  side side_of_business
  branch text
  kinds text[]
  amount_limit_fen bigint
  first_day date not null
  last_day date not null
  reason text not null
  made_by text not null
  made_at timestamp with time zone not null default business_now()
  revision integer not null default 1
  state text not null
  approved_by text
  approved_for text
  approved_at timestamp with time zone
  revoked_by text
  revoked_at timestamp with time zone
  revoke_reason text
  request_key text  -- Person and key of the request: the same is the same delegation.
  request_sha256 text  -- Digest of what was asked for: the same key with something else is refused.
  revoke_key text  -- Person and key of the request that revoked it: whoever repeats it because the answer was lost is answered the same.
  constraint delegation_request_is_whole CHECK (((request_key IS NULL) = (request_sha256 IS NULL)))
  constraint delegations_amount_limit_fen_check CHECK ((amount_limit_fen > 0))
  constraint delegations_approved_by_fkey FOREIGN KEY (approved_by) REFERENCES people(person)
  constraint delegations_approved_for_fkey FOREIGN KEY (approved_for) REFERENCES people(person)
  constraint delegations_check CHECK ((first_day <= last_day))
  constraint delegations_check1 CHECK (((state = 'revoked'::text) = (revoked_at IS NOT NULL)))
  constraint delegations_delegate_fkey FOREIGN KEY (delegate) REFERENCES people(person)
  constraint delegations_kinds_check CHECK ((cardinality(kinds) > 0))
  constraint delegations_made_by_fkey FOREIGN KEY (made_by) REFERENCES people(person)
  constraint delegations_pkey PRIMARY KEY (delegation_id)
  constraint delegations_principal_fkey FOREIGN KEY (principal) REFERENCES people(person)
  constraint delegations_request_key_key UNIQUE (request_key)
  constraint delegations_revoked_by_fkey FOREIGN KEY (revoked_by) REFERENCES people(person)
  constraint delegations_role_fkey FOREIGN KEY (role) REFERENCES roles(role)
  constraint delegations_state_check CHECK ((state = ANY (ARRAY['awaiting approval'::text, 'given'::text, 'refused'::text, 'recalled'::text, 'withdrawn'::text, 'revoked'::text])))
  constraint one_delegation_at_a_time EXCLUDE USING gist (principal WITH =, delegate WITH =, role WITH =, COALESCE((side)::text, ''::text) WITH =, daterange(first_day, last_day, '[]'::text) WITH &&) WHERE ((state = ANY (ARRAY['awaiting approval'::text, 'given'::text])))
)
CREATE INDEX delegations_of_delegate ON delegations USING btree (delegate, last_day)
CREATE TRIGGER delegation_is_written_once BEFORE UPDATE ON delegations FOR EACH ROW EXECUTE FUNCTION is_written_once('principal', 'delegate', 'role', 'side', 'branch', 'kinds', 'amount_limit_fen', 'first_day', 'last_day', 'made_by', 'approved_by', 'approved_at', 'revoked_by', 'revoked_at')
CREATE TRIGGER delegation_maker_is_no_checker AFTER INSERT OR UPDATE ON delegations FOR EACH ROW EXECUTE FUNCTION maker_is_no_checker('principal made_by', 'delegate', 'approved_by approved_for')
CREATE TRIGGER zz_keep_versions AFTER INSERT OR DELETE OR UPDATE ON delegations FOR EACH ROW EXECUTE FUNCTION history.keep_delegations()

table delivery_steps (
  purpose text not null
  step integer not null
  channel message_channel not null
  wait_minutes integer  -- How long this channel has to bring proof of delivery before the next one is taken; null: it is not left.
  valid_from date not null
  valid_to date
  source text not null
  constraint delivery_steps_check CHECK ((valid_from < valid_to))
  constraint delivery_steps_pkey PRIMARY KEY (purpose, step, valid_from)
  constraint delivery_steps_purpose_step_daterange_excl EXCLUDE USING gist (purpose WITH =, step WITH =, daterange(valid_from, valid_to) WITH &&)
  constraint delivery_steps_step_check CHECK ((step > 0))
  constraint delivery_steps_wait_minutes_check CHECK ((wait_minutes > 0))
)

table documents  -- What the store of documents holds, by digest. (
  sha256 text not null
  byte_count bigint not null
  media_type text not null
  kept_at timestamp with time zone not null default business_now()
  constraint documents_byte_count_check CHECK ((byte_count > 0))
  constraint documents_pkey PRIMARY KEY (sha256)
  constraint documents_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
)
CREATE TRIGGER documents_are_kept BEFORE DELETE OR UPDATE ON documents FOR EACH ROW EXECUTE FUNCTION documents_are_kept()
CREATE TRIGGER documents_are_not_emptied BEFORE TRUNCATE ON documents FOR EACH STATEMENT EXECUTE FUNCTION archive_is_not_emptied()

table earlier_figures  -- What an earlier run of a day computed, by table, run and client or side; run 1 is the first. (
  earlier_id bigint not null generated always as identity
  channel channel_code not null
  business_date date not null
  computed text not null
  run integer not null
  subject text not null
  figures jsonb not null
  replaced_at timestamp with time zone not null default business_now()
  constraint earlier_figures_pkey PRIMARY KEY (earlier_id)
  constraint earlier_figures_run_check CHECK ((run > 0))
)
CREATE INDEX earlier_figures_of_subject ON earlier_figures USING btree (channel, business_date, computed, subject, run)

table election_cut_changes (
  change_id bigint not null generated always as identity
  event_id bigint not null
  version integer not null
  broker_before timestamp(3) with time zone not null
  broker_after timestamp(3) with time zone not null
  client_after timestamp(3) with time zone not null
  reason text not null
  request_key text not null
  asked_by text not null
  asked_for text
  asked_at timestamp with time zone not null default business_now()
  state text not null default 'asked'::text
  decided_by text
  decided_for text
  decided_at timestamp with time zone
  constraint cut_maker_never_decides CHECK (((decided_by IS NULL) OR (state = 'recalled'::text) OR (decided_by <> asked_by)))
  constraint cut_moves CHECK ((broker_before <> broker_after))
  constraint decided_when_it_is CHECK (((state = 'asked'::text) = (decided_at IS NULL)))
  constraint election_cut_changes_event_id_fkey FOREIGN KEY (event_id) REFERENCES corporate_actions(event_id)
  constraint election_cut_changes_pkey PRIMARY KEY (change_id)
  constraint election_cut_changes_reason_check CHECK (((length(reason) >= 5) AND (length(reason) <= 500)))
  constraint election_cut_changes_request_key_key UNIQUE (request_key)
  constraint election_cut_changes_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'approved'::text, 'refused'::text, 'recalled'::text, 'lapsed'::text])))
)
CREATE UNIQUE INDEX one_cut_change_asked ON election_cut_changes USING btree (event_id) WHERE (state = 'asked'::text)
CREATE TRIGGER cut_change_is_written_once BEFORE UPDATE ON election_cut_changes FOR EACH ROW EXECUTE FUNCTION is_written_once('event_id', 'version', 'broker_before', 'broker_after', 'client_after', 'reason', 'asked_by', 'asked_for', 'asked_at', 'decided_by', 'decided_at')
CREATE TRIGGER cut_maker_is_no_checker AFTER INSERT OR UPDATE ON election_cut_changes FOR EACH ROW WHEN ((new.state <> 'recalled'::text)) EXECUTE FUNCTION maker_is_no_checker('asked_by asked_for', 'decided_by decided_for')

table election_filings  -- What is filed for an election: a difference, negative where it withdraws; of votes all three quantities, which replace those filed before. (
  filing_no text not null
  filing_seq bigint not null generated always as identity
  event_id bigint not null
  securities_account text not null
  ballot text not null default ''::text
  option text not null
  act_key text not null
  business text not null
  quantity bigint not null
  votes jsonb
  state text not null default 'waiting'::text  -- Of the facts 3.6: 0 waiting, 1 sent, 2 confirmed, 3 success, 4 failed, 6 cancelled; refused at the door.
  acceptance_no text
  result_code text
  confirmed bigint
  tries integer not null default 0
  retry_at timestamp with time zone  -- Real time before which a clearing house that gave no answer is not asked again.
  filed_at timestamp with time zone not null default business_now()
  answered_at timestamp with time zone
  result_on date
  counter_told boolean not null default false
  counter_released bigint not null default 0  -- Shares of it that the counter was told to let go, because the clearing house did not take them after all.
  frozen_fen bigint  -- Money that the counter freezes for it at the reference rate, negative where it lets go; null where nothing is paid for.
  code text  -- Security under which it was filed, where the event has another one since; null: that of the event.
  cancelled_from text  -- State in which the cancellation of its event found it; null: it was not cancelled with its event.
  cancelled_in integer  -- Version of the event that cancelled it.
  restored smallint not null default 0  -- How often a cancellation of its event fell: the counter is told of each turn by a key of its own.
  constraint answered_with_a_number CHECK (((state <> ALL (ARRAY['confirmed'::text, 'success'::text, 'partly'::text, 'cancelled'::text])) OR (answered_at IS NOT NULL)))
  constraint cancelled_with_its_event CHECK (((cancelled_from IS NULL) = (cancelled_in IS NULL)))
  constraint differences_are_not_zero CHECK (((business = 'H62'::text) OR (quantity <> 0)))
  constraint election_filings_business_check CHECK ((business = ANY (ARRAY['H62'::text, 'H63'::text, 'H64'::text, 'H65'::text, 'H66'::text])))
  constraint election_filings_filing_no_check CHECK ((filing_no ~ '^F\d{12,15}$'::text))
  constraint election_filings_pkey PRIMARY KEY (filing_no)
  constraint election_filings_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sent'::text, 'confirmed'::text, 'success'::text, 'partly'::text, 'failed'::text, 'refused'::text, 'cancelled'::text])))
  constraint subscriptions_have_their_money CHECK (((frozen_fen IS NULL) = (business <> ALL (ARRAY['H64'::text, 'H65'::text]))))
  constraint votes_have_their_quantities CHECK (((business = 'H62'::text) = (votes IS NOT NULL)))
)
CREATE INDEX election_filings_of_holder ON election_filings USING btree (event_id, securities_account, filing_seq)
CREATE INDEX election_filings_to_release ON election_filings USING btree (filing_seq) WHERE (counter_told AND (business <> 'H62'::text) AND (counter_released <>
CASE
    WHEN (state = 'partly'::text) THEN (quantity - confirmed)
    WHEN (state <> ALL (ARRAY['confirmed'::text, 'success'::text])) THEN quantity
    WHEN (restored > 0) THEN (0)::bigint
    ELSE counter_released
END))
CREATE INDEX election_filings_to_send ON election_filings USING btree (filing_seq) WHERE (state = ANY (ARRAY['waiting'::text, 'sent'::text]))
CREATE INDEX election_filings_to_tell ON election_filings USING btree (filing_seq) WHERE (NOT counter_told)
CREATE TRIGGER filings_are_of_holders AFTER INSERT ON election_filings REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION elected_by_holders()
CREATE TRIGGER votes_are_counted AFTER UPDATE ON election_filings REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION count_submitted_votes()

table election_steps  -- Every act on an election in its order, acknowledged to whoever acted; never changed. (
  step_id bigint not null generated always as identity
  event_id bigint not null
  securities_account text not null
  act text not null
  ballot text not null default ''::text
  option text
  quantity_before bigint not null
  quantity_after bigint not null
  version_shown integer not null
  elected_by text not null
  by text not null
  recording text
  act_key text not null
  at timestamp(3) with time zone not null
  cut_at timestamp(3) with time zone not null
  kept jsonb  -- What was acknowledged: whoever asks again with the same key gets the same.
  constraint election_steps_act_check CHECK ((act = ANY (ARRAY['elect'::text, 'withdraw'::text, 'default'::text, 'lapse'::text, 'waive'::text, 'restore'::text])))
  constraint election_steps_act_key_key UNIQUE (act_key)
  constraint election_steps_elected_by_check CHECK ((elected_by = ANY (ARRAY['holder'::text, 'telephone'::text, 'default'::text, 'house'::text])))
  constraint election_steps_pkey PRIMARY KEY (step_id)
  constraint election_steps_quantity_after_check CHECK ((quantity_after >= 0))
  constraint election_steps_quantity_before_check CHECK ((quantity_before >= 0))
  constraint no_step_after_the_cut CHECK (((elected_by = ANY (ARRAY['default'::text, 'house'::text])) OR (at < cut_at)))
  constraint telephoned_with_its_recording CHECK (((elected_by = 'telephone'::text) = (recording IS NOT NULL)))
)
CREATE INDEX election_steps_of_holder ON election_steps USING btree (event_id, securities_account, step_id)

table elections  -- What stands elected: shares by holder, ballot and option. (
  event_id bigint not null
  securities_account text not null
  ballot text not null default ''::text
  option text not null
  quantity bigint not null
  version_shown integer not null
  elected_by text not null
  at timestamp(3) with time zone not null
  cut_at timestamp(3) with time zone not null  -- Deadline that held when it was elected, excluded.
  constraint elections_elected_by_check CHECK ((elected_by = ANY (ARRAY['holder'::text, 'telephone'::text, 'default'::text])))
  constraint elections_pkey PRIMARY KEY (event_id, securities_account, ballot, option)
  constraint elections_quantity_check CHECK ((quantity > 0))
  constraint nothing_elected_after_the_cut CHECK (((elected_by = 'default'::text) OR (at < cut_at)))
)
CREATE TRIGGER elections_are_of_holders AFTER INSERT ON elections REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION elected_by_holders()

table eligibility_findings  -- Personal: what was found of a client when the conditions were judged, and what is required. (
  step_id bigint not null
  moment text not null
  judged_on date not null
  failures jsonb not null
  warnings text[] not null
  constraint eligibility_findings_moment_check CHECK ((moment = ANY (ARRAY['application'::text, 'opening'::text])))
  constraint eligibility_findings_pkey PRIMARY KEY (step_id)
  constraint eligibility_findings_step_id_fkey FOREIGN KEY (step_id) REFERENCES permission_steps(step_id)
)

table eligibility_terms  -- By which parameters the conditions of a kind of permission are judged; a condition without a row is not asked for. (
  permission text not null
  term text not null
  parameter text not null
  valid_from date not null
  valid_to date
  source text not null
  constraint eligibility_terms_check CHECK ((valid_from < valid_to))
  constraint eligibility_terms_permission_term_daterange_excl EXCLUDE USING gist (permission WITH =, term WITH =, daterange(valid_from, valid_to) WITH &&)
  constraint eligibility_terms_pkey PRIMARY KEY (permission, term, valid_from)
  constraint eligibility_terms_term_check CHECK ((term = ANY (ARRAY['ASSETS_MINIMUM'::text, 'ASSETS_DAYS'::text, 'EXPERIENCE_MONTHS'::text, 'RISK_RESULT_VALID_YEARS'::text, 'EXCHANGE_WARNING_MONTHS'::text])))
)

table entries (
  business_date date not null
  batch_id bigint not null
  line_no bigint not null
  ledger text not null
  owner text not null
  asset text not null
  amount bigint not null  -- Fen for asset CNY, shares for a security code. Debit positive, credit negative.
  value_date date not null
  cause text not null
  cause_file_id bigint
  cause_row_no bigint
) partition by RANGE (business_date)
CREATE TRIGGER entries_join_open_batch AFTER INSERT ON entries REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION entries_join_open_batch()

table exchange_warnings (
  client_no text not null
  warned_on date not null
  exchange text not null
  reason text not null
  constraint exchange_warnings_client_no_fkey FOREIGN KEY (client_no) REFERENCES registered_clients(client_no)
  constraint exchange_warnings_pkey PRIMARY KEY (client_no, warned_on, exchange)
)

table fee_rates (
  code text not null
  rate numeric(14,10) not null
  flat_hkd numeric(12,2) not null
  minimum_hkd numeric(12,2)
  maximum_hkd numeric(12,2)
  rounding text not null
  valid_from date not null
  valid_to date
  source text not null
  constraint fee_rates_check CHECK ((valid_from < valid_to))
  constraint fee_rates_code_daterange_excl EXCLUDE USING gist (code WITH =, daterange(valid_from, valid_to) WITH &&)
  constraint fee_rates_pkey PRIMARY KEY (code, valid_from)
  constraint fee_rates_rounding_check CHECK ((rounding = ANY (ARRAY['UP_WHOLE_HKD'::text, 'HALF_AWAY_CENT'::text])))
)
CREATE TRIGGER zz_keep_versions AFTER INSERT OR DELETE OR UPDATE ON fee_rates FOR EACH ROW EXECUTE FUNCTION history.keep_fee_rates()

table figure_rules  -- Formula and articles of the figures of a day, dated: the version in force on the day is the one that explains it. (
  figure text not null  -- Section and name, e.g. cash.available; a section alone holds for its figures without a row of their own.
  version integer not null
  articles text not null
  formula_zh text not null
  formula_en text not null
  reads text[] not null default '{}'::text[]  -- Dated terms that the rule reads: table and code, e.g. parameters INTEREST_DAY_BASE.
  valid_from date not null
  valid_to date
  source text not null
  constraint figure_rules_check CHECK ((valid_from < valid_to))
  constraint figure_rules_figure_daterange_excl EXCLUDE USING gist (figure WITH =, daterange(valid_from, valid_to) WITH &&)
  constraint figure_rules_pkey PRIMARY KEY (figure, version)
  constraint figure_rules_version_check CHECK ((version > 0))
)

table figure_terms (
  figure_id bigint not null
  term_no integer not null
  term text not null
  amount_fen bigint not null
  uncertain boolean not null default false
  source jsonb not null  -- Which lines make the term: table, dates, files in force when it was computed.
  constraint figure_terms_figure_id_fkey FOREIGN KEY (figure_id) REFERENCES figures(figure_id)
  constraint figure_terms_pkey PRIMARY KEY (figure_id, term_no)
)

table figures (
  figure_id bigint not null generated always as identity
  channel channel_code not null
  business_date date not null
  side side_of_business not null
  code text not null
  revision integer not null
  amount_fen bigint not null
  rule text not null
  terms_version text not null
  computed_at timestamp with time zone not null default business_now()
  constraint figures_channel_business_date_side_code_revision_key UNIQUE (channel, business_date, side, code, revision)
  constraint figures_pkey PRIMARY KEY (figure_id)
)
CREATE TRIGGER zz_keep_versions AFTER INSERT OR DELETE OR UPDATE ON figures FOR EACH ROW EXECUTE FUNCTION history.keep_figures()

table file_states (
  file_id bigint not null
  state_no integer not null
  state text not null
  cause text not null
  record_count bigint
  at timestamp with time zone not null default business_now()
  constraint file_states_file_id_fkey FOREIGN KEY (file_id) REFERENCES files(file_id)
  constraint file_states_pkey PRIMARY KEY (file_id, state_no)
  constraint file_states_state_check CHECK ((state = ANY (ARRAY['accepted'::text, 'refused'::text, 'superseded'::text])))
)

table filed_elections (
  business_date date not null
  file_id bigint not null
  row_no bigint not null
  channel channel_code not null
  filing_no text not null
  business text not null
  securities_account text not null
  code text not null
  event_code text not null
  quantity bigint not null
  at_time text not null
) partition by RANGE (business_date)

table files  -- Every file that arrived, once for each content. (
  file_id bigint not null generated always as identity
  channel channel_code not null
  business_date date not null
  kind text not null
  part integer
  version integer not null
  name text not null
  path text not null
  sha256 text not null
  byte_count bigint not null
  arrived_at timestamp with time zone not null
  constraint files_channel_business_date_name_sha256_key UNIQUE (channel, business_date, name, sha256)
  constraint files_pkey PRIMARY KEY (file_id)
)

table filing_replies (
  business_date date not null
  file_id bigint not null
  row_no bigint not null
  channel channel_code not null
  filing_no text not null
  business text not null
  filing_kind text not null
  securities_account text not null
  code text not null
  event_code text not null
  quantity bigint not null
  confirmed bigint not null
  acceptance_no text not null
  status text not null
  result_code text not null
) partition by RANGE (business_date)

table finding_withdrawals  -- A finding that no longer stands, e.g. because its file was superseded. (
  finding_id bigint not null
  cause text not null
  at timestamp with time zone not null default business_now()
  constraint finding_withdrawals_finding_id_fkey FOREIGN KEY (finding_id) REFERENCES findings(finding_id)
  constraint finding_withdrawals_pkey PRIMARY KEY (finding_id)
)

table findings (
  finding_id bigint not null generated always as identity
  channel channel_code not null
  business_date date not null
  file_id bigint
  file_name text not null
  class text not null
  outcome text not null
  row_no bigint
  field text
  value text
  file_value text
  computed text
  attributes jsonb not null default '{}'::jsonb
  reason_zh text not null
  reason_en text not null
  amount_fen bigint
  owner text
  finding_key text not null  -- File, class, row and field (or the compared key): the same finding is listed once.
  found_at timestamp with time zone not null default business_now()
  constraint findings_channel_business_date_finding_key_key UNIQUE (channel, business_date, finding_key)
  constraint findings_file_id_fkey FOREIGN KEY (file_id) REFERENCES files(file_id)
  constraint findings_outcome_check CHECK ((outcome = ANY (ARRAY['refused'::text, 'break'::text, 'info'::text, 'alarm'::text])))
  constraint findings_pkey PRIMARY KEY (finding_id)
)
CREATE INDEX findings_by_place ON findings USING btree (channel, business_date, regexp_replace(finding_key, '#\d+$'::text, ''::text))
CREATE INDEX findings_of_file ON findings USING btree (file_id)

table forecasts (
  channel channel_code not null
  business_date date not null
  side side_of_business not null
  forecast_date date not null
  amount_fen bigint not null
  figure_id bigint not null
  constraint forecasts_figure_id_fkey FOREIGN KEY (figure_id) REFERENCES figures(figure_id)
  constraint forecasts_pkey PRIMARY KEY (channel, business_date, side, forecast_date)
)

table freeze_correction_lines (
  channel channel_code not null
  business_date date not null
  message_no integer not null
  fund_account text not null
  amount_fen bigint not null
  constraint freeze_correction_lines_amount_fen_check CHECK ((amount_fen <> 0))
  constraint freeze_correction_lines_channel_business_date_message_no_fkey FOREIGN KEY (channel, business_date, message_no) REFERENCES freeze_correction_messages(channel, business_date, message_no)
  constraint freeze_correction_lines_pkey PRIMARY KEY (channel, business_date, message_no, fund_account)
)

table freeze_correction_messages  -- What the counter is told of frozen money, in messages of the day; a refused one was not told. (
  channel channel_code not null
  business_date date not null
  message_no integer not null
  taken_at timestamp with time zone
  refused_code text
  constraint freeze_correction_messages_check CHECK (((taken_at IS NULL) OR (refused_code IS NULL)))
  constraint freeze_correction_messages_message_no_check CHECK ((message_no > 0))
  constraint freeze_correction_messages_pkey PRIMARY KEY (channel, business_date, message_no)
)

table grants (
  grant_id bigint not null generated always as identity
  person text not null
  role text not null
  side side_of_business
  branch text
  mark text
  valid_from date not null
  valid_to date
  requested_by text not null
  granted_by text not null
  approved_by text not null
  in_charge_of text[] not null default '{}'::text[]
  restriction text  -- Of an approved exception: what the person takes no part in.
  role_grant_id bigint
  revoked_by text
  revoked_at timestamp with time zone
  revoke_reason text
  revoke_key text  -- As of delegations.
  constraint grant_ends_after_it_begins CHECK (((valid_from < valid_to) OR ((valid_from = valid_to) AND (revoked_at IS NOT NULL))))
  constraint grant_has_three_hands CHECK (((((person <> requested_by) AND (person <> granted_by)) AND (person <> approved_by)) AND ((requested_by <> granted_by) AND (requested_by <> approved_by)) AND (granted_by <> approved_by)))
  constraint grants_mark_check CHECK ((mark = ANY (ARRAY['deputy'::text, 'head'::text])))
  constraint grants_person_fkey FOREIGN KEY (person) REFERENCES people(person)
  constraint grants_pkey PRIMARY KEY (grant_id)
  constraint grants_role_fkey FOREIGN KEY (role) REFERENCES roles(role)
  constraint grants_role_grant_id_fkey FOREIGN KEY (role_grant_id) REFERENCES role_grants(role_grant_id)
  constraint grants_role_grant_id_key UNIQUE (role_grant_id)
  constraint one_grant_at_a_time EXCLUDE USING gist (person WITH =, role WITH =, COALESCE((side)::text, ''::text) WITH =, COALESCE(branch, ''::text) WITH =, daterange(valid_from, valid_to) WITH &&)
  constraint revocation_is_whole CHECK ((num_nulls(revoked_by, revoked_at, revoke_reason) = ANY (ARRAY[0, 3])))
)
CREATE INDEX grants_of_person ON grants USING btree (person)
CREATE TRIGGER grant_is_written_once BEFORE UPDATE ON grants FOR EACH ROW EXECUTE FUNCTION is_written_once('revoked_by', 'revoked_at', 'revoke_reason')
CREATE TRIGGER grant_maker_is_no_checker BEFORE INSERT OR UPDATE ON grants FOR EACH ROW EXECUTE FUNCTION maker_is_no_checker('person', 'requested_by', 'granted_by', 'approved_by')

table idempotency (
  actor text not null
  key text not null
  route text not null
  request_sha256 text not null
  status integer
  response json
  location text
  created_at timestamp with time zone not null default clock_timestamp()
  etag text  -- Tag of the answer: whoever repeats the request must be able to go on with If-Match as the first one could.
  constraint idempotency_key_check CHECK (((length(key) >= 1) AND (length(key) <= 255)))
  constraint idempotency_pkey PRIMARY KEY (actor, key)
)
CREATE INDEX idempotency_by_age ON idempotency USING btree (created_at)
CREATE INDEX idempotency_under_way ON idempotency USING btree (created_at) WHERE (status IS NULL)

table inspection_findings  -- What an inspection found wrong, who corrects it by when, tracked to its end. (
  inspection_id bigint not null
  finding_no integer not null
  item text not null
  role text not null
  branch text
  due_days integer not null
  state text not null default 'open'::text
  done_by text
  done_at timestamp with time zone
  what text  -- May be personal: typed freely. What was found wrong; none of before this version.
  constraint inspection_findings_check CHECK (((state = 'done'::text) = ((done_by IS NOT NULL) AND (done_at IS NOT NULL))))
  constraint inspection_findings_due_days_check CHECK ((due_days > 0))
  constraint inspection_findings_finding_no_check CHECK ((finding_no > 0))
  constraint inspection_findings_inspection_id_fkey FOREIGN KEY (inspection_id) REFERENCES inspections(inspection_id)
  constraint inspection_findings_pkey PRIMARY KEY (inspection_id, finding_no)
  constraint inspection_findings_state_check CHECK ((state = ANY (ARRAY['open'::text, 'done'::text])))
  constraint inspection_findings_what_check CHECK (((length(what) >= 1) AND (length(what) <= 500)))
)

table inspections  -- A closed complaint, a recorded call, or a request carried out at the counter, looked at by a checklist; subject: its number, or that of the attempt. (
  inspection_id bigint not null generated always as identity
  sample_no text not null
  kind text not null
  subject text not null
  workflow_id text not null
  state text not null default 'open'::text
  checklist text not null  -- First day of the newest of its items: with the kind it tells which list was asked.
  answers jsonb
  inspected_by text
  inspected_at timestamp with time zone
  ended_at timestamp with time zone
  constraint inspections_check CHECK ((((state = 'open'::text) = (answers IS NULL)) AND ((answers IS NULL) = (inspected_by IS NULL)) AND ((inspected_by IS NULL) = (inspected_at IS NULL))))
  constraint inspections_check1 CHECK (((state = 'ended'::text) = (ended_at IS NOT NULL)))
  constraint inspections_kind_check CHECK ((kind = ANY (ARRAY['complaints'::text, 'calls'::text, 'requests'::text])))
  constraint inspections_pkey PRIMARY KEY (inspection_id)
  constraint inspections_sample_no_fkey FOREIGN KEY (sample_no) REFERENCES samples(sample_no)
  constraint inspections_sample_no_subject_key UNIQUE (sample_no, subject)
  constraint inspections_state_check CHECK ((state = ANY (ARRAY['open'::text, 'inspected'::text, 'ended'::text])))
  constraint inspections_workflow_id_key UNIQUE (workflow_id)
)
CREATE INDEX inspections_of_subject ON inspections USING btree (subject)
CREATE TRIGGER inspection_is_written_once BEFORE UPDATE ON inspections FOR EACH ROW EXECUTE FUNCTION is_written_once('sample_no', 'subject', 'answers', 'inspected_by', 'inspected_at', 'ended_at')

table ladder_rungs  -- Every rung: when due, when done, by whom. met = nothing was left to do when it came due. (
  workflow_id text not null
  ladder text not null
  rung integer not null
  subject text not null
  due_at timestamp with time zone not null
  audience text not null
  action_zh text not null
  action_en text not null
  state text not null
  done_at timestamp with time zone not null
  done_by text not null
  round integer not null default 1
  constraint ladder_rungs_pkey PRIMARY KEY (workflow_id, ladder, rung, subject, round)
  constraint ladder_rungs_round_check CHECK ((round > 0))
  constraint ladder_rungs_state_check CHECK ((state = ANY (ARRAY['met'::text, 'acted'::text, 'escalated'::text])))
)
CREATE TRIGGER zz_keep_versions AFTER INSERT OR DELETE OR UPDATE ON ladder_rungs FOR EACH ROW EXECUTE FUNCTION history.keep_ladder_rungs()

table ladder_terms (
  ladder text not null
  rung integer not null
  at_time text not null  -- Clock time, the code of the parameter that holds it, or a share of the span: 50%.
  audience text not null  -- Roles, each with its mark where one is meant: "operations head". OWNER is the role that owes the promise.
  severity text not null
  condition text not null
  action_zh text not null
  action_en text not null
  valid_from date not null
  valid_to date
  source text not null
  constraint ladder_terms_at_time_check CHECK (((at_time ~ '^\d{2}:\d{2}(:\d{2})?$'::text) OR (at_time ~ '^[A-Z_]+$'::text) OR (at_time ~ '^(100|[1-9]\d?)%$'::text)))
  constraint ladder_terms_check CHECK ((valid_from < valid_to))
  constraint ladder_terms_ladder_rung_daterange_excl EXCLUDE USING gist (ladder WITH =, rung WITH =, daterange(valid_from, valid_to) WITH &&)
  constraint ladder_terms_pkey PRIMARY KEY (ladder, rung, valid_from)
  constraint ladder_terms_severity_check CHECK ((severity = ANY (ARRAY['info'::text, 'warning'::text, 'critical'::text])))
)

table late_notice_files  -- Notice files that came after their day was closed: the newest of a day takes the place of its file in force for the days after it. (
  file_id bigint not null
  channel channel_code not null
  business_date date not null
  taken_at timestamp with time zone not null default business_now()
  constraint late_notice_files_file_id_fkey FOREIGN KEY (file_id) REFERENCES files(file_id)
  constraint late_notice_files_pkey PRIMARY KEY (file_id)
)
CREATE INDEX late_notice_files_of_day ON late_notice_files USING btree (channel, business_date)

table ledgers  -- Chart of accounts. An entry is a debit when positive, a credit when negative. (
  ledger text not null
  normal text not null
  name_zh text not null
  name_en text not null
  constraint ledgers_normal_check CHECK ((normal = ANY (ARRAY['debit'::text, 'credit'::text])))
  constraint ledgers_pkey PRIMARY KEY (ledger)
)

table listed_securities (
  business_date date not null
  file_id bigint not null
  row_no bigint not null
  channel channel_code not null
  code text not null
  name text not null
  lot bigint not null
  currency text not null
  previous_close_e4 bigint not null
  trading_mark text not null
) partition by RANGE (business_date)

table listened_stretches (
  stretch_id bigint not null generated always as identity
  request_no text not null
  recording text not null
  from_second integer not null
  to_second integer not null
  started_at timestamp with time zone not null
  ended_at timestamp with time zone not null
  reported_at timestamp with time zone not null default business_now()
  constraint listened_stretches_check CHECK ((from_second < to_second))
  constraint listened_stretches_check1 CHECK ((started_at <= ended_at))
  constraint listened_stretches_from_second_check CHECK ((from_second >= 0))
  constraint listened_stretches_pkey PRIMARY KEY (stretch_id)
  constraint listened_stretches_request_no_fkey FOREIGN KEY (request_no) REFERENCES permission_requests(request_no)
)
CREATE INDEX listened_stretches_of_request ON listened_stretches USING btree (request_no, stretch_id)

table margin_models (
  model text not null
  rate numeric(12,8)
  multiplier numeric(12,8)
  valid_from date not null
  valid_to date
  source text not null
  constraint margin_models_check CHECK ((valid_from < valid_to))
  constraint margin_models_do_not_overlap EXCLUDE USING gist (daterange(valid_from, valid_to) WITH &&)
  constraint margin_models_model_check CHECK ((model = ANY (ARRAY['flat22'::text, 'rpf'::text])))
  constraint margin_models_pkey PRIMARY KEY (valid_from)
)

table meeting_votes  -- Shares voted on each resolution for all holders of the firm together: of each holder the newest vote that was sent and not turned away. (
  event_id bigint not null
  ballot text not null
  option text not null
  quantity bigint not null
  constraint meeting_votes_event_id_fkey FOREIGN KEY (event_id) REFERENCES corporate_actions(event_id)
  constraint meeting_votes_option_check CHECK ((option = ANY (ARRAY['for'::text, 'against'::text, 'abstain'::text])))
  constraint meeting_votes_pkey PRIMARY KEY (event_id, ballot, option)
)

table message_attempts  -- Tries to bring a message, for ever; a first one that was accepted at once is said by the message (message_tries has all). (
  attempt_id bigint not null generated always as identity
  message_id bigint not null
  step integer not null
  channel message_channel not null
  at timestamp with time zone not null
  outcome text not null  -- unknown: no answer came; the same key is sent again, and the receiver keeps it once.
  reference text
  code text
  constraint message_attempts_check CHECK (((outcome = 'accepted'::text) = (code IS NULL)))
  constraint message_attempts_message_id_fkey FOREIGN KEY (message_id) REFERENCES outbox(message_id)
  constraint message_attempts_outcome_check CHECK ((outcome = ANY (ARRAY['accepted'::text, 'refused'::text, 'unknown'::text])))
  constraint message_attempts_pkey PRIMARY KEY (message_id, attempt_id)
)
CREATE INDEX message_attempts_by_mail ON message_attempts USING hash (reference) WHERE (((channel)::text = 'email'::text) AND (reference IS NOT NULL))

table message_fall_overs  -- A channel was left for the next one of the plan: when, and why (refused, no answer, no proof in time, not read). (
  message_id bigint not null
  from_step integer not null
  from_channel message_channel not null
  to_step integer not null
  to_channel message_channel not null
  at timestamp with time zone not null default business_now()
  code text not null
  constraint message_fall_overs_check CHECK ((from_step < to_step))
  constraint message_fall_overs_message_id_fkey FOREIGN KEY (message_id) REFERENCES outbox(message_id)
  constraint message_fall_overs_pkey PRIMARY KEY (message_id, from_step)
)

table message_preferences (
  recipient_ref text not null
  purpose text not null
  channel message_channel not null
  wanted boolean not null
  set_by text not null
  set_at timestamp with time zone not null default business_now()
  constraint message_preferences_pkey PRIMARY KEY (recipient_ref, purpose, channel)
)

table message_purposes  -- Kinds of messages: whether they wait for the morning, whether a recipient may refuse them, who telephones at the end. (
  purpose text not null
  name_zh text not null
  name_en text not null
  obeys_quiet_hours boolean not null
  may_be_switched_off boolean not null
  task_role text
  valid_from date not null
  valid_to date
  source text not null
  task_hours integer  -- Working hours in which whoever telephones has to do so.
  constraint message_purposes_check CHECK ((valid_from < valid_to))
  constraint message_purposes_check1 CHECK (((task_hours IS NULL) OR (task_role IS NOT NULL)))
  constraint message_purposes_pkey PRIMARY KEY (purpose, valid_from)
  constraint message_purposes_purpose_daterange_excl EXCLUDE USING gist (purpose WITH =, daterange(valid_from, valid_to) WITH &&)
  constraint message_purposes_task_hours_check CHECK ((task_hours > 0))
  constraint message_purposes_task_role_fkey FOREIGN KEY (task_role) REFERENCES roles(role)
)

table message_receipts  -- Proof of what became of a message: of gateways by their own number, of people who read or telephoned; what the message itself says stands with it (message_proofs has all). (
  gateway text not null
  receipt text not null
  message_id bigint not null
  channel message_channel not null
  outcome text not null
  at timestamp with time zone not null
  code text
  person text
  constraint message_receipts_message_id_fkey FOREIGN KEY (message_id) REFERENCES outbox(message_id)
  constraint message_receipts_outcome_check CHECK ((outcome = ANY (ARRAY['delivered'::text, 'undelivered'::text, 'read'::text, 'reached'::text, 'not reached'::text])))
  constraint message_receipts_person_fkey FOREIGN KEY (person) REFERENCES people(person)
  constraint message_receipts_pkey PRIMARY KEY (gateway, receipt)
)
CREATE INDEX message_receipts_of_message ON message_receipts USING btree (message_id)

table message_recipients  -- What a recipient wishes as a whole: quiet hours in place of the house's (both null: those of the house), and the revision of all wishes. (
  recipient_ref text not null
  revision integer not null default 1
  quiet_from text
  quiet_until text
  set_by text not null
  set_at timestamp with time zone not null default business_now()
  reason text
  constraint message_recipients_check CHECK (((quiet_from IS NULL) = (quiet_until IS NULL)))
  constraint message_recipients_pkey PRIMARY KEY (recipient_ref)
  constraint message_recipients_quiet_from_check CHECK ((quiet_from ~ '^([01]\d|2[0-3]):[0-5]\d$'::text))
  constraint message_recipients_quiet_until_check CHECK ((quiet_until ~ '^([01]\d|2[0-3]):[0-5]\d$'::text))
  constraint message_recipients_revision_check CHECK ((revision > 0))
)

table message_templates  -- Texts of messages. {NAME} is a required fact; a text that compliance has not approved is not used. (
  template text not null
  version integer not null
  purpose text not null
  subject_zh text not null
  subject_en text not null
  text_zh text not null
  text_en text not null
  required_facts text not null
  approved_by text
  approved_on date
  valid_from date not null
  valid_to date
  source text not null
  sha256 text not null  -- Of subject and text in Chinese, then in English, a line feed between each.
  constraint message_templates_check CHECK ((valid_from < valid_to))
  constraint message_templates_check1 CHECK (((approved_by IS NULL) = (approved_on IS NULL)))
  constraint message_templates_pkey PRIMARY KEY (template, version)
  constraint message_templates_template_daterange_excl EXCLUDE USING gist (template WITH =, daterange(valid_from, valid_to) WITH &&)
  constraint message_templates_version_check CHECK ((version > 0))
)
CREATE TRIGGER digest_of_template BEFORE INSERT OR UPDATE ON message_templates FOR EACH ROW EXECUTE FUNCTION digest_of_template()

table money_balances (
  business_date date not null
  file_id bigint not null
  row_no bigint not null
  channel channel_code not null
  account text not null
  account_kind text not null
  opening_fen bigint not null
  received_fen bigint not null
  paid_fen bigint not null
  balance_fen bigint not null
  short_1030_fen bigint not null
  short_1800_fen bigint not null
) partition by RANGE (business_date)

table money_movements (
  business_date date not null
  file_id bigint not null
  row_no bigint not null
  channel channel_code not null
  account text not null
  part text not null
  running_no bigint not null
  business text not null
  amount_fen bigint not null
  balance_fen bigint not null
  at_time text not null
  counter_account text not null
) partition by RANGE (business_date)

table money_summaries (
  business_date date not null
  file_id bigint not null
  row_no bigint not null
  channel channel_code not null
  reserve_account text not null
  category text not null
  business text not null
  batch text not null
  settle_date date not null
  line_count bigint not null
  receivable_fen bigint not null
  payable_fen bigint not null
  net_fen bigint not null
) partition by RANGE (business_date)

table notices (
  business_date date not null
  file_id bigint not null
  row_no bigint not null
  channel channel_code not null
  kind text not null
  code text not null
  entitlement_class text not null
  date_1 date
  date_2 date
  date_3 date
  price_1 numeric(20,8)
  price_2 numeric(20,8)
  ratio_1 numeric(20,8)
  ratio_2 numeric(20,8)
  quantity_1 numeric(20,8)
  quantity_2 numeric(20,8)
  mark_1 text not null
  mark_2 text not null
  event_code text not null
  second_code text not null
  reserved text not null
  currency text not null
  fields text not null
) partition by RANGE (business_date)

table one_time_code_entries (
  entry_id bigint not null generated always as identity
  request_no text not null
  is_right boolean not null
  at timestamp with time zone not null default business_now()
  constraint one_time_code_entries_pkey PRIMARY KEY (entry_id)
  constraint one_time_code_entries_request_no_fkey FOREIGN KEY (request_no) REFERENCES permission_requests(request_no)
)
CREATE INDEX one_time_code_entries_of_request ON one_time_code_entries USING btree (request_no, entry_id)

table one_time_codes (
  code_id bigint not null generated always as identity
  request_no text not null
  code_hash text not null  -- Keyed by a secret that is not in the database; the code itself is nowhere.
  sent_at timestamp with time zone not null default business_now()
  valid_until timestamp with time zone not null
  constraint one_time_codes_code_hash_check CHECK ((code_hash ~ '^[0-9a-f]{64}$'::text))
  constraint one_time_codes_pkey PRIMARY KEY (code_id)
  constraint one_time_codes_request_no_fkey FOREIGN KEY (request_no) REFERENCES permission_requests(request_no)
)
CREATE INDEX one_time_codes_of_request ON one_time_codes USING btree (request_no, code_id DESC)

table orders (
  order_id bigint not null generated always as identity
  business_key text not null
  channel channel_code not null
  business_date date not null
  side side_of_business not null
  kind text not null
  revision integer not null
  figure_id bigint
  amount_fen bigint not null
  from_account text not null
  to_account text not null
  state text not null
  made_by text not null
  made_at timestamp with time zone not null default business_now()
  approved_by text
  approved_at timestamp with time zone
  sent_at timestamp with time zone
  executed_at timestamp with time zone
  outside_reference text
  made_for text
  approved_for text
  case_key text  -- What a compensation or a top-up of the cushion pays for; paid once whatever happens.
  sent_through text not null default 'bank'::text
  constraint maker_never_approves CHECK (((approved_by IS NULL) OR (approved_by <> made_by)))
  constraint only_transfers_have_a_second_bank CHECK (((sent_through = 'bank'::text) OR (kind <> 'DRAW_BACK'::text)))
  constraint orders_amount_fen_check CHECK ((amount_fen > 0))
  constraint orders_business_key_key UNIQUE (business_key)
  constraint orders_figure_id_fkey FOREIGN KEY (figure_id) REFERENCES figures(figure_id)
  constraint orders_from_account_fkey FOREIGN KEY (from_account) REFERENCES broker_accounts(account)
  constraint orders_kind_check CHECK ((kind = ANY (ARRAY['FUND'::text, 'DRAW_BACK'::text, 'COMMISSION'::text, 'COMPENSATION'::text, 'CUSHION'::text])))
  constraint orders_pkey PRIMARY KEY (order_id)
  constraint orders_sent_through_check CHECK ((sent_through = ANY (ARRAY['bank'::text, 'emergency bank'::text])))
  constraint orders_state_check CHECK ((state = ANY (ARRAY['awaiting approval'::text, 'approved'::text, 'sent'::text, 'executed'::text, 'refused'::text, 'recalled'::text, 'withdrawn'::text, 'rejected outside'::text])))
  constraint orders_to_account_fkey FOREIGN KEY (to_account) REFERENCES broker_accounts(account)
  constraint payment_is_of_a_case CHECK (((kind = ANY (ARRAY['COMPENSATION'::text, 'CUSHION'::text])) = (case_key IS NOT NULL)))
  constraint sent_only_when_approved CHECK (((state <> ALL (ARRAY['approved'::text, 'sent'::text, 'executed'::text])) OR (approved_by IS NOT NULL)))
)
CREATE INDEX orders_of_day ON orders USING btree (channel, business_date, side)
CREATE UNIQUE INDEX one_payment_a_case ON orders USING btree (case_key) WHERE ((case_key IS NOT NULL) AND (state = ANY (ARRAY['awaiting approval'::text, 'approved'::text, 'sent'::text, 'executed'::text])))
CREATE TRIGGER order_is_written_once BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION is_written_once('made_by', 'made_for', 'kind', 'side', 'revision', 'amount_fen', 'from_account', 'to_account', 'approved_by', 'approved_for')
CREATE TRIGGER order_maker_is_no_checker AFTER INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION maker_is_no_checker('made_by made_for', 'approved_by approved_for')
CREATE TRIGGER zz_keep_versions AFTER INSERT OR DELETE OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION history.keep_orders()

table outbox (
  message_id bigint not null generated always as identity
  created_at timestamp with time zone not null default business_now()
  sent_at timestamp with time zone
  due_at timestamp with time zone default business_now()  -- Business time at which delivery looks at the message next; null: nothing more is to be done.
  falls_over_at timestamp with time zone  -- Business time after which a channel that gives no answer is left for the next one of the plan.
  looked_at timestamp with time zone  -- Business time at which delivery looked last, of one that it goes on looking at: at one instant of a clock that stands it looks once.
  retry_at timestamp with time zone  -- Real time before which a channel that gave no answer is not tried again.
  proved_at timestamp with time zone
  attempts integer not null default 0
  business_date date  -- Day that a notice is about, also where no process of that day exists.
  step smallint not null default 1
  template_version smallint
  of_its_process boolean not null default false  -- Its case is the process that it comes from.
  to_its_case boolean not null default false  -- It goes to the number of its process: to whoever complains and is no client.
  is_client_notice boolean not null default false  -- Its purpose is client-notice, as that of most.
  names_its_case boolean not null default false  -- Among its facts is the complaint, the number of its process.
  kind text not null
  severity text not null
  state text not null default 'queued'::text
  template text
  workflow_id text
  other_key text  -- Its key of business, where that does not begin with its template and the number of its process.
  key_tail text  -- What its key of business has after them.
  other_case text  -- Its case, where that is none or another one.
  recipient_role text
  recipient_mark text
  other_ref text  -- Whom it goes to by a reference of another kind.
  other_purpose text  -- Its purpose, where that is another one.
  side side_of_business  -- Side that the message is about; null: of both, or of none. Read by that side only (A1 §27).
  branch text  -- Branch that the message is about; people of a branch read those of their own.
  channel channel_code
  accepted_on message_channel  -- Channel that accepted it at its first try, at sent_at; null: it was not, and its tries are in message_attempts.
  reference text
  proof text  -- Number of the receipt by which the messages gateway proved that it came, on the channel that accepted it at the first try.
  last_error text
  missing_facts text[]  -- Facts that were not there; null: none.
  facts_told jsonb  -- Its facts besides; null: none.
  payload_told jsonb  -- What the engine is told with it; null: nothing.
  message_key text not null generated always as (COALESCE(other_key, (((lower(replace(template, '_'::text, '-'::text)) || ':'::text) || substr(workflow_id, (strpos(workflow_id, ':'::text) + 1))) || key_tail))) virtual
  case_key text generated always as (COALESCE(other_case,
CASE
    WHEN of_its_process THEN workflow_id
    ELSE NULL::text
END)) virtual  -- What belongs together: events of one case are told in their order, each after the one before it was accepted.
  recipient_ref text generated always as (COALESCE(other_ref,
CASE
    WHEN to_its_case THEN substr(workflow_id, (strpos(workflow_id, ':'::text) + 1))
    ELSE NULL::text
END)) virtual
  purpose text generated always as (COALESCE(other_purpose,
CASE
    WHEN is_client_notice THEN 'client-notice'::text
    ELSE NULL::text
END)) virtual
  facts jsonb not null generated always as (
CASE
    WHEN names_its_case THEN (COALESCE(facts_told, '{}'::jsonb) || jsonb_object(ARRAY['complaint'::text, substr(workflow_id, (strpos(workflow_id, ':'::text) + 1))]))
    ELSE COALESCE(facts_told, '{}'::jsonb)
END) virtual
  missing text[] not null generated always as (COALESCE(missing_facts, '{}'::text[])) virtual
  payload jsonb not null generated always as (COALESCE(payload_told, '{}'::jsonb)) virtual
  constraint accepted_when_sent CHECK (((accepted_on IS NULL) OR (sent_at IS NOT NULL)))
  constraint blocked_says_what_is_missing CHECK (((state = 'blocked'::text) = (COALESCE(cardinality(missing_facts), 0) > 0)))
  constraint case_is_told_once CHECK (((other_case IS NULL) OR (NOT of_its_process)))
  constraint follows_from_a_process CHECK (((workflow_id IS NOT NULL) OR (NOT (of_its_process OR to_its_case OR names_its_case))))
  constraint key_is_told_once CHECK ((num_nonnulls(other_key, key_tail) = 1))
  constraint outbox_check CHECK (((recipient_mark IS NULL) OR (recipient_role IS NOT NULL)))
  constraint outbox_check1 CHECK (((channel IS NULL) = (business_date IS NULL)))
  constraint outbox_kind_check CHECK ((kind = ANY (ARRAY['notice'::text, 'signal'::text, 'start'::text])))
  constraint outbox_pkey PRIMARY KEY (message_id)
  constraint outbox_recipient_mark_check CHECK ((recipient_mark = ANY (ARRAY['approver'::text, 'deputy'::text, 'head'::text])))
  constraint outbox_severity_check CHECK ((severity = ANY (ARRAY['info'::text, 'warning'::text, 'critical'::text])))
  constraint outbox_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'held'::text, 'sent'::text, 'delivered'::text, 'failed over'::text, 'task'::text, 'not reached'::text, 'blocked'::text])))
  constraint outbox_step_check CHECK ((step > 0))
  constraint proof_of_first_try CHECK (((num_nonnulls(proof, proved_at) <> 1) AND ((proof IS NULL) OR (accepted_on IS NOT NULL))))
  constraint purpose_is_told_once CHECK (((other_purpose IS NULL) OR (NOT is_client_notice)))
  constraint recipient_is_told_once CHECK (((other_ref IS NULL) OR (NOT to_its_case)))
  constraint reference_of_acceptance CHECK (((reference IS NULL) OR (accepted_on IS NOT NULL)))
  constraint text_has_a_version CHECK (((template_version IS NULL) OR (template IS NOT NULL)))
)
CREATE INDEX outbox_blocked ON outbox USING btree (template) WHERE (state = 'blocked'::text)
CREATE INDEX outbox_by_mail ON outbox USING hash (reference) WITH (fillfactor='100') WHERE ((accepted_on)::text = 'email'::text)
CREATE INDEX outbox_by_role ON outbox USING btree (recipient_role, message_id) WHERE ((kind = 'notice'::text) AND (recipient_role IS NOT NULL))
CREATE INDEX outbox_by_state ON outbox USING btree (state, message_id) WHERE ((kind = 'notice'::text) AND (state <> ALL (ARRAY['queued'::text, 'sent'::text, 'delivered'::text])))
CREATE INDEX outbox_due ON outbox USING btree (due_at) WHERE ((kind = 'notice'::text) AND (due_at IS NOT NULL))
CREATE INDEX outbox_of_case ON outbox USING btree (COALESCE(other_case,
CASE
    WHEN of_its_process THEN workflow_id
    ELSE NULL::text
END), COALESCE(other_ref,
CASE
    WHEN to_its_case THEN substr(workflow_id, (strpos(workflow_id, ':'::text) + 1))
    ELSE NULL::text
END), message_id) WHERE ((kind = 'notice'::text) AND (COALESCE(other_purpose,
CASE
    WHEN is_client_notice THEN 'client-notice'::text
    ELSE NULL::text
END) = 'case-event'::text) AND (sent_at IS NULL))
CREATE INDEX outbox_of_day ON outbox USING btree (channel, business_date, message_id) WHERE ((kind = 'notice'::text) AND (business_date IS NOT NULL))
CREATE INDEX outbox_of_other_case ON outbox USING btree (COALESCE(other_case,
CASE
    WHEN of_its_process THEN workflow_id
    ELSE NULL::text
END)) WHERE ((kind = 'notice'::text) AND (COALESCE(other_case,
CASE
    WHEN of_its_process THEN workflow_id
    ELSE NULL::text
END) IS NOT NULL) AND (COALESCE(other_case,
CASE
    WHEN of_its_process THEN workflow_id
    ELSE NULL::text
END) IS DISTINCT FROM workflow_id))
CREATE INDEX outbox_of_process ON outbox USING btree (case_number(workflow_id)) WHERE (kind = 'notice'::text)
CREATE INDEX outbox_of_recipient ON outbox USING btree (COALESCE(other_ref,
CASE
    WHEN to_its_case THEN substr(workflow_id, (strpos(workflow_id, ':'::text) + 1))
    ELSE NULL::text
END)) WHERE ((kind = 'notice'::text) AND (COALESCE(other_ref,
CASE
    WHEN to_its_case THEN substr(workflow_id, (strpos(workflow_id, ':'::text) + 1))
    ELSE NULL::text
END) IS NOT NULL) AND ((recipient_role IS NOT NULL) OR (COALESCE(other_purpose,
CASE
    WHEN is_client_notice THEN 'client-notice'::text
    ELSE NULL::text
END) = 'case-event'::text) OR (COALESCE(COALESCE(other_case,
CASE
    WHEN of_its_process THEN workflow_id
    ELSE NULL::text
END), ''::text) !~~ 'complaint:%'::text)))
CREATE INDEX outbox_starts ON outbox USING btree (case_number(workflow_id)) WHERE (kind = 'start'::text)
CREATE INDEX outbox_unsent ON outbox USING btree (message_id) WHERE ((sent_at IS NULL) AND (kind = ANY (ARRAY['signal'::text, 'start'::text])))
CREATE UNIQUE INDEX messages_are_told_once ON outbox USING btree (hashtextextended(COALESCE(other_key, (((lower(replace(template, '_'::text, '-'::text)) || ':'::text) || substr(workflow_id, (strpos(workflow_id, ':'::text) + 1))) || key_tail)), (0)::bigint))
CREATE TRIGGER code_is_forgotten BEFORE UPDATE ON outbox FOR EACH ROW WHEN (((new.template = 'ONE_TIME_CODE'::text) AND (new.facts_told ? 'code'::text) AND ((new.sent_at IS NOT NULL) OR (new.state = ANY (ARRAY['not reached'::text, 'task'::text])) OR (business_now() >= (new.created_at + ((((new.facts_told ->> 'minutes'::text))::integer)::double precision * '00:01:00'::interval)))))) EXECUTE FUNCTION code_is_forgotten()
CREATE TRIGGER facts_stay_none BEFORE UPDATE ON outbox FOR EACH ROW WHEN (((old.kind = 'notice'::text) AND (old.state <> 'blocked'::text) AND (old.template IS DISTINCT FROM 'ONE_TIME_CODE'::text) AND (old.facts_told IS NULL) AND (new.facts_told IS NOT NULL))) EXECUTE FUNCTION facts_stay_none()
CREATE TRIGGER first_proof_is_written_once BEFORE UPDATE ON outbox FOR EACH ROW WHEN ((old.proof IS NOT NULL)) EXECUTE FUNCTION is_written_once('proof', 'proved_at')
CREATE TRIGGER first_try_is_written_once BEFORE UPDATE ON outbox FOR EACH ROW WHEN ((old.accepted_on IS NOT NULL)) EXECUTE FUNCTION is_written_once('accepted_on', 'reference', 'sent_at')
CREATE TRIGGER message_stays_as_told BEFORE UPDATE ON outbox FOR EACH ROW WHEN (((old.kind = 'notice'::text) AND (old.state <> 'blocked'::text) AND (old.template IS DISTINCT FROM 'ONE_TIME_CODE'::text))) EXECUTE FUNCTION is_written_once('other_key', 'key_tail', 'recipient_role', 'recipient_mark', 'other_ref', 'to_its_case', 'workflow_id', 'other_case', 'of_its_process', 'other_purpose', 'is_client_notice', 'template', 'template_version', 'facts_told', 'names_its_case', 'side', 'branch', 'created_at')
CREATE TRIGGER messages_have_their_template AFTER INSERT ON outbox REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION told_by_templates()

table overdraft_case_numbers  -- The last number given on a day; whoever takes one waits for the one before, so numbers have no holes. (
  business_date date not null
  last_no integer not null
  constraint overdraft_case_numbers_pkey PRIMARY KEY (business_date)
)

table overdraft_cases  -- What stayed uncovered long enough to be called about: one open case a client. Its terms are those of the day on which it was opened. (
  case_no text not null
  channel channel_code not null
  fund_account text not null
  branch text not null
  owed_since date not null
  opened_on date not null
  workflow_id text not null
  call_after_days integer not null
  block_after_days integer not null
  recovery_after_days integer not null
  state text not null default 'open'::text
  ended_on date
  constraint overdraft_cases_call_after_days_check CHECK ((call_after_days > 0))
  constraint overdraft_cases_case_no_check CHECK ((case_no ~ '^V\d{8}-\d{6}$'::text))
  constraint overdraft_cases_check CHECK ((block_after_days > call_after_days))
  constraint overdraft_cases_check1 CHECK ((recovery_after_days > block_after_days))
  constraint overdraft_cases_check2 CHECK (((state = 'open'::text) = (ended_on IS NULL)))
  constraint overdraft_cases_check3 CHECK ((owed_since <= opened_on))
  constraint overdraft_cases_fund_account_fkey FOREIGN KEY (fund_account) REFERENCES clients(fund_account)
  constraint overdraft_cases_pkey PRIMARY KEY (case_no)
  constraint overdraft_cases_state_check CHECK ((state = ANY (ARRAY['open'::text, 'covered'::text, 'written off'::text])))
  constraint overdraft_cases_workflow_id_key UNIQUE (workflow_id)
)
CREATE UNIQUE INDEX one_open_overdraft_case ON overdraft_cases USING btree (channel, fund_account) WHERE (state = 'open'::text)
CREATE TRIGGER overdraft_case_is_written_once BEFORE UPDATE ON overdraft_cases FOR EACH ROW EXECUTE FUNCTION is_written_once('case_no', 'channel', 'fund_account', 'branch', 'owed_since', 'opened_on', 'workflow_id', 'ended_on')

table overdraft_steps  -- What was done about a case, once each. No personal data. (
  step_id bigint not null generated always as identity
  case_no text not null
  act text not null
  nth integer not null default 1
  detail jsonb not null default '{}'::jsonb
  by text not null
  at timestamp with time zone not null default business_now()
  constraint overdraft_steps_act_check CHECK ((act = ANY (ARRAY['call'::text, 'ask for block'::text, 'block by hand'::text, 'recovery'::text, 'lift'::text, 'write off'::text, 'cover'::text])))
  constraint overdraft_steps_case_no_act_nth_key UNIQUE (case_no, act, nth)
  constraint overdraft_steps_case_no_fkey FOREIGN KEY (case_no) REFERENCES overdraft_cases(case_no)
  constraint overdraft_steps_pkey PRIMARY KEY (step_id)
)

table overdraft_write_offs  -- What is given up of an advance, and the interest that is waived with it; decided by finance and then the general manager. (
  write_off_id bigint not null generated always as identity
  case_no text not null
  nth integer not null
  amount_fen bigint not null
  interest_waived_fen bigint not null
  made_by text not null
  made_for text
  made_at timestamp with time zone not null default business_now()
  state text not null default 'awaiting approval'::text
  approved_by text
  approved_for text
  approved_at timestamp with time zone
  posted_on date
  interest_given_up_fen bigint  -- Of the interest that was decided on, what was still owed when it was booked, fen; null until then.
  constraint given_up_when_posted CHECK (((posted_on IS NULL) = (interest_given_up_fen IS NULL)))
  constraint overdraft_write_offs_amount_fen_check CHECK ((amount_fen > 0))
  constraint overdraft_write_offs_case_no_fkey FOREIGN KEY (case_no) REFERENCES overdraft_cases(case_no)
  constraint overdraft_write_offs_case_no_nth_key UNIQUE (case_no, nth)
  constraint overdraft_write_offs_check CHECK (((state = 'approved'::text) = ((approved_by IS NOT NULL) AND (approved_at IS NOT NULL))))
  constraint overdraft_write_offs_check1 CHECK (((posted_on IS NULL) OR (state = 'approved'::text)))
  constraint overdraft_write_offs_check2 CHECK (((interest_given_up_fen >= 0) AND (interest_given_up_fen <= interest_waived_fen)))
  constraint overdraft_write_offs_interest_waived_fen_check CHECK ((interest_waived_fen >= 0))
  constraint overdraft_write_offs_nth_check CHECK ((nth > 0))
  constraint overdraft_write_offs_pkey PRIMARY KEY (write_off_id)
  constraint overdraft_write_offs_state_check CHECK ((state = ANY (ARRAY['awaiting approval'::text, 'approved'::text, 'refused'::text, 'recalled'::text, 'withdrawn'::text])))
  constraint write_off_maker_never_approves CHECK ((approved_by <> made_by))
)
CREATE UNIQUE INDEX one_write_off_a_case ON overdraft_write_offs USING btree (case_no) WHERE (state = ANY (ARRAY['awaiting approval'::text, 'approved'::text]))
CREATE TRIGGER write_off_is_written_once BEFORE UPDATE ON overdraft_write_offs FOR EACH ROW EXECUTE FUNCTION is_written_once('case_no', 'nth', 'amount_fen', 'interest_waived_fen', 'made_by', 'made_for', 'approved_by', 'approved_at', 'posted_on', 'interest_given_up_fen')
CREATE TRIGGER write_off_maker_is_no_checker AFTER INSERT OR UPDATE ON overdraft_write_offs FOR EACH ROW EXECUTE FUNCTION maker_is_no_checker('made_by made_for', 'approved_by approved_for')

table overdrafts (
  channel channel_code not null
  business_date date not null
  fund_account text not null
  amount_fen bigint not null
  cause text not null
  fx_fen bigint not null
  fee_fen bigint not null
  delayed_fen bigint not null
  constraint overdrafts_amount_fen_check CHECK ((amount_fen > 0))
  constraint overdrafts_cause_check CHECK ((cause = ANY (ARRAY['fx'::text, 'portfolioFee'::text, 'delayedSettlement'::text, 'other'::text])))
  constraint overdrafts_pkey PRIMARY KEY (channel, business_date, fund_account)
)
CREATE TRIGGER keep_earlier_figures AFTER DELETE ON overdrafts REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION keep_earlier_figures()

table paper_handovers  -- Paper goes to its custodian, branch or region, against a receipt. (
  entry_id bigint not null
  custodian text not null
  receipt_no text not null
  handed_over_by text not null
  received_by text not null
  handed_over_on date not null
  at timestamp with time zone not null default business_now()
  constraint giver_is_not_receiver CHECK ((handed_over_by <> received_by))
  constraint paper_handovers_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES archive_entries(entry_id)
  constraint paper_handovers_pkey PRIMARY KEY (entry_id)
  constraint paper_handovers_receipt_no_key UNIQUE (receipt_no)
)
CREATE TRIGGER archive_is_kept BEFORE DELETE OR UPDATE ON paper_handovers FOR EACH ROW EXECUTE FUNCTION archive_is_kept()
CREATE TRIGGER archive_is_not_emptied BEFORE TRUNCATE ON paper_handovers FOR EACH STATEMENT EXECUTE FUNCTION archive_is_not_emptied()
CREATE TRIGGER giver_is_no_receiver AFTER INSERT ON paper_handovers FOR EACH ROW EXECUTE FUNCTION maker_is_no_checker('handed_over_by', 'received_by')

table parameter_change_requests  -- By which request of whom a revision of a change was asked for, the first one included: the same request is the same revision. (
  request_key text not null
  change_id bigint not null
  revision integer not null
  request_sha256 text not null
  constraint parameter_change_requests_change_id_fkey FOREIGN KEY (change_id) REFERENCES parameter_changes(change_id)
  constraint parameter_change_requests_change_id_revision_key UNIQUE (change_id, revision)
  constraint parameter_change_requests_pkey PRIMARY KEY (request_key)
)

table parameter_changes (
  change_id bigint not null generated always as identity
  kind text not null
  code text not null
  part text not null default ''::text  -- Of a parameter: the channel; empty for every channel without a row of its own.
  old_values jsonb not null
  new_values jsonb not null  -- Columns with their new values; of a calendar, days with their new kind; of a list of restricted persons its version.
  effective_on date not null
  reason text not null
  risk text not null
  revision integer not null default 1
  made_by text not null
  made_for text
  made_role text not null
  made_at timestamp with time zone not null default business_now()
  state text not null
  approved_by text
  approved_for text
  approved_at timestamp with time zone
  in_force_at timestamp with time zone
  constraint change_without_checker CHECK (((state <> ALL (ARRAY['approved'::text, 'in force'::text])) OR (approved_by IS NOT NULL)))
  constraint parameter_changes_approved_by_fkey FOREIGN KEY (approved_by) REFERENCES people(person)
  constraint parameter_changes_approved_for_fkey FOREIGN KEY (approved_for) REFERENCES people(person)
  constraint parameter_changes_kind_check CHECK ((kind = ANY (ARRAY['parameter'::text, 'fee_rate'::text, 'calendar'::text, 'restricted_list'::text])))
  constraint parameter_changes_made_by_fkey FOREIGN KEY (made_by) REFERENCES people(person)
  constraint parameter_changes_made_for_fkey FOREIGN KEY (made_for) REFERENCES people(person)
  constraint parameter_changes_made_role_fkey FOREIGN KEY (made_role) REFERENCES roles(role)
  constraint parameter_changes_pkey PRIMARY KEY (change_id)
  constraint parameter_changes_state_check CHECK ((state = ANY (ARRAY['awaiting approval'::text, 'approved'::text, 'in force'::text, 'refused'::text, 'recalled'::text, 'withdrawn'::text])))
)
CREATE UNIQUE INDEX one_change_at_a_time ON parameter_changes USING btree (kind, code, part) WHERE (state = ANY (ARRAY['awaiting approval'::text, 'approved'::text]))
CREATE TRIGGER change_is_written_once BEFORE UPDATE ON parameter_changes FOR EACH ROW EXECUTE FUNCTION is_written_once('kind', 'code', 'part', 'made_by', 'made_for', 'made_role', 'approved_by', 'approved_for', 'approved_at')
CREATE TRIGGER change_maker_is_no_checker AFTER INSERT OR UPDATE ON parameter_changes FOR EACH ROW EXECUTE FUNCTION maker_is_no_checker('made_by made_for', 'approved_by approved_for')
CREATE TRIGGER draft_changes_with_its_revision BEFORE UPDATE ON parameter_changes FOR EACH ROW EXECUTE FUNCTION draft_changes_with_its_revision()
CREATE TRIGGER zz_keep_versions AFTER INSERT OR DELETE OR UPDATE ON parameter_changes FOR EACH ROW EXECUTE FUNCTION history.keep_parameter_changes()

table parameters (
  code text not null
  channel text not null
  value text not null
  unit text not null
  valid_from date not null
  valid_to date
  source text not null
  constraint parameters_check CHECK ((valid_from < valid_to))
  constraint parameters_code_channel_daterange_excl EXCLUDE USING gist (code WITH =, channel WITH =, daterange(valid_from, valid_to) WITH &&)
  constraint parameters_pkey PRIMARY KEY (code, channel, valid_from)
)
CREATE TRIGGER zz_keep_versions AFTER INSERT OR DELETE OR UPDATE ON parameters FOR EACH ROW EXECUTE FUNCTION history.keep_parameters()

table partitioned_by_day (
  parent text not null
  key_columns text not null
  further_index text
  constraint partitioned_by_day_pkey PRIMARY KEY (parent)
)

table payee_corrections  -- Another fund account of the same client, to which an approved compensation is paid; asked for by one, approved by others before it is paid. (
  correction_id bigint not null generated always as identity
  proposal_id bigint not null
  nth integer not null
  payee text not null  -- Fund account that it is paid to from the approval on.
  reason text not null
  asked_by text not null
  asked_at timestamp with time zone not null default business_now()
  state text not null default 'awaiting approval'::text
  approved_by text
  approved_for text
  approved_at timestamp with time zone
  constraint payee_corrections_check CHECK (((state = 'approved'::text) = ((approved_by IS NOT NULL) AND (approved_at IS NOT NULL))))
  constraint payee_corrections_nth_check CHECK ((nth > 0))
  constraint payee_corrections_pkey PRIMARY KEY (correction_id)
  constraint payee_corrections_proposal_id_fkey FOREIGN KEY (proposal_id) REFERENCES complaint_proposals(proposal_id)
  constraint payee_corrections_proposal_id_nth_key UNIQUE (proposal_id, nth)
  constraint payee_corrections_state_check CHECK ((state = ANY (ARRAY['awaiting approval'::text, 'approved'::text, 'refused'::text, 'recalled'::text, 'withdrawn'::text])))
)
CREATE UNIQUE INDEX one_correction_awaits ON payee_corrections USING btree (proposal_id) WHERE (state = 'awaiting approval'::text)
CREATE TRIGGER asker_is_no_approver AFTER INSERT OR UPDATE ON payee_corrections FOR EACH ROW EXECUTE FUNCTION maker_is_no_checker('asked_by', 'approved_by approved_for')
CREATE TRIGGER correction_is_written_once BEFORE UPDATE ON payee_corrections FOR EACH ROW EXECUTE FUNCTION is_written_once('proposal_id', 'nth', 'payee', 'reason', 'asked_by', 'asked_at', 'approved_by', 'approved_for', 'approved_at')

table people (
  person text not null
  subject text not null
  department text not null
  active boolean not null default true
  natural_person text not null  -- Reference shared by the accounts of one human: the key of the first of them. Maker and checker are compared by it.
  made_by text  -- Who made the login: technology, which grants no role (A1 §15).
  left_at timestamp with time zone
  left_reason text
  constraint leaving_has_a_reason CHECK (((left_at IS NULL) = (left_reason IS NULL)))
  constraint people_natural_person_fkey FOREIGN KEY (natural_person) REFERENCES people(person) DEFERRABLE INITIALLY DEFERRED
  constraint people_pkey PRIMARY KEY (person)
  constraint people_subject_key UNIQUE (subject)
  constraint who_left_is_not_active CHECK (((left_at IS NULL) OR (NOT active)))
)
CREATE TRIGGER natural_person_is_known BEFORE INSERT OR UPDATE ON people FOR EACH ROW EXECUTE FUNCTION natural_person_is_known()

table permission_acts  -- Personal: what was answered to an act under its key, so that the same act is answered the same again. (
  act_key text not null
  step_id bigint not null
  kept jsonb not null
  constraint permission_acts_pkey PRIMARY KEY (act_key)
  constraint permission_acts_step_id_fkey FOREIGN KEY (step_id) REFERENCES permission_steps(step_id)
  constraint permission_acts_step_id_key UNIQUE (step_id)
)

table permission_changes (
  request_no text not null
  opened_by text not null  -- The permission, by the request that opened it.
  cause text not null
  callback_no text
  reason text not null
  made_by text not null
  rate_before numeric(12,8)
  rate_after numeric(12,8)
  effective_on date  -- First trade date that is charged at the new rate.
  approved_by text
  approved_for text
  approved_at timestamp with time zone
  overdraft_case text  -- The overdraft for which buying is suspended, or resumed once it is covered.
  begins_on date  -- First trade date that is charged at the new rate, where the counter took it too late for the one that was asked for.
  constraint cause_is_named CHECK (((cause = 'callback'::text) = (callback_no IS NOT NULL)))
  constraint change_is_approved_whole CHECK (((approved_by IS NULL) = (approved_at IS NULL)))
  constraint commission_changes CHECK ((rate_before <> rate_after))
  constraint commission_is_whole CHECK ((num_nulls(rate_before, rate_after, effective_on) = ANY (ARRAY[0, 3])))
  constraint overdraft_is_named CHECK (((cause = 'overdraft'::text) = (overdraft_case IS NOT NULL)))
  constraint permission_changes_callback_no_fkey FOREIGN KEY (callback_no) REFERENCES callbacks(callback_no)
  constraint permission_changes_callback_no_key UNIQUE (callback_no)
  constraint permission_changes_cause_check CHECK ((cause = ANY (ARRAY['by hand'::text, 'callback'::text, 'overdraft'::text, 'review'::text])))
  constraint permission_changes_check CHECK ((begins_on > effective_on))
  constraint permission_changes_opened_by_fkey FOREIGN KEY (opened_by) REFERENCES permissions(request_no)
  constraint permission_changes_overdraft_case_fkey FOREIGN KEY (overdraft_case) REFERENCES overdraft_cases(case_no)
  constraint permission_changes_pkey PRIMARY KEY (request_no)
  constraint permission_changes_rate_after_check CHECK (((rate_after >= (0)::numeric) AND (rate_after < (1)::numeric)))
  constraint permission_changes_reason_check CHECK (((length(reason) >= 5) AND (length(reason) <= 500)))
  constraint permission_changes_request_no_fkey FOREIGN KEY (request_no) REFERENCES permission_requests(request_no)
)
CREATE INDEX permission_changes_of_permission ON permission_changes USING btree (opened_by)
CREATE TRIGGER change_maker_is_no_checker BEFORE INSERT OR UPDATE ON permission_changes FOR EACH ROW EXECUTE FUNCTION maker_is_no_checker('made_by', 'approved_by approved_for')
CREATE TRIGGER permission_change_is_written_once BEFORE UPDATE ON permission_changes FOR EACH ROW EXECUTE FUNCTION is_written_once('approved_by', 'approved_at')

table permission_closings (
  request_no text not null
  waits boolean not null  -- The client wishes that the request waits until nothing stands in the way; otherwise it ends.
  constraint permission_closings_pkey PRIMARY KEY (request_no)
  constraint permission_closings_request_no_fkey FOREIGN KEY (request_no) REFERENCES permission_requests(request_no)
)

table permission_commissions (
  commission_id bigint not null generated always as identity
  client_no text not null
  permission text not null
  rate numeric(12,8) not null  -- Net rate as a fraction: fees collected for others are never part of it.
  valid_from timestamp with time zone not null default business_now()
  valid_to timestamp with time zone
  request_no text not null
  source text not null  -- Line of the CRM or request that it comes from.
  constraint permission_commissions_check CHECK ((valid_from < valid_to))
  constraint permission_commissions_client_no_fkey FOREIGN KEY (client_no) REFERENCES registered_clients(client_no)
  constraint permission_commissions_client_no_permission_tstzrange_excl EXCLUDE USING gist (client_no WITH =, permission WITH =, tstzrange(valid_from, valid_to) WITH &&)
  constraint permission_commissions_pkey PRIMARY KEY (commission_id)
  constraint permission_commissions_rate_check CHECK (((rate >= (0)::numeric) AND (rate < (1)::numeric)))
  constraint permission_commissions_request_no_fkey FOREIGN KEY (request_no) REFERENCES permission_requests(request_no)
)

table permission_counter_terms (
  permission text not null
  closing_documents text[] not null
  holdings_document text not null  -- What a client who still holds shares confirms in writing.
  closing_days integer not null
  institution_documents text[] not null
  scan_types text[] not null
  scan_bytes_at_most integer not null
  valid_from date not null
  valid_to date
  source text not null
  constraint permission_counter_terms_check CHECK ((valid_from < valid_to))
  constraint permission_counter_terms_closing_days_check CHECK ((closing_days > 0))
  constraint permission_counter_terms_permission_daterange_excl EXCLUDE USING gist (permission WITH =, daterange(valid_from, valid_to) WITH &&)
  constraint permission_counter_terms_pkey PRIMARY KEY (permission, valid_from)
  constraint permission_counter_terms_scan_bytes_at_most_check CHECK ((scan_bytes_at_most > 0))
)

table permission_request_numbers  -- The last number given on a day; whoever takes one waits for the one before, so numbers have no holes. (
  business_date date not null
  last_no integer not null
  constraint permission_request_numbers_pkey PRIMARY KEY (business_date)
)

table permission_requests (
  request_no text not null
  client_no text not null
  permission text not null
  terms_from date not null
  kind text not null
  state text not null
  step text not null
  step_since timestamp with time zone not null
  revision integer not null default 1  -- Counted with every change of state or step: the process is told, and reads what is newer than it knows.
  workflow_id text not null
  requested_at timestamp with time zone not null
  lapses_at timestamp with time zone not null
  ended_at timestamp with time zone
  cause text
  constraint ended_when_ended CHECK (((ended_at IS NULL) = (state = ANY (ARRAY['under way'::text, 'opening'::text, 'closing'::text, 'filing'::text]))))
  constraint permission_requests_client_no_fkey FOREIGN KEY (client_no) REFERENCES registered_clients(client_no)
  constraint permission_requests_kind_check CHECK ((kind = ANY (ARRAY['opening'::text, 'institution opening'::text, 'closing'::text, 'suspension'::text, 'lifting'::text, 'commission change'::text])))
  constraint permission_requests_permission_terms_from_fkey FOREIGN KEY (permission, terms_from) REFERENCES permission_types(permission, valid_from)
  constraint permission_requests_pkey PRIMARY KEY (request_no)
  constraint permission_requests_request_no_check CHECK ((request_no ~ '^P\d{8}-\d{6}$'::text))
  constraint permission_requests_revision_check CHECK ((revision > 0))
  constraint permission_requests_state_check CHECK ((state = ANY (ARRAY['under way'::text, 'opening'::text, 'closing'::text, 'filing'::text, 'done'::text, 'withdrawn'::text, 'lapsed'::text, 'refused'::text])))
  constraint permission_requests_workflow_id_key UNIQUE (workflow_id)
)
CREATE INDEX open_closings ON permission_requests USING btree (request_no) WHERE ((kind = 'closing'::text) AND (state = 'under way'::text))
CREATE INDEX permission_requests_of_client ON permission_requests USING btree (client_no, request_no)
CREATE INDEX permission_requests_where ON permission_requests USING btree (permission, state, step, step_since)
CREATE UNIQUE INDEX one_open_request ON permission_requests USING btree (client_no, permission, kind) WHERE (state = ANY (ARRAY['under way'::text, 'opening'::text, 'closing'::text]))
CREATE TRIGGER permission_request_is_written_once BEFORE UPDATE ON permission_requests FOR EACH ROW EXECUTE FUNCTION is_written_once('request_no', 'client_no', 'permission', 'terms_from', 'kind', 'workflow_id', 'ended_at')
CREATE TRIGGER zz_keep_versions AFTER INSERT OR DELETE OR UPDATE ON permission_requests FOR EACH ROW EXECUTE FUNCTION history.keep_permission_requests()

table permission_steps  -- The timeline of a request: what was done, by whom, through which channel, with what result and why. No personal data. (
  step_id bigint not null generated always as identity
  request_no text not null
  step text not null
  act text not null
  outcome text not null
  codes text[] not null default '{}'::text[]
  detail jsonb not null default '{}'::jsonb
  by text not null
  role text
  channel text
  at timestamp with time zone not null default business_now()
  on_behalf_of text  -- Person by whose right it was done, where that was delegated.
  constraint permission_steps_outcome_check CHECK ((outcome = ANY (ARRAY['done'::text, 'failed'::text])))
  constraint permission_steps_pkey PRIMARY KEY (step_id)
  constraint permission_steps_request_no_fkey FOREIGN KEY (request_no) REFERENCES permission_requests(request_no)
)
CREATE INDEX permission_steps_of_request ON permission_steps USING btree (request_no, step_id)

table permission_suspensions  -- When buying was suspended, by which request, and lifted again. (
  request_no text not null
  opened_by text not null
  suspended_at timestamp with time zone not null default business_now()
  lifted_with text
  lifted_at timestamp with time zone
  constraint permission_suspensions_check CHECK (((lifted_with IS NULL) = (lifted_at IS NULL)))
  constraint permission_suspensions_check1 CHECK ((suspended_at <= lifted_at))
  constraint permission_suspensions_lifted_with_fkey FOREIGN KEY (lifted_with) REFERENCES permission_requests(request_no)
  constraint permission_suspensions_opened_by_fkey FOREIGN KEY (opened_by) REFERENCES permissions(request_no)
  constraint permission_suspensions_pkey PRIMARY KEY (request_no)
  constraint permission_suspensions_request_no_fkey FOREIGN KEY (request_no) REFERENCES permission_requests(request_no)
)
CREATE UNIQUE INDEX one_suspension ON permission_suspensions USING btree (opened_by) WHERE (lifted_at IS NULL)
CREATE TRIGGER suspension_is_written_once BEFORE UPDATE ON permission_suspensions FOR EACH ROW EXECUTE FUNCTION is_written_once('request_no', 'opened_by', 'suspended_at', 'lifted_with', 'lifted_at')

table permission_types  -- Kinds of permission: everything in which one differs from another. A request keeps to the row in force when it was made. (
  permission text not null
  name_zh text not null
  name_en text not null
  channels text[] not null
  request_days integer not null
  code_valid_minutes integer not null
  code_wrong_codes integer not null
  code_lock_minutes integer not null
  recording text not null
  recording_seconds integer not null
  test_bank text not null
  test_bank_minimum integer not null
  test_questions integer not null
  test_pause_minutes integer not null
  test_attempts_per_day integer not null
  agreements text[] not null
  documents text[] not null  -- Kinds of document that the file of the client must hold before the process ends.
  counter_permissions text[] not null
  commission_of text not null  -- Line of the CRM whose net rate at the opening becomes the default commission.
  callback_days integer not null
  valid_from date not null
  valid_to date
  source text not null
  callback_script text not null
  counter_buying text[] not null  -- Rights at the counter without which nothing is bought; selling stays possible.
  clearing_channels text[] not null  -- Channels whose trades are charged at the commission of the permission, and in whose books they settle; none: we clear none of them, and nothing of them blocks a closing.
  commission_line text  -- Line of the CRM in which the net rate of this kind of permission stands; none: it is not compared.
  code_sends_per_day integer not null default 10  -- One-time codes that are sent to one client in a day, over all requests for the permission.
  constraint permission_types_agreements_check CHECK ((cardinality(agreements) > 0))
  constraint permission_types_callback_days_check CHECK ((callback_days > 0))
  constraint permission_types_check CHECK ((test_bank_minimum >= test_questions))
  constraint permission_types_check1 CHECK ((valid_from < valid_to))
  constraint permission_types_code_lock_minutes_check CHECK ((code_lock_minutes > 0))
  constraint permission_types_code_sends_per_day_check CHECK ((code_sends_per_day > 0))
  constraint permission_types_code_valid_minutes_check CHECK ((code_valid_minutes > 0))
  constraint permission_types_code_wrong_codes_check CHECK ((code_wrong_codes > 0))
  constraint permission_types_counter_buying_check CHECK ((cardinality(counter_buying) > 0))
  constraint permission_types_counter_permissions_check CHECK ((cardinality(counter_permissions) > 0))
  constraint permission_types_permission_check CHECK ((permission ~ '^[A-Z][A-Z0-9_]*$'::text))
  constraint permission_types_permission_daterange_excl EXCLUDE USING gist (permission WITH =, daterange(valid_from, valid_to) WITH &&)
  constraint permission_types_pkey PRIMARY KEY (permission, valid_from)
  constraint permission_types_recording_seconds_check CHECK ((recording_seconds > 0))
  constraint permission_types_request_days_check CHECK ((request_days > 0))
  constraint permission_types_test_attempts_per_day_check CHECK ((test_attempts_per_day > 0))
  constraint permission_types_test_pause_minutes_check CHECK ((test_pause_minutes >= 0))
  constraint permission_types_test_questions_check CHECK ((test_questions > 0))
)

table permissions  -- Who may trade what, since when and until when. (
  request_no text not null
  client_no text not null
  permission text not null
  opened_at timestamp with time zone not null default business_now()
  closed_at timestamp with time zone
  constraint permissions_check CHECK ((opened_at <= closed_at))
  constraint permissions_client_no_fkey FOREIGN KEY (client_no) REFERENCES registered_clients(client_no)
  constraint permissions_pkey PRIMARY KEY (request_no)
  constraint permissions_request_no_fkey FOREIGN KEY (request_no) REFERENCES permission_requests(request_no)
)
CREATE UNIQUE INDEX one_open_permission ON permissions USING btree (client_no, permission) WHERE (closed_at IS NULL)
CREATE TRIGGER permission_is_written_once BEFORE UPDATE ON permissions FOR EACH ROW EXECUTE FUNCTION is_written_once('request_no', 'client_no', 'permission', 'opened_at', 'closed_at')

table person_names  -- Personal: names of staff, kept apart. (
  person text not null
  name_zh text not null
  name_en text not null
  constraint person_names_person_fkey FOREIGN KEY (person) REFERENCES people(person)
  constraint person_names_pkey PRIMARY KEY (person)
)

table portfolio_fee_tiers (
  above_hkd numeric(20,2) not null
  up_to_hkd numeric(20,2)
  rate_per_year numeric(14,10) not null
  valid_from date not null
  valid_to date
  source text not null
  constraint portfolio_fee_tiers_above_hkd_daterange_excl EXCLUDE USING gist (above_hkd WITH =, daterange(valid_from, valid_to) WITH &&)
  constraint portfolio_fee_tiers_check CHECK ((valid_from < valid_to))
  constraint portfolio_fee_tiers_pkey PRIMARY KEY (above_hkd, valid_from)
)

table portfolio_fees  -- Our own computation (S11) of the fee the file of the day charges. (
  channel channel_code not null
  business_date date not null
  securities_account text not null
  market_value_cents bigint not null
  calendar_days integer not null
  own_cents bigint not null
  own_fen bigint not null
  constraint portfolio_fees_pkey PRIMARY KEY (channel, business_date, securities_account)
)
CREATE TRIGGER keep_earlier_figures AFTER DELETE ON portfolio_fees REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION keep_earlier_figures()

table postponement_withdrawals  -- Notices that are to be taken back; with the approval everything is due again as the files said. (
  withdrawal_id bigint not null generated always as identity
  postponement_id bigint not null
  reason text not null
  request_key text not null
  made_by text not null
  made_at timestamp with time zone not null default business_now()
  state text not null default 'awaiting approval'::text
  approved_by text
  approved_for text
  approved_at timestamp with time zone
  constraint postponement_withdrawal_maker_never_approves CHECK ((approved_by <> made_by))
  constraint postponement_withdrawals_check CHECK (((state = 'approved'::text) = ((approved_by IS NOT NULL) AND (approved_at IS NOT NULL))))
  constraint postponement_withdrawals_pkey PRIMARY KEY (withdrawal_id)
  constraint postponement_withdrawals_postponement_id_fkey FOREIGN KEY (postponement_id) REFERENCES settlement_postponements(postponement_id)
  constraint postponement_withdrawals_reason_check CHECK (((length(reason) >= 5) AND (length(reason) <= 500)))
  constraint postponement_withdrawals_request_key_key UNIQUE (request_key)
  constraint postponement_withdrawals_state_check CHECK ((state = ANY (ARRAY['awaiting approval'::text, 'approved'::text, 'refused'::text, 'recalled'::text, 'withdrawn'::text])))
)
CREATE UNIQUE INDEX one_withdrawal_a_postponement ON postponement_withdrawals USING btree (postponement_id) WHERE (state = ANY (ARRAY['awaiting approval'::text, 'approved'::text]))
CREATE TRIGGER postponement_withdrawal_is_written_once BEFORE UPDATE ON postponement_withdrawals FOR EACH ROW EXECUTE FUNCTION is_written_once('postponement_id', 'reason', 'made_by', 'approved_by', 'approved_for', 'approved_at')
CREATE TRIGGER postponement_withdrawal_maker_is_no_checker AFTER INSERT OR UPDATE ON postponement_withdrawals FOR EACH ROW EXECUTE FUNCTION maker_is_no_checker('made_by', 'approved_by approved_for')

table pre_clearings (
  channel channel_code not null
  business_date date not null
  fund_account text not null
  trades bigint not null
  payable_fen bigint not null
  receivable_fen bigint not null
  commission_fen bigint not null
  frozen_fen bigint not null
  correction_fen bigint not null
  constraint pre_clearings_pkey PRIMARY KEY (channel, business_date, fund_account)
)
CREATE TRIGGER keep_earlier_figures AFTER DELETE ON pre_clearings REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION keep_earlier_figures()

table process_exclusions  -- Who may do no work of a process, by whatever account or delegation: whoever is complained about, the direct superior, whoever is recused. (
  exclusion_id bigint not null generated always as identity
  workflow_id text not null
  person text not null
  cause text not null
  entered_by text not null
  entered_at timestamp with time zone not null default business_now()
  taken_back_by text
  taken_back_at timestamp with time zone  -- From then on it keeps nobody out: the person was named by mistake. Null: it stands.
  constraint only_naming_is_taken_back CHECK (((taken_back_at IS NULL) OR (cause <> 'recused'::text)))
  constraint process_exclusions_cause_check CHECK ((cause = ANY (ARRAY['complained about'::text, 'superior'::text, 'recused'::text])))
  constraint process_exclusions_person_fkey FOREIGN KEY (person) REFERENCES people(person)
  constraint process_exclusions_pkey PRIMARY KEY (exclusion_id)
  constraint process_exclusions_workflow_id_person_cause_key UNIQUE (workflow_id, person, cause)
  constraint taken_back_by_somebody CHECK (((taken_back_by IS NULL) = (taken_back_at IS NULL)))
)
CREATE INDEX process_exclusions_by_person ON process_exclusions USING btree (person)

table processes  -- Which processes belong to this book. Whoever starts a process registers it first. (
  opened_at timestamp with time zone not null default business_now()  -- On the business clock; registered_at is real time.
  registered_at timestamp with time zone not null default clock_timestamp()
  runs integer not null default 0  -- Runs that have registered. Whoever finds a run ended closes the row only where no other run has begun since.
  closed boolean not null default false
  workflow_id text not null
  other_type text  -- Its type, where that is not the kind in its id.
  ended text  -- How the last run ended; nothing while it is open, and of rows closed before this was kept.
  type text not null generated always as (COALESCE(other_type, (lower("left"(workflow_id, 1)) || substr(replace(initcap(split_part(workflow_id, ':'::text, 1)), '-'::text, ''::text), 2)))) virtual
  constraint ended_when_closed CHECK ((closed OR (ended IS NULL)))
  constraint processes_ended_check CHECK ((ended = ANY (ARRAY['completed'::text, 'failed'::text, 'cancelled'::text, 'terminated'::text, 'timed out'::text, 'not found'::text])))
  constraint processes_pkey PRIMARY KEY (workflow_id)
  constraint processes_runs_check CHECK ((runs >= 0))
)
CREATE INDEX processes_open ON processes USING btree (date_bin('01:00:00'::interval, opened_at, '2000-01-01 00:00:00+00'::timestamp with time zone)) WHERE (NOT closed)
CREATE TRIGGER zz_keep_versions AFTER DELETE OR UPDATE ON processes FOR EACH ROW EXECUTE FUNCTION history.keep_processes()

table receipt_cursors (
  gateway text not null
  after text not null
  constraint receipt_cursors_pkey PRIMARY KEY (gateway)
)

table received_mails  -- Every mail that came in, by the digest of its bytes, and what became of it. Its words stand in the store of documents only. (
  mail_id bigint not null generated always as identity
  sha256 text not null
  message_id text
  text_sha256 text  -- Digest of sender, subject and text: the same mail by another way has other bytes and the same words.
  received_at timestamp with time zone not null default business_now()
  state text not null
  complaint_no text
  faults text[] not null default '{}'::text[]  -- Codes of why no complaint could be made of it by itself.
  workflow_id text
  looked_at_by text
  looked_at timestamp with time zone
  sender_sha256 text  -- Digest of the address of the sender as contacts are compared; null where the mail names none, and of mails of before.
  sender_said text  -- What whoever looked said of a sender whose address is not the contact of the complainant.
  reported_message bigint  -- Message of ours of which a mail server tells in this mail that it did not come, or comes later.
  constraint received_mails_check CHECK ((((state = 'to be looked at'::text) OR (state = 'looked at'::text)) = (workflow_id IS NOT NULL)))
  constraint received_mails_check1 CHECK (((state <> ALL (ARRAY['complaint'::text, 'supplement'::text, 'repeated'::text])) OR (complaint_no IS NOT NULL)))
  constraint received_mails_check2 CHECK (((state = 'looked at'::text) = ((looked_at_by IS NOT NULL) AND (looked_at IS NOT NULL))))
  constraint received_mails_check3 CHECK (((sender_said IS NULL) OR (state = 'looked at'::text)))
  constraint received_mails_complaint_no_fkey FOREIGN KEY (complaint_no) REFERENCES complaints(complaint_no)
  constraint received_mails_pkey PRIMARY KEY (mail_id)
  constraint received_mails_reported_message_fkey FOREIGN KEY (reported_message) REFERENCES outbox(message_id)
  constraint received_mails_sender_said_check CHECK ((sender_said = ANY (ARRAY['complainant by another address'::text, 'another person'::text])))
  constraint received_mails_sha256_fkey FOREIGN KEY (sha256) REFERENCES documents(sha256)
  constraint received_mails_sha256_key UNIQUE (sha256)
  constraint received_mails_state_check CHECK ((state = ANY (ARRAY['complaint'::text, 'supplement'::text, 'repeated'::text, 'delivery report'::text, 'to be looked at'::text, 'looked at'::text])))
  constraint received_mails_workflow_id_key UNIQUE (workflow_id)
  constraint report_names_its_message CHECK (((state = 'delivery report'::text) = (reported_message IS NOT NULL)))
)
CREATE INDEX received_mails_by_message ON received_mails USING btree (message_id, text_sha256) WHERE (message_id IS NOT NULL)
CREATE INDEX received_mails_of_message ON received_mails USING btree (reported_message) WHERE (reported_message IS NOT NULL)
CREATE TRIGGER mail_is_written_once BEFORE UPDATE ON received_mails FOR EACH ROW EXECUTE FUNCTION is_written_once('sha256', 'message_id', 'text_sha256', 'received_at', 'faults', 'workflow_id', 'looked_at_by', 'looked_at', 'sender_sha256', 'sender_said', 'reported_message')

table reference_rates (
  business_date date not null
  file_id bigint not null
  row_no bigint not null
  channel channel_code not null
  currency text not null
  buy_e5 bigint not null
  sell_e5 bigint not null
) partition by RANGE (business_date)

table registered_clients (
  client_no text not null
  kind text not null
  branch text not null
  account_manager text not null  -- Person of the directory who looks after the client; never calls the client back.
  registered_on date not null
  constraint registered_clients_client_no_check CHECK ((client_no ~ '^C\d{8}$'::text))
  constraint registered_clients_kind_check CHECK ((kind = ANY (ARRAY['natural'::text, 'institution'::text])))
  constraint registered_clients_pkey PRIMARY KEY (client_no)
)
CREATE INDEX registered_clients_of_branch ON registered_clients USING btree (branch, client_no)

table restricted_identities  -- Personal: identity documents on a list of restricted persons. (
  version integer not null
  line_no integer not null
  document_type text not null
  document_no text not null
  cause text not null
  listed_on date  -- Since when the person is restricted, as whoever keeps the list says.
  constraint restricted_identities_pkey PRIMARY KEY (version, line_no)
  constraint restricted_identities_version_document_type_document_no_key UNIQUE (version, document_type, document_no)
  constraint restricted_identities_version_fkey FOREIGN KEY (version) REFERENCES restricted_lists(version)
)
CREATE INDEX restricted_identities_by_document ON restricted_identities USING btree (document_type, document_no)

table restricted_kinds  -- Kinds of tasks that whoever holds a role with this restriction takes no part in, e.g. decisions about a single security (A5 §17). (
  kind text not null
  restriction text not null
  valid_from date not null
  valid_to date
  source text not null
  constraint restricted_kinds_check CHECK ((valid_from < valid_to))
  constraint restricted_kinds_kind_restriction_daterange_excl EXCLUDE USING gist (kind WITH =, restriction WITH =, daterange(valid_from, valid_to) WITH &&)
  constraint restricted_kinds_pkey PRIMARY KEY (kind, restriction, valid_from)
)

table restricted_lists  -- Whoever law or regulation forbids or limits; the approved list that began last is in force, as a whole. (
  version integer not null
  sha256 text not null
  row_count integer not null
  source text not null
  reason text not null
  imported_by text not null
  imported_at timestamp with time zone not null default business_now()
  decision text
  decided_by text
  decided_at timestamp with time zone
  request_key text  -- By which request it was imported: whoever repeats it gets the same version.
  effective_from date  -- First day on which it is in force, as a whole, until a later one begins.
  constraint approved_has_its_day CHECK ((COALESCE((decision = 'approved'::text), false) = (effective_from IS NOT NULL)))
  constraint importer_never_approves CHECK ((decided_by <> imported_by))
  constraint restricted_lists_check CHECK ((((decision IS NULL) = (decided_by IS NULL)) AND ((decision IS NULL) = (decided_at IS NULL))))
  constraint restricted_lists_decision_check CHECK ((decision = ANY (ARRAY['approved'::text, 'refused'::text])))
  constraint restricted_lists_pkey PRIMARY KEY (version)
  constraint restricted_lists_request_key_key UNIQUE (request_key)
  constraint restricted_lists_row_count_check CHECK ((row_count >= 0))
  constraint restricted_lists_version_check CHECK ((version > 0))
)
CREATE TRIGGER importer_is_no_approver AFTER INSERT OR UPDATE ON restricted_lists FOR EACH ROW EXECUTE FUNCTION maker_is_no_checker('imported_by', 'decided_by')
CREATE TRIGGER restricted_list_is_written_once BEFORE UPDATE ON restricted_lists FOR EACH ROW EXECUTE FUNCTION is_written_once('version', 'sha256', 'row_count', 'source', 'reason', 'imported_by', 'imported_at', 'request_key', 'decision', 'decided_by', 'decided_at', 'effective_from')

table retention_changes  -- That a relationship has ended, or that a law asks for a longer period: asked for, and decided by a second person. (
  change_id bigint not null generated always as identity
  client_no text not null
  kind text not null
  on_day date not null  -- Day on which it ended; day until which the file is kept at least.
  reason text not null
  branch text not null
  workflow_id text not null
  request_key text not null
  made_by text not null
  made_for text
  made_at timestamp with time zone not null default business_now()
  state text not null default 'awaiting approval'::text
  approved_by text
  approved_for text
  approved_at timestamp with time zone
  constraint retention_change_maker_never_approves CHECK ((approved_by <> made_by))
  constraint retention_changes_check CHECK (((state = 'approved'::text) = ((approved_by IS NOT NULL) AND (approved_at IS NOT NULL))))
  constraint retention_changes_client_no_fkey FOREIGN KEY (client_no) REFERENCES archives(client_no)
  constraint retention_changes_kind_check CHECK ((kind = ANY (ARRAY['end of relationship'::text, 'longer period'::text])))
  constraint retention_changes_pkey PRIMARY KEY (change_id)
  constraint retention_changes_reason_check CHECK (((length(reason) >= 5) AND (length(reason) <= 500)))
  constraint retention_changes_request_key_key UNIQUE (request_key)
  constraint retention_changes_state_check CHECK ((state = ANY (ARRAY['awaiting approval'::text, 'approved'::text, 'refused'::text, 'recalled'::text, 'withdrawn'::text])))
  constraint retention_changes_workflow_id_key UNIQUE (workflow_id)
)
CREATE INDEX retention_changes_of_client ON retention_changes USING btree (client_no, change_id)
CREATE UNIQUE INDEX one_retention_change_at_once ON retention_changes USING btree (client_no, kind) WHERE (state = 'awaiting approval'::text)
CREATE TRIGGER retention_change_is_written_once BEFORE UPDATE ON retention_changes FOR EACH ROW EXECUTE FUNCTION is_written_once('client_no', 'kind', 'on_day', 'reason', 'branch', 'workflow_id', 'made_by', 'made_for', 'made_at', 'approved_by', 'approved_at')
CREATE TRIGGER retention_change_maker_is_no_checker AFTER INSERT OR UPDATE ON retention_changes FOR EACH ROW EXECUTE FUNCTION maker_is_no_checker('made_by made_for', 'approved_by approved_for')

table retention_holds  -- A longer period of law, court or dispute. It only ever lengthens: holds are added, never taken back. (
  hold_id bigint not null generated always as identity
  client_no text not null
  held_until date not null
  source text not null
  recorded_by text not null
  at timestamp with time zone not null default business_now()
  constraint retention_holds_client_no_fkey FOREIGN KEY (client_no) REFERENCES archives(client_no)
  constraint retention_holds_pkey PRIMARY KEY (hold_id)
)
CREATE TRIGGER archive_is_kept BEFORE DELETE OR UPDATE ON retention_holds FOR EACH ROW EXECUTE FUNCTION archive_is_kept()
CREATE TRIGGER archive_is_not_emptied BEFORE TRUNCATE ON retention_holds FOR EACH STATEMENT EXECUTE FUNCTION archive_is_not_emptied()

table risk_bands (
  scale text not null
  code text not null
  from_score integer not null
  to_score integer not null
  valid_from date not null
  valid_to date
  source text not null
  constraint risk_bands_check CHECK ((from_score <= to_score))
  constraint risk_bands_check1 CHECK ((valid_from < valid_to))
  constraint risk_bands_pkey PRIMARY KEY (scale, code, valid_from)
  constraint risk_bands_scale_check CHECK ((scale = ANY (ARRAY['CLASS'::text, 'LEVEL'::text])))
  constraint risk_bands_scale_int4range_daterange_excl EXCLUDE USING gist (scale WITH =, int4range(from_score, to_score, '[]'::text) WITH &&, daterange(valid_from, valid_to) WITH &&)
)

table risk_money (
  channel channel_code not null
  business_date date not null
  side side_of_business not null
  mark_to_market_fen bigint not null
  margin_fen bigint not null
  margin_model text not null
  margin_flat22_fen bigint not null
  payable_fen bigint not null
  settles date not null
  long_cents bigint not null
  short_cents bigint not null
  collateral_cents bigint not null
  constraint risk_money_pkey PRIMARY KEY (channel, business_date, side)
)
CREATE TRIGGER keep_earlier_figures AFTER DELETE ON risk_money REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION keep_earlier_figures()

table risk_rates (
  channel channel_code not null
  code text not null
  tier text not null
  rate numeric(12,8) not null
  valid_from date not null
  valid_to date
  source text not null
  constraint risk_rates_channel_code_daterange_excl EXCLUDE USING gist (channel WITH =, code WITH =, daterange(valid_from, valid_to) WITH &&)
  constraint risk_rates_check CHECK ((valid_from < valid_to))
  constraint risk_rates_pkey PRIMARY KEY (channel, code, valid_from)
)

table risk_results  -- Every result that was given, with its answers; the newest counts. (
  result_id bigint not null generated always as identity
  client_no text not null
  questionnaire_version text not null
  score integer not null
  risk_class text not null
  risk_level text not null
  answers jsonb not null
  answered_on date not null
  answered_at timestamp with time zone not null default business_now()
  answer_key text not null
  constraint risk_results_answer_key_key UNIQUE (answer_key)
  constraint risk_results_client_no_fkey FOREIGN KEY (client_no) REFERENCES registered_clients(client_no)
  constraint risk_results_pkey PRIMARY KEY (result_id)
)
CREATE INDEX risk_results_of_client ON risk_results USING btree (client_no, answered_on DESC, result_id DESC)

table role_conflicts  -- Two duties that one person must not have at once: never, or only as an exception that the head of compliance approves, with the restriction (A5 §17). (
  one text not null
  other text not null
  rule text not null
  code text not null
  restriction text
  reason_zh text not null
  reason_en text not null
  valid_from date not null
  valid_to date
  source text not null
  constraint role_conflicts_check CHECK ((one <> other))
  constraint role_conflicts_check1 CHECK ((valid_from < valid_to))
  constraint role_conflicts_check2 CHECK (((rule = 'exception'::text) = (restriction IS NOT NULL)))
  constraint role_conflicts_one_other_daterange_excl EXCLUDE USING gist (one WITH =, other WITH =, daterange(valid_from, valid_to) WITH &&)
  constraint role_conflicts_pkey PRIMARY KEY (one, other, valid_from)
  constraint role_conflicts_rule_check CHECK ((rule = ANY (ARRAY['never'::text, 'exception'::text])))
)

table role_grants  -- A role asked for by a department, granted by operations, approved by compliance (A1 §15): three hands, and none of them the person's. (
  role_grant_id bigint not null generated always as identity
  person text not null
  role text not null
  side side_of_business
  branch text
  mark text
  in_charge_of text[] not null default '{}'::text[]
  valid_from date not null
  valid_to date
  reason text not null
  exception_reason text  -- Why a conflict of duties that may be excepted should be; the restriction goes with it.
  restriction text
  revision integer not null default 1
  state text not null
  requested_by text not null
  requested_at timestamp with time zone not null default business_now()
  granted_by text
  granted_at timestamp with time zone
  approved_by text
  approved_at timestamp with time zone
  ended_by text
  ended_at timestamp with time zone
  refusals text[] not null default '{}'::text[]  -- Codes for which the request was refused by rule, e.g. because a role had changed in between.
  granted_for text
  approved_for text
  request_key text  -- Person and key of the request: the same is the same role that is asked for.
  request_sha256 text  -- Digest of what was asked for: the same key with something else is refused.
  constraint one_request_at_a_time EXCLUDE USING gist (person WITH =, role WITH =, COALESCE((side)::text, ''::text) WITH =, COALESCE(branch, ''::text) WITH =, daterange(valid_from, valid_to) WITH &&) WHERE ((state = ANY (ARRAY['requested'::text, 'granted'::text])))
  constraint role_grant_has_three_hands CHECK (((((person <> requested_by) AND (person <> granted_by)) AND (person <> approved_by)) AND ((requested_by <> granted_by) AND (requested_by <> approved_by)) AND (granted_by <> approved_by)))
  constraint role_grants_check CHECK ((valid_from < valid_to))
  constraint role_grants_check1 CHECK (((granted_by IS NULL) = (granted_at IS NULL)))
  constraint role_grants_check2 CHECK (((approved_by IS NULL) = (approved_at IS NULL)))
  constraint role_grants_check3 CHECK (((state <> 'granted'::text) OR (granted_by IS NOT NULL)))
  constraint role_grants_check4 CHECK (((state <> 'in force'::text) OR ((granted_by IS NOT NULL) AND (approved_by IS NOT NULL))))
  constraint role_grants_check5 CHECK (((restriction IS NULL) OR (exception_reason IS NOT NULL)))
  constraint role_grants_mark_check CHECK ((mark = ANY (ARRAY['deputy'::text, 'head'::text])))
  constraint role_grants_person_fkey FOREIGN KEY (person) REFERENCES people(person)
  constraint role_grants_pkey PRIMARY KEY (role_grant_id)
  constraint role_grants_request_key_key UNIQUE (request_key)
  constraint role_grants_role_fkey FOREIGN KEY (role) REFERENCES roles(role)
  constraint role_grants_state_check CHECK ((state = ANY (ARRAY['requested'::text, 'granted'::text, 'in force'::text, 'refused'::text, 'recalled'::text, 'withdrawn'::text])))
  constraint role_request_is_whole CHECK (((request_key IS NULL) = (request_sha256 IS NULL)))
)
CREATE INDEX role_grants_of_person ON role_grants USING btree (person)
CREATE TRIGGER role_grant_is_written_once BEFORE UPDATE ON role_grants FOR EACH ROW EXECUTE FUNCTION is_written_once('granted_by', 'granted_for', 'granted_at', 'approved_by', 'approved_for', 'approved_at', 'ended_by', 'ended_at')
CREATE TRIGGER role_grant_maker_is_no_checker BEFORE INSERT OR UPDATE ON role_grants FOR EACH ROW EXECUTE FUNCTION maker_is_no_checker('person', 'requested_by', 'granted_by granted_for', 'approved_by approved_for')
CREATE TRIGGER zz_keep_versions AFTER INSERT OR DELETE OR UPDATE ON role_grants FOR EACH ROW EXECUTE FUNCTION history.keep_role_grants()

table roles (
  role text not null
  name_zh text not null
  name_en text not null
  office text not null
  constraint roles_office_check CHECK ((office = ANY (ARRAY['front'::text, 'back'::text, 'technology'::text, 'neither'::text])))
  constraint roles_pkey PRIMARY KEY (role)
)

table sample_members  -- The whole population of a sample and which of it were drawn: the first of each stratum by the SHA-256 of "seed:member". (
  sample_no text not null
  member text not null
  stratum text not null
  is_drawn boolean not null
  constraint sample_members_pkey PRIMARY KEY (sample_no, member)
  constraint sample_members_sample_no_fkey FOREIGN KEY (sample_no) REFERENCES samples(sample_no)
)
CREATE INDEX sample_members_drawn ON sample_members USING btree (sample_no, member) WHERE is_drawn

table sample_strata  -- How many of each branch, by the largest remainder. (
  sample_no text not null
  stratum text not null
  population integer not null
  size integer not null
  constraint sample_strata_check CHECK (((size >= 0) AND (size <= population)))
  constraint sample_strata_pkey PRIMARY KEY (sample_no, stratum)
  constraint sample_strata_population_check CHECK ((population > 0))
  constraint sample_strata_sample_no_fkey FOREIGN KEY (sample_no) REFERENCES samples(sample_no)
)

table samples  -- What was drawn, out of how many, by which seed: with the population that is kept beside it, it can be drawn again. (
  sample_no text not null
  kind text not null
  period text not null
  workflow_id text not null
  terms jsonb not null default '{}'::jsonb  -- Share and least number by which the size was computed, and for a campaign whom it is for.
  seed text not null
  asked_by text not null
  asked_role text not null
  asked_at timestamp with time zone not null default business_now()
  population integer
  size integer
  drawn_at timestamp with time zone
  begun_at timestamp with time zone
  constraint samples_check CHECK (((size >= 0) AND (size <= population)))
  constraint samples_check1 CHECK ((((drawn_at IS NULL) = (population IS NULL)) AND ((drawn_at IS NULL) = (size IS NULL))))
  constraint samples_kind_check CHECK ((kind = ANY (ARRAY['callbacks'::text, 'campaign'::text, 'calls'::text, 'complaints'::text, 'requests'::text])))
  constraint samples_kind_period_key UNIQUE (kind, period)
  constraint samples_pkey PRIMARY KEY (sample_no)
  constraint samples_population_check CHECK ((population >= 0))
  constraint samples_sample_no_check CHECK ((sample_no ~ '^(callbacks|campaign|calls|complaints|requests):[\w.-]{1,40}$'::text))
  constraint samples_seed_check CHECK (((length(seed) >= 1) AND (length(seed) <= 64)))
  constraint samples_workflow_id_key UNIQUE (workflow_id)
)
CREATE TRIGGER sample_is_written_once BEFORE UPDATE ON samples FOR EACH ROW EXECUTE FUNCTION is_written_once('kind', 'period', 'seed', 'asked_by', 'population', 'size', 'drawn_at', 'begun_at')

table securities (
  channel channel_code not null
  code text not null
  name text not null
  lot integer not null
  currency text not null
  constraint securities_lot_check CHECK ((lot > 0))
  constraint securities_pkey PRIMARY KEY (channel, code)
)

table securities_accounts (
  account text not null
  client_no text not null
  state text not null
  class text not null
  designated_to text  -- Broker that the account is designated to; HERE for this one, null for none.
  constraint securities_accounts_account_check CHECK ((account ~ '^[A-Z]\d{9}$'::text))
  constraint securities_accounts_class_check CHECK ((class = ANY (ARRAY['QUALIFIED'::text, 'NOT_QUALIFIED'::text, 'DORMANT'::text])))
  constraint securities_accounts_client_no_fkey FOREIGN KEY (client_no) REFERENCES registered_clients(client_no)
  constraint securities_accounts_pkey PRIMARY KEY (account)
  constraint securities_accounts_state_check CHECK ((state = ANY (ARRAY['OPEN'::text, 'CLOSED'::text])))
)
CREATE UNIQUE INDEX one_open_securities_account ON securities_accounts USING btree (client_no) WHERE (state = 'OPEN'::text)

table security_balances (
  business_date date not null
  file_id bigint not null
  row_no bigint not null
  channel channel_code not null
  securities_account text not null
  code text not null
  security_class text not null
  circulation text not null
  entitlement_class text not null
  quantity bigint not null
  locked bigint not null
) partition by RANGE (business_date)

table security_movements (
  business_date date not null
  file_id bigint not null
  row_no bigint not null
  channel channel_code not null
  movement text not null
  business text not null
  securities_account text not null
  code text not null
  security_class text not null
  circulation text not null
  entitlement_class text not null
  trade_date date not null
  quantity bigint not null
  sellable_from date not null
  event_code text not null
) partition by RANGE (business_date)

table served_event_kinds  -- Kinds of corporate actions and whether they are served, by date (A4 §29). (
  kind text not null
  is_served boolean not null
  name_zh text not null
  name_en text not null
  valid_from date not null
  valid_to date
  source text not null
  constraint served_event_kinds_check CHECK ((valid_from < valid_to))
  constraint served_event_kinds_kind_daterange_excl EXCLUDE USING gist (kind WITH =, daterange(valid_from, valid_to) WITH &&)
  constraint served_event_kinds_pkey PRIMARY KEY (kind, valid_from)
)

table settlement_days (
  channel channel_code not null
  business_date date not null
  workflow_id text not null
  day_kind text not null
  settlement_day boolean not null
  previous_trading_day date not null
  next_trading_day date not null
  trades_settle date not null
  fee_settles date not null
  risk_settles date not null
  calendar_version integer not null
  stage text not null
  started_at timestamp with time zone not null default business_now()
  closed_at timestamp with time zone
  constraint settlement_days_day_kind_check CHECK ((day_kind = ANY (ARRAY['full'::text, 'half'::text])))
  constraint settlement_days_pkey PRIMARY KEY (channel, business_date)
  constraint settlement_days_workflow_id_key UNIQUE (workflow_id)
)
CREATE TRIGGER zz_keep_versions AFTER INSERT OR DELETE OR UPDATE ON settlement_days FOR EACH ROW EXECUTE FUNCTION history.keep_settlement_days()

table settlement_defaults (
  channel channel_code not null
  business_date date not null
  side side_of_business not null
  intraday_fen bigint not null
  end_of_day_fen bigint not null default 0
  cause text not null
  cause_lines jsonb not null default '{}'::jsonb
  covered_on date
  covered_at timestamp with time zone
  days integer
  penalty_fen bigint
  interest_fen bigint
  constraint settlement_defaults_cause_check CHECK ((cause = ANY (ARRAY['not yet found'::text, 'not ordered'::text, 'transfer not arrived'::text, 'amount computed wrongly'::text, 'settled otherwise'::text])))
  constraint settlement_defaults_end_of_day_fen_check CHECK ((end_of_day_fen >= 0))
  constraint settlement_defaults_intraday_fen_check CHECK ((intraday_fen >= 0))
  constraint settlement_defaults_pkey PRIMARY KEY (channel, business_date, side)
)
CREATE TRIGGER zz_keep_versions AFTER INSERT OR DELETE OR UPDATE ON settlement_defaults FOR EACH ROW EXECUTE FUNCTION history.keep_settlement_defaults()

table settlement_notices  -- Lines of settlement_notices: what the clearing house tells of due dates and trades. (
  business_date date not null
  file_id bigint not null
  row_no bigint not null
  channel channel_code not null
  notice_no text not null
  act text not null
  from_date date not null
  to_date date
  cause text not null
  trade_no text not null
  words text not null
) partition by RANGE (business_date)

table settlement_postponements  -- Due dates that moved by notice. In force while approved; a withdrawn one moves everything back. (
  postponement_id bigint not null generated always as identity
  channel channel_code not null
  postponed_from date not null
  postponed_to date not null
  cause text not null
  notice text not null
  workflow_id text not null
  request_key text not null
  made_by text not null
  made_at timestamp with time zone not null default business_now()
  state text not null default 'awaiting approval'::text
  approved_by text
  approved_for text
  approved_at timestamp with time zone
  withdrawn_by text
  withdrawn_at timestamp with time zone
  constraint postponement_maker_never_approves CHECK ((approved_by <> made_by))
  constraint postponements_do_not_overlap EXCLUDE USING gist (channel WITH =, daterange(postponed_from, postponed_to) WITH &&) WHERE ((state = ANY (ARRAY['awaiting approval'::text, 'approved'::text])))
  constraint settlement_postponements_cause_check CHECK ((cause = ANY (ARRAY['typhoon'::text, 'one-sided holiday'::text, 'half day'::text, 'closure'::text])))
  constraint settlement_postponements_check CHECK ((postponed_from < postponed_to))
  constraint settlement_postponements_check1 CHECK ((((state = 'withdrawn'::text) AND (withdrawn_at IS NOT NULL)) OR (withdrawn_at IS NULL)))
  constraint settlement_postponements_notice_check CHECK (((length(notice) >= 5) AND (length(notice) <= 500)))
  constraint settlement_postponements_pkey PRIMARY KEY (postponement_id)
  constraint settlement_postponements_request_key_key UNIQUE (request_key)
  constraint settlement_postponements_state_check CHECK ((state = ANY (ARRAY['awaiting approval'::text, 'approved'::text, 'refused'::text, 'recalled'::text, 'withdrawn'::text])))
  constraint settlement_postponements_workflow_id_key UNIQUE (workflow_id)
)
CREATE TRIGGER postponement_is_written_once BEFORE UPDATE ON settlement_postponements FOR EACH ROW EXECUTE FUNCTION is_written_once('channel', 'postponed_from', 'postponed_to', 'cause', 'notice', 'workflow_id', 'made_by', 'approved_by', 'approved_for', 'approved_at', 'withdrawn_by', 'withdrawn_at')
CREATE TRIGGER postponement_maker_is_no_checker AFTER INSERT OR UPDATE ON settlement_postponements FOR EACH ROW EXECUTE FUNCTION maker_is_no_checker('made_by', 'approved_by approved_for')

table settlement_ratios  -- Opening ratio of the day before the first. Later ones are read from the notices in force (H05). (
  channel channel_code not null
  business_date date not null
  buy_e5 bigint not null
  sell_e5 bigint not null
  source text not null
  constraint settlement_ratios_buy_e5_check CHECK ((buy_e5 > 0))
  constraint settlement_ratios_pkey PRIMARY KEY (channel, business_date)
  constraint settlement_ratios_sell_e5_check CHECK ((sell_e5 > 0))
)

table skipped_days  -- A schedule asked for the day and the calendar said no: a recorded decision. (
  channel channel_code not null
  business_date date not null
  reason text not null
  decided_at timestamp with time zone not null default business_now()
  constraint skipped_days_pkey PRIMARY KEY (channel, business_date)
)

table split_conversions  -- Later conversions of a split, temporary code to new code: computed by ourselves from the holding of the evening before, beside what the clearing house moved. (
  event_id bigint not null
  leg integer not null  -- 2: the first day of the new code (RQ2), 3: the second (RQ3).
  securities_account text not null
  side side_of_business not null
  out_code text not null
  out_shares bigint not null
  in_code text not null
  in_shares bigint not null
  fraction text
  credited_out bigint
  credited_in bigint
  credited_on date
  state text not null default 'computed'::text
  constraint split_conversions_event_id_fkey FOREIGN KEY (event_id) REFERENCES corporate_actions(event_id)
  constraint split_conversions_in_shares_check CHECK ((in_shares >= 0))
  constraint split_conversions_leg_check CHECK ((leg = ANY (ARRAY[2, 3])))
  constraint split_conversions_out_shares_check CHECK ((out_shares >= 0))
  constraint split_conversions_pkey PRIMARY KEY (event_id, leg, securities_account)
  constraint split_conversions_state_check CHECK ((state = ANY (ARRAY['computed'::text, 'agreed'::text, 'differs'::text, 'left'::text])))
)

table step_requests  -- Steps of an evening held, repeated or aborted by hand. Of a step the approved request with the highest number counts. (
  request_id bigint not null generated always as identity
  channel text not null
  business_date date not null
  step text not null
  act text not null
  reason text not null
  request_key text not null
  made_by text not null
  made_for text
  made_at timestamp with time zone not null default business_now()
  state text not null default 'awaiting approval'::text
  approved_by text
  approved_for text
  approved_at timestamp with time zone
  applied_at timestamp with time zone  -- When the evening did what was approved; of a hold, when it first held.
  constraint step_request_maker_never_approves CHECK ((approved_by <> made_by))
  constraint step_requests_act_check CHECK ((act = ANY (ARRAY['hold'::text, 'repeat'::text, 'abort'::text])))
  constraint step_requests_channel_business_date_fkey FOREIGN KEY (channel, business_date) REFERENCES settlement_days(channel, business_date)
  constraint step_requests_check CHECK (((state = 'approved'::text) = ((approved_by IS NOT NULL) AND (approved_at IS NOT NULL))))
  constraint step_requests_pkey PRIMARY KEY (request_id)
  constraint step_requests_reason_check CHECK (((length(reason) >= 5) AND (length(reason) <= 500)))
  constraint step_requests_request_key_key UNIQUE (request_key)
  constraint step_requests_state_check CHECK ((state = ANY (ARRAY['awaiting approval'::text, 'approved'::text, 'refused'::text, 'recalled'::text])))
)
CREATE UNIQUE INDEX one_request_a_step ON step_requests USING btree (channel, business_date, step) WHERE (state = 'awaiting approval'::text)
CREATE TRIGGER step_request_is_written_once BEFORE UPDATE ON step_requests FOR EACH ROW EXECUTE FUNCTION is_written_once('channel', 'business_date', 'step', 'act', 'reason', 'request_key', 'made_by', 'made_for', 'made_at', 'approved_by', 'approved_at', 'applied_at')
CREATE TRIGGER step_request_maker_is_no_checker AFTER INSERT OR UPDATE ON step_requests FOR EACH ROW EXECUTE FUNCTION maker_is_no_checker('made_by made_for', 'approved_by approved_for')

table substitutions  -- Somebody is away, from the first to the last day included: what they hold may be done by the substitute, who needs the role as anybody does. (
  substitution_id bigint not null generated always as identity
  absent text not null
  substitute text not null
  first_day date not null
  last_day date not null
  made_by text not null
  made_for text
  made_at timestamp with time zone not null default business_now()
  ended_by text
  ended_at timestamp with time zone
  constraint one_substitute_at_a_time EXCLUDE USING gist (absent WITH =, daterange(first_day, last_day, '[]'::text) WITH &&) WHERE ((ended_at IS NULL))
  constraint substitutions_absent_fkey FOREIGN KEY (absent) REFERENCES people(person)
  constraint substitutions_check CHECK ((first_day <= last_day))
  constraint substitutions_check1 CHECK ((absent <> substitute))
  constraint substitutions_check2 CHECK (((ended_by IS NULL) = (ended_at IS NULL)))
  constraint substitutions_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES people(person)
  constraint substitutions_made_by_fkey FOREIGN KEY (made_by) REFERENCES people(person)
  constraint substitutions_made_for_fkey FOREIGN KEY (made_for) REFERENCES people(person)
  constraint substitutions_pkey PRIMARY KEY (substitution_id)
  constraint substitutions_substitute_fkey FOREIGN KEY (substitute) REFERENCES people(person)
)
CREATE INDEX substitutions_of_substitute ON substitutions USING btree (substitute, last_day) WHERE (ended_at IS NULL)

table suitability_reviews  -- Whoever holds a permission judged again at intervals: codes of the conditions that no longer hold, and what followed. (
  review_id bigint not null generated always as identity
  opened_by text not null
  reviewed_on date not null
  codes text[] not null
  outcome text not null
  change_no text
  constraint asked_by_a_change CHECK (((outcome = 'suspension asked'::text) = (change_no IS NOT NULL)))
  constraint suitability_reviews_change_no_fkey FOREIGN KEY (change_no) REFERENCES permission_requests(request_no)
  constraint suitability_reviews_opened_by_fkey FOREIGN KEY (opened_by) REFERENCES permissions(request_no)
  constraint suitability_reviews_opened_by_reviewed_on_key UNIQUE (opened_by, reviewed_on)
  constraint suitability_reviews_outcome_check CHECK ((outcome = ANY (ARRAY['suitable'::text, 'reminded'::text, 'suspension asked'::text, 'suspended already'::text])))
  constraint suitability_reviews_pkey PRIMARY KEY (review_id)
  constraint suitable_without_codes CHECK (((outcome = 'suitable'::text) = (cardinality(codes) = 0)))
)

table superiors_of_heads  -- Who is over the head of a department, because the directory knows no line of report. A general manager, over whom nobody is, handles no complaint about a head, and still decides. (
  role text not null
  superior_role text not null
  superior_mark text
  keeps_from text not null
  valid_from date not null
  valid_to date
  source text not null
  constraint superiors_of_heads_check CHECK ((valid_from < valid_to))
  constraint superiors_of_heads_keeps_from_check CHECK ((keeps_from = ANY (ARRAY['all work'::text, 'handling'::text])))
  constraint superiors_of_heads_pkey PRIMARY KEY (role, superior_role, valid_from)
  constraint superiors_of_heads_superior_mark_check CHECK ((superior_mark = ANY (ARRAY['deputy'::text, 'head'::text])))
)

table survey_answers  -- Answers to "were you satisfied" after a service: one an occasion of service, without who answered. (
  answer_id bigint not null generated always as identity
  answer_key text not null
  occasion text not null
  subject text
  satisfied boolean not null
  answered_at timestamp with time zone not null default business_now()
  recorded_by text not null
  constraint survey_answers_answer_key_key UNIQUE (answer_key)
  constraint survey_answers_occasion_check CHECK ((occasion = ANY (ARRAY['mobile opening'::text, 'telephone consulting'::text, 'online consulting'::text])))
  constraint survey_answers_occasion_fkey FOREIGN KEY (occasion, subject) REFERENCES surveys(occasion, subject)
  constraint survey_answers_pkey PRIMARY KEY (answer_id)
)
CREATE INDEX survey_answers_of_occasion ON survey_answers USING btree (occasion, answered_at)
CREATE UNIQUE INDEX one_survey_answer_a_case ON survey_answers USING btree (occasion, subject)

table surveys  -- Services after which the client is asked whether they were satisfying: an opening on the mobile phone, a consultation. (
  occasion text not null
  subject text not null
  client_no text  -- Whose service it was: nobody else answers. Null: answered before it was asked for by number.
  asked_by text not null
  asked_at timestamp with time zone not null default business_now()
  constraint surveys_client_no_fkey FOREIGN KEY (client_no) REFERENCES registered_clients(client_no)
  constraint surveys_occasion_check CHECK ((occasion = ANY (ARRAY['mobile opening'::text, 'telephone consulting'::text, 'online consulting'::text])))
  constraint surveys_pkey PRIMARY KEY (occasion, subject)
  constraint surveys_subject_check CHECK ((subject ~ '^[\w:.-]{1,60}$'::text))
)
CREATE INDEX surveys_asked ON surveys USING btree (asked_at)

table task_bulk_rows  -- Result of each task: done, refused with its code, or failed for a reason that is not the task's. (
  bulk_id bigint not null
  place integer not null
  task_id bigint not null
  revision integer not null
  state text not null default 'waiting'::text
  attempt integer not null default 1  -- Counts the times that people asked; tries: calls in the attempt that ended without a result; failures: those of them in which the process itself failed.
  tries integer not null default 0
  code text
  sentence jsonb
  done_at timestamp with time zone
  failures integer not null default 0
  request_id text  -- Request of the newest attempt; none: that of the bulk.
  constraint task_bulk_rows_bulk_id_fkey FOREIGN KEY (bulk_id) REFERENCES task_bulks(bulk_id)
  constraint task_bulk_rows_bulk_id_task_id_key UNIQUE (bulk_id, task_id)
  constraint task_bulk_rows_check CHECK (((state = ANY (ARRAY['refused'::text, 'failed'::text])) = (code IS NOT NULL)))
  constraint task_bulk_rows_pkey PRIMARY KEY (bulk_id, place)
  constraint task_bulk_rows_place_check CHECK ((place > 0))
  constraint task_bulk_rows_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'done'::text, 'refused'::text, 'failed'::text])))
  constraint task_bulk_rows_task_id_fkey FOREIGN KEY (task_id) REFERENCES tasks(task_id)
)
CREATE INDEX task_bulk_rows_waiting ON task_bulk_rows USING btree (tries, bulk_id, place) WHERE (state = 'waiting'::text)

table task_bulks  -- One action on a list of tasks that was frozen and counted when it was asked for. (
  bulk_id bigint not null generated always as identity
  made_by text not null
  made_for text
  request_key text not null
  request_id text not null
  action text not null
  form jsonb
  given_to text
  reason text
  row_count integer not null
  made_at timestamp with time zone not null default business_now()
  request_sha256 text  -- Digest of what was asked for: the same key with something else is refused.
  constraint task_bulks_action_check CHECK ((action = ANY (ARRAY['claim'::text, 'release'::text, 'assign'::text, 'complete'::text])))
  constraint task_bulks_check CHECK (((action = 'complete'::text) = (form IS NOT NULL)))
  constraint task_bulks_check1 CHECK (((action = 'assign'::text) = (given_to IS NOT NULL)))
  constraint task_bulks_given_to_fkey FOREIGN KEY (given_to) REFERENCES people(person)
  constraint task_bulks_made_by_fkey FOREIGN KEY (made_by) REFERENCES people(person)
  constraint task_bulks_made_by_request_key_key UNIQUE (made_by, request_key)
  constraint task_bulks_made_for_fkey FOREIGN KEY (made_for) REFERENCES people(person)
  constraint task_bulks_pkey PRIMARY KEY (bulk_id)
  constraint task_bulks_row_count_check CHECK ((row_count > 0))
)

table task_comments  -- What people wrote about a task: free text, which may name clients, and therefore stands in a table of its own. (
  event_id bigint not null
  text text not null
  mentions text[] not null default '{}'::text[]
  comment_key text  -- Person and key of the request: the same is the same comment.
  constraint task_comments_comment_key_key UNIQUE (comment_key)
  constraint task_comments_event_id_fkey FOREIGN KEY (event_id) REFERENCES task_events(event_id)
  constraint task_comments_pkey PRIMARY KEY (event_id)
  constraint task_comments_text_check CHECK ((text <> ''::text))
)
CREATE INDEX task_comments_by_mention ON task_comments USING gin (mentions)

table task_events  -- Who did what with a task after it was opened, in order; never changed. (
  event_id bigint not null generated always as identity
  task_id bigint not null
  kind text not null
  at timestamp with time zone not null default business_now()
  actor text not null
  on_behalf_of text
  substitute_for text  -- Who is away and held the task.
  role text
  given_to text
  reason text
  revision integer not null
  request_id text
  constraint task_events_kind_check CHECK ((kind = ANY (ARRAY['opened'::text, 'claimed'::text, 'released'::text, 'assigned'::text, 'commented'::text, 'returned'::text, 'completed'::text, 'recalled'::text, 'withdrawn'::text])))
  constraint task_events_pkey PRIMARY KEY (event_id)
  constraint task_events_task_id_fkey FOREIGN KEY (task_id) REFERENCES tasks(task_id)
)
CREATE INDEX task_events_of_task ON task_events USING btree (task_id, event_id)

table task_forms  -- Forms of tasks, a JSON Schema each, known by what they say. Written once, never changed. (
  form_id integer not null generated always as identity
  form jsonb not null
  constraint task_forms_are_known_by_content EXCLUDE USING hash (form WITH =) WITH (fillfactor='100')
  constraint task_forms_pkey PRIMARY KEY (form_id)
)

table task_titles  -- Titles of tasks, in both languages, known by what they say. Written once, never changed. (
  title_id integer not null generated always as identity
  zh text not null
  en text not null
  constraint task_titles_are_known_by_content UNIQUE (zh, en)
  constraint task_titles_pkey PRIMARY KEY (title_id)
)

table task_views  -- Filters of the list of tasks that a person keeps; a shared one shows others the rows of it that they may see. (
  view_id bigint not null generated always as identity
  owner text not null
  name text not null
  filter jsonb not null
  shared boolean not null default false
  revision integer not null default 1
  removed boolean not null default false
  changed_at timestamp with time zone not null default business_now()
  constraint task_views_name_check CHECK ((name <> ''::text))
  constraint task_views_owner_fkey FOREIGN KEY (owner) REFERENCES people(person)
  constraint task_views_pkey PRIMARY KEY (view_id)
)
CREATE UNIQUE INDEX task_views_of_owner ON task_views USING btree (owner, name) WHERE (NOT removed)

table tasks (
  task_id bigint not null generated always as identity
  opened_at timestamp with time zone not null default business_now()
  due_at timestamp(3) with time zone
  done_at timestamp with time zone
  first_task bigint  -- Of the task of a second checker: the task of the first.
  amount_fen bigint
  form_id integer not null
  title_id integer not null
  revision smallint not null
  form_version smallint not null
  checkers smallint not null default 1
  bulk_allowed boolean not null default true  -- False where each needs a look of its own: not completed in bulk.
  workflow_id text not null
  kind text not null
  other_key text  -- Its key of business, where that does not begin with its kind, the verb after the thing, and the number of its process.
  key_tail text  -- What its key of business has after them, mostly for which time it is asked.
  role text not null
  mark text
  side side_of_business
  branch text
  state text not null
  claimed_by text  -- Who holds the task: claimed it, was assigned it, or had it sent back.
  assigned_by text  -- Who gave the task to its holder; none where the holder claimed it.
  made_by text
  made_for text  -- Principal for whom the maker acted.
  subject_kind text  -- Of an approval: kind and number of the row that it decides about.
  subject_id text
  content_sha256 text  -- What is shown for approval, frozen: the subject, the facts and the revision.
  facts_told text  -- What to decide on besides, as JSON text; null: nothing. facts reads it.
  outcome jsonb
  business_key text not null generated always as (COALESCE(other_key, (((((substr(kind, (strpos(kind, '-'::text) + 1)) || '-'::text) || split_part(kind, '-'::text, 1)) || ':'::text) || substr(workflow_id, (strpos(workflow_id, ':'::text) + 1))) || key_tail))) virtual
  names_its_case boolean not null default false  -- Among its facts is the complaint, the number of its process.
  facts jsonb not null generated always as (
CASE
    WHEN names_its_case THEN ((COALESCE(facts_told, '{}'::text))::jsonb || jsonb_object(ARRAY['complaint'::text, substr(workflow_id, (strpos(workflow_id, ':'::text) + 1))]))
    ELSE (COALESCE(facts_told, '{}'::text))::jsonb
END) virtual
  constraint approval_has_a_maker CHECK (((content_sha256 IS NULL) OR (made_by IS NOT NULL)))
  constraint assigned_to_somebody CHECK (((assigned_by IS NULL) OR (claimed_by IS NOT NULL)))
  constraint claimed_by_somebody CHECK (((state <> 'claimed'::text) OR (claimed_by IS NOT NULL)))
  constraint facts_can_be_read CHECK (((facts_told IS NULL) OR ((facts_told)::jsonb IS NOT NULL)))
  constraint key_is_told_once CHECK ((num_nonnulls(other_key, key_tail) = 1))
  constraint tasks_check CHECK (((subject_kind IS NULL) = (subject_id IS NULL)))
  constraint tasks_checkers_check CHECK (((checkers >= 1) AND (checkers <= 2)))
  constraint tasks_first_task_fkey FOREIGN KEY (first_task) REFERENCES tasks(task_id)
  constraint tasks_form_id_fkey FOREIGN KEY (form_id) REFERENCES task_forms(form_id)
  constraint tasks_pkey PRIMARY KEY (task_id)
  constraint tasks_role_fkey FOREIGN KEY (role) REFERENCES roles(role)
  constraint tasks_state_check CHECK ((state = ANY (ARRAY['open'::text, 'claimed'::text, 'done'::text, 'withdrawn'::text])))
  constraint tasks_title_id_fkey FOREIGN KEY (title_id) REFERENCES task_titles(title_id)
)
CREATE INDEX tasks_ended ON tasks USING btree (role, side, COALESCE(due_at, 'infinity'::timestamp with time zone), task_id) WHERE (state = ANY (ARRAY['done'::text, 'withdrawn'::text]))
CREATE INDEX tasks_ended_by_due ON tasks USING btree (COALESCE(due_at, 'infinity'::timestamp with time zone), task_id) WHERE (state = ANY (ARRAY['done'::text, 'withdrawn'::text]))
CREATE INDEX tasks_ended_by_key ON tasks USING gin (searched_runs(COALESCE(other_key, (((((substr(kind, (strpos(kind, '-'::text) + 1)) || '-'::text) || split_part(kind, '-'::text, 1)) || ':'::text) || substr(workflow_id, (strpos(workflow_id, ':'::text) + 1))) || key_tail)))) WITH (gin_pending_list_limit='256') WHERE (state = ANY (ARRAY['done'::text, 'withdrawn'::text]))
CREATE INDEX tasks_ended_of_title ON tasks USING btree (title_id) WHERE (state = ANY (ARRAY['done'::text, 'withdrawn'::text]))
CREATE INDEX tasks_held ON tasks USING btree (claimed_by) WHERE (state = 'claimed'::text)
CREATE INDEX tasks_made ON tasks USING btree (made_by) WHERE ((made_by IS NOT NULL) AND (state = ANY (ARRAY['open'::text, 'claimed'::text])))
CREATE INDEX tasks_of_first ON tasks USING btree (first_task) WHERE (first_task IS NOT NULL)
CREATE INDEX tasks_open ON tasks USING btree (role, side, COALESCE(due_at, 'infinity'::timestamp with time zone)) WHERE (state = ANY (ARRAY['open'::text, 'claimed'::text]))
CREATE UNIQUE INDEX tasks_are_asked_once ON tasks USING btree (case_number(workflow_id), hashtextextended(COALESCE(other_key, (((((substr(kind, (strpos(kind, '-'::text) + 1)) || '-'::text) || split_part(kind, '-'::text, 1)) || ':'::text) || substr(workflow_id, (strpos(workflow_id, ':'::text) + 1))) || key_tail)), (0)::bigint))
CREATE TRIGGER task_key_is_written_once BEFORE UPDATE ON tasks FOR EACH ROW WHEN ((task_key(old.other_key, old.kind, old.workflow_id, old.key_tail) <> task_key(new.other_key, new.kind, new.workflow_id, new.key_tail))) EXECUTE FUNCTION key_is_written_once()
CREATE TRIGGER task_maker_is_written_once BEFORE UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION is_written_once('made_by', 'made_for', 'first_task', 'subject_kind', 'subject_id')
CREATE TRIGGER zz_keep_versions AFTER DELETE OR UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION history.keep_tasks()

table telephone_elections  -- An election given by telephone, taken by an employee; it counts when a second person has listened to the recording. (
  telephone_no bigint not null generated always as identity
  event_id bigint not null
  securities_account text not null
  ballot text not null default ''::text
  option text not null
  quantity bigint not null
  version_shown integer not null
  recording text not null
  request_key text not null
  recorded_by text not null
  recorded_at timestamp with time zone not null default business_now()
  state text not null default 'asked'::text
  decided_by text
  decided_for text
  decided_at timestamp with time zone
  codes text[] not null default '{}'::text[]  -- Why it could not be taken when it was approved.
  recorded_for text
  constraint recorder_never_decides CHECK (((decided_by IS NULL) OR (state = 'recalled'::text) OR (decided_by <> recorded_by)))
  constraint telephone_elections_event_id_securities_account_fkey FOREIGN KEY (event_id, securities_account) REFERENCES corporate_action_holders(event_id, securities_account)
  constraint telephone_elections_pkey PRIMARY KEY (telephone_no)
  constraint telephone_elections_quantity_check CHECK ((quantity >= 0))
  constraint telephone_elections_recording_check CHECK (((length(recording) >= 3) AND (length(recording) <= 100)))
  constraint telephone_elections_recording_key UNIQUE (recording)
  constraint telephone_elections_request_key_key UNIQUE (request_key)
  constraint telephone_elections_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'approved'::text, 'refused'::text, 'recalled'::text, 'lapsed'::text])))
  constraint telephoned_decided_when_it_is CHECK (((state = 'asked'::text) = (decided_at IS NULL)))
)
CREATE INDEX telephone_elections_open ON telephone_elections USING btree (event_id) WHERE (state = 'asked'::text)
CREATE TRIGGER recorder_is_no_checker AFTER INSERT OR UPDATE ON telephone_elections FOR EACH ROW WHEN ((new.state <> 'recalled'::text)) EXECUTE FUNCTION maker_is_no_checker('recorded_by recorded_for', 'decided_by decided_for')
CREATE TRIGGER telephone_election_is_written_once BEFORE UPDATE ON telephone_elections FOR EACH ROW EXECUTE FUNCTION is_written_once('event_id', 'securities_account', 'ballot', 'option', 'quantity', 'version_shown', 'recording', 'recorded_by', 'recorded_for', 'recorded_at', 'decided_by', 'decided_at')

table test_attempts (
  attempt_id bigint not null generated always as identity
  request_no text not null
  nth integer not null
  bank text not null
  version text not null
  seed bigint not null
  drawn jsonb not null
  begun_at timestamp with time zone not null default business_now()
  constraint test_attempts_nth_check CHECK ((nth > 0))
  constraint test_attempts_pkey PRIMARY KEY (attempt_id)
  constraint test_attempts_request_no_fkey FOREIGN KEY (request_no) REFERENCES permission_requests(request_no)
  constraint test_attempts_request_no_nth_key UNIQUE (request_no, nth)
)

table test_questions  -- Banks of the knowledge test. The rows of a version begin and end together. (
  bank text not null
  version text not null
  question_no integer not null
  question_zh text not null
  question_en text not null
  options_zh text[] not null
  options_en text[] not null
  right_option text not null
  valid_from date not null
  valid_to date
  source text not null
  constraint test_questions_bank_question_no_daterange_excl EXCLUDE USING gist (bank WITH =, question_no WITH =, daterange(valid_from, valid_to) WITH &&)
  constraint test_questions_check CHECK ((valid_from < valid_to))
  constraint test_questions_options_en_check CHECK ((cardinality(options_en) = 4))
  constraint test_questions_options_zh_check CHECK ((cardinality(options_zh) = 4))
  constraint test_questions_pkey PRIMARY KEY (bank, version, question_no)
  constraint test_questions_question_no_check CHECK ((question_no > 0))
  constraint test_questions_right_option_check CHECK ((right_option = ANY (ARRAY['A'::text, 'B'::text, 'C'::text, 'D'::text])))
)

table test_results (
  attempt_id bigint not null
  answers jsonb not null
  right_count integer not null
  is_passed boolean not null
  answered_at timestamp with time zone not null default business_now()
  constraint test_results_attempt_id_fkey FOREIGN KEY (attempt_id) REFERENCES test_attempts(attempt_id)
  constraint test_results_pkey PRIMARY KEY (attempt_id)
)

table trade_cancellation_rounds  -- Evenings that have taken a cancellation into account: what they had posted with the trade is taken back. (
  cancellation_id bigint not null
  business_date date not null
  at timestamp with time zone not null default business_now()
  constraint trade_cancellation_rounds_cancellation_id_fkey FOREIGN KEY (cancellation_id) REFERENCES trade_cancellations(cancellation_id)
  constraint trade_cancellation_rounds_pkey PRIMARY KEY (cancellation_id, business_date)
)

table trade_cancellations  -- Trades that are cancelled by notice, and who decided. In force once approved. (
  cancellation_id bigint not null generated always as identity
  channel channel_code not null
  trade_date date not null
  trade_no text not null
  settle_date date not null  -- When the trade settles, as the file says.
  notice text not null
  workflow_id text not null
  request_key text not null
  made_by text not null
  made_at timestamp with time zone not null default business_now()
  state text not null default 'awaiting approval'::text
  approved_by text
  approved_for text
  approved_at timestamp with time zone
  effective_on date  -- The first day not yet closed: its evening and those after it no longer count the trade.
  after_batch bigint  -- Newest batch when it was approved: that one and those before it were posted with the trade.
  constraint trade_cancellation_maker_never_approves CHECK ((approved_by <> made_by))
  constraint trade_cancellations_check CHECK (((state = 'approved'::text) = ((approved_by IS NOT NULL) AND (approved_at IS NOT NULL) AND (effective_on IS NOT NULL) AND (after_batch IS NOT NULL))))
  constraint trade_cancellations_notice_check CHECK (((length(notice) >= 5) AND (length(notice) <= 500)))
  constraint trade_cancellations_pkey PRIMARY KEY (cancellation_id)
  constraint trade_cancellations_request_key_key UNIQUE (request_key)
  constraint trade_cancellations_state_check CHECK ((state = ANY (ARRAY['awaiting approval'::text, 'approved'::text, 'refused'::text, 'recalled'::text])))
  constraint trade_cancellations_workflow_id_key UNIQUE (workflow_id)
)
CREATE UNIQUE INDEX one_cancellation_a_trade ON trade_cancellations USING btree (channel, trade_date, trade_no) WHERE (state = ANY (ARRAY['awaiting approval'::text, 'approved'::text]))
CREATE TRIGGER trade_cancellation_is_written_once BEFORE UPDATE ON trade_cancellations FOR EACH ROW EXECUTE FUNCTION is_written_once('channel', 'trade_date', 'trade_no', 'settle_date', 'notice', 'workflow_id', 'request_key', 'made_by', 'made_at', 'approved_by', 'approved_for', 'approved_at', 'effective_on', 'after_batch')
CREATE TRIGGER trade_cancellation_maker_is_no_checker AFTER INSERT OR UPDATE ON trade_cancellations FOR EACH ROW EXECUTE FUNCTION maker_is_no_checker('made_by', 'approved_by approved_for')

table trading_experience  -- The first trade of a client in securities, here or elsewhere. (
  client_no text not null
  first_traded_on date not null
  source text not null
  constraint trading_experience_client_no_fkey FOREIGN KEY (client_no) REFERENCES registered_clients(client_no)
  constraint trading_experience_pkey PRIMARY KEY (client_no)
)

table typed_texts  -- What people typed freely into forms and reasons, which may name clients: processes carry references to it, so that no history holds it. (
  text_id bigint not null generated always as identity
  about text not null
  field text not null
  sha256 text not null
  text text not null
  typed_at timestamp with time zone not null default business_now()
  constraint typed_texts_about_field_sha256_key UNIQUE (about, field, sha256)
  constraint typed_texts_pkey PRIMARY KEY (text_id)
  constraint typed_texts_text_check CHECK ((text <> ''::text))
)

table waiting_starts  -- Starts of processes that are started once, until the engine has taken them. Starts that may come again (a day, an event) stand in the outbox, which counts them. (
  message_id bigint not null default nextval('outbox_message_id_seq'::regclass)  -- Of one sequence with the outbox: a process is told everything in one order.
  workflow_id text not null
  payload jsonb  -- What it is started with; null: that follows from the row of its case.
  request_id text  -- Request on whose behalf it was asked for.
  attempts integer not null default 0
  last_error text
  constraint waiting_starts_pkey PRIMARY KEY (message_id)
  constraint waiting_starts_workflow_id_fkey FOREIGN KEY (workflow_id) REFERENCES processes(workflow_id)
)

table webhook_keys  -- Numbers of the keys of a receiver: a key itself is derived of the secret of the book and stands nowhere. One that was replaced signs beside the new one until it ends. (
  receiver text not null
  key_no integer not null
  issued_at timestamp with time zone not null default business_now()
  issued_by text not null
  ends_at timestamp with time zone
  constraint webhook_keys_key_no_check CHECK ((key_no > 0))
  constraint webhook_keys_pkey PRIMARY KEY (receiver, key_no)
  constraint webhook_keys_receiver_fkey FOREIGN KEY (receiver) REFERENCES webhook_receivers(receiver)
)

table webhook_receivers  -- Systems that are told of events, each under its own address. (
  receiver text not null  -- A name is of one system for ever: a new address is a new receiver.
  url text not null
  events text[] not null
  valid_from date not null
  valid_to date
  source text not null
  registered_by text
  registered_at timestamp with time zone not null default business_now()
  switched_off_at timestamp with time zone
  switched_off_by text
  off_reason text
  constraint webhook_receivers_check CHECK ((valid_from < valid_to))
  constraint webhook_receivers_check1 CHECK (((switched_off_at IS NULL) = (switched_off_by IS NULL)))
  constraint webhook_receivers_events_check CHECK ((cardinality(events) > 0))
  constraint webhook_receivers_pkey PRIMARY KEY (receiver, valid_from)
  constraint webhook_receivers_receiver_daterange_excl EXCLUDE USING gist (receiver WITH =, daterange(valid_from, valid_to) WITH &&)
  constraint webhook_receivers_url_check CHECK ((url ~ '^https?://'::text))
)
CREATE UNIQUE INDEX webhook_receivers_by_name ON webhook_receivers USING btree (receiver)

table yearly_complaint_reports  -- Complaints of a year as reported to a regulator: by the firm (branch -) and by each branch to its own; the document that was submitted. (
  year integer not null
  branch text not null
  workflow_id text not null
  state text not null default 'open'::text
  sha256 text
  revision integer not null default 0
  prepared_by text
  prepared_at timestamp with time zone
  submitted_by text
  submitted_on date
  reference text
  submitted_at timestamp with time zone
  asked_at timestamp with time zone not null default business_now()
  constraint yearly_complaint_reports_branch_check CHECK ((branch ~ '^(-|\d{4})$'::text))
  constraint yearly_complaint_reports_check CHECK ((((state = 'open'::text) = (sha256 IS NULL)) AND ((sha256 IS NULL) = (prepared_by IS NULL)) AND ((sha256 IS NULL) = (prepared_at IS NULL))))
  constraint yearly_complaint_reports_check1 CHECK (((state = 'submitted'::text) = ((submitted_by IS NOT NULL) AND (submitted_on IS NOT NULL) AND (reference IS NOT NULL) AND (submitted_at IS NOT NULL))))
  constraint yearly_complaint_reports_check2 CHECK ((submitted_on > make_date(year, 12, 31)))
  constraint yearly_complaint_reports_pkey PRIMARY KEY (year, branch)
  constraint yearly_complaint_reports_sha256_fkey FOREIGN KEY (sha256) REFERENCES documents(sha256)
  constraint yearly_complaint_reports_state_check CHECK ((state = ANY (ARRAY['open'::text, 'prepared'::text, 'submitted'::text])))
  constraint yearly_complaint_reports_workflow_id_key UNIQUE (workflow_id)
  constraint yearly_complaint_reports_year_check CHECK (((year >= 2014) AND (year <= 9998)))
  constraint yearly_report_is_submitted_by_another CHECK ((submitted_by <> prepared_by))
)
CREATE TRIGGER yearly_complaint_report_is_written_once BEFORE UPDATE ON yearly_complaint_reports FOR EACH ROW EXECUTE FUNCTION is_written_once('year', 'branch', 'workflow_id', 'submitted_by', 'submitted_on', 'reference', 'submitted_at')

-- Views ---------------------------------------------------------------------------------------------------------

view bank_lines_in_force as
 SELECT business_date,
    file_id,
    row_no,
    channel,
    account,
    at_time,
    reference,
    description,
    debit_fen,
    credit_fen,
    balance_fen,
    counterparty
   FROM bank_lines l
  WHERE ((file_id IN ( SELECT f.file_id
           FROM files_in_force f))) IS TRUE;

view break_verdicts  -- Each break with where it stands now: open, excepted, expired (its exception has run out) or written off. as
 SELECT f.finding_id,
        CASE
            WHEN (EXISTS ( SELECT 1
               FROM break_write_offs w
              WHERE w.finding_id = f.finding_id AND w.state = 'approved'::text)) THEN 'written off'::text
            WHEN d.finding_id IS NULL THEN 'open'::text
            WHEN d.expires_on >= (business_now() AT TIME ZONE 'Asia/Shanghai'::text)::date THEN 'excepted'::text
            ELSE 'expired'::text
        END AS verdict,
    ( SELECT a.assigned_to
           FROM break_assignments a
          WHERE a.finding_id = f.finding_id
          ORDER BY a.assignment_id DESC
         LIMIT 1) AS assigned_to
   FROM findings f
     LEFT JOIN break_decisions d USING (finding_id)
  WHERE f.outcome = 'break'::text;

view clearing_lines_in_force as
 SELECT business_date,
    file_id,
    row_no,
    channel,
    business,
    clearing_mark,
    reserve_account,
    trade_date,
    settle_date,
    seat,
    securities_account,
    code,
    buy_sell,
    order_no,
    trade_no,
    quantity,
    price_e4,
    currency,
    consideration_cents,
    ratio_e5,
    stamp_duty_cents,
    sfc_levy_cents,
    trading_fee_cents,
    system_fee_cents,
    settlement_fee_cents,
    other_cents,
    net_cents,
    net_fen,
    commission_fen
   FROM clearing_lines l
  WHERE ((file_id IN ( SELECT f.file_id
           FROM files_in_force f))) IS TRUE;

view closing_prices_in_force as
 SELECT business_date,
    file_id,
    row_no,
    channel,
    code,
    price_e4
   FROM closing_prices l
  WHERE ((file_id IN ( SELECT f.file_id
           FROM files_in_force f))) IS TRUE;

view complaint_register  -- The register of a complaint, from its receipt, which the complaint itself says as it was at first. as
 SELECT 0::bigint AS step_id,
    c.complaint_no,
    'receive complaint'::text AS act,
    jsonb_build_object('channel', c.channel, 'product', first.product, 'category', first.category) AS detail,
    c.received_by AS by,
    c.received_role AS role,
    c.registered_at AS at
   FROM complaints c
     JOIN complainants w USING (complaint_no),
    LATERAL ( SELECT v.product,
            v.category
           FROM ( SELECT h.version,
                    h.product,
                    h.category
                   FROM history.complaints h
                  WHERE h.complaint_no = c.complaint_no
                UNION ALL
                 SELECT NULL::bigint,
                    c.product,
                    c.category) v
          ORDER BY v.version
         LIMIT 1) first
  WHERE w.receipt_key IS NOT NULL
UNION ALL
 SELECT complaint_steps.step_id,
    complaint_steps.complaint_no,
    complaint_steps.act,
    complaint_steps.detail,
    complaint_steps.by,
    complaint_steps.role,
    complaint_steps.at
   FROM complaint_steps;

view complaint_words  -- Personal: all that was written about a complaint, what was received first (it has no number of its own). as
 SELECT NULL::bigint AS text_id,
    w.complaint_no,
    said.kind,
    NULL::bigint AS task_id,
    NULL::integer AS request_no,
    said.text,
    c.received_by AS written_by,
    c.registered_at AS written_at,
    c.received_at
   FROM complainants w
     JOIN complaints c USING (complaint_no),
    LATERAL ( VALUES ('facts'::text,w.facts), ('claim'::text,w.claim)) said(kind, text)
  WHERE said.text IS NOT NULL
UNION ALL
 SELECT complaint_texts.text_id,
    complaint_texts.complaint_no,
    complaint_texts.kind,
    complaint_texts.task_id,
    complaint_texts.request_no,
    complaint_texts.text,
    complaint_texts.written_by,
    complaint_texts.written_at,
    COALESCE(complaint_texts.received_at, complaint_texts.written_at) AS received_at
   FROM complaint_texts;

view complaints_of_own_people  -- Complaints by clients who have an account of the house: they do no work of their own complaint. as
 SELECT 'complaint:'::text || w.complaint_no AS workflow_id,
    p.natural_person AS human,
    w.complaint_no
   FROM complainants w
     JOIN client_logins l USING (client_no)
     JOIN people p ON p.person = l.person;

view counted_clearing_lines  -- Settlement details in force, and each cancelled trade once more with the other sign. as
 SELECT l.business_date,
    l.file_id,
    l.row_no,
    l.channel,
    l.business,
    l.clearing_mark,
    l.reserve_account,
    l.trade_date,
    l.settle_date,
    l.seat,
    l.securities_account,
    l.code,
    l.buy_sell,
    l.order_no,
    l.trade_no,
    l.quantity,
    l.price_e4,
    l.currency,
    l.consideration_cents,
    l.ratio_e5,
    l.stamp_duty_cents,
    l.sfc_levy_cents,
    l.trading_fee_cents,
    l.system_fee_cents,
    l.settlement_fee_cents,
    l.other_cents,
    l.net_cents,
    l.net_fen,
    l.commission_fen,
    1 AS times
   FROM clearing_lines_in_force l
UNION ALL
 SELECT c.effective_on AS business_date,
    l.file_id,
    l.row_no,
    l.channel,
    l.business,
    l.clearing_mark,
    l.reserve_account,
    l.trade_date,
    l.settle_date,
    l.seat,
    l.securities_account,
    l.code,
    l.buy_sell,
    l.order_no,
    l.trade_no,
    - l.quantity AS quantity,
    l.price_e4,
    l.currency,
    - l.consideration_cents AS consideration_cents,
    l.ratio_e5,
    - l.stamp_duty_cents AS stamp_duty_cents,
    - l.sfc_levy_cents AS sfc_levy_cents,
    - l.trading_fee_cents AS trading_fee_cents,
    - l.system_fee_cents AS system_fee_cents,
    - l.settlement_fee_cents AS settlement_fee_cents,
    - l.other_cents AS other_cents,
    - l.net_cents AS net_cents,
    - l.net_fen AS net_fen,
    - l.commission_fen AS commission_fen,
    '-1'::integer AS times
   FROM trade_cancellations c
     JOIN clearing_lines_in_force l ON l.channel::text = c.channel::text AND l.business_date = c.trade_date AND l.trade_no = c.trade_no AND l.business = 'H01'::text
  WHERE c.state = 'approved'::text;

view counter_cash_in_force as
 SELECT business_date,
    file_id,
    row_no,
    channel,
    fund_account,
    at_time,
    amount_fen
   FROM counter_cash l
  WHERE ((file_id IN ( SELECT f.file_id
           FROM files_in_force f))) IS TRUE;

view counter_trades_in_force as
 SELECT business_date,
    file_id,
    row_no,
    channel,
    fund_account,
    securities_account,
    code,
    buy_sell,
    quantity,
    price_e4,
    order_no,
    trade_no,
    traded_at,
    frozen_fen
   FROM counter_trades l
  WHERE ((file_id IN ( SELECT f.file_id
           FROM files_in_force f))) IS TRUE;

view entry_lines  -- Entries with the records of the files behind them: the lines of an entry sum to it. as
 SELECT e.business_date,
    e.batch_id,
    e.line_no,
    e.ledger,
    e.owner,
    e.asset,
    e.cause,
    e.cause_file_id AS file_id,
    e.cause_row_no AS row_no,
    e.amount
   FROM entries e
  WHERE e.cause_file_id IS NULL OR e.cause_row_no IS NOT NULL OR NOT ((e.ledger = ANY (ARRAY['client_money'::text, 'commission_due'::text])) AND e.cause ~ '^(trades|commission) of \d{4}-\d\d-\d\d$'::text OR e.ledger = 'on_the_way'::text AND e.cause ~~ 'event %'::text)
UNION ALL
 SELECT e.business_date,
    e.batch_id,
    e.line_no,
    e.ledger,
    e.owner,
    e.asset,
    e.cause,
    l.file_id,
    l.row_no,
        CASE
            WHEN b.reverses IS NULL THEN 1
            ELSE '-1'::integer
        END *
        CASE
            WHEN e.cause ~~ 'trades of %'::text THEN - l.net_fen
            ELSE l.commission_fen
        END AS amount
   FROM entries e
     JOIN batches b ON b.batch_id = e.batch_id
     JOIN files f ON f.file_id = e.cause_file_id
     JOIN clients c ON c.fund_account = e.owner
     JOIN clearing_lines l ON l.business_date = f.business_date AND l.file_id = f.file_id AND l.business = 'H01'::text AND l.securities_account = c.securities_account AND l.trade_date = "right"(e.cause, 10)::date AND (l.settle_date = e.value_date OR (l.settle_date = ANY (due_on(b.channel::text, e.value_date))))
  WHERE e.ledger = 'client_money'::text AND e.cause_row_no IS NULL AND e.cause ~ '^(trades|commission) of \d{4}-\d\d-\d\d$'::text AND (e.cause ~~ 'trades of %'::text OR l.commission_fen <> 0)
UNION ALL
 SELECT e.business_date,
    e.batch_id,
    e.line_no,
    e.ledger,
    e.owner,
    e.asset,
    e.cause,
    l.file_id,
    l.row_no,
        CASE
            WHEN b.reverses IS NULL THEN 1
            ELSE '-1'::integer
        END * (- l.commission_fen) AS amount
   FROM entries e
     JOIN batches b ON b.batch_id = e.batch_id
     JOIN files f ON f.file_id = e.cause_file_id
     JOIN clearing_lines l ON l.business_date = f.business_date AND l.file_id = f.file_id AND l.business = 'H01'::text AND l.trade_date = "right"(e.cause, 10)::date AND l.commission_fen <> 0 AND (l.settle_date = e.value_date OR (l.settle_date = ANY (due_on(b.channel::text, e.value_date))))
     JOIN broker_accounts a ON a.account = l.reserve_account AND a.side::text = e.owner
  WHERE e.ledger = 'commission_due'::text AND e.cause_row_no IS NULL AND e.cause ~ '^commission of \d{4}-\d\d-\d\d$'::text AND (EXISTS ( SELECT
           FROM clients c
          WHERE c.securities_account = l.securities_account))
UNION ALL
 SELECT e.business_date,
    e.batch_id,
    e.line_no,
    e.ledger,
    e.owner,
    e.asset,
    e.cause,
    l.file_id,
    l.row_no,
        CASE
            WHEN b.reverses IS NULL THEN 1
            ELSE '-1'::integer
        END * l.net_fen AS amount
   FROM entries e
     JOIN batches b ON b.batch_id = e.batch_id
     JOIN files f ON f.file_id = e.cause_file_id
     JOIN clearing_lines l ON l.business_date = f.business_date AND l.file_id = f.file_id AND l.settle_date = e.value_date AND ('event '::text || l.order_no) = e.cause
     JOIN broker_accounts a ON a.account = l.reserve_account AND a.side::text = e.owner
  WHERE e.ledger = 'on_the_way'::text AND e.cause_row_no IS NULL AND e.cause ~~ 'event %'::text
UNION ALL
 SELECT e.business_date,
    e.batch_id,
    e.line_no,
    e.ledger,
    e.owner,
    e.asset,
    e.cause,
    l.file_id,
    l.row_no,
        CASE
            WHEN b.reverses IS NULL THEN 1
            ELSE '-1'::integer
        END * n.fen AS amount
   FROM trade_cancellations x
     JOIN clearing_lines l ON l.channel::text = x.channel::text AND l.business_date = x.trade_date AND l.trade_no = x.trade_no AND l.business = 'H01'::text
     JOIN clients c ON c.securities_account = l.securities_account
     JOIN broker_accounts a ON a.account = l.reserve_account
     CROSS JOIN LATERAL ( VALUES ('client_money'::text,c.fund_account,'trades of '::text,l.net_fen), ('client_money'::text,c.fund_account,'commission of '::text,- l.commission_fen), ('commission_due'::text,a.side::text,'commission of '::text,l.commission_fen)) n(ledger, owner, cause, fen)
     JOIN entries e ON e.ledger = n.ledger AND e.owner = n.owner AND e.cause_file_id = l.file_id AND e.cause_row_no IS NULL AND e.cause = (n.cause || l.trade_date) AND n.fen <> 0
     JOIN batches b ON b.batch_id = e.batch_id AND COALESCE(b.reverses, b.batch_id) > x.after_batch AND (l.settle_date = e.value_date OR (l.settle_date = ANY (due_on(b.channel::text, e.value_date))))
  WHERE x.state = 'approved'::text;

view file_verdicts as
 SELECT f.file_id,
    f.channel,
    f.business_date,
    f.kind,
    f.part,
    f.version,
    f.name,
    f.path,
    f.sha256,
    f.byte_count,
    f.arrived_at,
    COALESCE(s.state, 'arrived'::text) AS state,
    s.cause,
    s.record_count,
    s.at AS decided_at
   FROM files f
     LEFT JOIN LATERAL ( SELECT s_1.file_id,
            s_1.state_no,
            s_1.state,
            s_1.cause,
            s_1.record_count,
            s_1.at
           FROM file_states s_1
          WHERE s_1.file_id = f.file_id
          ORDER BY s_1.state_no DESC
         LIMIT 1) s ON true;

view filed_elections_in_force as
 SELECT business_date,
    file_id,
    row_no,
    channel,
    filing_no,
    business,
    securities_account,
    code,
    event_code,
    quantity,
    at_time
   FROM filed_elections l
  WHERE ((file_id IN ( SELECT f.file_id
           FROM files_in_force f))) IS TRUE;

view files_in_force as
 SELECT f.file_id,
    f.channel,
    f.business_date,
    f.kind,
    f.part,
    f.version,
    f.name,
    f.path,
    f.sha256,
    f.byte_count,
    f.arrived_at,
    s.state,
    s.cause,
    s.record_count,
    s.at AS decided_at
   FROM files f
     JOIN file_states s ON s.file_id = f.file_id
  WHERE s.state = 'accepted'::text AND NOT (EXISTS ( SELECT 1
           FROM file_states l
          WHERE l.file_id = s.file_id AND l.state_no > s.state_no));

view filing_replies_in_force as
 SELECT business_date,
    file_id,
    row_no,
    channel,
    filing_no,
    business,
    filing_kind,
    securities_account,
    code,
    event_code,
    quantity,
    confirmed,
    acceptance_no,
    status,
    result_code
   FROM filing_replies l
  WHERE ((file_id IN ( SELECT f.file_id
           FROM files_in_force f))) IS TRUE;

view findings_in_force as
 SELECT finding_id,
    channel,
    business_date,
    file_id,
    file_name,
    class,
    outcome,
    row_no,
    field,
    value,
    file_value,
    computed,
    attributes,
    reason_zh,
    reason_en,
    amount_fen,
    owner,
    finding_key,
    found_at
   FROM findings f
  WHERE NOT (EXISTS ( SELECT 1
           FROM finding_withdrawals w
          WHERE w.finding_id = f.finding_id));

view listed_securities_in_force as
 SELECT business_date,
    file_id,
    row_no,
    channel,
    code,
    name,
    lot,
    currency,
    previous_close_e4,
    trading_mark
   FROM listed_securities l
  WHERE ((file_id IN ( SELECT f.file_id
           FROM files_in_force f))) IS TRUE;

view message_proofs  -- Every proof of what became of a message, the first one too where the message itself says it. as
 SELECT message_receipts.gateway,
    message_receipts.receipt,
    message_receipts.message_id,
    message_receipts.channel,
    message_receipts.outcome,
    message_receipts.at,
    message_receipts.code,
    message_receipts.person
   FROM message_receipts
UNION ALL
 SELECT 'messages'::text AS gateway,
    outbox.proof AS receipt,
    outbox.message_id,
    outbox.accepted_on AS channel,
    'delivered'::text AS outcome,
    outbox.proved_at AS at,
    NULL::text AS code,
    NULL::text AS person
   FROM outbox
  WHERE outbox.proof IS NOT NULL;

view message_tries  -- Every try to bring a message, the first one too where the message itself says it. as
 SELECT outbox.message_id,
    0::bigint AS attempt_id,
    1 AS step,
    outbox.accepted_on AS channel,
    outbox.sent_at AS at,
    'accepted'::text AS outcome,
    outbox.reference,
    NULL::text AS code
   FROM outbox
  WHERE outbox.accepted_on IS NOT NULL
UNION ALL
 SELECT message_attempts.message_id,
    message_attempts.attempt_id,
    message_attempts.step,
    message_attempts.channel,
    message_attempts.at,
    message_attempts.outcome,
    message_attempts.reference,
    message_attempts.code
   FROM message_attempts;

view money_balances_in_force as
 SELECT business_date,
    file_id,
    row_no,
    channel,
    account,
    account_kind,
    opening_fen,
    received_fen,
    paid_fen,
    balance_fen,
    short_1030_fen,
    short_1800_fen
   FROM money_balances l
  WHERE ((file_id IN ( SELECT f.file_id
           FROM files_in_force f))) IS TRUE;

view money_movements_in_force as
 SELECT business_date,
    file_id,
    row_no,
    channel,
    account,
    part,
    running_no,
    business,
    amount_fen,
    balance_fen,
    at_time,
    counter_account
   FROM money_movements l
  WHERE ((file_id IN ( SELECT f.file_id
           FROM files_in_force f))) IS TRUE;

view money_summaries_in_force as
 SELECT business_date,
    file_id,
    row_no,
    channel,
    reserve_account,
    category,
    business,
    batch,
    settle_date,
    line_count,
    receivable_fen,
    payable_fen,
    net_fen
   FROM money_summaries l
  WHERE ((file_id IN ( SELECT f.file_id
           FROM files_in_force f))) IS TRUE;

view notices_in_force as
 SELECT business_date,
    file_id,
    row_no,
    channel,
    kind,
    code,
    entitlement_class,
    date_1,
    date_2,
    date_3,
    price_1,
    price_2,
    ratio_1,
    ratio_2,
    quantity_1,
    quantity_2,
    mark_1,
    mark_2,
    event_code,
    second_code,
    reserved,
    currency,
    fields
   FROM notices l
  WHERE ((file_id IN ( SELECT f.file_id
           FROM files_in_force f))) IS TRUE;

view notices_known  -- Notices as the days after their own know them: with what came late, and without what it took the place of. as
 SELECT n.business_date,
    n.file_id,
    n.row_no,
    n.channel,
    n.kind,
    n.code,
    n.entitlement_class,
    n.date_1,
    n.date_2,
    n.date_3,
    n.price_1,
    n.price_2,
    n.ratio_1,
    n.ratio_2,
    n.quantity_1,
    n.quantity_2,
    n.mark_1,
    n.mark_2,
    n.event_code,
    n.second_code,
    n.reserved,
    n.currency,
    n.fields
   FROM notices n
     LEFT JOIN LATERAL ( SELECT max(l.file_id) AS file_id
           FROM late_notice_files l
          WHERE l.channel::text = n.channel::text AND l.business_date = n.business_date) late ON true
  WHERE
        CASE
            WHEN late.file_id IS NULL THEN ((n.file_id IN ( SELECT f.file_id
               FROM files_in_force f))) IS TRUE
            ELSE n.file_id = late.file_id
        END;

view reference_rates_in_force as
 SELECT business_date,
    file_id,
    row_no,
    channel,
    currency,
    buy_e5,
    sell_e5
   FROM reference_rates l
  WHERE ((file_id IN ( SELECT f.file_id
           FROM files_in_force f))) IS TRUE;

view security_balances_in_force as
 SELECT business_date,
    file_id,
    row_no,
    channel,
    securities_account,
    code,
    security_class,
    circulation,
    entitlement_class,
    quantity,
    locked
   FROM security_balances l
  WHERE ((file_id IN ( SELECT f.file_id
           FROM files_in_force f))) IS TRUE;

view security_movements_in_force as
 SELECT business_date,
    file_id,
    row_no,
    channel,
    movement,
    business,
    securities_account,
    code,
    security_class,
    circulation,
    entitlement_class,
    trade_date,
    quantity,
    sellable_from,
    event_code
   FROM security_movements l
  WHERE ((file_id IN ( SELECT f.file_id
           FROM files_in_force f))) IS TRUE;

view settlement_notices_in_force as
 SELECT business_date,
    file_id,
    row_no,
    channel,
    notice_no,
    act,
    from_date,
    to_date,
    cause,
    trade_no,
    words
   FROM settlement_notices l
  WHERE ((file_id IN ( SELECT f.file_id
           FROM files_in_force f))) IS TRUE;

view settlement_ratios_in_force  -- CNY per HKD of a trading day: of purchases, of sales, and BL1, which converts portfolio fee and risk money (S1, S11, S15). as
 WITH noticed AS (
         SELECT settlement_ratios.channel,
            settlement_ratios.business_date,
            settlement_ratios.buy_e5,
            settlement_ratios.sell_e5,
            NULL::bigint AS bl1_e5,
            NULL::bigint AS bl2_e5
           FROM settlement_ratios
        UNION ALL
         SELECT newest.channel,
            newest.date_1,
            NULL::bigint,
            NULL::bigint,
            (newest.ratio_1 * 100000::numeric)::bigint AS int8,
            (newest.ratio_2 * 100000::numeric)::bigint AS int8
           FROM ( SELECT DISTINCT ON (notices_in_force.channel, notices_in_force.date_1) notices_in_force.business_date,
                    notices_in_force.file_id,
                    notices_in_force.row_no,
                    notices_in_force.channel,
                    notices_in_force.kind,
                    notices_in_force.code,
                    notices_in_force.entitlement_class,
                    notices_in_force.date_1,
                    notices_in_force.date_2,
                    notices_in_force.date_3,
                    notices_in_force.price_1,
                    notices_in_force.price_2,
                    notices_in_force.ratio_1,
                    notices_in_force.ratio_2,
                    notices_in_force.quantity_1,
                    notices_in_force.quantity_2,
                    notices_in_force.mark_1,
                    notices_in_force.mark_2,
                    notices_in_force.event_code,
                    notices_in_force.second_code,
                    notices_in_force.reserved,
                    notices_in_force.currency,
                    notices_in_force.fields
                   FROM notices_in_force
                  WHERE notices_in_force.kind = 'H05'::text
                  ORDER BY notices_in_force.channel, notices_in_force.date_1, notices_in_force.business_date DESC, notices_in_force.row_no DESC) newest
        ), fields AS (
         SELECT n.channel,
            n.business_date,
            n.buy_e5,
            n.sell_e5,
            n.bl1_e5,
            n.bl2_e5,
            COALESCE(( SELECT p.value
                   FROM parameters p
                  WHERE p.code = 'RATIO_FIELD_BUY'::text AND (p.channel = ANY (ARRAY[n.channel::text, ''::text])) AND p.valid_from <= n.business_date AND (p.valid_to IS NULL OR n.business_date < p.valid_to)
                  ORDER BY p.channel DESC
                 LIMIT 1), 'BL1'::text) AS buy_field
           FROM noticed n
        )
 SELECT channel,
    business_date,
    COALESCE(buy_e5,
        CASE buy_field
            WHEN 'BL1'::text THEN bl1_e5
            ELSE bl2_e5
        END) AS buy_e5,
    COALESCE(sell_e5,
        CASE buy_field
            WHEN 'BL1'::text THEN bl2_e5
            ELSE bl1_e5
        END) AS sell_e5,
    COALESCE(bl1_e5,
        CASE buy_field
            WHEN 'BL1'::text THEN buy_e5
            ELSE sell_e5
        END) AS bl1_e5
   FROM fields;

view splits_in_force  -- Old code becomes new code x new_shares / old_shares on effective_on, before trading (S20). as
 SELECT channel,
    code AS old_code,
    event_code AS new_code,
    date_1 AS effective_on,
    quantity_1 AS new_shares,
    quantity_2 AS old_shares
   FROM ( SELECT DISTINCT ON (notices_known.channel, notices_known.code, notices_known.reserved) notices_known.business_date,
            notices_known.file_id,
            notices_known.row_no,
            notices_known.channel,
            notices_known.kind,
            notices_known.code,
            notices_known.entitlement_class,
            notices_known.date_1,
            notices_known.date_2,
            notices_known.date_3,
            notices_known.price_1,
            notices_known.price_2,
            notices_known.ratio_1,
            notices_known.ratio_2,
            notices_known.quantity_1,
            notices_known.quantity_2,
            notices_known.mark_1,
            notices_known.mark_2,
            notices_known.event_code,
            notices_known.second_code,
            notices_known.reserved,
            notices_known.currency,
            notices_known.fields
           FROM notices_known
          WHERE notices_known.kind = 'H10'::text
          ORDER BY notices_known.channel, notices_known.code, notices_known.reserved, notices_known.business_date DESC, notices_known.row_no DESC) newest
  WHERE mark_2 <> 'DEL'::text;

view waiting_messages  -- Starts and signals that the engine has not taken yet. as
 SELECT outbox.message_id,
    outbox.workflow_id,
    outbox.kind,
    outbox.created_at,
    outbox.attempts,
    outbox.payload
   FROM outbox
  WHERE outbox.sent_at IS NULL AND (outbox.kind = ANY (ARRAY['signal'::text, 'start'::text]))
UNION ALL
 SELECT s.message_id,
    s.workflow_id,
    'start'::text AS kind,
    p.opened_at AS created_at,
    s.attempts,
    COALESCE(s.payload, start_of_complaint(business_key_of(p.workflow_id))) || jsonb_strip_nulls(jsonb_build_object('requestId', s.request_id)) AS payload
   FROM waiting_starts s
     LEFT JOIN processes p USING (workflow_id);

-- Functions -----------------------------------------------------------------------------------------------------

-- Shares that the clearing house has accepted of what was filed, by event and account: of differences filed the sum.
CREATE OR REPLACE FUNCTION public.accepted_elections(of_channel channel_code, until date)
 RETURNS TABLE(event_code text, securities_account text, quantity bigint)
 LANGUAGE sql
 STABLE
AS $function$
  select event_code, securities_account, sum(confirmed)::bigint from results_beside_filings(of_channel, until)
   where status = '3' and (event_code, securities_account, business) = (filed_event, filed_account, filed_business) group by 1, 2
$function$

-- Tells the planner what the day's partitions hold. Of lines that were copied a moment ago it would believe that there are none.
CREATE OR REPLACE FUNCTION public.analyse_business_date(analysed date)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET default_statistics_target TO '20'
AS $function$
declare partition text;
begin
  for partition in select parent || '_' || to_char(analysed, 'YYYYMMDD') from partitioned_by_day order by parent loop
    if to_regclass(partition) is not null then execute format('analyze %I', partition); end if;
  end loop;
end $function$

CREATE OR REPLACE FUNCTION public.approval_is_of_its_task()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare decided tasks; ordered orders;
begin
  select * into decided from tasks t where t.task_id = new.task_id;
  if (new.maker, new.maker_for) is distinct from (decided.made_by, decided.made_for)
     or new.first_task is distinct from coalesce(decided.first_task, decided.task_id) then
    raise exception 'an approval names the maker of its task' using errcode = 'check_violation', constraint = tg_name;
  end if;
  select * into ordered from orders o where o.order_id = new.order_id;
  if found and (new.maker, new.maker_for) is distinct from (ordered.made_by, ordered.made_for) then
    raise exception 'an approval names the maker of its order' using errcode = 'check_violation', constraint = tg_name;
  end if;
  -- Of two checkers at once the second waits here and then sees the first.
  perform from tasks t where t.task_id = new.first_task for update;
  if exists (select from approvals a,
                    unnest(array[a.checker, a.checker_for]) one, unnest(array[new.checker, new.checker_for]) other
              where a.first_task = new.first_task and a.task_id <> new.task_id
                and natural_person(one) = natural_person(other)) then
    raise exception 'both checkers are one person' using errcode = 'check_violation', constraint = tg_name;
  end if;
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.archive_is_kept()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  whose text := to_jsonb(old) ->> 'client_no';
  kept_until date;
begin
  if tg_op <> 'DELETE' then
    raise exception 'what is in the archive is never changed' using errcode = '42501';
  end if;
  if whose is null then
    select e.client_no into whose from archive_entries e where e.entry_id = (to_jsonb(old) ->> 'entry_id')::bigint;
  end if;
  kept_until := archive_kept_until(whose);
  if kept_until is null or (business_now() at time zone 'Asia/Shanghai')::date <= kept_until then
    raise exception 'the file of % is kept until %', whose, coalesce(kept_until::text, 'its retention ends; the relationship lasts')
      using errcode = '42501';
  end if;
  return old;
end $function$

CREATE OR REPLACE FUNCTION public.archive_is_not_emptied()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'the archive is never emptied' using errcode = '42501';
end $function$

-- Last day of retention of a client's file; null while the relationship lasts: for ever, as far as anybody knows.
CREATE OR REPLACE FUNCTION public.archive_kept_until(asked text)
 RETURNS date
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select greatest((a.ended_on + make_interval(years => p.value::int))::date,
                  (select max(h.held_until) from retention_holds h where h.client_no = asked))
    from archive_ends a
    join parameters p on p.code = 'RETENTION_YEARS' and p.valid_from <= (business_now() at time zone 'Asia/Shanghai')::date
     and (p.valid_to is null or (business_now() at time zone 'Asia/Shanghai')::date < p.valid_to)
   where a.client_no = asked
$function$

CREATE OR REPLACE FUNCTION public.batch_sums_to_zero()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare off record;
begin
  select asset, sum(amount) as difference into off from entries
    where business_date = new.business_date and batch_id = new.batch_id group by asset having sum(amount) <> 0 limit 1;
  if found then
    raise exception 'batch % does not sum to zero: % %', new.batch_key, off.asset, off.difference using errcode = '23514';
  end if;
  update batches set opened_in = '0' where batch_id = new.batch_id;
  return null;
end $function$

CREATE OR REPLACE FUNCTION public.broker_cut_moves_by_approval()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  if new.version <> old.version
     and (old.broker_cut_at is null or new.broker_cut_at is null or new.round <> old.round
          or (new.terms ->> 'deadlineOn') is distinct from (old.terms ->> 'deadlineOn'))
     or exists (select from election_cut_changes c
                 where c.event_id = new.event_id and c.state = 'approved' and c.version = new.version
                   and c.broker_after = new.broker_cut_at and c.client_after = new.client_cut_at) then
    return new;
  end if;
  raise exception 'the deadline of event % moves with an approval or another date of the notice only', new.event_no
    using errcode = 'check_violation', constraint = tg_name;
end $function$

-- The id after the kind of process: settlement-day:SH:2025-06-23 -> SH:2025-06-23.
CREATE OR REPLACE FUNCTION public.business_key_of(workflow_id text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN substr(workflow_id, (strpos(workflow_id, ':'::text) + 1))

-- Now, as activities and intake see it.
CREATE OR REPLACE FUNCTION public.business_now()
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE
AS $function$ select case mode when 'real' then clock_timestamp() else now end from business_clock $function$

CREATE OR REPLACE FUNCTION public.caller_is_nobody_concerned()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare caller text := to_jsonb(new) ->> tg_argv[0]; called text;
begin
  called := coalesce(to_jsonb(new) ->> 'callback_no',
                     (select a.callback_no from callback_attempts a where a.attempt_id = (to_jsonb(new) ->> 'attempt_id')::bigint));
  perform 1
    from callbacks k left join registered_clients c using (client_no)
   where k.callback_no = called
     and (natural_person(c.account_manager) = natural_person(caller)
          or exists (select from callback_hands h where h.callback_no = called and natural_person(h.person) = natural_person(caller))
          or exists (select from kept_out_of(k.workflow_id) o where o.keeps_from = 'all work' and o.human = natural_person(caller)));
  if found then
    raise exception 'whoever is concerned does not call back' using errcode = 'check_violation', constraint = tg_name;
  end if;
  return new;
end $function$

-- Digits of an id, 17 at most: complaint:T20250623-000001 -> 20250623000001. Rows of a process are found by them; 0 where there are none.
CREATE OR REPLACE FUNCTION public.case_number(workflow_id text)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN ("left"(('0'::text || regexp_replace(COALESCE(workflow_id, ''::text), '[^0-9]'::text, ''::text, 'g'::text)), 18))::bigint

-- The same of each.
CREATE OR REPLACE FUNCTION public.case_numbers(workflow_ids text[])
 RETURNS bigint[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN ARRAY(SELECT case_number(id.id) AS case_number FROM unnest(case_numbers.workflow_ids) id(id))

CREATE OR REPLACE FUNCTION public.checker_is_not_kept_out()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  perform 1 from tasks t, kept_out_of(t.workflow_id) o
   where t.task_id = new.task_id and o.keeps_from = 'all work' and o.human in (natural_person(new.checker), natural_person(new.checker_for));
  if found then
    raise exception 'whoever is kept out of a case approves nothing of it' using errcode = 'check_violation', constraint = tg_name;
  end if;
  return new;
end $function$

-- Version of the civil calendar where nothing else is named: CIVIL 12 -> 12.
CREATE OR REPLACE FUNCTION public.civil_version_of(calendars text)
 RETURNS smallint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$
  select case when calendars ~ '^CIVIL [1-9]\d{0,3}$' then substr(calendars, 7)::smallint end
$function$

-- The amount that is claimed is filled in and corrected, never taken away; not while its outcome is being decided, nor after.
CREATE OR REPLACE FUNCTION public.claimed_amount_holds()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  if new.claimed_fen is not distinct from old.claimed_fen then
    return new;
  end if;
  if new.claimed_fen is null
     or old.other_state in ('decided', 'answered', 'closed', 'disputed', 'refused', 'duplicate')
     or exists (select from complaint_proposals p where p.complaint_no = old.complaint_no
                  and (p.state = 'awaiting approval' or p.state = 'approved' and p.level = old.level)) then
    raise exception 'the amount that is claimed in % holds', old.complaint_no using errcode = 'check_violation', constraint = tg_name;
  end if;
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.clock_kind_is_final()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'DELETE' then raise exception 'the business clock of a book is never removed'; end if;
  if (new.book_name, new.book_kind, new.mode) is distinct from (old.book_name, old.book_kind, old.mode) then
    raise exception 'name, kind and clock mode of a book are written once';
  end if;
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.code_is_forgotten()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  new.facts_told := new.facts_told || '{"code": "******"}';
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.complaint_link_holds()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare other record;
begin
  if new.duplicate_of is not null and new.duplicate_of is distinct from old.duplicate_of then
    select state into other from complaints where complaint_no = new.duplicate_of for share;
    if other.state in ('closed', 'disputed', 'refused', 'duplicate') then
      raise exception '% is a duplicate of %, which is %', new.complaint_no, new.duplicate_of, other.state using errcode = 'check_violation';
    end if;
  end if;
  if new.group_of is not null and new.group_of is distinct from old.group_of then
    select group_of into other from complaints where complaint_no = new.group_of for share;
    if other.group_of is not null or exists (select from complaints where group_of = new.complaint_no) then
      raise exception '% cannot join %: a group has one level', new.complaint_no, new.group_of using errcode = 'check_violation';
    end if;
  end if;
  if old.group_of is not null and new.group_of is distinct from old.group_of and (new.group_of is not null or old.other_state is distinct from 'assigned') then
    raise exception '% leaves % only while it waits for it', new.complaint_no, old.group_of using errcode = 'check_violation';
  end if;
  if old.about_workflow is not null
    and (new.about_workflow, new.about_event, new.about_run) is distinct from (old.about_workflow, old.about_event, old.about_run)
    and (new.about_workflow is null or old.other_state in ('decided', 'answered', 'closed', 'disputed', 'refused', 'duplicate')) then
    raise exception 'what % is about stands since its decision', new.complaint_no using errcode = 'check_violation';
  end if;
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.count_submitted_votes()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  -- One after the other for each meeting: who counts sees what the one before has counted.
  perform pg_advisory_xact_lock(hashtextextended('votes of a meeting', event_id))
     from (select distinct a.event_id from after a join before b using (filing_no)
            where a.business = 'H62' and is_submitted(a.state) <> is_submitted(b.state) order by 1) meetings;
  if not found then
    return null;
  end if;
  insert into meeting_votes as counted
  with changed as (
    select distinct a.event_id, a.securities_account, a.ballot from after a join before b using (filing_no)
     where a.business = 'H62' and is_submitted(a.state) <> is_submitted(b.state)),
  filings as (
    select f.event_id, f.securities_account, f.ballot, f.filing_seq, f.votes, f.state as state, coalesce(b.state, f.state) as state_before
      from changed join election_filings f using (event_id, securities_account, ballot) left join before b using (filing_no)),
  moved as (
    (select distinct on (event_id, securities_account, ballot) event_id, ballot, votes, 1 as sign from filings
      where is_submitted(state) order by event_id, securities_account, ballot, filing_seq desc)
    union all
    (select distinct on (event_id, securities_account, ballot) event_id, ballot, votes, -1 from filings
      where is_submitted(state_before) order by event_id, securities_account, ballot, filing_seq desc)),
  sums as (
    select event_id, ballot, choice.key as option, sum(sign * choice.value::bigint)::bigint as more
      from moved, lateral jsonb_each_text(votes) choice group by 1, 2, 3)
  select event_id, ballot, option, more from sums where more <> 0
  on conflict (event_id, ballot, option) do update set quantity = counted.quantity + excluded.quantity;
  return null;
end $function$

CREATE OR REPLACE FUNCTION public.digest_of_template()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  new.sha256 := encode(sha256(convert_to(concat_ws(e'\n', new.subject_zh, new.text_zh, new.subject_en, new.text_en), 'UTF8')), 'hex');
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.documents_are_kept()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  if tg_op <> 'DELETE' or exists (select from archive_entries e where e.sha256 = old.sha256) then
    raise exception 'a document that a file names is never changed or taken away' using errcode = '42501';
  end if;
  return old;
end $function$

CREATE OR REPLACE FUNCTION public.draft_changes_with_its_revision()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  if (new.old_values, new.new_values, new.effective_on, new.reason, new.risk)
     is distinct from (old.old_values, old.new_values, old.effective_on, old.reason, old.risk)
     and (old.state <> 'awaiting approval' or new.state <> old.state or new.revision <> old.revision + 1) then
    raise exception 'a draft changes with its revision, and until it is decided' using errcode = 'check_violation', constraint = tg_name;
  end if;
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.due_after(on_channel text, day date)
 RETURNS date[]
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select array(
    select distinct unnest(due_unless_postponed(on_channel, over.filed)) from (
      select postponed_from as filed from settlement_postponements
      where channel = on_channel and state = 'approved' and postponed_from <= day and postponed_to > day
      union
      select day where due_date_of(on_channel, day) > day) as over)
$function$

CREATE OR REPLACE FUNCTION public.due_date_of(on_channel text, filed date)
 RETURNS date
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  with recursive moved(due) as (
    select filed
    union
    select n.due from moved m cross join lateral (
      select coalesce((select p.postponed_to from settlement_postponements p
                       where p.channel = on_channel and p.postponed_from = m.due and p.state = 'approved'),
                      case when not is_settlement_day(on_channel, m.due) then m.due + 1 end) as due) n
    where n.due is not null)
  select max(due) from moved
$function$

CREATE OR REPLACE FUNCTION public.due_on(on_channel text, day date)
 RETURNS date[]
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select case when due_date_of(on_channel, day) = day then due_unless_postponed(on_channel, day) else array[]::date[] end
$function$

CREATE OR REPLACE FUNCTION public.due_unless_postponed(on_channel text, day date)
 RETURNS date[]
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  with recursive moved(filed) as (
    select day
    union
    select n.filed from moved m cross join lateral (
      select p.postponed_from as filed from settlement_postponements p
      where p.channel = on_channel and p.postponed_to = m.filed and p.state = 'approved'
      union all
      select m.filed - 1 where not is_settlement_day(on_channel, m.filed - 1)
        and not exists (select 1 from settlement_postponements p
                        where p.channel = on_channel and p.postponed_from = m.filed - 1 and p.state = 'approved')) n)
  select array(select filed from moved)
$function$

CREATE OR REPLACE FUNCTION public.elected_by_holders()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare stranger text;
begin
  select a.securities_account into stranger from added a
   where not exists (select from corporate_action_holders h where h.event_id = a.event_id and h.securities_account = a.securities_account) limit 1;
  if found then
    raise exception '% of an account that does not hold', tg_table_name using errcode = 'foreign_key_violation', constraint = tg_name;
  end if;
  return null;
end $function$

CREATE OR REPLACE FUNCTION public.entries_join_open_batch()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  if exists (
    select 1 from (select distinct batch_id, business_date from arrived) a
    left join batches b on b.batch_id = a.batch_id and b.business_date = a.business_date and b.opened_in = pg_current_xact_id()
    where b.batch_id is null) then
    raise exception 'entries enter only a batch opened in the same transaction, on its business date' using errcode = '23514';
  end if;
  if exists (select 1 from arrived a left join ledgers l using (ledger) where l.ledger is null) then
    raise exception 'entry of an unknown ledger' using errcode = '23503';
  end if;
  return null;
end $function$

CREATE OR REPLACE FUNCTION public.facts_stay_none()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  raise exception 'facts_told of outbox is written once' using errcode = 'check_violation', constraint = tg_name;
end $function$

-- The newest result of each filing, up to a day (HK_YWHB): 3 success, 4 failed, 6 cancelled.
CREATE OR REPLACE FUNCTION public.filing_results(of_channel channel_code, until date)
 RETURNS TABLE(filing_no text, event_code text, securities_account text, confirmed bigint, status text, result_code text, acceptance_no text, business_date date)
 LANGUAGE sql
 STABLE
AS $function$
  select distinct on (r.filing_no) r.filing_no, r.event_code, r.securities_account, r.confirmed, r.status, r.result_code, r.acceptance_no, r.business_date
    from filing_replies_in_force r
   where r.channel = of_channel and r.business_date <= until and r.filing_kind = 'HSB' and r.status in ('3', '4', '6')
   order by r.filing_no, r.business_date desc, r.row_no desc
$function$

-- Money that a filing of a subscription holds, in fen: of what is taken in part its part; nothing of what came to nothing. Null where it pays nothing.
CREATE OR REPLACE FUNCTION public.frozen_fen_of(f election_filings)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case when f.state in ('refused', 'failed', 'cancelled') then 0
              when f.state = 'partly' then round(f.frozen_fen::numeric * f.confirmed / f.quantity)::bigint else f.frozen_fen end
$function$

CREATE OR REPLACE FUNCTION public.handler_is_no_checker()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  perform 1
    from tasks t
    left join payee_corrections x on x.correction_id = case when t.subject_kind = 'payee correction' then t.subject_id::bigint end
    join complaint_proposals p on p.proposal_id = case when t.subject_kind = 'complaint proposal' then t.subject_id::bigint else x.proposal_id end
    cross join lateral handlers_of_level(p.complaint_no) h
   where t.task_id = new.task_id and h.human in (natural_person(new.checker), natural_person(new.checker_for));
  if found then
    raise exception 'whoever handles a complaint approves nothing of it' using errcode = 'check_violation', constraint = tg_name;
  end if;
  return new;
end $function$

-- The humans who were named as handlers of a complaint since it was received, or reopened.
CREATE OR REPLACE FUNCTION public.handlers_of_level(complaint text)
 RETURNS TABLE(human text)
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select natural_person(c.handler) from complaints c where c.complaint_no = complaint and c.handler is not null
  union
  select natural_person(coalesce(s.detail #>> '{handler,person}', s.detail ->> 'handler'))
    from complaint_steps s
   where s.complaint_no = complaint and s.act in ('assign', 'follow group', 'hand over')
     and s.step_id > coalesce((select max(r.step_id) from complaint_steps r where r.complaint_no = complaint and r.act = 'reopen'), 0)
$function$

-- Whose held tasks a person may do today: the own ones and those of everybody for whom the person stands in.
CREATE OR REPLACE FUNCTION public.holders_for(doer text)
 RETURNS SETOF text
 LANGUAGE sql
 STABLE
AS $function$
  select doer
  union
  select s.absent from substitutions s
   where s.substitute = doer and s.ended_at is null
     and (business_now() at time zone 'Asia/Shanghai')::date between s.first_day and s.last_day
$function$

-- The ids that processes of all kinds have with this key of business, whether they are there or not.
CREATE OR REPLACE FUNCTION public.ids_of_key(business_key text)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN ARRAY(SELECT ((kind.kind || ':'::text) || ids_of_key.business_key) FROM unnest(ARRAY['appraisal'::text, 'break-write-off'::text, 'callback'::text, 'commission-change'::text, 'complaint'::text, 'complaint-report'::text, 'corporate-action'::text, 'cushion-top-up'::text, 'deadline-extension'::text, 'delegation'::text, 'election-cut-change'::text, 'head-office-complaint'::text, 'inspection'::text, 'institution-opening'::text, 'overdraft-recovery'::text, 'parameter-change'::text, 'permission-closing'::text, 'permission-follow-up'::text, 'permission-lifting'::text, 'permission-opening'::text, 'permission-suspension'::text, 'received-mail'::text, 'retention-change'::text, 'role-grant'::text, 'sample'::text, 'sample-tick'::text, 'settlement-day'::text, 'settlement-day-tick'::text, 'settlement-postponement'::text, 'telephone-election'::text, 'telephone-notice'::text, 'trade-cancellation'::text, 'yearly-complaint-report'::text]) kind(kind))

-- Whether whoever has one of the accounts is kept out of all work of a case.
CREATE OR REPLACE FUNCTION public.is_kept_out(workflow text, accounts text[])
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select exists (select from kept_out_of(workflow) k, unnest(accounts) account where k.keeps_from = 'all work' and k.human = natural_person(account))
$function$

CREATE OR REPLACE FUNCTION public.is_settlement_day(on_channel text, asked date)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select coalesce(
    (select d.settlement_day from settlement_days d where d.channel = on_channel and d.business_date = asked),
    (select bool_and(coalesce(k.kind, case when extract(isodow from asked) < 6 then 'OPEN' else 'CLOSED' end) = 'OPEN')
     from (select distinct on (calendar) calendar, version, known_from, known_to from calendar_versions
           where calendar in (case on_channel when 'SH' then 'SSE' else 'SZSE' end, 'SEHK') order by calendar, version desc) v
     left join calendar_days k on k.calendar = v.calendar and k.version = v.version and k.day = asked
     where asked between v.known_from and v.known_to having count(*) = 2),
    true)
$function$

CREATE OR REPLACE FUNCTION public.is_submitted(state text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select state in ('sent', 'confirmed', 'success', 'partly')
$function$

CREATE OR REPLACE FUNCTION public.is_written_once()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare before jsonb := to_jsonb(old); written jsonb := to_jsonb(new);
begin
  for i in 0 .. tg_nargs - 1 loop
    if before -> tg_argv[i] <> 'null' and before -> tg_argv[i] is distinct from written -> tg_argv[i] then
      raise exception '% of % is written once', tg_argv[i], tg_table_name using errcode = 'check_violation', constraint = tg_name;
    end if;
  end loop;
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.keep_earlier_figures()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  insert into earlier_figures (channel, business_date, computed, run, subject, figures)
  select g.channel, g.business_date, tg_table_name, r.run,
         coalesce(to_jsonb(g) ->> 'fund_account', to_jsonb(g) ->> 'securities_account', to_jsonb(g) ->> 'side'), to_jsonb(g)
  from gone g
  join (select d.channel, d.business_date,
               1 + coalesce((select max(e.run) from earlier_figures e where e.channel = d.channel and e.business_date = d.business_date
                               and e.computed = tg_table_name), 0) as run
        from (select distinct channel, business_date from gone) d) r using (channel, business_date);
  return null;
end $function$

-- Whom one entry of process_exclusions keeps out on a day: the human who is named, and of one who is complained about the superiors too.
CREATE OR REPLACE FUNCTION public.kept_out_by(named text, cause text, on_day date)
 RETURNS TABLE(human text, keeps_from text)
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select named, 'all work'
  union
  select natural_person(s.person), s.keeps_from from superiors_of(named, on_day) s where cause = 'complained about'
$function$

-- The humans who do no work of a process now: whoever is named in process_exclusions, the superiors of whoever it is about as they are today, and the complainant with whatever account.
CREATE OR REPLACE FUNCTION public.kept_out_of(workflow text)
 RETURNS TABLE(human text, keeps_from text)
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  with today as (select (business_now() at time zone 'Asia/Shanghai')::date as on_day),
  behind as materialized (select process_behind(workflow) as workflow_id),
  named as (select natural_person(e.person) as human, e.cause from behind join process_exclusions e using (workflow_id) where e.taken_back_at is null)
  select k.human, k.keeps_from from named, today, kept_out_by(named.human, named.cause, today.on_day) k
  union
  select c.human, 'all work' from behind b join complaints_of_own_people c on c.complaint_no = substring(b.workflow_id from '^complaint:(.+)$')
$function$

CREATE OR REPLACE FUNCTION public.key_is_written_once()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  raise exception 'business_key of % is written once', tg_table_name using errcode = 'check_violation', constraint = tg_name;
end $function$

-- Last layer of four eyes, for every table that names a maker and a checker.
CREATE OR REPLACE FUNCTION public.maker_is_no_checker()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare written jsonb := to_jsonb(new); one text; other text;
begin
  for i in 0 .. tg_nargs - 2 loop
    for j in i + 1 .. tg_nargs - 1 loop
      select a.name, b.name into one, other
        from unnest(string_to_array(tg_argv[i], ' ')) a (name), unnest(string_to_array(tg_argv[j], ' ')) b (name)
       where natural_person(written ->> a.name) = natural_person(written ->> b.name) limit 1;
      if found then
        raise exception '% and % of % are one person', one, other, tg_table_name using errcode = 'check_violation', constraint = tg_name;
      end if;
    end loop;
  end loop;
  return new;
end $function$

-- The human behind an account; a key that the directory does not know is a human of its own.
CREATE OR REPLACE FUNCTION public.natural_person(account text)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$ select coalesce((select p.natural_person from people p where p.person = account), account) $function$

CREATE OR REPLACE FUNCTION public.natural_person_is_known()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  if tg_op = 'INSERT' then
    new.natural_person := coalesce(new.natural_person, new.person);
  elsif new.person <> old.person then
    raise exception 'the key of a person is written once';
  elsif new.natural_person <> old.natural_person and (old.natural_person <> old.person
      or exists (select from people where natural_person = old.person and person <> old.person)) then
    raise exception 'accounts of one human are joined and never parted: %', old.person using errcode = 'check_violation';
  end if;
  return new;
end $function$

-- Notices as a day knows them: its own file as it was in force when the day was closed, and all that is known of the days before.
CREATE OR REPLACE FUNCTION public.notices_known_on(of_channel channel_code, day date)
 RETURNS SETOF notices_known
 LANGUAGE sql
 STABLE
AS $function$
  select * from notices_known where channel = of_channel and business_date < day
  union all
  select * from notices_in_force where channel = of_channel and business_date = day
$function$

-- Digits of the key of an object; of one that has none, its digest. Rows of the audit are found by it.
CREATE OR REPLACE FUNCTION public.object_number(object_id text)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN COALESCE(NULLIF(case_number(object_id), 0), hashtextextended(object_id, (0)::bigint))

-- The same of the objects whose processes these are.
CREATE OR REPLACE FUNCTION public.object_numbers(workflow_ids text[])
 RETURNS bigint[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN ARRAY(SELECT object_number(substr(id.id, (strpos(id.id, ':'::text) + 1))) AS object_number FROM unnest(object_numbers.workflow_ids) id(id))

-- Holds the door of an event open with the others who elect, locks the holder, and reads what a request is judged by; nothing where there is no such event.
CREATE OR REPLACE FUNCTION public.offer_under_lock(asked_channel text, asked_event text, asked_account text, asked_key text)
 RETURNS TABLE(event_id text, workflow_id text, state text, is_served boolean, version integer, opens_at timestamp with time zone, client_cut_at timestamp with time zone, broker_cut_at timestamp with time zone, now timestamp with time zone, electable bigint, options jsonb, standing jsonb, kept jsonb)
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare id bigint;
begin
  select a.event_id into id from corporate_actions a where a.channel = asked_channel::channel_code and a.event_no = asked_event;
  if id is null then return; end if;
  perform pg_advisory_xact_lock_shared(hashtextextended('elections of an event', id));
  perform from corporate_action_holders h where h.event_id = id and h.securities_account = asked_account for update;
  -- A statement of its own: it sees whatever was committed before the locks were had.
  return query
    select a.event_id::text, a.workflow_id, a.state, a.is_served, a.version, a.opens_at, a.client_cut_at, a.broker_cut_at, business_now(), h.electable,
           coalesce((select jsonb_agg(jsonb_build_object('ballot', o.ballot, 'option', o.option, 'filedAs', o.filed_as) order by o.place)
                       from corporate_action_options o where o.event_id = a.event_id and o.gone_version is null), '[]'),
           coalesce((select jsonb_agg(jsonb_build_object('ballot', e.ballot, 'option', e.option, 'quantity', e.quantity::text))
                       from elections e where e.event_id = a.event_id and e.securities_account = asked_account), '[]'),
           (select s.kept from election_steps s where s.act_key = asked_key)
      from corporate_actions a left join corporate_action_holders h on h.event_id = a.event_id and h.securities_account = asked_account
     where a.event_id = id;
end $function$

-- Makes and attaches the day's partitions with the owner's rights: the application's role has no DDL of its own.
CREATE OR REPLACE FUNCTION public.open_business_date(opened date)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare kept record; partition text;
begin
  if opened is null or opened < date '2014-01-01' or opened > date '2100-01-01' then
    raise exception 'no business date: %', opened using errcode = '22008';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('open_business_date', 0));
  for kept in select * from partitioned_by_day order by parent loop
    partition := kept.parent || '_' || to_char(opened, 'YYYYMMDD');
    if to_regclass(partition) is null then
      execute format('create table %I (like %I including defaults including constraints)', partition, kept.parent);
      execute format('alter table %I add primary key (%s)', partition, kept.key_columns);
      if kept.further_index is not null then
        execute format('create index on %I (%s)', partition, kept.further_index);
      end if;
      execute format('alter table %I attach partition %I for values from (%L) to (%L)', kept.parent, partition, opened, opened + 1);
    end if;
  end loop;
end $function$

-- The process whose work a process does for it: more time is decided by those who may decide about the case.
CREATE OR REPLACE FUNCTION public.process_behind(workflow text)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select coalesce(
    case when workflow ~ '^deadline-extension:\d+$' then
           (select d.workflow_id from deadline_extensions e join deadlines d using (deadline_id) where e.extension_id = substring(workflow from '\d+$')::bigint)
         when workflow ~ '^callback:complaint-answer:' then
           (select k.filed_with from callbacks k where k.callback_no = split_part(workflow, ':', 3))
         when workflow ~ '^inspection:complaints:' then
           (select 'complaint:' || i.subject from inspections i where i.workflow_id = workflow)
         when workflow ~ '^inspection:calls:' then
           (select k.filed_with from inspections i join callback_attempts a on a.attempt_id = i.subject::bigint join callbacks k using (callback_no)
             where i.workflow_id = workflow and k.purpose = 'complaint-answer')
         when workflow ~ '^head-office-complaint:T\d{8}-\d{6}:' then 'complaint:' || split_part(workflow, ':', 2) end,
    workflow)
$function$

-- The processes that the humans behind some accounts are kept out of, with those that work for them: kept_out_of() from the other end, for lists.
CREATE OR REPLACE FUNCTION public.processes_kept_from(accounts text[])
 RETURNS TABLE(workflow_id text)
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  with humans as materialized (select distinct p.natural_person as human from people p where p.person = any(accounts)),
  held as materialized (
    select g.role, g.side, g.branch, g.mark, p.natural_person as human
      from grants g join people p using (person)
     where daterange(g.valid_from, g.valid_to) @> (business_now() at time zone 'Asia/Shanghai')::date),
  mine as materialized (select h.* from held h where h.human in (select human from humans)),
  -- superiors_of() from the other end.
  under_them as materialized (
    select own.human
      from mine join held own on own.role = mine.role and own.side is not distinct from mine.side and own.branch is not distinct from mine.branch
     where own.mark is distinct from 'head' and (mine.mark = 'head' or (mine.mark = 'deputy' and own.mark is null))
    union
    select own.human
      from mine join superiors_of_heads s on s.superior_role = mine.role and (s.superior_mark is null or mine.mark = s.superior_mark)
      join held own on own.role = s.role and own.mark = 'head'
     where s.keeps_from = 'all work' and daterange(s.valid_from, s.valid_to) @> (business_now() at time zone 'Asia/Shanghai')::date),
  cases as materialized (
    select e.workflow_id from humans h join people p on p.natural_person = h.human join process_exclusions e using (person)
     where e.taken_back_at is null
    union
    select e.workflow_id from under_them u join people p on p.natural_person = u.human join process_exclusions e using (person)
     where e.cause = 'complained about' and e.taken_back_at is null
    union
    select c.workflow_id from complaints_of_own_people c where c.human in (select human from humans))
  select c.workflow_id from cases c
  union all
  select 'deadline-extension:' || x.extension_id
    from cases c
    join deadlines d on d.workflow_id = c.workflow_id
      and (promise_number(d.business_key) = case_number(c.workflow_id)
           or promise_number(d.business_key) <> case_number(d.workflow_id) and case_number(d.workflow_id) = case_number(c.workflow_id))
    join deadline_extensions x using (deadline_id)
  union all
  select 'head-office-' || c.workflow_id || ':' || cause from cases c, unnest(array['urgent', 'collective', 'reopened']) cause
   where c.workflow_id like 'complaint:%'
  union all
  select k.workflow_id from cases c join callbacks k on k.filed_with = c.workflow_id and k.purpose = 'complaint-answer'
  union all
  select i.workflow_id from cases c join inspections i on i.kind = 'complaints' and 'complaint:' || i.subject = c.workflow_id
  union all
  select i.workflow_id from cases c join callbacks k on k.filed_with = c.workflow_id and k.purpose = 'complaint-answer'
    join callback_attempts a using (callback_no) join inspections i on i.kind = 'calls' and i.subject = a.attempt_id::text
$function$

-- Digits of a key of business without what is counted at its end: complaint-answer:T20250623-000001:1 -> 20250623000001. Mostly the case_number of its process.
CREATE OR REPLACE FUNCTION public.promise_number(business_key text)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
 SELECT case_number(regexp_replace(business_key, ':[0-9]{1,3}$'::text, ''::text)) AS case_number;
END

CREATE OR REPLACE FUNCTION public.registration_stays()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  raise exception 'registered_at of complaints is written once' using errcode = 'check_violation', constraint = tg_name;
end $function$

-- The newest result of each filing up to a day beside what was filed under its number, here or at the counter; filed_account null: nothing was.
CREATE OR REPLACE FUNCTION public.results_beside_filings(of_channel channel_code, until date)
 RETURNS TABLE(filing_no text, event_code text, securities_account text, business text, quantity bigint, confirmed bigint, status text, filed_event text, filed_account text, filed_business text, filed_quantity bigint)
 LANGUAGE sql
 STABLE
AS $function$
  with newest as (
    select distinct on (r.filing_no) r.filing_no, r.event_code, r.securities_account, r.business, r.quantity, r.confirmed, r.status
      from filing_replies_in_force r
     where r.channel = of_channel and r.business_date <= until and r.filing_kind = 'HSB' and r.status in ('3', '4', '6')
     order by r.filing_no, r.business_date desc, r.row_no desc),
  filed as (
    select f.filing_no, a.event_no, f.securities_account, f.business, f.quantity
      from newest join election_filings f using (filing_no) join corporate_actions a using (event_id) where a.channel = of_channel
    union all
    -- Filed at the counter.
    select c.filing_no, c.event_code, c.securities_account, c.business, c.quantity from filed_elections_in_force c
     where c.channel = of_channel and c.business_date <= until
       and not exists (select from election_filings f where f.filing_no = c.filing_no))
  select n.*, f.event_no, f.securities_account, f.business, f.quantity from newest n left join filed f using (filing_no)
$function$

CREATE OR REPLACE FUNCTION public.review_names_the_filer()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  new.filed_by := (select e.filed_by from archive_entries e where e.entry_id = new.entry_id);
  return new;
end $function$

-- Instants by the number of their rung, as `rungs_kept` kept them; exact.
CREATE OR REPLACE FUNCTION public.rung_instants(kept bytea, due_at timestamp with time zone)
 RETURNS timestamp with time zone[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$
  select case when length(kept) % 5 = 2 then
    array(select case when eight <> '\x8000000000000000' then
                   (timestamp '2000-01-01' + interval '1 microsecond' * eight::bigint) at time zone 'UTC' end
            from generate_series(0, length(kept) / 8 - 1) place, lateral (select substring(kept from 8 * place + 1 for 8) as eight) e
           order by place)
  else
    array(select case when five <> '\x8000000000' then
                   (due_at at time zone 'UTC' - interval '1 millisecond' * (((five::bigint + 549755813888) & 1099511627775) - 549755813888))
                   at time zone 'UTC' end
            from generate_series(0, length(kept) / 5 - 1) place, lateral (select substring(kept from 5 * place + 1 for 5) as five) f
           order by place)
    || case when length(kept) % 5 = 1 then '{}' else array[due_at] end
  end
$function$

-- Minutes, counted since 1970, in which a rung rings: what is due is found by them.
CREATE OR REPLACE FUNCTION public.rung_minutes(kept bytea, due_at timestamp with time zone)
 RETURNS integer[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
BEGIN ATOMIC
 SELECT ARRAY( SELECT DISTINCT (floor((EXTRACT(epoch FROM at.at) / (60)::numeric)))::integer AS floor
            FROM unnest(rung_instants(rung_minutes.kept, rung_minutes.due_at)) at(at)
           WHERE (at.at IS NOT NULL)) AS "array";
END

-- Instants by the number of their rung, of [{"rung": 1, "dueAt": "..."}]: five bytes each, milliseconds before due_at. A number without a rung has the least that five bytes can say; the last one is not kept where it is due_at, otherwise one byte follows. Where one is no whole millisecond, or 17 years away: eight bytes each, as PostgreSQL sends instants, filled up to two more than a multiple of five.
CREATE OR REPLACE FUNCTION public.rungs_kept(rungs jsonb, due_at timestamp with time zone)
 RETURNS bytea
 LANGUAGE sql
 STABLE PARALLEL SAFE STRICT
AS $function$
  select case when coalesce(bool_and(at is null or milliseconds = trunc(milliseconds) and abs(milliseconds) < 549755813888), true)
              then coalesce(string_agg(coalesce(substring(int8send(milliseconds::bigint) from 4), '\x8000000000'), '' order by rung)
                              filter (where rung < last or at is distinct from due_at), '')
                   || case when bool_or(rung = last and at = due_at) then ''::bytea else '\x00' end
              else string_agg(timestamptz_send(coalesce(at, '-infinity')), '' order by rung)
                   || substring('\x00000000'::bytea for (7 - 8 * max(last) % 5) % 5) end
    from (select max((r ->> 'rung')::int) as last from jsonb_array_elements(rungs) r) numbered, generate_series(1, last) rung
         left join lateral (select (r ->> 'dueAt')::timestamptz as at from jsonb_array_elements(rungs) r where (r ->> 'rung')::int = rung) i on true,
         lateral (select extract(epoch from due_at - at) * 1000 as milliseconds) m
$function$

-- [{"rung": 1, "dueAt": "..."}] of the instants by the number of their rung.
CREATE OR REPLACE FUNCTION public.rungs_of(kept bytea, due_at timestamp with time zone)
 RETURNS jsonb
 LANGUAGE sql
 STABLE PARALLEL SAFE STRICT
AS $function$
  select coalesce(jsonb_agg(jsonb_build_object('rung', rung, 'dueAt', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by rung), '[]')
    from unnest(rung_instants(kept, due_at)) with ordinality r(at, rung) where at is not null
$function$

-- What searched_runs holds of a text that holds this one; of two characters any run that begins with them.
CREATE OR REPLACE FUNCTION public.runs_asked(asked text)
 RETURNS tsquery
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
 SELECT (string_agg((((''''::text || replace(replace(runs.run, '\'::text, '\\'::text), ''''::text, ''''''::text)) || ''''::text) ||
         CASE
             WHEN (length(runs_asked.asked) < 3) THEN ':*'::text
             ELSE ''::text
         END), ' & '::text))::tsquery AS string_agg
    FROM ( SELECT DISTINCT substr(lower(runs_asked.asked), n.n, 3) AS run
            FROM generate_series(1, GREATEST(1, (length(runs_asked.asked) - 2))) n(n)) runs;
END

-- Every run of three neighbouring characters, and the last two; of Chinese, too, which has no words between blanks.
CREATE OR REPLACE FUNCTION public.searched_runs(searched text)
 RETURNS tsvector
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
 SELECT array_to_tsvector(COALESCE(array_agg(DISTINCT substr(lower(searched_runs.searched), n.n, 3)), '{}'::text[])) AS array_to_tsvector
    FROM generate_series(1, (length(searched_runs.searched) - 1)) n(n);
END

-- Side whose account a finding names, in its key, its values or on its line; null where it is of no side or of both.
CREATE OR REPLACE FUNCTION public.side_of_finding(found findings_in_force)
 RETURNS side_of_business
 LANGUAGE sql
 STABLE
AS $function$
  with named as (
    select unnest(array[found.value, found.file_value, found.computed]) as name
    union all
    select jsonb_array_elements_text(found.attributes -> 'key') where jsonb_typeof(found.attributes -> 'key') = 'array'
    union all
    select unnest(array[reserve_account, securities_account]) from clearing_lines
     where business_date = found.business_date and file_id = found.file_id and row_no = found.row_no
    union all
    select securities_account from security_movements
     where business_date = found.business_date and file_id = found.file_id and row_no = found.row_no
    union all
    select securities_account from security_balances
     where business_date = found.business_date and file_id = found.file_id and row_no = found.row_no
    union all
    select unnest(array[fund_account, securities_account]) from counter_trades
     where business_date = found.business_date and file_id = found.file_id and row_no = found.row_no
    union all
    select fund_account from counter_cash
     where business_date = found.business_date and file_id = found.file_id and row_no = found.row_no
    union all
    select account from bank_lines
     where business_date = found.business_date and file_id = found.file_id and row_no = found.row_no
    union all
    select reserve_account from money_summaries
     where business_date = found.business_date and file_id = found.file_id and row_no = found.row_no
    union all
    select account from money_movements
     where business_date = found.business_date and file_id = found.file_id and row_no = found.row_no
    union all
    select account from money_balances
     where business_date = found.business_date and file_id = found.file_id and row_no = found.row_no
    union all
    select securities_account from filing_replies
     where business_date = found.business_date and file_id = found.file_id and row_no = found.row_no
    union all
    select securities_account from filed_elections
     where business_date = found.business_date and file_id = found.file_id and row_no = found.row_no),
  sides as (
    select name::side_of_business as side from named where name in ('client', 'proprietary')
    union all select b.side from broker_accounts b join named on b.account = name
    union all select c.side from clients c join named on c.fund_account = name
    union all select c.side from clients c join named on c.securities_account = name)
  select min(side) from sides having count(distinct side) = 1
$function$

CREATE OR REPLACE FUNCTION public.stamp_batch()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.opened_in := pg_current_xact_id();
  return new;
end $function$

-- Takes out a start that waited, after the engine has taken it; answers whether there was one.
CREATE OR REPLACE FUNCTION public.start_is_done(done bigint)
 RETURNS boolean
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  with gone as (delete from waiting_starts where message_id = done returning 1)
  select exists (select from gone);
$function$

-- What the process of a complaint is started with: all of it follows from the complaint.
CREATE OR REPLACE FUNCTION public.start_of_complaint(no text)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
  select jsonb_build_object(
    'type', 'complaint', 'args', jsonb_build_array(jsonb_build_object('complaintNo', complaint_no)), 'summary', '投诉 ' || complaint_no || ' complaint',
    'attributes', jsonb_strip_nulls(jsonb_build_object(
      'ProcessType', 'complaint', 'BusinessKey', complaint_no, 'BusinessDate', to_date(substr(complaint_no, 2, 8), 'YYYYMMDD')::text, 'Branch', branch)))
    from complaints where complaint_no = no
$function$

CREATE OR REPLACE FUNCTION public.stops_stay_bounded()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform 1 from deadlines d
    where d.deadline_id = new.deadline_id
      and (select sum(s.to_at - s.from_at) from deadline_stops s where s.deadline_id = d.deadline_id)
          > make_interval(hours => 24 * d.stopped_days_at_most);
  if found then raise exception 'the clock of deadline % stands longer than its bound', new.deadline_id using errcode = '23514'; end if;
  return null;
end $function$

-- Money of a fund account, in fen, that is held for subscriptions of open events.
CREATE OR REPLACE FUNCTION public.subscription_frozen_fen(of_fund_account text)
 RETURNS bigint
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select coalesce(sum(frozen_fen_of(f)), 0)::bigint
    from corporate_action_holders h join corporate_actions a using (event_id) join election_filings f using (event_id, securities_account)
    left join corporate_action_entitlements e using (event_id, securities_account)
   where h.fund_account = of_fund_account and f.frozen_fen is not null and a.ended_at is null and e.credited_fen is null
$function$

-- Direct superiors on a day: the heads, and for whoever is no deputy the deputies too, of role, side and branch; of a head whoever superiors_of_heads names.
CREATE OR REPLACE FUNCTION public.superiors_of(human text, on_day date)
 RETURNS TABLE(person text, keeps_from text)
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  with own as (
    select g.role, g.side, g.branch, g.mark from grants g join people p using (person)
     where p.natural_person = human and daterange(g.valid_from, g.valid_to) @> on_day)
  select g.person, 'all work'
    from own join grants g on g.role = own.role and g.side is not distinct from own.side and g.branch is not distinct from own.branch
   where daterange(g.valid_from, g.valid_to) @> on_day and own.mark is distinct from 'head'
     and (g.mark = 'head' or (g.mark = 'deputy' and own.mark is null)) and natural_person(g.person) <> human
  union
  select g.person, s.keeps_from
    from own join superiors_of_heads s on s.role = own.role and daterange(s.valid_from, s.valid_to) @> on_day
    join grants g on g.role = s.superior_role and (s.superior_mark is null or g.mark = s.superior_mark)
   where daterange(g.valid_from, g.valid_to) @> on_day and own.mark = 'head' and natural_person(g.person) <> human
$function$

-- Number of the form, which is entered where it is asked for the first time.
CREATE OR REPLACE FUNCTION public.task_form(asked jsonb)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  found_id integer;
begin
  loop
    select form_id into found_id from task_forms where form = asked;
    if found_id is not null then return found_id; end if;
    insert into task_forms (form) values (asked) on conflict do nothing returning form_id into found_id;
    if found_id is not null then return found_id; end if;
  end loop;
end $function$

-- Key of business of a task: kind register-complaint of process complaint:T20250623-000001, with tail :1, is complaint-register:T20250623-000001:1.
CREATE OR REPLACE FUNCTION public.task_key(other_key text, kind text, workflow_id text, key_tail text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
 SELECT COALESCE(other_key, (((((substr(kind, (strpos(kind, '-'::text) + 1)) || '-'::text) || split_part(kind, '-'::text, 1)) || ':'::text) || substr(workflow_id, (strpos(workflow_id, ':'::text) + 1))) || key_tail)) AS "coalesce";
END

-- Number of the title, which is entered where it is asked for the first time.
CREATE OR REPLACE FUNCTION public.task_title(asked_zh text, asked_en text)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  found_id integer;
begin
  loop
    select title_id into found_id from task_titles where zh = asked_zh and en = asked_en;
    if found_id is not null then return found_id; end if;
    insert into task_titles (zh, en) values (asked_zh, asked_en) on conflict do nothing returning title_id into found_id;
    if found_id is not null then return found_id; end if;
  end loop;
end $function$

CREATE OR REPLACE FUNCTION public.told_by_templates()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare unknown text;
begin
  select a.template || ' ' || a.template_version into unknown
    from (select distinct template, template_version from added where template is not null and template_version is not null) a
   where not exists (select from message_templates t where t.template = a.template and t.version = a.template_version) limit 1;
  if found then
    raise exception 'a message of the unknown template %', unknown using errcode = 'foreign_key_violation', constraint = tg_name;
  end if;
  return null;
end $function$

-- What its kind is called in code: settlement-day:SH:2025-06-23 -> settlementDay. Of few processes this is not their type.
CREATE OR REPLACE FUNCTION public.type_of_id(workflow_id text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (lower("left"(workflow_id, 1)) || substr(replace(initcap(split_part(workflow_id, ':'::text, 1)), '-'::text, ''::text), 2))

-- Who may do what (besides the owner) ---------------------------------------------------------------------------

public may execute on function accepted_elections(channel_code,date)
public may execute on function approval_is_of_its_task()
public may execute on function archive_is_kept()
public may execute on function archive_is_not_emptied()
public may execute on function archive_kept_until(text)
public may execute on function broker_cut_moves_by_approval()
public may execute on function business_key_of(text)
public may execute on function business_now()
public may execute on function caller_is_nobody_concerned()
public may execute on function case_number(text)
public may execute on function case_numbers(text[])
public may execute on function checker_is_not_kept_out()
public may execute on function civil_version_of(text)
public may execute on function claimed_amount_holds()
public may execute on function clock_kind_is_final()
public may execute on function code_is_forgotten()
public may execute on function complaint_link_holds()
public may execute on function count_submitted_votes()
public may execute on function digest_of_template()
public may execute on function documents_are_kept()
public may execute on function draft_changes_with_its_revision()
public may execute on function due_after(text,date)
public may execute on function due_date_of(text,date)
public may execute on function due_on(text,date)
public may execute on function due_unless_postponed(text,date)
public may execute on function elected_by_holders()
public may execute on function entries_join_open_batch()
public may execute on function facts_stay_none()
public may execute on function filing_results(channel_code,date)
public may execute on function frozen_fen_of(election_filings)
public may execute on function handler_is_no_checker()
public may execute on function handlers_of_level(text)
public may execute on function holders_for(text)
public may execute on function ids_of_key(text)
public may execute on function is_kept_out(text,text[])
public may execute on function is_settlement_day(text,date)
public may execute on function is_submitted(text)
public may execute on function is_written_once()
public may execute on function kept_out_by(text,text,date)
public may execute on function kept_out_of(text)
public may execute on function key_is_written_once()
public may execute on function maker_is_no_checker()
public may execute on function natural_person(text)
public may execute on function natural_person_is_known()
public may execute on function notices_known_on(channel_code,date)
public may execute on function object_number(text)
public may execute on function object_numbers(text[])
public may execute on function offer_under_lock(text,text,text,text)
public may execute on function process_behind(text)
public may execute on function processes_kept_from(text[])
public may execute on function promise_number(text)
public may execute on function registration_stays()
public may execute on function results_beside_filings(channel_code,date)
public may execute on function review_names_the_filer()
public may execute on function rung_instants(bytea,timestamp with time zone)
public may execute on function rung_minutes(bytea,timestamp with time zone)
public may execute on function rungs_kept(jsonb,timestamp with time zone)
public may execute on function rungs_of(bytea,timestamp with time zone)
public may execute on function runs_asked(text)
public may execute on function searched_runs(text)
public may execute on function side_of_finding(findings_in_force)
public may execute on function stamp_batch()
public may execute on function start_of_complaint(text)
public may execute on function stops_stay_bounded()
public may execute on function superiors_of(text,date)
public may execute on function task_form(jsonb)
public may execute on function task_key(text,text,text,text)
public may execute on function task_title(text,text)
public may execute on function told_by_templates()
public may execute on function type_of_id(text)
public may usage on schema public
southbound_app may update on column agreement_texts.approved_by
southbound_app may update on column agreement_texts.approved_on
southbound_app may update on column agreement_texts.valid_from
southbound_app may update on column agreement_texts.valid_to
southbound_app may update on column answer_scores.valid_to
southbound_app may update on column appraisals.approved_at
southbound_app may update on column appraisals.approved_by
southbound_app may update on column appraisals.approved_for
southbound_app may update on column appraisals.computed_at
southbound_app may update on column appraisals.made_by
southbound_app may update on column appraisals.made_for
southbound_app may update on column appraisals.outcome
southbound_app may update on column appraisals.revision
southbound_app may update on column appraisals.state
southbound_app may update on column approval_terms.valid_to
southbound_app may insert on column audit.action
southbound_app may insert on column audit.actor
southbound_app may insert on column audit.before
southbound_app may insert on column audit.business_key
southbound_app may insert on column audit.is_of_its_object
southbound_app may insert on column audit.object_id
southbound_app may insert on column audit.object_type
southbound_app may insert on column audit.on_behalf_of
southbound_app may insert on column audit.other_workflow
southbound_app may insert on column audit.outcome
southbound_app may insert on column audit.reason
southbound_app may insert on column audit.request_id
southbound_app may insert on column audit.role
southbound_app may insert on column audit.told
southbound_app may update on column bad_credit_records.removed_on
southbound_app may update on column break_decisions.at
southbound_app may update on column break_decisions.expires_on
southbound_app may update on column break_decisions.reason
southbound_app may update on column break_decisions.signed_by
southbound_app may update on column break_write_offs.approved_at
southbound_app may update on column break_write_offs.approved_by
southbound_app may update on column break_write_offs.approved_for
southbound_app may update on column break_write_offs.state
southbound_app may update on column callback_consequences.valid_to
southbound_app may update on column callback_follow_ups.valid_to
southbound_app may update on column callback_numbers.last_no
southbound_app may update on column callback_purposes.valid_to
southbound_app may update on column callback_scripts.valid_to
southbound_app may update on column callbacks.ended_at
southbound_app may update on column callbacks.ended_by
southbound_app may update on column callbacks.given_up
southbound_app may update on column callbacks.outcome
southbound_app may update on column callbacks.revision
southbound_app may update on column callbacks.rounds
southbound_app may update on column callbacks.state
southbound_app may update on column changeable_terms.valid_to
southbound_app may update on column commission_breaks.gone_at
southbound_app may update on column commission_breaks.left_by
southbound_app may update on column commission_breaks.left_reason
southbound_app may update on column complainants.client_no
southbound_app may update on column complainants.fund_account
southbound_app may update on column complainants.telephone
southbound_app may update on column complaint_actions.done_at
southbound_app may update on column complaint_actions.done_by
southbound_app may update on column complaint_actions.state
southbound_app may update on column complaint_numbers.last_no
southbound_app may update on column complaint_proposals.approved_at
southbound_app may update on column complaint_proposals.approved_by
southbound_app may update on column complaint_proposals.approved_for
southbound_app may update on column complaint_proposals.state
southbound_app may update on column complaint_requests.ended_at
southbound_app may update on column complaint_requests.ended_by
southbound_app may update on column complaint_requests.state
southbound_app may update on column complaints.about_event
southbound_app may update on column complaints.about_run
southbound_app may update on column complaints.about_workflow
southbound_app may update on column complaints.branch
southbound_app may update on column complaints.category
southbound_app may update on column complaints.claimed_fen
southbound_app may update on column complaints.duplicate_of
southbound_app may update on column complaints.ended_at
southbound_app may update on column complaints.group_of
southbound_app may update on column complaints.handler
southbound_app may update on column complaints.handler_branch
southbound_app may update on column complaints.handler_role
southbound_app may update on column complaints.level
southbound_app may update on column complaints.other_state
southbound_app may update on column complaints.other_urgency
southbound_app may update on column complaints.product
southbound_app may update on column complaints.revision
southbound_app may update on column complaints.subcategory
southbound_app may update on column contact_addresses.address
southbound_app may update on column corporate_action_breaks.approved_by
southbound_app may update on column corporate_action_breaks.cleared_at
southbound_app may update on column corporate_action_breaks.cleared_by
southbound_app may update on column corporate_action_breaks.facts
southbound_app may update on column corporate_action_breaks.found_at
southbound_app may update on column corporate_action_breaks.reason
southbound_app may update on column corporate_action_breaks.state_no
southbound_app may update on column corporate_action_options.gone_version
southbound_app may update on column cushion_top_ups.amount_fen
southbound_app may update on column cushion_top_ups.ended_at
southbound_app may update on column cushion_top_ups.ended_by
southbound_app may update on column cushion_top_ups.state
southbound_app may update on column delegations.approved_at
southbound_app may update on column delegations.approved_by
southbound_app may update on column delegations.approved_for
southbound_app may update on column delegations.revoke_key
southbound_app may update on column delegations.revoke_reason
southbound_app may update on column delegations.revoked_at
southbound_app may update on column delegations.revoked_by
southbound_app may update on column delegations.state
southbound_app may update on column delivery_steps.valid_to
southbound_app may update on column election_cut_changes.decided_at
southbound_app may update on column election_cut_changes.decided_by
southbound_app may update on column election_cut_changes.decided_for
southbound_app may update on column election_cut_changes.state
southbound_app may update on column election_filings.acceptance_no
southbound_app may update on column election_filings.answered_at
southbound_app may update on column election_filings.cancelled_from
southbound_app may update on column election_filings.cancelled_in
southbound_app may update on column election_filings.code
southbound_app may update on column election_filings.confirmed
southbound_app may update on column election_filings.counter_released
southbound_app may update on column election_filings.counter_told
southbound_app may update on column election_filings.restored
southbound_app may update on column election_filings.result_code
southbound_app may update on column election_filings.result_on
southbound_app may update on column election_filings.retry_at
southbound_app may update on column election_filings.state
southbound_app may update on column election_filings.tries
southbound_app may update on column elections.at
southbound_app may update on column elections.cut_at
southbound_app may update on column elections.elected_by
southbound_app may update on column elections.quantity
southbound_app may update on column elections.version_shown
southbound_app may update on column eligibility_terms.valid_to
southbound_app may update on column fee_rates.valid_to
southbound_app may update on column grants.revoke_key
southbound_app may update on column grants.revoke_reason
southbound_app may update on column grants.revoked_at
southbound_app may update on column grants.revoked_by
southbound_app may update on column grants.valid_to
southbound_app may update on column inspection_findings.done_at
southbound_app may update on column inspection_findings.done_by
southbound_app may update on column inspection_findings.state
southbound_app may update on column inspections.answers
southbound_app may update on column inspections.ended_at
southbound_app may update on column inspections.inspected_at
southbound_app may update on column inspections.inspected_by
southbound_app may update on column inspections.state
southbound_app may update on column ladder_terms.valid_to
southbound_app may update on column margin_models.valid_to
southbound_app may update on column message_preferences.set_at
southbound_app may update on column message_preferences.set_by
southbound_app may update on column message_preferences.wanted
southbound_app may update on column message_purposes.valid_to
southbound_app may update on column message_recipients.quiet_from
southbound_app may update on column message_recipients.quiet_until
southbound_app may update on column message_recipients.reason
southbound_app may update on column message_recipients.revision
southbound_app may update on column message_recipients.set_at
southbound_app may update on column message_recipients.set_by
southbound_app may update on column message_templates.valid_to
southbound_app may update on column overdraft_case_numbers.last_no
southbound_app may update on column overdraft_cases.ended_on
southbound_app may update on column overdraft_cases.state
southbound_app may update on column overdraft_write_offs.approved_at
southbound_app may update on column overdraft_write_offs.approved_by
southbound_app may update on column overdraft_write_offs.approved_for
southbound_app may update on column overdraft_write_offs.interest_given_up_fen
southbound_app may update on column overdraft_write_offs.posted_on
southbound_app may update on column overdraft_write_offs.state
southbound_app may update on column parameter_changes.approved_at
southbound_app may update on column parameter_changes.approved_by
southbound_app may update on column parameter_changes.approved_for
southbound_app may update on column parameter_changes.effective_on
southbound_app may update on column parameter_changes.in_force_at
southbound_app may update on column parameter_changes.new_values
southbound_app may update on column parameter_changes.old_values
southbound_app may update on column parameter_changes.reason
southbound_app may update on column parameter_changes.revision
southbound_app may update on column parameter_changes.risk
southbound_app may update on column parameter_changes.state
southbound_app may update on column parameters.valid_to
southbound_app may update on column payee_corrections.approved_at
southbound_app may update on column payee_corrections.approved_by
southbound_app may update on column payee_corrections.approved_for
southbound_app may update on column payee_corrections.state
southbound_app may update on column permission_changes.approved_at
southbound_app may update on column permission_changes.approved_by
southbound_app may update on column permission_changes.approved_for
southbound_app may update on column permission_changes.begins_on
southbound_app may update on column permission_commissions.valid_to
southbound_app may update on column permission_counter_terms.valid_to
southbound_app may update on column permission_request_numbers.last_no
southbound_app may update on column permission_requests.cause
southbound_app may update on column permission_requests.ended_at
southbound_app may update on column permission_requests.lapses_at
southbound_app may update on column permission_requests.revision
southbound_app may update on column permission_requests.state
southbound_app may update on column permission_requests.step
southbound_app may update on column permission_requests.step_since
southbound_app may update on column permission_suspensions.lifted_at
southbound_app may update on column permission_suspensions.lifted_with
southbound_app may update on column permission_types.valid_to
southbound_app may update on column permissions.closed_at
southbound_app may update on column portfolio_fee_tiers.valid_to
southbound_app may update on column postponement_withdrawals.approved_at
southbound_app may update on column postponement_withdrawals.approved_by
southbound_app may update on column postponement_withdrawals.approved_for
southbound_app may update on column postponement_withdrawals.state
southbound_app may update on column process_exclusions.taken_back_at
southbound_app may update on column process_exclusions.taken_back_by
southbound_app may update on column receipt_cursors.after
southbound_app may update on column received_mails.complaint_no
southbound_app may update on column received_mails.looked_at
southbound_app may update on column received_mails.looked_at_by
southbound_app may update on column received_mails.sender_said
southbound_app may update on column received_mails.state
southbound_app may update on column received_mails.workflow_id
southbound_app may update on column registered_clients.account_manager
southbound_app may update on column registered_clients.branch
southbound_app may update on column restricted_kinds.valid_to
southbound_app may update on column restricted_lists.decided_at
southbound_app may update on column restricted_lists.decided_by
southbound_app may update on column restricted_lists.decision
southbound_app may update on column restricted_lists.effective_from
southbound_app may update on column retention_changes.approved_at
southbound_app may update on column retention_changes.approved_by
southbound_app may update on column retention_changes.approved_for
southbound_app may update on column retention_changes.state
southbound_app may update on column risk_bands.valid_to
southbound_app may update on column risk_rates.valid_to
southbound_app may update on column role_conflicts.valid_to
southbound_app may update on column role_grants.approved_at
southbound_app may update on column role_grants.approved_by
southbound_app may update on column role_grants.approved_for
southbound_app may update on column role_grants.ended_at
southbound_app may update on column role_grants.ended_by
southbound_app may update on column role_grants.granted_at
southbound_app may update on column role_grants.granted_by
southbound_app may update on column role_grants.granted_for
southbound_app may update on column role_grants.refusals
southbound_app may update on column role_grants.restriction
southbound_app may update on column role_grants.revision
southbound_app may update on column role_grants.state
southbound_app may update on column samples.begun_at
southbound_app may update on column samples.drawn_at
southbound_app may update on column samples.population
southbound_app may update on column samples.size
southbound_app may update on column securities_accounts.class
southbound_app may update on column securities_accounts.designated_to
southbound_app may update on column securities_accounts.state
southbound_app may update on column served_event_kinds.valid_to
southbound_app may update on column settlement_postponements.approved_at
southbound_app may update on column settlement_postponements.approved_by
southbound_app may update on column settlement_postponements.approved_for
southbound_app may update on column settlement_postponements.state
southbound_app may update on column settlement_postponements.withdrawn_at
southbound_app may update on column settlement_postponements.withdrawn_by
southbound_app may update on column step_requests.applied_at
southbound_app may update on column step_requests.approved_at
southbound_app may update on column step_requests.approved_by
southbound_app may update on column step_requests.approved_for
southbound_app may update on column step_requests.state
southbound_app may update on column substitutions.ended_at
southbound_app may update on column substitutions.ended_by
southbound_app may update on column task_bulk_rows.attempt
southbound_app may update on column task_bulk_rows.code
southbound_app may update on column task_bulk_rows.done_at
southbound_app may update on column task_bulk_rows.failures
southbound_app may update on column task_bulk_rows.request_id
southbound_app may update on column task_bulk_rows.sentence
southbound_app may update on column task_bulk_rows.state
southbound_app may update on column task_bulk_rows.tries
southbound_app may update on column task_views.changed_at
southbound_app may update on column task_views.filter
southbound_app may update on column task_views.name
southbound_app may update on column task_views.removed
southbound_app may update on column task_views.revision
southbound_app may update on column task_views.shared
southbound_app may update on column telephone_elections.codes
southbound_app may update on column telephone_elections.decided_at
southbound_app may update on column telephone_elections.decided_by
southbound_app may update on column telephone_elections.decided_for
southbound_app may update on column telephone_elections.state
southbound_app may update on column test_questions.valid_to
southbound_app may update on column trade_cancellations.after_batch
southbound_app may update on column trade_cancellations.approved_at
southbound_app may update on column trade_cancellations.approved_by
southbound_app may update on column trade_cancellations.approved_for
southbound_app may update on column trade_cancellations.effective_on
southbound_app may update on column trade_cancellations.state
southbound_app may update on column webhook_keys.ends_at
southbound_app may update on column webhook_receivers.off_reason
southbound_app may update on column webhook_receivers.switched_off_at
southbound_app may update on column webhook_receivers.switched_off_by
southbound_app may update on column yearly_complaint_reports.prepared_at
southbound_app may update on column yearly_complaint_reports.prepared_by
southbound_app may update on column yearly_complaint_reports.reference
southbound_app may update on column yearly_complaint_reports.revision
southbound_app may update on column yearly_complaint_reports.sha256
southbound_app may update on column yearly_complaint_reports.state
southbound_app may update on column yearly_complaint_reports.submitted_at
southbound_app may update on column yearly_complaint_reports.submitted_by
southbound_app may update on column yearly_complaint_reports.submitted_on
southbound_app may execute on function accepted_elections(channel_code,date)
southbound_app may execute on function analyse_business_date(date)
southbound_app may execute on function archive_kept_until(text)
southbound_app may execute on function business_now()
southbound_app may execute on function due_after(text,date)
southbound_app may execute on function due_date_of(text,date)
southbound_app may execute on function due_on(text,date)
southbound_app may execute on function due_unless_postponed(text,date)
southbound_app may execute on function frozen_fen_of(election_filings)
southbound_app may execute on function is_settlement_day(text,date)
southbound_app may execute on function is_submitted(text)
southbound_app may execute on function notices_known_on(channel_code,date)
southbound_app may execute on function offer_under_lock(text,text,text,text)
southbound_app may execute on function open_business_date(date)
southbound_app may execute on function results_beside_filings(channel_code,date)
southbound_app may execute on function start_is_done(bigint)
southbound_app may execute on function subscription_frozen_fen(text)
southbound_app may usage on schema public
southbound_app may usage on sequence agreement_showings_showing_id_seq
southbound_app may usage on sequence agreement_signatures_signature_id_seq
southbound_app may usage on sequence appraisals_appraisal_id_seq
southbound_app may usage on sequence archive_entries_entry_id_seq
southbound_app may usage on sequence audit_anchors_anchor_no_seq
southbound_app may usage on sequence audit_seq_seq
southbound_app may usage on sequence batches_batch_id_seq
southbound_app may usage on sequence break_assignments_assignment_id_seq
southbound_app may usage on sequence break_write_offs_write_off_id_seq
southbound_app may usage on sequence callback_attempts_attempt_id_seq
southbound_app may usage on sequence commission_breaks_break_id_seq
southbound_app may usage on sequence complaint_attachments_attachment_id_seq
southbound_app may usage on sequence complaint_documents_document_id_seq
southbound_app may usage on sequence complaint_evidence_evidence_id_seq
southbound_app may usage on sequence complaint_proposals_proposal_id_seq
southbound_app may usage on sequence complaint_steps_step_id_seq
southbound_app may usage on sequence complaint_texts_text_id_seq
southbound_app may usage on sequence corporate_action_break_states
southbound_app may usage on sequence corporate_action_breaks_break_id_seq
southbound_app may usage on sequence corporate_action_steps_step_id_seq
southbound_app may usage on sequence corporate_actions_event_id_seq
southbound_app may usage on sequence cushion_top_ups_top_up_id_seq
southbound_app may usage on sequence deadline_extensions_extension_id_seq
southbound_app may usage on sequence deadline_stops_stop_id_seq
southbound_app may usage on sequence deadlines_deadline_id_seq
southbound_app may usage on sequence delegations_delegation_id_seq
southbound_app may usage on sequence earlier_figures_earlier_id_seq
southbound_app may usage on sequence election_cut_changes_change_id_seq
southbound_app may usage on sequence election_filing_nos
southbound_app may usage on sequence election_filings_filing_seq_seq
southbound_app may usage on sequence election_steps_step_id_seq
southbound_app may usage on sequence figures_figure_id_seq
southbound_app may usage on sequence files_file_id_seq
southbound_app may usage on sequence findings_finding_id_seq
southbound_app may usage on sequence grants_grant_id_seq
southbound_app may usage on sequence inspections_inspection_id_seq
southbound_app may usage on sequence listened_stretches_stretch_id_seq
southbound_app may usage on sequence message_attempts_attempt_id_seq
southbound_app may usage on sequence one_time_code_entries_entry_id_seq
southbound_app may usage on sequence one_time_codes_code_id_seq
southbound_app may usage on sequence orders_order_id_seq
southbound_app may usage on sequence outbox_message_id_seq
southbound_app may usage on sequence overdraft_steps_step_id_seq
southbound_app may usage on sequence overdraft_write_offs_write_off_id_seq
southbound_app may usage on sequence parameter_changes_change_id_seq
southbound_app may usage on sequence permission_commissions_commission_id_seq
southbound_app may usage on sequence permission_steps_step_id_seq
southbound_app may usage on sequence postponement_withdrawals_withdrawal_id_seq
southbound_app may usage on sequence process_exclusions_exclusion_id_seq
southbound_app may usage on sequence received_mails_mail_id_seq
southbound_app may usage on sequence retention_changes_change_id_seq
southbound_app may usage on sequence retention_holds_hold_id_seq
southbound_app may usage on sequence risk_results_result_id_seq
southbound_app may usage on sequence role_grants_role_grant_id_seq
southbound_app may usage on sequence settlement_postponements_postponement_id_seq
southbound_app may usage on sequence step_requests_request_id_seq
southbound_app may usage on sequence substitutions_substitution_id_seq
southbound_app may usage on sequence suitability_reviews_review_id_seq
southbound_app may usage on sequence survey_answers_answer_id_seq
southbound_app may usage on sequence task_bulks_bulk_id_seq
southbound_app may usage on sequence task_events_event_id_seq
southbound_app may usage on sequence task_forms_form_id_seq
southbound_app may usage on sequence task_views_view_id_seq
southbound_app may usage on sequence tasks_task_id_seq
southbound_app may usage on sequence telephone_elections_telephone_no_seq
southbound_app may usage on sequence test_attempts_attempt_id_seq
southbound_app may usage on sequence trade_cancellations_cancellation_id_seq
southbound_app may usage on sequence typed_texts_text_id_seq
southbound_app may delete, insert, select, update on table advances
southbound_app may insert, select on table agreement_showings
southbound_app may insert, select on table agreement_signatures
southbound_app may insert, select on table agreement_texts
southbound_app may insert, select on table answer_scores
southbound_app may insert, select on table appraisal_lines
southbound_app may insert, select on table appraisals
southbound_app may insert, select on table approval_terms
southbound_app may insert, select on table approvals
southbound_app may insert, select on table archive_ends
southbound_app may insert, select on table archive_entries
southbound_app may insert, select on table archive_reviews
southbound_app may insert, select on table archives
southbound_app may select on table audit
southbound_app may insert, select on table audit_anchors
southbound_app may insert, select on table audit_seals
southbound_app may insert, select on table bad_credit_records
southbound_app may insert, select on table bank_lines
southbound_app may insert, select on table batches
southbound_app may insert, select on table break_assignments
southbound_app may insert, select on table break_decisions
southbound_app may insert, select on table break_write_offs
southbound_app may insert, select, update on table broker_accounts
southbound_app may insert, select, update on table business_clock
southbound_app may insert, select on table calendar_days
southbound_app may insert, select on table calendar_versions
southbound_app may insert, select on table callback_attempts
southbound_app may insert, select on table callback_consequences
southbound_app may insert, select on table callback_follow_ups
southbound_app may insert, select on table callback_hands
southbound_app may insert, select on table callback_numbers
southbound_app may insert, select on table callback_purposes
southbound_app may insert, select on table callback_questions
southbound_app may insert, select on table callback_results
southbound_app may insert, select on table callback_scripts
southbound_app may insert, select on table callbacks
southbound_app may insert, select on table changeable_terms
southbound_app may insert, select on table checklist_items
southbound_app may insert, select on table checkpoints
southbound_app may insert, select on table clearing_lines
southbound_app may insert, select on table client_assets
southbound_app may delete, insert, select, update on table client_figures
southbound_app may insert, select on table client_fund_accounts
southbound_app may insert, select on table client_identities
southbound_app may insert, select on table client_logins
southbound_app may insert, select, update on table client_names
southbound_app may insert, select, update on table clients
southbound_app may delete, insert, select, update on table clock_waits
southbound_app may insert, select on table closing_prices
southbound_app may insert, select on table commission_breaks
southbound_app may insert, select on table complainants
southbound_app may insert, select on table complaint_actions
southbound_app may insert, select on table complaint_attachments
southbound_app may insert, select on table complaint_closings
southbound_app may insert, select on table complaint_documents
southbound_app may insert, select on table complaint_evidence
southbound_app may insert, select on table complaint_numbers
southbound_app may insert, select on table complaint_proposals
southbound_app may insert, select on table complaint_requests
southbound_app may insert, select on table complaint_steps
southbound_app may insert, select on table complaint_texts
southbound_app may insert, select on table complaints
southbound_app may insert, select on table contact_addresses
southbound_app may insert, select on table corporate_action_breaks
southbound_app may insert, select, update on table corporate_action_entitlements
southbound_app may insert, select, update on table corporate_action_holders
southbound_app may insert, select on table corporate_action_options
southbound_app may insert, select on table corporate_action_steps
southbound_app may insert, select on table corporate_action_versions
southbound_app may insert, select, update on table corporate_actions
southbound_app may insert, select on table counter_cash
southbound_app may insert, select on table counter_trades
southbound_app may insert, select on table cushion_top_ups
southbound_app may delete, insert, select, update on table day_steps
southbound_app may insert, select on table deadline_changes
southbound_app may insert, select, update on table deadline_extensions
southbound_app may insert, select, update on table deadline_stops
southbound_app may insert, select, update on table deadlines
southbound_app may insert, select on table delegations
southbound_app may insert, select on table delivery_steps
southbound_app may insert, select on table documents
southbound_app may select on table earlier_figures
southbound_app may insert, select on table election_cut_changes
southbound_app may insert, select on table election_filings
southbound_app may insert, select on table election_steps
southbound_app may delete, insert, select on table elections
southbound_app may insert, select on table eligibility_findings
southbound_app may insert, select on table eligibility_terms
southbound_app may insert, select on table entries
southbound_app may insert, select on table exchange_warnings
southbound_app may insert, select on table fee_rates
southbound_app may insert, select on table figure_rules
southbound_app may insert, select on table figure_terms
southbound_app may insert, select on table figures
southbound_app may insert, select on table file_states
southbound_app may insert, select on table filed_elections
southbound_app may insert, select on table files
southbound_app may insert, select on table filing_replies
southbound_app may insert, select on table finding_withdrawals
southbound_app may insert, select on table findings
southbound_app may delete, insert, select, update on table forecasts
southbound_app may insert, select on table freeze_correction_lines
southbound_app may insert, select, update on table freeze_correction_messages
southbound_app may insert, select on table grants
southbound_app may delete, insert, select, update on table idempotency
southbound_app may insert, select on table inspection_findings
southbound_app may insert, select on table inspections
southbound_app may insert, select on table ladder_rungs
southbound_app may insert, select on table ladder_terms
southbound_app may insert, select on table late_notice_files
southbound_app may select on table ledgers
southbound_app may insert, select on table listed_securities
southbound_app may insert, select on table listened_stretches
southbound_app may insert, select on table margin_models
southbound_app may select on table meeting_votes
southbound_app may insert, select on table message_attempts
southbound_app may insert, select on table message_fall_overs
southbound_app may insert, select on table message_preferences
southbound_app may insert, select on table message_purposes
southbound_app may insert, select on table message_receipts
southbound_app may insert, select on table message_recipients
southbound_app may insert, select on table message_templates
southbound_app may insert, select on table money_balances
southbound_app may insert, select on table money_movements
southbound_app may insert, select on table money_summaries
southbound_app may insert, select on table notices
southbound_app may insert, select on table one_time_code_entries
southbound_app may insert, select on table one_time_codes
southbound_app may insert, select, update on table orders
southbound_app may insert, select, update on table outbox
southbound_app may insert, select on table overdraft_case_numbers
southbound_app may insert, select on table overdraft_cases
southbound_app may insert, select on table overdraft_steps
southbound_app may insert, select on table overdraft_write_offs
southbound_app may delete, insert, select, update on table overdrafts
southbound_app may insert, select on table paper_handovers
southbound_app may insert, select on table parameter_change_requests
southbound_app may insert, select on table parameter_changes
southbound_app may insert, select on table parameters
southbound_app may select on table partitioned_by_day
southbound_app may insert, select on table payee_corrections
southbound_app may insert, select, update on table people
southbound_app may insert, select on table permission_acts
southbound_app may insert, select on table permission_changes
southbound_app may insert, select on table permission_closings
southbound_app may insert, select on table permission_commissions
southbound_app may insert, select on table permission_counter_terms
southbound_app may insert, select on table permission_request_numbers
southbound_app may insert, select on table permission_requests
southbound_app may insert, select on table permission_steps
southbound_app may insert, select on table permission_suspensions
southbound_app may insert, select on table permission_types
southbound_app may insert, select on table permissions
southbound_app may insert, select, update on table person_names
southbound_app may insert, select on table portfolio_fee_tiers
southbound_app may delete, insert, select, update on table portfolio_fees
southbound_app may insert, select on table postponement_withdrawals
southbound_app may delete, insert, select, update on table pre_clearings
southbound_app may insert, select on table process_exclusions
southbound_app may insert, select, update on table processes
southbound_app may insert, select on table receipt_cursors
southbound_app may insert, select on table received_mails
southbound_app may insert, select on table reference_rates
southbound_app may insert, select on table registered_clients
southbound_app may insert, select on table restricted_identities
southbound_app may insert, select on table restricted_kinds
southbound_app may insert, select on table restricted_lists
southbound_app may insert, select on table retention_changes
southbound_app may insert, select on table retention_holds
southbound_app may insert, select on table risk_bands
southbound_app may delete, insert, select, update on table risk_money
southbound_app may insert, select on table risk_rates
southbound_app may insert, select on table risk_results
southbound_app may insert, select on table role_conflicts
southbound_app may insert, select on table role_grants
southbound_app may insert, select, update on table roles
southbound_app may insert, select on table sample_members
southbound_app may insert, select on table sample_strata
southbound_app may insert, select on table samples
southbound_app may insert, select, update on table securities
southbound_app may insert, select on table securities_accounts
southbound_app may insert, select on table security_balances
southbound_app may insert, select on table security_movements
southbound_app may insert, select on table served_event_kinds
southbound_app may insert, select, update on table settlement_days
southbound_app may insert, select, update on table settlement_defaults
southbound_app may insert, select on table settlement_notices
southbound_app may insert, select on table settlement_postponements
southbound_app may insert, select on table settlement_ratios
southbound_app may insert, select on table skipped_days
southbound_app may insert, select, update on table split_conversions
southbound_app may insert, select on table step_requests
southbound_app may insert, select on table substitutions
southbound_app may insert, select on table suitability_reviews
southbound_app may select on table superiors_of_heads
southbound_app may insert, select on table survey_answers
southbound_app may insert, select on table surveys
southbound_app may insert, select on table task_bulk_rows
southbound_app may insert, select on table task_bulks
southbound_app may insert, select on table task_comments
southbound_app may insert, select on table task_events
southbound_app may insert, select on table task_forms
southbound_app may insert, select on table task_titles
southbound_app may insert, select on table task_views
southbound_app may insert, select, update on table tasks
southbound_app may insert, select on table telephone_elections
southbound_app may insert, select on table test_attempts
southbound_app may insert, select on table test_questions
southbound_app may insert, select on table test_results
southbound_app may insert, select on table trade_cancellation_rounds
southbound_app may insert, select on table trade_cancellations
southbound_app may insert, select on table trading_experience
southbound_app may insert, select on table typed_texts
southbound_app may insert, select, update on table waiting_starts
southbound_app may insert, select on table webhook_keys
southbound_app may insert, select on table webhook_receivers
southbound_app may insert, select on table yearly_complaint_reports
southbound_app may select on view bank_lines_in_force
southbound_app may select on view break_verdicts
southbound_app may select on view clearing_lines_in_force
southbound_app may select on view closing_prices_in_force
southbound_app may select on view complaint_register
southbound_app may select on view complaint_words
southbound_app may select on view complaints_of_own_people
southbound_app may select on view counted_clearing_lines
southbound_app may select on view counter_cash_in_force
southbound_app may select on view counter_trades_in_force
southbound_app may select on view entry_lines
southbound_app may select on view file_verdicts
southbound_app may select on view filed_elections_in_force
southbound_app may select on view files_in_force
southbound_app may select on view filing_replies_in_force
southbound_app may select on view findings_in_force
southbound_app may select on view listed_securities_in_force
southbound_app may select on view message_proofs
southbound_app may select on view message_tries
southbound_app may select on view money_balances_in_force
southbound_app may select on view money_movements_in_force
southbound_app may select on view money_summaries_in_force
southbound_app may select on view notices_in_force
southbound_app may select on view notices_known
southbound_app may select on view reference_rates_in_force
southbound_app may select on view security_balances_in_force
southbound_app may select on view security_movements_in_force
southbound_app may select on view settlement_notices_in_force
southbound_app may select on view settlement_ratios_in_force
southbound_app may select on view splits_in_force
southbound_app may select on view waiting_messages
