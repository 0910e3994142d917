-- Tickets whose words are to be taken apart: new ones and changed ones. mark changes with every change, so that one
-- that comes while a ticket is being read is not lost.
CREATE TABLE similar_due (
  ticket BIGINT PRIMARY KEY,
  mark BIGINT NOT NULL
);
-- What is kept of a ticket's text to compare it (package similar). tail: its words are in no segment yet.
CREATE TABLE similar_ticket (
  ticket BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tail BOOLEAN NOT NULL,
  data BYTEA NOT NULL
);
CREATE INDEX similar_ticket_tail ON similar_ticket (ticket) WHERE tail;
-- Which tickets have a word: segments of blocks, written once and joined to larger ones as they grow.
CREATE TABLE similar_segment (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  state TEXT NOT NULL CONSTRAINT similar_segment_state CHECK (state IN ('building','live','dead')),
  tickets BIGINT NOT NULL,
  directory BYTEA NOT NULL,
  changed_at BIGINT NOT NULL
);
-- id is the segment's times 2^24 and the number of the block.
CREATE TABLE similar_block (
  id BIGINT PRIMARY KEY,
  data BYTEA NOT NULL
);
-- What the desk's own tickets taught about their words; one row.
CREATE TABLE similar_model (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tickets BIGINT NOT NULL,
  learned_at BIGINT NOT NULL,
  data BYTEA NOT NULL
);
-- Who does the work of the index at the moment, and up to which ticket it was checked that none is missing.
CREATE TABLE similar_work (
  id BIGINT PRIMARY KEY,
  node BIGINT NOT NULL,
  until BIGINT NOT NULL,
  version BIGINT NOT NULL,
  checked BIGINT NOT NULL
);
INSERT INTO similar_work (id, node, until, version, checked) VALUES (1, 0, 0, 0, 0);
-- What people say about what they were shown on a ticket: it helped, or it does not belong there. kind and item name the
-- thing: another ticket by its number, a resolution, a known error, a document.
CREATE TABLE feedback (
  ticket BIGINT NOT NULL REFERENCES ticket (number),
  kind TEXT NOT NULL,
  item TEXT NOT NULL,
  verdict TEXT NOT NULL CONSTRAINT feedback_verdict CHECK (verdict IN ('used','wrong')),
  person_id BIGINT REFERENCES person (id),
  at BIGINT NOT NULL,
  PRIMARY KEY (ticket, kind, item)
);
CREATE INDEX feedback_item ON feedback (kind, item, verdict);
ALTER TABLE similar_ticket ALTER COLUMN data SET STORAGE EXTERNAL;
ALTER TABLE similar_block ALTER COLUMN data SET STORAGE EXTERNAL;
ALTER TABLE similar_model ALTER COLUMN data SET STORAGE EXTERNAL;
