-- 0002: ECS's account settings, one row per value that was put (PutAccountSetting, PutAccountSettingDefault).
--
-- Readable like the other tables that people look up by hand: name is the setting's, status its value.

CREATE TABLE account_setting (key INTEGER PRIMARY KEY, region TEXT, name TEXT, status TEXT, row BLOB NOT NULL);
