package server

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/go-json-experiment/json"
	"rsc.io/qr"

	"github.com/skalig/skalig/engine/words"
	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/gate"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// decisionData is the pages arende (decided) and arende-vantar (not yet).
type decisionData struct {
	ID          string
	Case        store.Case
	Name        string      // the applicant
	Number      string      // with a hyphen, as people write it
	Partner     *flow.Adult // the other adult of a household that applied together
	Board       string
	Submitted   string // day
	Reasons     []gate.Reason
	Details     []words.Reason    // what the engine says a human must judge
	Questions   []words.Question  // and what it asks for
	Explanation words.Explanation // of a decision, or what the engine said when the case was referred
	Decision    *record.Decision
	Leaf        string // hex
	Status      progress
	Computed    int64       // öre, by the engine
	Preview     *comparison // what was computed when the application was sent
	LastTime    *comparison // the household's latest decision before
	Replaced    *comparison // of the decision that this one took the place of
	Earlier     []earlier   // the case's earlier decisions, the latest first
	PDF         bool        // the letter is printed
	Printer     bool        // there is something to print it with
	Against     bool        // something went against the applicant, who then may appeal
	Rests       bool        // the motivation names its provision
	WrittenOff  bool        // the application was taken back
	Hearing     *heardView
	Beyond      bool // some of it is given beyond the right, by a provision with another way to appeal
}

// earlier is a decision that a later one took the place of.
type earlier struct {
	Number  uint64
	Day     string
	Outcome string
	Granted int64
	Mode    string
}

// typed is what an applicant wrote in a form that comes back.
type typed struct{ Message, Answer string }

// statusData is the pages arende and arende-vantar.
type statusData struct {
	decisionData
	Typed typed
}

// decision shows a case to the applicant, whatever its state.
func (s *service) decision(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var form typed
	if again, ok := s.waiting(r, who); ok {
		form = typed{Message: again.PostForm.Get("message"), Answer: again.PostForm.Get("answer")}
	}
	return s.showCase(w, r, who, http.StatusOK, form, nil)
}

func (s *service) showCase(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, form typed, errs []site.FieldError) error {
	file, err := s.store.Read(r.Context(), who.Caller(), r.PathValue("id"))
	if err != nil {
		return err
	}
	data := statusData{Typed: form}
	if data.decisionData, err = s.show(file); err != nil {
		return err
	}
	if data.Status, err = s.follow(r.Context(), who, &file); err != nil {
		return err
	}
	p := site.Page{Title: "Ditt beslut", User: who.Name, Role: string(who.Role), Errors: errs}
	if data.Decision != nil {
		if err := s.compare(r.Context(), who.Caller(), file, &data.decisionData); err != nil {
			return err
		}
		if data.Earlier, err = s.earlier(r.Context(), who, &file); err != nil {
			return err
		}
		data.PDF, data.Printer = file.HasLetter(), s.letters != nil
		p.Data = data
		s.render(w, r, code, "arende", p)
		return nil
	}
	p.Title = "Din ansökan"
	if file.State == store.StateDecided || file.State == store.StateSubmitted {
		w.Header().Set("Refresh", "2") // the receipt is moments away
	}
	p.Data = data
	s.render(w, r, code, "arende-vantar", p)
	return nil
}

// earlier reads the decisions of a case that a later one took the place of.
func (s *service) earlier(ctx context.Context, who auth.Identity, file *store.File) ([]earlier, error) {
	if file.Replaces == "" {
		return nil, nil
	}
	pages, err := s.store.Pages(ctx, who.Caller(), file.ID, store.KindDecided)
	if err != nil {
		return nil, err
	}
	var out []earlier
	for i := len(pages) - 2; i >= 0; i-- {
		body, err := flow.DecodeBody[flow.DecidedBody](pages[i].Body)
		if err != nil {
			return nil, err
		}
		d, err := record.ParseDecision([]byte(body.Record))
		if err != nil {
			return nil, fmt.Errorf("couldn't read an earlier record of case %s: %w", file.ID, err)
		}
		out = append(out, earlier{d.Number, d.Day, d.Outcome, d.Granted, d.Mode})
	}
	return out, nil
}

// show reads a case for its pages. A decision is part of it only when it is
// published: nothing is shown without a receipt.
func (s *service) show(file store.File) (decisionData, error) {
	data := decisionData{ID: file.ID, Case: file.Case, Submitted: day(file.SubmittedAt), Reasons: reasons(file.Reasons)}
	data.Board = s.board(file.Municipality, file.Month)
	submitted, err := flow.DecodeBody[flow.SubmittedBody](file.Submitted)
	if err != nil {
		return data, err
	}
	data.Name, data.Number = submitted.Name, hyphened(submitted.Number)
	if p := submitted.Partner; p != nil && file.Partner != "" {
		data.Partner = &flow.Adult{Number: hyphened(p.Number), Name: p.Name}
	}
	if file.Queued != nil {
		queued, err := flow.DecodeBody[flow.QueuedBody](file.Queued)
		if err != nil {
			return data, err
		}
		if err := json.Unmarshal(queued.Explanation, &data.Explanation); err != nil {
			return data, errors.New("couldn't read an explanation")
		}
		data.Details, data.Questions = data.Explanation.Reasons, data.Explanation.Questions
	}
	if file.State != store.StatePublished {
		return data, nil
	}
	body, err := flow.DecodeBody[flow.DecidedBody](file.Decided)
	if err != nil {
		return data, err
	}
	if data.Decision, err = record.ParseDecision([]byte(body.Record)); err != nil {
		return data, fmt.Errorf("couldn't read the record of case %s: %w", file.ID, err)
	}
	data.Explanation = words.Explanation{}
	if err := json.Unmarshal(body.Explanation, &data.Explanation); err != nil {
		return data, errors.New("couldn't read an explanation")
	}
	if body.Hearing != nil {
		data.Hearing = &heardView{*body.Hearing}
	}
	receipt, err := ledger.ParseReceipt(file.Receipt)
	if err != nil {
		return data, fmt.Errorf("couldn't read the receipt of case %s: %w", file.ID, err)
	}
	hash := ledger.LeafHash(receipt.Leaf)
	data.Leaf = hex.EncodeToString(hash[:])
	data.Against = data.Decision.Outcome != record.Granted
	var provision flow.Provision
	provision, data.Rests = flow.Named(data.Decision.Motivation)
	data.Beyond, data.WrittenOff = provision.Code == flow.Beyond, provision.Code == flow.Withdrawn
	return data, nil
}

// hyphened writes an identity number as people do: 19921122-2386.
func hyphened(number string) string {
	if len(number) != 12 {
		return number
	}
	return number[:8] + "-" + number[8:]
}

// reasons are the referral's reasons. Where facts are missing, that there is no
// amount yet says nothing more.
func reasons(codes []string) []gate.Reason {
	var out []gate.Reason
	missing := false
	for _, c := range codes {
		missing = missing || gate.Code(c) == gate.FactsMissing
	}
	for _, c := range codes {
		if missing && (gate.Code(c) == gate.NoSupport || gate.Code(c) == gate.NotInFull) {
			continue
		}
		if reason, ok := gate.Text(gate.Code(c)); ok {
			out = append(out, reason)
		}
	}
	return out
}

// board is the name of the board that decides.
func (s *service) board(municipality, month string) string {
	e, _ := s.book.For(municipality, month)
	return e.Board
}

// today is the day it is in Sweden.
func (s *service) today() string { return s.c.Clock().In(flow.Stockholm).Format(time.DateOnly) }

func day(ms int64) string { return time.UnixMilli(ms).In(flow.Stockholm).Format(time.DateOnly) }

// receiptFile gives the receipt for keeping.
func (s *service) receiptFile(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	file, err := s.store.Read(r.Context(), who.Caller(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if file.State != store.StatePublished {
		return store.ErrNotFound
	}
	receipt, err := s.witnessed(r.Context(), file.Receipt)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="kvitto-%s-%d.json"`, file.Municipality, file.Number))
	_, _ = w.Write(receipt)
	return nil
}

// witnessed gives a receipt as it was issued, or under the latest checkpoint where
// that has the cosignatures that this one had to do without.
func (s *service) witnessed(ctx context.Context, file []byte) ([]byte, error) {
	issued, err := ledger.ParseReceipt(file)
	if err != nil {
		return nil, err
	}
	old, err := ledger.ParseCheckpoint(issued.Checkpoint)
	if err != nil || s.log.Met(old) {
		return file, err
	}
	signed, err := s.log.ReadCheckpoint(ctx)
	if err != nil {
		return nil, err
	}
	now, err := ledger.ParseCheckpoint(signed)
	if err != nil || !s.log.Met(now) {
		return file, err
	}
	return s.flow.Renew(ctx, file)
}

// receiptCode gives the QR code that leads to the public check of the receipt:
// it holds the leaf's place and hash, and nothing about anyone.
func (s *service) receiptCode(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	file, err := s.store.Read(r.Context(), who.Caller(), r.PathValue("id"))
	if err != nil {
		return err
	}
	data, err := s.show(file)
	if err != nil {
		return err
	}
	if data.Decision == nil {
		return store.ErrNotFound
	}
	code, err := s.code(&data)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	_, _ = w.Write(svg(code))
	return nil
}

// code leads to the check of a decision's receipt.
func (s *service) code(data *decisionData) (*qr.Code, error) {
	code, err := qr.Encode(fmt.Sprintf("%s/kvitto#i=%d&l=%s", s.c.URL, data.Case.Index, data.Leaf), qr.M)
	if err != nil {
		return nil, fmt.Errorf("couldn't draw a code: %w", err)
	}
	return code, nil
}

// svg draws a QR code with the quiet zone of four modules that readers need.
func svg(code *qr.Code) []byte {
	const quiet = 4
	var b bytes.Buffer
	size := code.Size + 2*quiet
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="`, size, size, size, size)
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			run := 0
			for x+run < code.Size && code.Black(x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, run, run)
				x += run
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return b.Bytes()
}
