package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// types are the database's names for the types that our statements use.
var types = map[string]string{"TEXT": "text", "BYTEA": "bytea", "INTEGER": "integer", "BIGINT": "bigint", "BIGSERIAL": "bigint"}

var (
	table  = regexp.MustCompile(`CREATE TABLE (?:IF NOT EXISTS )?(\w+) \(`)
	column = regexp.MustCompile(`^\s*([a-z_]+) +([A-Z]+)`)
)

// Lacks gives what the database lacks of the tables that statements make: tables,
// columns as table.column, and columns that are of another type. Nothing is written.
func Lacks(ctx context.Context, db *sql.DB, ddl string) (lacks []string, err error) {
	for stmt := range strings.SplitSeq(ddl, ";\n") {
		name := table.FindStringSubmatchIndex(stmt)
		if name == nil {
			continue // an index, or a row
		}
		has, err := columns(ctx, db, stmt[name[2]:name[3]])
		if err != nil {
			return nil, err
		}
		lacks = append(lacks, lack(stmt[name[2]:name[3]], stmt[name[1]:], has)...)
	}
	return lacks, nil
}

// lack compares a table with what stands between its statement's parentheses.
func lack(table, definition string, has map[string]string) (lacks []string) {
	if len(has) == 0 {
		return []string{"the table " + table}
	}
	for line := range strings.SplitSeq(definition, ",") {
		of := column.FindStringSubmatch(line)
		if of == nil {
			continue // a constraint of the table
		}
		switch want := types[of[2]]; has[of[1]] {
		case want:
		case "":
			lacks = append(lacks, "the column "+table+"."+of[1])
		default:
			lacks = append(lacks, "the column "+table+"."+of[1]+" as "+want)
		}
	}
	return slices.Clip(lacks)
}

// columns gives a table's columns with their types.
func columns(ctx context.Context, db *sql.DB, table string) (map[string]string, error) {
	rows, err := db.QueryContext(ctx, `SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped`, table)
	if err != nil {
		return nil, fmt.Errorf("couldn't look at the table %s: %w", table, err)
	}
	defer rows.Close() //nolint:errcheck // it was only read
	has := map[string]string{}
	for rows.Next() {
		var name, kind string
		if err := rows.Scan(&name, &kind); err != nil {
			return nil, fmt.Errorf("couldn't look at the table %s: %w", table, err)
		}
		has[name] = kind
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("couldn't look at the table %s: %w", table, err)
	}
	return has, nil
}
