package nodes_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// hoard ends the nodes' sessions and takes every session that the server gives, for
// some seconds.
func hoard(t *testing.T, p *place) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var held []*pgx.Conn
	defer func() {
		for _, c := range held {
			_ = c.Close(ctx)
		}
	}()
	first, err := pgx.Connect(ctx, p.url)
	if err != nil {
		t.Fatal(err)
	}
	held = append(held, first)
	refused := 0
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); {
		if _, err := first.Exec(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'skalig%'`); err != nil {
			t.Fatal(err)
		}
		for {
			c, err := pgx.Connect(ctx, p.url)
			if err != nil {
				refused++
				break
			}
			held = append(held, c)
		}
		time.Sleep(100 * time.Millisecond)
	}
	if refused == 0 {
		t.Fatal("there were sessions to be had all the time")
	}
}
