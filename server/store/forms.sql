-- Applications that are being filled in. Nothing here is an event: a form is
-- changed in place, and destroyed with its key when its time has passed.
CREATE TABLE forms (
	id           TEXT PRIMARY KEY,
	owner        TEXT NOT NULL,
	partner      TEXT NOT NULL,
	municipality TEXT NOT NULL,
	channel      TEXT NOT NULL,
	state        TEXT NOT NULL,
	form_key     TEXT NOT NULL UNIQUE,
	version      INTEGER NOT NULL,
	created      INTEGER NOT NULL,
	changed      INTEGER NOT NULL,
	body         BLOB NOT NULL
) STRICT;
CREATE INDEX forms_owner ON forms (owner);
CREATE INDEX forms_partner ON forms (partner);
CREATE INDEX forms_municipality ON forms (municipality, channel);
