-- What this desk wrote or imported about error codes. key is the code as addresses spell it; it finds the shipped entry of the
-- same code, which this one stands in front of. steps has one step a line.
CREATE TABLE known_error (
  id BIGINT PRIMARY KEY,
  key TEXT NOT NULL,
  code TEXT NOT NULL,
  product TEXT NOT NULL DEFAULT '',
  title TEXT NOT NULL,
  meaning TEXT NOT NULL DEFAULT '',
  steps TEXT NOT NULL DEFAULT '',
  link TEXT NOT NULL DEFAULT '',
  manual TEXT NOT NULL DEFAULT '', -- where it was imported from; empty: written by hand
  state TEXT NOT NULL CONSTRAINT known_error_state CHECK (state IN ('active','retired')),
  author_id BIGINT REFERENCES person (id),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  revision BIGINT NOT NULL -- grows with every write, so that what was read can be told from what is there now
);
CREATE UNIQUE INDEX known_error_key ON known_error (key);
CREATE INDEX known_error_revision ON known_error (revision);
CREATE INDEX known_error_author ON known_error (author_id) WHERE author_id IS NOT NULL;
