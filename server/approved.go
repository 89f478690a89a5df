package server

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/skalig/skalig/ledger/logdir"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/release"
)

// approved reads what people have approved, and says what is wrong with the rest.
func (s *service) approved() ([]release.Approved, error) {
	approved, faults, err := release.Read(filepath.Join(s.c.Data, "releases"), s.c.Approvers)
	for _, fault := range faults {
		s.c.Log.Warn("a release is not approved", "error", fault)
	}
	return approved, err
}

// demoApprovers are nobody: the demonstration approves its own engine.
var demoApprovers = []string{"Asta Påhittad", "Bror Påhittad"}

// demoRelease approves what this build decides by, unless that is in force, by two
// invented people whose keys lie beside the others.
func (s *service) demoRelease() error {
	var signers []note.Signer
	s.c.Approvers = nil
	for i, name := range demoApprovers {
		signer, vkey, err := approver(filepath.Join(s.c.Data, "keys", fmt.Sprintf("approver-%d", i+1)), fmt.Sprintf("approver-%d.demo", i+1))
		if err != nil {
			return err
		}
		signers = append(signers, signer)
		s.c.Approvers = append(s.c.Approvers, release.Approver{Name: name, Key: vkey})
	}
	today := s.c.Clock().In(flow.Stockholm).Format(time.DateOnly)
	statement, err := release.Current(today, s.book.All())
	if err != nil {
		return err
	}
	missing := false
	for _, g := range statement.Guidelines {
		inForce, err := s.store.InForce(s.engineHex, hex.EncodeToString(g.SHA256[:]), today)
		if err != nil {
			return err
		}
		missing = missing || !inForce
	}
	if !missing {
		return nil
	}
	for _, signer := range signers {
		approval, err := release.Approve(statement.Marshal(), signer)
		if err != nil {
			return err
		}
		if _, err := release.Put(filepath.Join(s.c.Data, "releases"), approval, s.c.Approvers); err != nil {
			return err
		}
	}
	return nil
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
