-- 0001: worlds, their rows and their history.
--
-- Why this shape:
--   * A row of a world is one versioned BLOB under one INTEGER PRIMARY KEY: world number << 40 | serial. An integer key in
--     order costs a quarter of the CPU of a hashed text key and loads two to three times faster than columns would.
--     AWS ids are derived from serials, so they are never keys here.
--   * One table per kind of row, so that a load streams each kind in serial order and what multiplies (task, message,
--     usage) stays clustered. Documents (what is only echoed back) lie apart from the rows that refer to them.
--   * What people look up by hand has readable columns too: region, name, status. The engine writes and never reads them.
--   * `segment` holds one record per commit and world with every changed byte. Events are rendered from it, and replicas,
--     forks and a later folding of segments into tables need no other format.
-- Foreign keys and further constraints are left out on purpose: the engine owns the invariants.

CREATE TABLE meta (
  name TEXT PRIMARY KEY,   -- 'marker': counts settling commits
  value INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO meta VALUES ('marker', 0);

CREATE TABLE world (
  number INTEGER PRIMARY KEY,      -- small number that goes into the keys; never shown
  account TEXT NOT NULL UNIQUE,    -- 12 digits
  lease_epoch INTEGER NOT NULL,    -- who may write; rises with each new writer
  seq INTEGER NOT NULL,            -- newest commit
  next_serial INTEGER NOT NULL,
  now_ms INTEGER NOT NULL,         -- the world's running time
  state_hash INTEGER NOT NULL,     -- 64 bits; shown as signed
  settings BLOB NOT NULL,
  records INTEGER NOT NULL,        -- changed rows ever written to its history
  engine_version TEXT NOT NULL,    -- that wrote it last
  catalog_hash TEXT NOT NULL
);

CREATE TABLE segment (
  key INTEGER PRIMARY KEY,         -- world << 40 | seq
  at_ms INTEGER NOT NULL,          -- world time
  records INTEGER NOT NULL,        -- changed rows in it
  records_through INTEGER NOT NULL,-- sum of `records` of the world up to and with this one: what retention compares
  bytes BLOB NOT NULL
);

CREATE TABLE document (key INTEGER PRIMARY KEY, row BLOB NOT NULL);
CREATE TABLE cluster (key INTEGER PRIMARY KEY, region TEXT, name TEXT, status TEXT, row BLOB NOT NULL);
CREATE TABLE capacity_provider (key INTEGER PRIMARY KEY, region TEXT, name TEXT, status TEXT, row BLOB NOT NULL);
CREATE TABLE task_definition (key INTEGER PRIMARY KEY, region TEXT, name TEXT, status TEXT, row BLOB NOT NULL);
CREATE TABLE service (key INTEGER PRIMARY KEY, region TEXT, name TEXT, status TEXT, row BLOB NOT NULL);
CREATE TABLE deployment (key INTEGER PRIMARY KEY, row BLOB NOT NULL);
CREATE TABLE task (key INTEGER PRIMARY KEY, row BLOB NOT NULL);
CREATE TABLE container_instance (key INTEGER PRIMARY KEY, row BLOB NOT NULL);
CREATE TABLE subnet (key INTEGER PRIMARY KEY, region TEXT, name TEXT, status TEXT, row BLOB NOT NULL);
CREATE TABLE behavior (key INTEGER PRIMARY KEY, region TEXT, name TEXT, status TEXT, row BLOB NOT NULL);
CREATE TABLE queue (key INTEGER PRIMARY KEY, region TEXT, name TEXT, status TEXT, row BLOB NOT NULL);
CREATE TABLE message (key INTEGER PRIMARY KEY, row BLOB NOT NULL);
CREATE TABLE alarm (key INTEGER PRIMARY KEY, region TEXT, name TEXT, status TEXT, row BLOB NOT NULL);
CREATE TABLE metric (key INTEGER PRIMARY KEY, row BLOB NOT NULL);
CREATE TABLE scalable_target (key INTEGER PRIMARY KEY, region TEXT, name TEXT, status TEXT, row BLOB NOT NULL);
CREATE TABLE scaling_policy (key INTEGER PRIMARY KEY, region TEXT, name TEXT, status TEXT, row BLOB NOT NULL);
CREATE TABLE scaling_activity (key INTEGER PRIMARY KEY, row BLOB NOT NULL);
CREATE TABLE usage (key INTEGER PRIMARY KEY, row BLOB NOT NULL);
CREATE TABLE usage_share (key INTEGER PRIMARY KEY, row BLOB NOT NULL);
CREATE TABLE token (key INTEGER PRIMARY KEY, row BLOB NOT NULL);
CREATE TABLE family (key INTEGER PRIMARY KEY, region TEXT, name TEXT, status TEXT, row BLOB NOT NULL);
CREATE TABLE service_event (key INTEGER PRIMARY KEY, row BLOB NOT NULL);
