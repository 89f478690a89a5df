package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/skalig/skalig/ledger"
)

// A receiptLine is a receipt in its file form and where it stands. A receipt is one
// line with its line feed, so a file of one and a file of many are the same thing.
type receiptLine struct {
	name string
	line int
	file []byte
}

// The most that is handed on at once.
const (
	batchReceipts = 64
	batchBytes    = 1 << 20
)

// readReceipts reads every receipt at the places named and hands them on in order,
// a batch at a time.
func readReceipts(s streams, names []string, hand func([]receiptLine) error) error {
	b := &batcher{hand: hand}
	for _, name := range names {
		info, err := os.Stat(name)
		if name != "-" && err != nil {
			return fmt.Errorf("couldn't read the receipts: %w", err)
		}
		switch {
		case name != "-" && !info.IsDir() && archived(name):
			err = b.archive(name)
		case name == "-" || !info.IsDir():
			err = b.read(s, name)
		default:
			err = filepath.WalkDir(name, func(path string, d fs.DirEntry, err error) error {
				if err == nil && !d.IsDir() && archived(path) {
					return b.archive(path)
				}
				if err != nil || d.IsDir() || !holdsReceipts(path) {
					return err
				}
				return b.read(s, path)
			})
		}
		if err != nil {
			return err
		}
	}
	if b.count == 0 {
		return hinted{errors.New("there is no receipt to replay"), "a folder or archive is searched for files that end in .json or .jsonl"}
	}
	return b.flush()
}

func holdsReceipts(name string) bool {
	return slices.Contains([]string{".json", ".jsonl"}, filepath.Ext(name))
}

type batcher struct {
	hand  func([]receiptLine) error
	lines []receiptLine
	bytes int
	count int
}

func (b *batcher) read(s streams, name string) error {
	in, err := openFile(s, name)
	if err != nil {
		return err
	}
	defer in.Close()
	return b.from(name, in)
}

// from reads the receipts of one file.
func (b *batcher) from(name string, in io.Reader) error {
	r := bufio.NewReaderSize(in, 64<<10)
	for n := 1; ; n++ {
		line, err := readLine(r)
		if len(line) > 0 {
			if err := b.add(receiptLine{name, n, line}); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("couldn't read %s: %w", name, err)
		}
	}
}

// readLine reads a line with its line feed. Of one that is longer than a receipt
// can be, one byte more than a receipt is kept, which is enough to refuse it.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		room := ledger.MaxReceipt + 1 - len(line)
		line = append(line, part[:min(len(part), room)]...)
		if err != bufio.ErrBufferFull {
			return line, err
		}
	}
}

func (b *batcher) add(r receiptLine) error {
	b.lines = append(b.lines, r)
	b.bytes += len(r.file)
	b.count++
	if len(b.lines) < batchReceipts && b.bytes < batchBytes {
		return nil
	}
	return b.flush()
}

func (b *batcher) flush() error {
	if len(b.lines) == 0 {
		return nil
	}
	lines := b.lines
	b.lines, b.bytes = nil, 0
	return b.hand(lines)
}
