-- 0003: service deployments and the revisions they roll out.
--
-- Why: AWS keeps both for 90 days, longer than the entries of a service's deployments[], and describes them by ARN.
-- Shape and key as in 0001.

CREATE TABLE service_revision (key INTEGER PRIMARY KEY, row BLOB NOT NULL);
CREATE TABLE service_deployment (key INTEGER PRIMARY KEY, row BLOB NOT NULL);
