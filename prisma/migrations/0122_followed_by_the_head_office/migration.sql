-- Complaints that the head office follows are few among all: lists and ladders ask for them by number.
create index complaints_followed on complaint_steps (complaint_no) where act = 'take up' and detail ->> 'decision' = 'followed by the head office';
