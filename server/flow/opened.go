package flow

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/skalig/skalig/server/payment"
	"github.com/skalig/skalig/server/store"
)

// opened holds the payment files that were last opened, least lately used first. Each
// page of a decision asks for a line or two of a file, which is its whole municipality's
// and is sealed whole. What is in a row never changes.
type opened struct {
	mu    sync.Mutex
	files []openedFile
}

type openedFile struct {
	row uint64 // of the journal
	payment.Batch
}

// openedLines is how many lines of files are held at most, unless one file has more.
const openedLines = 20_000

// line is a transfer's line, with the day on which its file is paid.
func (s *Service) line(ctx context.Context, t *store.Transfer) (l payment.Line, day string, err error) {
	b, err := s.file(ctx, t.Batch)
	if err != nil {
		return l, "", err
	}
	for _, l := range b.Lines {
		if l.ID == t.ID {
			return l, b.Day, nil
		}
	}
	return l, "", fmt.Errorf("couldn't find transfer %s in its batch", t.ID)
}

// file is a payment file's content, for the service itself.
func (s *Service) file(ctx context.Context, id string) (payment.Batch, error) {
	row, err := s.Store.BatchRow(id)
	if err != nil {
		s.opened.get(id, 0)
		return payment.Batch{}, err
	}
	if b, ok := s.opened.get(id, row); ok {
		return b, nil
	}
	head, text, _, err := s.Store.Batch(ctx, store.Program, id)
	if err != nil {
		return payment.Batch{}, err
	}
	b, err := DecodeBody[payment.Batch](text)
	if err == nil {
		s.opened.put(openedFile{head.Seq, b})
	}
	return b, err
}

// get gives a file as it is in a row, and makes it the last used. One of another row, or
// of one that was erased, is held no longer.
func (o *opened) get(id string, row uint64) (b payment.Batch, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	at := slices.IndexFunc(o.files, func(f openedFile) bool { return f.ID == id })
	if at < 0 {
		return b, false
	}
	f := o.files[at]
	o.files = slices.Delete(o.files, at, at+1)
	if f.row != row {
		return b, false
	}
	o.files = append(o.files, f)
	return f.Batch, true
}

// put puts a file in, in place of those that were used least lately.
func (o *opened) put(f openedFile) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.files = slices.DeleteFunc(o.files, func(other openedFile) bool { return other.ID == f.ID })
	lines, first := len(f.Lines), len(o.files)
	for first > 0 && lines+len(o.files[first-1].Lines) <= openedLines {
		first--
		lines += len(o.files[first].Lines)
	}
	o.files = append(slices.Delete(o.files, 0, first), f)
}
