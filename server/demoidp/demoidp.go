// Package demoidp is an OpenID Connect provider for demonstrations and tests.
//
// It is a real provider, built on zitadel/oidc: the service signs in against it
// with the same code as against any other. Only the proof of identity is missing:
// instead of an e-identification it shows a page with a few persons to choose
// from. It is mounted on the service's own listener under Path, and only in a
// demonstration. Its tokens carry the authentication context Context, which no
// service in earnest accepts.
//
// # The persons
//
// The applicants' identity numbers are from the Swedish Tax Agency's published
// list of test numbers, which belong to nobody and never will: of those born from
// 1990 on they have the serials 238 and 239. The names say that they are examples.
// A load's many applicants are not on the page but can be chosen too ([Test]): their
// numbers are of the series that the agency keeps free for tests, with the serials
// 980 to 999 of those born before 1990. Each of them can also be chosen with a coordination
// number ([Visiting]) and as who had it before ([Registered]).
// Members of staff have no identity number but an affiliation; their roles are the
// municipalities' in package municipality.
package demoidp

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/zitadel/oidc/v3/pkg/op"

	"github.com/skalig/skalig/server/secret"
)

// Where and what the provider is.
const (
	Path     = "/demo/idp"
	ClientID = "skalig"
	Context  = "urn:skalig:demo"
	// Operator is the affiliation of who keeps the demonstration running.
	Operator = "otto@drift"
)

// A Person can be chosen on the page.
type Person struct {
	ID           string // opaque, the token's subject
	Name         string
	Number       string // identity number, or empty
	Coordination string // a confirmed coordination number, of who has no other
	Previous     string // the coordination number that Number took the place of, or empty
	Affiliation  string // or empty
	About        string // one line on the page
}

// Persons are those who can be chosen.
var Persons = []Person{
	{ID: "alva", Name: "Alva Exempel", Number: "199211222386", About: "Sökande, född 1992"},
	{ID: "bo", Name: "Bo Exempel", Number: "199303012398", About: "Sökande, född 1993"},
	{ID: "cleo", Name: "Cleo Exempel", Number: "200406122382", About: "Sökande, född 2004"},
	{ID: "doris", Name: "Doris Demosson", Affiliation: "doris@demokommun", About: "Handläggare i Demokommun"},
	{ID: "dag", Name: "Dag Demosson", Affiliation: "dag@demokommun", About: "Handläggare i Demokommun, även för skyddade uppgifter"},
	{ID: "petra", Name: "Petra Demosson", Affiliation: "petra@demokommun", About: "Attesterar utbetalningar i Demokommun"},
	{ID: "per", Name: "Per Demosson", Affiliation: "per@demokommun", About: "Attesterar utbetalningar i Demokommun"},
	{ID: "pia", Name: "Pia Demosson", Affiliation: "pia@demokommun", About: "Attesterar utbetalningar i Demokommun"},
	{ID: "rut", Name: "Rut Demosson", Affiliation: "rut@demokommun", About: "Revisor i Demokommun"},
	{ID: "maja", Name: "Maja Demosson", Affiliation: "maja@demokommun", About: "Administratör i Demokommun"},
	{ID: "erik", Name: "Erik Demosson", Affiliation: "erik@grannkommun", About: "Handläggare och attestant i Grannkommun"},
	{ID: "otto", Name: "Otto Demosson", Affiliation: Operator, About: "Driftansvarig för tjänsten"},
}

// A Provider is the mounted provider.
type Provider struct {
	storage  *storage
	op       *op.Provider
	callback func(context.Context, string) string
	issuer   *op.IssuerInterceptor
	show     func(w http.ResponseWriter, r *http.Request, request string)
}

// New makes the provider of the service at url. show renders the page where a
// person is chosen: a form that posts request and person to Path + "/valj".
func New(url string, show func(w http.ResponseWriter, r *http.Request, request string)) (*Provider, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("couldn't make the provider's key: %w", err)
	}
	p := &Provider{storage: newStorage(url, key), show: show}
	options := []op.Option{op.WithLogger(slog.New(slog.DiscardHandler)), op.WithCORSOptions(nil)}
	if strings.HasPrefix(url, "http://") {
		options = append(options, op.WithAllowInsecure())
	}
	p.op, err = op.NewProvider(&op.Config{CryptoKey: [32]byte(secret.Random().Bytes()), CodeMethodS256: true,
		SupportedScopes: []string{"openid", "profile"}}, p.storage, op.StaticIssuer(url+Path), options...)
	if err != nil {
		return nil, fmt.Errorf("couldn't make the provider: %w", err)
	}
	p.callback = op.AuthCallbackURL(p.op)
	p.issuer = op.NewIssuerInterceptor(p.op.IssuerFromRequest)
	return p, nil
}

// Handler serves everything under Path.
func (p *Provider) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Path+"/valj", func(w http.ResponseWriter, r *http.Request) {
		id := r.URL.Query().Get("id")
		if !p.storage.has(id) {
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return
		}
		p.show(w, r, id)
	})
	mux.HandleFunc("POST "+Path+"/valj", p.issuer.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.PostFormValue("request")
		if !p.storage.choose(id, r.PostFormValue("person")) {
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return
		}
		http.Redirect(w, r, p.callback(r.Context(), id), http.StatusSeeOther)
	}))
	mux.Handle(Path+"/", http.StripPrefix(Path, p.op))
	return mux
}
