package server

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/release"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// auditRoutes are the pages on which the service is held to account: for anyone,
// for auditors, and for those who answer them.
func (s *service) auditRoutes(public func(string, page), as func(store.Role, string, person)) {
	public("GET /audit", s.audit)
	public("GET /audit/rad/{file}", s.auditLeaf)
	public("GET /audit/prov", func(w http.ResponseWriter, r *http.Request) error {
		s.render(w, r, http.StatusOK, "audit-prov", site.Page{Title: "Räkna om ett urval", Data: s.receiptCheckData()})
		return nil
	})
	public("GET /audit/skillnad/{before}/{after}", s.releaseDifference)
	public("GET /audit/statistik/{code}/{month}", s.figures)
	as(store.Applicant, "GET /mina/lasningar", s.readings)
	as(store.Auditor, "GET /granskning", s.sampling)
	as(store.Auditor, "POST /granskning", s.askSample)
	as(store.Auditor, "POST /granskning/{index}/lott", s.revealSample)
	as(store.Auditor, "GET /granskning/{index}/kvitton.jsonl", s.disclosed)
	as(store.Caseworker, "GET /handlaggare-urval", s.answering)
	as(store.Caseworker, "POST /handlaggare-urval/{index}", s.answerSample)
}

// auditData is the page audit.
type auditData struct {
	Origin     string
	Key        string
	Checkpoint string // as it is signed
	Size       uint64
	Root       string
	Witnessed  witnessed
	Waiting    int // leaves that no checkpoint covers yet
	Releases   []releaseRow
	Approvers  []release.Approver
	Digests    []noticeRow // the latest
	Erasures   []erasureRow
	Erased     int
	Samples    []sampleRow
	Months     []monthRow
}

type releaseRow struct {
	Index     uint64
	Version   string
	Engine    string
	From      string
	Approvers []string
	Now       bool   // it decides
	Before    string // the engine of the release before it; empty where there is none
}

type noticeRow struct {
	Index  uint64
	Name   string
	Events uint64
}

type erasureRow struct {
	Index        uint64
	Municipality string
	Day          string
	Numbers      []uint64
	Reason       string
}

// audit shows anyone what the log says of itself.
func (s *service) audit(w http.ResponseWriter, r *http.Request) error {
	data, err := s.auditData(r.Context())
	if err != nil {
		return err
	}
	s.render(w, r, http.StatusOK, "audit", site.Page{Title: "Granska tjänsten", Data: data})
	return nil
}

// shown is how many of each kind stand on the page.
const shown = 30

func (s *service) auditData(ctx context.Context) (auditData, error) {
	data := auditData{Key: s.log.Key()}
	signed, err := s.log.ReadCheckpoint(ctx)
	if err != nil {
		return data, fmt.Errorf("couldn't read the log's checkpoint: %w", err)
	}
	c, err := ledger.OpenCheckpoint(signed, []string{s.log.Key()})
	if err != nil {
		return data, fmt.Errorf("couldn't open the log's checkpoint: %w", err)
	}
	data.Origin, data.Size, data.Root, data.Checkpoint = c.Origin, c.Size, c.Root.String(), string(signed)
	if data.Witnessed, err = s.cosigned(c); err != nil {
		return data, err
	}
	data.Waiting, _ = s.store.Unsigned()
	if data.Releases, err = s.releaseRows(ctx); err != nil {
		return data, err
	}
	if data.Approvers, err = s.approvers(ctx); err != nil {
		return data, err
	}
	if data.Digests, err = s.digestRows(ctx); err != nil {
		return data, err
	}
	if data.Months, err = s.monthRows(ctx); err != nil {
		return data, err
	}
	if data.Samples, err = s.samples(ctx, ""); err != nil {
		return data, err
	}
	data.Samples = data.Samples[:min(len(data.Samples), shown)]
	data.Erasures, data.Erased, err = s.erasureRows(ctx)
	return data, err
}

// records gives the latest public records of some kinds, newest first, and how many
// there are.
func records[T any](ctx context.Context, s *service, kinds []store.Kind, parse func([]byte) (T, error), row func(store.Notice, T)) (int, error) {
	all, err := s.store.Notices(kinds...)
	if err != nil {
		return 0, err
	}
	for i := len(all) - 1; i >= max(0, len(all)-shown); i-- {
		text, err := s.flow.Record(ctx, all[i].Index)
		if err != nil {
			return 0, err
		}
		parsed, err := parse(text)
		if err != nil {
			return 0, fmt.Errorf("couldn't read the record of leaf %d: %w", all[i].Index, err)
		}
		row(all[i], parsed)
	}
	return len(all), nil
}

func (s *service) releaseRows(ctx context.Context) (rows []releaseRow, err error) {
	_, err = records(ctx, s, []store.Kind{store.KindReleased}, record.ParseRelease, func(n store.Notice, r *record.Release) {
		engine := fmt.Sprintf("%x", r.Engine)
		rows = append(rows, releaseRow{Index: n.Index, Version: r.Version, Engine: engine, From: r.From, Approvers: r.Approvers, Now: engine == s.engineHex})
	})
	for i := range len(rows) - 1 { // newest first
		rows[i].Before = rows[i+1].Engine
	}
	return rows, err
}

func (s *service) digestRows(ctx context.Context) (rows []noticeRow, err error) {
	_, err = records(ctx, s, []store.Kind{store.KindDigest}, record.ParseDigest, func(n store.Notice, d *record.Digest) {
		rows = append(rows, noticeRow{n.Index, d.Date, d.Events})
	})
	return rows, err
}

func (s *service) erasureRows(ctx context.Context) (rows []erasureRow, all int, err error) {
	all, err = records(ctx, s, []store.Kind{store.KindErased, store.KindErasures}, record.ParseErasure, func(n store.Notice, e *record.Erasure) {
		rows = append(rows, erasureRow{n.Index, e.Municipality, e.Day, e.Numbers, e.Reason})
	})
	return rows, all, err
}

// auditLeaf serves the receipt of a public leaf, which opens it for anyone.
func (s *service) auditLeaf(w http.ResponseWriter, r *http.Request) error {
	name, ok := strings.CutSuffix(r.PathValue("file"), ".json")
	index, err := strconv.ParseUint(name, 10, 53)
	if !ok || err != nil || strconv.FormatUint(index, 10) != name {
		return store.ErrNotFound
	}
	_, receipt, err := s.flow.Published(r.Context(), index)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="rad-%d.json"`, index))
	_, _ = w.Write(receipt)
	return nil
}
