CREATE SEQUENCE ticket_number;
ALTER TABLE doc ADD COLUMN terms tsvector;
CREATE INDEX doc_terms ON doc USING gin (terms);
CREATE TABLE file_chunk (
  hash TEXT NOT NULL,
  position BIGINT NOT NULL,
  data BYTEA NOT NULL,
  PRIMARY KEY (hash, position)
);
