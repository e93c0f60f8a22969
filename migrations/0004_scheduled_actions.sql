-- 0004: Application Auto Scaling's scheduled actions (PutScheduledAction).
--
-- Readable like the other tables that people look up by hand: name is the action's, status its schedule.

CREATE TABLE scheduled_action (key INTEGER PRIMARY KEY, region TEXT, name TEXT, status TEXT, row BLOB NOT NULL);
