package demo

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/ledger/logdir"
	"github.com/skalig/skalig/server/release"
)

// approvers are nobody.
var approvers = []string{"Asta Påhittad", "Bror Påhittad"}

// Release has what this build decides by approved from today on, written 2026-11-22,
// unless it is in force with every guideline, by its SHA-256 in hex. The two who approve
// have their keys beside the others in the folder data.
func (World) Release(data, today string, guidelines []municipal.Entry, inForce func(guideline string) (bool, error)) ([]release.Approver, error) {
	var signers []note.Signer
	var all []release.Approver
	for i, name := range approvers {
		signer, vkey, err := approver(filepath.Join(data, "keys", fmt.Sprintf("approver-%d", i+1)), fmt.Sprintf("approver-%d.demo", i+1))
		if err != nil {
			return nil, err
		}
		signers = append(signers, signer)
		all = append(all, release.Approver{Name: name, Key: vkey})
	}
	statement, err := release.Current(today, guidelines)
	if err != nil {
		return nil, err
	}
	missing := false
	for _, g := range statement.Guidelines {
		there, err := inForce(hex.EncodeToString(g.SHA256[:]))
		if err != nil {
			return nil, err
		}
		missing = missing || !there
	}
	if !missing {
		return all, nil
	}
	for _, signer := range signers {
		approval, err := release.Approve(statement.Marshal(), signer)
		if err != nil {
			return nil, err
		}
		if _, err := release.Put(filepath.Join(data, "releases"), approval, all); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// approver reads the key with which somebody approves, or makes it.
func approver(path, name string) (note.Signer, string, error) {
	fail := func(err error) (note.Signer, string, error) {
		return nil, "", fmt.Errorf("couldn't get an approver's key: %w", err)
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		skey, _, err := note.GenerateKey(rand.Reader, name)
		if err != nil {
			return fail(err)
		}
		text = []byte(skey + "\n")
		if err := logdir.WriteFile(path, text, 0o600); err != nil {
			return fail(err)
		}
	} else if err != nil {
		return fail(err)
	}
	skey := strings.TrimSpace(string(text))
	signer, err := note.NewSigner(skey)
	if err != nil {
		return fail(err)
	}
	vkey, err := logdir.PublicHalf(skey, signer.Name())
	if err != nil {
		return fail(err)
	}
	return signer, vkey, nil
}
