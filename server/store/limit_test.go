package store_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/skalig/skalig/server/store"
)

// BenchmarkBareSQLite is the limit of BenchmarkAppend: rows of the same size, with
// as many of them in a transaction as writers wait there, and nothing else.
func BenchmarkBareSQLite(b *testing.B) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "bare.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("CREATE TABLE event (seq INTEGER PRIMARY KEY, head BLOB, body BLOB)"); err != nil {
		b.Fatal(err)
	}
	head, body := make([]byte, 400), make([]byte, 2048)
	const group = 256
	b.ResetTimer()
	for i := 0; i < b.N; i += group {
		tx, err := db.Begin()
		if err != nil {
			b.Fatal(err)
		}
		insert, err := tx.Prepare("INSERT INTO event (head, body) VALUES (?, ?)")
		if err != nil {
			b.Fatal(err)
		}
		for k := i; k < min(i+group, b.N); k++ {
			if _, err := insert.Exec(head, body); err != nil {
				b.Fatal(err)
			}
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkEvents is how a start grows with the journal.
func BenchmarkEvents(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dir := b.TempDir()
			bulk(b, dir, n/rowsOfCase)
			start := time.Now()
			again, err := store.Open(b.Context(), store.Options{Dir: dir, Clock: time.Now})
			if err != nil {
				b.Fatal(err)
			}
			took := time.Since(start)
			if err := again.Close(); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(took.Seconds(), "s")
			b.ReportMetric(float64(n)/took.Seconds(), "events/s")
		})
	}
}
