-- Times are UTC epoch milliseconds, 0 = unset. Ids are made by the program. JSON is text, never queried inside.
CREATE TABLE setting (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE client (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  domain TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX client_name ON client (lower(name));
CREATE TABLE team (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX team_name ON team (lower(name));
CREATE TABLE person (
  id BIGINT PRIMARY KEY,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL CONSTRAINT person_role CHECK (role IN ('admin','lead','agent','requester')),
  client_id BIGINT REFERENCES client (id),
  zone TEXT NOT NULL DEFAULT '',
  phone TEXT NOT NULL DEFAULT '',
  prefs TEXT NOT NULL DEFAULT '{}',
  password_hash TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  disabled_at BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX person_email ON person (lower(email)) WHERE email <> '';
CREATE INDEX person_name ON person (lower(name), id);
CREATE INDEX person_client ON person (client_id) WHERE client_id IS NOT NULL;
CREATE INDEX person_role_idx ON person (role, id);
CREATE TABLE membership (
  team_id BIGINT NOT NULL REFERENCES team (id),
  person_id BIGINT NOT NULL REFERENCES person (id),
  PRIMARY KEY (team_id, person_id)
);
CREATE INDEX membership_person ON membership (person_id);
CREATE TABLE session (
  hash TEXT PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  person_id BIGINT NOT NULL REFERENCES person (id),
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  user_agent TEXT NOT NULL DEFAULT '',
  address TEXT NOT NULL DEFAULT ''
);
CREATE INDEX session_person ON session (person_id);
CREATE INDEX session_expires ON session (expires_at);
CREATE TABLE token (
  id BIGINT PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  person_id BIGINT NOT NULL REFERENCES person (id),
  name TEXT NOT NULL,
  hint TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL DEFAULT 0,
  expires_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX token_person ON token (person_id);
-- Attempts to sign in that are under way or failed. who is a hash: people type passwords into the wrong field.
CREATE TABLE login_failure (
  id BIGINT NOT NULL,
  who TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (id, who)
);
CREATE INDEX login_failure_who ON login_failure (who, at);
CREATE INDEX login_failure_at ON login_failure (at);

CREATE TABLE application (
  id BIGINT PRIMARY KEY,
  slug TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  team_id BIGINT REFERENCES team (id),
  primary_id BIGINT REFERENCES person (id),
  secondary_id BIGINT REFERENCES person (id),
  created_at BIGINT NOT NULL,
  archived_at BIGINT NOT NULL DEFAULT 0,
  -- Another name of this application: it was merged there, and its name still finds it.
  merged_into BIGINT REFERENCES application (id),
  -- Since when its active tickets wait to be judged anew, because its calendar changed.
  rejudge_at BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX application_slug ON application (slug);
CREATE UNIQUE INDEX application_name ON application (lower(name));
CREATE INDEX application_merged ON application (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX application_rejudge ON application (rejudge_at) WHERE rejudge_at > 0;
CREATE TABLE environment (
  id BIGINT PRIMARY KEY,
  application_id BIGINT NOT NULL REFERENCES application (id),
  name TEXT NOT NULL,
  kind TEXT NOT NULL DEFAULT '',
  url TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX environment_name ON environment (application_id, lower(name));
CREATE TABLE host (
  id BIGINT PRIMARY KEY,
  environment_id BIGINT NOT NULL REFERENCES environment (id),
  name TEXT NOT NULL,
  address TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX host_name ON host (environment_id, lower(name));
CREATE TABLE business_event (
  id BIGINT PRIMARY KEY,
  application_id BIGINT NOT NULL REFERENCES application (id),
  name TEXT NOT NULL,
  rule TEXT NOT NULL,
  zone TEXT NOT NULL,
  consequence TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX business_event_name ON business_event (application_id, lower(name));

CREATE TABLE ticket (
  number BIGINT PRIMARY KEY,
  external_id TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL DEFAULT '',
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  status TEXT NOT NULL CONSTRAINT ticket_status CHECK (status IN ('new','open','waiting','resolved','closed','cancelled','merged')),
  active BOOLEAN NOT NULL,
  waiting_on TEXT NOT NULL DEFAULT '',
  wake_at BIGINT NOT NULL DEFAULT 0,
  level TEXT NOT NULL DEFAULT 'L1',
  channel TEXT NOT NULL DEFAULT '',
  tags TEXT NOT NULL DEFAULT '[]',
  application_id BIGINT REFERENCES application (id),
  team_id BIGINT REFERENCES team (id),
  requester_id BIGINT REFERENCES person (id),
  client_id BIGINT REFERENCES client (id),
  assignee_id BIGINT REFERENCES person (id),
  merged_into BIGINT NOT NULL DEFAULT 0,
  reopen_count BIGINT NOT NULL DEFAULT 0,
  minutes_spent BIGINT NOT NULL DEFAULT 0,
  resolution TEXT NOT NULL DEFAULT '',
  stated_at BIGINT NOT NULL DEFAULT 0,
  stated_reason TEXT NOT NULL DEFAULT '',
  stated_by TEXT NOT NULL DEFAULT '',
  consequence TEXT NOT NULL DEFAULT '',
  agreed_at BIGINT NOT NULL DEFAULT 0,
  judged TEXT NOT NULL DEFAULT '' CONSTRAINT ticket_judged CHECK (judged IN ('','real','not_real')),
  judged_at BIGINT NOT NULL DEFAULT 0,
  judged_by BIGINT REFERENCES person (id),
  stakes TEXT NOT NULL DEFAULT '',
  workaround BOOLEAN NOT NULL DEFAULT FALSE,
  spreading BOOLEAN NOT NULL DEFAULT FALSE,
  fire TEXT NOT NULL CONSTRAINT ticket_fire CHECK (fire IN ('match','house_fire','wildfire')),
  fire_rank BIGINT NOT NULL,
  sort_at BIGINT NOT NULL,
  reasons TEXT NOT NULL DEFAULT '[]',
  real_at BIGINT NOT NULL DEFAULT 0,
  real_from TEXT NOT NULL DEFAULT '',
  start_by BIGINT NOT NULL DEFAULT 0,
  turns_at BIGINT NOT NULL DEFAULT 0,
  warn_at BIGINT NOT NULL DEFAULT 0,
  warned_at BIGINT NOT NULL DEFAULT 0,
  effort_ms BIGINT NOT NULL DEFAULT 0,
  effort_from TEXT NOT NULL DEFAULT '',
  by_hand TEXT NOT NULL DEFAULT '',
  due_at BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  first_reply_at BIGINT NOT NULL DEFAULT 0,
  resolved_at BIGINT NOT NULL DEFAULT 0,
  closed_at BIGINT NOT NULL DEFAULT 0,
  version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX ticket_active ON ticket (fire_rank, sort_at, number, team_id) WHERE active;
CREATE INDEX ticket_mine ON ticket (assignee_id, fire_rank, sort_at, number) WHERE active;
CREATE INDEX ticket_team ON ticket (team_id, fire_rank, sort_at, number) WHERE active;
CREATE INDEX ticket_unassigned ON ticket (fire_rank, sort_at, number) WHERE active AND assignee_id IS NULL;
CREATE INDEX ticket_status_number ON ticket (status, number);
CREATE INDEX ticket_state ON ticket (status, fire_rank, sort_at, number) WHERE active;
CREATE INDEX ticket_merged ON ticket (merged_into) WHERE merged_into > 0;
CREATE INDEX ticket_application ON ticket (application_id, number);
CREATE INDEX ticket_application_active ON ticket (application_id, fire_rank, sort_at, number) WHERE active;
CREATE INDEX ticket_requester ON ticket (requester_id, number);
CREATE INDEX ticket_assignee ON ticket (assignee_id, number);
CREATE INDEX ticket_due ON ticket (due_at) WHERE due_at > 0;
CREATE INDEX ticket_effort ON ticket (application_id, resolved_at, status, created_at) WHERE resolved_at > 0;
CREATE INDEX ticket_judged_idx ON ticket (judged_at) WHERE judged <> '';
-- The reports read these alone, whatever the size of the table.
CREATE INDEX ticket_stated ON ticket (created_at, client_id, team_id, judged, agreed_at, stated_at) WHERE stated_at > 0;
CREATE INDEX ticket_created ON ticket (created_at, fire);
CREATE INDEX ticket_resolved ON ticket (resolved_at) WHERE resolved_at > 0;
CREATE UNIQUE INDEX ticket_external ON ticket (source, external_id) WHERE external_id <> '';
-- What the row said from which a ticket was imported last, so that a second import writes only what changed there.
CREATE TABLE imported (
  ticket BIGINT PRIMARY KEY REFERENCES ticket (number),
  fingerprint TEXT NOT NULL
);
CREATE TABLE ticket_tag (
  tag TEXT NOT NULL,
  ticket BIGINT NOT NULL REFERENCES ticket (number),
  PRIMARY KEY (tag, ticket)
);
CREATE INDEX ticket_tag_ticket ON ticket_tag (ticket);

CREATE TABLE entry (
  id BIGINT PRIMARY KEY,
  ticket BIGINT NOT NULL REFERENCES ticket (number),
  kind TEXT NOT NULL CONSTRAINT entry_kind CHECK (kind IN ('reply','note','sql','terminal','log','screenshot','file')),
  public BOOLEAN NOT NULL,
  author_id BIGINT REFERENCES person (id),
  author TEXT NOT NULL DEFAULT '',
  from_staff BOOLEAN NOT NULL,
  title TEXT NOT NULL DEFAULT '',
  body TEXT NOT NULL DEFAULT '',
  data TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  send_at BIGINT NOT NULL DEFAULT 0,
  external_id TEXT NOT NULL DEFAULT '',
  -- The ticket it was written on, where that is another: merged or split since. It belongs to that ticket's requester.
  origin BIGINT NOT NULL DEFAULT 0,
  -- A note, a query, a terminal session and a log are never public, whatever the program says.
  CONSTRAINT entry_private CHECK (NOT public OR kind IN ('reply','screenshot','file'))
);
CREATE INDEX entry_ticket ON entry (ticket, created_at, id);
CREATE INDEX entry_send ON entry (send_at) WHERE send_at > 0;
-- All that may ever leave the desk is read from here.
CREATE VIEW public_entry AS
  SELECT id, ticket, origin, kind, author, from_staff, body, created_at FROM entry WHERE public AND send_at = 0;
-- Searchable text of an entry beyond its body: what a terminal showed, the telling lines of a log.
CREATE TABLE entry_text (
  entry_id BIGINT PRIMARY KEY REFERENCES entry (id),
  text TEXT NOT NULL
);
CREATE TABLE file (
  hash TEXT PRIMARY KEY,
  size BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE TABLE entry_file (
  entry_id BIGINT NOT NULL REFERENCES entry (id),
  position BIGINT NOT NULL,
  role TEXT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  size BIGINT NOT NULL,
  hash TEXT NOT NULL REFERENCES file (hash),
  PRIMARY KEY (entry_id, position)
);
CREATE INDEX entry_file_hash ON entry_file (hash);
CREATE TABLE history (
  id BIGINT PRIMARY KEY,
  ticket BIGINT NOT NULL REFERENCES ticket (number),
  at BIGINT NOT NULL,
  actor_id BIGINT REFERENCES person (id),
  via TEXT NOT NULL,
  rule TEXT NOT NULL DEFAULT '',
  field TEXT NOT NULL,
  old TEXT NOT NULL DEFAULT '',
  new TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT '',
  ref BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX history_ticket ON history (ticket, at, id);
CREATE INDEX history_by_hand ON history (at) WHERE field = 'set_by_hand';
CREATE TABLE link (
  id BIGINT PRIMARY KEY,
  ticket BIGINT NOT NULL REFERENCES ticket (number),
  other BIGINT NOT NULL REFERENCES ticket (number),
  kind TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX link_pair ON link (ticket, other, kind);
CREATE INDEX link_other ON link (other);
CREATE TABLE draft (
  ticket BIGINT NOT NULL,
  person_id BIGINT NOT NULL REFERENCES person (id),
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (ticket, person_id, kind)
);
CREATE INDEX draft_person ON draft (person_id, updated_at);
CREATE TABLE viewer (
  ticket BIGINT NOT NULL,
  person_id BIGINT NOT NULL REFERENCES person (id),
  composing TEXT NOT NULL DEFAULT '',
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (ticket, person_id)
);
CREATE TABLE seen (
  person_id BIGINT NOT NULL,
  ticket BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (person_id, ticket)
);
CREATE TABLE time_spent (
  id BIGINT PRIMARY KEY,
  ticket BIGINT NOT NULL REFERENCES ticket (number),
  person_id BIGINT NOT NULL REFERENCES person (id),
  minutes BIGINT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  at BIGINT NOT NULL
);
CREATE INDEX time_spent_ticket ON time_spent (ticket);
CREATE INDEX time_spent_person ON time_spent (person_id, at);
CREATE INDEX time_spent_at ON time_spent (at);
CREATE TABLE saved_view (
  id BIGINT PRIMARY KEY,
  person_id BIGINT NOT NULL REFERENCES person (id),
  shared BOOLEAN NOT NULL DEFAULT FALSE,
  name TEXT NOT NULL,
  query TEXT NOT NULL,
  position BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL
);
CREATE INDEX saved_view_shared ON saved_view (position) WHERE shared;
CREATE INDEX saved_view_person ON saved_view (person_id);
CREATE TABLE undo (
  id BIGINT PRIMARY KEY,
  person_id BIGINT REFERENCES person (id),
  act TEXT NOT NULL,
  detail TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE idempotency (
  key TEXT PRIMARY KEY,
  ticket BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE TABLE audit (
  id BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  actor_id BIGINT REFERENCES person (id),
  via TEXT NOT NULL,
  act TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL DEFAULT ''
);
CREATE INDEX audit_at ON audit (at);
CREATE TABLE node (
  node BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  seen_at BIGINT NOT NULL
);
-- One row for each text that search can find: a ticket's own text, or an entry's.
CREATE TABLE doc (
  id BIGINT PRIMARY KEY,
  ticket BIGINT NOT NULL REFERENCES ticket (number),
  entry_id BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX doc_ticket ON doc (ticket);
