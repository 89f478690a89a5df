package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// A shelf keeps what was handed in, sealed, by the id of its case or form and its
// number there.
type shelf interface {
	// put makes a document durable. In a folder it takes the place of one that no event
	// tells of; where others put documents too, errTaken says that one is there.
	put(ctx context.Context, id string, n int, sealed []byte) error
	get(ctx context.Context, id string, n int) ([]byte, error)
	// remove removes one document, if it is there.
	remove(ctx context.Context, id string, n int) error
	// clear removes all of an id.
	clear(ctx context.Context, id string) error
}

// A folderShelf is a folder with a folder for each id, and a file for each document.
type folderShelf string

func (f folderShelf) folder(id string) string { return filepath.Join(string(f), filepath.Base(id)) }

func (f folderShelf) file(id string, n int) string {
	return filepath.Join(f.folder(id), strconv.Itoa(n))
}

// put makes a file durable under its name, or leaves nothing.
func (f folderShelf) put(_ context.Context, id string, n int, sealed []byte) error {
	if err := os.MkdirAll(f.folder(id), 0o700); err != nil {
		return full(err)
	}
	path := f.file(id, n)
	draft := path + ".new"
	out, err := os.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return full(err)
	}
	_, err = out.Write(sealed)
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err == nil {
		err = os.Rename(draft, path)
	}
	if err == nil {
		err = syncDirs(f.folder(id), string(f))
	}
	if err != nil {
		return full(errors.Join(err, os.Remove(draft)))
	}
	return nil
}

func (f folderShelf) get(_ context.Context, id string, n int) ([]byte, error) {
	sealed, err := os.ReadFile(f.file(id, n))
	if err != nil {
		return nil, fmt.Errorf("couldn't read a document: %w", err)
	}
	return sealed, nil
}

func (f folderShelf) remove(_ context.Context, id string, n int) error {
	if err := os.Remove(f.file(id, n)); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("couldn't remove a document: %w", err)
	}
	return nil
}

func (f folderShelf) clear(_ context.Context, id string) error {
	if err := os.RemoveAll(f.folder(id)); err != nil {
		return fmt.Errorf("couldn't remove documents: %w", err)
	}
	return nil
}

func full(err error) error {
	if Full(err) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return fmt.Errorf("couldn't keep a document: %w", err)
}

func syncDirs(paths ...string) error {
	for _, p := range paths {
		d, err := os.Open(p)
		if err != nil {
			return err
		}
		if err := errors.Join(d.Sync(), d.Close()); err != nil {
			return err
		}
	}
	return nil
}
