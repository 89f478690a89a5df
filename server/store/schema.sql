-- The journal in SQLite. The statements that read and write it are the same on
-- PostgreSQL; only this file would differ there (BIGINT, BYTEA, no STRICT).
CREATE TABLE journal (
	seq      INTEGER PRIMARY KEY,
	hash     BLOB NOT NULL,
	kind     TEXT NOT NULL,
	case_ref TEXT NOT NULL,
	at       INTEGER NOT NULL,
	idem_key TEXT UNIQUE,
	head     TEXT NOT NULL,
	body     BLOB NOT NULL
) STRICT;

CREATE TABLE journal_head (
	id   INTEGER PRIMARY KEY CHECK (id = 1),
	seq  INTEGER NOT NULL,
	hash BLOB NOT NULL
) STRICT;

INSERT INTO journal_head (id, seq, hash) VALUES (1, 0, zeroblob(32));
