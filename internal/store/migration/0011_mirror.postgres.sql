-- Copies of question and answer sites, searched on this machine. id is above the 40 bits of a post's own id. run and until
-- say which import works on it at the moment.
CREATE TABLE mirror_site (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT mirror_site_state CHECK (state IN ('importing','ready','removing')),
  min_score BIGINT,
  tags TEXT NOT NULL,
  questions BIGINT NOT NULL,
  answers BIGINT NOT NULL,
  newest_at BIGINT NOT NULL,
  imported_at BIGINT NOT NULL,
  run BIGINT NOT NULL,
  until BIGINT NOT NULL
);
CREATE UNIQUE INDEX mirror_site_name ON mirror_site (name);
-- id is the site's times 2^40 and the post's own. body is deflated text; it stands last, so that the rest is read without it.
CREATE TABLE mirror_question (
  id BIGINT PRIMARY KEY,
  print BIGINT NOT NULL,
  score BIGINT NOT NULL,
  accepted BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  licence TEXT NOT NULL,
  tags TEXT NOT NULL,
  title TEXT NOT NULL,
  body BYTEA NOT NULL
);
CREATE TABLE mirror_answer (
  id BIGINT PRIMARY KEY,
  print BIGINT NOT NULL,
  question BIGINT NOT NULL,
  score BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  licence TEXT NOT NULL,
  body BYTEA NOT NULL
);
CREATE INDEX mirror_answer_question ON mirror_answer (question);
-- Questions whose words, or whose answers' words, are to be taken apart; and what was found (package similar).
CREATE TABLE mirror_due (question BIGINT PRIMARY KEY);
CREATE TABLE mirror_feature (
  question BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  data BYTEA NOT NULL
);
-- A segment is of the desk's tickets (0) or of a mirrored site. The model of the mirror is row 2.
ALTER TABLE similar_segment ADD COLUMN site BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mirror_question ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE mirror_answer ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE mirror_feature ALTER COLUMN data SET STORAGE EXTERNAL;
