package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"regexp"
	"time"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/letter"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// The bounds of printing. One letter is printed at a time, the oldest first; one
// that fails waits ever longer and holds up no other.
const (
	printWithin = 40 * time.Second
	firstPause  = 2 * time.Second
	lastPause   = 10 * time.Minute
	lettersSeen = 256
)

// noPrinter is the value of Config.Chromium of a service that prints nothing.
const noPrinter = "none"

// letters prints the letters of published decisions, in the background. What is
// not printed yet is found in the journal, so a stop loses nothing, and the
// decision waits for none of it.
type letters struct {
	printer *letter.Printer // nil: there is nothing to print with
	s       *service
	failed  map[uint64]attempt // by the decision's index
	stop    context.CancelFunc
	done    chan struct{}
}

type attempt struct {
	pause time.Duration
	next  time.Time
}

// openLetters starts the printing. A service without Chromium is served all the
// same: the letter can be read and printed as a page, and the metrics tell.
func (s *service) openLetters() error {
	if s.c.Chromium == noPrinter {
		return nil
	}
	printer, err := letter.Find(s.c.Chromium, s.c.Data+" "+s.c.URL)
	if errors.Is(err, letter.ErrNoBrowser) {
		s.c.Log.Warn("there is no Chromium: letters stay pages until there is one")
		return nil
	}
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	l := &letters{printer: printer, s: s, failed: map[uint64]attempt{}, stop: stop, done: make(chan struct{})}
	go l.run(ctx)
	s.letters = l
	s.closing(func(context.Context) error { stop(); <-l.done; return nil })
	return nil
}

func (l *letters) run(ctx context.Context) {
	defer close(l.done)
	for ctx.Err() == nil {
		waiting, err := l.s.store.AwaitUnlettered(ctx, lettersSeen)
		if err != nil {
			return // the store has stopped, or we have
		}
		if l.s.leading() && l.next(ctx, waiting) {
			continue
		}
		select { // all that wait have failed lately, or another node prints
		case <-time.After(firstPause):
		case <-ctx.Done():
		}
	}
}

// next prints the first letter whose time has come, and reports whether there was one.
func (l *letters) next(ctx context.Context, waiting []store.Case) bool {
	now := time.Now()
	for _, c := range waiting {
		before, tried := l.failed[c.Index]
		if tried && now.Before(before.next) {
			continue
		}
		began := time.Now()
		err := l.print(ctx, c)
		if ctx.Err() != nil {
			return false
		}
		if err == nil {
			delete(l.failed, c.Index)
			l.s.metrics.LetterPrinted(time.Since(began))
			return true
		}
		pause := min(max(2*before.pause, firstPause), lastPause)
		l.failed[c.Index] = attempt{pause, time.Now().Add(pause)}
		l.s.metrics.LetterFailed()
		l.s.c.Log.Warn("couldn't print a letter; trying again", "case", c.ID, "error", err, "pause", pause)
		return true
	}
	return false
}

func (l *letters) print(ctx context.Context, c store.Case) error {
	ctx, cancel := context.WithTimeout(ctx, printWithin)
	defer cancel()
	file, err := l.s.store.Read(ctx, store.Program, c.ID)
	if err != nil || file.State != store.StatePublished || file.Index != c.Index {
		return err // it was decided anew: that decision has a letter of its own
	}
	html, err := l.s.letterHTML(ctx, store.Program, file)
	if err != nil {
		return err
	}
	pdf, err := l.printer.Print(ctx, html)
	if err != nil {
		return err
	}
	if len(pdf) > letter.MaxBytes {
		return errors.New("couldn't keep a letter: it is too large")
	}
	return l.s.flow.Letter(ctx, c.ID, c.Index, pdf)
}

// letterData is the page brev.
type letterData struct {
	decisionData
	Code template.HTML // the QR code, drawn in the page
	Host string        // where the receipt can be checked
	PDF  bool          // it is printed and can be fetched
	Base string        // of the case's pages, for who reads
	To   []flow.Adult  // whom it is addressed to
}

// letterPage shows a decision as a letter, to read or print.
func (s *service) letterPage(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	file, err := s.store.Read(r.Context(), who.Caller(), r.PathValue("id"))
	if err != nil {
		return err
	}
	data, err := s.letter(r.Context(), who.Caller(), file)
	if err != nil {
		return err
	}
	if who.Role == store.Caseworker {
		data.Base = "/handlaggare/" + file.ID
	} else if len(data.To) > 1 { // each letter to its reader
		reader := 0
		if who.Ref == file.Partner {
			reader = 1
		}
		data.To = data.To[reader : reader+1]
	}
	s.render(w, r, http.StatusOK, "brev", site.Page{Title: letterTitle(&data), User: who.Name, Role: string(who.Role), Data: data})
	return nil
}

func letterTitle(data *letterData) string {
	return fmt.Sprintf("Beslut om ekonomiskt bistånd, nummer %d", data.Decision.Number)
}

// letter gathers what the letter says.
func (s *service) letter(ctx context.Context, caller store.Caller, file store.File) (letterData, error) {
	var data letterData
	var err error
	if data.decisionData, err = s.show(file); err != nil {
		return data, err
	}
	if data.Decision == nil {
		return data, store.ErrNotFound
	}
	if err := s.compare(ctx, caller, file, &data.decisionData); err != nil {
		return data, err
	}
	if data.Status, err = s.follow(ctx, auth.Identity{Role: caller.Role, Ref: caller.Ref, Municipality: caller.Municipality, Protected: caller.Protected, Name: caller.Name}, &file); err != nil {
		return data, err
	}
	data.Base, data.To = "/arende/"+file.ID, []flow.Adult{{Number: data.Number, Name: data.Name}}
	if p := data.Partner; p != nil {
		data.To = append(data.To, *p)
	}
	code, err := s.code(&data.decisionData)
	if err != nil {
		return data, err
	}
	data.Code, data.Host, data.PDF = template.HTML(svg(code)), s.c.URL, file.HasLetter() //nolint:gosec // drawn by svg from black and white modules
	return data, nil
}

var stylesheet = regexp.MustCompile(`<link rel="stylesheet" href="/assets/([^"]+)">`)

// links are what a page fetches beside its stylesheet; a letter needs none of it.
var links = regexp.MustCompile(`(?s)<link rel="(?:icon|manifest|alternate|preload|modulepreload)"[^>]*>|<script\b.*?</script>`)

// letterHTML is the letter's page in one piece: its style stands in it, and it
// fetches nothing.
func (s *service) letterHTML(ctx context.Context, caller store.Caller, file store.File) ([]byte, error) {
	data, err := s.letter(ctx, caller, file)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := s.site.Render(&b, "brev", site.Page{Title: letterTitle(&data), Path: "/arende/" + file.ID + "/brev", Data: data}); err != nil {
		return nil, err
	}
	html := links.ReplaceAll(b.Bytes(), nil)
	at := stylesheet.FindSubmatchIndex(html)
	if at == nil {
		return nil, errors.New("couldn't make a letter of a page: it has no stylesheet")
	}
	style, ok := s.site.Asset(string(html[at[2]:at[3]]))
	if !ok {
		return nil, errors.New("couldn't make a letter of a page: its stylesheet is missing")
	}
	return bytes.Join([][]byte{html[:at[0]], []byte("<style>"), style, []byte("</style>"), html[at[1]:]}, nil), nil
}

// letterPDF gives the printed letter of a case's latest decision.
func (s *service) letterPDF(ctx context.Context, who auth.Identity, file *store.File) ([]byte, error) {
	if !file.HasLetter() {
		return nil, store.ErrNotFound
	}
	pages, err := s.store.Pages(ctx, who.Caller(), file.ID, store.KindLetter)
	if err != nil {
		return nil, err
	}
	if len(pages) == 0 {
		return nil, store.ErrNotFound
	}
	return pages[len(pages)-1].Body, nil
}

// letterFile gives the letter for keeping.
func (s *service) letterFile(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	file, err := s.store.Read(r.Context(), who.Caller(), r.PathValue("id"))
	if err != nil {
		return err
	}
	pdf, err := s.letterPDF(r.Context(), who, &file)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="beslut-%s-%d.pdf"`, file.Municipality, file.Number))
	_, _ = w.Write(pdf)
	return nil
}
