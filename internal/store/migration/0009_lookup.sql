-- Every look-up outside the desk: what left, or would have left, and who decided. What was pasted is never kept: removed has
-- kinds and counts as JSON, masked the text with each word that did not leave replaced by its kind.
CREATE TABLE lookup_log (
  id BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  person_id BIGINT REFERENCES person (id),
  team_id BIGINT REFERENCES team (id),
  ticket BIGINT REFERENCES ticket (number),
  via TEXT NOT NULL,
  way TEXT NOT NULL CONSTRAINT lookup_way CHECK (way IN ('link','links','search')),
  engine TEXT NOT NULL,
  engine_name TEXT NOT NULL DEFAULT '',
  query TEXT NOT NULL,
  url TEXT NOT NULL DEFAULT '',
  masked TEXT NOT NULL DEFAULT '',
  removed TEXT NOT NULL DEFAULT '',
  allowed TEXT NOT NULL DEFAULT '',
  dropped BIGINT NOT NULL DEFAULT 0,
  policy TEXT NOT NULL CONSTRAINT lookup_policy CHECK (policy IN ('allow','ask','forbid')),
  state TEXT NOT NULL CONSTRAINT lookup_state CHECK (state IN ('left','waiting','approved','denied','refused')),
  decider_id BIGINT REFERENCES person (id),
  decided_at BIGINT NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '',
  expires_at BIGINT NOT NULL DEFAULT 0,
  left_at BIGINT NOT NULL DEFAULT 0,
  results BIGINT NOT NULL DEFAULT 0,
  problem TEXT NOT NULL DEFAULT '',
  press TEXT NOT NULL, -- the same for two presses of one button, so that one look-up leaves once
  -- Nobody approves their own.
  CONSTRAINT lookup_second CHECK (decider_id IS NULL OR person_id IS NULL OR decider_id <> person_id)
);
CREATE UNIQUE INDEX lookup_log_press ON lookup_log (press);
CREATE INDEX lookup_log_at ON lookup_log (at, id);
CREATE INDEX lookup_log_open ON lookup_log (expires_at) WHERE state IN ('waiting','approved');
CREATE INDEX lookup_log_person ON lookup_log (person_id, at) WHERE person_id IS NOT NULL;
CREATE INDEX lookup_log_team ON lookup_log (team_id) WHERE team_id IS NOT NULL;
CREATE INDEX lookup_log_ticket ON lookup_log (ticket) WHERE ticket IS NOT NULL;
CREATE INDEX lookup_log_decider ON lookup_log (decider_id) WHERE decider_id IS NOT NULL;
-- Words that somebody allowed to leave for ever. word is how they are compared.
CREATE TABLE lookup_word (
  id BIGINT PRIMARY KEY,
  word TEXT NOT NULL,
  text TEXT NOT NULL,
  why TEXT NOT NULL DEFAULT '',
  person_id BIGINT REFERENCES person (id),
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX lookup_word_word ON lookup_word (word);
CREATE INDEX lookup_word_person ON lookup_word (person_id) WHERE person_id IS NOT NULL;
