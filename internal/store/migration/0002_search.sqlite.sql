CREATE TABLE counter (name TEXT PRIMARY KEY, value BIGINT NOT NULL);
INSERT INTO counter (name, value) VALUES ('ticket', 0);
-- Tokens come from package search, so the tokenizer only splits at spaces. acl holds who may find the row.
CREATE VIRTUAL TABLE doc_fts USING fts5(title, body, parts, acl, content='', contentless_delete=1,
  tokenize="unicode61 remove_diacritics 0 tokenchars '_'", prefix='2 3');
-- Segments are merged eight at a time, not four: half the writing for each ticket, a few more segments to look through.
INSERT INTO doc_fts (doc_fts, rank) VALUES ('automerge', 8);
