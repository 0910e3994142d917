-- What errors a ticket speaks of. Of each source the most telling signature has position 0.
CREATE TABLE ticket_signature (
  ticket BIGINT NOT NULL REFERENCES ticket (number),
  entry_id BIGINT NOT NULL DEFAULT 0, -- 0: the ticket's own subject and text
  signature TEXT NOT NULL,
  position BIGINT NOT NULL,
  kind TEXT NOT NULL,
  exception TEXT NOT NULL DEFAULT '',
  template TEXT NOT NULL,
  frames TEXT NOT NULL DEFAULT '',
  count BIGINT NOT NULL,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  PRIMARY KEY (ticket, entry_id, signature)
);
CREATE INDEX ticket_signature_signature ON ticket_signature (signature, ticket);
CREATE INDEX ticket_signature_entry ON ticket_signature (entry_id) WHERE entry_id > 0;
