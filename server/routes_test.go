package server_test

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/demoidp"
)

// The visitors of the table below. Alva owns the cases, and everything hangs on them;
// Bo is another applicant, Erik works in another municipality, as a caseworker and
// as an approver, and nobody is not signed in.
const (
	public      = "nobody alva bo doris dag erik petra per rut maja otto"
	signedIn    = "alva bo doris dag erik petra per rut maja otto"
	applicants  = "alva bo"
	owner       = "alva"
	caseworkers = "doris dag erik"
	ours        = "doris dag" // the caseworkers of Alva's municipality
	approvers   = "petra per erik"
	payers      = "petra per"
	auditor     = "rut"
	admin       = "maja"
	operator    = "otto"
	away        = "-" // leads away from the service: its own test
	none        = ""  // what the path names does not exist, and looks so to everyone
)

// routes is who may use each route on an object of Alva's. Everyone else is asked to
// sign in (GET) or told so (POST, 401), or finds nothing there (404).
var routes = []struct {
	pattern string
	path    string // {granted}, {queued}, {batch}, {entry}, {asked} and others are filled in; empty: the pattern's own path
	may     string
}{
	{"/demo/idp/", "/demo/idp/.well-known/openid-configuration", public},
	{"/log/", "/log/checkpoint", public},
	{"/v1/", "/v1/schema/facts.json", public},
	{"/v1/assess", "", public},
	{"/v1/explain", "", public},
	{"/v1/openapi.json", "", public},
	{"/v1/openapi.yaml", "", public},
	{"/v1/parameters", "", public},
	{"/v1/schema", "", public},
	{"/v1/schema/{name}", "", public},
	{"GET /log/policy", "", public},
	{"GET /log/approvers", "", public},
	{"GET /log/releases", "", public},
	{"GET /log/opened/{file}", "/log/opened/0.json", public},
	{"GET /release/{file}", "", public},
	{"GET /assets/", "{asset}", public},
	{"GET /engine/{file}", "{engine}", public},
	{"GET /verify/{file}", "{verify}", public},
	{"GET /offline.js", "", public},
	{"GET /metrics", "", public},
	{"GET /readyz", "", public},
	{"GET /logga-in", "", public},
	{"GET /auth/callback", "", public},
	{"GET /lamna", "", away},
	{"POST /logga-ut", "", ""},  // ends the session: TestSession of package auth
	{"POST /sessioner", "", ""}, // ends every session: its own test
	{"GET /sessioner", "", signedIn},
	{"GET /audit", "", public},
	{"GET /audit/prov", "", public},
	{"GET /audit/rad/{file}", "/audit/rad/0.json", public},
	{"GET /audit/skillnad/{before}/{after}", "/audit/skillnad/{sum}/{sum}", public},
	{"GET /audit/statistik/{code}/{month}", "/audit/statistik/9999/2026-11", public},

	{"GET /ansok", "", "nobody alva bo"},
	{"POST /ansok", "", public},
	{"POST /ansok/ny", "", applicants},
	{"GET /ansok/kontrollera", "", applicants},
	{"POST /ansok/kontrollera", "", applicants},
	{"POST /ansok/skicka", "", applicants},
	{"GET /ansok/andra", "", applicants},
	{"GET /ansok/vantar", "", applicants},
	{"GET /ansok/ta-bort", "", applicants},
	{"GET /ansok/{section}", "/ansok/bostad", applicants},
	{"POST /ansok/{section}", "/ansok/bostad", applicants},
	{"POST /ansok/underlag/fil", "", applicants},
	{"GET /ansok/underlag/{n}", "/ansok/underlag/99", applicants},
	{"POST /ansok/underlag/{n}/ta-bort", "/ansok/underlag/99/ta-bort", applicants},
	{"POST /ansok/ta-bort", "", applicants},
	{"GET /medsokande/{id}", "/medsokande/aaaaaaaaaaaaaaaaaaaaaaaaaa", none},
	{"POST /medsokande/{id}", "/medsokande/aaaaaaaaaaaaaaaaaaaaaaaaaa", none},
	{"GET /prata", "", applicants},
	{"POST /prata", "", applicants},
	{"GET /prata/tack", "", applicants},
	{"GET /behov", "", applicants},
	{"POST /behov", "", applicants},
	{"GET /mina", "", applicants},
	{"GET /mina/konto", "", applicants},
	{"POST /mina/konto", "", applicants},
	{"GET /mina/lasningar", "", applicants},
	{"GET /arende/{id}", "/arende/{granted}", owner},
	{"GET /arende/{id}/kvitto.json", "/arende/{granted}/kvitto.json", owner},
	{"GET /arende/{id}/kvitto.svg", "/arende/{granted}/kvitto.svg", owner},
	{"GET /arende/{id}/brev", "/arende/{granted}/brev", owner},
	{"GET /arende/{id}/beslut.pdf", "/arende/{queued}/beslut.pdf", none},
	{"GET /arende/{id}/overklaga", "/arende/{granted}/overklaga", owner},
	{"GET /arende/{id}/underlag/{n}", "/arende/{granted}/underlag/99", none},
	{"GET /arende/{id}/underlag", "/arende/{queued}/underlag", owner},
	{"POST /arende/{id}/underlag", "/arende/{queued}/underlag", owner},
	{"POST /arende/{id}/overklaga", "/arende/{granted}/overklaga", owner},
	{"POST /arende/{id}/meddelande", "/arende/{granted}/meddelande", owner},
	{"POST /arende/{id}/komplettering", "/arende/{queued}/komplettering", owner},
	{"GET /arende/{id}/ta-tillbaka", "/arende/{queued}/ta-tillbaka", owner},
	{"POST /arende/{id}/ta-tillbaka", "/arende/{queued}/ta-tillbaka", owner},

	{"GET /handlaggare", "", caseworkers},
	{"GET /handlaggare/arbetet", "", caseworkers},
	{"GET /handlaggare/sok", "", caseworkers},
	{"POST /handlaggare/sok", "", caseworkers},
	{"GET /handlaggare/{id}/brev", "/handlaggare/{granted}/brev", ours},
	{"GET /handlaggare/{id}/beslut.pdf", "/handlaggare/{queued}/beslut.pdf", none},
	{"POST /handlaggare/{id}/dokument", "/handlaggare/{queued}/dokument", ours},
	{"POST /handlaggare/{id}/komplettering/svar", "/handlaggare/{queued}/komplettering/svar", ours},
	{"GET /handlaggare/samtal", "", caseworkers},
	{"POST /handlaggare/samtal", "", caseworkers},
	{"GET /handlaggare/ny", "", caseworkers},
	{"POST /handlaggare/ny", "", caseworkers},
	{"GET /handlaggare-urval", "", caseworkers},
	{"POST /handlaggare-urval/{index}", "/handlaggare-urval/{asked}", ours},
	{"POST /handlaggare/stopp", "", caseworkers},
	{"GET /omprovning", "", caseworkers},
	{"GET /omprovning/{id}", "/omprovning/{granted}", none}, // not drawn
	{"POST /omprovning/{id}", "/omprovning/{granted}", none},
	{"GET /handlaggare/{id}", "/handlaggare/{queued}", ours},
	{"GET /handlaggare/{id}/dokument", "/handlaggare/{queued}/dokument", ours},
	{"GET /handlaggare/{id}/dokument/{n}", "/handlaggare/{queued}/dokument/99", none},
	{"GET /handlaggare/{id}/komplettering", "/handlaggare/{queued}/komplettering", ours},
	{"POST /handlaggare/{id}/komplettering", "/handlaggare/{queued}/komplettering", ours},
	{"GET /handlaggare/{id}/meddelande", "/handlaggare/{queued}/meddelande", ours},
	{"POST /handlaggare/{id}/meddelande", "/handlaggare/{queued}/meddelande", ours},
	{"POST /handlaggare/{id}/sett", "/handlaggare/{queued}/sett", ours},
	{"GET /handlaggare/{id}/rattelse", "/handlaggare/{granted}/rattelse", ours},
	{"POST /handlaggare/{id}/rattelse", "/handlaggare/{granted}/rattelse", ours},
	{"GET /handlaggare/{id}/aterkrav", "/handlaggare/{granted}/aterkrav", none},
	{"POST /handlaggare/{id}/aterkrav", "/handlaggare/{granted}/aterkrav", none},
	{"GET /handlaggare/{id}/overklagande", "/handlaggare/{granted}/overklagande", ours},
	{"POST /handlaggare/{id}/overklagande", "/handlaggare/{granted}/overklagande", ours},
	{"POST /handlaggare/{id}/overklagande/rattid", "/handlaggare/{granted}/overklagande/rattid", ours},
	{"POST /handlaggare/{id}/overklagande/dom", "/handlaggare/{granted}/overklagande/dom", ours},
	{"GET /handlaggare/{id}/avvisning/{n}", "/handlaggare/{granted}/avvisning/1", none},
	{"GET /arende/{id}/avvisning/{n}", "/arende/{granted}/avvisning/1", none},
	{"GET /handlaggare/{id}/overklagande.zip", "/handlaggare/{queued}/overklagande.zip", none},
	{"POST /handlaggare/{id}/overklagande/klart", "/handlaggare/{granted}/overklagande/klart", ours},
	{"POST /handlaggare/{id}/overklagande/omprova", "/handlaggare/{granted}/overklagande/omprova", ours},
	{"POST /handlaggare/{id}/overklagande/overlamna", "/handlaggare/{granted}/overklagande/overlamna", ours},
	{"POST /handlaggare/{id}/person", "/handlaggare/{queued}/person", ours},
	{"POST /handlaggare/{id}/kvittera", "/handlaggare/{queued}/kvittera", ours},
	{"POST /handlaggare/{id}/register", "/handlaggare/{queued}/register", ours},
	{"POST /handlaggare/{id}/andring", "/handlaggare/{queued}/andring", ours},
	{"POST /handlaggare/{id}/angra", "/handlaggare/{queued}/angra", ours},
	{"POST /handlaggare/{id}/berakning", "/handlaggare/{queued}/berakning", ours},
	{"POST /handlaggare/{id}/beslut", "/handlaggare/{queued}/beslut", ours},
	{"POST /handlaggare/{id}/granser", "/handlaggare/{queued}/granser", ours},
	{"POST /handlaggare/{id}/skydd", "/handlaggare/{queued}/skydd", ours},
	{"POST /handlaggare/{id}/stopp", "/handlaggare/{queued}/stopp", ours},
	{"POST /handlaggare/{id}/oppna", "/handlaggare/{queued}/oppna", ours},
	{"GET /inmatning/{id}", "/inmatning/{entry}", ours},
	{"GET /inmatning/{id}/kontrollera", "/inmatning/{entry}/kontrollera", ours},
	{"GET /inmatning/{id}/ta-bort", "/inmatning/{entry}/ta-bort", ours},
	{"GET /inmatning/{id}/{section}", "/inmatning/{entry}/bostad", ours},
	{"POST /inmatning/{id}/{section}", "/inmatning/{entry}/bostad", ours},
	{"GET /inmatning/{id}/underlag/{n}", "/inmatning/{entry}/underlag/99", none},
	{"POST /inmatning/{id}/underlag/fil", "/inmatning/{entry}/underlag/fil", ours},
	{"POST /inmatning/{id}/underlag/{n}/ta-bort", "/inmatning/{entry}/underlag/99/ta-bort", none},
	{"POST /inmatning/{id}/skicka", "/inmatning/{entry}/skicka", ours},
	{"POST /inmatning/{id}/ta-bort", "/inmatning/{entry}/ta-bort", ours}, // then it is gone

	{"GET /utbetalning", "", approvers},
	{"POST /utbetalning/fil", "", approvers},
	{"POST /utbetalning/svar", "", approvers},
	{"POST /utbetalning/stopp", "", approvers},
	{"GET /utbetalning/{batch}", "/utbetalning/{batch}", payers},
	{"POST /utbetalning/{batch}/slapp", "/utbetalning/{batch}/slapp", payers},
	{"GET /utbetalning/{batch}/fil.xml", "/utbetalning/{batch}/fil.xml", payers},
	{"POST /utbetalning/{batch}/avbryt", "/utbetalning/{batch}/avbryt", none}, // it is released
	{"POST /utbetalning/{batch}/avvisning", "/utbetalning/{batch}/avvisning", payers},

	{"GET /granskning", "", auditor},
	{"POST /granskning", "", auditor},
	{"POST /granskning/{index}/lott", "/granskning/{asked}/lott", auditor},
	{"GET /granskning/{index}/kvitton.jsonl", "/granskning/{asked}/kvitton.jsonl", auditor},
	{"GET /administration", "", admin},
	{"POST /administration/person", "", admin},
	{"GET /drift", "", operator},
	{"POST /drift/stopp", "", operator},
	{"POST /drift/logga-ut", "", ""}, // ends every session: TestSignedOutByOthers
}

var (
	entryLink  = regexp.MustCompile(`/inmatning/([a-z0-9]{26})`)
	assetLink  = regexp.MustCompile(`/assets/[^"]+\.css`)
	staticPage = regexp.MustCompile(`^(?:GET|POST) /(?:(?:[a-z]{2,3}|lattlast)/)?rakna/server$|^GET /kommuner$|^GET /(\{\$\}|[a-z]{2,3}|lattlast|hjalp|om|rakna|kvitto|tillganglighet|(?:[a-z]{2,3}|lattlast)/[a-z]+)$`)
)

// TestEveryRoute walks every route of the service for every visitor. A route that is
// not in the table, and not a public page that is the same for everyone, fails.
func TestEveryRoute(t *testing.T) {
	s := run(t, t.TempDir())
	visitors := map[string]*browser{"nobody": s.browser(t)}
	for _, name := range strings.Fields(signedIn) {
		visitors[name] = s.as(t, name)
	}
	alva := visitors["alva"]
	granted := strings.TrimPrefix(alva.apply(single, nil).path, "/arende/")
	queued := strings.TrimPrefix(alva.apply(strings.Replace(over, "9500", "9400", 1), nil).path, "/arende/")
	alva.post("/mina/konto", url.Values{"kind": {"bank"}, "clearing": {"5000"}, "number": {"0000019"}, "holder": {"Alva Exempel"}})
	batch := batchLink.FindStringSubmatch(visitors["petra"].post("/utbetalning/fil", nil).body)
	entry := entryLink.FindStringSubmatch(visitors["doris"].post("/handlaggare/ny", url.Values{"number": {demoidp.Persons[2].Number}, "name": {"Cleo Exempel"}, "channel": {"paper"}}).path)
	start := alva.get("/rakna").body
	if batch == nil || entry == nil {
		t.Fatalf("there is no batch (%v) or no entry (%v)", batch, entry)
	}
	visitors["rut"].sampled("2")
	asked := answerForm.FindStringSubmatch(visitors["doris"].get("/handlaggare-urval").body)
	if asked == nil {
		t.Fatal("the auditor could not ask for a sample")
	}
	engine := regexp.MustCompile(`/engine/([0-9a-f]{64})\.wasm`).FindStringSubmatch(start)
	fill := strings.NewReplacer("{asked}", asked[1], "{sum}", engine[1], "{granted}", granted, "{queued}", queued, "{batch}", strings.TrimPrefix(batch[1], "/utbetalning/"), "{entry}", entry[1],
		"{asset}", assetLink.FindString(start), "{engine}", engine[0],
		"{verify}", regexp.MustCompile(`/verify/[0-9a-f]{64}\.wasm`).FindString(alva.get("/kvitto").body))

	patterns, err := server.Patterns()
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, p := range patterns {
		have[p] = true
	}
	known := map[string]bool{}
	for _, r := range routes {
		known[r.pattern] = true
		if !have[r.pattern] {
			t.Errorf("%s is in the table and not in the service", r.pattern)
		}
	}
	for pattern, route := range have {
		if route && !known[pattern] && !staticPage.MatchString(pattern) {
			t.Errorf("%s is a route of the service without a row in the table", pattern)
		}
	}
	names := strings.Fields(public)
	for _, r := range routes {
		method, own, found := strings.Cut(r.pattern, " ")
		if !found {
			method, own = "GET", r.pattern
		}
		path := fill.Replace(r.path)
		if path == "" {
			path = own
		}
		if r.may == away {
			continue
		}
		may := strings.Fields(r.may)
		// Those who may not come first, while there is something to reach.
		for _, allowed := range []bool{false, true} {
			for _, name := range names {
				if slices.Contains(may, name) != allowed || r.path == "" && r.may == "" && name != "nobody" {
					continue
				}
				var a answer
				if method == "GET" {
					a = visitors[name].get(path)
				} else {
					form := url.Values{} // who may use it is told what is missing; who may not has it all
					if !allowed {
						form = url.Values{"act": {"stop"}, "reason": {"x"}, "row": {"1"}, "version": {"2"}, "outcome": {"refused"}, "motivation": {"x"}}
					}
					a = visitors[name].post(path, form)
				}
				refused := a.code == 404 || a.code == 401 || a.code == 403 || strings.HasPrefix(a.path, demoidp.Path) && a.path != path
				if r.pattern == "GET /logga-in" {
					refused = false
				}
				switch {
				case a.code >= 500:
					t.Errorf("%s as %s: %d", r.pattern, name, a.code)
				case allowed && refused && a.code != 400 && !mayBeEmpty[r.pattern]:
					t.Errorf("%s as %s is refused: %d at %s", r.pattern, name, a.code, a.path)
				case !allowed && !refused && !(r.path == "" && r.may == ""):
					t.Errorf("%s as %s is let in: %d at %s: %.200s", r.pattern, name, a.code, a.path, fmt.Sprint(strings.Contains(a.body, "Alva Exempel")))
				case !allowed && name != "alva" && name != "nobody" && strings.Contains(a.body, "Alva Exempel"):
					t.Errorf("%s as %s is refused with Alva's name", r.pattern, name)
				}
			}
		}
	}
}

// mayBeEmpty are routes whose object is not there for who may use them either.
var mayBeEmpty = map[string]bool{"GET /log/policy": true, "GET /audit/statistik/{code}/{month}": true, "GET /log/opened/{file}": true, "GET /release/{file}": true, "/v1/": true, "/v1/schema/{name}": true, "GET /ansok/underlag/{n}": true, "POST /ansok/underlag/{n}/ta-bort": true,
	"POST /utbetalning/stopp": true, "POST /inmatning/{id}/ta-bort": true}
