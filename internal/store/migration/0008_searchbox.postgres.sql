-- Words of the titles of tickets, for spelling: how many titles had each, and when one had it last.
CREATE TABLE search_word (
  word TEXT COLLATE "C" PRIMARY KEY,
  seen BIGINT NOT NULL,
  last_at BIGINT NOT NULL
);
-- The words of names, as package search makes them, so that a name is found by the beginning of any of its words.
CREATE TABLE name_word (
  word TEXT COLLATE "C" NOT NULL,
  kind TEXT NOT NULL,
  id BIGINT NOT NULL,
  PRIMARY KEY (word, kind, id)
);
CREATE INDEX name_word_of ON name_word (kind, id);
