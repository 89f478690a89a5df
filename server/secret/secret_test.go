package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/secret"
)

func TestKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys", "kek")
	if _, err := secret.Load(path); err == nil {
		t.Fatal("a missing key was loaded")
	}
	made, err := secret.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := secret.Create(path); err == nil {
		t.Error("a key was overwritten")
	}
	read, err := secret.LoadOrCreate(path)
	if err != nil || !bytes.Equal(read.Bytes(), made.Bytes()) {
		t.Errorf("%v: the key read is another", err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.Load(path); err == nil || !strings.Contains(err.Error(), "640") {
		t.Errorf("a key that others may read was used: %v", err)
	}
	if err := os.WriteFile(path+"2", make([]byte, 31), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.Load(path + "2"); err == nil {
		t.Error("a key of 31 bytes was used")
	}
}

func TestKeyIsNeverPrinted(t *testing.T) {
	k := secret.Random()
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("key", "key", k, "in", struct{ K secret.Key }{k})
	text, err := json.Marshal(struct{ K secret.Key }{k})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{fmt.Sprint(k), fmt.Sprintf("%v %+v %#v %x %s %q", k, k, k, k, k, k), log.String(), string(text)} {
		if !strings.Contains(s, "***") || strings.Contains(s, fmt.Sprintf("%x", k.Bytes())) || strings.ContainsAny(s, "[]") {
			t.Errorf("printed %q", s)
		}
	}
}

func TestSumSeparatesParts(t *testing.T) {
	k := secret.Random()
	if k.Sum("ab", "c") == k.Sum("a", "bc") || k.Sum("1:a") == k.Sum("a") {
		t.Error("two lists of parts give one sum")
	}
}
