package server

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// A sampleRow is a sample as everyone may see it.
type sampleRow struct {
	Index        uint64
	Municipality string
	Name         string
	Auditor      string
	Day          string
	Count        uint64
	Seal         string
	Revealed     bool // the auditor has shown the secret, and with it what is drawn
	Drawn        []uint64
	Given        int
	Erased       int
	Secret       int
	Missing      []uint64
}

// samples gives every sample, newest first.
func (s *service) samples(ctx context.Context, of string) ([]sampleRow, error) {
	all, err := s.store.Samples()
	if err != nil {
		return nil, err
	}
	kept, err := s.keptReasons(ctx)
	if err != nil {
		return nil, err
	}
	var rows []sampleRow
	for _, x := range slices.Backward(all) {
		if of != "" && x.Municipality != of {
			continue
		}
		text, err := s.flow.Record(ctx, x.Index)
		if err != nil {
			return nil, err
		}
		a, err := record.ParseAsked(text)
		if err != nil {
			return nil, fmt.Errorf("couldn't read the record of leaf %d: %w", x.Index, err)
		}
		row := sampleRow{Index: x.Index, Municipality: x.Municipality, Auditor: a.Auditor, Day: a.Day, Count: a.Count,
			Seal: x.Seal, Revealed: x.Revealed, Drawn: x.Indexes, Given: len(x.Given), Missing: x.Missing()}
		if m := s.towns[x.Municipality]; m != nil {
			row.Name = m.Name
		}
		for _, index := range x.Kept {
			if kept[x.Index][index] == record.WithheldErased {
				row.Erased++
			} else {
				row.Secret++
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// keptReasons says why decisions are withheld, by the leaf that asked.
func (s *service) keptReasons(ctx context.Context) (map[uint64]map[uint64]string, error) {
	answers, err := s.store.Notices(store.KindAnswered)
	if err != nil {
		return nil, err
	}
	out := map[uint64]map[uint64]string{}
	for _, n := range answers {
		text, err := s.flow.Record(ctx, n.Index)
		if err != nil {
			return nil, err
		}
		a, err := record.ParseAnswered(text)
		if err != nil {
			return nil, fmt.Errorf("couldn't read the record of leaf %d: %w", n.Index, err)
		}
		if out[a.Asked] == nil {
			out[a.Asked] = map[uint64]string{}
		}
		for _, w := range a.Withheld {
			out[a.Asked][w.Index] = w.Reason
		}
	}
	return out, nil
}

// samplingData is the page granskning.
type samplingData struct {
	Town    string
	Max     int
	Samples []sampleRow
}

// sampling shows an auditor the samples and the form that asks for one.
func (s *service) sampling(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	return s.showSampling(w, r, who, http.StatusOK, nil)
}

func (s *service) showSampling(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, errs []site.FieldError) error {
	rows, err := s.samples(r.Context(), who.Municipality)
	if err != nil {
		return err
	}
	data := samplingData{Samples: rows, Max: flow.MaxSample}
	if m := s.towns[who.Municipality]; m != nil {
		data.Town = m.Name
	}
	s.render(w, r, code, "granskning", site.Page{Title: "Granskning", User: who.Name, Role: string(who.Role), Errors: errs, Data: data})
	return nil
}

// askSample takes the form that asks for a sample.
func (s *service) askSample(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var count, text string
	if err := fields(r, map[string]*string{"count": &count, "seal": &text}); err != nil {
		return err
	}
	var errs []site.FieldError
	n, err := strconv.Atoi(count)
	if err != nil || n < 1 || n > flow.MaxSample {
		errs = append(errs, site.FieldError{Field: "count", Text: fmt.Sprintf("Skriv ett antal från 1 till %d", flow.MaxSample)})
	}
	seal, ok := lot(text)
	if !ok {
		errs = append(errs, site.FieldError{Field: "seal", Text: "Skriv lottens kontrollsumma, 64 tecken"})
	}
	if len(errs) > 0 {
		return s.showSampling(w, r, who, http.StatusUnprocessableEntity, errs)
	}
	town := who.Municipality
	if m := s.towns[town]; m != nil {
		town = m.Name
	}
	if _, err := s.flow.AskSample(r.Context(), who.Caller(), "Revisorerna i "+town, n, seal); err != nil {
		return err
	}
	http.Redirect(w, r, "/granskning", http.StatusSeeOther)
	return nil
}

// revealSample takes the secret that draws the sample.
func (s *service) revealSample(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	asked, err := leafIndex(r.PathValue("index"))
	if err != nil {
		return err
	}
	x, err := s.store.Sample(asked)
	if err != nil {
		return err
	}
	if x.Municipality != who.Municipality {
		return store.ErrNotFound
	}
	text, err := field(r, "secret")
	if err != nil {
		return err
	}
	why := "Skriv lotten, 64 tecken, som du fick när du gjorde den"
	if secret, ok := lot(text); ok {
		switch err := s.flow.RevealSample(r.Context(), who.Caller(), asked, secret); {
		case err == nil:
			http.Redirect(w, r, "/granskning", http.StatusSeeOther)
			return nil
		case errors.Is(err, flow.ErrSecret):
			why = "Det är en annan lott än den som begäran bygger på"
		case errors.Is(err, flow.ErrEarly):
			why = "Begäran är inte publicerad ännu. Försök igen om en stund"
		case errors.Is(err, flow.ErrSample):
			why = "Lotten är redan öppnad"
		default:
			return err
		}
	}
	return s.showSampling(w, r, who, http.StatusUnprocessableEntity, []site.FieldError{{Field: fmt.Sprintf("secret-%d", asked), Text: why}})
}

// lot reads 32 bytes as they are written down: 64 hexadecimal digits.
func lot(text string) (b [32]byte, ok bool) {
	raw, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(raw) != len(b) {
		return b, false
	}
	return [32]byte(raw), true
}

// disclosed gives an auditor the receipts of a sample, one a line.
func (s *service) disclosed(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	asked, err := leafIndex(r.PathValue("index"))
	if err != nil {
		return err
	}
	receipts, err := s.store.Disclosed(r.Context(), who.Caller(), asked)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/jsonl")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="urval-%d.jsonl"`, asked))
	// First what the log says was drawn, and what was answered: the tools hold the
	// decisions to it.
	shown, err := s.sampleLeaves(r.Context(), asked)
	if err != nil {
		return err
	}
	for _, receipt := range append(shown, receipts...) {
		_, _ = w.Write(receipt)
	}
	return nil
}

// sampleLeaves are the receipts of the leaves that say what a sample drew and what was
// answered, as far as they are published.
func (s *service) sampleLeaves(ctx context.Context, asked uint64) (receipts [][]byte, err error) {
	for _, kind := range []store.Kind{store.KindRevealed, store.KindAnswered} {
		all, err := s.store.Notices(kind)
		if err != nil {
			return nil, err
		}
		for _, n := range all {
			text, receipt, err := s.flow.Published(ctx, n.Index)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if of, err := record.SampleOf(text); err != nil {
				return nil, fmt.Errorf("couldn't read the record of leaf %d: %w", n.Index, err)
			} else if of == asked {
				receipts = append(receipts, receipt)
			}
		}
	}
	return receipts, nil
}

func leafIndex(text string) (uint64, error) {
	n, err := strconv.ParseUint(text, 10, 53)
	if err != nil || strconv.FormatUint(n, 10) != text {
		return 0, store.ErrNotFound
	}
	return n, nil
}

// answeringData is the page handlaggare-urval.
type answeringData struct {
	Samples []answerRow
}

type answerRow struct {
	sampleRow
	Leaves []answerLeaf
}

type answerLeaf struct {
	Index  uint64
	Number uint64
	Case   string
	Erased bool
}

// answering shows a caseworker what auditors ask for.
func (s *service) answering(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	return s.showAnswering(w, r, who, http.StatusOK, nil)
}

func (s *service) showAnswering(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, errs []site.FieldError) error {
	rows, err := s.samples(r.Context(), who.Municipality)
	if err != nil {
		return err
	}
	var data answeringData
	for _, row := range rows {
		a := answerRow{sampleRow: row}
		cases, err := s.store.LeafCases(r.Context(), who.Caller(), row.Missing)
		if err != nil {
			return err
		}
		for _, index := range row.Missing {
			c := cases[index]
			a.Leaves = append(a.Leaves, answerLeaf{index, c.Number, c.ID, c.State == store.StateErased})
		}
		data.Samples = append(data.Samples, a)
	}
	s.render(w, r, code, "handlaggare-urval", site.Page{Title: "Urval för granskning", User: who.Name, Role: string(who.Role), Errors: errs, Data: data})
	return nil
}

// answerSample takes the answer.
func (s *service) answerSample(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	asked, err := leafIndex(r.PathValue("index"))
	if err != nil {
		return err
	}
	all, err := s.store.Samples()
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(x store.Sample) bool { return x.Index == asked && x.Municipality == who.Municipality }) {
		return store.ErrNotFound
	}
	if err := r.ParseForm(); err != nil {
		return errForm
	}
	var give, withhold []uint64
	for name, values := range r.PostForm {
		index, err := leafIndex(name)
		if err != nil || len(values) != 1 {
			return errForm
		}
		switch values[0] {
		case "ge":
			give = append(give, index)
		case "sekretess":
			withhold = append(withhold, index)
		}
	}
	switch err := s.flow.AnswerSample(r.Context(), who.Caller(), asked, give, withhold); {
	case errors.Is(err, flow.ErrSample):
		return s.showAnswering(w, r, who, http.StatusUnprocessableEntity, []site.FieldError{{Field: "urval", Text: "Välj för minst ett beslut"}})
	case err != nil:
		return err
	}
	http.Redirect(w, r, "/handlaggare-urval", http.StatusSeeOther)
	return nil
}
