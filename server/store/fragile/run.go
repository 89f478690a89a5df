package fragile

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"strings"
)

// far is the context of what happens at the database: no caller can tear it.
var far = context.Background()

// statement gives one that is ready to run. The caller holds mu.
func (d *Database) statement(query string) (prepared, error) {
	if s, ok := d.ready[query]; ok {
		return s, nil
	}
	s, err := d.live.PrepareContext(far, query)
	if err != nil {
		return nil, d.Kind.fault(err)
	}
	p, ok := s.(prepared)
	if !ok {
		return nil, errors.Join(errors.New("the driver's statements lack what is needed"), s.Close())
	}
	d.ready[query] = p
	return p, nil
}

// exec runs one statement outside a transaction, or the statements that make tables. The
// caller holds mu.
func (d *Database) exec(s statement) (driver.Result, error) {
	if len(s.args) == 0 && strings.Contains(s.query, ";") {
		r, err := d.live.ExecContext(far, s.query, nil)
		return r, d.Kind.fault(err)
	}
	p, err := d.statement(s.query)
	if err != nil {
		return nil, err
	}
	r, err := p.ExecContext(far, s.args)
	return r, d.Kind.fault(err)
}

// run runs a transaction: all of it or nothing. The caller holds mu.
func (d *Database) run(c change) error {
	_, _, err := d.probe(c, nil, true)
	return err
}

// probe runs the statements of a transaction, and then one to look with; it keeps what
// they did, or takes it back and tells only what the last would have done. The caller
// holds mu.
func (d *Database) probe(c change, look *statement, keep bool) (r driver.Result, rows *answer, err error) {
	if _, err := d.exec(statement{query: `SAVEPOINT probe`}); err != nil {
		return nil, nil, err
	}
	end := func() error {
		var back error
		if err != nil || !keep {
			_, back = d.exec(statement{query: `ROLLBACK TO probe`})
		}
		_, released := d.exec(statement{query: `RELEASE probe`})
		return errors.Join(back, released)
	}
	for _, s := range c {
		if r, err = d.exec(s); err != nil {
			return nil, nil, errors.Join(err, end())
		}
	}
	if look != nil {
		rows, err = d.rows(*look)
	}
	return r, rows, errors.Join(err, end())
}

// rows runs a statement that looks. The caller holds mu.
func (d *Database) rows(s statement) (*answer, error) {
	p, err := d.statement(s.query)
	if err != nil {
		return nil, err
	}
	rows, err := p.QueryContext(far, s.args)
	if err != nil {
		return nil, d.Kind.fault(err)
	}
	a := &answer{columns: rows.Columns()}
	for {
		row := make([]driver.Value, len(a.columns))
		err := rows.Next(row)
		if errors.Is(err, io.EOF) {
			return a, rows.Close()
		}
		if err != nil {
			return nil, errors.Join(d.Kind.fault(err), rows.Close())
		}
		a.values = append(a.values, row)
	}
}

// An answer is a statement's rows.
type answer struct {
	columns []string
	values  [][]driver.Value
	next    int
}

func (a *answer) Columns() []string { return a.columns }

func (a *answer) Close() error { return nil }

func (a *answer) Next(row []driver.Value) error {
	if a.next == len(a.values) {
		return io.EOF
	}
	copy(row, a.values[a.next])
	a.next++
	return nil
}
