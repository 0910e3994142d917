-- Tickets whose groups of recurring issues are to be brought up to date.
CREATE TABLE recurrence_due (
  ticket BIGINT PRIMARY KEY,
  at BIGINT NOT NULL
);
INSERT INTO recurrence_due (ticket, at) SELECT number, created_at FROM ticket;
-- What a ticket recurs as: its error, or what its subject has in common with others. nights are those it broke.
CREATE TABLE recurrence_member (
  ticket BIGINT NOT NULL REFERENCES ticket (number),
  signature TEXT NOT NULL,
  application_id BIGINT NOT NULL DEFAULT 0,
  at BIGINT NOT NULL,
  minutes BIGINT NOT NULL DEFAULT 0,
  nights TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (ticket, signature)
);
CREATE INDEX recurrence_member_group ON recurrence_member (signature, application_id, at, ticket);
-- A group of at least two such tickets. Sums are kept as tickets come and change; the rest is found anew when dirty.
CREATE TABLE recurrence_group (
  id BIGINT PRIMARY KEY,
  signature TEXT NOT NULL,
  application_id BIGINT NOT NULL DEFAULT 0,
  title TEXT NOT NULL DEFAULT '',
  template TEXT NOT NULL DEFAULT '',
  tickets BIGINT NOT NULL DEFAULT 0,
  minutes BIGINT NOT NULL DEFAULT 0,
  nights BIGINT NOT NULL DEFAULT 0,
  first_at BIGINT NOT NULL DEFAULT 0,
  last_at BIGINT NOT NULL DEFAULT 0,
  zone TEXT NOT NULL DEFAULT '',
  rhythm TEXT NOT NULL DEFAULT '',
  next_at BIGINT NOT NULL DEFAULT 0,
  hours BIGINT NOT NULL DEFAULT 0, -- tenths of an hour a month
  score BIGINT NOT NULL DEFAULT 0, -- hundredths
  mark TEXT NOT NULL DEFAULT '' CONSTRAINT recurrence_mark CHECK (mark IN ('','workaround','fixed','not_worth')),
  mark_note TEXT NOT NULL DEFAULT '',
  mark_change TEXT NOT NULL DEFAULT '',
  marked_at BIGINT NOT NULL DEFAULT 0,
  marker_id BIGINT REFERENCES person (id),
  broken BIGINT NOT NULL DEFAULT 0, -- tickets since it was said to be fixed
  dirty_at BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX recurrence_group_key ON recurrence_group (signature, application_id);
CREATE INDEX recurrence_group_score ON recurrence_group (score DESC, id DESC) WHERE tickets >= 3;
CREATE INDEX recurrence_group_application ON recurrence_group (application_id, score DESC, id DESC) WHERE tickets >= 3;
CREATE INDEX recurrence_group_dirty ON recurrence_group (dirty_at) WHERE dirty_at > 0;

CREATE TABLE resolution (
  id BIGINT PRIMARY KEY,
  title TEXT NOT NULL,
  symptom TEXT NOT NULL DEFAULT '',
  cause TEXT NOT NULL DEFAULT '',
  fix TEXT NOT NULL DEFAULT '',
  proof TEXT NOT NULL DEFAULT '',
  environment TEXT NOT NULL DEFAULT '',
  product_version TEXT NOT NULL DEFAULT '',
  answer TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CONSTRAINT resolution_state CHECK (state IN ('draft','verified','retired')),
  ticket BIGINT REFERENCES ticket (number),
  author_id BIGINT REFERENCES person (id),
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  verified_at BIGINT NOT NULL DEFAULT 0,
  verifier_id BIGINT REFERENCES person (id),
  retired_at BIGINT NOT NULL DEFAULT 0,
  helped BIGINT NOT NULL DEFAULT 0,
  wrong BIGINT NOT NULL DEFAULT 0,
  used_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX resolution_updated ON resolution (updated_at DESC, id DESC);
CREATE INDEX resolution_of_state ON resolution (state, updated_at DESC, id DESC);
CREATE INDEX resolution_wrong ON resolution (updated_at DESC, id DESC) WHERE wrong > 0;
CREATE INDEX resolution_ticket ON resolution (ticket) WHERE ticket IS NOT NULL;
CREATE TABLE resolution_application (
  resolution_id BIGINT NOT NULL REFERENCES resolution (id),
  application_id BIGINT NOT NULL REFERENCES application (id),
  PRIMARY KEY (resolution_id, application_id)
);
CREATE INDEX resolution_application_of ON resolution_application (application_id, resolution_id);
CREATE TABLE resolution_signature (
  resolution_id BIGINT NOT NULL REFERENCES resolution (id),
  signature TEXT NOT NULL,
  template TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (resolution_id, signature)
);
CREATE INDEX resolution_signature_of ON resolution_signature (signature, resolution_id);
-- What a resolution said before a change.
CREATE TABLE resolution_version (
  resolution_id BIGINT NOT NULL REFERENCES resolution (id),
  version BIGINT NOT NULL,
  fields TEXT NOT NULL,
  state TEXT NOT NULL,
  person_id BIGINT REFERENCES person (id),
  at BIGINT NOT NULL,
  PRIMARY KEY (resolution_id, version)
);
-- What a resolution was for a ticket. These are counted, never the resolutions.
CREATE TABLE resolution_use (
  id BIGINT PRIMARY KEY,
  resolution_id BIGINT NOT NULL REFERENCES resolution (id),
  ticket BIGINT NOT NULL REFERENCES ticket (number),
  mark TEXT NOT NULL CONSTRAINT resolution_mark CHECK (mark IN ('written','helped','wrong')),
  person_id BIGINT REFERENCES person (id),
  note TEXT NOT NULL DEFAULT '',
  at BIGINT NOT NULL
);
CREATE UNIQUE INDEX resolution_use_pair ON resolution_use (resolution_id, ticket);
CREATE INDEX resolution_use_ticket ON resolution_use (ticket);
CREATE INDEX resolution_use_at ON resolution_use (at, mark);
-- The words of resolutions that are not retired, made by package search; weight counts the title four times.
CREATE TABLE resolution_term (
  term TEXT NOT NULL,
  resolution_id BIGINT NOT NULL,
  weight BIGINT NOT NULL,
  PRIMARY KEY (term, resolution_id)
);
CREATE INDEX resolution_term_of ON resolution_term (resolution_id);
-- Searches of the desk that found nothing. Who searched is not kept.
CREATE TABLE search_miss (
  id BIGINT PRIMARY KEY,
  text TEXT NOT NULL,
  asked BIGINT NOT NULL,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  dismissed_at BIGINT NOT NULL DEFAULT 0,
  resolution_id BIGINT REFERENCES resolution (id)
);
CREATE UNIQUE INDEX search_miss_text ON search_miss (text);
CREATE INDEX search_miss_open ON search_miss (asked DESC, last_at DESC, id DESC) WHERE dismissed_at = 0 AND resolution_id IS NULL;
