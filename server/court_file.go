package server

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/skalig/skalig/server/application"
	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/store"
)

// bundle is a file of files, all of one time.
type bundle struct {
	buffer bytes.Buffer
	zip    *zip.Writer
	at     time.Time
	errs   []error
}

func (b *bundle) add(name string, content []byte) {
	f, err := b.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: b.at})
	if err == nil {
		_, err = f.Write(content)
	}
	b.errs = append(b.errs, err)
}

// courtFile gives what the court needs in one file (46 § förvaltningslagen): the appeals
// with the board's own words, the case as text, every decision of it as a page that opens anywhere
// and as the letter that was sent, its receipt, and every document.
func (s *service) courtFile(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	file, err := s.store.Read(r.Context(), who.Caller(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if len(file.Appeals) == 0 || file.State != store.StatePublished {
		return store.ErrNotFound
	}
	status, err := s.follow(r.Context(), who, &file)
	if err != nil {
		return err
	}
	b := &bundle{at: s.c.Clock()}
	b.zip = zip.NewWriter(&b.buffer)
	for i := range status.Appeals {
		b.add(fmt.Sprintf("overklagande-%d.txt", i+1), []byte(appealText(&file, &status.Appeals[i])))
	}
	text, err := s.caseText(r.Context(), who, file.ID, &status)
	if err != nil {
		return err
	}
	b.add("akten.txt", text)
	if err := errors.Join(s.addDecisions(r.Context(), who, &file, b), s.addDocuments(r.Context(), who, file.ID, b)); err != nil {
		return err
	}
	if err := errors.Join(append(b.errs, b.zip.Close())...); err != nil {
		return fmt.Errorf("couldn't make the file for the court: %w", err)
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="overklagande-%s-%d.zip"`, file.Municipality, file.Number))
	_, _ = w.Write(b.buffer.Bytes())
	return nil
}

// addDecisions adds every decision of the case, named by its number.
func (s *service) addDecisions(ctx context.Context, who auth.Identity, file *store.File, b *bundle) error {
	decisions, err := s.decisions(ctx, who, file)
	if err != nil {
		return err
	}
	for _, d := range decisions {
		page, err := s.letterHTML(ctx, store.Program, d)
		if err != nil {
			return err
		}
		b.add(fmt.Sprintf("beslut-%d.html", d.Number), page)
		b.add(fmt.Sprintf("kvitto-%d.json", d.Number), d.Receipt)
	}
	letters, err := s.store.Pages(ctx, who.Caller(), file.ID, store.KindLetter)
	for _, p := range letters {
		for _, d := range decisions {
			if h, ok := p.Head.(*store.Letter); ok && h.Index == d.Index {
				b.add(fmt.Sprintf("beslut-%d.pdf", d.Number), p.Body)
			}
		}
	}
	return err
}

// decisions gives the case as it was when each of its decisions was published, the oldest
// first.
func (s *service) decisions(ctx context.Context, who auth.Identity, file *store.File) ([]store.File, error) {
	decided, err1 := s.store.Pages(ctx, who.Caller(), file.ID, store.KindDecided)
	published, err2 := s.store.Pages(ctx, who.Caller(), file.ID, store.KindPublished)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	receipts := map[uint64][]byte{}
	for _, p := range published {
		if h, ok := p.Head.(*store.Published); ok {
			receipts[h.Index] = p.Body
		}
	}
	var out []store.File
	for _, p := range decided {
		h, ok := p.Head.(*store.Decided)
		if !ok || receipts[h.Index] == nil {
			continue
		}
		d := *file
		d.Decided, d.Receipt, d.DecidedAt = p.Body, receipts[h.Index], p.At
		d.Index, d.Number, d.Mode, d.Outcome, d.Replaces, d.DecidedBy = h.Index, h.Number, h.Mode, h.Outcome, h.Replaces, h.By
		out = append(out, d)
	}
	return out, nil
}

// addDocuments adds what the household has handed in, of both adults.
func (s *service) addDocuments(ctx context.Context, who auth.Identity, id string, b *bundle) error {
	all, err := s.store.Documents(ctx, who.Caller(), id)
	if err != nil {
		return err
	}
	for _, d := range all {
		h, err := s.store.Document(ctx, who.Caller(), id, d.Number)
		if err != nil {
			return err
		}
		b.add(fmt.Sprintf("underlag-%d.%s", d.Number, application.Ending(h.Media)), h.Content)
	}
	return nil
}

// appealText is an appeal as plain text, with what the board said of it.
func appealText(file *store.File, a *appealView) string {
	var b strings.Builder
	fmt.Fprintf(&b, "ÖVERKLAGANDE\n\nÄrende: %s\n", file.ID)
	if a.Text == nil {
		return b.String()
	}
	fmt.Fprintf(&b, "Beslut: %s\nKom in: %s\n", a.Text.Decision, a.Day)
	if a.Against != 0 {
		b.WriteString("Gäller nämndens beslut att avvisa ett tidigare överklagande.\n")
	}
	if a.Text.Entered != "" {
		fmt.Fprintf(&b, "Kom som brev. Inskrivet av %s.\n", a.Text.Entered)
	}
	if a.Late {
		b.WriteString("Kom in efter tre veckor räknat från den dag beslutet fanns att läsa.\n")
	}
	if f := a.Found; f != nil {
		fmt.Fprintf(&b, "Nämnden fann den %s att det kom i rätt tid: den klagande fick beslutet %s (%s)%s. %s\n", f.Day, f.Received, f.Known, causes[f.Cause], f.Name)
	}
	fmt.Fprintf(&b, "Klagande: %s, %s\n", a.Text.Name, hyphened(a.Text.Number))
	if a.Text.Contact != "" {
		fmt.Fprintf(&b, "Kontakt:\n%s\n", a.Text.Contact)
	}
	fmt.Fprintf(&b, "\nVad som ska ändras:\n%s\n\nVarför:\n%s\n", a.Text.Change, a.Text.Why)
	if c := a.Answer; c != nil {
		fmt.Fprintf(&b, "\nNÄMNDEN\n%s, %s. %s\n", closings[a.closed()], c.Day, c.Name)
		if c.Received != "" {
			fmt.Fprintf(&b, "Den klagande fick beslutet %s (%s).\n", c.Received, c.Known)
		}
		fmt.Fprintf(&b, "%s\n%s\n", c.Court, c.Note)
	}
	if j := a.Judged; j != nil {
		fmt.Fprintf(&b, "\nRÄTTEN\n%s, mål %s. %s\n%s\n", j.Day, j.Number, results[a.Result], j.Note)
	}
	return b.String()
}

// causes are why an appeal that came after three weeks is tried all the same.
var causes = map[string]string{
	flow.CauseInformed: ", och förseningen beror på att nämnden hade upplyst fel om hur man överklagar",
	flow.CauseCourt:    ", och överklagandet kom till förvaltningsrätten i rätt tid",
}

// results are what a court came to.
var results = map[string]string{
	store.CourtUpheld:   "Beslutet står fast",
	store.CourtChanged:  "Rätten ändrade beslutet",
	store.CourtRemitted: "Nämnden ska pröva saken på nytt",
}
