-- How this desk finds private numbers that nobody else knows. finds and spares are examples, one a line.
CREATE TABLE privacy_pattern (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  expr TEXT NOT NULL,
  keyword TEXT NOT NULL DEFAULT '',
  finds TEXT NOT NULL DEFAULT '',
  spares TEXT NOT NULL DEFAULT '',
  author_id BIGINT REFERENCES person (id),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX privacy_pattern_key ON privacy_pattern (lower(name));
CREATE INDEX privacy_pattern_author ON privacy_pattern (author_id) WHERE author_id IS NOT NULL;
-- Where in an entry private data stands and by which rules it was looked for; empty: not looked through yet.
ALTER TABLE entry ADD COLUMN private TEXT NOT NULL DEFAULT '';
-- Entries whose file is to be looked through.
CREATE TABLE privacy_due (
  entry_id BIGINT PRIMARY KEY REFERENCES entry (id),
  at BIGINT NOT NULL
);
CREATE INDEX privacy_due_at ON privacy_due (at);
INSERT INTO privacy_due (entry_id, at) SELECT DISTINCT entry_id, 0 FROM entry_file WHERE role = 'main';
-- Who looked at the original of what, and when last: looks within some minutes are one line of the audit log.
-- what is an entry, or a ticket's number with a minus before it.
CREATE TABLE privacy_look (
  person_id BIGINT NOT NULL,
  what BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (person_id, what)
);
