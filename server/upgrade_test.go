package server_test

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/demo"
	"github.com/skalig/skalig/server/inspection"
	"github.com/skalig/skalig/server/store/storetest"
)

// A data folder is frozen in testdata each time that what is kept changes its form:
//
//	go test ./server -run TestUpgrade -freeze format2
//
// All of its people, accounts and keys are invented, and it is never made anew.
var freeze = flag.String("freeze", "", "keep a data folder of today's form under this name, for the tests of later forms")

const frozenOrigin = "frozen.example/log"

var ownCase = regexp.MustCompile(`href="(/arende/[a-z0-9]{26})"`)

// TestUpgrade opens a data folder of every earlier form with today's program: it is
// whole, every decision in it computes to the same bytes, its receipts are the same, and
// the service goes on from it.
func TestUpgrade(t *testing.T) {
	if *freeze != "" {
		keepFolder(t, filepath.Join("testdata", "frozen", *freeze))
	}
	frozen, err := filepath.Glob("testdata/frozen/*.tar.gz")
	if err != nil || len(frozen) == 0 {
		t.Fatalf("there is no folder of an earlier form: %v", err)
	}
	for _, path := range frozen {
		name := strings.TrimSuffix(path, ".tar.gz")
		t.Run(filepath.Base(name), func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "data")
			unpack(t, path, data)
			want, err := os.ReadFile(name + ".txt")
			if err != nil {
				t.Fatal(err)
			}
			if got := told(t, data); got != string(want) {
				t.Errorf("the folder tells\n%swant\n%s", got, want)
			}
			s := run(t, data, func(c *server.Config) { c.Origin = frozenOrigin })
			if got := receipts(s.as(t, "alva")) + receipts(s.as(t, "cleo")); !strings.HasSuffix(string(want), got) || got == "" {
				t.Errorf("the receipts are\n%swant\n%s", got, want)
			}
			if a := s.as(t, "dag").get("/handlaggare"); a.code != 200 || !caseLink.MatchString(a.body) {
				t.Errorf("the queue: %d", a.code)
			}
			bo := s.as(t, "bo")
			page := bo.apply(strings.Replace(single, `"amount":6500`, `"amount":6100`, 1), nil)
			receipt := bo.get(page.path + "/kvitto.json")
			if rep := ledger.Verify([]byte(receipt.body), []string{strings.TrimSpace(bo.get("/log/key").body)}); receipt.code != 200 || !rep.OK {
				t.Errorf("a decision made today: %d %s %+v", receipt.code, page.path, rep)
			}
			s.stop()
			if told(t, data) == string(want) {
				t.Error("the folder did not go on")
			}
		})
	}
}

// TestOlderProgram: a program that meets an event, or a part of one, that a later one
// has written does not start, says in which row it stands, and leaves the folder as it is.
func TestOlderProgram(t *testing.T) {
	for name, statement := range map[string]string{
		"a kind":  `UPDATE journal SET kind = 'of-tomorrow' WHERE seq = (SELECT max(seq) FROM journal)`,
		"a field": `UPDATE journal SET head = '{"ofTomorrow":1,' || substr(head, 2) WHERE seq = (SELECT max(seq) FROM journal)`,
	} {
		data := t.TempDir()
		s := run(t, data)
		s.as(t, "alva").apply(single, nil)
		s.stop()
		storetest.Rechain(t, data, statement)
		row := lastRow(t, data)
		before := digest(t, filepath.Join(data, "journal.db"))
		err := server.Run(t.Context(), server.Config{Addr: "127.0.0.1:0", Data: data, Demo: demo.New(), Version: "test", Chromium: "none", Clock: func() time.Time { return noon }})
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("row %d", row)) || !strings.Contains(err.Error(), "omorrow") {
			t.Errorf("%s: row %d: %v", name, row, err)
		}
		if digest(t, filepath.Join(data, "journal.db")) != before {
			t.Errorf("%s: the journal was written to", name)
		}
	}
}

func lastRow(t *testing.T, data string) (row int64) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(data, "journal.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(`SELECT max(seq) FROM journal`).Scan(&row); err != nil {
		t.Fatal(err)
	}
	return row
}

// digest is that of all rows as they are: the file itself is moved about by SQLite.
func digest(t *testing.T, path string) [32]byte {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var all string
	if err := db.QueryRow(`SELECT group_concat(hex(hash) || kind || head || hex(coalesce(body, '')), '|') FROM (SELECT * FROM journal ORDER BY seq)`).Scan(&all); err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256([]byte(all))
}

// told is what a folder tells: what package inspection counts, and the log's root.
func told(t *testing.T, data string) string {
	t.Helper()
	r, err := inspection.Check(t.Context(), data, inspection.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Faults {
		t.Errorf("check: %s", f)
	}
	known, err := os.ReadFile(filepath.Join(data, "told"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return fmt.Sprintf("rows %d\ncases %v\nleaves %d\nreleases %d\nautomatic %d\nhuman %d\nreplayed %d\nreceipts %d\nfiles %d\ntransfers %d\nerased %d\nroot %s\n%s",
		r.Rows, r.Cases, r.Leaves, r.Releases, r.Automatic, r.Human, r.Replayed, r.Receipts, r.Files, r.Transfers, r.Erased, r.Root, known)
}

// receipts are the digests of a person's receipts.
func receipts(b *browser) string {
	var lines []string
	for _, m := range ownCase.FindAllStringSubmatch(b.get("/mina").body, -1) {
		if a := b.get(m[1] + "/kvitto.json"); a.code == 200 {
			lines = append(lines, fmt.Sprintf("%s %x\n", m[1], sha256.Sum256([]byte(a.body))))
		}
	}
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), "")
}

// keepFolder makes a folder in which something of most kinds has happened.
func keepFolder(t *testing.T, to string) {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	s := run(t, data, func(c *server.Config) { c.Origin = frozenOrigin })
	alva, cleo, doris := s.as(t, "alva"), s.as(t, "cleo"), s.as(t, "doris")
	granted := alva.apply(single, nil).path
	alva.post("/mina/konto", url.Values{"kind": {"bank"}, "clearing": {"5000"}, "number": {"0000019"}, "holder": {"Alva Exempel"}})
	alva.post(granted+"/meddelande", url.Values{"message": {"Tack."}})
	alva.post("/behov", url.Values{"municipality": {"9999"}, "text": {"Ring mig."}, "phone": {"070-174 06 05"}})
	cleo.apply(over, nil)
	id := caseLink.FindStringSubmatch(doris.get("/handlaggare").body)
	if id == nil {
		t.Fatal("there is no case in the queue")
	}
	doris.post("/handlaggare/"+id[1]+"/granser", url.Values{"from": {"2026-12"}, "until": {"2026-12"}, "max-rent": {"9500"}, "percent": {"5"}, "why": {"Prövas igen."}})
	doris.read(id[1])
	v := version.FindStringSubmatch(doris.get("/handlaggare/" + id[1]).body)
	if v == nil {
		t.Fatal("the desk has no form")
	}
	if a := doris.post("/handlaggare/"+id[1]+"/beslut", url.Values{"version": {v[1]}, "outcome": {"refused"}, "provision": {"norm"}, "motivation": {"Hyran är för hög."}}); a.code != 200 {
		t.Fatalf("the ruling: %d %s", a.code, a.body)
	}
	petra, per := s.as(t, "petra"), s.as(t, "per")
	batch := batchLink.FindStringSubmatch(petra.post("/utbetalning/fil", nil).body)
	if batch == nil {
		t.Fatal("there is no payment file")
	}
	per.post(batch[1]+"/slapp", nil)
	alva.apply(strings.Replace(over, "9500", "9400", 1), nil) // waits
	known := receipts(alva) + receipts(cleo)
	s.stop()
	if err := os.WriteFile(filepath.Join(data, "told"), []byte(known), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to+".txt", []byte(told(t, data)), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(to+".tar.gz", os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	w := tar.NewWriter(z)
	if err := errors.Join(w.AddFS(os.DirFS(data)), w.Close(), z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

func unpack(t *testing.T, path, to string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil || !filepath.IsLocal(h.Name) {
			t.Fatal(h, err)
		}
		at := filepath.Join(to, h.Name)
		if h.FileInfo().IsDir() {
			err = os.MkdirAll(at, 0o700)
		} else {
			var text []byte
			if text, err = io.ReadAll(r); err == nil {
				err = errors.Join(os.MkdirAll(filepath.Dir(at), 0o700), os.WriteFile(at, text, 0o600))
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
