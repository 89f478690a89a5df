-- The wrapped key of each case, in a file of its own: backups of the journal
-- never hold a key, and a destroyed key erases the case in every copy of it.
CREATE TABLE case_keys (
	case_ref TEXT PRIMARY KEY,
	wrapped  BLOB NOT NULL
) STRICT;
