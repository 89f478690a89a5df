package server

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/skalig/skalig/ledger/serve"
	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
	"github.com/skalig/skalig/wasm/estimate"
)

// page is a handler that may fail; failed says with which page.
type page func(w http.ResponseWriter, r *http.Request) error

// person is a page for someone who is signed in.
type person func(w http.ResponseWriter, r *http.Request, who auth.Identity) error

// routes gives the multiplexer and its patterns. The handlers use parts of the
// service that are opened after it; none runs before all are.
func (s *service) routes() (*http.ServeMux, []string) {
	mux := http.NewServeMux()
	var patterns []string
	handle := func(pattern string, h http.Handler) {
		mux.Handle(pattern, h)
		patterns = append(patterns, pattern)
	}
	public := func(pattern string, p page) { handle(pattern, s.page(p)) }
	session := func(pattern string, p page) {
		handle(pattern, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.auth.Sessions(s.page(p)).ServeHTTP(w, r) }))
	}
	as := func(role store.Role, pattern string, p person) { session(pattern, s.as(role, p)) }

	spoken := func(path string, p page) {
		for _, lang := range site.Languages() {
			public("GET "+site.Pattern(lang, path), p)
		}
	}
	for _, p := range site.Statics() {
		spoken(p.Path, s.static(p))
	}
	spoken("/rakna", s.calculator)
	spoken("/rakna/server", s.serverForm)
	for _, lang := range site.Languages() {
		public("POST "+site.Pattern(lang, "/rakna/server"), s.serverEstimate)
	}
	spoken("/kommuner", s.places)
	spoken("/kvitto", s.receiptCheck)
	public("GET /engine/{file}", s.artefacts("engine"))
	public("GET /verify/{file}", s.artefacts("verify"))
	public("GET /release/{file}", s.releaseReceipt)
	handle("GET /assets/", s.site.Assets())
	handle("GET /offline.js", s.site.Offline())
	for _, pattern := range estimate.Patterns() {
		handle(pattern, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.estimate.ServeHTTP(w, r) }))
	}
	public("GET /log/policy", s.policy)
	public("GET /log/approvers", s.approverKeys)
	public("GET /log/releases", s.releaseReceipts)
	public("GET /log/opened/{file}", s.auditLeaf)
	handle("/log/", http.StripPrefix("/log", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		serve.Handler(s.log, s.log.Key()).ServeHTTP(w, r)
	})))

	session("GET /logga-in", func(w http.ResponseWriter, r *http.Request) error { s.auth.SignIn(s.signInFailed)(w, r); return nil })
	session("GET /auth/callback", func(w http.ResponseWriter, r *http.Request) error { s.auth.Callback(s.signInFailed)(w, r); return nil })
	session("POST /logga-ut", func(w http.ResponseWriter, r *http.Request) error { s.auth.SignOut(w, r); return nil })

	session("GET /lamna", s.leave)
	session("GET /sessioner", s.asAny(s.sessions))
	session("POST /sessioner", s.asAny(s.anew("/sessioner", s.endSessions)))

	session("GET /ansok", s.start)
	session(handOver, s.apply)
	as(store.Applicant, "POST /ansok/ny", s.beginOwn)
	as(store.Applicant, "GET /ansok/kontrollera", s.check)
	as(store.Applicant, "POST /ansok/kontrollera", s.choose)
	as(store.Applicant, "POST /ansok/skicka", s.send)
	as(store.Applicant, "GET /ansok/andra", s.own(s.change))
	as(store.Applicant, "GET /ansok/vantar", s.own(s.waits))
	as(store.Applicant, "GET /ansok/ta-bort", s.own(s.askRemove))
	as(store.Applicant, "POST /ansok/ta-bort", s.own(s.remove))
	as(store.Applicant, "GET /ansok/{section}", s.own(s.section))
	as(store.Applicant, "POST /ansok/{section}", s.own(s.saveSection))
	as(store.Applicant, "POST /ansok/underlag/fil", s.own(s.upload))
	as(store.Applicant, "GET /ansok/underlag/{n}", s.own(s.formDocument))
	as(store.Applicant, "POST /ansok/underlag/{n}/ta-bort", s.own(s.takeBack))
	as(store.Applicant, "GET /medsokande/{id}", s.invitation)
	as(store.Applicant, "POST /medsokande/{id}", s.answerInvitation)
	as(store.Applicant, "GET /prata", s.talk)
	as(store.Applicant, "POST /prata", s.sendTalk)
	as(store.Applicant, "GET /prata/tack", s.thanks)
	as(store.Applicant, "GET /behov", s.talk)
	as(store.Applicant, "POST /behov", s.sendTalk)
	as(store.Applicant, "GET /arende/{id}/underlag", s.caseFiles)
	as(store.Applicant, "POST /arende/{id}/underlag", s.addCaseFile)
	as(store.Applicant, "GET /arende/{id}/underlag/{n}", s.document)
	as(store.Applicant, "GET /mina", s.mine)
	as(store.Applicant, "GET /arende/{id}", s.decision)
	as(store.Applicant, "GET /arende/{id}/kvitto.json", s.receiptFile)
	as(store.Applicant, "GET /arende/{id}/kvitto.svg", s.receiptCode)
	as(store.Applicant, "GET /arende/{id}/brev", s.letterPage)
	as(store.Applicant, "GET /arende/{id}/beslut.pdf", s.letterFile)
	as(store.Applicant, "POST /arende/{id}/meddelande", s.say)
	as(store.Applicant, "POST /arende/{id}/komplettering", s.complete)
	as(store.Applicant, "GET /arende/{id}/ta-tillbaka", s.withdrawal)
	as(store.Applicant, "POST /arende/{id}/ta-tillbaka", s.withdraw)
	as(store.Applicant, "GET /arende/{id}/overklaga", s.appealPage)
	as(store.Applicant, "POST /arende/{id}/overklaga", s.appeal)
	as(store.Applicant, "GET /arende/{id}/avvisning/{n}", s.dismissal)

	as(store.Caseworker, "GET /handlaggare", s.queue)
	as(store.Caseworker, "POST /handlaggare/stopp", s.switchAll)
	as(store.Caseworker, "GET /handlaggare/sok", s.searchPage)
	as(store.Caseworker, "POST /handlaggare/sok", s.search)
	as(store.Caseworker, "GET /handlaggare/samtal", s.talks)
	as(store.Caseworker, "POST /handlaggare/samtal", s.handleTalk)
	as(store.Caseworker, "GET /handlaggare/ny", s.entries)
	as(store.Caseworker, "POST /handlaggare/ny", s.beginEntry)
	as(store.Caseworker, "GET /inmatning/{id}", s.entry(s.tasks))
	as(store.Caseworker, "GET /inmatning/{id}/kontrollera", s.entry(s.checkPlace))
	as(store.Caseworker, "POST /inmatning/{id}/skicka", s.entry(s.sendEntry))
	as(store.Caseworker, "GET /inmatning/{id}/ta-bort", s.entry(s.askRemove))
	as(store.Caseworker, "POST /inmatning/{id}/ta-bort", s.entry(s.remove))
	as(store.Caseworker, "GET /inmatning/{id}/{section}", s.entry(s.section))
	as(store.Caseworker, "POST /inmatning/{id}/{section}", s.entry(s.saveSection))
	as(store.Caseworker, "POST /inmatning/{id}/underlag/fil", s.entry(s.upload))
	as(store.Caseworker, "GET /inmatning/{id}/underlag/{n}", s.entry(s.formDocument))
	as(store.Caseworker, "POST /inmatning/{id}/underlag/{n}/ta-bort", s.entry(s.takeBack))
	as(store.Caseworker, "GET /handlaggare/{id}/dokument", s.deskFiles)
	as(store.Caseworker, "GET /handlaggare/{id}/dokument/{n}", s.document)
	as(store.Caseworker, "GET /handlaggare/{id}", s.desk)
	as(store.Caseworker, "GET /handlaggare/{id}/brev", s.letterPage)
	as(store.Caseworker, "GET /handlaggare/{id}/beslut.pdf", s.letterFile)
	as(store.Caseworker, "POST /handlaggare/{id}/dokument", s.addDeskFile)
	as(store.Caseworker, "POST /handlaggare/{id}/komplettering/svar", s.registerAnswer)
	as(store.Caseworker, "GET /handlaggare/arbetet", s.workload)
	as(store.Caseworker, "GET /omprovning", s.rechecks)
	as(store.Caseworker, "GET /omprovning/{id}", s.recheck)
	as(store.Caseworker, "POST /omprovning/{id}", s.judge)
	as(store.Caseworker, "POST /handlaggare/{id}/oppna", s.unseal)
	as(store.Caseworker, "POST /handlaggare/{id}/kvittera", s.acknowledge)
	as(store.Caseworker, "POST /handlaggare/{id}/register", s.askAgain)
	as(store.Caseworker, "POST /handlaggare/{id}/andring", s.override)
	as(store.Caseworker, "POST /handlaggare/{id}/angra", s.withdrawOverride)
	as(store.Caseworker, "POST /handlaggare/{id}/berakning", s.approveCalculation)
	as(store.Caseworker, "POST /handlaggare/{id}/beslut", s.rule)
	as(store.Caseworker, "POST /handlaggare/{id}/granser", s.bound)
	as(store.Caseworker, "POST /handlaggare/{id}/skydd", s.protect)
	as(store.Caseworker, "POST /handlaggare/{id}/person", s.sameOrNot)
	as(store.Caseworker, "POST /handlaggare/{id}/stopp", s.switchHousehold)
	as(store.Caseworker, "POST /handlaggare/{id}/sett", s.seen)
	as(store.Caseworker, "GET /handlaggare/{id}/meddelande", s.dialoguePage)
	as(store.Caseworker, "POST /handlaggare/{id}/meddelande", s.reply)
	as(store.Caseworker, "GET /handlaggare/{id}/komplettering", s.askPage)
	as(store.Caseworker, "POST /handlaggare/{id}/komplettering", s.ask)
	as(store.Caseworker, "GET /handlaggare/{id}/rattelse", s.correction)
	as(store.Caseworker, "POST /handlaggare/{id}/rattelse", s.correct)
	as(store.Caseworker, "GET /handlaggare/{id}/aterkrav", s.claim)
	as(store.Caseworker, "POST /handlaggare/{id}/aterkrav", s.settleClaim)
	as(store.Caseworker, "GET /handlaggare/{id}/overklagande", s.appealDesk)
	as(store.Caseworker, "POST /handlaggare/{id}/overklagande", s.enterAppeal)
	as(store.Caseworker, "POST /handlaggare/{id}/overklagande/rattid", s.inTime)
	as(store.Caseworker, "POST /handlaggare/{id}/overklagande/omprova", s.reconsider)
	as(store.Caseworker, "POST /handlaggare/{id}/overklagande/klart", s.settled)
	as(store.Caseworker, "POST /handlaggare/{id}/overklagande/overlamna", s.forward)
	as(store.Caseworker, "POST /handlaggare/{id}/overklagande/dom", s.judgment)
	as(store.Caseworker, "GET /handlaggare/{id}/avvisning/{n}", s.dismissal)
	as(store.Caseworker, "GET /handlaggare/{id}/overklagande.zip", s.courtFile)

	as(store.Approver, "GET /utbetalning", s.payments)
	as(store.Approver, "POST /utbetalning/fil", s.orderPayments)
	as(store.Approver, "POST /utbetalning/svar", s.bankAnswer)
	as(store.Approver, "POST /utbetalning/stopp", s.haltPayment)
	as(store.Approver, "GET /utbetalning/{batch}", s.paymentBatch)
	as(store.Approver, "GET /utbetalning/{batch}/fil.xml", s.paymentFile)
	as(store.Approver, "POST /utbetalning/{batch}/slapp", s.anew("/utbetalning", s.freePayments))
	as(store.Approver, "POST /utbetalning/{batch}/avbryt", s.cancelPayments)
	as(store.Approver, "POST /utbetalning/{batch}/avvisning", s.anew("/utbetalning", s.confirmRejection))
	as(store.Applicant, "GET /mina/konto", s.account)
	as(store.Applicant, "POST /mina/konto", s.setAccount)
	as(store.Operator, "GET /drift", s.operation)
	as(store.Operator, "POST /drift/stopp", s.switchEverywhere)
	as(store.Operator, "POST /drift/logga-ut", s.signOutAll)
	as(store.Administrator, "GET /administration", s.roster)
	as(store.Administrator, "POST /administration/person", s.anew("/administration", s.appoint))

	s.auditRoutes(public, as)

	if s.c.Demo != nil && s.c.Metrics == "" { // else only those who watch see them, on a listener of their own
		handle("GET /metrics", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.metrics.Handler().ServeHTTP(w, r) }))
	}
	handle("GET /readyz", http.HandlerFunc(s.readyz))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.problem(w, r, http.StatusNotFound) })
	return mux, append(patterns, "/demo/idp/")
}

// signIn is the address of the sign-in that comes back to a path.
func signIn(path string) string {
	return "/logga-in?till=" + strings.ReplaceAll(url.QueryEscape(auth.Local(path)), "%2F", "/")
}

// signedIn is the key under which a request's context holds who asks.
type signedIn struct{}

// as lets through who is signed in with the role. Others are asked to sign in;
// who is signed in as something else is told so.
func (s *service) as(role store.Role, p person) page {
	return func(w http.ResponseWriter, r *http.Request) error {
		who, ok, err := s.who(r)
		switch {
		case err != nil:
			return err
		case !ok && r.Method == http.MethodGet:
			http.Redirect(w, r, signIn(r.URL.Path), http.StatusSeeOther)
			return nil
		case !ok:
			return s.signedOut(r)
		}
		who, ok = who.As(role)
		if !ok {
			s.metrics.Denied()
			return errRole
		}
		return p(w, r.WithContext(context.WithValue(r.Context(), signedIn{}, who)), who)
	}
}

// asAny lets through who is signed in, whatever the role.
func (s *service) asAny(p person) page {
	return func(w http.ResponseWriter, r *http.Request) error {
		who, ok, err := s.who(r)
		switch {
		case err != nil:
			return err
		case !ok && r.Method == http.MethodGet:
			http.Redirect(w, r, signIn(r.URL.Path), http.StatusSeeOther)
			return nil
		case !ok:
			return errSignedOut
		}
		return p(w, r.WithContext(context.WithValue(r.Context(), signedIn{}, who)), who)
	}
}

// signedOut keeps what was typed in a form whose session has ended, for the one
// who typed it, until the form's page is shown.
func (s *service) signedOut(r *http.Request) error {
	if auth.Local(r.URL.Path) == "" || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		return errSignedOut
	}
	if err := stashable(r); err != nil {
		return err
	}
	mark := r.PostForm.Get("vem")
	r.PostForm.Del("vem")
	if at := s.pageOf(r); s.auth.Stash(r.Context(), at, mark, r.PostForm) {
		return &endedError{at}
	}
	return errSignedOut
}

// pageOf is the path of the page that a form belongs to: the nearest above the form's own
// that is shown.
func (s *service) pageOf(r *http.Request) string {
	path, pattern := r.URL.Path, strings.TrimPrefix(r.Pattern, "POST ")
	for pattern != "" && !slices.Contains(s.patterns, "GET "+pattern) {
		path, pattern = path[:max(strings.LastIndex(path, "/"), 0)], pattern[:max(strings.LastIndex(pattern, "/"), 0)]
	}
	return path
}

// stashable reads a form whatever its fields, of which some may be there several times.
func stashable(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errors.Join(errForm, err)
	}
	for _, values := range r.PostForm {
		for i, v := range values {
			if !utf8.ValidString(v) {
				return errForm
			}
			values[i] = clean(v)
		}
	}
	return nil
}

// endedError says that a session ended while a form was filled in, and where the
// form is.
type endedError struct{ path string }

func (e *endedError) Error() string { return "nobody is signed in, and the form waits" }
func (e *endedError) Unwrap() error { return errSignedOut }
