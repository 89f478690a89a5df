package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// archived tells an archive by its name: .zip, .tar, .tar.gz or .tgz.
func archived(name string) bool {
	for _, end := range []string{".zip", ".tar", ".tar.gz", ".tgz"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// archive reads the receipts in an archive as they come: nothing is unpacked, and no
// name in it is a path to anywhere.
func (b *batcher) archive(name string) error {
	read := b.tar
	if strings.HasSuffix(name, ".zip") {
		read = b.zip
	}
	if err := read(name); err != nil {
		return fmt.Errorf("couldn't read the archive %s: %w", name, err)
	}
	return nil
}

func (b *batcher) zip(name string) (err error) {
	z, err := zip.OpenReader(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, z.Close()) }()
	for _, f := range z.File {
		if f.FileInfo().IsDir() || !holdsReceipts(f.Name) {
			continue
		}
		in, err := f.Open()
		if err != nil {
			return err
		}
		if err := errors.Join(b.from(name+"/"+f.Name, in), in.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (b *batcher) tar(name string) (err error) {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	var in io.Reader = file
	if !strings.HasSuffix(name, ".tar") {
		if in, err = gzip.NewReader(file); err != nil {
			return err
		}
	}
	t := tar.NewReader(in)
	for {
		head, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if head.Typeflag != tar.TypeReg || !holdsReceipts(head.Name) {
			continue
		}
		if err := b.from(name+"/"+head.Name, t); err != nil {
			return err
		}
	}
}
