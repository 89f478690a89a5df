package store_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skalig/skalig/server/store"
)

// openAt opens a store whose clock a test moves.
func openAt(t *testing.T, dir string, now *atomic.Int64) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), at(t, store.Options{Dir: dir, Clock: func() time.Time { return time.UnixMilli(now.Load()) }}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func form(id string, owner store.Caller, channel string) store.Form {
	return store.Form{ID: id, Owner: owner.Ref, Municipality: "9999", Channel: channel, State: store.FormOpen, Key: "key-" + id, Body: []byte(personal)}
}

func TestForms(t *testing.T) { both(t, testForms) }

func testForms(t *testing.T) {
	dir := folder(t)
	var now atomic.Int64
	now.Store(1_795_000_000_000)
	s := openAt(t, dir, &now)
	ctx := t.Context()
	if err := s.AddForm(ctx, alva, form("form-a", alva, store.Web)); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"for somebody else":          s.AddForm(ctx, bo, form("form-b", alva, store.Web)),
		"by web at the desk":         s.AddForm(ctx, doris, form("form-b", alva, store.Web)),
		"on paper by the applicant":  s.AddForm(ctx, alva, form("form-b", alva, store.Paper)),
		"in another municipality":    s.AddForm(ctx, erik, form("form-b", alva, store.Paper)),
		"by nobody":                  s.AddForm(ctx, nobody, form("form-b", nobody, store.Web)),
		"through an unknown channel": s.AddForm(ctx, doris, form("form-b", alva, "fax")),
	} {
		if !errors.Is(err, store.ErrForbidden) {
			t.Errorf("a form begun %s: %v", name, err)
		}
	}
	f, err := s.OwnForm(ctx, alva)
	if err != nil || string(f.Body) != personal || f.Version != 1 {
		t.Fatalf("%v: %+v", err, f)
	}
	for name, who := range map[string]store.Caller{"bo": bo, "doris": doris, "nobody": nobody} {
		if _, err := s.Form(ctx, who, "form-a"); !errors.Is(err, store.ErrForbidden) {
			t.Errorf("%s reads Alva's form: %v", name, err)
		}
		g := f
		g.Body = []byte("annat")
		if _, err := s.SaveForm(ctx, who, g); !errors.Is(err, store.ErrForbidden) {
			t.Errorf("%s writes Alva's form: %v", name, err)
		}
		if err := s.RemoveForm(ctx, who, "form-a"); !errors.Is(err, store.ErrForbidden) {
			t.Errorf("%s removes Alva's form: %v", name, err)
		}
	}
	if !strings.Contains(accesses(t, dir, bo.Ref), `"action":"read form","cases":["form-a"],"refused":true`) {
		t.Error("a refusal left no trace")
	}

	// The co-applicant comes in when it waits, and changes nothing but its state.
	f.Partner, f.Key = bo.Ref, "key-2"
	if f, err = s.SaveForm(ctx, alva, f); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Form(ctx, bo, "form-a"); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("Bo reads it before Alva has signed: %v", err)
	}
	f.State = store.FormAwaiting
	if f, err = s.SaveForm(ctx, alva, f); err != nil {
		t.Fatal(err)
	}
	waiting, err := s.Invitations(ctx, bo)
	if err != nil || len(waiting) != 1 || waiting[0].ID != "form-a" || waiting[0].Body != nil {
		t.Errorf("%v: Bo is asked to sign %+v", err, waiting)
	}
	g, err := s.Form(ctx, bo, "form-a")
	if err != nil || string(g.Body) != personal {
		t.Fatalf("Bo opens it: %v", err)
	}
	g.Body = []byte("Bos egna uppgifter")
	if _, err := s.SaveForm(ctx, bo, g); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("Bo changes it: %v", err)
	}
	g.State, g.Owner = store.FormDeclined, bo.Ref
	if _, err := s.SaveForm(ctx, bo, g); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("Bo declines and takes it over: %v", err)
	}
	g.Owner = alva.Ref
	if g, err = s.SaveForm(ctx, bo, g); err != nil || string(g.Body) != personal {
		t.Errorf("Bo declines: %v, %s", err, g.Body)
	}
	if _, err := s.SaveForm(ctx, alva, f); !errors.Is(err, store.ErrFormMoved) {
		t.Errorf("Alva saves over what has moved: %v", err)
	}
	if f, err = s.OwnForm(ctx, alva); err != nil || f.State != store.FormDeclined || string(f.Body) != personal {
		t.Fatalf("after declining: %v %+v", err, f)
	}

	// What lies in the files says nothing.
	for _, name := range []string{"forms.db", "forms.db-wal", "journal.db", "journal.db-wal"} {
		if text, err := os.ReadFile(filepath.Join(dir, name)); err == nil && bytes.Contains(text, []byte("Exempel")) {
			t.Errorf("%s holds the form in the open", name)
		}
	}

	// Its time passes: first it is not shown, then it is destroyed with its key.
	if n, err := s.AddDocument(ctx, alva, "form-a", "rent", "application/pdf", []byte("avi.pdf"), []byte("%PDF-1")); err != nil || n != 1 {
		t.Fatalf("%d %v", n, err)
	}
	if n := shelved(t, dir, "form-a"); n != 1 {
		t.Fatalf("%d documents are kept", n)
	}
	now.Add(store.FormLife.Milliseconds())
	if _, err := s.OwnForm(ctx, alva); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a form is shown after its time: %v", err)
	}
	now.Add(1)
	if n, err := s.SweepForms(ctx); n != 1 || err != nil {
		t.Errorf("swept %d: %v", n, err)
	}
	if n := shelved(t, dir, "form-a"); n != 0 {
		t.Error("the documents outlived their form")
	}
	if _, err := s.Documents(ctx, alva, "form-a"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("documents of no form: %v", err)
	}
}

// TestTwoSignatures: a case of two needs both signatures, on the very content, by
// the two themselves.
func TestTwoSignatures(t *testing.T) { both(t, testTwoSignatures) }

func testTwoSignatures(t *testing.T) {
	s := open(t, folder(t))
	two := func(digest string) store.Draft {
		d := submitted(alva, "case-two")
		h := d.Head.(store.Submitted)
		h.Partner, h.Digest = bo.Ref, digest
		d.Head = h
		return d
	}
	sign := func(who store.Caller, as, digest string) error {
		_, err := s.Update(t.Context(), who, draft(store.Draft{Case: "case-two", Head: store.Signed{Person: as, Digest: digest}}))
		return err
	}
	send := func(who store.Caller, digest string) error {
		_, err := s.Update(t.Context(), who, draft(two(digest)))
		return err
	}
	if err := send(bo, "d"); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("sent without a signature: %v", err)
	}
	if err := sign(bo, alva.Ref, "d"); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("Bo signs as Alva: %v", err)
	}
	if err := errors.Join(sign(alva, alva.Ref, "d"), sign(bo, bo.Ref, "other")); err != nil {
		t.Fatal(err)
	}
	if err := send(alva, "d"); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("sent where Bo signed something else: %v", err)
	}
	if err := errors.Join(sign(bo, bo.Ref, "d"), sign(alva, alva.Ref, "d2")); err != nil {
		t.Fatal(err)
	}
	if err := send(bo, "d"); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("sent after Alva signed something newer: %v", err)
	}
	if err := sign(alva, alva.Ref, "d"); err != nil {
		t.Fatal(err)
	}
	stranger := store.Caller{Ref: "ref-cleo", Role: store.Applicant}
	if err := send(stranger, "d"); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("sent by a stranger: %v", err)
	}
	if err := send(bo, "d"); err != nil {
		t.Errorf("sent by the last to sign: %v", err)
	}
	for name, c := range map[string]struct {
		who  store.Caller
		want error
	}{"alva": {alva, nil}, "bo": {bo, nil}, "stranger": {stranger, store.ErrForbidden}} {
		if _, err := s.Read(t.Context(), c.who, "case-two"); !errors.Is(err, c.want) {
			t.Errorf("%s reads the case: %v", name, err)
		}
	}
	if own, err := s.Own(t.Context(), bo); err != nil || len(own) != 1 {
		t.Errorf("%v: Bo's cases are %v", err, own)
	}
}

// TestDocumentsBelong: what is handed in under a coming case's id cannot be
// smuggled into somebody else's, and numbers, sizes and rights hold.
func TestDocumentsBelong(t *testing.T) { both(t, testDocumentsBelong) }

func testDocumentsBelong(t *testing.T) {
	s := open(t, folder(t))
	ctx := t.Context()
	if err := s.AddForm(ctx, alva, form("form-a", alva, store.Web)); err != nil {
		t.Fatal(err)
	}
	for name, who := range map[string]store.Caller{"bo": bo, "doris": doris, "nobody": nobody, "program": store.Program} {
		if _, err := s.AddDocument(ctx, who, "form-a", "rent", "application/pdf", nil, []byte("%PDF-1")); !errors.Is(err, store.ErrForbidden) {
			t.Errorf("%s hands in: %v", name, err)
		}
	}
	if _, err := s.Update(ctx, bo, draft(store.Draft{Case: "form-a", Head: store.Document{Person: bo.Ref, Municipality: "9999", Number: 1, Media: "application/pdf"}})); err != nil {
		t.Fatal(err) // an event can be written under any coming id …
	}
	if _, err := s.Update(ctx, alva, draft(submitted(alva, "form-a"))); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("… but then no case takes the id: %v", err)
	}
	if _, err := s.Update(ctx, alva, draft(store.Draft{Case: "form-b", Head: store.Document{Person: alva.Ref, Number: 1, Media: "text/html"}})); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("an unknown media type: %v", err)
	}
	big := bytes.Repeat([]byte{1}, store.MaxDocument)
	if _, err := s.AddDocument(ctx, alva, "form-a", "rent", "application/pdf", nil, append(big, 1)); !errors.Is(err, store.ErrTooMuch) {
		t.Errorf("one byte too many: %v", err)
	}
	if err := s.AddForm(ctx, alva, form("form-c", alva, store.Web)); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 6; n++ {
		if got, err := s.AddDocument(ctx, alva, "form-c", "rent", "image/png", []byte("bild"), big); got != n || err != nil {
			t.Fatalf("document %d: %d %v", n, got, err)
		}
	}
	if _, err := s.AddDocument(ctx, alva, "form-c", "rent", "image/png", nil, []byte{1}); !errors.Is(err, store.ErrTooMuch) {
		t.Errorf("beyond the case's total: %v", err)
	}
	if err := s.RemoveDocument(ctx, alva, "form-c", 2); err != nil {
		t.Fatal(err)
	}
	if n, err := s.AddDocument(ctx, alva, "form-c", "rent", "image/png", nil, []byte{1}); n != 7 || err != nil {
		t.Errorf("after taking one back: %d %v", n, err)
	}
	if _, err := s.Document(ctx, alva, "form-c", 2); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("what was taken back: %v", err)
	}
	if h, err := s.Document(ctx, alva, "form-c", 1); err != nil || !bytes.Equal(h.Content, big) || string(h.Name) != "bild" {
		t.Errorf("read back: %v", err)
	}
}

// TestTalks: a wish to talk is its municipality's caseworkers' to read, and lies
// under no case.
func TestTalks(t *testing.T) { both(t, testTalks) }

func testTalks(t *testing.T) {
	s := open(t, folder(t))
	ctx := t.Context()
	must(t, s, alva, draft(submitted(alva, "case-a")))
	say := func(who store.Caller, ref, as string, acute bool) error {
		_, err := s.Update(ctx, who, draft(store.Draft{Case: ref, Body: []byte(personal), Head: store.Talk{Person: as, Municipality: "9999", Acute: acute}}))
		return err
	}
	for name, err := range map[string]error{"under her case": say(alva, "case-a", alva.Ref, false), "for Bo": say(alva, "talk-x", bo.Ref, false),
		"as a caseworker": say(doris, "talk-x", doris.Ref, false), "as nobody": say(nobody, "talk-x", "", false)} {
		if !errors.Is(err, store.ErrForbidden) {
			t.Errorf("a wish %s: %v", name, err)
		}
	}
	if err := errors.Join(say(alva, "talk-1", alva.Ref, false), say(bo, "talk-2", bo.Ref, true), say(bo, "talk-3", bo.Ref, false)); err != nil {
		t.Fatal(err)
	}
	list, err := s.Talks(ctx, doris, false)
	if err != nil || len(list) != 3 || list[0].ID != "talk-2" || list[1].ID != "talk-3" || list[2].ID != "talk-1" || string(list[2].Body) != personal {
		t.Fatalf("%v: the list is %+v", err, list)
	}
	for name, who := range map[string]store.Caller{"alva": alva, "program": store.Program, "nobody": nobody} {
		if _, err := s.Talks(ctx, who, false); !errors.Is(err, store.ErrForbidden) {
			t.Errorf("%s lists: %v", name, err)
		}
	}
	if list, err := s.Talks(ctx, erik, false); err != nil || len(list) != 0 {
		t.Errorf("%v: the neighbour's list is %v", err, list)
	}
	handle := func(who store.Caller) error {
		_, err := s.Update(context.WithoutCancel(ctx), who, draft(store.Draft{Case: "talk-2", Body: []byte("klart"), Head: store.TalkHandled{By: who.Ref}}))
		return err
	}
	for name, who := range map[string]store.Caller{"alva": alva, "bo": bo, "erik": erik} {
		if err := handle(who); !errors.Is(err, store.ErrForbidden) {
			t.Errorf("%s handles: %v", name, err)
		}
	}
	if err := handle(doris); err != nil {
		t.Fatal(err)
	}
	// Of a person with protected identity only who may know of them learns.
	must(t, s, store.Program, draft(store.Draft{Case: "case-a", Head: store.Protection{Person: alva.Ref, Protected: true, By: store.Program.Ref}}))
	sworn := doris
	sworn.Protected = true
	for name, c := range map[string]struct {
		who  store.Caller
		want int
	}{"doris": {doris, 1}, "one who is sworn": {sworn, 2}} {
		if list, err := s.Talks(ctx, c.who, false); err != nil || len(list) != c.want {
			t.Errorf("%v: %s sees %d, want %d", err, name, len(list), c.want)
		}
	}
	if _, err := s.Update(ctx, doris, draft(store.Draft{Case: "talk-1", Head: store.TalkHandled{By: doris.Ref}})); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("Doris handles what she must not see: %v", err)
	}
	done, err := s.Talks(ctx, doris, true)
	if err != nil || len(done) != 1 || string(done[0].Note) != "klart" || done[0].HandledBy != doris.Ref {
		t.Errorf("%v: handled are %+v", err, done)
	}
}
