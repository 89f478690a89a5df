package server

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/gate"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// atATime is how many cases that wait a page has.
const atATime = 50

// queueData is the page handlaggare.
type queueData struct {
	Board   string
	On      bool // automatic decisions
	Rows    []queueRow
	All     int // before the filter
	Page    int // of Pages, from 1
	Pages   int
	Chosen  int // by the filter
	skipped int
	Reasons []gate.Reason
	Reason  string // that is filtered by
	Newest  bool   // first
	News    []newsListRow
	Appeals []appealRow
	Claims  []claimRow
	Talks   int // wishes to talk that nobody has taken care of
	Links   []link
}

// link leads to a page that belongs to the desk.
type link struct{ Path, Text string }

// links are those of the pages that the service has.
func (s *service) links(pages ...[3]string) (out []link) {
	for _, p := range pages {
		if slices.Contains(s.patterns, p[0]) {
			out = append(out, link{p[1], p[2]})
		}
	}
	return out
}

// Earlier and Later lead to the pages beside this one, empty where there is none.
func (d queueData) Earlier() string { return d.page(min(d.Page, d.Pages+1) - 1) }
func (d queueData) Later() string   { return d.page(d.Page + 1) }

func (d queueData) page(n int) string {
	if n < 1 || n > d.Pages {
		return ""
	}
	q := url.Values{"sida": {strconv.Itoa(n)}}
	if d.Reason != "" {
		q.Set("orsak", d.Reason)
	}
	if d.Newest {
		q.Set("ordning", "nyast")
	}
	return "/handlaggare?" + q.Encode()
}

// From and To are the places in the queue of the first and the last case shown.
func (d queueData) From() int { return d.skipped + 1 }
func (d queueData) To() int   { return d.skipped + len(d.Rows) }

// appealRow is an appeal that waits for the board.
type appealRow struct {
	ID, Month, Came string
	Late, Sealed    bool
	Judged          bool // a court has said what the decision is to be
}

type queueRow struct {
	store.Case
	Submitted string
	Days      int
	New       string // what the applicant has sent since
	Late      bool   // the day until which an answer was waited for has gone
	Reasons   []gate.Reason
}

// queue lists the cases that wait, acute needs first and then by age.
func (s *service) queue(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	return s.showQueue(w, r, who, http.StatusOK, nil)
}

func (s *service) showQueue(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, errs []site.FieldError) error {
	data := queueData{Board: s.board(who.Municipality, ""), Reason: r.URL.Query().Get("orsak"), Newest: r.URL.Query().Get("ordning") == "nyast", Page: 1}
	if n, err := strconv.Atoi(r.URL.Query().Get("sida")); err == nil && n > 1 && n < 1_000_000 {
		data.Page = n
	}
	data.skipped = (data.Page - 1) * s.c.atATime
	queue, err := s.store.Queue(r.Context(), who.Caller(), store.Listing{Reason: data.Reason, Newest: data.Newest, Skip: data.skipped, Most: s.c.atATime})
	if err != nil {
		return err
	}
	data.All, data.Chosen, data.Pages = queue.All, queue.Chosen, (queue.Chosen+s.c.atATime-1)/s.c.atATime
	appeals, err := s.store.Appeals(r.Context(), who.Caller())
	if err != nil {
		return err
	}
	talks, err := s.store.TalksOpen(who.Caller())
	if err != nil {
		return err
	}
	on, err := s.store.Automation(who.Municipality)
	if err != nil {
		return err
	}
	data.On = on
	data.Links = s.links([3]string{"GET /handlaggare/samtal", "/handlaggare/samtal", "Vill prata med någon"},
		[3]string{"GET /handlaggare/sok", "/handlaggare/sok", "Sök ärende, och senast avgjorda"},
		[3]string{"GET /handlaggare/ny", "/handlaggare/ny", "Registrera en ansökan på papper eller telefon"},
		[3]string{"GET /omprovning", "/omprovning", "Månadens stickprov"},
		[3]string{"GET /handlaggare-urval", "/handlaggare-urval", "Urval som revisorerna ber om"},
		[3]string{"GET /handlaggare/arbetet", "/handlaggare/arbetet", "Så används tiden"})
	data.Talks = talks
	if data.News, err = s.newsList(r.Context(), who); err != nil {
		return err
	}
	if data.Claims, err = s.claimRows(r.Context(), who); err != nil {
		return err
	}
	for _, c := range appeals {
		for _, a := range c.OpenAppeals() {
			data.Appeals = append(data.Appeals, appealRow{ID: c.ID, Month: c.Month, Came: flow.Day(&a), Late: a.Doubtful(), Sealed: c.Protected})
		}
		if c.ToExecute() {
			data.Appeals = append(data.Appeals, appealRow{ID: c.ID, Month: c.Month, Judged: true, Sealed: c.Protected})
		}
	}
	now := s.c.Clock()
	for _, reason := range gate.All() {
		if slices.Contains(queue.Reasons, string(reason.Code)) {
			data.Reasons = append(data.Reasons, reason)
		}
	}
	for _, c := range queue.Cases {
		days := int(now.UnixMilli()-c.SubmittedAt) / (24 * 3600 * 1000)
		data.Rows = append(data.Rows, queueRow{Case: c, Submitted: day(c.SubmittedAt), Days: days, Reasons: reasons(c.Reasons),
			New: newsWord(c.News), Late: c.Due != "" && c.Due < now.In(flow.Stockholm).Format(time.DateOnly)})
	}
	s.render(w, r, code, "handlaggare", site.Page{Title: "Ärenden som väntar", User: who.Name, Role: string(who.Role), Errors: errs, Data: data})
	return nil
}

// switchAll stops or restarts automatic decisions in the municipality.
func (s *service) switchAll(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	stopped, reason, err := switchForm(r)
	if err != nil {
		return err
	}
	if reason == "" {
		return s.showQueue(w, r, who, http.StatusUnprocessableEntity, []site.FieldError{{Field: "reason", Text: "Skriv varför"}})
	}
	if err := s.flow.Switch(r.Context(), who.Caller(), "", stopped, who.Name, reason); err != nil {
		return err
	}
	http.Redirect(w, r, "/handlaggare", http.StatusSeeOther)
	return nil
}

// switchHousehold does so for one household.
func (s *service) switchHousehold(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var f deskForm
	stopped, reason, err := f.stop(r, "reason")
	if err != nil || f.errs != nil {
		return s.again(w, r, who, f, err)
	}
	return s.again(w, r, who, f, s.flow.Switch(r.Context(), who.Caller(), r.PathValue("id"), stopped, who.Name, reason))
}

func switchForm(r *http.Request) (stopped bool, reason string, err error) {
	var act string
	if err := fields(r, map[string]*string{"act": &act, "reason": &reason}); err != nil {
		return false, "", err
	}
	if act != "stop" && act != "start" || len(reason) > 4000 {
		return false, "", errForm
	}
	return act == "stop", strings.TrimSpace(reason), nil
}
