package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// A reading index finds the access events that name a case: eight bytes for each,
// beside the read model, since a file's reads are asked for by one person now and
// then and written all day.
type readingIndex struct {
	mu    sync.RWMutex
	of    map[string][]uint64 // case to rows of the journal
	lists map[string][]uint64 // the same of those that name it among others in a list
}

func (x *readingIndex) add(e *Event) {
	h, ok := e.Head.(*Access)
	if !ok {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.of == nil {
		x.of, x.lists = map[string][]uint64{}, map[string][]uint64{}
	}
	of := x.of
	if strings.HasPrefix(h.Action, "list ") && h.Action != "list documents" {
		of = x.lists
	}
	for _, id := range h.Cases {
		of[id] = append(of[id], e.Seq)
	}
}

func (x *readingIndex) rows(id string) (of, lists []uint64) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return slices.Clone(x.of[id]), slices.Clone(x.lists[id])
}

// A Reading is one access to a case, as the person whose case it is may see it.
type Reading struct {
	Case    string
	At      int64 // milliseconds since 1970
	Own     bool  // by the person
	Role    Role
	Name    string // of the reader; empty where it is the person's own or not known
	Action  string
	Refused bool
}

// How many rows one call gives; the newest are kept. Lists have a bound of their own: a queue
// that is looked at all day names every case in it, and does not hide who has read the file.
const (
	MaxReadings = 2000
	MaxLists    = 500
)

// Readings gives every access to the caller's own cases, newest first, and whether
// there are more.
func (s *Store) Readings(ctx context.Context, caller Caller) (list []Reading, more bool, err error) {
	if caller.Role != Applicant || caller.Ref == "" {
		return nil, false, errors.Join(ErrForbidden, s.witness(ctx, caller, "list readings", true))
	}
	cases, err := collect(s.view().of(caller.Ref))
	if err != nil {
		return nil, false, err
	}
	if err := s.witness(ctx, caller, "list readings", false, ids(cases)...); err != nil {
		return nil, false, err
	}
	of := map[uint64][]string{}
	var rows, lists []uint64
	gather := func(to, found []uint64, id string) []uint64 {
		for _, seq := range found {
			if of[seq] == nil {
				to = append(to, seq)
			}
			of[seq] = append(of[seq], id)
		}
		return to
	}
	for _, c := range cases {
		read, listed := s.readings.rows(c.ID)
		rows, lists = gather(rows, read, c.ID), gather(lists, listed, c.ID)
	}
	newest := func(rows []uint64, n int) []uint64 {
		slices.Sort(rows)
		more = more || len(rows) > n
		return rows[max(0, len(rows)-n):]
	}
	rows = append(newest(rows, MaxReadings), newest(lists, MaxLists)...)
	slices.Sort(rows)
	names := map[string]string{}
	for _, seq := range slices.Backward(rows) {
		e, err := s.row(ctx, seq)
		if err != nil {
			return nil, false, err
		}
		h, ok := e.Head.(*Access)
		if !ok {
			return nil, false, fmt.Errorf("row %d of the journal is no access but %s", seq, e.Kind)
		}
		own := h.Role == Applicant && s.Root(h.Actor) == caller.Ref
		if _, known := names[h.Actor]; !known && !own {
			if names[h.Actor], err = s.nameOf(ctx, h.Actor); err != nil {
				return nil, false, err
			}
		}
		for _, id := range of[seq] {
			list = append(list, Reading{Case: id, At: e.At, Own: own, Role: h.Role, Name: names[h.Actor], Action: h.Action, Refused: h.Refused})
		}
	}
	return list, more, nil
}

// row reads one row of the journal.
func (s *Store) row(ctx context.Context, seq uint64) (*Event, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT seq, hash, kind, case_ref, at, idem_key, head, body FROM journal WHERE seq = $1`, int64(seq))
	if err != nil {
		return nil, fmt.Errorf("couldn't read row %d of the journal: %w", seq, err)
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, errors.Join(fmt.Errorf("couldn't read row %d of the journal", seq), rows.Err())
	}
	return scan(rows)
}

// introduce writes the name of a member of staff before the first read, and again
// when it has changed.
func (s *Store) introduce(ctx context.Context, caller Caller) error {
	if !caller.official() || caller.Ref == "" || caller.Name == "" {
		return nil
	}
	if known, ok := s.names.Load(caller.Ref); ok && known == caller.Name {
		return nil
	}
	name, err := s.nameOf(ctx, caller.Ref)
	if err != nil {
		return err
	}
	if name != caller.Name {
		_, err := s.Update(ctx, caller, func(*View) (Draft, error) {
			return Draft{Case: readerRef(caller.Ref), Head: Reader{Actor: caller.Ref}, Body: []byte(caller.Name)}, nil
		})
		if err != nil {
			return fmt.Errorf("couldn't write who reads: %w", err)
		}
	}
	s.names.Store(caller.Ref, caller.Name)
	return nil
}

// nameOf is the name under which a member of staff reads, or empty.
func (s *Store) nameOf(ctx context.Context, actor string) (string, error) {
	found, err := s.view().txn.First("readers", "id", actor)
	if err != nil {
		return "", err
	}
	r, _ := found.(*reader)
	if r == nil {
		return "", nil
	}
	name, err := s.body(ctx, r.Seq, readerRef(actor))
	return string(name), err
}

// An AccessRow is an access event as its digest takes it.
type AccessRow struct {
	Seq  uint64
	At   int64
	Hash [32]byte
}

// An AccessRange is a stretch of the journal with its access events.
type AccessRange struct {
	First, Last uint64
	Journal     [32]byte // hash of row Last
	Rows        []AccessRow
}

// AccessUntil gives the stretch of the journal after row after that ends with the
// last row before the first one at or later than the time until, in milliseconds
// since 1970. The stretch is empty, with Last 0, where there is none.
func (s *Store) AccessUntil(ctx context.Context, after uint64, until int64) (AccessRange, error) {
	r := AccessRange{First: after + 1}
	rows, err := s.readers.QueryContext(ctx, `SELECT seq, hash, kind, at FROM journal WHERE seq > $1 ORDER BY seq`, int64(after))
	if err != nil {
		return r, fmt.Errorf("couldn't read the journal: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var seq, at int64
		var hash []byte
		var kind string
		if err := rows.Scan(&seq, &hash, &kind, &at); err != nil {
			return r, fmt.Errorf("couldn't read the journal: %w", err)
		}
		if at >= until || len(hash) != 32 {
			break
		}
		r.Last, r.Journal = uint64(seq), [32]byte(hash)
		if Kind(kind) == KindAccess {
			r.Rows = append(r.Rows, AccessRow{uint64(seq), at, [32]byte(hash)})
		}
	}
	return r, rows.Err()
}

// JournalHash is the hash of the journal's row that an event became, for those
// who hold the row against a digest.
func (e *Event) JournalHash() [32]byte { return e.hash }

// Digested is the last row of the journal that is under a digest, 0 for none.
func (v *View) Digested() (uint64, error) {
	last, err := v.txn.Last("digests", "id")
	if err != nil || last == nil {
		return 0, err
	}
	return last.(*digested).Last, nil
}

// Digested is the last row of the journal that is under a digest, 0 for none.
func (s *Store) Digested() (uint64, error) { return s.view().Digested() }

type digested struct{ Last uint64 }

// TimeAfter is when the row after a row was written, in milliseconds since 1970; 0
// where there is none.
func (s *Store) TimeAfter(ctx context.Context, seq uint64) (at int64, err error) {
	err = s.readers.QueryRowContext(ctx, `SELECT at FROM journal WHERE seq = $1`, int64(seq+1)).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("couldn't read row %d of the journal: %w", seq+1, err)
	}
	return at, nil
}
