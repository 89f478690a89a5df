// Package ssbteksim answers like SSBTEK version 10, for tests and rehearsals.
//
// It holds a question to the contract (its elements, their order and form; what
// does not fit gets the contract's fault) and answers from what it was given about
// invented people, each agency in its own form: XML, XML in base64, JSON in base64.
// On demand agencies are down, left out or late, and the whole service faults or
// breaks off in the middle of a word.
//
// Its answers are held against the contract's published schemas by hand, with
// xmllint; the schemas are the agencies' and are not kept here.
package ssbteksim

import (
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/server/register"
)

// A Behaviour is what goes wrong.
type Behaviour struct {
	Down    []register.Agency // answer with an error
	Missing []register.Agency // are left out of the answer
	Late    time.Duration     // before anything is answered
	Fault   bool              // the composite service itself fails
	Torn    bool              // the answer ends in the middle
}

// A Simulator is the service. The zero Simulator knows nobody.
type Simulator struct {
	mu     sync.Mutex
	people map[string][]register.Answer
	how    Behaviour
	asked  int
}

// Know says what agencies have about a person with an identity number.
func (s *Simulator) Know(number string, answers []register.Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.people == nil {
		s.people = map[string][]register.Answer{}
	}
	s.people[number] = answers
}

// Behave sets what goes wrong from now on.
func (s *Simulator) Behave(b Behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.how = b
}

// Asked counts the questions that fitted the contract.
func (s *Simulator) Asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// question is what is read of one.
type question struct {
	XMLName xml.Name `xml:"http://schemas.xmlsoap.org/soap/envelope/ Envelope"`
	General struct {
		Echo         string `xml:"fraganSkallInkluderasISvaret"`
		Correlation  string `xml:"korrelationsid"`
		Organisation string `xml:"ingivare>organisationsnummer"`
		Name         string `xml:"ingivare>namn"`
		Caseworker   string `xml:"ingivare>handlaggare"`
		Number       string `xml:"personidentitet"`
		Case         string `xml:"arendeidentitet"`
		From         string `xml:"tidsperiod>fromDatum"`
		To           string `xml:"tidsperiod>tomDatum"`
		Purpose      string `xml:"syfte"`
		Law          string `xml:"lagtext"`
	} `xml:"Body>hamtaBastjanstInformation>generellaFrageparametrar"`
	Specific struct {
		Agencies []struct {
			XMLName xml.Name
			Include string `xml:"inkludera,attr"`
			Version string `xml:"fraga>version"`
			Actor   string `xml:"fraga>aktorsid"`
			LEFI    string `xml:"fraga>lefiJsonFraga"`
		} `xml:",any"`
	} `xml:"Body>hamtaBastjanstInformation>specifikaFrageparametrar"`
}

var (
	organisation = regexp.MustCompile(`^[0-9]{4}[2-9][0-9]{7}$`)
	person       = regexp.MustCompile(`^[0-9]{12}$`)
	order        = []string{"AF", "CSN", "FK", "SKV", "SO", "TNS", "MIV"}
)

const space = "http://schema.forsakringskassan.se/integration/ssbt/10"

// fits says what in a question does not fit the contract.
func (q *question) fits() string {
	g := &q.General
	_, err1 := time.Parse(time.DateOnly, g.From)
	_, err2 := time.Parse(time.DateOnly, g.To)
	switch {
	case g.Echo != "false" && g.Echo != "true" && g.Echo != "0" && g.Echo != "1":
		return "fraganSkallInkluderasISvaret"
	case !organisation.MatchString(g.Organisation) || g.Name == "" || g.Caseworker == "":
		return "ingivare"
	case !person.MatchString(g.Number):
		return "personidentitet"
	case g.Case == "":
		return "arendeidentitet"
	case err1 != nil || err2 != nil || g.To < g.From:
		return "tidsperiod"
	case len(q.Specific.Agencies) != len(order):
		return "specifikaFrageparametrar"
	}
	for i, a := range q.Specific.Agencies {
		if a.XMLName.Space != space || a.XMLName.Local != order[i] || a.Include != "true" && a.Include != "false" {
			return order[i]
		}
		if order[i] != "FK" || a.Include == "false" {
			continue
		}
		var lefi struct {
			Number string `json:"personnummer"`
			Period struct {
				From string `json:"from"`
				To   string `json:"tom"`
			} `json:"period"`
			Information []string `json:"formansinformation"`
			Preliminary []string `json:"preliminaraUtbetalningar"`
			Payments    []string `json:"utbetalningar"`
		}
		text, err := base64.StdEncoding.DecodeString(a.LEFI)
		if err != nil || json.Unmarshal(text, &lefi, json.RejectUnknownMembers(true)) != nil || lefi.Number != g.Number || lefi.Period.From != g.From || a.Actor == "" || a.Version != "v9" {
			return "lefiJsonFraga"
		}
	}
	return ""
}

// ServeHTTP answers a question.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	_, action := r.Header["Soapaction"]
	if r.Method != http.MethodPost || media != "text/xml" || err != nil || !action {
		fault(w, "1", "not a SOAP 1.1 question")
		return
	}
	var q question
	d := xml.NewDecoder(strings.NewReader(string(text)))
	if err := d.Decode(&q); err != nil {
		fault(w, "2", "not XML")
		return
	}
	if what := q.fits(); what != "" {
		fault(w, "3", what)
		return
	}
	s.mu.Lock()
	how, known := s.how, s.people[q.General.Number]
	s.asked++
	s.mu.Unlock()
	if how.Late > 0 {
		select {
		case <-time.After(how.Late):
		case <-r.Context().Done():
			return
		}
	}
	if how.Fault {
		fault(w, "9", "the composite service is down")
		return
	}
	answer := Answer(q.General.Number, q.General.Correlation, q.General.From, q.General.To, known, how)
	if how.Torn {
		answer = answer[:len(answer)/2]
	}
	w.Header().Set("Content-Type", "text/xml;charset=UTF-8")
	_, _ = w.Write(answer)
}

func fault(w http.ResponseWriter, code, text string) {
	w.Header().Set("Content-Type", "text/xml;charset=UTF-8")
	w.WriteHeader(http.StatusInternalServerError)
	fmt.Fprintf(w, `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault><faultcode>soap:Server</faultcode><faultstring>fault</faultstring><detail>`+
		`<ssbt:hamtaBastjanstInformationFault xmlns:ssbt="%s"><ssbt:felkod>%s</ssbt:felkod><ssbt:felmeddelande>%s</ssbt:felmeddelande></ssbt:hamtaBastjanstInformationFault>`+
		`</detail></soap:Fault></soap:Body></soap:Envelope>`, space, code, escape(text))
}

func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a builder takes all
	return b.String()
}

// of gives what is known of one agency.
func of(known []register.Answer, a register.Agency) register.Answer {
	for _, k := range known {
		if k.Agency == a {
			return k
		}
	}
	return register.Answer{Agency: a}
}

// down holds for an agency that answers with an error.
func (b Behaviour) down(a register.Answer) bool {
	return a.Silence != "" || slices.Contains(b.Down, a.Agency)
}
