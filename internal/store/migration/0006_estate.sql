-- Who calls whom, by which name, address and port, and what keeps an address on the way.
CREATE TABLE interface (
  id BIGINT PRIMARY KEY,
  from_id BIGINT NOT NULL REFERENCES application (id),
  to_id BIGINT NOT NULL REFERENCES application (id),
  name TEXT NOT NULL DEFAULT '',
  host TEXT NOT NULL DEFAULT '',
  addresses TEXT NOT NULL DEFAULT '', -- with blanks between them
  port BIGINT NOT NULL DEFAULT 0,
  protocol TEXT NOT NULL DEFAULT '',
  via TEXT NOT NULL DEFAULT '',       -- pool, jvm …, with commas between them
  clear TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  CONSTRAINT interface_ends CHECK (from_id <> to_id)
);
CREATE UNIQUE INDEX interface_key ON interface (from_id, to_id, lower(name), lower(host), port);
CREATE INDEX interface_to ON interface (to_id);
CREATE TABLE product (
  id BIGINT PRIMARY KEY,
  application_id BIGINT NOT NULL REFERENCES application (id),
  host TEXT NOT NULL DEFAULT '',
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX product_name ON product (application_id, lower(name), lower(host));
-- What was changed in the estate, by people and by pipelines.
CREATE TABLE change_record (
  id BIGINT PRIMARY KEY,
  application_id BIGINT NOT NULL REFERENCES application (id),
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  from_at BIGINT NOT NULL,
  to_at BIGINT NOT NULL DEFAULT 0,
  done_by TEXT NOT NULL DEFAULT '',
  planned BOOLEAN NOT NULL DEFAULT FALSE,
  reference TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  host TEXT NOT NULL DEFAULT '',
  interface_id BIGINT REFERENCES interface (id),
  old TEXT NOT NULL DEFAULT '',
  new TEXT NOT NULL DEFAULT '',
  sender_key TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL DEFAULT '',
  author_id BIGINT REFERENCES person (id),
  created_at BIGINT NOT NULL
);
CREATE INDEX change_record_application ON change_record (application_id, from_at, id);
CREATE INDEX change_record_at ON change_record (from_at, id);
CREATE INDEX change_record_interface ON change_record (interface_id) WHERE interface_id IS NOT NULL;
CREATE UNIQUE INDEX change_record_key ON change_record (application_id, sender_key) WHERE sender_key <> '';
-- Batch jobs as their scheduler defines them. definition is the scheduler's own text.
CREATE TABLE job (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  box TEXT NOT NULL DEFAULT '',
  application_id BIGINT REFERENCES application (id),
  machine TEXT NOT NULL DEFAULT '',
  starts TEXT NOT NULL DEFAULT '',
  condition TEXT NOT NULL DEFAULT '',
  description TEXT NOT NULL DEFAULT '',
  definition TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX job_name ON job (name);
CREATE INDEX job_application ON job (application_id, name);
CREATE INDEX job_box ON job (box) WHERE box <> '';
-- What a job's condition names; a job of another scheduler has an instance.
CREATE TABLE job_wait (
  job_id BIGINT NOT NULL REFERENCES job (id),
  position BIGINT NOT NULL,
  how TEXT NOT NULL,
  needs TEXT NOT NULL,
  instance TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (job_id, position)
);
CREATE INDEX job_wait_needs ON job_wait (needs);
-- Machines, calendars and what else a scheduler's export holds.
CREATE TABLE job_object (
  id BIGINT PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  definition TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX job_object_name ON job_object (kind, name);
-- How many jobs of one application wait for jobs of another; made from job and job_wait after each import.
CREATE TABLE job_edge (
  from_id BIGINT NOT NULL REFERENCES application (id),
  to_id BIGINT NOT NULL REFERENCES application (id),
  jobs BIGINT NOT NULL,
  PRIMARY KEY (from_id, to_id)
);
CREATE INDEX job_edge_to ON job_edge (to_id);
