CREATE SEQUENCE ticket_number;
ALTER TABLE doc ADD COLUMN terms tsvector;
CREATE INDEX doc_terms ON doc USING gin (terms);
-- Contents of files. A content is whole once file_content names its upload; pieces of uploads that it does not
-- name are left-overs.
CREATE TABLE file_content (
  hash TEXT PRIMARY KEY,
  upload BIGINT NOT NULL,
  size BIGINT NOT NULL,
  put_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX file_content_upload ON file_content (upload);
CREATE INDEX file_content_put ON file_content (put_at);
CREATE TABLE file_chunk (
  upload BIGINT NOT NULL,
  position BIGINT NOT NULL,
  data BYTEA NOT NULL,
  PRIMARY KEY (upload, position)
);
ALTER TABLE file_chunk ALTER COLUMN data SET STORAGE EXTERNAL;
