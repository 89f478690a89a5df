CREATE TABLE journal (
	seq      BIGINT PRIMARY KEY,
	hash     BYTEA NOT NULL,
	kind     TEXT NOT NULL,
	case_ref TEXT NOT NULL,
	at       BIGINT NOT NULL,
	idem_key TEXT UNIQUE,
	head     TEXT NOT NULL,
	body     BYTEA NOT NULL
);
CREATE TABLE journal_head (
	id   INTEGER PRIMARY KEY CHECK (id = 1),
	seq  BIGINT NOT NULL,
	hash BYTEA NOT NULL
);
INSERT INTO journal_head (id, seq, hash) VALUES (1, 0, decode(repeat('00', 32), 'hex'));
CREATE TABLE case_keys (
	case_ref TEXT PRIMARY KEY,
	wrapped  BYTEA NOT NULL
);
CREATE TABLE forms (
	id           TEXT PRIMARY KEY,
	owner        TEXT NOT NULL,
	partner      TEXT NOT NULL,
	municipality TEXT NOT NULL,
	channel      TEXT NOT NULL,
	state        TEXT NOT NULL,
	form_key     TEXT NOT NULL UNIQUE,
	version      BIGINT NOT NULL,
	created      BIGINT NOT NULL,
	changed      BIGINT NOT NULL,
	body         BYTEA NOT NULL,
	rowid        BIGSERIAL
);
CREATE INDEX forms_owner ON forms (owner);
CREATE INDEX forms_partner ON forms (partner);
CREATE INDEX forms_municipality ON forms (municipality, channel);
CREATE TABLE documents (
	case_ref TEXT NOT NULL,
	number   INTEGER NOT NULL,
	body     BYTEA NOT NULL,
	PRIMARY KEY (case_ref, number)
);
CREATE TABLE same_everywhere (
	name        TEXT PRIMARY KEY,
	fingerprint TEXT NOT NULL
);
