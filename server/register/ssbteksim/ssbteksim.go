// Package ssbteksim answers like SSBTEK version 10, for tests and rehearsals.
//
// It holds a question to the contract (package contract; what does not fit gets the
// contract's fault) and answers from what a register.Demo knows about invented
// people, each agency in its own form: XML, XML in base64, JSON in base64. An agency
// that is silent there answers with an error; for one that is late the composite service
// first waits as long as it has patience, and with it all the others. On demand others are down, left out or
// late, and the whole service faults or breaks off in the middle of a word.
//
// Open serves it as SSBTEK is served, behind mutual TLS: a demonstration's agencies
// are reached by the same client as real ones.
package ssbteksim

import (
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/server/outline"
	"github.com/skalig/skalig/server/register"
	"github.com/skalig/skalig/server/register/ssbtek/contract"
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
	People   register.Demo
	Patience time.Duration // with a late agency

	mu    sync.Mutex
	how   Behaviour
	asked int
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

const space = "http://schema.forsakringskassan.se/integration/ssbt/10"

// A question is what is read of one.
type question struct{ number, correlation, from, to string }

// read reads a question, and says what in it does not fit the contract.
func read(text []byte) (q question, fault string) {
	n, err := contract.Question(text)
	if err != nil {
		return q, err.Error()
	}
	asked := n.At("Body", "hamtaBastjanstInformation")
	g := asked.At("generellaFrageparametrar")
	q = question{g.At("personidentitet").Text, g.At("korrelationsid").Text, g.At("tidsperiod", "fromDatum").Text, g.At("tidsperiod", "tomDatum").Text}
	if q.to < q.from {
		return q, "tidsperiod"
	}
	return q, q.lefi(asked.At("specifikaFrageparametrar", "FK", "fraga"))
}

// lefi holds the question that the Social Insurance Agency and the Pensions Agency
// share, which is JSON, to the rest.
func (q *question) lefi(n *outline.Node) string {
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
	text, err := base64.StdEncoding.DecodeString(n.At("lefiJsonFraga").Text)
	if err != nil || json.Unmarshal(text, &lefi, json.RejectUnknownMembers(true)) != nil || lefi.Number != q.number || lefi.Period.From != q.from || lefi.Period.To != q.to ||
		n.At("aktorsid").Text == "" || n.At("version").Text != "v9" {
		return "lefiJsonFraga"
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
	q, what := read(text)
	if what != "" {
		fault(w, "3", what)
		return
	}
	known := s.People.Ask(r.Context(), register.Query{Number: q.number, From: q.from, To: q.to})
	s.mu.Lock()
	how := s.how
	s.asked++
	s.mu.Unlock()
	late := how.Late
	if slices.ContainsFunc(known, func(a register.Answer) bool { return a.Silence == register.Late }) {
		late += s.Patience
	}
	if late > 0 {
		select {
		case <-time.After(late):
		case <-r.Context().Done():
			return
		}
	}
	if how.Fault {
		fault(w, "9", "the composite service is down")
		return
	}
	answer := Answer(q.number, q.correlation, q.from, q.to, known, how)
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
